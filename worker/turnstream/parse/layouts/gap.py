"""A label in a column of its own, a tab or several blanks before the text: `CDR    Roger.`, `Q    Why?`."""

from __future__ import annotations

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.times import BEFORE, seconds


def read(number: int, line: Line) -> Mark | None:
    """The mark at the start of a line, a time before it or behind it left out."""
    if not line.gaps:
        return None
    text, start = line.text, None
    at, gaps = 0, list(line.gaps)
    if match := BEFORE.match(text):
        at, start = match.end(), seconds(match)
        gaps = [gap for gap in gaps if gap >= at]
    if not gaps or gaps[0] - at > MAX_LABEL:
        return None
    label = text[at : gaps[0]]
    if not label or not label[0].isalnum() or label[-1] in ".:：,;?!":
        return None
    return Mark(number, label, gaps[0] + 1, start)
