"""Several hosts on one root: one is cut off and healed under load, again and again."""

from __future__ import annotations

import secrets
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import redis

from tests.acceptance.harness import Turnstream, family, is_alive, until
from tests.acceptance.hosts import Host, hosts
from tests.bench import corpus
from turnstream.journal import parsed
from turnstream.server import find_binary

COUNT = 6000
#: Seconds that a host is cut off, in turn: short, beyond the patience with a server, beyond all signs of life.
CUTS = ((1, 2), (2, 2), (1, 7), (2, 7), (0, 3), (1, 20), (2, 1))
pytestmark = pytest.mark.full


@pytest.fixture
def wired() -> Iterator[list[Host]]:
    with hosts(3) as made:
        yield made


class _Site:
    """A server on the first host, watcher and worker on the second, a worker on the third; one root."""

    def __init__(self, base: Path, wired: list[Host]) -> None:
        self.root = base / "root"
        self.hosts = wired
        self.password = secrets.token_hex(8)
        server = wired[0]
        command = [find_binary(""), "--bind", server.address, "--dir", str(base), "--requirepass", self.password]
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"]
        self.socket = base / "server.sock"
        self.server = subprocess.Popen(
            [*server.within(), *command, *durable, "--unixsocket", str(self.socket)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        until(self.socket.exists, "the server starts")
        environment = {
            "TURNSTREAM_SERVER__URL": f"redis://:{self.password}@{server.address}:6379/0",
            "TURNSTREAM_WORK__PROCESSES": "1",
            "TURNSTREAM_WATCH__RESEND_SECONDS": "5",
            "TURNSTREAM_WORK__HOLD_SECONDS": "6",
        }
        here, there = wired[1].within(), wired[2].within((self.root, base / "mounted elsewhere"))
        self.watch = Turnstream(self.root, ("watch",), environment, within=here)
        self.works = [
            Turnstream(self.root, ("work",), environment, within=here),
            # Each writes to a log of its own; the name of the root tells which.
            Turnstream(base / "mounted elsewhere", ("work",), environment, within=there),
        ]

    def start(self) -> None:
        self.watch.start(ready="watch.started")
        for work in self.works:
            work.start(ready="worker.started")

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), password=self.password)

    def outcomes_of(self, host: Host) -> int:
        return sum(file.read_bytes().count(b"\n") for file in (self.root / "journal").glob(f"*.{host.name}.jsonl"))

    def stop(self) -> list[int]:
        members = [pid for run in (self.watch, *self.works) if run.process for pid in family(run.process.pid)]
        for run in (*self.works, self.watch):
            if run.process:
                run.stop()
        left = [pid for pid in members if is_alive(pid)]
        self.server.kill()
        self.server.wait()
        return left


@pytest.mark.timeout(400)
def test_a_host_that_is_cut_off_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path, wired: list[Host], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "root").mkdir()
    site = _Site(tmp_path, wired)
    documents = corpus.documents(COUNT)
    corpus.write(tmp_path / "bulk", documents)
    dropped = {path.name: path.read_bytes() for path in (tmp_path / "bulk").iterdir()}
    took: list[str] = []
    try:
        site.start()
        seconds = sum(duration for _, duration in CUTS) + 4 * len(CUTS)
        dropper = threading.Thread(target=_drop_slowly, args=(tmp_path / "bulk", site.root / "drop", seconds))
        dropper.start()
        for number, duration in CUTS:
            time.sleep(2)
            host = wired[number]
            host.pull()
            time.sleep(duration)
            host.plug_in()
            # Whoever works behind that wire goes on by himself.
            workers = wired[1:] if number == 0 else [host]
            took += [f"{one.name[-1]} after {duration} s: {_seconds_to_the_next(site, one):.1f}" for one in workers]
        dropper.join()
        until(lambda: not _files(site.root / "drop"), "drop/ is empty", 60)
        with site.client() as client:
            entries = client.xrange("turnstream:documents")
    finally:
        for host in wired:
            host.plug_in()
        left = site.stop()
    with capsys.disabled():
        print(f"\nseconds from heal to the next outcome of a host: {', '.join(took)}")
    assert not left
    _verify(site, dropped, corpus.distinct(documents), [orjson.loads(fields[b"data"]) for _, fields in entries])
    for run in (site.watch, *site.works):
        run.events()  # every line is JSON
        assert run.errors.read_bytes() == b""
    said = Counter(event["event"] for event in site.watch.events() if event["event"].startswith("server."))
    assert said["server.unavailable"] <= len(CUTS)
    assert said["server.unavailable"] == said["server.available"]


def _drop_slowly(bulk: Path, drop: Path, seconds: float) -> None:
    files = sorted(bulk.iterdir())
    began = time.monotonic()
    for number, file in enumerate(files):
        time.sleep(max(began + seconds * number / len(files) - time.monotonic(), 0))
        file.rename(drop / file.name)


def _seconds_to_the_next(site: _Site, host: Host) -> float:
    before, began = site.outcomes_of(host), time.monotonic()
    until(lambda: site.outcomes_of(host) > before, f"{host.name} goes on", 45)
    return time.monotonic() - began


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]


def _verify(site: _Site, dropped: dict[str, bytes], distinct: int, events: list[dict[str, object]]) -> None:
    archived = _files(site.root / "archive")
    duplicates = [path for path in _files(site.root / "duplicates") if not path.name.endswith(".duplicate.json")]
    assert not _files(site.root / "quarantine")
    assert len(archived) == distinct
    assert {path.name: path.read_bytes() for path in (*archived, *duplicates)} == dropped
    assert len(archived) + len(duplicates) == len(dropped)
    assert len(events) == distinct == len({event["subject"] for event in events})
    lines = [
        line
        for file in (site.root / "journal").iterdir()
        for raw in file.read_bytes().splitlines()
        if (line := parsed(raw))
    ]
    last = {line["arrival_id"]: line for line in sorted(lines, key=lambda line: str(line["at"]))}
    assert {line["to"] for line in last.values()} == {
        str(path.relative_to(site.root)) for path in (*archived, *duplicates)
    }
    for host in site.hosts[1:]:
        assert site.outcomes_of(host) > len(dropped) / 20, "both hosts take part"
