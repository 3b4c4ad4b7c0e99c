"""Signs of life: which watchers and workers there are, for the queue's depth and for `status`.

They are dated by the server's clock: those of the hosts may differ.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from turnstream.publish import Ledger

#: Seconds between signs, and after which a silent process counts as gone.
BEAT_SECONDS = 5.0
SILENT_SECONDS = 16.0


@dataclass(frozen=True, slots=True)
class Process:
    """One living process of ours: how many batches it works on at once, seconds since its last sign of life."""

    role: str
    host: str
    pid: int
    processes: int
    silent: float = 0.0

    def is_this_one(self) -> bool:
        """Whether it is the process that asks."""
        return (self.host, self.pid) == (socket.gethostname(), os.getpid())

    def is_running(self) -> bool:
        """Whether its sign of life is true: one of a process killed on this host stays for seconds."""
        return _is_running(self.host, self.pid)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who works on a batch, and since when (Unix time): the value of its hold."""

    host: str
    pid: int
    since: float

    def is_running(self) -> bool:
        """Whether it may still live: what a process of another host does cannot be known."""
        return _is_running(self.host, self.pid)

    def value(self) -> str:
        """Return it as ``<host>:<pid>:<since>``."""
        return f"{self.host}:{self.pid}:{self.since:.3f}"


def this_process() -> Holder:
    """Return who asks, since now."""
    return Holder(socket.gethostname(), os.getpid(), time.time())


def hold(ledger: Ledger, holders: Mapping[str, Holder], seconds: int, ended: Collection[str] = ()) -> None:
    """Leave a sign of life that lasts for ``seconds`` on each of these batches; take it from those that ``ended``.

    It lasts from now on: one that a network brings late, after a cut, must not hold what was let go meanwhile.

    Raises:
        TransientError: the server cannot take it.

    """
    if not holders and not ended:
        return
    until = round((ledger.now() + seconds) * 1000)
    pipeline = ledger.client.pipeline(transaction=False)
    for batch_id in ended:
        pipeline.delete(ledger.key(f"hold:{batch_id}"))
    for batch_id, who in holders.items():
        pipeline.set(ledger.key(f"hold:{batch_id}"), who.value(), pxat=until)
    ledger.execute(pipeline)


def holder(value: bytes) -> Holder | None:
    """Return who wrote a hold; ``None`` if it was another version."""
    try:
        host, pid, since = value.decode(errors="replace").rsplit(":", 2)
        return Holder(host, int(pid), float(since))
    except ValueError:
        return None


def beat(ledger: Ledger, role: str, processes: int = 1) -> None:
    """Leave a sign of life of this process.

    Raises:
        TransientError: the server cannot take it.

    """
    now = ledger.now()
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.zadd(ledger.key("alive"), {f"{role}:{socket.gethostname()}:{os.getpid()}:{processes}": now})
    pipeline.zremrangebyscore(ledger.key("alive"), "-inf", now - 10 * SILENT_SECONDS)
    ledger.execute(pipeline)


def farewell(ledger: Ledger, role: str, processes: int = 1) -> None:
    """Take this process's sign of life away.

    Raises:
        TransientError: the server cannot take it.

    """
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.zrem(ledger.key("alive"), f"{role}:{socket.gethostname()}:{os.getpid()}:{processes}")
    ledger.execute(pipeline)


def living(ledger: Ledger) -> list[Process]:
    """Return the processes that gave a sign lately.

    Raises:
        TransientError: the server does not answer.

    """
    now = ledger.now()
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.zrangebyscore(ledger.key("alive"), now - SILENT_SECONDS, "+inf", withscores=True)
    (members,) = ledger.execute(pipeline)
    found = (_process(member.decode(errors="replace"), max(now - seen, 0.0)) for member, seen in members)
    return [process for process in found if process]


def _is_running(host: str, pid: int) -> bool:
    if host != socket.gethostname():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _process(member: str, silent: float) -> Process | None:
    try:
        role, rest = member.split(":", 1)
        host, pid, processes = rest.rsplit(":", 2)
        return Process(role, host, int(pid), int(processes), silent)
    except ValueError:
        return None  # another program's, or another version's
