"""Asking folders and server for one moment's facts; cheap enough for once a second."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from turnstream.agreement import disagreement
from turnstream.alive import holder, living
from turnstream.connect import await_url, client, translated
from turnstream.consumers import groups
from turnstream.durability import weaknesses
from turnstream.errors import BadConfiguration, NoServer, ServerRefused, TransientError
from turnstream.models import Deferral, Pause
from turnstream.publish import QUEUE, QUEUE_PREFIX, Ledger
from turnstream.questions import ask
from turnstream.root import Root
from turnstream.settings import Settings
from turnstream.status.facts import Backlog, Server, Status
from turnstream.status.folders import NOT_READ, Folders
from turnstream.status.problems import problems
from turnstream.status.rates import rates

#: Marks of deferral that are looked into at most; of more there is only the number.
_MARKS = 2000
#: Reasons of the watcher in the words of `explain`.
_SHORT = {"a program has it open for writing": "being_written"}
#: Seconds that the watcher gets to say how it stands; without an answer it is told as it was at its last beat.
_PATIENCE_SECONDS = 1.2
#: Messages with workers that are asked who holds them.
_MESSAGES = 500


class Gatherer:
    """Gathers again and again; keeps the connection, and what does not change."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger: Ledger | None = None
        self._folders = Folders(settings.watch)

    def gather(self) -> Status:
        """Look at folders and server; a server that is away is a fact among others.

        Raises:
            BadConfiguration: this is no data root.

        """
        root = Root(self.settings.root)
        root.state()
        status = Status(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", str(root.path))
        self._folders.look(root, status)
        try:
            self.ledger = self.ledger or self._connect()
            status.server = Server(_place(self.ledger), "ok")
            _look_at_server(root, self.ledger, status)
        except (TransientError, NoServer, BadConfiguration) as error:
            status.server.state = "refused" if isinstance(error, ServerRefused) else "unavailable"
            status.server.detail = error.detail if isinstance(error, TransientError) else str(error)
            self.ledger = None
        status.problems = problems(status, self.settings)
        return status

    def _connect(self) -> Ledger:
        url = await_url(self.settings, 0.0)
        return Ledger(client(url, self.settings.server), self.settings.server.key_prefix)


def gather(settings: Settings) -> Status:
    """Look at folders and server once; see `Gatherer.gather`."""
    return Gatherer(settings).gather()


def _look_at_server(root: Root, ledger: Ledger, status: Status) -> None:
    alive = [process for process in living(ledger) if process.is_running()]
    if any(process.role == "watcher" for process in alive):
        ask(ledger, (), _PATIENCE_SECONDS)
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.hgetall(ledger.key("watcher"))
    pipeline.llen(ledger.key(QUEUE_PREFIX + QUEUE))
    pipeline.hgetall(ledger.key("counters"))
    pipeline.xlen(ledger.key("documents"))
    pipeline.hlen(ledger.key("deferred"))
    pipeline.hscan(ledger.key("deferred"), count=_MARKS)
    words, status.queued_batches, counters, status.stream_entries, marks, (_, some) = ledger.execute(pipeline)
    status.counters = {name.decode(): int(value) for name, value in counters.items()}
    status.deferred = dict(Counter(map(_reason, some.values())).most_common())
    if marks > len(some):
        status.deferred[NOT_READ] = marks - len(some)
    now = time.time()
    status.processes = [
        {
            "role": p.role,
            "host": p.host,
            "pid": p.pid,
            "processes": p.processes,
            "seen_s": round(p.silent, 1),
        }
        for p in sorted(alive, key=lambda p: (p.role, p.host, p.pid))
    ]
    _look_at_flight(ledger, status, now)
    if status.has("watcher"):
        _take_words({name.decode(): value.decode(errors="replace") for name, value in words.items()}, status, now)
    _look_at_health(root, ledger, status)
    status.groups = [
        {name: getattr(group, name) for name in ("name", "consumers", "pending", "lag")} for group in groups(ledger)
    ]


def _take_words(words: Mapping[str, str], status: Status, now: float) -> None:
    """Take over what the watcher said of itself; without one it would be old."""
    counts = {name: int(words.get(name) or 0) for name in ("known", "waiting", "due", "sent", "refused")}
    oldest = float(words["oldest_at"]) if words.get("oldest_at") else None
    reasons = {_SHORT.get(reason, reason): count for reason, count in _parsed(words.get("reasons"), {}).items()}
    if oldest is not None:
        status.oldest_s = max(now - oldest, 0.0)
    status.backlog = Backlog(counts["known"], counts["waiting"], counts["due"], counts["sent"], reasons)
    status.refused_folders = max(status.refused_folders, counts["refused"])
    status.paused = _pause(words.get("paused"))
    status.events = words.get("events", "unknown")
    status.warnings = [str(warning) for warning in _parsed(words.get("warnings"), [])]
    status.rates = rates(words.get("samples", ""), status.counters or {}, now, counts["due"] + counts["sent"])


def _look_at_flight(ledger: Ledger, status: Status, now: float) -> None:
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.hlen(ledger.key(QUEUE_PREFIX + "unacked"))
    pipeline.hscan(ledger.key(QUEUE_PREFIX + "unacked"), count=_MESSAGES)
    pipeline.zrange(ledger.key(QUEUE_PREFIX + "unacked_index"), 0, 0, withscores=True)
    status.running_batches, (_, messages), oldest = ledger.execute(pipeline)
    status.longest_s = round(max(now - oldest[0][1], 0.0), 1) if oldest else None
    batch_ids = list(filter(None, map(_batch_id, messages.values())))
    for batch_id in batch_ids:
        pipeline.get(ledger.key(f"hold:{batch_id}"))
    found = ledger.execute(pipeline) if batch_ids else []
    holders = [(batch_id, holder(value)) for batch_id, value in zip(batch_ids, found, strict=True) if value]
    status.holders = [
        {"batch_id": batch_id, "host": who.host, "pid": who.pid, "for_s": round(max(now - who.since, 0.0), 1)}
        for batch_id, who in holders
        if who
    ]


def _look_at_health(root: Root, ledger: Ledger, status: Status) -> None:
    server = status.server
    detail = disagreement(root, ledger)
    server.ledger, server.ledger_detail = ("held", detail) if detail else ("ok", "")
    server.weaknesses = weaknesses(ledger.client)
    with translated():
        memory: dict[str, Any] = ledger.client.info("memory")
    server.used_memory_bytes = memory.get("used_memory")
    server.max_memory_bytes = memory.get("maxmemory") or None


def _pause(text: str | None) -> dict[str, Any] | None:
    try:
        return Pause.model_validate_json(text or "").model_dump(exclude_none=True)
    except ValueError:
        return None  # none, or another version's


def _batch_id(message: bytes) -> str | None:
    try:
        return str(orjson.loads(message)[0]["headers"]["id"])
    except (ValueError, KeyError, TypeError, IndexError):
        return None  # another program's


def _reason(value: bytes) -> str:
    try:
        return Deferral.model_validate_json(value).reason
    except ValueError:
        return "unreadable mark"


def _parsed(text: str | None, default: Any) -> Any:
    try:
        found = orjson.loads(text or "")
    except ValueError:
        return default
    return found if isinstance(found, type(default)) else default


def _place(ledger: Ledger) -> str:
    facts = ledger.client.connection_pool.connection_kwargs
    return str(facts.get("path") or f"{facts.get('host')}:{facts.get('port')}")
