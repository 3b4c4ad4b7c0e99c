"""What users of others' drop folders complain about, as situations: none of it happens here.

Each test's docstring names the complaint and its number among the 22 that were collected.  Two of
them are no situation: 10 (no folder watch at all) is every test, and 20 (nobody can say why a file
waits) is `explain`'s, which has tests of its own.  5, 7 and 8 are also in ``test_watch_faults.py``.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Start
from tests.acceptance.harness import Turnstream, family, is_alive, stopped, until
from tests.acceptance.station import DEFAULT, NEITHER, NO_LEASES, Configuration, catch

#: Messages come again sooner than by default, so that no test waits for it.
SOON = {
    "TURNSTREAM_WATCH__RESEND_SECONDS": "2",
    "TURNSTREAM_WATCH__RETRY_MAX_SECONDS": "2",
    "TURNSTREAM_WATCH__SETTLE_SECONDS": "0.6",
    "TURNSTREAM_WORK__HOLD_SECONDS": "3",
}


def text(number: int | str) -> bytes:
    return f"Anna: number {number}, if you please.\nBen: {number} it is.\n".encode()


def long_text(lines: int = 30_000) -> bytes:
    return b"".join(b"Anna: sentence %d of a long day.\n" % line for line in range(lines))


def names(run: Turnstream) -> list[str]:
    """Names of the files that records on the stream came from."""
    return sorted(record["provenance"]["name"] for record in run.records())


def require_clean(run: Turnstream, count: int) -> None:
    """Require that so many files were published, and that nobody was told of any trouble."""
    run.await_empty_drop()
    assert len(run.records()) == len(run.files("archive")) == count
    assert not run.files("quarantine")
    assert not run.files("duplicates")


def workers(run: Turnstream) -> list[int]:
    return list(family(run.pid_of("work")))


def test_paperless_1279_a_scanner_creates_the_file_first_and_fills_it_later(run: Turnstream) -> None:
    """1: consumed half-written."""
    for pause in (0.0, 0.5, 1.5):
        with (run.drop / f"scan-{pause}.txt").open("wb") as file:
            for line in text(f"after {pause} s").splitlines(keepends=True):
                time.sleep(pause)
                file.write(line)
                file.flush()
    require_clean(run, 3)
    for path in run.files("archive"):
        assert path.read_bytes() == text(f"after {path.stem[5:]} s")


@pytest.mark.parametrize("configuration", [DEFAULT, NO_LEASES, NEITHER], ids=lambda one: one.slug)
def test_paperless_9698_a_large_file_that_still_changes_is_taken_when_it_is_done(
    start: Start, configuration: Configuration
) -> None:
    """2: found changing once, it was not looked at again before a restart."""
    run = start(**{**dict(configuration.settings), **SOON})
    ends = time.monotonic() + 5  # seconds: more than any wait that is set
    written = 0
    with (run.drop / "large.txt").open("wb") as file:
        while time.monotonic() < ends:
            written += file.write(b"Anna: and here is another sentence, number %09d.\n" % written)
            file.flush()
            time.sleep(0.002)
        assert not run.records()
        assert run.files("drop")
    require_clean(run, 1)
    assert run.files("archive")[0].stat().st_size == written


def test_paperless_13011_a_file_created_while_the_watch_is_being_rebuilt_is_found(run: Turnstream) -> None:
    """3: it sat there for ever."""
    for number in range(15):
        # Files that came before, amid and after the exchange of the folder under the watch.
        new = run.root / "state" / f"drop-{number}"
        new.mkdir()
        (new / f"before-{number}.txt").write_bytes(text(f"before {number}"))
        run.drop.rename(run.root / "state" / f"old-{number}")
        new.rename(run.drop)
        (run.drop / f"after-{number}.txt").write_bytes(text(f"after {number}"))
        time.sleep(0.15)
        # What lay in the folder that was taken away is brought back by its user.
        for left in (run.root / "state" / f"old-{number}").glob("*.txt"):
            left.rename(run.drop / left.name)
    require_clean(run, 30)


def test_paperless_5881_a_folder_moved_in_is_taken_with_all_that_is_in_it(run: Turnstream) -> None:
    """4: nothing of it was consumed; of files in freshly made nested folders one in ten was missed."""
    tree = run.root.parent / "tree"
    for number in range(100):
        folder = tree / f"{number % 10}" / f"{number}"
        folder.mkdir(parents=True)
        (folder / f"{number}.txt").write_bytes(text(number))
    tree.rename(run.drop / "tree")
    for number in range(100, 400):
        folder = run.drop / f"{number}" / "a" / "b"
        folder.mkdir(parents=True)
        (folder / f"{number}.txt").write_bytes(text(number))
    require_clean(run, 400)


def test_a_watcher_that_could_not_read_its_events_finds_what_they_told_of(run: Turnstream) -> None:
    """5: an overflow of the kernel's queue (16,384 events by default) silently drops files."""
    bulk = run.root.parent / "bulk"
    bulk.mkdir()
    for number in range(12_000):
        (bulk / f"{number}.txt").write_bytes(text(number))
    with stopped([run.pid_of("watch")]):
        for path in bulk.iterdir():
            path.rename(run.drop / f"{path.stem}.new.txt").rename(run.drop / path.name)
    require_clean(run, 12_000)


