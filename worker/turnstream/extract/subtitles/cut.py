"""Cues to pieces: cut where somebody else speaks, joined where one speaker goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.extract.pieces import Piece, utterances
from turnstream.extract.subtitles.cues import Cue
from turnstream.extract.subtitles.rolling import unrolled
from turnstream.unspaced import together

#: Code points of a label at the beginning of a line.
MAX_LABEL = 80

_LABEL = rf"(?:[^\W\d_a-z][^:!?]{{0,{MAX_LABEL}}}|\[[^\[\]]{{1,{MAX_LABEL}}}\]|\([^()]{{1,{MAX_LABEL}}}\)):(?= ?\S)"
_DASH = re.compile(r"[-–—‐] ?\S")
_DASHED_LABEL = re.compile(rf"\A[-–—‐] ?(?={_LABEL})")
#: What the first line of a speaker begins with, where several speak in one cue.
_OPENS = re.compile(rf"{_DASH.pattern}|>>|{_LABEL}|\[[^\[\]]{{1,{MAX_LABEL}}}\] ?\S")


def pieces_of(cues: Iterable[Cue]) -> Iterator[Piece]:
    """An utterance of a speaker, or what nobody is said to speak in a cue, each; what rolls up stands once."""
    return utterances(piece for cue in unrolled(list(cues)) for piece in _pieces(cue))


def title_of(text: str) -> Iterator[Piece]:
    """The title that a file says, apart from what follows."""
    if title := " ".join(text.split()):
        yield Piece(title, style="heading 1")
        yield Piece("")


def _pieces(cue: Cue) -> Iterator[Piece]:
    last: list[str] = []
    speaker: str | None = None
    dialogue = sum(_DASH.match(line.text) is not None for line in cue.lines) > 1
    for line in cue.lines:
        if last and (line.speaker != speaker or (speaker is None and _OPENS.match(line.text))):
            yield Piece(together(last), speaker, cue.start_s, cue.end_s)
            last = []
        speaker = line.speaker
        # The label says what the dash does.
        last.append(_DASHED_LABEL.sub("", line.text) if dialogue and not speaker else line.text)
    if last:
        yield Piece(together(last), speaker, cue.start_s, cue.end_s)
