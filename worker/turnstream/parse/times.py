"""Times beside a label: `[00:12]`, `(00:45:11)`, `1:02 - 1:15`, `at 00:12`."""

from __future__ import annotations

import re

#: Hours (or none), minutes, seconds: the groups that ``marks.seconds`` wants.
TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,]\d{1,3})?"
_PLAIN = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_RANGE = rf"(?: ?(?:-|–|—|-->|to) ?{_PLAIN})?"

#: Before a label.
BEFORE = re.compile(rf"[(\[<]?{TIME}{_RANGE}[)\]>]?(?: ?[|–—-])? (?=\S)")

#: Behind one, at the end of its line.
AFTER = re.compile(rf"(?: ?[|·•@,–—-]| at)? ?[(\[<]?(?<![\d:.]){TIME}{_RANGE}[)\]>]?$")
