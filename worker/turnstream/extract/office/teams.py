"""The Word export of Teams as it was until 2023: each paragraph is a cue of three lines, when, who, what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from turnstream.extract.office.blocks import Block
from turnstream.extract.pieces import Piece, utterances
from turnstream.unspaced import together

#: `0:0:6.90 --> 0:0:6.500`: no digit is filled up, and what follows the period are milliseconds.
_RANGE = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})\.(\d{1,3}) --> (\d{1,3}):(\d{1,2}):(\d{1,2})\.(\d{1,3})")
#: Lines of a cue besides what is said.
_HEAD = 2


def cues(blocks: Sequence[Block]) -> list[Piece] | None:
    """Return the utterances of a document of cues, other paragraphs as they are; ``None`` if it is another one."""
    blocks = [[piece for piece in block if _text(piece)] for block in blocks]
    shown = [block for block in blocks if block]
    if not shown or sum(_is_cue(block) for block in shown) * 2 <= len(shown):
        return None
    return list(utterances(_pieces(shown)))


def _pieces(blocks: Sequence[Block]) -> Iterator[Piece]:
    for block in blocks:
        found = _RANGE.fullmatch(_text(block[0])) if _is_cue(block) else None
        if not found:
            yield from block
            continue
        numbers = list(map(int, found.groups()))
        speaker, *said = map(_text, block[1:])
        yield Piece(together(said), speaker, _seconds(*numbers[:4]), _seconds(*numbers[4:]))


def _is_cue(block: Block) -> bool:
    return len(block) > _HEAD and _RANGE.fullmatch(_text(block[0])) is not None


def _text(piece: Piece) -> str:
    return f"{piece.opening}{piece.text}".strip()


def _seconds(hours: int, minutes: int, seconds: int, milliseconds: int) -> float:
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
