"""When a file is complete: nobody writes to it, and it is quiet."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.settings import WatchSettings, default_toml
from turnstream.watch import settle
from turnstream.watch.bell import Note
from turnstream.watch.settle import Candidate, Lease, Ready, Vanished, Wait, ask_lease, look

#: The monotonic clock of these tests, in seconds.
NOW = 1000.0
#: The wall clock of these tests: long after every file here was made.
TODAY = 4_000_000_000.0
QUIET, RENAMED, SETTLE, SWEEP = 0.2, 0.01, 5.0, 1.0


def settings(**changes: Any) -> WatchSettings:
    table = tomllib.loads(default_toml().read_text())["watch"]
    pauses = {
        "quiet_seconds": QUIET,
        "rename_settle_seconds": RENAMED,
        "settle_seconds": SETTLE,
        "sweep_seconds": SWEEP,
    }
    return WatchSettings(**table | pauses | changes)


@pytest.fixture(autouse=True)
def wall_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def is_now(seconds: float) -> None:
        monkeypatch.setattr(settle, "time", SimpleNamespace(time=lambda: seconds, monotonic=lambda: NOW))

    is_now(TODAY)
    return is_now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    return path


@pytest.fixture
def just_written(file: Path, wall_clock: Callable[[float], None]) -> Path:
    """A file that changed 0.05 s ago by the wall clock."""
    wall_clock(file.stat().st_ctime + 0.05)
    return file


def judge(path: Path, candidate: Candidate, now: float = NOW, **changes: Any) -> Ready | Wait | Vanished:
    return look(candidate, path.parent, settings(**changes), now)


def seen(note: Note | None = None) -> Candidate:
    return Candidate("a.txt", NOW, note)


def test_an_old_file_that_a_scan_finds_is_ready_at_once(file: Path) -> None:
    verdict = judge(file, seen())
    assert isinstance(verdict, Ready)
    assert verdict.facts.st_ino == file.stat().st_ino


def test_a_new_file_without_an_event_waits_until_it_is_quiet(just_written: Path) -> None:
    candidate = seen()
    assert judge(just_written, candidate) == Wait(NOW + QUIET, "settling")
    assert judge(just_written, candidate, NOW + QUIET - 0.001) == Wait(NOW + QUIET, "settling")
    assert isinstance(judge(just_written, candidate, NOW + QUIET), Ready)


@pytest.mark.parametrize("ahead", [0.5, 3600.0, 10**10])
def test_a_file_from_the_future_waits_like_a_new_one(ahead: float, file: Path) -> None:
    os.utime(file, (TODAY + ahead, TODAY + ahead))
    candidate = seen()
    assert judge(file, candidate) == Wait(NOW + QUIET, "settling")
    assert isinstance(judge(file, candidate, NOW + QUIET), Ready)


def test_an_old_time_of_change_does_not_make_a_new_file_old(just_written: Path) -> None:
    """`cp -p` and `rsync -t` set it; the inode's own time tells the truth."""
    os.utime(just_written, (0, 0))
    assert judge(just_written, seen()) == Wait(NOW + QUIET, "settling")


@pytest.mark.parametrize(("moved", "pause"), [(False, QUIET), (True, RENAMED)], ids=["close", "rename"])
def test_a_file_is_ready_a_pause_after_its_last_event(moved: bool, pause: float, just_written: Path) -> None:
    candidate = seen(Note(moved, NOW))
    assert judge(just_written, candidate, NOW + pause / 2) == Wait(NOW + pause, "settling")
    assert isinstance(judge(just_written, candidate, NOW + pause), Ready)


def test_a_later_event_makes_a_file_wait_anew(just_written: Path) -> None:
    candidate = seen(Note(moved=False, at=NOW))
    judge(just_written, candidate, NOW + 0.1)
    candidate.note = Note(moved=False, at=NOW + 0.15)
    assert judge(just_written, candidate, NOW + QUIET) == Wait(NOW + 0.15 + QUIET, "settling")


