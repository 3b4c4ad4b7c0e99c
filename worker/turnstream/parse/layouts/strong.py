"""A label in bold and the text behind it, in formats that have bold: **Jo Li** Good morning, 00:12 **Jo Li** Yes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.times import BEFORE, seconds

#: What a label in bold does not end in; with a colon it is one of another layout.
_ENDS = frozenset(":：?!…,;。？！，、")


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks at the start of lines: what stands out there, up to where it ends, and a time on either side."""
    for number, line in lines:
        if 0 < line.bold < len(line.text) and line.bold <= MAX_LABEL and (mark := _mark(number, line)):
            yield mark


def _mark(number: int, line: Line) -> Mark | None:
    text, at, start, style = line.text, 0, None, "bold"
    if match := BEFORE.match(text, 0, line.bold):
        at, start, style = match.end(), seconds(match), "bold timed"
    label = text[at : line.bold].rstrip()
    if not label or not label[0].isalnum() or label[-1] in _ENDS or ":" in label:
        return None
    at = line.bold + (text[line.bold] == " ")
    if match := BEFORE.match(text, at):
        at, start, style = match.end(), seconds(match), "bold timed"
    return Mark(number, label.rstrip("."), at, start, style)
