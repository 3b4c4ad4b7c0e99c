"""Zstandard (RFC 8878): `.zst`."""

from __future__ import annotations

import re
import sys

from turnstream.extract.members import MAX_WINDOW, Codec, Decompressor, expand

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError


def unpack(raw: bytes) -> bytes:
    """Return the bytes inside.

    Raises:
        Damaged: a frame is broken, or cut off.
        FileTooLarge: they expand beyond the limits, or its window does.

    """
    # A frame, or one that is to be skipped.
    return expand(raw, Codec("zstd", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"), _new, ZstdError))


def _new() -> Decompressor:
    return ZstdDecompressor(options={DecompressionParameter.window_log_max: MAX_WINDOW.bit_length() - 1})
