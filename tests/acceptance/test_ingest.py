"""`turnstream ingest`: what it copies, what it waits for, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson

from tests.acceptance.conftest import Start
from tests.acceptance.harness import Turnstream, clean_environment, is_alive, until

TWO = "Anna: one\nBen: two\n"


def ingest(root: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "turnstream", "ingest", *arguments, "--root", str(root), "--json"],
        env=clean_environment(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Who runs the tests with nohup ignores it for all of them.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # noqa: PLW1509 - nothing locks
    )


def pids(root: Path) -> list[int]:
    """Processes of ours on a root, its server not among them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(root) in words and is_alive(int(folder.name)):
            found.append(int(folder.name))
    return found


def nobody_runs(root: Path) -> bool:
    return not pids(root)


def test_ingest_brings_files_in_and_tells_what_became_of_each(run: Turnstream) -> None:
    outside = run.root.parent / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "a.txt").write_text("Anna: one\nBen: two\n")
    (outside / "sub" / "b.txt").write_text("Anna: one\r\nBen: two\r\n")
    (outside / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    done = run.command_line("ingest", str(outside), "--json")
    outcomes = {
        line["file"].rpartition("/")[2]: line["outcome"] for line in map(orjson.loads, done.stdout.splitlines())
    }
    assert done.returncode == 1
    assert sorted(outcomes) == ["a.txt", "b.txt", "bad.txt"]
    assert outcomes["bad.txt"] == "rejected"
    assert sorted((outcomes["a.txt"], outcomes["b.txt"])) == ["duplicate", "published"]
    assert (outside / "a.txt").exists()


def test_ingest_starts_what_does_not_run_and_leaves_nothing_running(run: Turnstream) -> None:
    run.stop()
    outside = run.root.parent / "alone.txt"
    outside.write_text("Anna: one\nBen: two\n")
    done = run.command_line("ingest", str(outside))
    assert (done.returncode, done.stdout.split()[0]) == (0, "published")
    assert run.command_line("status").returncode == 69


def test_four_hundred_rejections_are_all_told(run: Turnstream) -> None:
    outside = run.root.parent / "outside"
    outside.mkdir()
    for number in range(400):
        (outside / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n%d" % number)
    done = run.command_line("ingest", str(outside))
    assert (done.returncode, done.stderr) == (1, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["rejected"] * 400
    assert len(run.files("quarantine")) == 400


def test_what_cannot_be_brought_in_is_told_and_the_others_go_on(run: Turnstream) -> None:
    outside = run.root.parent / "outside"
    (outside / "sub").mkdir(parents=True)
    os.mkfifo(outside / "fifo")
    (outside / "n.tmp").write_text(TWO)
    (outside / "a.txt").write_text(TWO)
    (outside / "link").mkdir()
    (outside / "link" / "b.txt").write_text(TWO)
    (run.drop / "link").symlink_to(outside / "sub")
    sources = [str(outside / name) for name in ("fifo", "n.tmp", "link", "a.txt")]
    command = ingest(run.root, "/proc/self/mem", *sources)
    # Between its first look and its last: a torn line, and foreign ones.
    for _ in range(20):
        with (run.root / "journal" / "2000-01-01.other.jsonl").open("ab") as journal:
            journal.write(b'torn {\n[]\n{"arrival_id": 3}\n\xff\n')
        time.sleep(0.1)
    out, err = command.communicate(timeout=60)
    assert "Traceback" not in err
    (run.drop / "link").unlink()
    told = {Path(line["file"]).name: line for line in map(orjson.loads, out.splitlines())}
    assert command.returncode == 1
    assert {name: (line["outcome"], line["reason"]) for name, line in told.items()} == {
        "mem": ("failed", "not_copied"),
        "fifo": ("failed", "not_copied"),
        "b.txt": ("failed", "not_copied"),
        "n.tmp": ("ignored", "ignored"),
        "a.txt": ("published", None),
    }
    assert not list(run.drop.rglob("*.part"))
    assert not list((outside / "sub").iterdir())


def test_a_tree_stays_below_its_own_name_and_never_leaves_drop(run: Turnstream) -> None:
    outside = run.root.parent / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "sub" / "a.txt").write_text(TWO)
    for folder in (outside, outside / "sub"):
        given = "." if folder == outside else ".."
        done = subprocess.run(
            [sys.executable, "-m", "turnstream", "ingest", given, "--root", str(run.root), "--json"],
            env=clean_environment(),
            cwd=folder,
            capture_output=True,
            check=True,
        )
        assert "/outside/sub/a." in orjson.loads(done.stdout)["to"]
    assert all("outside/sub" in str(path) for folder in ("archive", "duplicates") for path in run.files(folder))
    assert not (run.root / "outside").exists()


def test_the_data_root_itself_is_refused(run: Turnstream) -> None:
    (run.drop / ".mine").write_text(TWO)
    for path in (run.root, run.root.parent, run.root / "archive", run.drop / ".mine"):
        done = run.command_line("ingest", str(path))
        assert (done.returncode, done.stdout) == (2, "")


def test_with_a_done_marker_each_file_gets_its_marker(start: Start, tmp_path: Path) -> None:
    run = start(TURNSTREAM_WATCH__DONE_MARKER=".done")
    source = tmp_path / "a.txt"
    source.write_text(TWO)
    done = run.command_line("ingest", str(source))
    assert (done.returncode, done.stdout.split()[0]) == (0, "published")
    until(lambda: not run.files("drop"), "the marker goes too")


def test_a_signal_ends_ingest_and_what_it_started(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    for number, code in ((signal.SIGTERM, 130), (signal.SIGHUP, 130), (signal.SIGKILL, -signal.SIGKILL)):
        root = tmp_path / f"root{number}"
        process = ingest(root, str(empty), TURNSTREAM_WATCH__SETTLE_SECONDS="1000")
        until((root / "drop" / "empty.txt").exists, "the file is in drop/")
        assert len(pids(root)) >= 4
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (code, "")
        assert err.startswith("interrupted: ") or number == signal.SIGKILL
        until(partial(nobody_runs, root), "nothing of it runs", 20)


def test_the_end_of_somebody_elses_run_is_made_good(run: Turnstream) -> None:
    sources = run.root.parent / "outside"
    sources.mkdir()
    for number in range(2):
        (sources / f"{number}.txt").write_text(f"Anna: {number}\nBen: two\n")
    assert run.process
    run.kill("watch")
    run.kill("work")
    run.signal(signal.SIGKILL)
    run.process.wait()
    process = ingest(run.root, str(sources))
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, len(out.splitlines())) == (0, 2)


def test_a_file_that_its_user_takes_away_is_told_as_gone(tmp_path: Path) -> None:
    empty, root = tmp_path / "empty.txt", tmp_path / "root"
    empty.touch()
    process = ingest(root, str(empty), TURNSTREAM_WATCH__SETTLE_SECONDS="1000")
    until((root / "drop" / "empty.txt").exists, "the file is in drop/")
    (root / "drop" / "empty.txt").unlink()
    out, _ = process.communicate(timeout=60)
    line = orjson.loads(out)
    assert (process.returncode, line["outcome"], line["reason"]) == (1, "failed", "gone")


def test_why_a_file_waits_is_told_after_a_while(run: Turnstream) -> None:
    source = run.root.parent / "a.txt"
    source.write_text(TWO)
    in_the_way = run.root / "archive" / f"{datetime.now(UTC):%Y-%m-%d}"
    in_the_way.touch()
    process = ingest(run.root, str(source))
    assert process.stderr
    said = process.stderr.readline()
    assert said.startswith(f"{source} waits: dispose_blocked: archive")
    in_the_way.unlink()
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, orjson.loads(out)["outcome"]) == (0, "published")
