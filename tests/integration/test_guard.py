"""The watch watches itself: every fault is said once, with a remedy, and once that it is over."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog
from watchdog.events import FileSystemEvent
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, WatchDescriptor

from turnstream.root import Root
from turnstream.settings import Settings
from turnstream.watch import guard as guard_module
from turnstream.watch import rope as rope_module
from turnstream.watch import scan as scan_module
from turnstream.watch.bell import Bell
from turnstream.watch.guard import Guard
from turnstream.watch.scan import ignore_pattern, scan

Events = list[Any]


class Watch:
    """A guard, and the part of the watcher that asks it."""

    def __init__(self, root: Root, settings: Settings) -> None:
        self.bell = Bell()
        self.guard = Guard(root, self.bell, settings.watch.model_copy(update={"native_events": True}))
        self.root = root
        self.known: set[str] = set()
        self.notes: set[str] = set()

    def turn(self) -> None:
        """Do what the watcher does at a sweep."""
        self.guard.mend()
        _, notes = self.bell.answer()
        heard = {os.path.relpath(path, self.root.drop) for path in notes}
        self.guard.heard(heard)
        sight = scan(self.root.drop, ignore_pattern([".*"]))
        self.guard.look(sight.refused, sorted(sight.files - self.known), heard, time.monotonic())
        self.known = sight.files
        self.notes |= heard

    def turn_until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not come to be"
            self.turn()
            time.sleep(0.01)

    def turn_for(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.turn()
            time.sleep(0.01)

    def hears(self, name: str) -> None:
        """Drop a file and wait for its event."""
        self.turn()
        (self.root.drop / name).write_text("text")
        self.turn_until(lambda: name in self.notes)


@pytest.fixture
def watch(root: Root, root_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """A watch in quick motion."""
    monkeypatch.setattr(rope_module, "CANARY_SECONDS", 0.3)
    monkeypatch.setattr(rope_module, "RETRY_SECONDS", 0.6)
    monkeypatch.setattr(guard_module, "LATE_SECONDS", 0.3)
    monkeypatch.setattr(guard_module, "OVER_SECONDS", 0.6)
    made = Watch(root, root_settings)
    yield made
    made.guard.end()


@pytest.fixture
def events() -> Iterator[Events]:
    with structlog.testing.capture_logs() as captured:
        yield captured


def said(events: Events, event: str) -> list[str]:
    return [entry["reason"] for entry in events if entry["event"] == event]


def warnings(watch: Watch) -> list[str]:
    found: list[str] = orjson.loads(watch.guard.words()["warnings"])
    return found


def test_a_watch_that_hears_everything_has_nothing_to_say(watch: Watch, events: Events) -> None:
    (watch.root.drop / "before.txt").write_text("was there before the watch")
    watch.turn()
    for number in range(20):
        watch.hears(f"{number}.txt")
    watch.turn_for(1)
    assert events == []
    assert watch.guard.words() == {"events": "on", "refused": "0", "warnings": "[]"}


def test_of_a_folder_that_is_moved_in_one_event_tells_for_all_that_is_in_it(
    watch: Watch, events: Events, tmp_path: Path
) -> None:
    (tmp_path / "tree" / "a" / "b").mkdir(parents=True)
    for number in range(20):
        (tmp_path / "tree" / "a" / "b" / f"{number}.txt").write_text("text")
    watch.turn_for(0.4)
    (tmp_path / "tree").rename(watch.root.drop / "tree")
    watch.turn_until(lambda: "tree" in watch.notes)
    assert watch.notes == {"tree"}
    watch.turn_for(1)
    watch.hears("tree/a/b/later.txt")
    assert events == []
    assert watch.guard.words() == {"events": "on", "refused": "0", "warnings": "[]"}


def test_folders_that_come_go_and_come_again_under_one_name_end_no_thread(
    watch: Watch, events: Events, tmp_path: Path
) -> None:
    watch.turn_for(0.4)
    for number in range(3):
        (tmp_path / "new").mkdir()
        (tmp_path / "new").rename(watch.root.drop / "talks")
        watch.turn_for(0.1)
        (watch.root.drop / "talks").rename(tmp_path / f"away-{number}")
    (watch.root.drop / "talks").mkdir()
    watch.turn_for(0.1)
    (watch.root.drop / "talks").rmdir()
    for number in range(3):
        (tmp_path / f"away-{number}").rmdir()
    watch.turn_for(0.5)
    watch.hears("a.txt")
    assert events == []


def test_an_event_of_a_folder_may_come_after_its_files_were_found(watch: Watch, events: Events) -> None:
    watch.turn_for(0.4)
    watch.guard.look({}, ["tree/a.txt", "tree/below/b.txt", "treehouse.txt"], {}, time.monotonic())
    watch.guard.heard({"tree"})
    assert [*watch.guard._awaited] == ["treehouse.txt"]
    assert events == []


def test_a_canary_leaves_nothing_behind_and_rings_no_bell(watch: Watch) -> None:
    watch.turn()
    watch.turn_until(lambda: watch.bell.canary_heard)
    assert list(watch.root.drop.iterdir()) == []
    assert watch.notes == set()


@pytest.mark.parametrize("part", ["_inotify_fd", "observer", "emitter"])
def test_a_thread_that_ended_is_replaced(watch: Watch, events: Events, part: str) -> None:
    watch.hears("a.txt")
    observer = watch.guard.rope._observer
    assert observer
    {"_inotify_fd": observer._inotify_fd, "observer": observer, "emitter": next(iter(observer.emitters))}[part].stop()
    (watch.root.drop / "wakes what sleeps.txt").write_text("text")
    watch.turn_until(lambda: said(events, "watch.repaired"))
    watch.hears("b.txt")
    assert said(events, "watch.repaired") == ["a thread that reads events ended"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_handler_that_fails_is_replaced(watch: Watch, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.hears("a.txt")

    def fail(_: FileSystemEvent) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(watch.bell, "dispatch", fail)
        (watch.root.drop / "b.txt").write_text("text")
        observer = watch.guard.rope._observer
        assert observer
        deadline = time.monotonic() + 10
        while observer.lives():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    watch.hears("c.txt")
    assert said(events, "watch.repaired") == ["a thread that reads events ended"]


def test_a_folder_that_was_replaced_is_watched_again(watch: Watch, events: Events) -> None:
    watch.hears("a.txt")
    watch.root.drop.rename(watch.root.path / "state" / "old")
    watch.root.drop.mkdir()
    watch.hears("b.txt")
    assert said(events, "watch.repaired") == ["the folder was replaced"]


def test_a_folder_that_was_removed_is_said_once_and_watched_when_it_is_back(watch: Watch, events: Events) -> None:
    watch.hears("a.txt")
    watch.root.drop.rename(watch.root.path / "state" / "old")
    watch.turn_until(lambda: warnings(watch))
    watch.turn_for(0.5)
    (gone,) = said(events, "watch.degraded")
    assert gone == "drop/ cannot be read: No such file or directory"
    assert watch.guard.words()["events"] == "none"
    watch.root.drop.mkdir()
    watch.hears("b.txt")
    watch.turn_until(lambda: not warnings(watch))
    assert gone in said(events, "watch.repaired")


def test_folders_that_come_and_go_leave_nothing_behind(watch: Watch, events: Events) -> None:
    watch.turn()
    for number in range(300):
        folder = watch.root.drop / str(number)
        folder.mkdir()
        folder.rmdir()
    watch.hears("a.txt")
    observer = watch.guard.rope._observer
    assert observer
    assert watch.guard.rope.unwatched() == 0
    (emitter,) = observer.emitters
    assert isinstance(emitter, rope_module._Emitter)
    assert emitter.refused == set()
    assert events == []


def test_an_overflow_is_said_once_with_its_remedy_and_is_over_after_a_while(watch: Watch, events: Events) -> None:
    watch.hears("a.txt")
    observer = watch.guard.rope._observer
    assert observer
    for _ in range(3):
        observer._inotify_fd.handle_event(InotifyEvent(WatchDescriptor(-1), InotifyConstants.IN_Q_OVERFLOW, 0, b""))
        watch.turn()
    assert warnings(watch) == [
        "files came faster than the kernel keeps events: raise fs.inotify.max_queued_events",
    ]
    watch.turn_until(lambda: not warnings(watch))
    assert len(said(events, "watch.degraded")) == len(said(events, "watch.repaired")) == 1
    watch.hears("b.txt")


def test_a_file_system_that_gives_no_events_is_said_once_and_tried_again(
    watch: Watch, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Bell, "dispatch", lambda *_: None)
        watch.turn_until(lambda: warnings(watch))
        assert watch.guard.words()["events"] == "none"
        watch.turn_for(1.0)
    assert warnings(watch) == ["this file system gives no events: set watch.native_events = false"]
    watch.turn_until(lambda: not warnings(watch))
    assert said(events, "watch.degraded") == ["this file system gives no events"]
    watch.hears("a.txt")


def test_files_that_come_without_an_event_are_noticed(
    watch: Watch, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.hears("a.txt")
    watch.turn_for(0.5)
    with monkeypatch.context() as patch:
        # As where another host writes: our own canary is heard, its file is not.
        patch.setattr(Bell, "dispatch", lambda *_: None)
        (watch.root.drop / "b.txt").write_text("text")
        time.sleep(0.1)
    watch.turn_until(lambda: warnings(watch))
    assert said(events, "watch.degraded") == ["files came without an event"]
    watch.turn_until(lambda: not warnings(watch))


def test_a_kernel_that_gives_no_watch_is_said_once_and_asked_again(watch: Watch, events: Events) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(link.name) for link in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, hard))
    spare: list[int] = []
    try:
        while True:
            try:
                spare.append(os.dup(0))
            except OSError:
                break
        os.close(spare.pop())  # one for scandir
        watch.guard.mend()
        watch.guard.mend()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in spare:
            os.close(descriptor)
    watch.guard.look(scan(watch.root.drop, ignore_pattern([])).refused, [], (), time.monotonic())
    (reason,) = said(events, "watch.degraded")
    assert "(errno 24)" in reason
    watch.hears("a.txt")
    assert said(events, "watch.repaired") == [reason, "not started"] or said(events, "watch.repaired") == [reason]


def test_a_folder_that_becomes_readable_again_brings_its_files_without_a_complaint(
    watch: Watch, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = watch.root.drop / "below"
    below.mkdir()
    (below / "a.txt").write_text("text")
    with monkeypatch.context() as patch:
        patch.setattr("turnstream.watch.scan._entries", _refusing(below))
        watch.turn_for(0.5)
    watch.turn_for(1.0)
    assert said(events, "watch.degraded") == ["the folder drop/below cannot be read: Permission denied"]
    assert said(events, "watch.repaired") == ["the folder drop/below cannot be read: Permission denied"]


def _refusing(folder: os.PathLike[str]) -> Callable[..., Any]:
    real = scan_module._entries

    def entries(drop: Any, below: str) -> Any:
        if below and (drop / below) == folder:
            raise PermissionError(13, "Permission denied")
        return real(drop, below)

    return entries
