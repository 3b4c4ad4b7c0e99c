"""Published texts: found by their content in the ledger, and whether the stream still has their entry."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import redis

from turnstream.connect import translated
from turnstream.errors import FileTooLarge, TransientError
from turnstream.explain.scene import Scene
from turnstream.explain.subject import Claimed
from turnstream.extract import extract
from turnstream.identify import Identity, identify
from turnstream.packed import unpack_claim
from turnstream.publish import BUCKET_DIGITS

_DIGEST = re.compile(r"[0-9a-f]{8,64}")
_ENTRY_ID = re.compile(r"(\d{1,20})-(\d{1,20})")
#: An identity without an arrival: of a file that lies outside of the root.
_NO_ARRIVAL = "0" * 16


def identity_of(file: Path, max_bytes: int) -> Identity:
    """Hash a file as the pipeline would.

    Raises:
        PermanentError: it would be rejected.
        OSError: it cannot be read.

    """
    size = file.stat().st_size
    if size > max_bytes:
        raise FileTooLarge(f"{size} bytes, the limit is {max_bytes}")
    raw = file.read_bytes()
    return identify(_NO_ARRIVAL, raw, extract(raw).canonical)


def claims_of(wanted: str, scene: Scene) -> list[Claimed]:
    """Return the published contents that an event, entry or document id or a digest (its beginning) means."""
    if scene.ledger is None:
        return []
    try:
        if _ENTRY_ID.fullmatch(wanted):
            return _of_entry(wanted, scene)
        digits = wanted.partition(".")[0]
        return _of_digits(digits, scene) if _DIGEST.fullmatch(digits) else []
    except TransientError as error:
        scene.fail(error)
        return []


def stream_has(entry_id: str | None, scene: Scene) -> str | None:
    """Return ``there``, ``trimmed`` or ``missing`` for an entry; ``None`` where the server cannot be asked."""
    if scene.ledger is None or not entry_id or not _ENTRY_ID.fullmatch(entry_id):
        return None
    key = scene.ledger.key("documents")
    pipeline = scene.ledger.client.pipeline(transaction=False)
    pipeline.xrange(key, entry_id, entry_id, 1)
    pipeline.xrange(key, count=1)
    try:
        found, oldest = scene.ledger.execute(pipeline)
    except TransientError as error:
        scene.fail(error)
        return None
    if found:
        return "there"
    is_older = not oldest or _ordered(entry_id) < _ordered(oldest[0][0].decode())
    return "trimmed" if is_older else "missing"


def _of_digits(digits: str, scene: Scene) -> list[Claimed]:
    assert scene.ledger
    with translated():
        bucket: Any = scene.ledger.client.hgetall(scene.ledger.key(f"claims:{digits[:BUCKET_DIGITS]}"))
    rest = digits[BUCKET_DIGITS:]
    found = ((digits[:BUCKET_DIGITS] + digest.hex(), claim) for digest, claim in bucket.items())
    return [_claimed(*facts) for facts in found if facts[0][BUCKET_DIGITS:].startswith(rest)]


def _claimed(digest: str, packed: bytes) -> Claimed:
    claim = unpack_claim(packed)
    return Claimed(digest, claim.arrival_id, claim.entry_id, f"{digest[:16]}.{claim.number}")


def _of_entry(entry_id: str, scene: Scene) -> list[Claimed]:
    assert scene.ledger
    try:
        with translated():
            found: Any = scene.ledger.client.xrange(scene.ledger.key("documents"), entry_id, entry_id, 1)
    except redis.ResponseError:
        return []  # a number too large for an id
    return _of_digits(found[0][1][b"subject"].decode(), scene) if found else []


def _ordered(entry_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence)
