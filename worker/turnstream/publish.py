"""The ledger and the stream: look up, append and claim, in one atomic step of the server.

========================  ========================================================
key (after the prefix)    holds
========================  ========================================================
``documents``             stream: ``data`` (CloudEvent JSON), ``type``, ``id``, ``subject``
``claims:<4 hex>``        hash: rest of a digest (30 bytes) → arrival id (8), entry id (10), of a revision 12 more
``heads:<4 hex>``         hash: rest of an edition's key (10 bytes) → its greatest edition (27)
``epoch``                 string: which ledger this is, ``<root id>:<random>``
``counters``              hash: outcome → how many; ``published`` is exact
``deferred``              hash: wire path → why the file is still in ``drop/``
``reports``               list: deferrals that the watcher has not seen yet
``questions``             list: what `explain` asks the watcher
``answers:<question>``    list with a time to live: what the watcher answered
``cleared:<arrival id>``  string with a time to live: processes died on this file, but not while they read it
``hold:<batch id>``       string with a time to live: a worker's sign of life on a batch, ``<host>:<pid>:<since>``
``alive``                 zset: ``<role>:<host>:<pid>:<processes>`` → Unix time last seen
``watcher``               hash: what the watcher last said of its backlog and its events, and why it queues nothing
``q:…``                   Celery's own
========================  ========================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import islice
from typing import Any

import redis

from turnstream.claims import (
    Answer,
    Claimant,
    Duplicate,
    Original,
    Publication,
    Published,
    Revised,
    Superseded,
    Yours,
)
from turnstream.connect import translated
from turnstream.edition import Edition, Head
from turnstream.errors import LedgerHeld
from turnstream.models import Deferral, FileRef
from turnstream.packed import pack_edition, pack_head, unpack_claim, unpack_head

#: Celery's queue, and where its keys live below the prefix.
QUEUE = "ingest"
QUEUE_PREFIX = "q:"
#: Most records in one call of the script: it stalls every other client meanwhile, 100
#: records of 1 KB take 2.4 ms (measured).
CALL_RECORDS = 200
#: Bytes of events in one call; a larger event goes alone.
CALL_BYTES = 1_000_000
#: Seconds that a suspect is known to have been published; its pauses are a minute at most.
_CLEARED_SECONDS = 7 * 86400
#: Hex digits of the digest that choose the bucket: 65,536 buckets, 150 entries each at 10 million.
BUCKET_DIGITS = 4


#: Reads a value that more follows.
_JSON = json.JSONDecoder()

#: Milliseconds and sequence of an entry of the stream.
EntryId = tuple[int, int]


def _trust() -> None:
    """Confirm nothing: for who knows that the server lost nothing."""


class Ledger:
    """One root's ledger on one server.  Every method raises the errors of ``connect.translated``."""

    def __init__(self, client: redis.Redis, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._publish = _script("publish.lua")
        self._look_up = _script("look_up.lua")
        self._provenance = _script("provenance.lua")
        self._trim = client.register_script(_script("trim.lua"))

    def key(self, name: str) -> str:
        """Return the full name of a key of the table above."""
        return self.prefix + name

    def look_up(self, claimants: Sequence[Claimant], epoch: str) -> list[Answer | None]:
        """Return what is known of each content, ``None`` for a new one; one round trip.

        Raises:
            LedgerHeld: the server's ledger is not ``epoch``.

        """
        keys = [self.key("epoch"), *map(self._bucket, claimants)]
        found, *claims = self._read(self._look_up, keys, [_rest(claimant) for claimant in claimants])
        _require(epoch, found)
        return [claim and _known(claim, claimant) for claim, claimant in zip(claims, claimants, strict=True)]

    def publish(
        self, publications: Sequence[Publication], epoch: str, confirm: Callable[[], None] = _trust
    ) -> Iterator[Answer]:
        """Publish what is new and yield an answer for each, in order; several calls for many.

        Args:
            publications: what to publish.
            epoch: which ledger the server must hold.
            confirm: called before the script is given to a server that does not know it.  A server
                forgets it whenever it starts, and may have lost entries then; raises if so.

        Raises:
            LedgerHeld: the server's ledger is not ``epoch``; nothing of this call was written.

        """
        for chunk in _chunks(publications):
            answers: dict[int, Answer] = {}
            asking = dict(enumerate(chunk))
            while asking:
                rows = zip(asking.items(), self._ask(list(asking.values()), epoch, confirm), strict=True)
                asking = {}
                for (number, item), (kind, value) in rows:
                    if kind == b"head":
                        # Somebody, perhaps an earlier document of this call, was faster.
                        asking[number] = item.after(_head(value, item))
                    else:
                        answers[number] = _answer(kind, value, item)
            yield from (answers[number] for number in range(len(chunk)))

    def _ask(self, chunk: Sequence[Publication], epoch: str, confirm: Callable[[], None]) -> list[tuple[bytes, bytes]]:
        keys = [self.key(name) for name in ("epoch", "documents", "counters")]
        keys += [self._bucket(item) for item in chunk]
        keys += [self._head_bucket(item.edition) for item in chunk if item.edition]
        arguments: list[Any] = [epoch]
        for item in chunk:
            arguments += (_rest(item), bytes.fromhex(item.arrival_id), pack_edition(item.edition))
            arguments += (pack_head(item.revises), item.event_type, item.event_id, item.subject, item.event)
        # The epoch makes the script this ledger's own: no other root has it loaded in our stead.
        script = f"-- ledger {epoch}\n{self._publish}"
        reply = self._call(self.client.evalsha, script, keys, arguments, confirm)
        if reply[0] == b"held":
            _require(epoch, reply[1])
        return list(reply)

    def restore_heads(self, heads: Iterable[Head]) -> int:
        """Have each key know the greatest of its heads, those that it knows included; return how many changed.

        It asks for no epoch: this is how a ledger is made anew before it has one.
        """
        left = iter(heads)
        changed = 0
        while some := list(islice(left, CALL_RECORDS)):
            changed += self._restore_heads(some)
        return changed

    def _restore_heads(self, heads: Sequence[Head]) -> int:
        greatest: dict[bytes, Head] = {}
        for head in heads:
            key = head.edition.key
            greatest[key] = max(greatest.get(key, head), head, key=_rank)
        buckets = {key: self._head_bucket(head.edition) for key, head in greatest.items()}

        def write(pipeline: Any) -> None:
            known = {key: unpack_head(pipeline.hget(bucket, key[2:]), key) for key, bucket in buckets.items()}
            pipeline.multi()
            for key, head in greatest.items():
                if (there := known[key]) is None or _rank(head) > _rank(there):
                    pipeline.hset(buckets[key], key[2:], pack_head(head))

        with translated():
            # Watched: what is published meanwhile is seen, and all is looked at again.
            written: Any = self.client.transaction(write, *set(buckets.values()))
        return len(written)

    def _read(self, script: str, keys: list[str], arguments: list[Any]) -> Any:
        # As a command that only reads it is answered also while the server lets nobody write.
        return self._call(self.client.evalsha_ro, script, keys, arguments, _trust)

    def _call(
        self,
        run: Callable[..., Any],
        script: str,
        keys: list[str],
        arguments: list[Any],
        confirm: Callable[[], None],
    ) -> Any:
        sha = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
        with translated():
            try:
                return run(sha, len(keys), *keys, *arguments)
            except redis.exceptions.NoScriptError:
                confirm()
                self.client.script_load(script)
                return run(sha, len(keys), *keys, *arguments)

    def originals(self, entry_ids: Sequence[str]) -> list[Original]:
        """Return what the stream says of entries, one round trip."""
        if not entry_ids:
            return []
        # Many may be duplicates of one.
        distinct = list(dict.fromkeys(entry_ids))
        told = self._read(self._provenance, [self.key("documents")], distinct)
        found = {entry_id: _original(entry_id, piece) for entry_id, piece in zip(distinct, told, strict=True)}
        return [found[entry_id] for entry_id in entry_ids]

    def marks(self, refs: Sequence[FileRef]) -> list[Deferral | None]:
        """Return what stands in ``deferred`` of these arrivals, one round trip."""
        if not refs:
            return []
        pipeline = self.client.pipeline(transaction=False)
        pipeline.hmget(self.key("deferred"), *(ref.path for ref in refs))
        (texts,) = self.execute(pipeline)
        return [_mark(text, ref) for text, ref in zip(texts, refs, strict=True)]

    def note_published(self, arrival_ids: Sequence[str]) -> None:
        """Remember for some days of suspects that their text is on the stream: their reading is not what kills."""
        pipeline = self.client.pipeline(transaction=False)
        for arrival_id in arrival_ids:
            pipeline.set(self.key(f"cleared:{arrival_id}"), 1, ex=_CLEARED_SECONDS)
        if arrival_ids:
            self.execute(pipeline)

    def was_published(self, arrival_id: str) -> bool:
        """Whether ``note_published`` was told of this arrival."""
        with translated():
            return bool(self.client.exists(self.key(f"cleared:{arrival_id}")))

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

    def now(self) -> float:
        """Return the server's clock (Unix time), the one that all hosts share."""
        with translated():
            seconds, microseconds = self.client.time()
        return float(seconds) + float(microseconds) / 1e6

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

    def _head_bucket(self, edition: Edition) -> str:
        return f"{self.prefix}heads:{edition.key.hex()[:BUCKET_DIGITS]}"


def entry_time(entry_id: str) -> datetime:
    """Return when the server took an entry: the milliseconds in its id."""
    return datetime.fromtimestamp(int(entry_id.partition("-")[0]) / 1000, UTC)


def entry_id_of(text: str) -> EntryId:
    """Return an entry id, ``<milliseconds>-<sequence>``, as what it is ordered by."""
    milliseconds, _, sequence = text.partition("-")
    return int(milliseconds), int(sequence)


def entry_id_text(entry_id: EntryId) -> str:
    """Return an entry id as the server writes it."""
    return "{}-{}".format(*entry_id)


def _script(name: str) -> str:
    return files("turnstream").joinpath(name).read_text("utf-8")


def _rest(claimant: Claimant) -> bytes:
    return bytes.fromhex(claimant.content_sha256[BUCKET_DIGITS:])


def _require(epoch: str, found: bytes | None) -> None:
    if found != epoch.encode():
        raise LedgerHeld(f"expected {epoch}, the server has {found.decode() if found else 'none'}")


def _rank(head: Head) -> tuple[int, bool, str]:
    return head.edition.rank


def _known(packed: bytes, claimant: Claimant) -> Answer:
    claim = unpack_claim(packed)
    if claim.arrival_id == claimant.arrival_id:
        return Yours(claim.entry_id, number=claim.number, supersedes=claim.supersedes)
    return Duplicate(claim.entry_id, claim.arrival_id, number=claim.number, supersedes=claim.supersedes)


def _answer(kind: bytes, value: bytes, item: Publication) -> Answer:
    if kind == b"claimed":
        return _known(value, item)
    if kind == b"superseded":
        head = _head(value, item)
        assert head
        return Superseded(head)
    claim = unpack_claim(value)
    answer = Revised if item.revises else Published
    return answer(claim.entry_id, number=claim.number, supersedes=claim.supersedes)


def _head(packed: bytes, item: Publication) -> Head | None:
    assert item.edition
    return unpack_head(packed, item.edition.key)


def _mark(text: bytes | None, ref: FileRef) -> Deferral | None:
    try:
        mark = Deferral.model_validate_json(text) if text else None
    except ValueError:  # another program's, or a later version's: the watcher removes it and says so
        return None
    return mark if mark and mark.arrival_id == ref.arrival_id else None


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


def _original(entry_id: str, piece: bytes | None) -> Original:
    source = _JSON.raw_decode(piece.decode())[0] if piece else {}
    return Original(source.get("path"), entry_time(entry_id), source.get("arrival_id"))
