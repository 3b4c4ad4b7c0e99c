"""SubRip: numbered cues, their times in a line above the text.

There is no standard; what is read is what players read: the number may lack, the time's fraction stands behind a comma
or a period, coordinates may stand behind the times, and in the text there are a few tags of HTML and of SubStation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnstream.extract.pieces import Reading
from turnstream.extract.subtitles.clock import read_range, words_behind
from turnstream.extract.subtitles.cues import Cue, cue, unescaped
from turnstream.extract.subtitles.cut import pieces_of

_TAG = re.compile(r"</?(?:i|b|u|s|em|strong|font)(?: [^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>|\\[Nn](?![a-z])", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*")
_ARROW = "->"
#: The number of a cue and a part of its times, where a file is cut off, and characters that they have at most.
_CUT = re.compile(
    r"\n[ \t]*\r?\n([0-9]{1,9})[ \t]*(?:\r?\n[ \t]*[0-9:,.]{0,15}(?:[ \t]*-{0,2}>?[ \t]*[0-9:,.]{0,15})?)?\Z"
)
_LONGEST_CUT = 100


def read(text: str) -> Reading:
    """Read a SubRip file.  Warning: ``truncated``."""
    cut = _CUT.search(text, max(len(text) - _LONGEST_CUT, 0))
    if cut and re.search(rf"^\s*{int(cut[1]) - 1}\s*$", text[: cut.start()], re.MULTILINE):
        return Reading("srt", pieces_of(_cues(text[: cut.start()])), ("truncated",))
    return Reading("srt", pieces_of(_cues(text)))


def _cues(text: str) -> Iterator[Cue]:
    times: tuple[float, float] | None = None
    shown: list[str] = []
    number = 0
    for line in text.splitlines():
        found = read_range(line) if _ARROW in line else None
        if not found:
            shown.append(line)
            continue
        if _is_number(shown, number + 1):
            number = int(shown.pop())
        yield _cue(shown, times)
        behind = words_behind(line)
        times, shown = found, [behind] if behind else []
    yield _cue(shown, times)


def _is_number(shown: list[str], following: int) -> bool:
    """Whether the last line is the number of the next cue: it stands apart, or is that which follows."""
    if not shown or not _NUMBER.fullmatch(shown[-1]):
        return False
    return len(shown) == 1 or not shown[-2].strip() or int(shown[-1]) == following


def _cue(shown: list[str], times: tuple[float, float] | None) -> Cue:
    text = unescaped(_TAG.sub("", _BREAK.sub("\n", "\n".join(shown))))
    return cue(text, *(times or (None, None)))
