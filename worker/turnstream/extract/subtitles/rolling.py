"""Captions that roll up: each cue shows again what stood in the one before, and a few words more.

Programs that transcribe as somebody speaks write them so, YouTube's among them: two lines, of which the upper one was
the lower before, and between two such cues one of 10 ms with the line that stays.  Every word is kept once, in the
cue that showed it first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from turnstream.extract.subtitles.cues import Cue, Spoken

#: Cues that repeat what was shown, at least; and one of so many that follow another.
FEWEST, ONE_IN = 3, 2
#: Lines shown at once, at most; seconds between cues that roll.
MAX_LINES = 8
MAX_GAP_S = 0.1


def unrolled(cues: Sequence[Cue]) -> Sequence[Cue]:
    """The cues without what those before them have shown, if they roll up; else as they are."""
    shown = [cue for cue in cues if cue.lines]
    repeating = sum(_repeated(*pair) > 0 for pair in pairwise(shown))
    if repeating < FEWEST or repeating * ONE_IN < len(shown) - 1:
        return cues
    return [*shown[:1], *(_new(before, cue) for before, cue in pairwise(shown))]


def _new(before: Cue, cue: Cue) -> Cue:
    count = _repeated(before, cue)
    if not count:
        return cue
    last, again = before.lines[-1], cue.lines[count - 1]
    grown = again.text[len(last.text) :].strip()
    rest = [again._replace(text=grown)] if grown else []
    return cue._replace(lines=(*rest, *cue.lines[count:]))


def _repeated(before: Cue, cue: Cue) -> int:
    """How many of the first lines of a cue are the last of the one before; the last of them may have grown."""
    if before.end_s is None or cue.start_s is None or cue.start_s > before.end_s + MAX_GAP_S:
        return 0
    return next((count for count in _counts(before, cue) if _is_repeated(before.lines, cue.lines, count)), 0)


def _counts(before: Cue, cue: Cue) -> Iterator[int]:
    yield from range(min(len(before.lines), len(cue.lines), MAX_LINES), 0, -1)


def _is_repeated(before: Sequence[Spoken], lines: Sequence[Spoken], count: int) -> bool:
    return tuple(before[-count:-1]) == tuple(lines[: count - 1]) and _goes_on(before[-1], lines[count - 1])


def _goes_on(last: Spoken, line: Spoken) -> bool:
    if last.speaker != line.speaker or not line.text.startswith(last.text):
        return False
    # Scripts without blanks between words are none of ASCII.
    return line.text[len(last.text) : len(last.text) + 1] in {"", " "} or not last.text[-1].isascii()
