"""The server and Celery's queue on it fail in every way that was measured: workers live on, and no file is lost."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Outside, Start
from tests.acceptance.harness import OutsideServer, Turnstream, family, is_alive, stopped, until
from tests.acceptance.station import catch

#: Messages come again sooner than by default, so that no test waits for it.
SOON = {
    "TURNSTREAM_WATCH__RESEND_SECONDS": "2",
    "TURNSTREAM_WATCH__RETRY_MAX_SECONDS": "2",
    "TURNSTREAM_WORK__HOLD_SECONDS": "3",
    "TURNSTREAM_WORK__PROCESSES": "2",
}
#: Files in a test.
COUNT = 20


def text(number: int | str) -> bytes:
    return f"Anna: number {number}, if you please.\nBen: {number} it is.\n".encode()


def drop(run: Turnstream, begin: int = 0) -> None:
    for number in range(begin, begin + COUNT):
        run.move_in(text(number), f"{number}.txt")


def workers(run: Turnstream) -> list[int]:
    return list(family(run.pid_of("work")))


def require_whole(run: Turnstream, count: int) -> None:
    """Require that so many files were published, each once, and nothing else became of any."""
    run.await_empty_drop()
    assert len(run.records()) == len(run.files("archive")) == count
    assert not run.files("quarantine") + run.files("duplicates")
    assert {line["outcome"] for line in run.journal().values()} == {"published"}


@contextmanager
def in_the_queue(run: Turnstream) -> Iterator[Any]:
    """Drop files that wait in the queue, no worker moving, and give a client of the server meanwhile."""
    ledger = run.ledger()
    with ledger.client as client, stopped(workers(run)):
        drop(run)
        until(lambda: client.llen(ledger.key("q:ingest")), "messages wait")
        yield client


def await_fault(run: Turnstream) -> None:
    """Wait until the watcher and Celery's side of the worker have both met the fault."""
    lost = "Connection to broker lost"
    until(lambda: any(lost in event["message"] for event in run.events("library.logged")), "the worker met it")
    until(lambda: "watch" in {event["role"] for event in run.events("server.unavailable")}, "so did the watcher")


