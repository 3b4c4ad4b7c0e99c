"""The watch fails in every way it can, and no file waits for it: real processes, real kernel."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from tests.acceptance.conftest import Start
from tests.acceptance.harness import Turnstream, until

#: Kilobytes that the watcher may take, whatever waits (the issue of this promise names 150 MB).
MEMORY_KB = 150_000
OVERFLOW = {"fault": "overflow", "remedy": "raise fs.inotify.max_queued_events"}


def write(folder: Path, count: int) -> None:
    """Write files directly, as fast as it goes."""
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"Meeting {number}\n\nAnna: Number {number} is open.\nBob: It is.\n")


def peak_kb(pid: int) -> int:
    """The most memory that a process ever had, in kilobytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def entries(run: Turnstream) -> int:
    ledger = run.ledger()
    with ledger.client as client:
        return int(client.xlen(ledger.key("documents")))


def degraded(run: Turnstream, fault: str) -> list[dict[str, str]]:
    return [event for event in run.events("watch.degraded") if event["fault"] == fault]


@contextmanager
def small_queue(events: int) -> Iterator[None]:
    """Let the kernel keep this many events of each queue that is made meanwhile."""
    setting = Path("/proc/sys/fs/inotify/max_queued_events")
    before = setting.read_text()
    setting.write_text(str(events))
    try:
        yield
    finally:
        setting.write_text(before)


@contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """Mount another, small file system over a folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.timeout(400)
def test_a_hundred_thousand_files_beyond_what_the_kernel_keeps_events_for_are_all_published(run: Turnstream) -> None:
    watcher = run.pid_of("watch")
    # A watcher that stands still hears nothing: the kernel's queue overflows, however long it is.
    os.kill(watcher, signal.SIGSTOP)
    try:
        write(run.drop, 100_000)
    finally:
        os.kill(watcher, signal.SIGCONT)
    run.await_empty_drop(300)
    assert entries(run) == 100_000
    (said,) = degraded(run, "overflow")
    assert said.items() >= OVERFLOW.items()
    assert not [event for event in run.events("library.logged") if "overflow" in event["message"]]
    assert peak_kb(watcher) < MEMORY_KB


@pytest.mark.full
@pytest.mark.timeout(400)
def test_the_same_with_a_queue_of_512_events(start: Start) -> None:
    with small_queue(512):
        run = start()
        write(run.drop, 100_000)
    run.await_empty_drop(300)
    assert entries(run) == 100_000
    assert len(degraded(run, "overflow")) == 1
    assert peak_kb(run.pid_of("watch")) < MEMORY_KB


def test_a_watcher_that_died_of_a_signal_is_started_again_and_misses_nothing(run: Turnstream) -> None:
    os.kill(run.pid_of("watch"), signal.SIGSEGV)
    write(run.drop, 50)
    run.await_empty_drop()
    assert entries(run) == 50


def test_a_drop_folder_that_is_moved_away_and_made_anew_is_followed(run: Turnstream) -> None:
    run.drop.rename(run.root / "state" / "old")
    run.await_event("watch.degraded")
    assert degraded(run, "refused:")[0]["reason"] == "drop/ cannot be read: No such file or directory"
    status = orjson.loads(run.command_line("status", "--json").stdout)
    assert any("drop/ cannot be read" in warning for warning in status["warnings"])
    run.drop.mkdir()
    write(run.drop, 20)
    run.await_empty_drop()
    until(lambda: "refused:" in {event.get("fault") for event in run.events("watch.repaired")}, "it is over")
    assert entries(run) == 20


@pytest.mark.full
def test_a_file_system_mounted_over_drop_is_said_and_what_lies_below_comes_back(run: Turnstream) -> None:
    write(run.drop, 5)
    run.await_empty_drop()
    os.kill(run.pid_of("watch"), signal.SIGSTOP)
    (run.drop / "below.txt").write_text("Below\n\nAnna: I was hidden.\n")
    with mounted(run.drop):
        os.kill(run.pid_of("watch"), signal.SIGCONT)
        (run.drop / "above.txt").write_text("Above\n\nAnna: I cannot be moved.\n")
        until(lambda: degraded(run, "other_file_system"), "it was said")
        run.await_event("document.blocked")
        assert (run.drop / "above.txt").exists()
    run.await_empty_drop()
    until(lambda: [e for e in run.events("watch.repaired") if e.get("fault") == "other_file_system"], "it is over")
    # What was published stays published, though its file could not be moved and is gone with its file system.
    assert entries(run) == 7
    assert (next((run.root / "archive").iterdir()) / "below.txt").exists()


@pytest.mark.full
def test_without_a_watch_of_the_kernels_the_sweep_finds_everything(tmp_path: Path) -> None:
    # A user namespace has limits of its own: those of this machine stay as they are.
    limited = 'echo 0 > /proc/sys/user/max_inotify_instances; exec "$@"'
    within = ("unshare", "--map-root-user", "sh", "-c", limited, "sh")
    run = Turnstream(tmp_path / "root", within=within).start()
    try:
        write(run.drop, 20)
        run.await_empty_drop()
        assert entries(run) == 20
        (said,) = degraded(run, "no_events")
        assert "max_user_instances" in said["remedy"]
        status = orjson.loads(run.command_line("status", "--json").stdout)
        assert any("max_user_instances" in warning for warning in status["warnings"])
    finally:
        assert run.stop() == 0
