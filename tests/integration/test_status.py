"""`status`: every number, told from folders and server of a root with some of everything."""

from __future__ import annotations

import errno
import io
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from rich.console import Console

from turnstream.alive import Holder, beat, farewell
from turnstream.app import Sender, create
from turnstream.models import Batch, FileRef
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings
from turnstream.status.command import status as status_command
from turnstream.status.facts import Backlog as BacklogFacts
from turnstream.status.facts import Problem, Rates, Server, Status
from turnstream.status.gather import gather
from turnstream.status.rates import rates
from turnstream.status.screen import screen
from turnstream.tasks import Workshop, run
from turnstream.watch.backlog import Backlog
from turnstream.watch.contact import Contact
from turnstream.watch.queue import Queue
from turnstream.watch.watcher import Watcher

Drop = Callable[..., FileRef]
PICTURE = b"\x89PNG\r\n\x1a\nno transcript"


@pytest.fixture
def settings(root: Root, root_settings: Settings, server: EmbeddedServer) -> Settings:
    return root_settings.model_copy(
        update={
            "server": root_settings.server.model_copy(update={"url": SecretStr(server.url)}),
            "watch": root_settings.watch.model_copy(update={"native_events": False, "sweep_seconds": 0.02}),
        }
    )


@pytest.fixture
def work_off(root: Root, settings: Settings, server: EmbeddedServer) -> Callable[..., None]:
    workshop = Workshop(settings, server.url)

    def worked_off(*files: FileRef) -> None:
        batch = Batch(id="batch", root_id=root.state().root_id, files=files)
        run(batch.model_dump(mode="json"), workshop)

    return worked_off


