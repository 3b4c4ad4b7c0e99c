"""WebVTT to the letter: the blocks of a file.

After the W3C's "WebVTT parser algorithm" and "collect a WebVTT block", sections 6.1 and 6.2 of
https://www.w3.org/TR/webvtt1/ .  Besides, a region may be declared in the header, `Region: id=fred width=40%`, as the
drafts before October 2014 had it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from turnstream.extract.subtitles.vtt_settings import Settings, Timings, read_settings, read_timings

ARROW = "-->"
_SIGNATURE = re.compile(r"WEBVTT(?=[ \t\n]|\Z)")
_LINE_END = re.compile(r"\r\n?")
_STYLE = re.compile(r"STYLE[ \t\f\n]*")
_REGION = re.compile(r"REGION[ \t\f\n]*")
_REGION_ID = re.compile(r"(?<![^ \t\f\n])id:([^ \t\f\n]+)")
_DRAFT_REGION = re.compile(r"Region:(?:.*\s)?id=(?P<id>\S+)")


@dataclass(frozen=True, slots=True)
class VttCue:
    """A cue: its times in seconds, its text as written (``vtt_text`` reads it)."""

    identifier: str
    start_s: float
    end_s: float
    settings: Settings
    text: str


class Rest(NamedTuple):
    """A block that is no cue, no style and no region: a comment, or text that nobody shows.

    ``timed`` if it stands under a line of times that cannot be read.
    """

    text: str
    timed: bool = False


class _Block(NamedTuple):
    """Lines of a block, and the number of the line after it."""

    identifier: str
    timings: Timings | None
    text: str
    timed: bool
    kind: str
    following: int


def cues(text: str) -> list[VttCue]:
    """Return the cues of a WebVTT file, in order; none if it has not the signature of one."""
    return [block for block in blocks(text) if isinstance(block, VttCue)]


def blocks(text: str, timings: Callable[[str], Timings | None] = read_timings) -> Iterator[VttCue | Rest]:
    """Yield the cues of a WebVTT file, and what else it has but for its header, styles and regions.

    Args:
        text: decoded; a byte order mark, any line end, NUL.
        timings: what reads a line of times.

    """
    text = _LINE_END.sub("\n", text.removeprefix("\ufeff").replace("\0", "\ufffd"))
    if not _SIGNATURE.match(text):
        return
    lines = text.split("\n")
    number, regions = _header(lines)
    while number < len(lines):
        if not lines[number]:
            number += 1
            continue
        block = _block(lines, number, timings)
        number = block.following
        if block.timings:
            start_s, end_s, settings = block.timings
            yield VttCue(block.identifier, start_s, end_s, read_settings(settings, regions), block.text)
        elif block.kind == "region":
            regions.update(_REGION_ID.findall(block.text)[-1:])
        elif not block.kind and block.text:
            yield Rest(block.text, block.timed)


def _header(lines: list[str]) -> tuple[int, set[str]]:
    """The number of the line after the header, which one of times ends; and the regions that a draft's declares."""
    number = 1
    while number < len(lines) and lines[number] and ARROW not in lines[number]:
        number += 1
    declared = map(_DRAFT_REGION.match, takewhile(bool, lines[1:]))
    return number, {region["id"] for region in declared if region}


def _block(lines: list[str], first: int, timings: Callable[[str], Timings | None]) -> _Block:
    """The block that begins with line ``first``, up to an empty line, or one of times that is not its own."""
    buffer: list[str] = []
    identifier, kind, timed, found = "", "", False, None
    number = first
    while number < len(lines) and lines[number]:
        line, count = lines[number], number - first + 1
        if ARROW in line:
            if count > 2 or (count == 2 and timed):  # noqa: PLR2004
                break
            timed, found = True, timings(line)
            if found:
                identifier, buffer = "\n".join(buffer), []
        else:
            if count == 2 and not found and (kind := _kind(buffer)):  # noqa: PLR2004
                buffer = []
            buffer.append(line)
        number += 1
    return _Block(identifier, found, "\n".join(buffer), timed, kind, number)


def _kind(buffer: list[str]) -> str:
    opening = "\n".join(buffer)
    if _STYLE.fullmatch(opening):
        return "style"
    return "region" if _REGION.fullmatch(opening) else ""
