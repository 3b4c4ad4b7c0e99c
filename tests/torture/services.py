"""The server, and `turnstream run` behind the proxy: started, found, healed."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis

from tests.acceptance.harness import Turnstream, family, is_alive, until
from tests.torture.proxy import Proxy
from turnstream.server import find_binary

PLUGS = Path(__file__).parent / "plugs"
_DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", "")
#: Short waits, so that many faults fit into a minute.
SETTINGS = {
    "TURNSTREAM_WATCH__SETTLE_SECONDS": "0.6",
    "TURNSTREAM_WATCH__RESEND_SECONDS": "3",
    "TURNSTREAM_WATCH__RETRY_SECONDS": "0.2",
    "TURNSTREAM_WATCH__RETRY_MAX_SECONDS": "3",
    "TURNSTREAM_WORK__HOLD_SECONDS": "6",
    "TURNSTREAM_WORK__PROCESSES": "2",
}


class Server:
    """A server of the test's own on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.port = _free_port()
        self.password = secrets.token_hex(8)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again perhaps, and wait until it answers."""
        command = [find_binary(""), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*command, "--requirepass", self.password, *_DURABLE], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

        def answers() -> bool:
            with contextlib.suppress(redis.RedisError), self.client() as client:
                return bool(client.ping())
            return False

        until(answers, "the server answers")

    def kill(self) -> None:
        """End it by SIGKILL."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def client(self) -> redis.Redis:
        """Return a client of it that does not go through the proxy."""
        return redis.Redis(port=self.port, password=self.password, socket_timeout=5)

    def log(self) -> Path:
        """The file that it appends to."""
        return max((self.folder / "appendonlydir").glob("*.incr.aof"), key=lambda path: path.stat().st_mtime_ns)


class Services:
    """Everything under torture."""

    def __init__(self, base: Path, environment: dict[str, str]) -> None:
        self.base = base
        self.server = Server(base / "server")
        self.server.start()
        self.proxy = Proxy(self.server.port)
        url = f"redis://:{self.server.password}@127.0.0.1:{self.proxy.port}/0"
        self.clock = base / "clock"
        self.clock.write_text("0")
        plugs = {"PYTHONPATH": f"{PLUGS}:{Path(__file__).parents[2]}", "TORTURE_CLOCK": str(self.clock)}
        self.run = Turnstream(
            base / "root", environment={**SETTINGS, "TURNSTREAM_SERVER__URL": url, **plugs, **environment}
        )
        self.restarts = 0
        self.run.start()

    def pid_of(self, name: str) -> int | None:
        """Process id of `watch` or `work` as it lives now."""
        assert self.run.process
        return next((pid for pid in family(self.run.process.pid) if f"\0{name}\0".encode() in _command_of(pid)), None)

    def children(self) -> list[int]:
        """Process ids of Celery's pool."""
        worker = self.pid_of("work")
        return [pid for pid in family(worker) if pid != worker] if worker else []

    def is_running(self) -> bool:
        """Whether `run` lives."""
        return self.run.process is not None and self.run.process.poll() is None

    def restart(self, **environment: str) -> None:
        """Kill `run` with all that is below it, and start it, perhaps with another environment."""
        if self.is_running():
            assert self.run.process
            members = list(family(self.run.process.pid))
            self.run.signal(signal.SIGKILL)
            self.run.process.wait()
            for pid in members:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)  # one that stands still could not end
            until(lambda: not any(map(is_alive, members)), "all end with `run`")
        before = self.run.environment
        self.run.environment = {**before, **environment}
        self.run.start(ready=None)
        self.run.environment = before
        self.restarts += 1

    def heal(self) -> None:
        """Undo every fault."""
        self.clock.write_text("0")
        self.proxy.delay, self.proxy.refusing = 0.0, False
        self.proxy.speak()
        assert self.server.process
        if self.server.process.poll() is not None:
            self.server.start()
        if not self.is_running():
            self.restart()

    def entries(self) -> Iterator[Any]:
        """Yield all of the stream."""
        with self.server.client() as client:
            last = "-"
            while batch := client.xrange("turnstream:documents", last, "+", 1000):
                yield from batch
                last = f"({batch[-1][0].decode()}"

    def holds(self) -> list[Any]:
        """Return the batches that a worker shows a sign of life for."""
        with self.server.client() as client:
            return list(client.scan_iter("turnstream:hold:*"))

    def stop(self) -> list[int]:
        """Stop all in order; return the processes that are left."""
        assert self.run.process
        members = list(family(self.run.process.pid))
        self.run.stop()
        time.sleep(0.2)
        self.proxy.stop()
        self.server.kill()
        return [pid for pid in members if is_alive(pid)]


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
