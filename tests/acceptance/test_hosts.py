"""Several hosts on one root: server, watcher and worker, worker; cables are cut under load, and healed."""

from __future__ import annotations

import os
import secrets
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.acceptance.harness import (
    RECOVERED,
    OutsideServer,
    Turnstream,
    family,
    is_alive,
    stopped,
    until,
    verify_whole,
)
from tests.acceptance.hosts import Cut, Network
from tests.acceptance.station import catch
from tests.bench import corpus

pytestmark = pytest.mark.full

#: Documents a second; and so many at once before a cut, so that it comes in the middle of batches.
RATE, BURST = 40, 250
#: Seconds that a worker which is cut off keeps its messages: less than by default, as they are a backstop only.
KEPT = 30
#: Time limits below that, and below the longest cut.  At debug it is said what was handled by another worker.
SETTINGS = {
    "TURNSTREAM_WORK__PROCESSES": "2",
    "TURNSTREAM_WORK__VISIBILITY_TIMEOUT_SECONDS": str(KEPT),
    "TURNSTREAM_WORK__TIME_LIMIT_SECONDS": "15",
    "TURNSTREAM_WORK__SOFT_TIME_LIMIT_SECONDS": "14",
    "TURNSTREAM_WORK__DOCUMENT_TIME_LIMIT_SECONDS": "10",
    "TURNSTREAM_LOG__LEVEL": "debug",
}
#: Of the default's kind, but shorter: a cut that outlives a hold need not take long.
SOON = {"TURNSTREAM_WORK__HOLD_SECONDS": "4", "TURNSTREAM_WATCH__RESEND_SECONDS": "3"}
OUTCOMES = ("document.published", "document.duplicate")


class Service(Turnstream):
    """A service that is started by itself."""

    def pid_of(self, process: str) -> int:
        assert self.process
        assert (process,) == self.command
        return self.process.pid

    def outcomes(self) -> list[dict[str, Any]]:
        """What it said of documents that it moved."""
        return [event for event in self.events() if event["event"] in OUTCOMES]

    def troubles(self) -> list[dict[str, Any]]:
        """What it said of the server."""
        return [event for event in self.events() if event["event"].startswith("server.")]

    def next_outcome(self, after: float) -> float | None:
        """Return when it had its first outcome after a moment (Unix time)."""
        return next((at for event in self.outcomes() if (at := moment(event)) > after), None)


@dataclass
class Site:
    """Three hosts that share a root; ``seen`` is the root, and the server, as they are reached from here."""

    network: Network
    server: OutsideServer
    watch: Service
    work: dict[str, Service]
    seen: Turnstream

    @property
    def services(self) -> list[Service]:
        return [self.watch, *self.work.values()]

    def hosts_of(self, cut: str) -> list[str]:
        """Hosts that cannot reach the server when one is cut off."""
        return [*self.work] if cut == "server" else [cut]

    def waits_for(self, client: redis.Redis, command: str, by: str) -> bool:
        """Whether the server lets a host wait for its answer to a command."""
        clients: Any = client.client_list()
        here = self.network.hosts[by].address + ":"
        return any(one["cmd"] == command and "b" in one["flags"] and one["addr"].startswith(here) for one in clients)

    def waiting(self) -> int:
        """How many messages are in the queue, or in a worker's hands."""
        ledger = self.seen.ledger()
        with ledger.client as client:
            return int(client.llen(ledger.key("q:ingest"))) + int(client.hlen(ledger.key("q:unacked")))


