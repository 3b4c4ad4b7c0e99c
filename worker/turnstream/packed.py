"""Claims and heads as the server holds them: packed, big-endian, as ``publish.lua`` reads and writes them."""

from __future__ import annotations

import struct
from typing import NamedTuple

from turnstream.edition import KEY_BYTES, Edition, Head, Issue

#: Arrival id; milliseconds (6 bytes) and sequence (4) of an entry id.
_CLAIM = struct.Struct(">8sHII")
#: What a claim goes on with where its text is an edition: revision, length, complete, key.
_OF_EDITION = struct.Struct(f">II?{KEY_BYTES}s")
#: … and where it is a revision: document id of the edition before.
_OF_REVISION = struct.Struct(">8s")
#: Length, complete, document id: bytes that compare as the editions do.
_RANK = struct.Struct(">I?8s")
#: Rank; revision; entry id.
_HEAD = struct.Struct(">I?8sIHII")


class Claim(NamedTuple):
    """Who published a content, as which entry; ``issue`` where it is an edition."""

    arrival_id: str
    entry_id: str
    issue: Issue | None = None


def pack_claim(claim: Claim) -> bytes:
    """Return the value of a claim: 18 bytes, of an edition 43, of a revision 51."""
    packed = _CLAIM.pack(bytes.fromhex(claim.arrival_id), *_parts(claim.entry_id))
    if claim.issue is None:
        return packed
    edition = claim.issue.edition
    packed += _OF_EDITION.pack(claim.issue.number, edition.length, not edition.partial, edition.key)
    if claim.issue.supersedes is None:
        return packed
    return packed + _OF_REVISION.pack(bytes.fromhex(claim.issue.supersedes.partition(".")[0]))


def unpack_claim(packed: bytes, content_sha256: str) -> Claim:
    """Return what the claim of a content says."""
    arrival, *parts = _CLAIM.unpack_from(packed)
    claim = Claim(arrival.hex(), _entry_id(*parts))
    if len(packed) == _CLAIM.size:
        return claim
    number, length, complete, key = _OF_EDITION.unpack_from(packed, _CLAIM.size)
    edition = Edition(key, length, not complete, content_sha256[:16])
    if len(packed) == _CLAIM.size + _OF_EDITION.size:
        return claim._replace(issue=Issue(edition, number))
    (before,) = _OF_REVISION.unpack_from(packed, _CLAIM.size + _OF_EDITION.size)
    return claim._replace(issue=Issue(edition, number, f"{before.hex()}.{number - 1}"))


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
