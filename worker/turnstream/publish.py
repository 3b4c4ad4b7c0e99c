"""The ledger and the stream: look up, append and claim, in one atomic step of the server.

========================  ========================================================
key (after the prefix)    holds
========================  ========================================================
``documents``             stream: ``data`` (CloudEvent JSON), ``type``, ``id``, ``subject``
``claims:<4 hex>``        hash: rest of a digest (30 bytes) → arrival id (8), entry id (10)
``epoch``                 string: which ledger this is, ``<root id>:<random>``
``counters``              hash: outcome → how many; ``published`` is exact
``deferred``              hash: wire path → why the file is still in ``drop/``
``reports``               list: deferrals that the watcher has not seen yet
``questions``             list: what `explain` asks the watcher
``answers:<question>``    list with a time to live: what the watcher answered
``hold:<batch id>``       string with a time to live: a worker's sign of life on a long batch, ``<host>:<pid>:<since>``
``alive``                 zset: ``<role>:<host>:<pid>:<processes>`` → Unix time last seen
``watcher``               hash: what the watcher last said of its backlog and its events, and why it queues nothing
``q:…``                   Celery's own
========================  ========================================================
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import orjson
import redis

from turnstream.connect import translated
from turnstream.errors import LedgerHeld
from turnstream.models import EVENT_TYPE

#: Celery's queue, and where its keys live below the prefix.
QUEUE = "ingest"
QUEUE_PREFIX = "q:"
#: Most records in one call of the script: it stalls every other client meanwhile, 100
#: records of 1 KB take 2.4 ms (measured).
CALL_RECORDS = 200
#: Bytes of events in one call; a larger event goes alone.
CALL_BYTES = 1_000_000
#: Hex digits of the digest that choose the bucket: 65,536 buckets, 150 entries each at 10 million.
BUCKET_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Published:
    """A new content; it is entry ``entry_id`` now."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class Yours:
    """The very same arrival published the content before: a redelivery."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another arrival published the content, as entry ``entry_id``."""

    entry_id: str
    of: str


