"""A label in brackets, `[Jo Li] Good morning.`, `10:15 <jo> hi`; or behind a sign, `○Jo Li  Good morning.`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.times import BEFORE, seconds

_LABEL = re.compile(r"([\[<(（【])([^\[\]<>()（）【】]{1,160})([\]>)）】]):? ?")
_PAIRS = {"[": "]", "<": ">", "(": ")", "（": "）", "【": "】"}
#: What chats put before a nickname for somebody's standing there.
_STANDING = " @+%&~!"
_SIGNS = "○◯●■◆▲△□◇☆★"
_SIGN = re.compile(rf"[{_SIGNS}] ?")
#: What such a line may begin with, besides a time's digits.
_OPENING = frozenset((*_PAIRS, *_SIGNS))


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks at the start of lines; ``style`` is what encloses them."""
    for number, line in lines:
        if (line.text[0] in _OPENING or line.text[0].isdigit()) and (mark := _mark(number, line)):
            yield mark


def _mark(number: int, line: Line) -> Mark | None:
    text, at, start = line.text, 0, None
    if text[0].isdigit() or text[0] in "[(<":
        match = BEFORE.match(text)
        if match:
            at, start = match.end(), seconds(match)
    if match := _LABEL.match(text, at):
        label = match[2].strip(_STANDING if match[1] == "<" else " ")
        if _PAIRS[match[1]] != match[3] or not label or not label[0].isalnum():
            return None
        if len(label) == 1 and match[1] != "<":
            return None  # `(a)` counts
        return Mark(number, label, match.end(), start, match[1])
    if (match := _SIGN.match(text, at)) and line.gaps and match.end() < line.gaps[0] <= MAX_LABEL:
        return Mark(number, text[match.end() : line.gaps[0]], line.gaps[0] + 1, start, match[0].strip())
    return None