@dataclass
class Load:
    """Documents that come one by one, and in bursts."""

    drop: Path
    documents: list[Path]
    dropped: dict[str, bytes] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def bring(self, count: int) -> None:
        for _ in range(count):
            path = self.documents.pop()
            self.dropped[path.name] = path.read_bytes()
            path.rename(self.drop / path.name)

    def _keep_coming(self) -> None:
        while not self.ended.wait(1 / RATE):
            self.bring(1)

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Bring documents all the time."""
        thread = threading.Thread(target=self._keep_coming)
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            thread.join()


Open = Callable[..., Site]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Open]:
    """Start everything, with settings of the test's own; at the end it is stopped, and nothing of it is left."""
    root, password = tmp_path / "root", secrets.token_hex(16)
    root.mkdir()
    network = Network(tmp_path / "hosts", root, ("server", "watcher", "worker"))
    services: list[Service] = []
    with tempfile.TemporaryDirectory() as sockets:
        host = network.hosts["server"]
        durable = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
        reached = ("--port", "6379", "--bind", host.address, "--requirepass", password)
        socket = Path(sockets) / "socket"
        server = OutsideServer(tmp_path, (*reached, *durable), socket, within=host.within, password=password)

        def start(name: str, command: str, ready: str, environment: dict[str, str]) -> Service:
            on = network.hosts[name]
            url = f"redis://:{password}@{host.address}:6379/0"
            environment = SETTINGS | environment | {"TURNSTREAM_SERVER__URL": url}
            services.append(Service(on.share, (command,), environment, within=on.within))
            services[-1].start(ready=ready)
            return services[-1]

        def open_site(**environment: str) -> Site:
            server.start()
            watch = start("watcher", "watch", "watch.started", environment)
            work = {name: start(name, "work", "worker.started", environment) for name in ("watcher", "worker")}
            seen = Turnstream(root, environment={"TURNSTREAM_SERVER__URL": server.url})
            return Site(network, server, watch, work, seen)

        try:
            yield open_site
            for service in reversed(services):
                end(service)
        finally:
            for service in services:
                if service.process and service.process.poll() is None:
                    service.process.kill()
                    service.process.wait()
            if server.process:
                server.kill()
            network.close()


def end(service: Service) -> None:
    """Stop a service; nothing of it may be left, and every line of its log is JSON."""
    assert service.process
    members = list(family(service.process.pid))
    assert len(members) == (3 if service.command == ("work",) else 1)
    assert service.stop() == 0
    assert not [pid for pid in members if is_alive(pid)], f"left behind by {service.command}"
    assert not [event for event in service.events() if event["level"] == "error"]
    assert service.errors.read_bytes() == b""


def moment(event: dict[str, Any]) -> float:
    """When an event was said (Unix time)."""
    return datetime.fromisoformat(event["timestamp"]).timestamp()


#: How, for how many seconds, and who: shorter than any timeout, longer than the server's answer may take, and longer
#: than holds, signs of life and a batch's time limit.
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
#: Seconds; beyond every timeout.
LONGEST = max(seconds for _, seconds, _ in CUTS)
#: Seconds in which a process says that the server is back: it tries each second.
SAID = 5.0
#: Documents for all of it, on a machine that takes its time.
COUNT = len(CUTS) * (BURST + RATE * 30)


@pytest.mark.timeout(300)
def test_hosts_that_are_cut_off_and_healed_under_load_lose_and_double_nothing(site: Open, tmp_path: Path) -> None:
    here = site()
    corpus.write(tmp_path / "bulk", corpus.documents(COUNT))
    load = Load(here.seen.drop, sorted((tmp_path / "bulk").iterdir(), reverse=True))
    with load.coming():
        until(lambda: all(work.next_outcome(0) for work in here.work.values()), "both workers take part")
        for how, seconds, name in CUTS:
            _cut(here, load, how, seconds, name)
    healed = time.monotonic()
    here.seen.await_empty_drop()
    RECOVERED["all hosts healed, to the last of the documents"] = [time.monotonic() - healed]
    verify_whole(here.seen, load.dropped, corpus.distinct([*load.dropped.values()]))
    for service in here.services:
        # Its documents may be done before it looks at the server again, each second.
        until(partial(_is_served, service), f"{service.command} says that the server is back", SAID)
        _verify_words(service)
    until(lambda: not here.waiting(), "messages of cut-off workers came back, and did no harm")
    verify_whole(here.seen, load.dropped, corpus.distinct([*load.dropped.values()]))


