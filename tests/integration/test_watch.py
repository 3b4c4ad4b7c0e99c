"""The watcher against a real folder and a real server; messages go into a list instead of Celery."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import orjson
import pytest
import structlog
from billiard.exceptions import WorkerLostError
from watchdog.events import FileClosedEvent, FileCreatedEvent, FileMovedEvent, FileSystemEvent

from turnstream import connect
from turnstream import root as data_root
from turnstream.agreement import agree
from turnstream.alive import beat, living
from turnstream.errors import BadConfiguration, LedgerHeld, ServerUnavailable
from turnstream.journal import Journal
from turnstream.models import Batch, Deferral, FileRef
from turnstream.publish import Ledger
from turnstream.reports import report
from turnstream.root import Root
from turnstream.server import EmbeddedServer, start
from turnstream.settings import Settings
from turnstream.tasks import Workshop, on_failure, run
from turnstream.watch.backlog import Backlog, Entry, Place
from turnstream.watch.contact import Contact
from turnstream.watch.queue import Enqueue, Queue
from turnstream.watch.settle import Candidate
from turnstream.watch.watcher import Watcher

Drop = Callable[..., FileRef]
Make = Callable[..., Watcher]
Messages = list[Batch]
Events = list[Any]
RESEND, RETRY = 0.4, 0.3
#: Looks so far apart that only events tell.
SELDOM = {"gather_seconds": 10.0, "sweep_seconds": 10.0}


def quick(settings: Settings, **sections: dict[str, Any]) -> Settings:
    """Settings with short times but that for a resend, no file events, and one worker process."""
    changes: dict[str, dict[str, Any]] = {
        "watch": {
            "native_events": False,
            "sweep_seconds": 0.02,
            "quiet_seconds": 0.04,
            "settle_seconds": 0.3,
            "resend_seconds": 60.0,
            "retry_seconds": RETRY,
            "retry_max_seconds": 1.0,
        },
        "work": {"processes": 1},
    }
    for name, values in sections.items():
        changes[name] = changes.get(name, {}) | values
    updates = {name: getattr(settings, name).model_copy(update=values) for name, values in changes.items()}
    return settings.model_copy(update=updates)


def build(root: Root, ledger: Ledger, enqueue: Enqueue, settings: Settings) -> Watcher:
    queue = Queue(root.drop, Backlog(), enqueue, settings, root.state().root_id)
    return Watcher(root, Contact(root, ledger, settings), queue, settings)


@pytest.fixture
def messages() -> Messages:
    return []


@pytest.fixture
def make(root: Root, ledger: Ledger, root_settings: Settings, messages: Messages) -> Make:
    """Build a watcher that sends to ``messages``, with some settings replaced."""

    def made(enqueue: Enqueue = messages.append, **sections: dict[str, Any]) -> Watcher:
        return build(root, ledger, enqueue, quick(root_settings, **sections))

    return made


@pytest.fixture
def events() -> Iterator[Events]:
    with structlog.testing.capture_logs() as captured:
        yield captured


def turn_until(watcher: Watcher, condition: Callable[[], object], seconds: float = 5.0) -> float:
    """Let the watcher turn until something is so; return how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, "it did not come to be"
        watcher.turn()
        time.sleep(0.005)
    return time.monotonic() - began


