"""Who a file is: the arrival, the content, and what its name says.

An *arrival* is a file at rest; the same file after a restart or a rename is the same
arrival.  A *content* is a canonical text; the same content may arrive many times.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass

#: Hex digits of arrival and document ids: 64 bits, the shape of the names that files come with.
ID_DIGITS = 16

#: ``000_4079e7fc051ca7b4.txt``: the sender's number and the sender's own id.
_DECLARED_NAME = re.compile(r"(\d{1,18})_([0-9a-f]{16})\.[^.]+", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Identity:
    """Digests of one file; ``document_id`` is the opening of ``content_sha256``."""

    arrival_id: str
    content_sha256: str
    source_sha256: str
    document_id: str


def arrival_id(root_id: str, stat: os.stat_result, path: str) -> str:
    """Return 16 hex digits of (root, inode, size, mtime in ns).

    Of a file with several names (link(2)) each one is an arrival of its own: there
    ``path``, an fs string below ``drop/``, counts too.
    """
    return _digest(_facts(root_id, stat), path if stat.st_nlink > 1 else None)


def is_arrival(arrival: str, root_id: str, stat: os.stat_result, *paths: str | None) -> bool:
    """Whether a file is an arrival that came as one of these ``paths``, however many names it has by now."""
    facts = _facts(root_id, stat)
    return arrival in (_digest(facts, path) for path in (None, *paths))


def _facts(root_id: str, stat: os.stat_result) -> bytes:
    return f"{root_id}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}".encode()


def _digest(facts: bytes, path: str | None) -> str:
    name = b"" if path is None else b":" + os.fsencode(path)
    return hashlib.sha256(facts + name).hexdigest()[:ID_DIGITS]


def identify(arrival: str, raw: bytes, canonical: str) -> Identity:
    """Return the digests of a file's bytes and of its canonical text."""
    content = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    return Identity(arrival, content, hashlib.sha256(raw).hexdigest(), content[:ID_DIGITS])


def declared_by_name(name: str) -> tuple[int | None, str | None]:
    """Return (sequence, id) as a name of the form ``<digits>_<16 hex>.<ext>`` gives them."""
    match = _DECLARED_NAME.fullmatch(name)
    return (int(match[1]), match[2].lower()) if match else (None, None)
