"""An object that may be an utterance or a word: which of its fields say who, what and when.

Keys are compared without the ways that they are spelt in (``values.folded``).  The lists below are the keys of the
tools and corpora that the package names, and their likes; of several in one object the first counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnstream.extract.speech.fields import label, seconds
from turnstream.extract.speech.values import Fields, Json, first_of, folded, rows
from turnstream.extract.speech.words import Word, cues

#: Who: what only a speaker has, the name before the number.
SPEAKERS = (
    *("speakername", "participantname", "speaker", "speakerlabel", "participant", "participantrole", "character"),
    *("who", "talker", "spk", "speakertag", "speakerid", "speakernumber", "spkid", "participantid", "channellabel"),
)
#: Who: what others have, too.
NAMES = ("displayname", "name", "username", "user", "nickname", "nick", "sender", "from", "role")
#: What is said.
TEXTS = (
    *("punctuatedword", "punct", "text", "transcript", "content", "speech", "utterance", "utt", "sentence"),
    *("spokentext", "displaytext", "display", "transcription", "message", "caption", "line", "dialogue", "dialog"),
    *("said", "word", "words"),
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
_OF_SPEECH = frozenset((*SPEAKERS, *_STARTS, "type"))
#: What a bare number counts where the key says so, in seconds.
_UNITS = (("ms", 1e-3), ("millis", 1e-3), ("milliseconds", 1e-3), ("inticks", 1e-7), ("sec", 1.0), ("seconds", 1.0))
#: Parts in parts: a paragraph's sentences' words.
_MAX_PARTS = 3


@dataclass(slots=True)
class Said:
    """An object read: a label for who, ``certain`` where only a speaker has such a field; what; when, as it is written.

    ``unit`` is what its bare numbers count in seconds, ``None`` if no key says it.  ``is_mixed`` where
    its parts are several speakers'.
    """

    who: str | None
    certain: bool
    text: str | None
    is_word: bool
    start: Json = None
    end: Json = None
    length: Json = None
    unit: float | None = None
    who_key: str = ""
    text_key: str = ""
    start_key: str = ""
    is_mixed: bool = False

    def times(self, unit: float) -> tuple[float | None, float | None]:
        """Return its beginning and end in seconds; ``unit`` where the file does not say it."""
        unit = self.unit or unit
        start, end = seconds(self.start, unit), seconds(self.end, unit)
        if end is None and start is not None and (length := seconds(self.length, unit)) is not None:
            end = round(start + length, 3)
        return start, end if end is not None and (start is None or end >= start) else None


def read(row: Fields, names: Mapping[str, str], *, inside: int = 0) -> Said:
    """Read an object as an utterance, a word, or a time in which one speaks; ``inside`` how many others."""
    found = _folded(row)
    speaking = {key: who for key in SPEAKERS if key in found and (who := label(found[key], names))}
    named = {key: who for key in NAMES if key in found and (who := _named(found[key], names))} if not speaking else {}
    key, who = next(iter((speaking or named).items()), ("", None))
    said = Said(who, bool(speaking), None, is_word=False, who_key=key)
    _tell_time(said, found)
    _tell_text(said, found, names, inside)
    return said


def _folded(row: Fields) -> dict[str, Json]:
    """The fields of an object, and those of the best of its guesses, if it says itself who or when."""
    found = {folded(key): value for key, value in row.items()}
    for key in GUESSES:
        if key in found and not _OF_SPEECH.isdisjoint(found):
            found = {folded(other): value for other, value in first_of(found[key]).items()} | found
    return found


def _named(value: Json, names: Mapping[str, str]) -> str | None:
    return label(value, names) if isinstance(value, str | dict) else None


def _tell_time(said: Said, found: Fields) -> None:
    for keys, field in ((_STARTS, "start"), (_ENDS, "end"), (_LENGTHS, "length")):
        key = next((key for key in keys if key in found and not isinstance(found[key], list)), None)
        if key:
            setattr(said, field, found[key])
            said.start_key = key if field == "start" else said.start_key
            said.unit = said.unit or next((unit for ending, unit in _UNITS if key.endswith(ending)), None)
    if isinstance(said.start, int | float) or seconds(said.start) is not None:
        return
    for key in _RANGES:
        value = found.get(key)
        if isinstance(value, list) and len(value) == len(("start", "end")) and not rows(value):
            said.start, said.end = value
        elif within := first_of(value) or (value if isinstance(value, dict) else {}):
            _tell_time(said, {folded(other): one for other, one in within.items() if not isinstance(one, list | dict)})
        else:
            continue
        return


def _tell_text(said: Said, found: Fields, names: Mapping[str, str], inside: int) -> None:
    for key in (*TEXTS, *_PART_TEXTS) if inside else TEXTS:
        value = found.get(key)
        if isinstance(value, str):
            said.text, said.is_word, said.text_key = value, key in _WORD, key
            break
    if inside == _MAX_PARTS or (said.text is not None and said.start is not None and said.who is not None):
        return
    for key in (*TEXTS, *_PARTS):
        value = found.get(key)
        if isinstance(value, list) and _tell_parts(said, value, names, inside, is_words=key in _WORDS):
            said.text_key = said.text_key or key
            return


def _tell_parts(said: Said, value: list[Json], names: Mapping[str, str], inside: int, *, is_words: bool) -> bool:
    strings = [one for one in value if isinstance(one, str)]
    parts = [part for row in rows(value) if (part := read(row, names, inside=inside + 1)).text is not None]
    if not parts and not strings:
        return False
    if not said.certain and (speaking := {part.who for part in parts if part.certain}):
        said.who, said.certain, said.is_mixed = next(iter(speaking)), True, len(speaking) > 1
    if said.text is None:
        texts = strings or [part.text or "" for part in parts]
        is_words = is_words or (bool(parts) and all(part.is_word for part in parts))
        said.text = _sentence(texts) if is_words else " ".join(texts)
    if said.start is None and parts:
        said.start = next((part.start for part in parts if part.start is not None), None)
        last = next((part for part in reversed(parts) if part.end is not None), None)
        said.end, said.unit, said.start_key = (last.end if last else None), parts[0].unit, parts[0].start_key
    return True


def _sentence(words: list[str]) -> str:
    return " ".join(piece.text for piece in cues(Word(word, "1") for word in words))
