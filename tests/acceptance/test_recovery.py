"""How long a fault holds up what it hits, with the default settings: from the fault to the last document of it."""

from __future__ import annotations

import functools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import Outside, Start
from tests.acceptance.harness import RECOVERED, Turnstream, family, stopped, until, verify_whole
from tests.bench import corpus

DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")
#: Files that a fault hits: some ten messages, a second's work.
COUNT = 1500


_documents = functools.cache(corpus.documents)


class Load:
    """Documents that come in bulks; each bulk is under way when something happens to it."""

    def __init__(self, run: Turnstream, folder: Path, bulks: int) -> None:
        self.run = run
        self.documents = _documents(COUNT * bulks)
        self.folder = folder
        self.dropped: dict[str, bytes] = {}
        self.bulks = 0

    def begin(self) -> None:
        """Move the next bulk in, and wait until some of it is done."""
        bulk = self.folder / f"bulk {self.bulks}"
        bulk.mkdir(parents=True)
        before = len(self.dropped)
        for number, data in enumerate(self.documents[before : before + COUNT], before):
            (bulk / f"{number}.txt").write_bytes(data)
            self.dropped[f"{number}.txt"] = data
        bulk.rename(self.run.drop / bulk.name)
        self.bulks += 1
        until(lambda: 0 < len(self.run.files("drop")) < COUNT - 100, "some are done, not all")

    def verify(self) -> None:
        """Nothing is lost, nothing is twice."""
        verify_whole(self.run, self.dropped, corpus.distinct(self.documents[: COUNT * self.bulks]))


def recovery(name: str, run: Turnstream, since: float) -> float:
    """Wait until all is done; return how many seconds that is since a moment, and keep it for the summary."""
    run.await_empty_drop()
    seconds = time.monotonic() - since
    RECOVERED.setdefault(name, []).append(seconds)
    return seconds


def kill_child(run: Turnstream) -> None:
    main = run.pid_of("work")
    os.kill(next(pid for pid in family(main) if pid != main), signal.SIGKILL)


def kill_main_of_held(run: Turnstream) -> None:
    """Kill it when it has just shown what its processes work on."""
    main, ledger = run.pid_of("work"), run.ledger()
    with stopped([pid for pid in family(main) if pid != main]):
        until(lambda: list(ledger.client.scan_iter(ledger.key("hold:*"))), "the worker shows what it has")
        os.kill(main, signal.SIGKILL)


#: What is done, to how many roots at once, how often, and the most seconds that it may hold up what it hits.
KILLS: dict[str, tuple[Callable[[Turnstream], None], int, int, float]] = {
    "child": (kill_child, 1, 3, 5),
    "watcher": (lambda run: run.kill("watch"), 1, 3, 5),
    "Celery main": (lambda run: run.kill("work"), 3, 1, 15),
    "Celery main that held a batch": (kill_main_of_held, 1, 1, 15),
    "server": (lambda run: run.kill("server"), 1, 3, 5),
}


@pytest.mark.parametrize("what", KILLS)
def test_what_a_kill_hits_is_done_soon(start: Start, tmp_path: Path, what: str) -> None:
    kill, roots, times, bound = KILLS[what]
    loads = [Load(start(f"root{number}"), tmp_path / str(number), times) for number in range(roots)]
    for _ in range(times):
        began = []
        for load in loads:
            load.begin()
            began.append(time.monotonic())
            kill(load.run)
        for load, moment in zip(loads, began, strict=True):
            assert recovery(f"{what} killed", load.run, moment) <= bound
    for load in loads:
        load.verify()


def test_what_an_outage_of_the_server_hits_is_done_soon_after_it_is_back(
    start: Start, outside: Outside, tmp_path: Path
) -> None:
    outages = {}
    for seconds in (1, 8, 20):
        server = outside(*DURABLE, "--appenddirname", f"aof{seconds}")
        run = start(f"root{seconds}", TURNSTREAM_SERVER__URL=server.url)
        outages[seconds] = server, Load(run, tmp_path / str(seconds), 1)
    for server, load in outages.values():
        load.begin()
        server.kill()
    began = time.monotonic()
    for seconds, (server, load) in outages.items():
        time.sleep(began + seconds - time.monotonic())
        server.start()
        assert recovery(f"server away for {seconds} s", load.run, time.monotonic()) <= 5
        load.verify()


def test_a_file_whose_event_was_lost_is_found_within_two_sweeps(start: Start) -> None:
    run = start(TURNSTREAM_WATCH__NATIVE_EVENTS="false")  # every event is lost
    for number in range(5):
        began = time.monotonic()
        run.move_in(f"Anna: number {number}\nBen: unheard\n".encode(), f"{number}.txt")
        assert recovery("event lost", run, began) <= 2


def test_tasks_that_end_in_an_outage_do_not_end_the_worker(start: Start, outside: Outside, tmp_path: Path) -> None:
    # Celery's consumer can hang for ever if every task ends, and fails to be acknowledged, while the server is away.
    server = outside(*DURABLE)
    run = start(TURNSTREAM_SERVER__URL=server.url, TURNSTREAM_WORK__PROCESSES="2")
    load = Load(run, tmp_path, 2)
    ledger = run.ledger()
    for is_shown in (False, True):
        load.begin()
        children = [pid for pid in family(run.pid_of("work")) if pid != run.pid_of("work")]
        assert len(children) == 2
        with stopped(children):
            time.sleep(1)  # both have work, and more is sent
            if is_shown:
                until(lambda: list(ledger.client.scan_iter(ledger.key("hold:*"))), "the worker shows what it has")
            server.kill()
            time.sleep(2)
        time.sleep(2)  # their tasks end now
        server.start()
        assert recovery("tasks ended in an outage", run, time.monotonic()) <= 5
    load.verify()
    assert not run.events("process.exited")


@pytest.mark.timeout(240)
def test_twelve_stops_under_load_are_quick_and_lose_and_double_nothing(start: Start, tmp_path: Path) -> None:
    # Four side by side: a stop is mostly waiting.
    loads = [Load(start(f"root{number}"), tmp_path / str(number), 3) for number in range(4)]
    for _ in range(3):
        began = []
        for load in loads:
            load.begin()
            began.append(time.monotonic())
            load.run.signal(signal.SIGTERM)
        for load, moment in zip(loads, began, strict=True):
            assert load.run.process
            assert load.run.process.wait(30) == 0
            seconds = time.monotonic() - moment
            RECOVERED.setdefault("stopped under load", []).append(seconds)
            assert seconds < 15
        for load in loads:
            load.run.start()
        for load in loads:
            load.run.await_empty_drop()
    for load in loads:
        assert not load.run.events("process.killed")
        assert not load.run.events("process.exited")
        load.verify()