def words(status: Status, width: int = 100, height: int | None = None) -> str:
    """The screen as text."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(screen(status, width, height))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def speech(number: int) -> str:
    return f"Anna Abel: Good morning, number {number}.\n"


@contextmanager
def turning(root: Root, ledger: Ledger, settings: Settings, enqueue: Any = lambda _: None) -> Iterator[Watcher]:
    """A watcher that turns meanwhile."""
    queue = Queue(root.drop, Backlog(), enqueue, settings, root.state().root_id)
    watcher = Watcher(root, Contact(root, ledger, settings), queue, settings)
    watcher.turn()
    done = threading.Event()

    def turn() -> None:
        while not done.wait(0.005):
            watcher.turn()

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield watcher
    finally:
        done.set()
        thread.join()


def test_a_new_root_has_nothing(root: Root, settings: Settings) -> None:
    status = gather(settings)
    assert status.root == str(root.path)
    assert status.in_drop == status.queued_batches == status.running_batches == status.stream_entries == 0
    assert status.counters == status.deferred == status.quarantine == {}
    assert (status.backlog, status.rates, status.oldest_s) == (None, None, None)
    assert status.processes == status.groups == []
    assert "nobody works: no watcher and no worker is alive" in [problem.what for problem in status.problems]
    assert "turnstream run" in words(status)


def test_outcomes_are_counted(settings: Settings, drop: Drop, work_off: Callable[..., None]) -> None:
    work_off(*(drop(f"{number}.txt", speech(number % 4)) for number in range(6)))
    work_off(drop("a.png", PICTURE), drop("sub/b.png", PICTURE), drop("c.txt", b""))
    status = gather(settings)
    assert status.counters == {"published": 4, "duplicate": 2, "rejected": 3}
    assert status.quarantine == {"unsupported_format": 2, "empty": 1}
    assert status.stream_entries == 4
    assert status.in_drop == 0
    shown = words(status)
    assert "4 published, 3 rejected, 2 duplicate" in shown
    assert "2 unsupported_format, 1 empty" in shown
    assert "4 entries" in shown


def test_what_stays_in_drop_is_counted_with_its_reasons(
    root: Root, settings: Settings, drop: Drop, work_off: Callable[..., None]
) -> None:
    files = [drop("sub/a.txt", speech(1)), drop("b.txt", speech(2)), drop("c.txt", speech(3))]
    with (root.drop / "sub/a.txt").open("ab"), (root.drop / "b.txt").open("ab"):
        work_off(*files)
    status = gather(settings)
    assert status.in_drop == 2
    assert status.deferred == {"still_open": 2}
    assert status.oldest_s is not None
    assert 0 <= status.oldest_s < 60
    assert "2 still_open" in words(status)


def test_why_files_wait_is_told_by_the_watcher_and_at_once(
    root: Root, settings: Settings, ledger: Ledger, drop: Drop
) -> None:
    drop("a.txt", speech(1))
    with turning(root, ledger, settings):
        deadline = time.monotonic() + 10
        while (found := gather(settings).backlog) is None or found.sent != 1:
            assert time.monotonic() < deadline
        drop("empty.txt", "")
        with (root.drop / "b.txt").open("ab") as open_file:
            open_file.write(b"Ben")
            open_file.flush()
            while (found := gather(settings).backlog) is None or found.waiting != 2:
                assert time.monotonic() < deadline
        assert found == BacklogFacts(3, 2, 0, 1, {"being_written": 1, "settling": 1})


def test_what_a_dead_watcher_said_last_does_not_count(
    root: Root, settings: Settings, ledger: Ledger, drop: Drop
) -> None:
    drop("a.txt", speech(1))
    with turning(root, ledger, settings):
        assert gather(settings).backlog is not None
    farewell(ledger, "watcher")
    status = gather(settings)
    assert (status.backlog, status.rates, status.events) == (None, None, "unknown")


def test_what_is_never_taken_does_not_count_as_waiting(root: Root, settings: Settings, drop: Drop) -> None:
    for path in ("a.txt", "sub/b.txt", "b.done", ".hidden", "coming.part", ".git/config"):
        drop(path, "a")
    (root.drop / "link").symlink_to("a.txt")
    assert gather(settings).in_drop == 3
    watch = settings.watch.model_copy(update={"done_marker": ".done"})
    assert gather(settings.model_copy(update={"watch": watch})).in_drop == 2


def test_marks_and_members_that_cannot_be_read_do_no_harm(settings: Settings, ledger: Ledger) -> None:
    good = '{"arrival_id":"0123456789abcdef","reason":"still_open","at":"2026-01-01T00:00:00Z"}'
    marks: dict[Any, Any] = {"a.txt": "{nonsense", "b.txt": "{}", "c.txt": '{"reason":["x"]}', "d.txt": good}
    ledger.client.hset(ledger.key("deferred"), mapping=marks)
    members: dict[Any, float] = dict.fromkeys(["worker", "a:b", "a:b:c:d", b"\xff:b:1:1"], 4e9)
    ledger.client.zadd(ledger.key("alive"), members)
    ledger.client.hset(ledger.key("watcher"), mapping={"samples": "{", "reasons": "[]", "warnings": "7"})
    status = gather(settings)
    assert status.deferred == {"unreadable mark": 3, "still_open": 1}
    assert [process.get("pid") for process in status.processes] == [1]


def test_folders_that_may_not_be_read_are_counted(
    root: Root, settings: Settings, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path).name == "upload":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    drop("upload/a.txt", "a")
    assert gather(settings).refused_folders == 0
    monkeypatch.setattr(os, "scandir", scandir)
    status = gather(settings)
    assert (status.in_drop, status.refused_folders) == (0, 1)
    assert "1 folders in drop/ cannot be read" in words(status, 200)


def test_messages_are_told_by_whether_a_worker_has_them_and_who(settings: Settings, ledger: Ledger) -> None:
    ledger.client.rpush(ledger.key("q:ingest"), "one", "two", "three")
    held = {f"tag{n}": orjson.dumps([{"headers": {"id": f"batch{n}"}}, "", "ingest"]) for n in range(2)}
    mapping: dict[Any, Any] = {**held, "strange": "four"}
    ledger.client.hset(ledger.key("q:unacked"), mapping=mapping)
    ledger.client.zadd(ledger.key("q:unacked_index"), {"tag0": time.time() - 600, "tag1": time.time() - 300})
    ledger.client.set(ledger.key("hold:batch1"), Holder("farm7", 4711, time.time() - 300).value())
    status = gather(settings)
    assert (status.queued_batches, status.running_batches) == (3, 3)
    (who,) = status.holders
    assert (who["batch_id"], who["host"], who["pid"]) == ("batch1", "farm7", 4711)
    assert 299 < who["for_s"] < 330
    assert "3 batches queued, 3 with workers (longest 10 min, farm7:4711 for 5 min)" in words(status)


def test_a_message_of_ours_is_counted_as_queued(root: Root, settings: Settings, server: EmbeddedServer) -> None:
    Sender(create(settings, server.url))(Batch(id="0" * 32, root_id=root.state().root_id, files=()))
    assert gather(settings).queued_batches == 1


def test_consumer_groups_are_shown_with_what_they_still_have_to_read(
    settings: Settings, ledger: Ledger, drop: Drop, work_off: Callable[..., None]
) -> None:
    work_off(*(drop(f"{number}.txt", speech(number)) for number in range(3)))
    ledger.client.xgroup_create(ledger.key("documents"), "billing", "0")
    ledger.client.xreadgroup("billing", "one", {ledger.key("documents"): ">"}, count=1)
    status = gather(settings)
    assert status.groups == [{"name": "billing", "consumers": 1, "pending": 1, "lag": 2}]
    assert "billing (1 pending, 2 behind)" in words(status)


def test_who_lives_is_shown(root: Root, settings: Settings, ledger: Ledger) -> None:
    beat(ledger, "worker", 3)
    host, pid = socket.gethostname(), os.getpid()
    with turning(root, ledger, settings):
        status = gather(settings)
    found = {(item["role"], item["host"], item["pid"], item["processes"]) for item in status.processes}
    assert found == {("worker", host, pid, 3), ("watcher", host, pid, 1)}
    assert all(0 <= item["seen_s"] < 60 for item in status.processes)
    assert f"{host}:{pid} (3 processes)" in words(status)
    assert [problem.what for problem in status.problems if "disk" not in problem.what] == []
    farewell(ledger, "worker", 3)
    assert "no worker is alive: batches stay queued" in [problem.what for problem in gather(settings).problems]


def test_the_watchers_warnings_are_problems(root: Root, settings: Settings, ledger: Ledger) -> None:
    beat(ledger, "worker", 1)
    with turning(root, ledger, settings) as watcher:
        watcher.guard.words = lambda: {  # type: ignore[method-assign]
            "events": "none",
            "warnings": orjson.dumps(["files came too fast: raise fs.inotify.max_queued_events"]).decode(),
        }
        status = gather(settings)
    assert status.events == "none"
    assert ("files came too fast", "raise fs.inotify.max_queued_events") in status.problems
    assert "do not come, the sweep works" in words(status)


class TestServer:
    def test_one_that_is_away_is_a_fact_beside_those_of_the_folders(self, settings: Settings, drop: Drop) -> None:
        drop("a.txt", speech(1))
        away = settings.server.model_copy(update={"url": SecretStr("redis://:secret@127.0.0.1:1/0")})
        settings = settings.model_copy(update={"server": away})
        status = gather(settings)
        assert (status.server.state, status.in_drop, status.stream_entries) == ("unavailable", 1, None)
        assert status.counters is status.deferred is None
        assert status.problems[0].what.startswith("the server cannot be asked")
        assert "secret" not in status.to_json()
        assert "not known" in words(status)

    def test_its_exit_code_is_69_then(self, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
        assert status_command(settings, as_json=True, once=True) == 0
        away = settings.server.model_copy(update={"url": SecretStr("redis://127.0.0.1:1/0")})
        assert status_command(settings.model_copy(update={"server": away}), as_json=False, once=False) == 69
        first, *others = capsys.readouterr().out.splitlines()
        assert orjson.loads(first)["server"]["state"] == "ok"
        assert others
        assert all(line == line.rstrip() for line in others)

    def test_one_that_is_not_ours_any_more_is_held(
        self, root: Root, settings: Settings, ledger: Ledger, drop: Drop, work_off: Callable[..., None]
    ) -> None:
        work_off(drop("a.txt", speech(1)))
        ledger.client.set(ledger.key("epoch"), f"{root.state().root_id}:other")
        status = gather(settings)
        assert status.server.ledger == "held"
        assert any(problem.what.startswith("the ledger is held") for problem in status.problems)
        assert ledger.epoch() == f"{root.state().root_id}:other", "looking changes nothing"

    def test_it_is_one_line_of_json_without_a_secret(self, settings: Settings, server: EmbeddedServer) -> None:
        status = gather(settings)
        password, _, place = server.url.removeprefix("redis://:").partition("@")
        line = status.to_json()
        assert "\n" not in line
        assert orjson.loads(line)["server"]["address"] == place.removesuffix("/0")
        assert status.server.used_memory_bytes
        assert password not in line
        assert password not in words(status)


class TestRates:
    SAMPLES = "[[1000.0, 10, 2, 0, 1], [1030.0, 40, 2, 1, 1], [1060.0, 70, 4, 1, 4]]"

    def test_they_are_those_of_the_last_minute(self) -> None:
        found = rates(self.SAMPLES, {"published": 130, "duplicate": 6, "superseded": 7}, 1090.0, 600)
        assert found is not None
        assert [found.published, found.duplicate, found.rejected] == pytest.approx([1.5, 4 / 60, 0.0])
        assert found.superseded == pytest.approx(6 / 60)
        assert [found.over_s, found.drain_s] == pytest.approx([60.0, 600 / (100 / 60)])

    @pytest.mark.parametrize(
        "samples", ["", "[]", "{", "[1]", "[[1000.0, 1, 2, 3, 0]]", "[[4990.0, 1, 2, 3]]", '[["a", 1, 2, 3]]', "null"]
    )
    def test_without_a_sample_of_it_there_are_none(self, samples: str) -> None:
        assert rates(samples, {"published": 1}, 5000.0, 1) is None

    def test_counters_that_were_taken_away_give_no_negative_rate(self) -> None:
        found = rates(self.SAMPLES, {}, 1065.0, 1)
        assert found is not None
        assert (found.published, found.duplicate, found.rejected, found.drain_s) == (0, 0, 0, None)

    def test_the_watcher_takes_samples(
        self, root: Root, settings: Settings, ledger: Ledger, drop: Drop, work_off: Callable[..., None]
    ) -> None:
        with turning(root, ledger, settings):
            work_off(*(drop(f"{number}.txt", speech(number)) for number in range(3)))
            deadline = time.monotonic() + 10
            while (found := gather(settings).rates) is None:
                assert time.monotonic() < deadline
        assert found.published > 0


FULL = Status(
    at="2026-11-22T16:14:35Z",
    root="/srv/turnstream/data",
    server=Server("127.0.0.1:27478", "ok", "", "ok", "", [], 254_000_000, 2_000_000_000),
    in_drop=123_456,
    oldest_s=4000.0,
    backlog=BacklogFacts(123_456, 34, 123_000, 422, {"being_written": 20, "settling": 10, "dispose_blocked": 4}),
    queued_batches=6,
    running_batches=3,
    holders=[{"batch_id": "b", "host": "farm7", "pid": n, "for_s": 12.0} for n in range(2)],
    rates=Rates(3166.4, 212.3, 0.4, 1.2, 60.0, 39.0),
    counters={"published": 18_000_000, "duplicate": 2_000_000, "rejected": 123},
    deferred={"dispose_blocked": 4, "still_open": 20},
    quarantine={"unsupported_format": 80, "empty": 20, "undecodable": 20, "file_too_large": 2, "parser_failed": 1},
    stream_entries=100_000,
    groups=[{"name": f"group{n}", "consumers": 1, "pending": 3, "lag": None} for n in range(9)],
    events="on",
    processes=[
        {"role": role, "host": f"farm{n}", "pid": 4711, "processes": 8, "seen_s": 3.2}
        for role in ("watcher", "worker")
        for n in range(6)
    ],
    free_bytes=12_300_000_000,
    total_bytes=271_000_000_000,
    problems=[Problem("files came faster than the kernel keeps events", "raise fs.inotify.max_queued_events")] * 6,
)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 24)])
def test_the_fullest_screen_fits(width: int, height: int) -> None:
    lines = words(FULL, width, height).splitlines()
    assert len(lines) <= height
    assert sum("problem" in line for line in lines) == 1
    assert all(len(line) <= width for line in lines)


def test_the_wide_screen_stands_in_two_columns() -> None:
    assert len(words(FULL, 140).splitlines()) < len(words(FULL, 80).splitlines())


def test_names_cannot_move_the_cursor() -> None:
    evil = Status(at="", root="/data/\x1b[2J\u202e", quarantine={"\x1b[31m": 1})
    assert "\x1b" not in words(evil)
    assert "\u202e" not in words(evil)
