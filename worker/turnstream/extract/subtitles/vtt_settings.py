"""The line of times above a WebVTT cue: when it is shown, and where.

After the W3C's "collect WebVTT cue timings and settings", "collect a WebVTT timestamp" and "parse the WebVTT cue
settings", section 6.3 of https://www.w3.org/TR/webvtt1/ .
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from typing import NamedTuple

#: Two digits of minutes are a time without hours; any other number of them are hours. ASCII digits, as the W3C says.
TIMESTAMP = r"(?:(?P<{0}h>[0-9]+):)?(?P<{0}m>[0-5][0-9]):(?P<{0}s>[0-5][0-9])\.(?P<{0}f>[0-9]{{3}})(?![0-9])"
_BLANK = r"[ \t\f\r\n]*"
_TIMESTAMP = re.compile(TIMESTAMP.format("a"))
_TIMINGS = re.compile(
    rf"{_BLANK}{TIMESTAMP.format('a')}{_BLANK}-->{_BLANK}{TIMESTAMP.format('b')}(?P<rest>.*)", re.DOTALL
)
_SETTING = re.compile(r"[^ \t\f\r\n]+")
_PERCENTAGE = re.compile(r"[0-9]+(?:\.[0-9]+)?%")
_LINE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_LINE_ALIGNMENTS = frozenset(("start", "center", "end"))
_POSITION_ALIGNMENTS = frozenset(("line-left", "center", "line-right"))
_ALIGNMENTS = frozenset(("start", "center", "end", "left", "right"))
_VERTICALS = frozenset(("rl", "lr"))
#: The largest percentage, and the size of a cue that says none.
_FULL = 100.0
#: Digits of hours that are counted; nobody speaks that long.
_MAX_HOURS = 9


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a cue is shown, as its settings say; ``None`` is `auto`, for ``region`` none."""

    region: str | None = None
    vertical: str = ""
    line: float | None = None
    line_align: str = "start"
    snap_to_lines: bool = True
    position: float | None = None
    position_align: str = "auto"
    size: float = _FULL
    align: str = "center"


class Timings(NamedTuple):
    """A line of times: start and end in seconds, and the settings behind them, unread."""

    start_s: float
    end_s: float
    settings: str = ""


def read_timings(line: str) -> Timings | None:
    """Read a line of times; ``None`` if it is none."""
    found = _TIMINGS.match(line)
    if not found:
        return None
    return Timings(_seconds(found, "a"), _seconds(found, "b"), found["rest"])


def read_timestamp(text: str) -> float | None:
    """Seconds of a timestamp, if a text is one and nothing else."""
    found = _TIMESTAMP.fullmatch(text)
    return _seconds(found, "a") if found else None


def _seconds(found: re.Match[str], which: str) -> float:
    hours, minutes, seconds, fraction = (int((found[which + part] or "0")[-_MAX_HOURS:]) for part in "hmsf")
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction) / 1000


def read_settings(text: str, regions: Container[str] = ()) -> Settings:
    """Read settings; what is none, or has no such value, is passed over, and so is a region that is not declared."""
    settings = Settings()
    for setting in _SETTING.findall(text):
        name, colon, value = setting.partition(":")
        if not name or not colon or not value:
            continue
        match name:
            case "region":
                settings = replace(settings, region=value if value in regions else None)
            case "vertical" if value in _VERTICALS:
                settings = replace(settings, vertical=value, region=None)
            case "line":
                settings = _with_line(settings, value)
            case "position":
                settings = _with_position(settings, value)
            case "size" if (size := read_percentage(value)) is not None:
                settings = replace(settings, size=size, region=settings.region if size == _FULL else None)
            case "align" if value in _ALIGNMENTS:
                settings = replace(settings, align=value)
    return settings


def read_percentage(text: str) -> float | None:
    """The number of `50%`, from 0 to 100."""
    if not _PERCENTAGE.fullmatch(text):
        return None
    number = float(text[:-1])
    return number if number <= _FULL else None


def _with_line(settings: Settings, value: str) -> Settings:
    line, comma, align = value.partition(",")
    if comma and align not in _LINE_ALIGNMENTS:
        return settings
    number = float(line) if _LINE.fullmatch(line) else read_percentage(line)
    if number is None:
        return settings
    aligned = replace(settings, line_align=align) if comma else settings
    return replace(aligned, line=number, snap_to_lines=not line.endswith("%"), region=None)


def _with_position(settings: Settings, value: str) -> Settings:
    position, comma, align = value.partition(",")
    number = read_percentage(position)
    if number is None or (comma and align not in _POSITION_ALIGNMENTS):
        return settings
    aligned = replace(settings, position_align=align) if comma else settings
    return replace(aligned, position=number)
