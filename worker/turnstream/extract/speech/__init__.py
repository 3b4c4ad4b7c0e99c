"""JSON of tools that turn speech into text, and of corpora: whatever list says who speaks, what and when.

values   JSON, JSON Lines and what is left of broken ones; how to look into them
tools    what a few tools write otherwise than all others
keys     which keys say who, what and when; fields, what they say; objects, an object as an utterance
lists    a list of such objects, and the units of its times; words, words with times into cues
choice   which of the lists of a file are its transcript

Warnings: ``truncated``, the file breaks off, and what is whole of it was read; ``damaged``, it breaks in the middle.
"""

from __future__ import annotations

from turnstream.extract.pieces import Reading
from turnstream.extract.speech.choice import transcript_of
from turnstream.extract.speech.values import values_of

__all__ = ["read"]


def read(text: str) -> Reading | None:
    """Read a text that begins as JSON does; ``None`` if it is none, or no transcript.

    Raises:
        Damaged: nested deeper than ``limits.MAX_DEPTH``.

    """
    found = values_of(text)
    if not found:
        return None
    pieces = transcript_of(found.values if found.lines else found.values[0])
    return Reading("jsonl" if found.lines else "json", pieces, found.warnings) if pieces else None