def turn_for(watcher: Watcher, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        watcher.turn()
        time.sleep(0.005)


def paths(messages: Messages) -> list[str]:
    return [ref.path for message in messages for ref in message.files]


def deferral(ref: FileRef, **facts: Any) -> Deferral:
    return Deferral(**{"arrival_id": ref.arrival_id, "reason": "still_open", "at": datetime.now(UTC)} | facts)


def names(events: Events) -> list[str]:
    return [event["event"] for event in events]


def refusing(folder: Path) -> Callable[[Path], Any]:
    """``os.scandir`` where one folder may not be read; the tests may run as root, whom nothing refuses."""
    real = os.scandir

    def scandir(path: Path) -> Any:
        if path == folder:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    return scandir


def _away(_stale: object) -> NoReturn:
    raise ServerUnavailable("gone")


class TestSend:
    def test_a_file_is_sent_once(self, make: Make, drop: Drop, root: Root, messages: Messages) -> None:
        watcher = make()
        ref = drop("a.txt", "a")
        turn_for(watcher, 0.2)
        (message,) = messages
        assert message.files == (ref,)
        assert message.root_id == root.state().root_id

    def test_what_lay_there_before_is_sent_too(self, drop: Drop, make: Make, messages: Messages) -> None:
        drop("a.txt", "a")
        watcher = make()
        turn_until(watcher, lambda: paths(messages) == ["a.txt"])

    def test_a_file_in_a_sub_folder_is_sent(self, make: Make, drop: Drop, messages: Messages) -> None:
        watcher = make()
        drop("one/two/a.txt", "a")
        turn_until(watcher, lambda: paths(messages) == ["one/two/a.txt"])

    def test_a_name_that_is_no_utf8_is_sent_escaped(self, make: Make, drop: Drop, messages: Messages) -> None:
        watcher = make()
        ref = drop("\udcff\n.txt", "a")
        turn_until(watcher, lambda: messages)
        assert messages[0].files == (ref,)
        assert ref.path == "//%FF%0A.txt"

    def test_a_file_that_is_open_for_writing_is_not_sent(self, make: Make, root: Root, messages: Messages) -> None:
        watcher = make()
        with (root.drop / "a.txt").open("w") as writer:
            writer.write("half")
            writer.flush()
            turn_for(watcher, 0.3)
            assert messages == []
        turn_until(watcher, lambda: paths(messages) == ["a.txt"])

    def test_an_empty_file_is_given_time_to_be_filled(self, make: Make, root: Root, messages: Messages) -> None:
        watcher = make()
        (root.drop / "a.txt").touch()
        assert turn_until(watcher, lambda: messages) >= 0.3

    def test_without_leases_a_file_must_have_been_at_rest(self, make: Make, root: Root, messages: Messages) -> None:
        watcher = make(watch={"leases": False})
        until = time.monotonic() + 0.5
        with (root.drop / "a.txt").open("w") as writer:
            while time.monotonic() < until:
                writer.write("more ")
                writer.flush()
                watcher.turn()
                time.sleep(0.005)
        assert messages == []
        assert turn_until(watcher, lambda: messages) >= 0.2

    def test_names_of_other_programs_are_never_sent(self, make: Make, drop: Drop, messages: Messages) -> None:
        watcher = make()
        others = (".hidden", "a.part", "a.tmp", "a.crdownload", "~$a.docx", "._a.txt", "Thumbs.db", ".git/config")
        for name in (*others, "sub/.hidden", "a.txt", "part.txt", "sub/a.part.txt"):
            drop(name, "a")
        turn_for(watcher, 0.2)
        assert set(paths(messages)) == {"a.txt", "part.txt", "sub/a.part.txt"}

    def test_what_is_no_regular_file_is_never_sent(
        self, make: Make, drop: Drop, root: Root, messages: Messages
    ) -> None:
        watcher = make()
        (root.drop / "link").symlink_to(root.state_file)
        (root.drop / "folder link").symlink_to(root.path / "state")
        os.mkfifo(root.drop / "fifo")
        (root.drop / "folder").mkdir()
        drop("a.txt", "a")
        turn_for(watcher, 0.2)
        assert paths(messages) == ["a.txt"]

    def test_a_file_that_its_user_removed_is_forgotten(
        self, make: Make, drop: Drop, root: Root, messages: Messages
    ) -> None:
        watcher = make(watch={"resend_seconds": RESEND})
        drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        assert len(watcher.backlog) == 1
        (root.drop / "a.txt").unlink()
        turn_until(watcher, lambda: not len(watcher.backlog))
        turn_for(watcher, RESEND * 1.5)
        assert len(messages) == 1

    def test_a_folder_that_may_not_be_read_is_said_once(
        self, make: Make, drop: Drop, messages: Messages, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        watcher = make()
        root, ledger = watcher.root, watcher.contact.ledger
        drop("upload/a.txt", "a")
        drop("b.txt", "b")
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", refusing(root.drop / "upload"))
            turn_for(watcher, 0.2)
        assert paths(messages) == ["b.txt"]
        (said,) = events
        assert said["event"] == "watch.degraded"
        assert "drop/upload" in said["reason"]
        assert "Permission denied" in said["reason"]
        assert ledger.client.hget(ledger.key("watcher"), "refused") == b"1"
        turn_until(watcher, lambda: paths(messages) == ["b.txt", "upload/a.txt"])

    def test_a_second_watcher_only_sends_more_messages(self, make: Make, drop: Drop, messages: Messages) -> None:
        first, second = make(), make()
        first.turn()
        second.turn()
        ref = drop("a.txt", "a")
        turn_until(first, lambda: len(messages) == 1)
        turn_until(second, lambda: len(messages) == 2)
        assert [message.files for message in messages] == [(ref,), (ref,)]


class TestQueue:
    def test_it_is_kept_short_and_the_rest_waits_on_disk(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        key = ledger.key("q:ingest")

        def enqueue(batch: Batch) -> None:
            messages.append(batch)
            ledger.client.rpush(key, batch.id)

        watcher = make(enqueue, batch={"max_files": 2, "queued_per_process": 3})
        everything = {drop(f"{number:02}.txt", "a").path for number in range(20)}
        turn_until(watcher, lambda: messages)
        turn_for(watcher, 0.2)
        assert ledger.client.llen(key) == len(messages) == 3
        assert watcher.backlog.count(Place.DUE) == 14
        while len(paths(messages)) < 20:
            ledger.client.lpop(key)
            turn_until(watcher, lambda: ledger.client.llen(key) == 3 or len(paths(messages)) == 20)
            assert ledger.client.llen(key) <= 3
        assert sorted(paths(messages)) == sorted(everything)

    def test_living_workers_make_it_longer(self, make: Make, drop: Drop, ledger: Ledger, messages: Messages) -> None:
        beat(ledger, "worker", 4)
        watcher = make(batch={"queued_per_process": 2})
        for number in range(20):
            drop(f"{number}.txt", "a")
        time.sleep(0.1)
        watcher.turn()
        assert len(messages) == 8

    def test_under_backlog_a_message_carries_many_in_order_of_their_names(
        self, make: Make, drop: Drop, messages: Messages
    ) -> None:
        names = [drop(f"{number:03}.txt", "a").path for number in range(300)]
        time.sleep(0.1)
        watcher = make(batch={"max_files": 50}, watch={"newest_share": 0.0})
        turn_until(watcher, lambda: len(paths(messages)) == 300)
        assert paths(messages) == names
        assert max(len(message.files) for message in messages) == 50

    def test_a_message_carries_a_bounded_number_of_bytes(self, make: Make, drop: Drop, messages: Messages) -> None:
        for number, size in enumerate([10, 10, 90, 200, 10, 10, 10, 10]):
            drop(f"{number}.txt", "x" * size)
        watcher = make(batch={"max_bytes": 100, "queued_per_process": 1}, watch={"newest_share": 0.0})
        turn_until(watcher, lambda: len(paths(messages)) == 8)
        sizes = {"2.txt": 90, "3.txt": 200}
        carried = [[sizes.get(ref.path, 10) for ref in message.files] for message in messages]
        assert all(sum(batch) <= 100 or batch == [200] for batch in carried)
        assert len(carried) < 8

    def test_it_is_emptied_at_start(self, make: Make, ledger: Ledger) -> None:
        ledger.client.rpush(ledger.key("q:ingest"), "an old message")
        ledger.client.hset(ledger.key("q:unacked"), "tag", "an old message")
        ledger.client.zadd(ledger.key("q:unacked_index"), {"tag": 1})
        ledger.client.rpush(ledger.key("reports"), "gone.txt")
        make().turn()
        assert not list(ledger.client.scan_iter(f"{ledger.prefix}q:*"))
        assert not ledger.client.exists(ledger.key("reports"))

    def test_but_only_then(self, make: Make, ledger: Ledger) -> None:
        watcher = make()
        watcher.turn()
        ledger.client.rpush(ledger.key("q:ingest"), "a message")
        turn_for(watcher, 0.1)
        assert ledger.client.llen(ledger.key("q:ingest")) == 1


class TestAgain:
    def test_of_many_that_are_to_be_tried_alone_the_next_waits_for_no_sweep(
        self, make: Make, drop: Drop, ledger: Ledger, root: Root, messages: Messages
    ) -> None:
        """A worker process that died while it was reading none of its batch makes all of them suspects."""
        watcher = make(watch={"sweep_seconds": 60.0})
        refs = [drop(f"{number}.txt", "a") for number in range(20)]
        turn_until(watcher, lambda: len(paths(messages)) == len(refs))
        messages.clear()
        report({ref.path: deferral(ref, reason="worker_crashed", tries=1, alone=True) for ref in refs}, ledger)
        for number in range(1, len(refs) + 1):
            turn_until(watcher, lambda: len(messages) == number)  # noqa: B023
            assert len(messages[-1].files) == 1
            (root.drop / messages[-1].files[0].path).unlink()
        assert len(set(paths(messages))) == len(refs)

    def test_a_file_that_nobody_holds_is_sent_again(self, make: Make, drop: Drop, messages: Messages) -> None:
        watcher = make(watch={"resend_seconds": RESEND})
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        assert turn_until(watcher, lambda: len(messages) == 2) >= RESEND * 0.9
        first, second = messages
        assert first.files == second.files == (ref,)
        assert first.id != second.id

    def test_one_that_a_worker_holds_is_not(self, make: Make, drop: Drop, ledger: Ledger, messages: Messages) -> None:
        watcher = make(watch={"resend_seconds": RESEND})
        drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        hold = ledger.key(f"hold:{messages[0].id}")
        ledger.client.set(hold, 1)
        turn_for(watcher, RESEND * 3)
        assert len(messages) == 1
        ledger.client.delete(hold)
        turn_until(watcher, lambda: len(messages) == 2)

    def test_one_whose_worker_lets_it_go_is_sent_again_soon(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        # As after an outage, in which it could not be let go.
        watcher = make(watch={"resend_seconds": 10.0})
        drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        hold = ledger.key(f"hold:{messages[0].id}")
        ledger.client.set(hold, 1)
        watcher.backlog.doubt_sent()
        turn_for(watcher, 0.3)
        assert len(messages) == 1
        ledger.client.delete(hold)
        assert turn_until(watcher, lambda: len(messages) == 2) < 5

    def test_one_that_still_waits_in_the_queue_is_not(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make(watch={"resend_seconds": RESEND})
        drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        queue = ledger.key("q:ingest")
        ledger.client.rpush(queue, "another program's", orjson.dumps({"headers": {"id": messages[0].id}}))
        turn_for(watcher, RESEND * 3)
        assert len(messages) == 1
        ledger.client.delete(queue)
        turn_until(watcher, lambda: len(messages) == 2)

    def test_what_nobody_takes_is_sent_again_twice_and_then_with_growing_pauses(
        self, make: Make, drop: Drop, messages: Messages
    ) -> None:
        # As when workers cannot reach the server, and we can.
        watcher = make(watch={"resend_seconds": 0.2, "retry_max_seconds": 0.8})
        drop("a.txt", "a")
        pauses = [turn_until(watcher, lambda: len(messages) > sent) for sent in range(6)]  # noqa: B023
        for pause, least in zip(pauses[1:], (0.2, 0.2, 0.4, 0.8, 0.8), strict=True):
            assert pause >= least * 0.9

    @pytest.mark.parametrize(("resends", "pause"), [(0, 10), (1, 10), (2, 20), (3, 40), (4, 60), (10_000, 60)])
    def test_a_worker_may_be_killed_twice_before_the_pause_grows(self, make: Make, resends: int, pause: float) -> None:
        watcher = make(watch={"resend_seconds": 10.0, "retry_max_seconds": 60.0})
        assert watcher._pause_of_resend(Entry(Candidate("a.txt", 0.0), resends=resends)) == pause

    def test_after_an_outage_what_was_sent_is_sent_again_at_once(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make()  # a resend comes after a minute
        held, queued, lost = (drop(name, name) for name in ("held.txt", "queued.txt", "lost.txt"))
        turn_until(watcher, lambda: len(paths(messages)) == 3)
        batch_of = {ref.path: message.id for message in messages for ref in message.files}
        messages.clear()
        ledger.client.set(ledger.key(f"hold:{batch_of[held.path]}"), 1)
        ledger.client.rpush(ledger.key("q:ingest"), orjson.dumps({"headers": {"id": batch_of[queued.path]}}))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(watcher.contact, "poll", _away)
            turn_for(watcher, 0.3)
        assert messages == []
        turn_until(watcher, lambda: paths(messages) == [lost.path])
        turn_for(watcher, 0.2)
        assert paths(messages) == [lost.path]

    def test_another_file_under_a_sent_name_is_sent_at_once(self, make: Make, drop: Drop, messages: Messages) -> None:
        watcher = make()
        first = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        second = drop("a.txt", "b")
        turn_until(watcher, lambda: len(messages) == 2)
        assert [message.files for message in messages] == [(first,), (second,)]

    def test_files_of_a_folder_that_took_the_place_of_a_sent_one_are_sent_at_once(
        self, make: Make, root: Root, tmp_path: Path, messages: Messages
    ) -> None:
        for folder in ("first", "second"):
            (tmp_path / folder / "below").mkdir(parents=True)
            for name in ("a.txt", "below/b.txt"):
                (tmp_path / folder / name).write_text(f"{name} of the {folder}")
        watcher = make(watch={"native_events": True, "sweep_seconds": 10.0})
        try:
            watcher.turn()
            (tmp_path / "first").rename(root.drop / "talks")
            turn_until(watcher, lambda: len(paths(messages)) == 2)
            (root.drop / "talks").rename(tmp_path / "done")
            (tmp_path / "second").rename(root.drop / "talks")
            turn_until(watcher, lambda: len(paths(messages)) == 4)
            assert sorted(paths(messages)[2:]) == ["talks/a.txt", "talks/below/b.txt"]
        finally:
            watcher.guard.end()

    @pytest.mark.parametrize(("tries", "pause"), [(1, RETRY), (2, 2 * RETRY), (20, 1.0)])
    def test_a_deferred_file_waits_longer_each_time(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages, tries: int, pause: float
    ) -> None:
        watcher = make()
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        report({ref.path: deferral(ref, tries=tries)}, ledger)
        took = turn_until(watcher, lambda: len(messages) == 2)
        assert pause * 0.9 <= took <= pause + 3
        assert messages[1].files == (ref.model_copy(update={"tries": tries, "reason": "still_open"}),)

    def test_of_two_deferrals_the_last_counts(self, make: Make, drop: Drop, ledger: Ledger, messages: Messages) -> None:
        watcher = make()
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        report({ref.path: deferral(ref, tries=1, crashes=1)}, ledger)
        report({ref.path: deferral(ref, tries=2, crashes=2)}, ledger)
        turn_until(watcher, lambda: len(messages) == 2)
        assert (messages[1].files[0].tries, messages[1].files[0].crashes) == (2, 2)

    def test_a_suspect_is_sent_alone(self, make: Make, drop: Drop, ledger: Ledger, messages: Messages) -> None:
        batch = {"queued_per_process": 1}
        watcher = make(batch=batch, watch={"newest_share": 0.0})
        files = {ref.path: ref for ref in (drop(f"{number}.txt", "a") for number in range(6))}
        turn_until(watcher, lambda: len(paths(messages)) == 6)
        marks = {path: deferral(ref, alone=path == "2.txt") for path, ref in files.items()}
        messages.clear()
        report(marks, ledger)
        turn_until(watcher, lambda: len(paths(messages)) == 6)
        carried = [paths([message]) for message in messages]
        assert ["2.txt"] in carried
        assert len(carried) < 6

    def test_a_deferral_of_another_file_of_that_name_does_not_count(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make(watch={"retry_seconds": 60.0, "retry_max_seconds": 60.0})
        old = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        new = drop("a.txt", "b")
        turn_until(watcher, lambda: len(messages) == 2)
        report({old.path: deferral(old, crashes=2)}, ledger)
        turn_for(watcher, 0.1)
        drop("a.txt", "c")
        turn_until(watcher, lambda: len(messages) == 3)
        assert messages[1].files == (new,)
        assert messages[2].files[0].crashes == 0

    def test_crashes_are_not_counted_on_for_the_file_that_replaced_a_deadly_one(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make()
        deadly = drop("a.txt", "deadly")
        turn_until(watcher, lambda: messages)
        report({deadly.path: deferral(deadly, reason="worker_crashed", tries=1, crashes=3, alone=True)}, ledger)
        turn_until(watcher, lambda: watcher.backlog.count(Place.WAITING))
        harmless = drop("a.txt", "mended")
        turn_until(watcher, lambda: len(messages) == 2)
        (ref,) = messages[1].files
        assert (ref.arrival_id, ref.crashes) == (harmless.arrival_id, 0)

    def test_after_a_restart_what_was_known_of_a_file_still_holds(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        ref = drop("a.txt", "a")
        report({ref.path: deferral(ref, tries=2, crashes=2, alone=True)}, ledger)
        turn_until(make(), lambda: messages)
        assert messages[0].files == (ref.model_copy(update={"tries": 2, "crashes": 2, "reason": "still_open"}),)

    @pytest.mark.parametrize("reported", [True, False], ids=["report", "restart"])
    def test_marks_that_cannot_be_read_are_dropped_and_said_once(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages, events: Events, reported: bool
    ) -> None:
        watcher = make()
        if reported:
            watcher.turn()
        good = drop("good.txt", "a")
        strange: dict[Any, str] = {"a.txt": "{nonsense", b"\xff": deferral(good).model_dump_json(), "b.txt": "{}"}
        strange["//%00"] = deferral(good, tries=-(10**400)).model_dump_json()
        drop("a.txt", "b")
        ledger.client.hset(ledger.key("deferred"), mapping=strange)
        ledger.client.rpush(ledger.key("reports"), *strange)
        report({good.path: deferral(good)}, ledger)
        turn_until(watcher, lambda: sorted(paths(messages))[:1] == ["a.txt"])
        turn_until(watcher, lambda: ledger.client.hkeys(ledger.key("deferred")) == [b"good.txt"])
        (said,) = [event for event in events if event["event"] == "batch.abandoned"]
        assert (said["reason"], said["files"]) == ("unreadable_mark", 3)

    def test_but_not_of_another_file_of_its_name_or_of_one_that_is_gone(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        old = drop("a.txt", "a")
        report({old.path: deferral(old, crashes=2), "gone.txt": deferral(old)}, ledger)
        new = drop("a.txt", "b")
        watcher = make()
        turn_until(watcher, lambda: messages)
        assert messages[0].files == (new,)
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("deferred")))

    @pytest.mark.parametrize("seen_first", ["report", "removal"])
    def test_the_mark_of_a_deferred_file_that_its_user_removed_goes(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, messages: Messages, seen_first: str
    ) -> None:
        watcher = make(stream={"trim_seconds": 0.2})
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        report({ref.path: deferral(ref)}, ledger)
        if seen_first == "report":
            turn_until(watcher, lambda: watcher.backlog.count(Place.WAITING))
        (root.drop / "a.txt").unlink()
        time.sleep(0.03)  # now a look is due, and it comes before the next poll
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("deferred")))

    def test_the_mark_of_a_file_that_became_another_arrival_goes_with_it(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make()
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        (root.drop / "b.txt").hardlink_to(root.drop / "a.txt")
        turn_until(watcher, lambda: paths(messages).count("a.txt") == 2)
        report({ref.path: deferral(ref, reason="changed_while_read")}, ledger)
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("reports")))
        for name in ("a.txt", "b.txt"):
            (root.drop / name).unlink()
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("deferred")))

    def test_the_mark_of_a_deferred_file_that_was_replaced_goes_with_the_new_one(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make()
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        report({ref.path: deferral(ref)}, ledger)
        turn_until(watcher, lambda: len(messages) == 2)
        new = drop("a.txt", "b")
        turn_until(watcher, lambda: len(messages) == 3)
        assert messages[-1].files == (new,)
        (root.drop / "a.txt").unlink()
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("deferred")))

    def test_the_mark_of_a_file_that_goes_when_its_turn_comes_is_taken_away(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, messages: Messages
    ) -> None:
        watcher = make(watch={"sweep_seconds": 60.0})
        ref = drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        report({ref.path: deferral(ref)}, ledger)
        turn_until(watcher, lambda: watcher.backlog.count(Place.WAITING))
        (root.drop / "a.txt").unlink()
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("deferred")))


