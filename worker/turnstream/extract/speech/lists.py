"""A list of objects as a part of a transcript: its utterances or words, or the times in which each speaks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from turnstream.extract.pieces import Piece
from turnstream.extract.speech import objects
from turnstream.extract.speech.fields import seconds
from turnstream.extract.speech.objects import Said
from turnstream.extract.speech.values import Fields
from turnstream.extract.speech.words import Span, Word, cues, spoken

#: What a number may count, in seconds: seconds, milliseconds, 100 ns (ticks); nothing else is in use.
_UNITS = (1.0, 1e-3, 1e-7)
#: … and, of Otter's alone, samples of 16 kHz.
_IN_SAMPLES, _SAMPLE_S = "startoffset", 1 / 16000
#: Characters a second that people speak, about; a unit is off by a thousand or it is right.
_PACE = 15.0
#: How long all utterances may last, whatever is counted, for that to be asked.
_LASTS = (1e-3, 1e15)
#: Share of the utterances that must have what makes the list one of utterances.
_SPOKEN, _TIMED = 0.1, 0.5
#: Utterances with names from which it shows that somebody speaks again, and how many names each at most.
_FEWEST_NAMED, _AGAIN = 3, 0.75
#: A list of so many texts without blanks is one of words.
_FEWEST_WORDS, _MOST_WORDS_SHARE = 8, 0.95
_LONGEST_WORD = 12.0
#: Keys of lists of words.
_WORD_LISTS = frozenset(("words", "tokens", "wordsegments", "items"))


class Evidence(IntEnum):
    """Why a list is believed to be one of utterances, the weakest first."""

    TIMES = 1
    NAMES = 2
    SPEAKERS = 3


@dataclass(frozen=True, slots=True)
class Utterances:
    """A list of utterances, or of words; ``are_timed`` where most say from when until when."""

    said: Sequence[Said]
    evidence: Evidence
    are_words: bool
    are_timed: bool

    @property
    def characters(self) -> int:
        """How much text it has."""
        return sum(len(one.text or "") for one in self.said)

    @property
    def form(self) -> tuple[object, ...]:
        """What lists have in common that say the same kind of thing, each of a part of the transcript."""
        who = next((one.who_key for one in self.said if one.who_key), "")
        return self.evidence, self.are_words, who, self.said[0].text_key

    @property
    def has_speakers(self) -> bool:
        """Whether it says who speaks."""
        return self.evidence > Evidence.TIMES


def said_by(rows: Sequence[Fields], names: Mapping[str, str]) -> list[Said]:
    """Read the objects of a list, guesses that a recogniser was to better left out."""
    said = [objects.read(row, names) for row in rows]
    final = [one for one in said if one.text is None or not one.is_interim]
    return final if any(one.text for one in final) else said


def utterances_of(key: str, said: Sequence[Said]) -> Utterances | None:
    """Return the utterances that the objects of a list under ``key`` are; ``None`` if they are something else."""
    kept = [one for one in said if one.text and one.text.strip()]
    if not kept or sum(one.text is not None for one in said) * 2 < len(said) or any(one.is_mixed for one in kept):
        return None
    are_timed = _are_timed(kept)
    evidence = _evidence(kept, are_timed=are_timed)
    if evidence is None or (evidence is Evidence.TIMES and all(one.is_made for one in kept)):
        return None
    if evidence is Evidence.TIMES:
        for one in kept:
            one.who = None
    are_words = key in _WORD_LISTS or _are_words(kept)
    if are_words:
        kept = [one for one in said if one.text]
    return Utterances(kept, evidence, are_words, are_timed)


def spans_of(said: Sequence[Said]) -> list[Said]:
    """Return the times in which somebody speaks that the objects of a list are, if they are."""
    found = [one for one in said if one.certain and one.text is None and one.times(1.0)[1] is not None]
    return found if len(found) * 2 >= len(said) else []


def pieces_of(utterances: Utterances, spans: Sequence[Said]) -> Iterator[Piece]:
    """Yield the cues of a list; where it does not say who speaks, the ``spans`` do."""
    unit = _unit(utterances.said)
    words = [Word(one.text or "", one.who, *one.times(unit)) for one in utterances.said]
    if spans and not utterances.has_speakers:
        words = list(spoken(words, _spans(spans, unit)))
    if utterances.are_words:
        yield from cues(words)
    else:
        yield from (Piece(word.text, word.speaker, word.start_s, word.end_s) for word in words)


def _spans(said: Sequence[Said], unit: float) -> Iterator[Span]:
    for one in said:
        start, end = one.times(unit)
        if one.who and start is not None and end is not None:
            yield Span(start, end, one.who)


def _evidence(said: Sequence[Said], *, are_timed: bool) -> Evidence | None:
    if sum(one.certain for one in said) > _SPOKEN * len(said):
        return Evidence.SPEAKERS
    named = [one.who for one in said if one.who and one.who != one.text]
    if len(named) >= max(_FEWEST_NAMED, _TIMED * len(said)) and len(set(named)) <= _AGAIN * len(named):
        return Evidence.NAMES
    return Evidence.TIMES if are_timed else None


def _are_timed(said: Sequence[Said]) -> bool:
    timed = [one for one in said if one.start is not None and (one.end is not None or one.length is not None)]
    return len(timed) >= _TIMED * len(said) and not all(map(_is_place, timed))


def _is_place(said: Said) -> bool:
    """Whether it is a word in a text, and where: marked by a program that finds names."""
    start, end = seconds(said.start), seconds(said.end)
    return start is None or (end is not None and end - start == len(said.text or ""))


def _are_words(said: Sequence[Said]) -> bool:
    if all(one.is_word for one in said):
        return True
    texts = [one.text.strip() for one in said if one.text]
    single = sum(not any(map(str.isspace, text)) for text in texts)
    short = sum(map(len, texts)) < _LONGEST_WORD * len(texts)
    return len(texts) >= _FEWEST_WORDS and single >= _MOST_WORDS_SHARE * len(texts) and short


def _unit(said: Sequence[Said]) -> float:
    """What bare numbers count, if no key says so: by how fast people would speak."""
    if any(isinstance(one.start, str) or (isinstance(one.start, float) and one.start % 1) for one in said):
        return 1.0
    lasted, characters = 0.0, 0
    for one in said:
        if isinstance(one.start, int | float) and (length := _length(one.start, one)) > 0:
            lasted += length
            characters += len(one.text or "")
    if not characters or not _LASTS[0] < lasted < _LASTS[1]:
        return 1.0
    units = (*_UNITS, _SAMPLE_S) if said[0].start_key == _IN_SAMPLES else _UNITS
    return min(units, key=lambda unit: abs(math.log(characters / (lasted * unit) / _PACE)))


def _length(start: float, said: Said) -> float:
    if isinstance(said.end, int | float):
        return said.end - start
    return said.length if isinstance(said.length, int | float) else 0.0
