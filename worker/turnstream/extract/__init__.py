"""Bytes to lines: the format is chosen by content, whatever the name.

formats     which format it is; a module for each, imported when it is met
pieces      what a format's reader finds: paragraphs, cues, utterances
canonical   the canonical lines of them, and of plain text
encoding    bytes to characters; declared, legacy, unmarked, damage, what it takes
office      Word, OpenDocument and RTF files
members     compressed data a chunk at a time; bzipped, gzipped, xz, zstd
markup      XML as a stream; its vocabularies: akoma_ntoso, bundestag, public_whip, tei
pdf         text layers; columns, what stands where into rows; pages, rows into paragraphs
limits      how much a packed file may grow, how deep a nested one may be
"""

from __future__ import annotations

from turnstream.errors import EmptyFile, UnsupportedFormat
from turnstream.extract.canonical import CANONICAL_VERSION, lines_of, lines_of_pieces
from turnstream.extract.encoding import decode
from turnstream.extract.formats import binary_of, packing_of, reading_of
from turnstream.extract.limits import MAX_PACKINGS
from turnstream.extract.pieces import Reading
from turnstream.models import Extracted

__all__ = ["BINARY", "CANONICAL_VERSION", "extract"]

#: The encoding of what is no text itself.
BINARY = "binary"


def extract(raw: bytes) -> Extracted:
    """Return the lines and the canonical text of a file's bytes.

    Raises:
        EmptyFile: no character of text in it.
        Undecodable: its encoding cannot be told, or its bytes break it.
        UnsupportedFormat: not text, and no format that is read here.
        Damaged: of a format that is read here, and broken.
        Encrypted: of such a format, and locked.
        FileTooLarge: it would grow beyond what is read.

    """
    inner, packed = _unpacked(raw)
    reading: Reading | None
    warnings: tuple[str, ...] = ()
    if binary := binary_of(inner):
        reading, encoding = binary.read(inner), BINARY
    else:
        text, encoding, warnings = decode(inner)
        reading = reading_of(text)
    if reading:
        lines, canonical = lines_of_pieces(reading.pieces)
        warnings = (*warnings, *reading.warnings)
    else:
        lines, canonical = lines_of(text)
    if not canonical:
        raise EmptyFile(f"{len(inner)} bytes, none of them text")
    return Extracted(
        lines=lines,
        canonical=canonical,
        format="+".join((reading.format if reading else "text", *packed)),
        encoding=encoding,
        warnings=warnings,
    )


def _unpacked(raw: bytes) -> tuple[bytes, list[str]]:
    """The bytes inside of all that they are packed in, and its names, the innermost first."""
    packed: list[str] = []
    while packing := packing_of(raw):
        if len(packed) == MAX_PACKINGS:
            raise UnsupportedFormat(f"packed more than {MAX_PACKINGS} times")
        raw = packing.unpack(raw)
        packed.insert(0, packing.name)
    return raw, packed