class TestDoneMarker:
    @pytest.fixture
    def watcher(self, make: Make) -> Watcher:
        return make(watch={"done_marker": ".done"})

    def test_a_file_waits_for_its_marker(self, watcher: Watcher, drop: Drop, messages: Messages) -> None:
        drop("sub/a.txt", "a")
        drop("other.txt", "a")
        turn_for(watcher, 0.2)
        assert messages == []
        drop("sub/a.txt.done", "")
        turn_for(watcher, 0.2)
        assert paths(messages) == ["sub/a.txt"]

    def test_the_marker_goes_with_its_file(self, watcher: Watcher, drop: Drop, root: Root, messages: Messages) -> None:
        drop("a.txt.done", "")
        drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        assert (root.drop / "a.txt.done").exists()
        (root.drop / "a.txt").rename(root.path / "archive" / "a.txt")
        turn_until(watcher, lambda: not (root.drop / "a.txt.done").exists())
        drop("a.txt", "the next one")
        turn_for(watcher, 0.2)
        assert len(messages) == 1

    def test_a_folder_that_cannot_be_read_for_once_takes_no_marker(
        self, watcher: Watcher, drop: Drop, root: Root, messages: Messages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drop("a.txt", "a")
        drop("a.txt.done", "")
        turn_until(watcher, lambda: messages)
        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", refusing(root.drop))
            watcher.look()
        assert len(watcher.backlog) == 1
        assert (root.drop / "a.txt.done").exists()
        turn_for(watcher, 0.2)
        assert len(messages) == 1

    def test_a_marker_that_waits_for_its_file_stays(
        self, watcher: Watcher, drop: Drop, root: Root, messages: Messages
    ) -> None:
        drop("a.txt.done", "")
        turn_for(watcher, 0.2)
        assert (root.drop / "a.txt.done").exists()
        assert messages == []


class TestServer:
    def test_a_queue_that_refuses_is_said_once_and_filled_later(
        self, make: Make, drop: Drop, messages: Messages, events: Events
    ) -> None:
        away = threading.Event()
        away.set()

        def enqueue(batch: Batch) -> None:
            if away.is_set():
                raise ServerUnavailable("the queue: OperationalError")
            messages.append(batch)

        watcher = make(enqueue)
        refs = [drop(f"{number}.txt", "a") for number in range(5)]
        turn_until(watcher, lambda: names(events) == ["server.unavailable"])
        turn_for(watcher, 0.7)
        assert names(events) == ["server.unavailable"]
        away.clear()
        turn_until(watcher, lambda: len(paths(messages)) == 5)
        assert sorted(paths(messages)) == [ref.path for ref in refs]
        assert names(events) == ["server.unavailable", "server.available"]

    @contextmanager
    def _own_server(self, settings: Settings) -> Iterator[tuple[Ledger, Callable[[], None], Callable[[], None]]]:
        running = [start(settings)]

        def kill() -> None:
            running[-1].process.kill()
            running[-1].process.wait()

        with connect.client(running[0].url, settings.server) as client:
            try:
                yield Ledger(client, "own:"), kill, lambda: running.append(start(settings))
            finally:
                running[-1].stop()

    def test_an_outage_is_said_once_and_costs_nothing(
        self, root: Root, root_settings: Settings, drop: Drop, messages: Messages, events: Events
    ) -> None:
        with self._own_server(root_settings) as (ledger, kill, again):
            watcher = build(root, ledger, messages.append, quick(root_settings))
            watcher.turn()
            kill()
            drop("a.txt", "a")
            turn_for(watcher, 0.7)
            assert messages == []
            again()
            turn_until(watcher, lambda: paths(messages) == ["a.txt"])
        told = [name for name in names(events) if name in ("server.unavailable", "server.available", "ledger.held")]
        assert told == ["server.unavailable", "server.available"]

    def test_a_server_that_comes_back_empty_is_told_from_one_that_is_away(
        self, root: Root, root_settings: Settings, drop: Drop, messages: Messages, events: Events
    ) -> None:
        with self._own_server(root_settings) as (ledger, kill, again):
            watcher = build(root, ledger, messages.append, quick(root_settings))
            watcher.turn()
            Journal(root.path / "journal").append([{"outcome": "published"}])
            kill()
            drop("a.txt", "a")
            turn_until(watcher, lambda: "server.unavailable" in names(events))
            for file in (root.path / "state" / "server" / "appendonlydir").iterdir():
                file.unlink()
            again()
            turn_until(watcher, lambda: "ledger.held" in names(events))
            turn_for(watcher, 0.5)
        told = [name for name in names(events) if name in ("server.unavailable", "server.available", "ledger.held")]
        assert told == ["server.unavailable", "ledger.held"]
        assert messages == []

    def test_a_server_that_comes_back_from_a_backup_is_held(
        self, root: Root, root_settings: Settings, drop: Drop, messages: Messages, events: Events
    ) -> None:
        data, copy = root.path / "state" / "server", root.path / "state" / "copy"
        with self._own_server(root_settings) as (ledger, kill, again):
            ledger.begin(root.state().epoch or "")
            watcher = build(root, ledger, messages.append, quick(root_settings))
            watcher.turn()
            kill()
            shutil.copytree(data, copy)
            again()
            entry: Any = ledger.client.xadd(ledger.key("documents"), {"a": "b"})
            kill()
            Journal(root.path / "journal").append([{"outcome": "published", "entry_id": entry.decode()}])
            drop("a.txt", "a")
            turn_until(watcher, lambda: "server.unavailable" in names(events))
            shutil.rmtree(data)
            copy.rename(data)
            again()
            turn_until(watcher, lambda: "ledger.held" in names(events))
            turn_for(watcher, 0.5)
        assert messages == []

    def test_a_held_ledger_is_said_once_and_nothing_is_sent(
        self, make: Make, root: Root, drop: Drop, ledger: Ledger, messages: Messages, events: Events
    ) -> None:
        Journal(root.path / "journal").append([{"outcome": "published"}])
        epoch = ledger.epoch()
        ledger.client.delete(ledger.key("epoch"))
        watcher = make()
        drop("a.txt", "a")
        turn_for(watcher, 1.0)
        assert names(events) == ["ledger.held"]
        assert messages == []
        ledger.begin(epoch or "")
        turn_until(watcher, lambda: paths(messages) == ["a.txt"])
        assert names(events) == ["ledger.held", "server.available"]

    def test_a_ledger_of_another_root_ends_the_watcher(self, make: Make, ledger: Ledger) -> None:
        ledger.client.set(ledger.key("epoch"), "0123456789abcdef:1")
        with pytest.raises(BadConfiguration, match="another data root"):
            make().turn()

    def test_it_shows_that_it_lives_and_what_it_knows(self, make: Make, drop: Drop, ledger: Ledger) -> None:
        drop("a.txt", "a")
        watcher = make()
        watcher.turn()
        assert [(process.role, process.pid) for process in living(ledger)] == [("watcher", os.getpid())]
        found: Any = ledger.client.hgetall(ledger.key("watcher"))
        words = {name.decode(): value.decode() for name, value in found.items()}
        expected = {"known": "1", "waiting": "0", "due": "1", "sent": "0", "refused": "0", "events": "off"}
        assert words.items() >= (expected | {"warnings": "[]"}).items()

    def test_it_trims_the_stream(self, make: Make, ledger: Ledger) -> None:
        for _ in range(2500):
            ledger.client.xadd(ledger.key("documents"), {"a": "b"})
        watcher = make(stream={"retain_entries": 100, "trim_seconds": 0.1})
        watcher.turn()
        assert ledger.client.xlen(ledger.key("documents")) == 100


class TestAgree:
    @pytest.fixture
    def new_root(self, tmp_path: Path) -> Root:
        return data_root.prepare(tmp_path / "new root")

    def test_a_new_root_begins_a_ledger(self, new_root: Root, ledger: Ledger, events: Events) -> None:
        agree(new_root, ledger)
        epoch = ledger.epoch()
        assert epoch == new_root.state().epoch
        assert (epoch or "").startswith(f"{new_root.state().root_id}:")
        assert names(events) == ["ledger.created"]

    def test_once_begun_it_is_the_same_ever_after(self, root: Root, ledger: Ledger, events: Events) -> None:
        before = root.state()
        agree(root, ledger)
        assert root.state() == before
        assert ledger.epoch() == before.epoch
        assert events == []

    def test_after_a_crash_between_server_and_disk_the_ledger_is_adopted(self, new_root: Root, ledger: Ledger) -> None:
        epoch = f"{new_root.state().root_id}:fedcba9876543210"
        ledger.begin(epoch)
        agree(new_root, ledger)
        assert new_root.state().epoch == ledger.epoch() == epoch

    def test_a_ledger_that_is_gone_is_held_once_there_were_outcomes(self, root: Root, ledger: Ledger) -> None:
        before = root.state()
        Journal(root.path / "journal").append([{"outcome": "published"}])
        ledger.client.delete(ledger.key("epoch"))
        with pytest.raises(LedgerHeld, match="the server has none"):
            agree(root, ledger)
        assert root.state() == before
        assert ledger.epoch() is None

    def test_before_there_were_any_it_begins_anew(self, root: Root, ledger: Ledger) -> None:
        ledger.client.delete(ledger.key("epoch"))
        agree(root, ledger)
        assert root.state().epoch == ledger.epoch() is not None

    def test_another_ledger_of_this_root_is_held(self, root: Root, ledger: Ledger) -> None:
        before, other = root.state(), f"{root.state().root_id}:restored"
        ledger.client.set(ledger.key("epoch"), other)
        with pytest.raises(LedgerHeld, match="restored"):
            agree(root, ledger)
        assert root.state() == before
        assert ledger.epoch() == other

    def test_the_ledger_of_another_root_is_refused(self, new_root: Root, root: Root, ledger: Ledger) -> None:
        with pytest.raises(BadConfiguration, match="key_prefix"):
            agree(new_root, ledger)
        assert new_root.state().epoch is None
        assert ledger.epoch() == root.state().epoch

    @staticmethod
    def _journal(root: Root, *entry_ids: str | None) -> None:
        Journal(root.path / "journal").append({"outcome": "published", "entry_id": entry} for entry in entry_ids)

    def test_a_ledger_from_a_backup_is_held(self, root: Root, ledger: Ledger) -> None:
        ledger.client.xadd(ledger.key("documents"), {"a": "b"}, id="1700000000000-1")
        self._journal(root, "1700000000000-0", "1700000000000-10", "1700000000000-9", None)
        with pytest.raises(LedgerHeld, match=r"names entry 1700000000000-10, the server's stream ends at .*-1: "):
            agree(root, ledger)
        ledger.client.xadd(ledger.key("documents"), {"a": "b"}, id="1700000000000-10")
        assert agree(root, ledger) == (1700000000000, 10)

    def test_a_ledger_without_its_stream_is_held(self, root: Root, ledger: Ledger) -> None:
        self._journal(root, "1-1")
        with pytest.raises(LedgerHeld, match="ends at 0-0"):
            agree(root, ledger)

    def test_a_stream_that_was_trimmed_is_still_whole(self, root: Root, ledger: Ledger) -> None:
        ledger.client.xadd(ledger.key("documents"), {"a": "b"}, id="5-5")
        ledger.client.xtrim(ledger.key("documents"), maxlen=0)
        self._journal(root, "5-5")
        assert agree(root, ledger) == (5, 5)

    def test_a_journal_without_an_entry_expects_none(self, root: Root, ledger: Ledger) -> None:
        self._journal(root, None, None)
        journal = root.path / "journal"
        (journal / "2026-01-02.other.jsonl").write_bytes(
            b'ry_id":"9-9"}\n{"detail":"\\"entry_id\\":\\"9-9\\"","entry_id":null}\n\0\0\n{"entry_id":"9-9'
        )
        assert agree(root, ledger) == (0, 0)

    def test_all_hosts_count_and_older_days_while_the_newest_name_no_entry(self, root: Root, ledger: Ledger) -> None:
        journal = root.path / "journal"
        for name, entry in (("01.a", "3-3"), ("01.b", "4-4"), ("02.a", None), ("03.a", None), ("04.a", None)):
            line = orjson.dumps({"entry_id": entry})
            (journal / f"2026-01-{name}.jsonl").write_bytes(line + b"\n" + b" " * 999_000)
        with pytest.raises(LedgerHeld, match="names entry 4-4"):
            agree(root, ledger)

    def test_a_journal_that_cannot_be_read_is_held(self, root: Root, ledger: Ledger) -> None:
        (root.path / "journal" / "2026-01-01.a.jsonl").mkdir()
        with pytest.raises(LedgerHeld, match="cannot be read"):
            agree(root, ledger)

    def test_a_journal_folder_that_cannot_be_read_is_held_too(self, root: Root, ledger: Ledger) -> None:
        (root.path / "journal").rmdir()
        (root.path / "journal").touch()
        with pytest.raises(LedgerHeld, match="cannot be read"):
            agree(root, ledger)

    def test_an_old_copy_that_came_while_we_looked_away_is_held(self, root: Root, ledger: Ledger) -> None:
        with pytest.raises(LedgerHeld, match="5-5"):
            agree(root, ledger, (5, 5))

    def test_of_two_that_begin_at_once_both_get_the_same(self, new_root: Root, ledger: Ledger) -> None:
        barrier = threading.Barrier(4)

        def begin() -> None:
            barrier.wait()
            agree(new_root, ledger)

        threads = [threading.Thread(target=begin) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert new_root.state().epoch == ledger.epoch() is not None


@contextmanager
def running(watcher: Watcher) -> Iterator[None]:
    thread = threading.Thread(target=watcher.run)
    thread.start()
    try:
        yield
    finally:
        watcher.end()
        thread.join(5)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], object], seconds: float = 5.0) -> float:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + seconds, "it did not come to be"
        time.sleep(0.005)
    return time.monotonic() - began


