"""xz: `.xz`."""

from __future__ import annotations

import lzma
import re

from turnstream.extract.members import MAX_WINDOW, Codec, Decompressor, expand


def unpack(raw: bytes) -> bytes:
    """Return the bytes inside.

    Raises:
        Damaged: a stream is broken, or cut off.
        FileTooLarge: they expand beyond the limits, or its dictionary does.

    """
    return expand(raw, Codec("xz", re.compile(rb"\xfd7zXZ\0"), _new, lzma.LZMAError))


def _new() -> Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_WINDOW)