def _cut(here: Site, load: Load, how: Cut, seconds: float, name: str) -> None:
    load.bring(BURST)
    with here.network.cut(how, name):
        time.sleep(seconds)
    healed = time.time()
    for host in here.hosts_of(name):
        at: float = until(partial(here.work[host].next_outcome, healed), f"{host} goes on after {how.name} of {name}")
        RECOVERED.setdefault(f"{how.name} of {name} for {seconds:g} s, to the next of {host}", []).append(at - healed)
    if seconds == LONGEST:
        for service in here.services:
            if service.root.parent.name in here.hosts_of(name):
                said = [event["event"] for event in service.troubles() if moment(event) < healed]
                assert said[-1] == "server.unavailable"


def _is_served(service: Service) -> bool:
    return [event["event"] for event in service.troubles()][-1:] != ["server.unavailable"]


def _verify_words(service: Service) -> None:
    """Each outage is said once, and its end once; so is what it did to the batches of a process."""
    troubles = [event["event"] for event in service.troubles()]
    assert troubles == ["server.unavailable", "server.available"] * (len(troubles) // 2)
    abandoned: dict[int, str | None] = {}
    for event in service.events():
        if event["event"] == "batch.abandoned" and event["files"]:
            assert abandoned.get(event["pid"]) != event["reason"], "said once"
            abandoned[event["pid"]] = event["reason"]
        elif event["event"].startswith("document."):
            abandoned[event["pid"]] = None


@contextmanager
def _in_far_hands(here: Site) -> Iterator[None]:
    """Have the other host's worker take a document that takes long; the watcher's own stands still meanwhile."""
    # From here on the server knows the publish script: one request is enough.
    here.seen.move_in(b"Anna: the first.\nBen: Indeed.\n", "first.txt")
    here.seen.await_empty_drop()
    with stopped(list(family(here.work["watcher"].pid_of("work")))):
        here.seen.move_in(b"".join(b"Anna: sentence %d of a long day.\n" % line for line in range(20_000)), "long.txt")
        yield


def _require_moved_once(here: Site, by: str) -> None:
    here.seen.await_empty_drop()
    until(lambda: not here.waiting(), "every message was worked off")
    first, archived = here.seen.files("archive")
    assert (first.name, archived.name) == ("first.txt", "long.txt")
    assert not here.seen.files("duplicates") + here.seen.files("quarantine")
    assert len(here.seen.records()) == 2
    _, line = here.seen.journal().values()
    assert (line["outcome"], here.seen.root / line["to"]) == ("published", archived)
    assert [
        name for name, work in here.work.items() if any(said["path"] == "long.txt" for said in work.outcomes())
    ] == [by]


def test_a_document_whose_publication_was_not_answered_is_moved_by_another_host(site: Open) -> None:
    here = site(**SOON)
    with _in_far_hands(here), here.seen.ledger().client as client:
        child = until(lambda: catch(here.work["worker"], here.seen.drop / "long.txt"), "a worker has read it")
        client.client_pause(60_000, all=False)
        os.kill(child, signal.SIGCONT)
        until(lambda: here.waits_for(client, "evalsha", by="worker"), "the server has what to publish, and waits")
        with here.network.cut(Cut.SILENT, "worker"):
            client.client_unpause()
            until(lambda: len(here.seen.records()) == 2, "it is published, and its worker does not know")
            until(lambda: here.work["worker"].events("batch.abandoned"), "the worker gives up")
            assert here.seen.files("drop")
    _require_moved_once(here, by="watcher")
    assert here.work["watcher"].outcomes()[-1]["redelivered"]


def test_a_document_in_the_hands_of_two_hosts_is_moved_by_one(site: Open) -> None:
    here = site(**SOON)
    with _in_far_hands(here):
        child = until(lambda: catch(here.work["worker"], here.seen.drop / "long.txt"), "a worker has read it")
    with stopped([child]), here.network.cut(Cut.SILENT, "worker"):
        # Its hold runs out, and the watcher gives the document to the other one.
        here.seen.await_empty_drop()
    until(lambda: here.work["worker"].events("document.gone"), "it finds that another one was quicker")
    _require_moved_once(here, by="watcher")