@pytest.mark.parametrize("moved", [False, True])
def test_a_change_after_the_last_event_is_waited_for_until_it_is_quiet(moved: bool, just_written: Path) -> None:
    """The event that tells of it (a close) is still on its way."""
    candidate = seen(Note(moved, NOW - 0.06))
    assert judge(just_written, candidate) == Wait(NOW + QUIET, "settling")
    candidate = seen(Note(moved, NOW - 99))
    assert judge(just_written, candidate) == Wait(NOW + QUIET, "settling")
    assert isinstance(judge(just_written, candidate, NOW + QUIET), Ready)


@pytest.mark.parametrize("note", [None, Note(moved=False, at=NOW - 99), Note(moved=True, at=NOW - 99)])
def test_a_file_that_a_program_writes_to_waits_for_the_next_sweep(note: Note | None, file: Path) -> None:
    candidate = seen(note)
    with file.open("ab"):
        assert judge(file, candidate) == Wait(NOW + SWEEP, "a program has it open for writing")
        assert judge(file, candidate, NOW + 99) == Wait(NOW + 99 + SWEEP, "a program has it open for writing")
    assert judge(file, candidate, NOW + 100) == Wait(NOW + 100 + QUIET, "settling")
    assert isinstance(judge(file, candidate, NOW + 100 + QUIET), Ready)


def test_of_a_writer_that_was_heard_to_close_the_file_the_close_counts(file: Path) -> None:
    candidate = seen()
    with file.open("ab"):
        judge(file, candidate)
    candidate.note = Note(moved=False, at=NOW + 0.5)
    assert isinstance(judge(file, candidate, NOW + 0.5 + QUIET), Ready)


def test_a_file_that_programs_read_is_ready(file: Path) -> None:
    with file.open("rb"):
        assert isinstance(judge(file, seen()), Ready)


class TestWithoutLeases:
    def test_even_an_old_closed_file_waits_until_it_was_long_unchanged(self, file: Path) -> None:
        candidate = seen(Note(moved=False, at=NOW - 99))
        assert judge(file, candidate, leases=False) == Wait(NOW + SETTLE, "settling")
        assert judge(file, candidate, NOW + SETTLE - 0.1, leases=False) == Wait(NOW + SETTLE, "settling")
        assert isinstance(judge(file, candidate, NOW + SETTLE, leases=False), Ready)

    @pytest.mark.parametrize(
        "change",
        [
            lambda path: path.write_bytes(b"text and more"),
            lambda path: os.utime(path, (1, 1)),
            lambda path: path.chmod(0o640),
            lambda path: (path.rename(path.with_name("old")), path.write_bytes(b"text")),
        ],
        ids=["size", "mtime", "ctime", "inode"],
    )
    def test_any_change_makes_it_wait_anew(self, change: Callable[[Path], object], file: Path) -> None:
        os.utime(file, (0, 0))
        candidate = seen()
        judge(file, candidate, leases=False)
        before = file.stat().st_ctime_ns
        change(file)
        while file.stat().st_ctime_ns == before:  # the file system's clock ticks every few milliseconds
            change(file)
        assert judge(file, candidate, NOW + 4, leases=False) == Wait(NOW + 4 + SETTLE, "settling")
        assert isinstance(judge(file, candidate, NOW + 4 + SETTLE, leases=False), Ready)

    def test_a_program_that_writes_goes_unnoticed_while_nothing_changes(self, file: Path) -> None:
        candidate = seen()
        with file.open("ab"):
            judge(file, candidate, leases=False)
            assert isinstance(judge(file, candidate, NOW + SETTLE, leases=False), Ready)


@pytest.mark.parametrize("note", [None, Note(moved=False, at=NOW), Note(moved=True, at=NOW)])
def test_an_empty_file_waits_long_whatever_was_heard_of_it(note: Note | None, file: Path) -> None:
    file.write_bytes(b"")
    candidate = seen(note)
    assert judge(file, candidate) == Wait(NOW + SETTLE, "settling")
    assert isinstance(judge(file, candidate, NOW + SETTLE), Ready)


@pytest.mark.parametrize(
    "kind", ["nothing", "folder", "link", "dangling link", "fifo", "socket", "folder that is a file"]
)
def test_what_is_no_regular_file_has_vanished(kind: str, file: Path) -> None:
    path = file.with_name("b.txt")
    make: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "folder": path.mkdir,
        "link": lambda: path.symlink_to(file),
        "dangling link": lambda: path.symlink_to("nowhere"),
        "fifo": lambda: os.mkfifo(path),
        "socket": lambda: os.mknod(path, stat.S_IFSOCK | 0o600),
        "folder that is a file": lambda: None,
    }
    make[kind]()
    name = "a.txt/b.txt" if kind == "folder that is a file" else "b.txt"
    assert isinstance(look(Candidate(name, NOW), file.parent, settings(), NOW), Vanished)