def test_a_share_that_is_away_for_a_moment_is_no_storm(run: Turnstream) -> None:
    """8: every file "deleted", then every file "created" again."""
    with stopped(workers(run)):
        for number in range(200):
            run.move_in(text(number), f"{number}.txt")
        for _ in range(5):
            run.drop.rename(run.root / "state" / "away")
            time.sleep(0.3)
            (run.root / "state" / "away").rename(run.drop)
            time.sleep(0.3)
    require_clean(run, 200)
    assert len(run.events("document.published")) == 200


def test_files_with_the_same_head_or_hardly_any_text_are_different_files(run: Turnstream) -> None:
    """11: two transcripts with the same first kilobyte count as one; files below a kilobyte are never read."""
    head = b"Meeting of the committee\n" + b"Anna: the usual words of welcome. \n" * 40
    for number in range(5):
        run.move_in(head + text(number), f"head-{number}.txt")
        run.move_in(b"%d" % number, f"small-{number}.txt")
        run.move_in(text(number) + head, f"tail-{number}.txt")
    require_clean(run, 15)


def test_a_new_file_in_the_place_of_an_old_one_on_disk_is_read_from_its_start(start: Start) -> None:
    """12: the inode was used again, and the new file read from where the old one had ended."""
    run = start(**SOON)
    for number in range(5):
        # The same inode, size, time and name: nothing but the text tells them apart.
        source = run.root.parent / "file.txt"
        if number:
            (run.root / "state" / "moved.txt").rename(source)
        source.write_bytes(text(number))
        os.utime(source, (1_700_000_000, 1_700_000_000))
        source.rename(run.drop / "same.txt")
        run.await_empty_drop()
        assert len(run.records()) == number + 1
        (archived,) = run.files("archive")
        assert archived.read_bytes() == text(number)
        archived.rename(run.root / "state" / "moved.txt")
    assert len({record["content_sha256"] for record in run.records()}) == 5


def test_paperless_4642_a_duplicate_is_no_error_and_is_told_once_whatever_restarts(run: Turnstream) -> None:
    """13: a duplicate failed with a traceback, stayed, and failed again at every restart."""
    run.move_in(text(1), "first.txt")
    run.await_empty_drop()
    run.move_in(text(1), "second.txt")
    run.await_empty_drop()
    for number in (2, 3):
        assert run.stop() == 0
        run.start()
        run.move_in(text(number), f"{number}.txt")
        run.await_empty_drop()
    assert len(run.events("document.duplicate")) == 1
    assert not [event for event in run.events() if event["level"] in ("warning", "error")]
    assert [path.name for path in run.files("duplicates", sidecars=True)] == ["second.txt", "second.txt.duplicate.json"]
    assert names(run) == ["2.txt", "3.txt", "first.txt"]


