"""A label that a dash ends: `Jo Li – Good morning.`, `MODERATOR -- We begin.`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.models import Line
from turnstream.parse.marks import MAX_LABEL, Mark

_END = re.compile(r" (?:--|[–—-]) (?=\S)|(?<=\w)(?:—|--)(?=\S)")


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks at the start of lines, up to their first dash."""
    for number, line in lines:
        start = line.text[:MAX_LABEL]
        if ("-" in start or "–" in start or "—" in start) and (mark := _mark(number, line)):
            yield mark


def _mark(number: int, line: Line) -> Mark | None:
    text = line.text
    if not text[0].isalnum():
        return None
    match = _END.search(text, 0, MAX_LABEL)
    return Mark(number, text[: match.start()], match.end()) if match and ":" not in text[: match.start()] else None
