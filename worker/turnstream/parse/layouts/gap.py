"""A label in a column of its own, a tab or several blanks before the text: `CDR    Roger.`, `Q    Why?`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.times import BEFORE, seconds

#: Ground elapsed time: days, hours, minutes, seconds.
_GROUND_TIME = re.compile(r"(?:(\d{2,3}) )?(\d{2}) (\d{2}) (\d{2}) (?=\S)")
#: A column of seconds.
_SECONDS = re.compile(r"(\d{1,6}\.\d{1,3}) ")


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks at the start of lines, a time before them or behind them left out."""
    for number, line in lines:
        if line.gaps and (mark := _mark(number, line)):
            yield mark


def _mark(number: int, line: Line) -> Mark | None:
    text, start = line.text, None
    at, gaps = 0, list(line.gaps)
    if match := BEFORE.match(text):
        at, start = match.end(), seconds(match)
    elif match := _GROUND_TIME.match(text):
        days, hours, minutes, seconds_ = (int(part or 0) for part in match.groups())
        at, start = match.end(), ((days * 24 + hours) * 60.0 + minutes) * 60 + seconds_
    elif (match := _SECONDS.match(text)) and match.end() - 1 == gaps[0]:
        at, start = match.end(), float(match[1])
    if at:
        gaps = [gap for gap in gaps if gap >= at]
    if not gaps or gaps[0] - at > MAX_LABEL:
        return None
    label = text[at : gaps[0]]
    if not label or not label[0].isalnum() or label[-1] in ".:：,;?!":
        return None
    return Mark(number, label, gaps[0] + 1, start, "timed" if at else "")
