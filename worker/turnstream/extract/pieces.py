"""What the reader of a format finds, before it is canonical: pieces of text with what the format says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from turnstream.unspaced import together

#: What stands between the paragraphs of an utterance.
PARAGRAPH = "\n\n"
_REMARK = re.compile(r"[(\[（【][^()\[\]（）【】]*[)\]）】]\.?")


class Piece(NamedTuple):
    """A paragraph, a cue or an utterance; ``text`` may have line ends, and an empty one is a blank line.

    In a cue or an utterance only a blank line divides: the paragraphs of one speaker.
    ``opening`` is what stands before ``text`` in bold, ``style`` what the whole is written in: ``heading 1`` to
    ``heading 6``, ``bold``.  ``speaker`` is who the format says speaks (no label in the text), the times are
    seconds from the beginning.
    """

    text: str
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    style: str | None = None
    opening: str = ""

    @property
    def is_cue(self) -> bool:
        """Whether the format says who speaks, or when."""
        return self.speaker is not None or self.start_s is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as the reader of its format understands it; ``format`` as the record names it."""

    format: str
    pieces: Iterable[Piece]
    warnings: tuple[str, ...] = ()


def utterances(pieces: Iterable[Piece], *, are_paragraphs: bool = False) -> Iterator[Piece]:
    """Join pieces that follow each other and are one speaker's; those of nobody stay apart.

    Pieces without times are a paragraph each, if they are any; a remark on how somebody speaks, `(laughs)`, opens one.
    """
    last: Piece | None = None
    texts: list[str] = []
    end_s: float | None = None
    for piece in pieces:
        if last and last.speaker and last.speaker == piece.speaker:
            begins = are_paragraphs and piece.start_s is None and not (len(texts) == 1 and _REMARK.fullmatch(texts[0]))
            texts += (PARAGRAPH, piece.text) if begins else (piece.text,)
            end_s = end_s if piece.end_s is None else piece.end_s
            continue
        if last:
            yield last._replace(text=together(texts), end_s=end_s)
        last, texts, end_s = piece, [piece.text], piece.end_s
    if last:
        yield last._replace(text=together(texts), end_s=end_s)
