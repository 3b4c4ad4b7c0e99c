"""Measurements through the real processes: `turnstream run` as a user starts it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import redis

from turnstream import connect, settings
from turnstream.publish import Ledger

#: Seconds after which a measurement is given up.
_PATIENCE = 600.0


@dataclass(frozen=True)
class Running:
    """A `turnstream run` that is ready."""

    root: Path
    process: subprocess.Popen[bytes]
    ledger: Ledger

    @property
    def drop(self) -> Path:
        """Its drop folder."""
        return self.root / "drop"

    @property
    def documents(self) -> str:
        """Its stream."""
        return self.ledger.key("documents")

    def entries(self) -> int:
        """How many entries its stream has."""
        return int(self.ledger.client.xlen(self.documents))

    def memory_mb(self) -> dict[str, float]:
        """Resident memory of each process, in MB."""
        found = {}
        for pid in _family(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            name = next((w.decode() for w in words if w in (b"run", b"watch", b"work")), "server")
            found[f"{name}:{pid}"] = _resident_mb(pid)
        return found


@contextmanager
def running(root: Path, **environment: str) -> Iterator[Running]:
    """Start `turnstream run` on a new root, and stop it."""
    shutil.rmtree(root, ignore_errors=True)
    log = root.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "turnstream", "run", "--root", str(root)],
            env={**os.environ, "TURNSTREAM_LOG__FORMAT": "json", **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _until(lambda: b"run.ready" in log.read_bytes(), process)
        loaded = settings.load(root=root)
        client = connect.client(connect.find_url(loaded), loaded.server)
        yield Running(root, process, Ledger(client, loaded.server.key_prefix))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def backlog_docs_per_s(run: Running, folder: Path, distinct: int) -> float:
    """Move a whole folder of documents into ``drop/``; return documents per second until none is left there."""
    count = len(list(folder.iterdir()))
    began = time.perf_counter()
    folder.rename(run.drop / folder.name)
    _until(lambda: run.entries() >= distinct, run.process, pause=0.02)
    _until(lambda: not any((run.drop / folder.name).iterdir()), run.process, pause=0.005)
    took = time.perf_counter() - began
    if run.entries() != distinct:
        raise RuntimeError(f"{run.entries()} entries for {distinct} contents")
    return count / took


def latencies_ms(run: Running, documents: list[bytes], *, by_rename: bool) -> list[float]:
    """Drop documents one at a time on an idle system; return the time to each one's entry, in ms."""
    found = []
    last = run.ledger.client.xrevrange(run.documents, count=1)
    last_id: Any = last[0][0] if last else b"0-0"
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


def _until(condition: object, process: subprocess.Popen[bytes], pause: float = 0.05) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            if condition():  # type: ignore[operator]
                return
        except (FileNotFoundError, redis.ConnectionError):
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the run ended or took too long (exit code {process.returncode})")
        time.sleep(pause)


def _family(pid: int) -> list[int]:
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in below for member in _family(int(child)))]


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
