"""A label in bold with the text behind it and nothing between, in formats that have bold: **Jo Li** Good morning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark

#: What a label in bold does not end in; with a colon it is one of another layout.
_ENDS = frozenset(":：?!…,;。？！，、")


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks at the start of lines: what stands out there, up to where it ends."""
    for number, line in lines:
        if 0 < line.bold < len(line.text) and line.bold <= MAX_LABEL and (mark := _mark(number, line)):
            yield mark


def _mark(number: int, line: Line) -> Mark | None:
    label = line.text[: line.bold].rstrip()
    if not label[0].isalnum() or label[-1] in _ENDS or ":" in label:
        return None
    return Mark(number, label.rstrip("."), line.bold + (line.text[line.bold] == " "), style="bold")
