"""Claims and heads as the server holds them: packed, big-endian, as ``publish.lua`` reads and writes them."""

from __future__ import annotations

import struct
from typing import NamedTuple

from turnstream.edition import Edition, Head

#: Arrival id; milliseconds (6 bytes) and sequence (4) of an entry id.
_CLAIM = struct.Struct(">8sHII")
#: What a claim goes on with where its event is a revision: its number, document id of the edition before.
_REVISION = struct.Struct(">I8s")
#: Length, complete, document id: bytes that compare as the editions do.
_RANK = struct.Struct(">I?8s")
#: Rank; revision; entry id.
_HEAD = struct.Struct(">I?8sIHII")


class Claim(NamedTuple):
    """Who published a content, as which entry: revision ``number``, in place of the event ``supersedes``.

    Which edition a text is stands in its head alone, or can be told from the text: it would take as much again.
    """

    arrival_id: str
    entry_id: str
    number: int = 1
    supersedes: str | None = None


def pack_claim(claim: Claim) -> bytes:
    """Return the value of a claim: 18 bytes, of a revision 30."""
    packed = _CLAIM.pack(bytes.fromhex(claim.arrival_id), *_parts(claim.entry_id))
    if claim.supersedes is None:
        return packed
    return packed + _REVISION.pack(claim.number, bytes.fromhex(claim.supersedes.partition(".")[0]))


def unpack_claim(packed: bytes) -> Claim:
    """Return what a claim says."""
    arrival, *parts = _CLAIM.unpack_from(packed)
    claim = Claim(arrival.hex(), _entry_id(*parts))
    if len(packed) == _CLAIM.size:
        return claim
    number, before = _REVISION.unpack(packed[_CLAIM.size :])
    return claim._replace(number=number, supersedes=f"{before.hex()}.{number - 1}")


def pack_edition(edition: Edition | None) -> bytes:
    """Return key and rank of an edition, nothing for none."""
    if edition is None:
        return b""
    return edition.key + _RANK.pack(edition.length, not edition.partial, bytes.fromhex(edition.document_id))


def pack_head(head: Head | None) -> bytes:
    """Return the value of a head, nothing for none."""
    if head is None:
        return b""
    length, complete, document_id = head.edition.rank
    return _HEAD.pack(length, complete, bytes.fromhex(document_id), head.number, *_parts(head.entry_id))


def unpack_head(packed: bytes | None, key: bytes) -> Head | None:
    """Return the head of a key; ``None`` where there is none."""
    if not packed:
        return None
    length, complete, document_id, number, *parts = _HEAD.unpack(packed)
    return Head(Edition(key, length, not complete, document_id.hex()), number, _entry_id(*parts))


def _parts(entry_id: str) -> tuple[int, int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds) >> 32, int(milliseconds) & 0xFFFFFFFF, int(sequence)


def _entry_id(high: int, low: int, sequence: int) -> str:
    return f"{(high << 32) + low}-{sequence}"
