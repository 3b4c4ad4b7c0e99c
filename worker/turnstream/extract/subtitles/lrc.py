"""LRC: timed lyrics, and what dictation programs write so: `[00:12.30]text`.

A line may have several stamps, and is then sung at each; words may have their own, `<00:12.50>`; tags such as
`[ti:…]` say facts, `[offset:…]` by how many milliseconds everything comes sooner.  It doesn't say when a line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from turnstream.extract.limits import check_expanded
from turnstream.extract.pieces import Reading
from turnstream.extract.subtitles.cues import Cue, cue
from turnstream.extract.subtitles.cut import pieces_of, title_of

_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]\s*")
#: A chorus comes back, but not so often.
_STAMPS = re.compile(rf"(?:{_STAMP.pattern}){{1,64}}")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_TAG = re.compile(r"\[(?P<name>#|[a-zA-Z]{1,10}):(?P<value>.*)\]")
_OFFSET = re.compile(r"\s*([+-]?\d{1,7})\s*")
#: A part of a stamp, where a file is cut off.
_CUT = re.compile(r"\[[0-9]{0,3}(?::[0-9]{0,2}(?:[.:][0-9]{0,3})?)?")
#: Of so many lines one may have neither stamp nor tag: it goes on with the one above.
_OTHERS_ONE_IN = 10


def read(text: str) -> Reading | None:
    """Read an LRC file; ``None`` if not nearly all of its lines say a time.  Warning: ``truncated``.

    Raises:
        FileTooLarge: its lines come back so often that it is a bomb.

    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    warnings = ("truncated",) if lines and _CUT.fullmatch(lines[-1]) else ()
    if warnings:
        lines.pop()
    others = sum(not (_STAMPS.match(line) or _TAG.fullmatch(line)) for line in lines)
    if others > max(1, len(lines) // _OTHERS_ONE_IN):
        return None
    cues = sorted(_cues(lines, _offset_s(lines), len(text)), key=_start)
    if all(one.start_s is None for one in cues):
        return None
    return Reading("lrc", chain(title_of(_tag(lines, "ti")), pieces_of(cues)), warnings)


def _cues(lines: Iterable[str], offset_s: float, size: int) -> Iterator[Cue]:
    starts: list[float] = []
    sung = 0
    for line in lines:
        stamps = _STAMPS.match(line)
        if not stamps and _TAG.fullmatch(line):
            continue
        if stamps:
            starts = [max(0.0, round(_seconds(stamp) - offset_s, 3)) for stamp in _STAMP.finditer(stamps[0])]
        words = _WORD_STAMP.sub("", line[stamps.end() :] if stamps else line)
        sung += len(words) * len(starts)
        check_expanded(sung, size)
        yield from (cue(words, start) for start in starts or (None,))


def _seconds(stamp: re.Match[str]) -> float:
    return int(stamp[1]) * 60 + float(f"{stamp[2]}.{stamp[3] or 0}")


def _offset_s(lines: Iterable[str]) -> float:
    offset = _OFFSET.fullmatch(_tag(lines, "offset"))
    return int(offset[1]) / 1000 if offset else 0.0


def _tag(lines: Iterable[str], name: str) -> str:
    tags = filter(None, map(_TAG.fullmatch, lines))
    return next((tag["value"] for tag in tags if tag["name"].lower() == name), "")


def _start(one: Cue) -> float:
    return one.start_s or 0.0
