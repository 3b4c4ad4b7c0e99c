"""Bytes to lines: the format is chosen by content, the name is only a hint.

Today every readable text is plain text; formats to come are siblings of ``plain``.
"""

from __future__ import annotations

from turnstream.errors import EmptyFile
from turnstream.extract.canonical import CANONICAL_VERSION, lines_of
from turnstream.extract.encoding import decode
from turnstream.models import Extracted

__all__ = ["CANONICAL_VERSION", "extract"]


def extract(raw: bytes) -> Extracted:
    """Return the lines and the canonical text of a file's bytes.

    Raises:
        EmptyFile: no character of text in it.
        Undecodable: its encoding cannot be told, or its bytes break it.
        UnsupportedFormat: not text.

    """
    text, encoding, warnings = decode(raw)
    lines, canonical = lines_of(text)
    if not canonical:
        raise EmptyFile(f"{len(raw)} bytes, none of them text")
    return Extracted(lines=lines, canonical=canonical, format="text", encoding=encoding, warnings=warnings)
