"""Cues to pieces: what is shown together, cut where somebody else speaks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from turnstream.extract.pieces import Piece, utterances
from turnstream.extract.subtitles.rolling import unrolled

#: Code points of a label at the beginning of a line.
MAX_LABEL = 80

_LABEL = rf"(?:[^\W\d_a-z][^:!?]{{0,{MAX_LABEL}}}|\[[^\[\]]{{1,{MAX_LABEL}}}\]|\([^()]{{1,{MAX_LABEL}}}\)):(?= ?\S)"
_DASHED_LABEL = re.compile(rf"\A[-–—‐] ?(?={_LABEL})")
#: What the first line of a speaker begins with, where several speak in one cue.
_OPENS = re.compile(rf"[-–—‐] ?\S|>>|{_LABEL}|\[[^\[\]]{{1,{MAX_LABEL}}}\] ?\S")
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


def pieces_of(cues: Iterable[Cue]) -> Iterator[Piece]:
    """An utterance of a speaker, or what nobody is said to speak in a cue, each; what rolls up stands once."""
    return utterances(piece for cue in unrolled(list(cues)) for piece in _pieces(cue))


def unescaped(text: str) -> str:
    """A text with the entities of another format, as it reads."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def named(label: str) -> str | None:
    """Who speaks, of what a format says there: `spk_0` as it is, `0` as `Speaker 0`."""
    label = " ".join(label.split())
    return f"Speaker {label}" if label.isdecimal() else label or None


def _pieces(cue: Cue) -> Iterator[Piece]:
    last: list[str] = []
    speaker: str | None = None
    for line in cue.lines:
        if last and (line.speaker != speaker or (speaker is None and _OPENS.match(line.text))):
            yield Piece(" ".join(last), speaker, cue.start_s, cue.end_s)
            last = []
        speaker = line.speaker
        # The label says what the dash does.
        last.append(line.text if speaker else _DASHED_LABEL.sub("", line.text))
    if last:
        yield Piece(" ".join(last), speaker, cue.start_s, cue.end_s)
