"""Headings between turns, and what is printed below the last one: paragraphs that are no sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from turnstream.models import Line
from turnstream.parse.lines import ends_sentence, is_direction
from turnstream.parse.marks import Mark

#: Share of first paragraphs that end as sentences do, where people's words are punctuated.
PUNCTUATED = 0.75
#: Code points of a heading.
MAX_HEADING = 120
#: Paragraphs of headings above a turn.
MAX_HEADINGS = 6

_HIGH = ("heading 1", "heading 2")
_RANKS = frozenset((*_HIGH, "heading 3", "heading 4", "heading 5", "heading 6"))


def styled(lines: Sequence[Line], marks: Mapping[int, Mark]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the numbers of headings, where the format has them: those that end what somebody says, and lower ones.

    Below a heading of the first two ranks another part begins; others stand within a speech, too (a time, a subject).
    """
    found = {n: line.style for n, line in enumerate(lines) if line.style and line.style in _RANKS and n not in marks}
    return frozenset(n for n in found if found[n] in _HIGH), frozenset(n for n in found if found[n] not in _HIGH)


def headings(lines: Sequence[Line], marks: Mapping[int, Mark]) -> frozenset[int]:
    """Return the numbers of lines that stand between what somebody says and the next mark or the end, said by nobody.

    They stand apart, and end no sentence in a document whose paragraphs do.
    """
    numbers = sorted(marks)
    ends = [_paragraph_end(lines, marks[number], marks) for number in numbers]
    if not marks or not _is_punctuated([lines[end].text for end in ends]):
        return frozenset()
    found: set[int] = set()
    for end, following in zip(ends, [*numbers[1:], len(lines)], strict=True):
        found.update(_above(lines, end + 1, following))
    return frozenset(found)


def _is_punctuated(ends: Sequence[str]) -> bool:
    return sum(ends_sentence(text) or is_direction(text) for text in ends) >= PUNCTUATED * len(ends)


def _paragraph_end(lines: Sequence[Line], mark: Mark, marks: Mapping[int, Mark]) -> int:
    """Number of the last line of the first paragraph that a mark opens."""
    number = mark.line if mark.at < len(lines[mark.line].text) else min(mark.last + 1, len(lines) - 1)
    while number + 1 < len(lines) and not lines[number + 1].blank_before and number + 1 not in marks:
        number += 1
    return number


def _above(lines: Sequence[Line], first: int, end: int) -> Iterator[int]:
    """Paragraphs right above line ``end``, of the lines from ``first`` on, that read as headings."""
    if end < len(lines) and not lines[end].blank_before:
        return
    most = MAX_HEADINGS if end < len(lines) else len(lines)
    for _ in range(most):
        begin = end - 1
        while begin > first and not lines[begin].blank_before:
            begin -= 1
        if begin <= first - 1 or not lines[begin].blank_before or not _read_as_heading(lines[begin:end]):
            return
        yield from range(begin, end)
        end = begin


def _read_as_heading(paragraph: Sequence[Line]) -> bool:
    if not all(len(line.text) <= MAX_HEADING and not is_direction(line.text) for line in paragraph):
        return False
    return bool(paragraph) and not ends_sentence(paragraph[-1].text) and not paragraph[0].text[0].islower()
