"""A label on a line of its own with nothing behind it, the text below: `Operator`, `## Jo Li`, `Jo Li  00:12`.

A time may stand on the line above or below the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.times import find_time, seconds, time_alone

#: What a label on its own does not end in, unless it is an abbreviation.
_ENDS = frozenset(":：.?!…,;。？！，、")
_ABBREVIATED = ("Jr.", "Sr.", "m.", "M.")
_HEADING = re.compile(r"(#{1,6}) (.+?)(?: #+)?$")
_BOLD = re.compile(r"(\*\*|__|\*|_)([^*_].*?)\1$")
#: What some agencies count turns by: `Operator [1]`.
_COUNTED = re.compile(r" *\[\d{1,3}\]$")
_ENCLOSED = re.compile(r"([\[<【])([^\[\]<>【】]+)[\]>】]$")
#: What such a label begins with, unless it is counted.
_DRESSED = frozenset("#*_[<【")


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks, ``style`` telling what it is written in: `heading 2`, `bold`, `enclosed`, `timed`, nothing."""
    lines = list(lines)
    times = {number: stamp for number, line in lines if (stamp := time_alone(line.text))}
    for number, line in lines:
        if len(line.text) <= MAX_LABEL and (mark := _mark(number, line)):
            yield _timed(mark, times) if times and mark.style != "timed" else mark


def _undressed(text: str, style: str) -> tuple[str, str]:
    """What a label is written in, and the label without it."""
    if match := _HEADING.match(text):
        style, text = f"heading {len(match[1])}", match[2]
    if match := _BOLD.match(text):
        style, text = style or "bold", match[2].strip()
    if match := _COUNTED.search(text):
        style, text = style or "counted", text[: match.start()]
    if match := _ENCLOSED.match(text):
        style, text = style or "enclosed", match[2].strip()
    return style, text


def _timed(mark: Mark, times: Mapping[int, re.Match[str]]) -> Mark:
    """A mark with the time of the line above or below it; between two times stands what is said."""
    above, below = times.get(mark.line - 1), times.get(mark.line + 1)
    stamp = above or below
    if not stamp or (above and below):
        return mark
    return mark._replace(start_s=seconds(stamp), style="timed", further=int(below is not None))


def _mark(number: int, line: Line) -> Mark | None:
    text = line.text
    if text[0].islower() or (text[-1] in _ENDS and not text.endswith(_ABBREVIATED)):
        return None
    style = line.style or ("bold" if line.bold == len(text) else "")
    if text[0] in _DRESSED or text[-1] == "]":
        style, text = _undressed(text, style)
    start = None
    if text and (match := find_time(text)):
        start = seconds(match)
        text = (text[: match.start()] + text[match.end() :]).strip()
        if match := _BOLD.match(text) or _ENCLOSED.match(text):
            text = match[2].strip()
        style = "timed"
    text = text.rstrip(" :：")
    if not text or not text[0].isalnum() or ":" in text or (text[-1] in _ENDS and not text.endswith(_ABBREVIATED)):
        return None
    return Mark(number, text, len(line.text), start, style)
