"""The server, and `turnstream run` behind the proxy: started, found, healed."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import redis

from tests.acceptance.harness import Turnstream, family, is_alive, until
from tests.torture.proxy import Proxy
from tests.torture.verifier import leftovers
from turnstream.server import find_binary
from turnstream.server_config import PORTS

PLUGS = Path(__file__).parent / "plugs"
_DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--save", "")
#: Seconds by which the clock is put on so that the program tidies up.
_TIDIED_AFTER = 7200
#: Short waits, so that many faults fit into a minute.
SETTINGS = {
    "TURNSTREAM_WATCH__SETTLE_SECONDS": "0.6",
    "TURNSTREAM_WATCH__RESEND_SECONDS": "3",
    "TURNSTREAM_WATCH__RETRY_SECONDS": "0.2",
    "TURNSTREAM_WATCH__RETRY_MAX_SECONDS": "3",
    "TURNSTREAM_WORK__HOLD_SECONDS": "6",
    "TURNSTREAM_WORK__PROCESSES": "2",
}
#: The verifier reads the whole stream.
_KEPT = {"TURNSTREAM_STREAM__RETAIN_ENTRIES": "100000000"}


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

    def require(self) -> None:
        """Start it if it does not run."""
        assert self.process
        if self.process.poll() is not None:
            self.start()

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

    def __init__(self, base: Path, environment: Mapping[str, str]) -> None:
        self.base = base
        self.server = Server(base / "server")
        self.server.start()
        self.proxy = Proxy(self.server.port)
        url = f"redis://:{self.server.password}@127.0.0.1:{self.proxy.port}/0"
        self.clock = base / "clock"
        self.clock.write_text("0")
        plugs = {"PYTHONPATH": f"{PLUGS}:{Path(__file__).parents[2]}", "TORTURE_CLOCK": str(self.clock)}
        self.run = Turnstream(
            base / "root", environment={**_KEPT, "TURNSTREAM_SERVER__URL": url, **plugs, **environment}
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
        self.server.require()
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

    def tidy(self, patience: float) -> list[Path]:
        """Let the program tidy up what killed processes left; return what stays of it.

        It waits for an hour before it believes that nobody works on them any more, and looks at each start.
        """
        if not leftovers(self.run.root):
            return []
        self.clock.write_text(str(_TIDIED_AFTER))
        watcher = self.pid_of("watch")
        if watcher is not None:
            os.kill(watcher, signal.SIGKILL)
        deadline = time.monotonic() + patience
        while (left := leftovers(self.run.root)) and time.monotonic() < deadline:
            time.sleep(1)
        return left

    def stop(self) -> tuple[int, list[int]]:
        """Stop all in order; return the exit code, and the processes that are left."""
        # Just started it would be ended by the signal itself: its children may have done all before it was ready.
        until(self._is_ready, "`run` is ready")
        code = self.run.stop()
        deadline = time.monotonic() + 5
        while (left := list(self._processes())) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.proxy.stop()
        self.server.kill()
        return code, left

    def _is_ready(self) -> bool:
        assert self.run.process
        mark = f'"pid":{self.run.process.pid}}}'.encode()
        return any(b'"event":"run.ready"' in line and mark in line for line in self.run.lines())

    def _processes(self) -> Iterator[int]:
        """Yield all processes that were started for this campaign, whoever their parent is by now."""
        mark = f"TORTURE_CLOCK={self.clock}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0") and is_alive(int(folder.name)):
                    yield int(folder.name)


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _free_port() -> int:
    # Not one that the kernel gives to outgoing connections: while the server is dead the next one to it could be
    # connected to itself.
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
