"""bzip2: `.bz2`."""

from __future__ import annotations

import bz2
import re

from turnstream.extract.members import Codec, expand


def unpack(raw: bytes) -> bytes:
    """Return the bytes inside.

    Raises:
        Damaged: a stream is broken, or cut off.
        FileTooLarge: they expand beyond the limits.

    """
    return expand(raw, Codec("bzip2", re.compile(rb"BZh[1-9]"), bz2.BZ2Decompressor, OSError))
