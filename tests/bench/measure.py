"""Measurements through the real processes: `turnstream run` as a user starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import redis

from tests.bench import processes
from turnstream import connect, settings
from turnstream.publish import Ledger
from turnstream.settings import ServerSettings

#: Seconds after which a measurement is given up.
PATIENCE = 600.0


@dataclass(frozen=True)
class Running:
    """A `turnstream run` that is ready; ``began`` is when it was started (`time.perf_counter`)."""

    root: Path
    process: subprocess.Popen[bytes]
    ledger: Ledger
    server: ServerSettings
    began: float

    @property
    def drop(self) -> Path:
        """Its drop folder."""
        return self.root / "drop"

    @property
    def documents(self) -> str:
        """Its stream."""
        return self.ledger.key("documents")

    def published(self) -> int:
        """How many documents it has published, those that its stream does not keep any more included."""
        return int(self.ledger.client.hget(self.ledger.key("counters"), "published") or 0)

    def last_id(self) -> str:
        """The last entry of its stream."""
        return self.ledger.last_id()

    def processes(self) -> list[processes.Process]:
        """Its processes, by what they do."""
        return list(processes.family(self.process.pid))

    def memory_mb(self) -> dict[str, float]:
        """Resident memory of each process, in MB."""
        return {f"{one.role}:{one.pid}": one.resident_mb() for one in self.processes()}

    def until(self, condition: Callable[[], object], pause: float = 0.02) -> None:
        """Wait for a condition.

        Raises:
            RuntimeError: the run ended, or it takes too long.

        """
        until(condition, self.process, pause)


@contextmanager
def running(root: Path, **environment: str) -> Iterator[Running]:
    """Start `turnstream run` on a new root, and stop it."""
    put_aside(root)
    with started(root, **environment) as live:
        yield live


def put_aside(folder: Path) -> None:
    """Free the name of a folder, which goes with the one around it.

    It is not deleted before all is measured: ext4 passes over the inodes that were freed in the last
    minutes one by one whenever it makes a file, which then takes ten times as long.
    """
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}-{time.monotonic_ns()}"))


@contextmanager
def started(root: Path, **environment: str) -> Iterator[Running]:
    """Start `turnstream run` on a root as it is, and stop it."""
    log = root.with_suffix(".log")
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "turnstream", "run", "--root", str(root)],
            env={**os.environ, "TURNSTREAM_LOG__FORMAT": "json", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: b"run.ready" in log.read_bytes(), process, pause=0.05)
        loaded = settings.load(root=root)
        client = connect.client(connect.find_url(loaded), loaded.server)
        yield Running(root, process, Ledger(client, loaded.server.key_prefix), loaded.server, began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def backlog_docs_per_s(run: Running, folder: Path, new: int) -> float:
    """Move a whole folder of documents into ``drop/``; return documents per second until none is left there.

    Raises:
        RuntimeError: another number than ``new`` of them was published.

    """
    count = sum(1 for _ in folder.iterdir())
    before = run.published()
    waiting = run.drop / folder.name
    began = time.perf_counter()
    folder.rename(waiting)
    run.until(lambda: run.published() >= before + new)
    run.until(lambda: is_empty(waiting), pause=0.005)
    took = time.perf_counter() - began
    if run.published() != before + new:
        raise RuntimeError(f"{run.published() - before} published of {new} new contents")
    # The name is free again: the next backlog may have it.
    waiting.rename(run.root / "state" / f"done-{time.monotonic_ns()}")
    return count / took


def is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder, however much was."""
    with os.scandir(folder) as found:
        return next(found, None) is None


def latencies_ms(run: Running, documents: list[bytes], *, by_rename: bool) -> list[float]:
    """Drop documents one at a time on an idle system; return the time to each one's entry, in ms."""
    found = []
    last_id: Any = run.last_id()
    for number, data in enumerate(documents):
        target = run.drop / f"{number:06d}.txt"
        time.sleep(0.06)  # past the time in which bells are gathered: idle again
        if by_rename:
            part = run.root / "state" / "part"
            part.write_bytes(data)
            time.sleep(0.02)
            began = time.perf_counter()
            part.rename(target)
        else:
            target.write_bytes(data)
            began = time.perf_counter()
        reply: object = run.ledger.client.xread({run.documents: last_id}, count=1, block=4000)
        found.append((time.perf_counter() - began) * 1000)
        if not isinstance(reply, list) or not reply:
            raise RuntimeError("a document did not arrive within four seconds")
        last_id = reply[0][1][0][0]
    return found


def tail_of_log(root: Path) -> str:
    """Return the last lines of a run's log that are no outcomes, for a failure's report."""
    lines = root.with_suffix(".log").read_bytes().splitlines()
    return b"\n".join([line for line in lines if b'"document.' not in line][-20:]).decode()


def read_url(root: Path) -> str:
    """Return the URL of a root's embedded server."""
    return str(orjson.loads((root / "state" / "server.json").read_bytes())["url"])


def until(condition: Callable[[], object], process: subprocess.Popen[bytes], pause: float) -> None:
    """Wait for a condition while a process runs, looking every ``pause`` seconds.

    Raises:
        RuntimeError: the process ended, or it takes too long.

    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except (FileNotFoundError, redis.ConnectionError):
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the run ended or took too long (exit code {process.returncode})")
        time.sleep(pause)