def test_paperless_7319_a_file_whose_message_was_sent_many_times_is_taken_once(start: Start) -> None:
    """14: the same file was queued many times, and all but the first failed: "File not found"."""
    run = start(**SOON)
    ledger = run.ledger()
    pids = workers(run)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    for number in range(20):
        run.move_in(text(number), f"{number}.txt")
    with ledger.client as client:
        until(lambda: client.llen(ledger.key("q:ingest")) > 0, "messages wait")
        # Each message thrice more, as a restart or a lost acknowledgement would have it.
        for message in client.lrange(ledger.key("q:ingest"), 0, -1) * 3:
            client.lpush(ledger.key("q:ingest"), message)
    time.sleep(5)  # and those that the watcher sends again
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    require_clean(run, 20)
    until(lambda: not _queued(run), "every message was worked off")
    assert not [event for event in run.events() if event["level"] == "error"]
    assert len(run.records()) == len(run.journal()) == 20


def _queued(run: Turnstream) -> int:
    ledger = run.ledger()
    with ledger.client as client:
        waiting: int = client.llen(ledger.key("q:ingest")) + client.hlen(ledger.key("q:unacked"))
    return waiting


@pytest.mark.parametrize("victim", ["child", "work", "everything"])
def test_a_document_whose_worker_was_killed_on_it_is_neither_lost_nor_skipped_later(start: Start, victim: str) -> None:
    """15, 16: an out-of-memory kill lost the document, or its hash was kept and it was skipped for ever after."""
    run = start(**SOON)
    run.move_in(long_text(), "long.txt")
    child = until(lambda: catch(run, run.drop / "long.txt"), "a worker has read it")
    if victim == "everything":
        assert run.process
        for pid in list(family(run.process.pid)):
            os.kill(pid, signal.SIGKILL)
        run.process.wait()
        run.start()
    else:
        os.kill(child if victim == "child" else run.pid_of("work"), signal.SIGKILL)
    require_clean(run, 1)
    assert run.files("archive")[0].read_bytes() == long_text()


def test_messages_that_vanish_from_the_server_cost_no_file(start: Start) -> None:
    """17: tasks vanish from Redis at a shutdown or a kill."""
    run = start(**SOON)
    ledger = run.ledger()
    with stopped(workers(run)):
        for number in range(20):
            run.move_in(text(number), f"{number}.txt")
        with ledger.client as client:
            until(lambda: client.llen(ledger.key("q:ingest")) > 0, "messages wait")
            client.delete(ledger.key("q:ingest"), ledger.key("q:unacked"))
    require_clean(run, 20)


def test_a_file_that_kills_its_workers_is_put_aside_and_the_others_go_on(start: Start) -> None:
    """18: a poison task kills workers for ever, or its file is published twice meanwhile."""
    run = start(**SOON)
    poison = run.drop / "poison.txt"
    # Seconds of work: it is found in a worker's hands each time.
    run.move_in(long_text(400_000), poison.name)
    deaths = 0
    while poison.exists():
        if (child := catch(run, poison)) is not None:
            os.kill(child, signal.SIGKILL)
            deaths += 1
            run.move_in(text(deaths), f"{deaths}.txt")
    until(lambda: run.files("quarantine"), "it is put aside")
    # Two kills count as one crash; on a busy machine a message sent again may be in a worker's hands at the last.
    assert 6 <= deaths <= 7
    (line,) = (line for line in run.journal().values() if line["path"] == poison.name)
    assert (line["outcome"], line["reason"]) == ("rejected", "worker_crashed")
    run.await_empty_drop()
    assert names(run) == [f"{number}.txt" for number in range(1, deaths + 1)]


@pytest.mark.timeout(240)
def test_celery_8030_a_worker_goes_on_when_its_server_was_restarted(run: Turnstream) -> None:
    """19: the worker was up, the queue grew, and nothing was consumed after a reconnect."""
    for number in range(5):
        run.move_in(text(number), f"{number}.txt")
        run.kill("server")
        run.move_in(text(f"{number} later"), f"{number}-later.txt")
        run.await_event("server.started", number + 2)
        run.move_in(text(f"{number} again"), f"{number}-again.txt")
        run.await_empty_drop(40)
    require_clean(run, 15)


