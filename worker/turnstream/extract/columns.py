"""Chunks of text with their places on a page, put together into rows from top to bottom, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

#: Width of a character, and how much less than the next line's distance rows of one line differ, in sizes of the font.
_WIDTH, _SAME_ROW = 0.5, 0.55
#: A gap wider than so many sizes, and than this share of the text before it, whose width is an estimate, is a column's.
_GAP, _UNSURE = 2.0, 0.25
#: Rows that a column has at least; how many of the left one's may run across it; how full a column's rows are.
_FEWEST, _ACROSS, _FULL = 8, 0.2, 0.55
#: Where the right column of two begins, as shares of the width of what is written.
_MIDDLE = (0.4, 0.65)
#: Points within which rows begin at the same place.
_GRID = 4.0


class Chunk(NamedTuple):
    """Text that is written at once: where it begins, in points from the left and from the bottom, and how.

    ``order`` counts what is written one after the other: blanks at the edge of the text then say what is a word.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    turned: int = 0
    order: int = 0

    @property
    def end(self) -> float:
        """Where it ends, about."""
        return self.x + len(self.text.strip()) * self.size * _WIDTH


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it stands on the page; ``bold`` is how many of its characters from the first on are."""

    text: str
    x: float
    y: float
    size: float
    bold: int = 0
    column: int = 0


def rows_of(chunks: Sequence[Chunk]) -> list[Row]:
    """The rows of a page; what is written in another direction than most comes last."""
    directions = Counter(chunk.turned for chunk in chunks)
    rows: list[Row] = []
    for direction, _ in directions.most_common():
        rows += _directed([chunk for chunk in chunks if chunk.turned == direction])
    return rows


def _directed(chunks: list[Chunk]) -> Iterator[Row]:
    gutter = _gutter(chunks)
    if gutter is None:
        yield from map(_row, _lines(chunks))
        return
    left: list[Sequence[Chunk]] = []
    right: list[Sequence[Chunk]] = []
    for line in sorted(_lines(chunks), key=lambda line: -line[0].y):
        sides = [chunk for chunk in line if chunk.x < gutter], [chunk for chunk in line if chunk.x >= gutter]
        if _is_across(sides, gutter):
            yield from _flow(left, right)
            left, right = [], []
            yield _row(line)
            continue
        left += [sides[0]] if sides[0] else []
        right += [sides[1]] if sides[1] else []
    yield from _flow(left, right)


def _flow(left: Iterable[Sequence[Chunk]], right: Iterable[Sequence[Chunk]]) -> Iterator[Row]:
    yield from map(_row, left)
    for line in right:
        yield _row(line, column=1)


def _is_across(sides: tuple[Sequence[Chunk], Sequence[Chunk]], gutter: float) -> bool:
    left, right = sides
    return bool(left) and not right and left[-1].end > gutter + len(left[-1].text) * left[-1].size * _WIDTH * _UNSURE


def _lines(chunks: Iterable[Chunk]) -> list[list[Chunk]]:
    """Chunks side by side, from top to bottom and from left to right."""
    lines: list[list[Chunk]] = []
    top = size = 0.0
    for chunk in sorted(chunks, key=lambda one: -one.y):
        if lines and top - chunk.y <= _SAME_ROW * max(chunk.size, size):
            lines[-1].append(chunk)
            size = max(chunk.size, size)
        else:
            lines.append([chunk])
            top, size = chunk.y, chunk.size
    for line in lines:
        line.sort(key=lambda one: one.x)
    return lines


def _gutter(chunks: Sequence[Chunk]) -> float | None:
    """Where the right one of two columns begins: both have many rows, most of them full, and few run across."""
    if len(chunks) < 2 * _FEWEST:
        return None
    begin, end = min(chunk.x for chunk in chunks), max(chunk.end for chunk in chunks)
    first, last = (begin + share * (end - begin) for share in _MIDDLE)
    starts = Counter(round(chunk.x / _GRID) for chunk in chunks if first <= chunk.x <= last)
    if not starts:
        return None
    place, _ = max(starts.items(), key=lambda one: (one[1], -one[0]))
    gutter = (place - 0.75) * _GRID
    lines = _lines(chunks)
    left = [line for line in ([one for one in line if one.x < gutter] for line in lines) if line]
    right = [line for line in ([one for one in line if one.x >= gutter] for line in lines) if line]
    across = sum(_is_across((line, ()), gutter) for line in left)
    if min(len(left), len(right)) < _FEWEST or across > _ACROSS * len(left):
        return None
    widths = median(line[-1].end - line[0].x for line in left), median(line[-1].end - line[0].x for line in right)
    full = widths[0] >= _FULL * (gutter - begin) and widths[1] >= _FULL * (end - gutter)
    return gutter if full else None


def _row(line: Sequence[Chunk], column: int = 0) -> Row:
    text, bold, all_bold = "", 0, True
    for before, chunk in pairwise((None, *line)):
        assert chunk
        text += _between(before, chunk) if before else ""
        text += chunk.text.strip()
        all_bold = all_bold and chunk.bold
        bold = len(text) if all_bold else bold
    first = line[0]
    return Row(text, first.x, first.y, max(chunk.size for chunk in line), bold, column)


def _between(before: Chunk, chunk: Chunk) -> str:
    """What stands between two chunks of a row: nothing, a blank, or a column's gap."""
    gap = chunk.x - before.end
    if gap > _GAP * chunk.size and gap > _UNSURE * (before.end - before.x):
        return "   "
    blank = before.text[-1:].isspace() or chunk.text[:1].isspace()
    blank = blank or (gap > 0 and before.text[-1:].isdigit() and chunk.text[:1].isdigit())
    return " " if blank or chunk.order != before.order + 1 else ""
