"""Times and clocks beside a label: `[00:12]`, `(00:45:11)`, `1:02 - 1:15`, `12/03/2021, 10:15 - `, `10:15 AM`."""

from __future__ import annotations

import re

#: Hours (or none), minutes, seconds.
TIME = r"(?P<hours>\d{1,3}:)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?:[.,]\d{1,3})?"
_PLAIN = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_RANGE = rf"(?: ?(?:-->|[-–—]|to) ?{_PLAIN})?"
_DATE = r"(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? (?:at )?)?"
_CLOCK = r"(?P<clock> ?[AaPp]\.?[Mm]\b\.?)?"
_STAMP = rf"{_DATE}{TIME}{_RANGE}{_CLOCK}"

#: Before a label, with what divides them.
BEFORE = re.compile(rf"[(\[<]?{_STAMP}[)\]>]?(?:(?: ?[|–—-])? +|(?<=[)\]>]))(?=[^\s\d])")

#: Behind one, at the end of its line.
AFTER = re.compile(rf"(?: ?[|·•@,–—-]| at)? ?[(\[<]?(?<![\d:./-]){_STAMP}[)\]>]?$")

#: What a time may end in, besides a digit.
_CLOSING = ")]>mM."
#: Nothing else, where a text would be.
ALONE = re.compile(rf"[(\[<]?{_STAMP}[)\]>]?")
#: Behind the colon of a label: only in brackets is it no number that somebody says.
BEHIND = re.compile(rf"[(\[<]{_STAMP}[)\]>] ?(?=\S)")
#: Code points of a time alone on its line, a date and a range included.
_MAX_ALONE = 48


def find_time(text: str) -> re.Match[str] | None:
    """Find a time at the end of a text or at its beginning."""
    if ":" not in text:
        return None
    if (text[-1].isdigit() or text[-1] in _CLOSING) and (found := AFTER.search(text)):
        return found
    return BEFORE.match(text) if text[0].isdigit() or text[0] in "([<" else None


def time_alone(text: str) -> re.Match[str] | None:
    """The time that is all there is on a line: it stands above a label, or between a name and what is said."""
    if len(text) > _MAX_ALONE or ":" not in text or not (text[-1].isdigit() or text[-1] in _CLOSING):
        return None
    return ALONE.fullmatch(text)


def seconds(stamp: re.Match[str]) -> float | None:
    """Seconds from the beginning that a time says; ``None`` for a time of day."""
    if stamp["date"] or stamp["clock"]:
        return None
    hours = int((stamp["hours"] or "0").rstrip(":"))
    return hours * 3600.0 + int(stamp["minutes"]) * 60 + int(stamp["seconds"])
