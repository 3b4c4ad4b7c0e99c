"""SubViewer as YouTube writes it: `0:00:01.000,0:00:04.000`, and the text below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnstream.extract.pieces import Reading
from turnstream.extract.subtitles.clock import CLOCK, seconds
from turnstream.extract.subtitles.cues import Cue, cue, unescaped
from turnstream.extract.subtitles.cut import pieces_of

_TIMES = re.compile(rf"{CLOCK.format('a')},{CLOCK.format('b')}")
_BREAK = re.compile(r"\[br\]", re.IGNORECASE)
#: A part of the times of a cue, where a file is cut off, and characters that it has at most.
_CUT = re.compile(r"\n[ \t]*\r?\n(0|[0-9]{1,4}:[0-9:.]{0,15}(?:,[0-9:.]{0,15})?)\Z")
_LONGEST_CUT = 60


def read(text: str) -> Reading:
    """Read an SBV file.  Warning: ``truncated``."""
    cut = _CUT.search(text, max(len(text) - _LONGEST_CUT, 0))
    if cut and not _TIMES.fullmatch(cut[1]):
        return Reading("sbv", pieces_of(_cues(text[: cut.start()])), ("truncated",))
    return Reading("sbv", pieces_of(_cues(text)))


def _cues(text: str) -> Iterator[Cue]:
    times: re.Match[str] | None = None
    shown: list[str] = []
    for line in text.splitlines():
        found = _TIMES.fullmatch(line.strip())
        if not found:
            shown.append(_BREAK.sub("\n", line))
            continue
        yield _cue(shown, times)
        times, shown = found, []
    yield _cue(shown, times)


def _cue(shown: list[str], times: re.Match[str] | None) -> Cue:
    text = unescaped("\n".join(shown))
    return cue(text, seconds(times, "a"), seconds(times, "b")) if times else cue(text)
