"""JSON of tools that turn speech into text, and of corpora: whatever list says who speaks, what and when.

values   JSON, JSON Lines and what is left of broken ones; how to look into them
tools    what a few tools write otherwise than all others
keys     which keys say who, what and when; fields, what they say; objects, an object as an utterance
lists    a list of such objects, and the units of its times; words, words with times into cues
choice   which of the lists of a file are its transcript

Warnings: ``truncated``, the file breaks off, and what is whole of it was read; ``damaged``, it breaks in the middle.
``replacement_characters``, as of bytes that are lost: half of a pair of escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.extract.damage import LOST
from turnstream.extract.pieces import Piece, Reading
from turnstream.extract.speech.choice import transcript_of
from turnstream.extract.speech.values import values_of

__all__ = ["read"]

#: What an escape may say that no text has: control characters; halves of surrogate pairs.
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f]")
_HALF = re.compile("[\ud800-\udfff]")


def read(text: str) -> Reading | None:
    """Read a text that begins as JSON does; ``None`` if it is none, or no transcript.

    Raises:
        Damaged: nested deeper than ``limits.MAX_DEPTH``.

    """
    found = values_of(text)
    if not found:
        return None
    pieces = transcript_of(found.values if found.lines else found.values[0], len(text))
    warnings = found.warnings
    if "\\u" in text:
        if any(_HALF.search(f"{piece.speaker}{piece.text}") for piece in pieces):
            warnings = (*warnings, "replacement_characters")
        pieces = [*_printable(pieces)]
    return Reading("jsonl" if found.lines else "json", pieces, warnings) if pieces else None


def _printable(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for piece in pieces:
        text, speaker = (_HALF.sub(LOST, _CONTROL.sub(" ", one)) for one in (piece.text, piece.speaker or ""))
        yield piece._replace(text=text, speaker=speaker or None)
