"""Compressed data: one member after the other, expanded a chunk at a time, as gzip, bzip2, xz and zstd all have it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from turnstream.errors import Damaged, FileTooLarge
from turnstream.extract.limits import check_expanded

#: Bytes given to a decompressor at once: it hands back a copy of those behind the end of its member.
_CHUNK = 1 << 13
#: Bytes taken from it at once: more than deflate makes of a chunk (1,032 for one), as zlib keeps no rest by itself.
_MOST = 1 << 24
#: Bytes of memory that a window or dictionary may take; `xz -9` and `zstd --ultra` need less, or as much.
MAX_WINDOW = 1 << 27
#: What may stand between members, and behind the last.
_PADDING = re.compile(rb"\0*")


class Decompressor(Protocol):
    """What zlib, bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool:
        """Whether its member is at an end."""

    @property
    def unused_data(self) -> bytes:
        """What was given to it behind that end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return what ``data`` expands to; if that is more than ``max_length`` bytes, further calls return the rest."""


class Codec(NamedTuple):
    """A way to compress: its name, what a member begins with, what expands one, and what that raises."""

    name: str
    opening: re.Pattern[bytes]
    new: Callable[[], Decompressor]
    error: type[Exception]


def expand(raw: bytes, codec: Codec) -> bytes:
    """Return what the members of ``raw`` hold, one after the other; what follows the last and is none is left out.

    Raises:
        Damaged: a member is broken, or cut off.
        FileTooLarge: they expand beyond the limits, or ask for more memory.

    """
    expanded = io.BytesIO()
    at = 0
    while codec.opening.match(raw, at):
        decompressor = codec.new()
        while at < len(raw) and not decompressor.eof:
            for part in _parts(decompressor, raw[at : at + _CHUNK], codec):
                expanded.write(part)
                check_expanded(expanded.tell(), len(raw))
            at = min(at + _CHUNK, len(raw))
        if not decompressor.eof:
            raise Damaged(f"the {codec.name} data is cut off after {len(raw)} bytes")
        padding = _PADDING.match(raw, at - len(decompressor.unused_data))
        at = padding.end() if padding else at
    return expanded.getvalue()


def _parts(decompressor: Decompressor, chunk: bytes, codec: Codec) -> Iterator[bytes]:
    try:
        part = decompressor.decompress(chunk, _MOST)
        while part:
            yield part
            part = b"" if decompressor.eof else decompressor.decompress(b"", _MOST)
    except codec.error as error:
        if "memory" in str(error).lower():
            raise FileTooLarge(f"the {codec.name} data asks for more than {MAX_WINDOW} bytes of memory") from error
        raise Damaged(f"the {codec.name} data is broken: {error}") from error
