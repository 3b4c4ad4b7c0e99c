"""A label that a dash ends: `Jo Li – Good morning.`, `MODERATOR -- We begin.`."""

from __future__ import annotations

import re

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark

_END = re.compile(r" (?:--|[–—-]) (?=\S)|(?<=\w)(?:—|--)(?=\S)")


def read(number: int, line: Line) -> Mark | None:
    """The mark at the start of a line, up to its first dash."""
    text = line.text
    start = text[:MAX_LABEL]
    if not text[0].isalnum() or not ("-" in start or "–" in start or "—" in start):
        return None
    match = _END.search(text, 0, MAX_LABEL)
    return Mark(number, text[: match.start()], match.end()) if match and ":" not in text[: match.start()] else None
