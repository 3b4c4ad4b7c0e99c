"""Nothing lost and nothing published twice when processes die, and a stop that is one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Outside, Start
from tests.acceptance.harness import Turnstream, family, is_alive, until, verify_whole
from tests.bench import corpus

COUNT = 20_000


def _await_progress(run: Turnstream, files: int) -> None:
    before = len(run.files("archive"))
    until(lambda: len(run.files("archive")) > before + files, f"{files} more files in archive/")


def _folder_of(count: int, folder: Path) -> tuple[dict[str, bytes], int]:
    documents = corpus.documents(count)
    corpus.write(folder, documents)
    return {path.name: path.read_bytes() for path in folder.iterdir()}, corpus.distinct(documents)


@pytest.mark.timeout(240)
def test_twenty_thousand_files_moved_in_as_a_folder_end_in_one_place_each(run: Turnstream, tmp_path: Path) -> None:
    dropped, distinct = _folder_of(COUNT, tmp_path / "bulk")
    (tmp_path / "bulk").rename(run.drop / "bulk")
    run.await_empty_drop(200)
    verify_whole(run, dropped, distinct)


@pytest.mark.timeout(300)
def test_worker_watcher_and_server_killed_midway_lose_and_double_nothing(run: Turnstream, tmp_path: Path) -> None:
    dropped, distinct = _folder_of(COUNT, tmp_path / "bulk")
    (tmp_path / "bulk").rename(run.drop / "bulk")
    for number, process in enumerate(("work", "watch", "server"), start=1):
        _await_progress(run, 500)
        assert run.files("drop"), "killed in the middle, not after the end"
        run.kill(process)
        run.await_event("process.exited", number)
    run.await_empty_drop(200)
    verify_whole(run, dropped, distinct)
    # A worker that was in the middle of its own start when the server died is started again, too.
    assert [event["process"] for event in run.events("process.exited")][:3] == ["work", "watch", "server"]
    assert all(event["exit_code"] for event in run.events("process.exited"))


def test_a_killed_pool_process_costs_no_file(run: Turnstream, tmp_path: Path) -> None:
    dropped, distinct = _folder_of(3000, tmp_path / "bulk")
    (tmp_path / "bulk").rename(run.drop / "bulk")
    for _ in range(3):
        _await_progress(run, 100)
        child = next(pid for pid in family(run.pid_of("work")) if pid != run.pid_of("work"))
        os.kill(child, signal.SIGKILL)
    run.await_empty_drop()
    verify_whole(run, dropped, distinct)


def test_what_was_dropped_while_everything_was_killed_is_published_after_the_next_start(run: Turnstream) -> None:
    assert run.process
    members = list(family(run.process.pid))
    run.signal(signal.SIGKILL)
    run.process.wait()
    until(lambda: not any(map(is_alive, members)), "all end with the process that started them")
    (run.drop / "a.txt").write_text("Anna: one\nBen: two\n")
    run.start()
    run.await_empty_drop()
    assert len(run.records()) == 1


@pytest.mark.timeout(200)
def test_an_outage_of_the_server_is_said_once_and_costs_no_file(start: Start, outside: Outside, tmp_path: Path) -> None:
    options = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
    server = outside(*options)
    run = start(TURNSTREAM_SERVER__URL=server.url)
    run.move_in(b"Anna: before\nBen: the outage\n", "before.txt")
    run.await_empty_drop()
    server.kill()
    began = time.monotonic()
    for number in range(10):
        run.move_in(f"Anna: number {number}\nBen: in the outage\n".encode(), f"{number}.txt")
        time.sleep(3)
    assert time.monotonic() - began >= 30
    said = [event for event in run.events("server.unavailable") if event["role"] == "watch"]
    assert len(said) == 1
    assert len(run.files("drop")) == 10
    server.start()
    run.await_empty_drop()
    assert len(run.files("archive")) == 11
    assert len([event for event in run.events("server.available") if event["role"] == "watch"]) == 1


def test_a_stop_under_load_is_orderly_and_the_next_start_goes_on(run: Turnstream, tmp_path: Path) -> None:
    dropped, distinct = _folder_of(5000, tmp_path / "bulk")
    (tmp_path / "bulk").rename(run.drop / "bulk")
    until(lambda: len(run.files("archive")) > 200, "it is under load")
    began = time.monotonic()
    assert run.stop() == 0
    assert time.monotonic() - began < 15
    assert run.files("drop"), "stopped in the middle"
    assert not run.events("process.killed")
    run.start()
    run.await_empty_drop()
    verify_whole(run, dropped, distinct)


_NEVER_STOPS = """
import os, time
os.environ["REMAP_SIGTERM"] = "SIGQUIT"
from celery.concurrency.prefork import TaskPool
TaskPool.on_stop = lambda _: time.sleep(600)
"""


def _plugged(tmp_path: Path, code: str) -> str:
    """Return the PYTHONPATH with which every Python runs the code when it starts."""
    plug = tmp_path / "plug"
    plug.mkdir()
    (plug / "sitecustomize.py").write_text(code)
    return str(plug)


def test_a_worker_whose_pool_never_stops_is_ended_all_the_same(run: Turnstream, start: Start, tmp_path: Path) -> None:
    """Celery hangs so when a signal comes while it writes to its pool, and whoever would kill it may be gone."""
    worker = start(
        run.root.name,
        "work",
        ready="worker.started",
        PYTHONPATH=_plugged(tmp_path, _NEVER_STOPS),
        TURNSTREAM_WORK__SOFT_SHUTDOWN_SECONDS="0",
    )
    assert worker.process
    worker.signal(signal.SIGTERM)
    assert worker.process.wait(30) == -signal.SIGALRM


_MISSES_A_PONG = """
from kombu.transport.redis import MultiChannelPoller
check, looks = MultiChannelPoller.maybe_check_subclient_health, []