@pytest.mark.parametrize("number", [errno.EACCES, errno.ESTALE, errno.EIO])
def test_a_file_that_may_not_be_looked_at_is_still_there(
    number: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> os.stat_result:
        raise OSError(number, os.strerror(number))

    candidate = seen()
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", refuse)
        verdict = judge(file, candidate, retry_seconds=3.0)
    assert verdict == Wait(NOW + 3, f"it cannot be looked at: {os.strerror(number)}")
    assert isinstance(judge(file, candidate, NOW + 3), Ready)


def test_a_name_that_is_no_utf_8_is_judged_like_any(tmp_path: Path) -> None:
    name = os.fsdecode(b"t\xfcr/caf\xe9.txt")
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_bytes(b"text")
    assert isinstance(look(Candidate(name, NOW), tmp_path, settings(), NOW), Ready)


class TestAskLease:
    def test_the_kernel_knows_whether_somebody_writes(self, file: Path) -> None:
        assert ask_lease(file) is Lease.FREE
        with file.open("ab"):
            assert ask_lease(file) is Lease.WRITER
        assert ask_lease(file) is Lease.FREE

    def test_a_lease_of_another_reader_does_not_matter(self, file: Path) -> None:
        with file.open("rb") as reader:
            fcntl.fcntl(reader, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            assert ask_lease(file) is Lease.FREE

    @pytest.mark.parametrize("name", ["missing", "link", ""])
    def test_where_it_cannot_be_asked_it_is_unknown(self, name: str, file: Path) -> None:
        file.with_name("link").symlink_to(file)
        assert ask_lease(file.parent / name) is Lease.UNKNOWN

    def test_it_keeps_neither_lease_nor_descriptor(self, file: Path) -> None:
        before = len(list(Path("/proc/self/fd").iterdir()))
        ask_lease(file)
        with file.open("ab"):
            ask_lease(file)
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))

    @pytest.fixture
    def io_signals(self) -> Iterator[list[int]]:
        """What would have ended this process: the default of SIGIO is death."""
        got: list[int] = []
        before = signal.signal(signal.SIGIO, lambda number, _: got.append(number))
        yield got
        signal.signal(signal.SIGIO, before)

    def test_a_writer_that_opens_at_that_moment_does_not_end_the_watcher(
        self, file: Path, io_signals: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waited = []
        real = fcntl.fcntl

        def fcntl_while_a_writer_comes(descriptor: int, command: int, argument: int = 0) -> int:
            answer = real(descriptor, command, argument)
            if (command, argument) == (fcntl.F_SETLEASE, fcntl.F_RDLCK):
                with pytest.raises(BlockingIOError):
                    os.open(file, os.O_WRONLY | os.O_NONBLOCK)
                waited.append(True)
            return answer

        monkeypatch.setattr(fcntl, "fcntl", fcntl_while_a_writer_comes)
        ask_lease(file)
        assert waited
        assert io_signals == []


@given(
    st.none() | st.builds(Note, st.booleans(), st.floats(NOW - 10, NOW)),
    st.booleans(),
    st.booleans(),
    st.floats(0, 10),
)
def test_a_file_that_rests_is_ready_when_its_wait_is_over(
    tmp_path_factory: pytest.TempPathFactory, note: Note | None, leases: bool, empty: bool, later: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "resting" / "a.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"" if empty else b"text")
    candidate = seen(note)
    verdict = judge(path, candidate, NOW, leases=leases)
    if isinstance(verdict, Wait):
        assert NOW < verdict.until <= NOW + SETTLE
        assert judge(path, candidate, min(verdict.until - 0.001, NOW + later), leases=leases) == verdict
        verdict = judge(path, candidate, verdict.until, leases=leases)
    assert isinstance(verdict, Ready)
    assert isinstance(judge(path, candidate, NOW + SETTLE + later, leases=leases), Ready)
