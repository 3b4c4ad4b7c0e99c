"""The layouts that a transcript may have: how a line that opens a turn reads in each.

A layout only reads; whether its lines are speakers' marks is for the whole document to
bear out (``hypotheses``).  A new layout is one module like these, and its name below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from turnstream.models import Line
from turnstream.parse.layouts import bracket, dash, gap, own_line, period, strong
from turnstream.parse.marks import Mark


class Reading(NamedTuple):
    """A layout by name; ``read`` yields the marks that some lines, each with its number, may be."""

    name: str
    read: Callable[[Iterable[tuple[int, Line]]], Iterator[Mark]]


#: All but ``label_line`` (`Label: text`), which needs less evidence and has its own: ``evidence``.
READINGS: tuple[Reading, ...] = (
    Reading("own_line", own_line.read),
    Reading("period", period.read),
    Reading("dash", dash.read),
    Reading("gap", gap.read),
    Reading("bracket", bracket.read),
    Reading("strong", strong.read),
)