def missed(self):
    looks.append(self)
    for client in [channel.__dict__.get("subclient") for channel in self._channels]:
        if client is not None and len(looks) == 2:
            client.health_check_response_counter = 2
    check(self)

MultiChannelPoller.maybe_check_subclient_health = missed
"""


def test_a_worker_that_drops_a_connection_which_a_pool_process_inherited_goes_on(start: Start, tmp_path: Path) -> None:
    """That process keeps the socket alive, and with it the news of it, under a number that the next socket gets."""
    alone = {"TURNSTREAM_WORK__PROCESSES": "1", "TURNSTREAM_WORK__MAX_TASKS_PER_CHILD": "1"}
    run = start(PYTHONPATH=_plugged(tmp_path, _MISSES_A_PONG), **alone)
    run.move_in(b"Anna: the first.\nBen: Indeed.\n", "first.txt")
    run.await_empty_drop()
    dropped = run.await_event("library.logged")
    assert "dropping stale connection" in dropped["message"]
    run.move_in(b"Anna: the second.\nBen: Indeed.\n", "second.txt")
    run.await_empty_drop()
    assert len(run.records()) == 2
    assert run.stop() == 0
    assert not run.events("process.killed")


_WAITS_FOR_EVER = """
import time
from pathlib import Path
from kombu.transport.redis import MultiChannelPoller
check, marker = MultiChannelPoller.maybe_check_subclient_health, Path({marker!r})

def wait(self):
    if not marker.exists():
        marker.touch()
        time.sleep(600)
    check(self)

MultiChannelPoller.maybe_check_subclient_health = wait
"""


def test_a_worker_that_takes_nothing_any_more_is_started_anew(start: Start, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    plug = _plugged(tmp_path, _WAITS_FOR_EVER.format(marker=str(marker)))
    run = start(PYTHONPATH=plug, TURNSTREAM_WORK__HOLD_SECONDS="3")
    until(marker.exists, "the worker waits")
    run.move_in(b"Anna: the first.\nBen: Indeed.\n", "first.txt")
    run.await_empty_drop()
    run.await_event("worker.deaf")
    assert run.await_event("process.exited")["exit_code"] == os.EX_SOFTWARE
    assert len(run.records()) == 1


_STOPS_SLOWLY = """
import os, time
os.environ["REMAP_SIGTERM"] = "SIGQUIT"
from celery.worker import WorkController
WorkController.wait_for_soft_shutdown = lambda _: time.sleep(45)
"""


def test_a_worker_that_gives_its_batches_time_at_a_stop_is_not_deaf(
    run: Turnstream, start: Start, tmp_path: Path
) -> None:
    worker = start(
        run.root.name,
        "work",
        ready="worker.started",
        PYTHONPATH=_plugged(tmp_path, _STOPS_SLOWLY),
        TURNSTREAM_WORK__SOFT_SHUTDOWN_SECONDS="50",
        TURNSTREAM_WORK__HOLD_SECONDS="3",
    )
    assert worker.process
    worker.signal(signal.SIGTERM)
    assert worker.process.wait(60) == 0
    assert not worker.events("worker.deaf")


def test_a_second_interrupt_ends_everything_at_once(run: Turnstream) -> None:
    assert run.process
    members = list(family(run.process.pid))
    run.signal(signal.SIGINT)
    run.signal(signal.SIGINT)
    assert run.process.wait(10) == 130
    until(lambda: not any(map(is_alive, members)), "nothing is left")


def test_a_weak_server_is_refused_with_a_sentence(start: Start, outside: Outside) -> None:
    weak = outside("--appendonly", "yes", "--appendfsync", "everysec")
    refused = start(ready=None, TURNSTREAM_SERVER__URL=weak.url)
    assert refused.process
    assert refused.process.wait(30) == 78
    assert b"appendfsync" in refused.errors.read_bytes()
    refused.errors.write_bytes(b"")


def test_a_service_without_a_server_ends_with_69_and_says_what_to_do(start: Start) -> None:
    alone = start("alone", "work", ready=None)
    assert alone.process
    assert alone.process.wait(30) == 69
    assert b"turnstream run" in alone.errors.read_bytes()
    alone.errors.write_bytes(b"")
