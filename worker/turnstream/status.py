"""`status`: what waits, what is worked on, what came out, who is alive."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from turnstream.alive import living
from turnstream.models import Deferral
from turnstream.publish import QUEUE, QUEUE_PREFIX, Ledger
from turnstream.quarantine import cases
from turnstream.settings import Settings
from turnstream.watch.scan import ignore_pattern, scan


@dataclass(frozen=True, slots=True)
class Status:
    """One moment's facts; counts are files unless said otherwise."""

    root: str
    server: str
    in_drop: int
    refused_folders: int
    watcher: dict[str, str]
    queued_batches: int
    running_batches: int
    stream_entries: int
    counters: dict[str, int]
    deferred: dict[str, int]
    quarantine: dict[str, int]
    processes: list[dict[str, Any]]

    def to_json(self) -> str:
        """Return the facts on one line."""
        return orjson.dumps(asdict(self)).decode()


def gather(settings: Settings, ledger: Ledger) -> Status:
    """Look at folder and server.

    Raises:
        ServerUnavailable: the server does not answer.

    """
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.hgetall(ledger.key("watcher"))
    pipeline.llen(ledger.key(QUEUE_PREFIX + QUEUE))
    pipeline.hlen(ledger.key(QUEUE_PREFIX + "unacked"))
    pipeline.xlen(ledger.key("documents"))
    pipeline.hgetall(ledger.key("counters"))
    pipeline.hvals(ledger.key("deferred"))
    watcher, queued, running, entries, counters, deferred = ledger.execute(pipeline)
    sight = scan(settings.root / "drop", ignore_pattern(settings.watch.ignore))
    return Status(
        root=str(settings.root),
        server=_place(ledger),
        in_drop=_in_drop(settings, sight.files),
        refused_folders=max(len(sight.refused), _said(watcher, b"refused")),
        watcher={name.decode(): value.decode() for name, value in watcher.items()},
        queued_batches=queued,
        running_batches=running,
        stream_entries=entries,
        counters={name.decode(): int(value) for name, value in counters.items()},
        deferred=dict(Counter(map(_reason, deferred))),
        quarantine=dict(Counter(str(case.facts.get("reason")) for case in cases(settings.root))),
        processes=[asdict(process) for process in living(ledger)],
    )


def _reason(value: bytes) -> str:
    try:
        return Deferral.model_validate_json(value).reason
    except ValueError:
        return "unreadable mark"


def _said(watcher: dict[bytes, bytes], word: bytes) -> int:
    count = watcher.get(word, b"0")
    return int(count) if count.isdigit() else 0


def _in_drop(settings: Settings, files: set[str]) -> int:
    ignored, marker = ignore_pattern(settings.watch.ignore), settings.watch.done_marker
    names = (path.rpartition("/")[2] for path in files)
    return sum(not (ignored.fullmatch(name) or (marker and name.endswith(marker))) for name in names)


def _place(ledger: Ledger) -> str:
    facts = ledger.client.connection_pool.connection_kwargs
    return str(facts.get("path") or f"{facts.get('host')}:{facts.get('port')}")


def table(status: Status) -> str:
    """Return the facts for people, one a line."""
    alive = ", ".join(f"{process['role']} {process['host']}:{process['pid']}" for process in status.processes)
    rows = [
        ("root", status.root),
        ("server", status.server),
        ("alive", alive or "nobody: start `turnstream run`"),
        ("events", status.watcher.get("events", "unknown")),
        ("in drop/", str(status.in_drop) + _refused(status.refused_folders)),
        ("deferred", _counts(status.deferred)),
        ("batches", f"{status.queued_batches} queued, {status.running_batches} running"),
        ("outcomes", _counts(status.counters)),
        ("stream", f"{status.stream_entries} entries"),
        ("quarantine", _counts(status.quarantine)),
    ]
    return "\n".join(f"{name:<11} {value}" for name, value in rows)


def _refused(folders: int) -> str:
    return f", and what lies in {folders} folders that may not be read (see watch.degraded)" if folders else ""


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
