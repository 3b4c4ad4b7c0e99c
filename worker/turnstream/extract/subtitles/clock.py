"""Times of SubRip and its like, as forgiving as the programs that show them."""

from __future__ import annotations

import re

#: Hours may lack, and so may the fraction, behind a comma or a period.
CLOCK = r"(?:(?P<{0}h>\d{{1,4}}):)?(?P<{0}m>\d{{1,3}}):(?P<{0}s>\d{{1,2}})(?:[,.](?P<{0}f>\d{{1,6}}))?(?!\d)"
_RANGE = re.compile(rf"\s*{CLOCK.format('a')}\s*-{{1,2}}>\s*{CLOCK.format('b')}(?![\d:])")

_PLACES = re.compile(r"(?:[ \t]+\w++:\S+)*\s*")


def read_range(line: str) -> tuple[float, float] | None:
    """Seconds of a line of times, `00:01:02,500 --> 00:01:04,000` and what may stand behind; ``None`` for another."""
    found = _RANGE.match(line)
    return (seconds(found, "a"), seconds(found, "b")) if found else None


def words_behind(line: str) -> str:
    """What stands behind a line of times and is no place on the screen, `X1:10`, nor a setting, `align:start`."""
    found = _RANGE.match(line)
    return _PLACES.sub("", line[found.end() :], count=1) if found else ""


def seconds(found: re.Match[str], which: str) -> float:
    """Seconds of the time ``which`` in a match of ``CLOCK``; its fraction is one of a second, `,5` half of it."""
    hours, minutes, whole = (int(found[which + part] or 0) for part in "hms")
    fraction = found[which + "f"] or "0"
    return round((hours * 60 + minutes) * 60 + whole + float(f"0.{fraction}"), 3)
