"""Rows of pages into paragraphs: gaps and indents between them, headings by size, without running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from turnstream.extract.columns import Row
from turnstream.extract.pieces import Piece

#: A paragraph stands so many times the usual distance of rows below the one before.
_APART = 1.3
#: Sizes of headings, in those of the text.
_HEADINGS = ((1.45, "heading 1"), (1.15, "heading 2"))
#: Rows at each edge of a page among which running heads are, pages that one comes on at least, and their share.
_EDGE, _FEWEST_PAGES, _PAGES = 2, 3, 0.4
#: Rows that a page has for each of them, or one less: the edges of a short page would be its text.
_ROWS_PER_EDGE = 4
#: Points within which a running head is at the same place.
_GRID = 6.0
#: Width of a blank, in sizes of the text: an indent is written in them.
_BLANK, _MOST_BLANKS = 0.5, 60
_NUMBER = re.compile(r"\d+")


def pieces_of(pages: Sequence[Sequence[Row]]) -> Iterator[Piece]:
    """The rows of all pages as a piece each, with a blank one between paragraphs."""
    sizes = Counter[float]()
    for rows in pages:
        for row in rows:
            sizes[round(row.size, 1)] += len(row.text)
    size = max(sizes, key=lambda one: sizes[one], default=1.0)
    edges = [_edges(rows) for rows in pages]
    running = _running(pages, edges)
    for rows, edge in zip(pages, edges, strict=True):
        yield from _page([row for n, row in enumerate(rows) if n not in edge or _sign(row) not in running], size)


def _edges(rows: Sequence[Row]) -> set[int]:
    """Numbers of the rows at the top and the bottom of a page, whatever the order in which it is read."""
    order = sorted(range(len(rows)), key=lambda number: rows[number].y)
    depth = min(_EDGE, (len(rows) + 1) // _ROWS_PER_EDGE)
    return {*order[:depth], *order[len(rows) - depth :]}


def _sign(row: Row) -> tuple[str, int]:
    return row.text, round(row.y / _GRID)


def _running(pages: Sequence[Sequence[Row]], edges: Sequence[set[int]]) -> set[tuple[str, int]]:
    """Running heads and feet: what is at one place at the edge of many pages; those with a number are the parser's."""
    found = Counter(_sign(rows[number]) for rows, edge in zip(pages, edges, strict=True) for number in edge)
    least = max(_FEWEST_PAGES, len(pages) * _PAGES)
    return {sign for sign, count in found.items() if count >= least and not _NUMBER.search(sign[0])}


def _page(rows: Sequence[Row], size: float) -> Iterator[Piece]:
    margins = {column: min(row.x for row in rows if row.column == column) for column in {row.column for row in rows}}
    distances = [above.y - below.y for above, below in pairwise(rows) if 0 < above.y - below.y < 3 * above.size]
    usual = median(distances) if distances else 0.0
    above: Row | None = None
    for row in rows:
        if above and above.y - row.y > max(usual, above.size) * _APART:
            yield Piece("")
        yield _piece(row, row.x - margins[row.column], size)
        above = row


def _piece(row: Row, indent: float, size: float) -> Piece:
    blanks = " " * min(int(indent / (size * _BLANK)), _MOST_BLANKS)
    style = next((name for least, name in _HEADINGS if row.size >= least * size), None)
    if row.bold >= len(row.text):
        return Piece(blanks + row.text, style=style or "bold")
    return Piece(row.text[row.bold :], style=style, opening=blanks + row.text[: row.bold])
