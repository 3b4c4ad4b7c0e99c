"""A label that a dash ends: `Jo Li – Good morning.`, `MODERATOR -- We begin.`."""

from __future__ import annotations

import re

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark

_DASHES = frozenset("-–—")
_END = re.compile(r" (?:--|[–—-]) (?=\S)|(?<=\w)(?:—|--)(?=\S)")


def read(number: int, line: Line) -> Mark | None:
    """The mark at the start of a line, up to its first dash."""
    text = line.text
    if not text[0].isalnum() or _DASHES.isdisjoint(text[:MAX_LABEL]):
        return None
    match = _END.search(text, 0, MAX_LABEL)
    return Mark(number, text[: match.start()], match.end()) if match and ":" not in text[: match.start()] else None
