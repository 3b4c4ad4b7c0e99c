"""`status`: every number, told from folders and server of a root with some of everything."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from turnstream import connect
from turnstream.alive import beat, farewell
from turnstream.errors import ServerUnavailable
from turnstream.models import Batch, FileRef
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings
from turnstream.status import gather, table
from turnstream.tasks import Workshop, run
from turnstream.watch.backlog import Backlog
from turnstream.watch.contact import Contact
from turnstream.watch.queue import Queue
from turnstream.watch.watcher import Watcher

Drop = Callable[..., FileRef]
PDF = b"%PDF-1.7 no transcript"


@pytest.fixture
def work_off(root: Root, root_settings: Settings, server: EmbeddedServer) -> Callable[..., None]:
    workshop = Workshop(root_settings, server.url)

    def worked_off(*files: FileRef) -> None:
        batch = Batch(id="batch", root_id=root.state().root_id, files=files)
        run(batch.model_dump(mode="json"), workshop)

    return worked_off


def speech(number: int) -> str:
    return f"Anna Abel: Good morning, number {number}.\n"


def test_a_new_root_has_nothing(root: Root, root_settings: Settings, ledger: Ledger) -> None:
    status = gather(root_settings, ledger)
    assert status.root == str(root.path)
    assert status.in_drop == status.queued_batches == status.running_batches == status.stream_entries == 0
    assert status.counters == status.deferred == status.quarantine == {}
    assert status.watcher == {}
    assert status.processes == []
    assert "nobody: start `turnstream run`" in table(status)


def test_outcomes_are_counted(
    root: Root, root_settings: Settings, ledger: Ledger, drop: Drop, work_off: Callable[..., None]
) -> None:
    work_off(*(drop(f"{number}.txt", speech(number % 4)) for number in range(6)))
    work_off(drop("a.pdf", PDF), drop("sub/b.pdf", PDF), drop("c.txt", b""))
    status = gather(root_settings, ledger)
    assert status.counters == {"published": 4, "duplicate": 2, "rejected": 3}
    assert status.quarantine == {"unsupported_format": 2, "empty": 1}
    assert status.stream_entries == 4
    assert status.in_drop == 0
    shown = table(status)
    assert "2 duplicate, 4 published, 3 rejected" in shown
    assert "1 empty, 2 unsupported_format" in shown
    assert "4 entries" in shown


def test_what_stays_in_drop_is_counted_with_its_reasons(
    root: Root, root_settings: Settings, ledger: Ledger, drop: Drop, work_off: Callable[..., None]
) -> None:
    files = [drop("sub/a.txt", speech(1)), drop("b.txt", speech(2)), drop("c.txt", speech(3))]
    with (root.drop / "sub/a.txt").open("ab"), (root.drop / "b.txt").open("ab"):
        work_off(*files)
    status = gather(root_settings, ledger)
    assert status.in_drop == 2
    assert status.deferred == {"still_open": 2}
    assert "2 still_open" in table(status)


def test_what_is_never_taken_does_not_count_as_waiting(
    root: Root, root_settings: Settings, ledger: Ledger, drop: Drop
) -> None:
    for path in ("a.txt", "sub/b.txt", "b.done", ".hidden", "coming.part", ".git/config"):
        drop(path, "a")
    (root.drop / "link").symlink_to("a.txt")
    assert gather(root_settings, ledger).in_drop == 3
    watch = root_settings.watch.model_copy(update={"done_marker": ".done"})
    assert gather(root_settings.model_copy(update={"watch": watch}), ledger).in_drop == 2


def test_marks_and_members_that_cannot_be_read_do_no_harm(root: Root, root_settings: Settings, ledger: Ledger) -> None:
    good = '{"arrival_id":"0123456789abcdef","reason":"still_open","at":"2026-01-01T00:00:00Z"}'
    marks: dict[Any, Any] = {"a.txt": "{nonsense", "b.txt": "{}", "c.txt": '{"reason":["x"]}', "d.txt": good}
    ledger.client.hset(ledger.key("deferred"), mapping=marks)
    members: dict[Any, float] = dict.fromkeys(["worker", "a:b", "a:b:c:d", b"\xff:b:1:1"], 4e9)
    ledger.client.zadd(ledger.key("alive"), members)
    status = gather(root_settings, ledger)
    assert status.deferred == {"unreadable mark": 3, "still_open": 1}
    assert [process.get("pid") for process in status.processes] == [1]


def test_folders_that_may_not_be_read_are_counted(
    root: Root, root_settings: Settings, ledger: Ledger, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path).name == "upload":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    drop("upload/a.txt", "a")
    assert gather(root_settings, ledger).refused_folders == 0
    monkeypatch.setattr(os, "scandir", scandir)
    status = gather(root_settings, ledger)
    assert (status.in_drop, status.refused_folders) == (0, 1)
    assert "0, and what lies in 1 folders that may not be read" in table(status)
    ledger.client.hset(ledger.key("watcher"), "refused", "3")  # who must read them is the watcher
    assert gather(root_settings, ledger).refused_folders == 3


def test_messages_are_told_by_whether_a_worker_has_them(root_settings: Settings, root: Root, ledger: Ledger) -> None:
    ledger.client.rpush(ledger.key("q:ingest"), "one", "two", "three")
    ledger.client.hset(ledger.key("q:unacked"), mapping={"tag": "four"})
    status = gather(root_settings, ledger)
    assert (status.queued_batches, status.running_batches) == (3, 1)
    assert "3 queued, 1 running" in table(status)


def test_who_lives_is_shown(root: Root, root_settings: Settings, ledger: Ledger, drop: Drop) -> None:
    drop("a.txt", speech(1))
    watch = root_settings.watch.model_copy(update={"native_events": False})
    settings = root_settings.model_copy(update={"watch": watch})
    queue = Queue(root.drop, Backlog(), lambda _: None, settings, root.state().root_id)
    Watcher(root, Contact(root, ledger, settings), queue, settings).turn()
    beat(ledger, "worker", 3)
    status = gather(root_settings, ledger)
    host, pid = socket.gethostname(), os.getpid()
    found = {(item["role"], item["host"], item["pid"], item["processes"]) for item in status.processes}
    assert found == {("worker", host, pid, 3), ("watcher", host, pid, 1)}
    assert status.watcher == {"known": "1", "waiting": "0", "due": "1", "sent": "0", "refused": "0", "events": "off"}
    assert f"worker {host}:{pid}" in table(status)
    farewell(ledger, "worker", 3)
    assert [item["role"] for item in gather(root_settings, ledger).processes] == ["watcher"]


def test_it_is_one_line_of_json_without_a_secret(
    root: Root, root_settings: Settings, ledger: Ledger, server: EmbeddedServer
) -> None:
    status = gather(root_settings, ledger)
    password, _, place = server.url.removeprefix("redis://:").partition("@")
    line = status.to_json()
    assert "\n" not in line
    assert orjson.loads(line)["server"] == place.removesuffix("/0")
    assert password not in line
    assert password not in table(status)


def test_a_server_that_is_away_is_said(root: Root, root_settings: Settings) -> None:
    with connect.client("redis://127.0.0.1:1/0", root_settings.server) as client, pytest.raises(ServerUnavailable):
        gather(root_settings, Ledger(client, "test:"))