def test_what_waits_and_what_is_worked_on_is_counted_and_the_count_ends_at_nothing(start: Start) -> None:
    """20: "stuck in queue", no error anywhere, counters that never reach their end."""
    run = start(**SOON)
    with stopped(workers(run)):
        for number in range(50):
            run.move_in(text(number), f"{number}.txt")
        shown = run.command_line("status", "--json").stdout
        assert '"in_drop":50' in shown.replace(" ", "")
    require_clean(run, 50)
    until(lambda: '"in_drop":0' in run.command_line("status", "--json").stdout.replace(" ", ""), "nothing is left")


def test_a_file_stays_until_the_server_has_its_record(start: Start) -> None:
    """21: the source was deleted before the sink had accepted the data."""
    run = start(**SOON)
    with stopped([run.pid_of("server")]):
        run.move_in(text(1), "1.txt")
        time.sleep(3)
        assert [path.name for path in run.files("drop")] == ["1.txt"]
        assert not run.files("archive")
    require_clean(run, 1)


def test_paperless_8329_what_no_disk_would_take_is_tried_again_by_itself(start: Start) -> None:
    """22: the disk was full; once freed, the files that had failed were never tried again."""
    run = start(**SOON)
    children = workers(run)[1:]
    unlimited = resource.prlimit(children[0], resource.RLIMIT_FSIZE)
    for child in children:
        # No file may grow: neither the journal nor a sidecar.
        resource.prlimit(child, resource.RLIMIT_FSIZE, (0, unlimited[1]))
    for number in range(10):
        run.move_in(text(number), f"{number}.txt")
        run.move_in(b"\x89PNG\r\n\x1a\n" + text(number), f"{number}.png")
    # Nor the log, which is a file here: the stream shows that they were tried.
    until(lambda: len(run.records()) == 10, "published, and not filed away")
    time.sleep(3)
    assert len(run.files("drop")) == 20
    assert not run.files("quarantine", sidecars=True)
    for child in children:
        resource.prlimit(child, resource.RLIMIT_FSIZE, unlimited)
    run.await_empty_drop()
    assert (len(run.records()), len(run.files("archive")), len(run.files("quarantine"))) == (10, 10, 10)


@pytest.mark.full
def test_paperless_8329_the_same_with_a_disk_that_is_really_full(start: Start, tmp_path: Path) -> None:
    """22, on a small file system of its own: inbox, archive and journal are on it."""
    disk = tmp_path / "root"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=True)
    try:
        run = start(TURNSTREAM_SERVER__DATA_DIR=str(tmp_path / "server"), **SOON)
        prepared = disk / "prepared"
        prepared.mkdir()
        for number in range(200):
            (prepared / f"{number}.txt").write_bytes(text(number))
        with (disk / "filler").open("wb", buffering=0) as filler:
            _fill(filler.fileno())
        prepared.rename(run.drop / "prepared")
        until(lambda: run.events("batch.abandoned") or run.events("document.blocked"), "it is said")
        time.sleep(3)
        assert run.files("drop")
        assert not run.files("quarantine", sidecars=True)
        (disk / "filler").unlink()
        require_clean(run, 200)
        assert run.stop() == 0
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def _fill(descriptor: int) -> None:
    try:
        while True:
            os.write(descriptor, bytes(1 << 16))
    except OSError:
        return


def test_a_worker_ends_with_the_run_that_was_killed_though_its_server_is_gone_as_well(start: Start) -> None:
    """19: worker up, nothing consumed: it waited for ever, while it stopped, for a server that had stopped too."""
    runs = [start(f"root-{number}") for number in range(4)]
    members = []
    for run in runs:
        run.move_in(text(1), "1.txt")
        run.await_empty_drop()
        assert run.process
        members += list(family(run.process.pid))
        run.signal(signal.SIGKILL)
        run.process.wait()
    try:
        until(lambda: not any(map(is_alive, members)), "all have ended", 40)
    finally:
        for pid in filter(is_alive, members):
            os.kill(pid, signal.SIGKILL)
