"""Times of TTML: clocks and offsets, in frames and ticks of the rates that a file declares.

After "Time Value Expressions" and "Time Attribute Semantics", section 12 of https://www.w3.org/TR/ttml2/ .
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_CLOCK = re.compile(
    r"(?P<hours>\d{1,4}):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2})"
    r"(?:[.,](?P<fraction>\d{1,9})|:(?P<frames>\d{1,9})(?:\.(?P<sub>\d{1,9}))?)?"
)
_OFFSET = re.compile(r"(?P<count>\d{1,18}(?:\.\d{1,9})?)(?P<metric>h|ms|m|s|f|t)")
#: Frames a second, where nothing says it.
_FRAMES = 30.0
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True, slots=True)
class Rates:
    """Frames, parts of a frame, and ticks, a second."""

    frames: float = _FRAMES
    sub_frames: float = 1.0
    ticks: float = 1.0

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> Rates:
        """The rates that the attributes of ``tt`` say, by their local names."""
        frames = _number(attributes.get("frameRate"))
        sub = _number(attributes.get("subFrameRate")) or 1.0
        above, _, below = attributes.get("frameRateMultiplier", "").replace(":", " ").partition(" ")
        multiplier = (_number(above) or 1.0) / (_number(below) or 1.0)
        rate = (frames or _FRAMES) * multiplier
        ticks = _number(attributes.get("tickRate")) or (rate * sub if frames else 1.0)
        return cls(rate, sub, ticks)


class Interval(NamedTuple):
    """When something is shown, seconds from the beginning; ``None`` where nothing says it."""

    start_s: float | None = None
    end_s: float | None = None


def read_time(text: str | None, rates: Rates) -> float | None:
    """Seconds of a time expression; ``None`` without one, or if it is none."""
    text = (text or "").strip()
    if found := _CLOCK.fullmatch(text):
        whole = (int(found["hours"]) * 60 + int(found["minutes"])) * 60 + int(found["seconds"])
        fraction = int(found["fraction"]) / 10 ** len(found["fraction"]) if found["fraction"] else 0.0
        frames = int(found["frames"] or 0) + int(found["sub"] or 0) / rates.sub_frames
        return whole + fraction + frames / rates.frames
    if found := _OFFSET.fullmatch(text):
        scale = {**_SECONDS, "f": 1 / rates.frames, "t": 1 / rates.ticks}[found["metric"]]
        return float(found["count"]) * scale
    return None


def interval_of(attributes: Mapping[str, str], around: Interval, rates: Rates) -> Interval:
    """When an element is shown: its times count from the start of what is ``around`` it, and end with that at last."""
    begin, end, duration = (read_time(attributes.get(name), rates) for name in ("begin", "end", "dur"))
    reference = around.start_s or 0.0
    first = reference + (begin or 0.0)
    ends = (around.end_s, None if end is None else reference + end, None if duration is None else first + duration)
    is_timed = (begin, end, duration) != (None, None, None)
    return Interval(first if is_timed else around.start_s, min((one for one in ends if one is not None), default=None))


def _number(text: str | None) -> float | None:
    found = re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*", text or "")
    return (float(found[1]) or None) if found else None