class TestRun:
    def test_an_event_wakes_it_long_before_the_sweep(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages, events: Events
    ) -> None:
        watcher = make(watch={"native_events": True, "sweep_seconds": 20.0})
        with running(watcher):
            wait_until(lambda: living(ledger))
            drop("a.txt", "a")
            wait_until(lambda: messages)
        assert names(events) == ["watch.started", "watch.stopped"]
        assert living(ledger) == []

    def test_without_events_the_sweep_finds_it(self, make: Make, drop: Drop, messages: Messages) -> None:
        with running(make(watch={"native_events": False, "sweep_seconds": 0.1})):
            drop("a.txt", "a")
            wait_until(lambda: messages)

    def test_a_folder_that_was_replaced_is_watched_again(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, messages: Messages, events: Events
    ) -> None:
        watcher = make(watch={"native_events": True, "sweep_seconds": 0.2})
        with running(watcher):
            wait_until(lambda: living(ledger))
            root.drop.rename(root.path / "state" / "old drop")
            root.drop.mkdir()
            drop("a.txt", "a")
            wait_until(lambda: messages)
            wait_until(lambda: "watch.repaired" in names(events))
            drop("b.txt", "b")
            wait_until(lambda: paths(messages) == ["a.txt", "b.txt"])
        (repaired,) = [event for event in events if event["event"] == "watch.repaired"]
        assert repaired["reason"] == "the folder was replaced"

    def test_it_ends_at_once_when_asked(self, make: Make) -> None:
        watcher = make(watch={"sweep_seconds": 20.0})
        thread = threading.Thread(target=watcher.run)
        thread.start()
        time.sleep(0.1)
        began = time.monotonic()
        watcher.end()
        thread.join(10)
        assert time.monotonic() - began < 5


