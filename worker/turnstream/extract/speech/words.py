"""Words with times into cues: who speaks each is said with it, or in another list by time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from turnstream.extract.pieces import Piece
from turnstream.unspaced import goes_on


class Word(NamedTuple):
    """A word or a mark of punctuation; times in seconds."""

    text: str
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None


class Span(NamedTuple):
    """A time in which one speaks, in seconds."""

    start_s: float
    end_s: float
    speaker: str


#: Marks that stand at the word before them.
_CLOSING = frozenset(".,;:!?…%)]}»”’。，、；：！？）」』】》؟،؛।")
#: Marks that end a sentence.
_ENDING = tuple(".!?…。！？؟।")
#: A pause after which words of nobody are another cue, in seconds.
_PAUSE_S = 1.0
#: How far a word may lie outside of the span that it belongs to: times are rounded.
_SLACK_S = 0.5
#: The longest pause between two spans of one speaker whose words are that speaker's, too.
_WITHIN_S = 10.0
#: Share of words with blanks of their own from which the text needs no others.
_BLANKS = 0.25


def cues(words: Iterable[Word]) -> Iterator[Piece]:
    """Join words to cues: one for what a speaker says without interruption; of nobody, one a sentence.

    Punctuation without a time is whose the word before it is.
    """
    said = [word for word in words if word.text]
    between = "" if _spaced(said) else " "
    for _, group in groupby(_owned(said), key=lambda word: word.speaker):
        run = list(group)
        for part in [run] if run[0].speaker else _sentences(run):
            yield _cue(part, between)


def spoken(words: Iterable[Word], spans: Iterable[Span]) -> Iterator[Word]:
    """Give words the speakers of the spans that their middle is in, or that are next to them."""
    ordered = sorted(spans)
    starts = [span.start_s for span in ordered]
    for word in words:
        yield word if word.start_s is None else word._replace(speaker=_speaker(word, ordered, starts))


def _speaker(word: Word, spans: Sequence[Span], starts: Sequence[float]) -> str | None:
    start = word.start_s or 0.0
    end = start if word.end_s is None else word.end_s
    middle = (start + end) / 2
    after = bisect_right(starts, middle)
    # Whoever began last, unless it was over by then and somebody else still speaks.
    for span in reversed(spans[max(0, after - 3) : after]):
        if middle < span.end_s:
            return span.speaker
    near = spans[max(0, after - 1) : after + 1]
    if not near:
        return None
    if near[0].speaker == near[-1].speaker and near[-1].start_s - near[0].end_s <= _WITHIN_S and len(near) > 1:
        return near[0].speaker
    nearest = min(near, key=lambda span: _apart(span, start, end))
    return nearest.speaker if _apart(nearest, start, end) <= _SLACK_S else None


def _apart(span: Span, start: float, end: float) -> float:
    return max(span.start_s - end, start - span.end_s)


def _owned(words: Iterable[Word]) -> Iterator[Word]:
    last: str | None = None
    for word in words:
        owned = word._replace(speaker=last) if word.start_s is None and word.speaker is None else word
        last = owned.speaker
        yield owned


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in words:
        if part and not _attaches(word.text) and _is_over(part[-1], word):
            yield part
            part = []
        part.append(word)
    if part:
        yield part


def _is_over(last: Word, word: Word) -> bool:
    pauses = last.end_s is not None and word.start_s is not None and word.start_s - last.end_s >= _PAUSE_S
    return pauses or last.text.rstrip().endswith(_ENDING)


def _cue(words: Sequence[Word], between: str) -> Piece:
    starts = (word.start_s for word in words if word.start_s is not None)
    ends = (word.end_s for word in reversed(words) if word.end_s is not None)
    text = "".join(_separated([word.text for word in words], between))
    return Piece(text, words[0].speaker, next(starts, None), next(ends, None))


def _separated(texts: Sequence[str], between: str) -> Iterator[str]:
    last = ""
    for text in texts:
        if last and between and not _attaches(text) and not goes_on(last, text):
            yield between
        yield text
        last = text


def _attaches(text: str) -> bool:
    return _CLOSING.issuperset(text)


def _spaced(words: Sequence[Word]) -> bool:
    """Whether the words bring their blanks with them."""
    return sum(word.text[0].isspace() or word.text[-1].isspace() for word in words) > _BLANKS * len(words)
