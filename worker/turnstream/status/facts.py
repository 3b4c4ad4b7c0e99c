"""What `status` tells, as the fields of its JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import orjson

from turnstream.line import plain


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    what: str
    remedy: str


@dataclass(slots=True)
class Server:
    """The server: ``state`` is ok, unavailable or refused; ``ledger`` ok or held, ``None`` if it cannot be asked.

    ``weaknesses`` are why it may lose acknowledged writes.
    """

    address: str | None = None
    state: str = "unavailable"
    detail: str = ""
    ledger: str | None = None
    ledger_detail: str = ""
    weaknesses: list[str] = field(default_factory=list)
    used_memory_bytes: int | None = None
    max_memory_bytes: int | None = None


@dataclass(slots=True)
class Backlog:
    """What the watcher says of ``drop/``: files that wait, by reason, are due, or were sent."""

    known: int
    waiting: int
    due: int
    sent: int
    reasons: dict[str, int]


@dataclass(slots=True)
class Rates:
    """Outcomes per second over the last minute or less, and seconds until all that is due is done at this rate."""

    published: float
    duplicate: float
    rejected: float
    superseded: float
    over_s: float
    drain_s: float | None


@dataclass(slots=True)
class Status:
    """One moment's facts; counts are files unless said otherwise, and ``None`` where the server could not be asked.

    ``backlog``, ``rates`` and ``paused`` (why nothing is queued) need a living watcher.  ``holders``
    are the worker processes on long batches, ``longest_s`` how long a worker has had the oldest one.
    ``groups`` are the consumer groups of the stream, ``oldest_s`` the seconds that a file has been in ``drop/``.
    """

    at: str
    root: str
    server: Server = field(default_factory=Server)
    in_drop: int = 0
    refused_folders: int = 0
    oldest_s: float | None = None
    backlog: Backlog | None = None
    queued_batches: int | None = None
    running_batches: int | None = None
    longest_s: float | None = None
    holders: list[dict[str, Any]] = field(default_factory=list)
    rates: Rates | None = None
    counters: dict[str, int] | None = None
    deferred: dict[str, int] | None = None
    quarantine: dict[str, int] = field(default_factory=dict)
    stream_entries: int | None = None
    groups: list[dict[str, Any]] = field(default_factory=list)
    paused: dict[str, Any] | None = None
    events: str = "unknown"
    warnings: list[str] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    free_bytes: int = 0
    total_bytes: int = 0
    problems: list[Problem] = field(default_factory=list)

    def to_json(self) -> str:
        """Return the facts on one line."""
        facts = asdict(self)
        facts["problems"] = [problem._asdict() for problem in self.problems]
        return orjson.dumps(plain(facts)).decode()

    def has(self, role: str) -> bool:
        """Whether a watcher or a worker gives signs of life."""
        return any(process["role"] == role for process in self.processes)