#: Writes half a file, closes it after 0 to 6 ms, and appends the rest 60 ms later.
IMPATIENT_WRITER = """
import sys, time
for number in range(16):
    path = f"{sys.argv[1]}/{number}.txt"
    with open(path, "w") as file:
        file.write("half")
        file.flush()
        time.sleep((0, 0.001, 0.003, 0.006)[number % 4])
    time.sleep(0.06)
    with open(path, "a") as file:
        file.write("half")
"""


class TestHalfFiles:
    @pytest.mark.parametrize("first", [FileCreatedEvent, FileMovedEvent])
    def test_a_close_that_is_heard_between_two_looks_counts(
        self, make: Make, root: Root, messages: Messages, first: type[FileSystemEvent]
    ) -> None:
        watcher = make(watch={**SELDOM, "quiet_seconds": 0.3, "rename_settle_seconds": 0.2})
        path = root.drop / "a.txt"
        path.write_text("half")
        watcher.bell.dispatch(first("", str(path)) if first is FileMovedEvent else first(str(path)))
        watcher.turn()
        watcher.bell.dispatch(FileClosedEvent(str(path)))
        turn_for(watcher, 0.1)
        assert messages == []
        turn_until(watcher, lambda: messages, 1)

    def test_what_is_created_is_not_yet_whole(self, make: Make, root: Root, messages: Messages) -> None:
        watcher = make(watch={**SELDOM, "quiet_seconds": 0.3, "rename_settle_seconds": 0.2})
        (root.drop / "a.txt").write_text("half")
        watcher.bell.dispatch(FileCreatedEvent(str(root.drop / "a.txt")))
        turn_for(watcher, 0.1)
        assert messages == []

    @pytest.mark.parametrize("busy", [0.0, 0.1], ids=["idle", "busy"])
    def test_a_writer_that_comes_back_at_once_is_awaited(
        self, make: Make, root: Root, ledger: Ledger, messages: Messages, busy: float
    ) -> None:
        sizes: dict[str, int] = {}

        def enqueue(batch: Batch) -> None:
            sizes.update({ref.path: (root.drop / ref.path).stat().st_size for ref in batch.files})
            messages.append(batch)
            time.sleep(busy)

        watcher = make(enqueue, watch={"native_events": True, "sweep_seconds": 1.0, "quiet_seconds": 0.2})
        with running(watcher):
            wait_until(lambda: living(ledger))
            subprocess.run([sys.executable, "-c", IMPATIENT_WRITER, str(root.drop)], check=True)
            wait_until(lambda: len(sizes) == 16, 10)
        assert set(sizes.values()) == {8}

    def test_a_file_that_a_rename_brings_does_not_wait_for_writers(
        self, make: Make, drop: Drop, ledger: Ledger, messages: Messages
    ) -> None:
        """Even one that was written in the same tick of the file system's clock."""
        watcher = make(watch={"native_events": True, "sweep_seconds": 20.0, "quiet_seconds": 5.0})
        with running(watcher):
            wait_until(lambda: living(ledger))
            for number in range(5):
                drop(f"{number}.txt", "a")
                assert wait_until(lambda: len(messages) == number + 1) < 2  # noqa: B023 - asked at once