def limit(pid: int, size: int) -> tuple[int, int]:
    """Let no file of a process grow beyond a size; return the limits that it had."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
    return before


def append_only_size(folder: Path) -> int:
    return next((folder / "appendonlydir").glob("*.incr.aof")).stat().st_size


@contextmanager
def full_memory(server: OutsideServer, client: Any) -> Iterator[None]:
    client.config_set("maxmemory", 1)
    yield
    client.config_set("maxmemory", 0)


@contextmanager
def read_only(server: OutsideServer, client: Any) -> Iterator[None]:
    # As a primary that was made a replica; of nobody, so that it keeps its data.
    client.replicaof("127.0.0.1", 1)
    yield
    client.replicaof("NO", "ONE")


@contextmanager
def full_disk(server: OutsideServer, client: Any) -> Iterator[None]:
    assert server.process
    before = limit(server.process.pid, append_only_size(server.folder))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


Fault = Callable[[OutsideServer, Any], AbstractContextManager[None]]


@pytest.mark.parametrize(
    ("fault", "fsync"),
    # With "always" a server does not outlive a full disk: see below.
    [(full_memory, "always"), (read_only, "always"), (full_disk, "everysec")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_server_that_refuses_writes_ends_no_worker_and_costs_no_file(
    start: Start, outside: Outside, fault: Fault, fsync: str
) -> None:
    server = outside("--appendonly", "yes", "--appendfsync", fsync, "--maxmemory-policy", "noeviction")
    allow = str(fsync != "always").lower()
    run = start(TURNSTREAM_SERVER__URL=server.url, TURNSTREAM_SERVER__ALLOW_WEAK_DURABILITY=allow, **SOON)
    before = workers(run)
    with run.ledger().client as client:
        with in_the_queue(run):
            refusing = fault(server, client)
            refusing.__enter__()
        await_fault(run)
        assert not run.records()
        assert len(run.files("drop")) == COUNT
        refusing.__exit__(None, None, None)
    require_whole(run, COUNT)
    assert workers(run) == before
    assert not run.events("process.exited")


def test_a_disk_without_room_ends_the_server_and_costs_no_file(start: Start) -> None:
    run = start(**SOON)
    server = run.pid_of("server")
    with in_the_queue(run):
        limit(server, append_only_size(run.root / "state" / "server"))
    # Ended, and started again where there is room.
    until(lambda: run.pid_of("server") != server, "it is started again")
    require_whole(run, COUNT)
    assert [event["process"] for event in run.events("process.exited")] == ["server"]


@pytest.mark.full
def test_the_same_on_a_disk_that_is_really_full_for_a_while(start: Start, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
    try:
        run = start(TURNSTREAM_SERVER__DATA_DIR=str(disk / "server"), **SOON)
        with in_the_queue(run), (disk / "filler").open("wb", buffering=0) as filler:
            fill(filler.fileno())
        until(lambda: len(run.events("process.exited")) > 0, "the server has ended")
        drop(run, COUNT)
        time.sleep(3)
        assert run.files("drop")
        (disk / "filler").unlink()
        require_whole(run, 2 * COUNT)
        assert run.stop() == 0
        assert {event["process"] for event in run.events("process.exited")} == {"server"}
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(descriptor: int) -> None:
    """Write until nothing more goes in."""
    for size in (1 << 16, 1):
        try:
            while True:
                os.write(descriptor, bytes(size))
        except OSError:
            continue


@pytest.mark.parametrize(
    ("timeout", "seconds"), [(1.5, 5), pytest.param(5.0, 14, marks=pytest.mark.full)], ids=["5 s", "14 s"]
)
def test_a_server_that_hangs_ends_no_worker_and_costs_no_file(start: Start, timeout: float, seconds: float) -> None:
    run = start(TURNSTREAM_SERVER__RESPONSE_TIMEOUT_SECONDS=str(timeout), **SOON)
    before = workers(run)
    drop(run)
    with stopped([run.pid_of("server")]):
        drop(run, COUNT)
        time.sleep(seconds)
        assert run.files("drop")
    require_whole(run, 2 * COUNT)
    assert workers(run) == before
    assert len([event for event in run.events("server.unavailable") if event["role"] == "watch"]) == 1
    assert not run.events("process.exited")


def test_queues_without_their_bindings_cost_no_file(start: Start) -> None:
    run = start(**SOON)
    with in_the_queue(run) as client:
        bindings = list(client.scan_iter("*_kombu.binding*"))
        assert bindings
        client.delete(*bindings)
    # What the worker had taken is nobody's now: its queue is not known by any name.
    run.kill("work")
    require_whole(run, COUNT)
    drop(run, COUNT)
    require_whole(run, 2 * COUNT)


def test_pool_processes_end_with_their_worker(run: Turnstream) -> None:
    main, *children = workers(run)
    assert children
    os.kill(main, signal.SIGKILL)
    until(lambda: not any(map(is_alive, children)), "they have ended", 5)


def test_a_message_that_is_delivered_again_while_it_is_worked_on_publishes_nothing_twice(start: Start) -> None:
    limits = {"VISIBILITY_TIMEOUT": "4", "TIME_LIMIT": "2", "SOFT_TIME_LIMIT": "1", "DOCUMENT_TIME_LIMIT": "1"}
    environment = SOON | {f"TURNSTREAM_WORK__{name}_SECONDS": value for name, value in limits.items()}
    # The watcher does not send it again meanwhile: the queue does.
    environment |= {"TURNSTREAM_WATCH__RESEND_SECONDS": "600", "TURNSTREAM_LOG__LEVEL": "debug"}
    run = start(**environment)
    main = run.pid_of("work")
    run.move_in(b"".join(b"Anna: sentence %d of a long day.\n" % line for line in range(10_000)), "long.txt")
    child = until(lambda: catch(run, run.drop / "long.txt"), "a worker has read it")
    with stopped([main]):
        second = start("root", "work", ready="worker.started", **environment)
        second.await_event("document.published")
        assert len(run.records()) == len(run.files("archive")) == 1
        os.kill(child, signal.SIGCONT)
        run.await_event("document.gone")
    require_whole(run, 1)


def test_processes_that_are_replaced_after_some_batches_cost_no_file(start: Start) -> None:
    run = start(TURNSTREAM_WORK__MAX_TASKS_PER_CHILD="3", TURNSTREAM_BATCH__MAX_FILES="1", **SOON)
    before = workers(run)
    drop(run)
    require_whole(run, COUNT)
    until(lambda: not set(before[1:]) & set(workers(run)), "all are others")
    assert workers(run)[0] == before[0]
    assert not run.events("document.suspected")
