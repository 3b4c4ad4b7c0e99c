"""Which keys of an object say who speaks, what and when, in whatever way they are spelt."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from turnstream.extract.speech.values import LONGEST_KEY, folded

#: Who: what only a speaker has, the name before the number.
SPEAKERS = (
    *("speakername", "participantname", "speaker", "speakerlabel", "participant", "participantrole", "character"),
    *("who", "talker", "spk", "speakertag", "speakerid", "speakernumber", "spkid", "participantid", "channellabel"),
    *(
        "sprecher",
        "redner",
        "orateur",
        "locuteur",
        "intervenant",
        "orador",
        "hablante",
        "spreker",
        "发言人",
        "發言人",
        "話者",
    ),
)
#: Who: what others have, too.
NAMES = ("displayname", "name", "username", "user", "nickname", "nick", "sender", "from", "role")
#: What is said.
TEXTS = (
    *("punctuatedword", "punct", "text", "transcript", "content", "speech", "utterance", "utt", "sentence"),
    *("spokentext", "displaytext", "display", "transcription", "message", "caption", "line", "dialogue", "dialog"),
    *("speechtext", "speechcontent", "texte", "texto", "testo", "tekst", "内容", "內容", "said", "word", "words"),
)
#: … in parts: lists of objects or strings.
_PARTS = ("textblocks", "sentences", "elements", "tokens", "segs", "terms", "lines", "paragraphs", "items", "result")
#: What one of such parts may call its text besides.
_PART_TEXTS = ("value", "term", "utf8")
#: Lists, and texts, of single words.
_WORDS = frozenset(("words", "elements", "tokens", "terms", "wordsegments", "result"))
_WORD = frozenset(("punctuatedword", "punct", "word"))
#: Guesses of a recogniser, the best first.
GUESSES = ("alternatives", "nbest", "hypotheses")
_STARTS = (
    *("startms", "startmillis", "startmilliseconds", "beginoffsetmillis", "offsetmilliseconds", "tstartms"),
    *("offsetinticks", "starttime", "start", "startsec", "startseconds", "startoffset", "starttimestamp", "startts"),
    *("begin", "begintime", "from", "offset", "offsetseconds", "datastart", "ts", "time", "timestamp", "timestart"),
)
_ENDS = (
    *("endms", "endmillis", "endmilliseconds", "endoffsetmillis", "endtime", "end", "endsec", "endseconds"),
    *("endoffset", "endtimestamp", "endts", "dataend", "stop", "stoptime", "to", "finish", "timeend"),
)
_LENGTHS = (
    *("durationms", "durationmillis", "durationmilliseconds", "ddurationms", "durationinticks"),
    *("duration", "dur", "durationseconds"),
)
#: Where both times stand together, in a list or an object.
_RANGES = ("timestamp", "timestamps", "offsets", "time", "instances", "range")
#: What recognisers that listen say of what they hear.
_FINAL, _PARTIAL = ("final", "isfinal"), ("ispartial", "partial")
#: Besides guesses, they show that an object is itself said.
_OF_SPEECH = frozenset((*SPEAKERS, *_STARTS, "type"))
#: What a bare number counts where the key says so, in seconds.
_UNITS = (("ms", 1e-3), ("millis", 1e-3), ("milliseconds", 1e-3), ("inticks", 1e-7), ("sec", 1.0), ("seconds", 1.0))
#: An object that is said has fewer keys.
_MAX_KEYS = 64


class Keys(NamedTuple):
    """The keys of an object, as it has them: the best of each first; a folded one beside them names the list's form.

    ``texts`` and ``parts`` say of each whether it is a word, or words; ``own_texts`` are those that need no other sign.
    """

    speakers: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str, bool], ...]
    own_texts: tuple[tuple[str, str, bool], ...]
    parts: tuple[tuple[str, str, bool], ...]
    start: str
    start_fold: str
    end: str
    length: str
    unit: float | None
    ranges: tuple[str, ...]
    guesses: str
    is_of_speech: bool
    final: tuple[str, ...]
    partial: tuple[str, ...]

    @property
    def say_anything(self) -> bool:
        """Whether an object with these keys may be an utterance, or a time in which one speaks."""
        return bool(self.texts or self.parts or self.speakers or self.guesses)


def keys_of(row: Iterable[str]) -> Keys:
    """Return what the keys of an object are good for, of very many the first."""
    keys = tuple(row)
    if len(keys) <= _MAX_KEYS and all(len(key) <= LONGEST_KEY for key in keys):
        return _kept(keys)
    return _keys_of(key for key in keys[:_MAX_KEYS] if len(key) <= LONGEST_KEY)


@lru_cache(maxsize=256)
def _kept(keys: tuple[str, ...]) -> Keys:
    """Most objects of a list have the same keys."""
    return _keys_of(keys)


def _keys_of(keys: Iterable[str]) -> Keys:
    by_fold: dict[str, str] = {}
    for key in keys:
        by_fold.setdefault(folded(key), key)

    def among(folds: Iterable[str]) -> list[str]:
        return [fold for fold in folds if fold in by_fold]

    starts, ends, lengths = among(_STARTS), among(_ENDS), among(_LENGTHS)
    timed = [found[0] for found in (starts, ends, lengths) if found]
    units = (unit for fold in timed for ending, unit in _UNITS if fold.endswith(ending))
    texts = [(by_fold[fold], fold, fold in _WORD) for fold in among((*TEXTS, *_PART_TEXTS))]
    return Keys(
        speakers=tuple((by_fold[fold], fold) for fold in among(SPEAKERS)),
        names=tuple((by_fold[fold], fold) for fold in among(NAMES)),
        texts=tuple(texts),
        own_texts=tuple(text for text in texts if text[1] not in _PART_TEXTS),
        parts=tuple((by_fold[fold], fold, fold in _WORDS) for fold in among((*TEXTS, *_PARTS))),
        start=by_fold[starts[0]] if starts else "",
        start_fold=starts[0] if starts else "",
        end=by_fold[ends[0]] if ends else "",
        length=by_fold[lengths[0]] if lengths else "",
        unit=next(units, None),
        ranges=tuple(by_fold[fold] for fold in among(_RANGES)),
        guesses=next((by_fold[fold] for fold in among(GUESSES)), ""),
        is_of_speech=not _OF_SPEECH.isdisjoint(by_fold),
        final=tuple(by_fold[fold] for fold in among(_FINAL)),
        partial=tuple(by_fold[fold] for fold in among(_PARTIAL)),
    )