class TestTogether:
    """With the task itself in place of the queue: the whole way but Celery."""

    @pytest.fixture
    def workshop(self, root_settings: Settings, server: EmbeddedServer) -> Workshop:
        return Workshop(root_settings, server.url)

    def test_all_that_is_dropped_ends_somewhere(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, workshop: Workshop
    ) -> None:
        watcher = make(lambda batch: run(batch.model_dump(mode="json"), workshop))
        for number in range(60):
            drop(f"{number}.txt", f"A talk.\n\nAnna Abel: This is number {number % 40}.\n")
        for number in range(5):
            drop(f"{number}.png", b"\x89PNG\r\n\x1a\n")
        turn_until(watcher, lambda: not any(root.drop.iterdir()), 20)
        turn_until(watcher, lambda: not len(watcher.backlog))
        assert ledger.client.xlen(ledger.key("documents")) == 40
        counted: Any = ledger.client.hgetall(ledger.key("counters"))
        assert {name: int(count) for name, count in counted.items()} == {
            b"published": 40,
            b"duplicate": 20,
            b"rejected": 5,
        }

    def test_folders_that_are_links_on_the_same_file_system_will_do(
        self,
        tmp_path: Path,
        make: Make,
        drop: Drop,
        root: Root,
        ledger: Ledger,
        workshop: Workshop,
    ) -> None:
        for name in ("drop", "archive"):
            (root.path / name).rename(tmp_path / f"real {name}")
            (root.path / name).symlink_to(tmp_path / f"real {name}")
        watcher = make(lambda batch: run(batch.model_dump(mode="json"), workshop), watch={"native_events": True})
        drop("sub/a.txt", "Anna Abel: Good morning.\n")
        with running(watcher):
            wait_until(lambda: living(ledger))
            drop("b.txt", "Anna Abel: Good evening.\n")
            wait_until(lambda: not [path for path in root.drop.rglob("*") if path.is_file()])
        archived = [path.name for path in (tmp_path / "real archive").rglob("*") if path.is_file()]
        assert sorted(archived) == ["a.txt", "b.txt"]
        assert ledger.client.xlen(ledger.key("documents")) == 2

    def test_a_file_that_kills_workers_is_rejected_and_its_neighbours_are_published(
        self, make: Make, drop: Drop, root: Root, ledger: Ledger, workshop: Workshop
    ) -> None:
        deaths: list[int] = []

        def worker(batch: Batch) -> None:
            message = batch.model_dump(mode="json")
            deadly = [ref for ref in batch.files if ref.path == "deadly.txt" and ref.crashes < 3]
            if deadly:
                deaths.append(len(batch.files))
                on_failure(workshop, exception=WorkerLostError("signal 9"), args=[message], task_id=batch.id)
            else:
                run(message, workshop)

        watcher = make(worker, watch={"retry_seconds": 0.02, "retry_max_seconds": 0.05})
        for number in range(9):
            drop(f"{number}.txt", f"A talk.\n\nAnna Abel: This is number {number}.\n")
        drop("deadly.txt", "A talk.\n\nAnna Abel: This is deadly.\n")
        turn_until(watcher, lambda: not any(root.drop.iterdir()), 20)
        assert ledger.client.xlen(ledger.key("documents")) == 9
        assert sorted(file.name for file in root.quarantine.iterdir()) == ["deadly.txt", "deadly.txt.error.json"]
        assert deaths[-3:] == [1, 1, 1]
        assert len(deaths) <= 4
        turn_until(watcher, lambda: not ledger.client.exists(ledger.key("deferred")))