Answer = Published | Yours | Duplicate


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks for a content: the full digest and the arrival."""

    content_sha256: str
    arrival_id: str


@dataclass(frozen=True, slots=True)
class Publication(Claimant):
    """A content to publish if nobody did."""

    event_id: str
    subject: str
    event: bytes


@dataclass(frozen=True, slots=True)
class Original:
    """What the stream still says of a published content; ``None`` once it was trimmed."""

    path: str | None
    published_at: datetime


class Ledger:
    """One root's ledger on one server.  Every method raises the errors of ``connect.translated``."""

    def __init__(self, client: redis.Redis, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._publish = client.register_script(_script("publish.lua"))
        self._trim = client.register_script(_script("trim.lua"))

    def key(self, name: str) -> str:
        """Return the full name of a key of the table above."""
        return self.prefix + name

    def look_up(self, claimants: Sequence[Claimant], epoch: str) -> list[Answer | None]:
        """Return what is known of each content, ``None`` for a new one; one round trip.

        Raises:
            LedgerHeld: the server's ledger is not ``epoch``.

        """
        pipeline = self.client.pipeline(transaction=False)
        pipeline.get(self.key("epoch"))
        for claimant in claimants:
            pipeline.hget(self._bucket(claimant), _rest(claimant))
        found, *claims = self.execute(pipeline)
        _require(epoch, found)
        return [_known(claim, claimant) for claim, claimant in zip(claims, claimants, strict=True)]

    def publish(self, publications: Sequence[Publication], epoch: str) -> Iterator[Answer]:
        """Publish what is new and yield an answer for each, in order; several calls for many.

        Raises:
            LedgerHeld: the server's ledger is not ``epoch``; nothing of this call was written.

        """
        for chunk in _chunks(publications):
            keys = [self.key(name) for name in ("epoch", "documents", "counters")]
            keys += [self._bucket(publication) for publication in chunk]
            arguments: list[Any] = [epoch]
            for item in chunk:
                arguments += (_rest(item), bytes.fromhex(item.arrival_id), EVENT_TYPE)
                arguments += (item.event_id, item.subject, item.event)
            with translated():
                reply = self._publish(keys=keys, args=arguments)
            if reply[0] == b"held":
                _require(epoch, reply[1])
            yield from map(_answer, reply)

    def originals(self, entry_ids: Sequence[str]) -> list[Original]:
        """Return what the stream says of entries, one round trip."""
        pipeline = self.client.pipeline(transaction=False)
        for entry_id in entry_ids:
            pipeline.xrange(self.key("documents"), entry_id, entry_id, 1)
        replies = self.execute(pipeline)
        return [_original(entry_id, reply) for entry_id, reply in zip(entry_ids, replies, strict=True)]

    def execute(self, pipeline: Any) -> list[Any]:
        """Run a pipeline of the caller's on this ledger's server."""
        with translated():
            replies: list[Any] = pipeline.execute()
        return replies

    def epoch(self) -> str | None:
        """Return which ledger the server holds, ``None`` if none."""
        with translated():
            found = self.client.get(self.key("epoch"))
        return found.decode() if isinstance(found, bytes) else None

    def last_id(self) -> str:
        """Return the highest entry id that the stream ever gave, trimmed or not; ``0-0`` without a stream."""
        with translated():
            try:
                facts: Any = self.client.xinfo_stream(self.key("documents"))
            except redis.ResponseError as error:
                if "no such key" not in str(error):
                    raise
                return "0-0"
        return str(facts["last-generated-id"].decode())

    def begin(self, epoch: str) -> str:
        """Begin a ledger unless one is there; return the one that is there."""
        with translated():
            self.client.set(self.key("epoch"), epoch, nx=True)
        return self.epoch() or epoch

    def trim(self, retain: int, at_most: int) -> int:
        """Remove old entries that no consumer group needs; return how many."""
        with translated():
            return int(self._trim(keys=[self.key("documents")], args=[retain, at_most]))

    def _bucket(self, claimant: Claimant) -> str:
        return f"{self.prefix}claims:{claimant.content_sha256[:BUCKET_DIGITS]}"


def entry_time(entry_id: str) -> datetime:
    """Return when the server took an entry: the milliseconds in its id."""
    return datetime.fromtimestamp(int(entry_id.partition("-")[0]) / 1000, UTC)


def _script(name: str) -> str:
    return files("turnstream").joinpath(name).read_text("utf-8")


def _rest(claimant: Claimant) -> bytes:
    return bytes.fromhex(claimant.content_sha256[BUCKET_DIGITS:])


def _require(epoch: str, found: bytes | None) -> None:
    if found != epoch.encode():
        raise LedgerHeld(f"expected {epoch}, the server has {found.decode() if found else 'none'}")


def unpack_claim(claim: bytes) -> tuple[str, str]:
    """Return (arrival id, entry id) of a claim as ``publish.lua`` packs it."""
    arrival, high, low, sequence = struct.unpack(">8sHII", claim)
    return arrival.hex(), f"{(high << 32) + low}-{sequence}"


def _known(claim: bytes | None, claimant: Claimant) -> Answer | None:
    if claim is None:
        return None
    arrival_id, entry_id = unpack_claim(claim)
    return Yours(entry_id) if arrival_id == claimant.arrival_id else Duplicate(entry_id, arrival_id)


def _answer(row: list[bytes]) -> Answer:
    kind, entry_id = row[0], row[1].decode()
    if kind == b"duplicate":
        return Duplicate(entry_id, row[2].hex())
    return Published(entry_id) if kind == b"published" else Yours(entry_id)


def _chunks(publications: Iterable[Publication]) -> Iterator[list[Publication]]:
    chunk: list[Publication] = []
    size = 0
    for publication in publications:
        if chunk and (len(chunk) == CALL_RECORDS or size + len(publication.event) > CALL_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(publication)
        size += len(publication.event)
    if chunk:
        yield chunk


def _original(entry_id: str, reply: Any) -> Original:
    path = None
    if reply:
        path = orjson.loads(reply[0][1][b"data"])["data"]["provenance"]["path"]
    return Original(path, entry_time(entry_id))
