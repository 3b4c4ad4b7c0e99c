"""Several hosts on one root: server, watcher and worker, worker; cables are cut under load, and healed."""

from __future__ import annotations

import secrets
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.harness import RECOVERED
from tests.acceptance.harness import OutsideServer, Turnstream, family, is_alive, until, verify_whole
from tests.acceptance.hosts import Cut, Host, Network
from tests.bench import corpus

pytestmark = pytest.mark.full

#: Documents that may be dropped, so many a second, and at once before a cut so that it comes in the middle of batches.
COUNT, RATE, BURST = 12_000, 40, 250
#: Seconds that a message of a worker that is cut off stays with it, less than by default: a backstop only.
KEPT = 30
SETTINGS = {
    "TURNSTREAM_WORK__PROCESSES": "2",
    "TURNSTREAM_WORK__VISIBILITY_TIMEOUT_SECONDS": str(KEPT),
    "TURNSTREAM_WORK__TIME_LIMIT_SECONDS": "14",
    "TURNSTREAM_WORK__SOFT_TIME_LIMIT_SECONDS": "12",
    "TURNSTREAM_WORK__DOCUMENT_TIME_LIMIT_SECONDS": "10",
    "TURNSTREAM_LOG__LEVEL": "debug",
}
OUTCOMES = ("document.published", "document.duplicate")


@dataclass
class Load:
    """Documents that come one by one, and in bursts."""

    drop: Path
    documents: list[Path]
    dropped: dict[str, bytes] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def burst(self, count: int = BURST) -> None:
        for _ in range(count):
            path = self.documents.pop()
            self.dropped[path.name] = path.read_bytes()
            path.rename(self.drop / path.name)

    def keep_coming(self) -> None:
        while not self.ended.wait(1 / RATE):
            self.burst(1)


@dataclass
class Site:
    """Three hosts that share a root."""

    network: Network
    server: OutsideServer
    watch: Turnstream
    work: dict[str, Turnstream]
    #: The root as we see it; the server by its socket.
    seen: Turnstream

    def services(self) -> list[Turnstream]:
        return [self.watch, *self.work.values()]

    @contextmanager
    def load(self, base: Path) -> Iterator[Load]:
        """Let documents come all the time."""
        corpus.write(base, corpus.documents(COUNT))
        load = Load(self.seen.drop, sorted(base.iterdir(), reverse=True))
        thread = threading.Thread(target=load.keep_coming)
        thread.start()
        try:
            yield load
        finally:
            load.ended.set()
            thread.join()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    root, password = tmp_path / "root", secrets.token_hex(16)
    root.mkdir()
    network = Network(tmp_path / "hosts", root, ("server", "watcher", "worker"))
    services: list[Turnstream] = []
    with tempfile.TemporaryDirectory() as sockets:
        server = _server(network.hosts["server"], tmp_path, Path(sockets) / "socket", password)
        url = f"redis://:{password}@{network.hosts['server'].address}:6379/0"

        def start(host: str, command: str, ready: str) -> Turnstream:
            on = network.hosts[host]
            environment = {**SETTINGS, "TURNSTREAM_SERVER__URL": url}
            services.append(Turnstream(on.share, (command,), environment, within=on.within))
            return services[-1].start(ready=ready)

        try:
            server.start()
            watch = start("watcher", "watch", "watch.started")
            work = {host: start(host, "work", "worker.started") for host in ("watcher", "worker")}
            seen = Turnstream(root, environment={"TURNSTREAM_SERVER__URL": server.url})
            yield Site(network, server, watch, work, seen)
            _end(services)
        finally:
            for service in services:
                if service.process and service.process.poll() is None:
                    service.process.kill()
                    service.process.wait()
            if server.process:
                server.kill()
            network.close()


def _server(host: Host, folder: Path, socket: Path, password: str) -> OutsideServer:
    durable = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
    reached = ("--port", "6379", "--bind", host.address, "--requirepass", password)
    return OutsideServer(folder, (*reached, *durable), socket, within=host.within, password=password)


def _end(services: list[Turnstream]) -> None:
    """Stop everything; nothing may be left, and every line of a log is JSON."""
    for service in reversed(services):
        assert service.process
        members = list(family(service.process.pid))
        assert len(members) > (service.command == ("work",))
        assert service.stop() == 0
        assert not [pid for pid in members if is_alive(pid)], f"left behind by {service.command}"
        service.events()
        assert service.errors.read_bytes() == b""


def _next_outcome(work: Turnstream, after: float) -> float | None:
    """When a worker had its first outcome after a moment, both in Unix time."""
    for event in work.events():
        if event["event"] in OUTCOMES and (at := _moment(event)) > after:
            return at
    return None


def _moment(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["timestamp"]).astimezone(UTC).timestamp()


CUTS = [
    (Cut.SILENT, 2.0, "worker"),
    (Cut.SILENT, 2.0, "watcher"),
    (Cut.UNPLUGGED, 3.0, "server"),
    (Cut.REPLIES, 7.0, "worker"),
    (Cut.SILENT, 7.0, "server"),
    (Cut.REPLIES, 7.0, "watcher"),
    (Cut.UNPLUGGED, 7.0, "worker"),
    (Cut.SILENT, 20.0, "worker"),
    (Cut.SILENT, 20.0, "watcher"),
]


@pytest.mark.timeout(300)
def test_hosts_that_are_cut_off_and_healed_under_load_lose_and_double_nothing(site: Site, tmp_path: Path) -> None:
    with site.load(tmp_path / "bulk") as load:
        until(lambda: all(_next_outcome(work, 0) for work in site.work.values()), "both workers take part")
        for how, seconds, name in CUTS:
            load.burst()
            with site.network.cut(how, name):
                time.sleep(seconds)
            healed = time.time()
            for host, work in site.work.items():
                if name in (host, "server"):
                    at = until(lambda w=work: _next_outcome(w, healed), f"{host} goes on after {how} of {name}", 60)
                    RECOVERED.setdefault(f"{how.name} of {name} {seconds:g} s: {host}", []).append(at - healed)
                    print(f"{how.name:10} of {name:8} {seconds:4g} s: {host:8} {at - healed:.2f}", flush=True)
    ended = time.time()
    site.seen.await_empty_drop()
    print("empty", round(time.time() - ended, 2), len(load.dropped))
    verify_whole(site.seen, load.dropped, corpus.distinct([*load.dropped.values()]))
