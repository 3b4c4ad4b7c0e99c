"""What is shown together, and when: a cue."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

#: Code points of a speaker's name; it comes back with every cue, however often the file has it.
MAX_NAME = 200

#: Not text of people: `&amp;` in a format without entities comes from one that has them.
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|lrm|rlm|#\d{1,7});")


class Spoken(NamedTuple):
    """A line of a cue, and who the format says speaks it."""

    text: str
    speaker: str | None = None


class Cue(NamedTuple):
    """What is shown from ``start_s`` to ``end_s``, seconds from the beginning."""

    lines: Sequence[Spoken]
    start_s: float | None = None
    end_s: float | None = None


def cue(text: str, start_s: float | None = None, end_s: float | None = None, speaker: str | None = None) -> Cue:
    """A cue of one speaker or none; blank lines left out."""
    return Cue(tuple(spoken(text, speaker)), start_s, end_s)


def spoken(text: str, speaker: str | None = None) -> Iterator[Spoken]:
    """The lines of a text that have words."""
    for line in text.splitlines():
        if words := line.split():
            yield Spoken(" ".join(words), speaker)


def unescaped(text: str) -> str:
    """A text with the entities of another format, as it reads."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def named(label: str) -> str | None:
    """Who speaks, of what a format says there: `spk_0` as it is, `0` as `Speaker 0`; nobody has a name of a page."""
    if len(label) > MAX_NAME:
        return None
    label = " ".join(label.split())
    return f"Speaker {label}" if label.isdecimal() else label or None
