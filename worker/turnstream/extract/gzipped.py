"""gzip (RFC 1952): `.gz`."""

from __future__ import annotations

import re
import zlib

from turnstream.extract.members import Codec, Decompressor, expand

#: zlib's sign for a gzip header and trailer, with the largest window that deflate has.
_GZIP = 16 + zlib.MAX_WBITS


def unpack(raw: bytes) -> bytes:
    """Return the bytes inside.

    Raises:
        Damaged: a member is broken, or cut off.
        FileTooLarge: they expand beyond the limits.

    """
    return expand(raw, Codec("gzip", re.compile(rb"\x1f\x8b\x08"), _new, zlib.error))


def _new() -> Decompressor:
    return zlib.decompressobj(_GZIP)
