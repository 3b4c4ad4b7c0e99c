"""`explain` and `status` against real processes: what an operator is told while something is wrong."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from tests.acceptance.conftest import Outside, Start
from tests.acceptance.harness import PATIENCE, SEED, Turnstream, clean_environment, family, stopped, until

TEXT = b"Anna Abel: Good morning.\nBen Bohr: Good evening.\n"
WRITER = "import sys, time; file = open(sys.argv[1], 'ab'); file.write(b'Anna'); file.flush(); time.sleep(300)"


def explained(run: Turnstream, *arguments: str) -> dict[str, Any]:
    """What is said last of something."""
    done = run.command_line("explain", "--json", *arguments)
    assert done.stderr == ""
    said: dict[str, Any] = orjson.loads(done.stdout.splitlines()[-1])
    return said


def until_explained(run: Turnstream, argument: str, **wanted: object) -> dict[str, Any]:
    """Ask until the explanation has these values."""
    last: dict[str, Any] = {}

    def so() -> bool:
        last.update(explained(run, argument))
        return all(last[name] == value for name, value in wanted.items())

    until(so, f"{wanted}: {last}")
    return last


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Nobody may make anything in a folder; root is kept off by an attribute."""
    if os.geteuid():
        folder.chmod(0o555)
    else:
        subprocess.run(["chattr", "+i", str(folder)], check=True)
    try:
        yield
    finally:
        if os.geteuid():
            folder.chmod(0o755)
        else:
            subprocess.run(["chattr", "-i", str(folder)], check=True)


def test_the_program_that_writes_a_file_is_named(run: Turnstream) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(run.drop / "a.txt")]) as writer:
        try:
            said = until_explained(run, "drop/a.txt", state="being_written")
            assert [found["pid"] for found in said["facts"]["writers"]] == [writer.pid]
            assert "sys.argv[1]" in said["facts"]["writers"][0]["command"]
            assert said["command"] == f"kill {writer.pid}"
        finally:
            writer.kill()
    run.await_empty_drop()
    assert until_explained(run, "drop/a.txt", state="published")["file"].startswith("archive/")


def test_a_batch_that_a_worker_took_and_one_behind_it_are_told_apart(start: Start) -> None:
    run = start(TURNSTREAM_WORK__PROCESSES="1")
    main = run.pid_of("work")
    children = [pid for pid in family(main) if pid != main]
    with stopped(children):
        run.move_in(TEXT, "a.txt")
        said = until_explained(run, "a.txt", state="held")
        run.move_in(TEXT + b"more", "b.txt")
        until_explained(run, "b.txt", state="queued")
        assert explained(run, said["facts"]["batch_id"])["file"] == "drop/a.txt"
    run.await_empty_drop()


def test_a_worker_process_that_works_on_a_file_for_long_is_named(start: Start) -> None:
    run = start(TURNSTREAM_WORK__HOLD_SECONDS="2", TURNSTREAM_WORK__PROCESSES="1")
    children = [pid for pid in family(run.pid_of("work")) if pid != run.pid_of("work")]
    ledger = run.ledger()
    run.move_in(b"".join(b"Anna Abel: Line %d of a long night.\n" % n for n in range(300_000)), "long.txt")
    (key,) = until(lambda: list(ledger.client.scan_iter(ledger.key("hold:*"))), "its worker shows that it holds it")
    # While it is asked about, the worker neither ends nor shows more of itself.
    ledger.client.persist(key)
    with stopped(children):
        said = explained(run, "long.txt")
    ledger.client.delete(key)
    assert said["state"] == "held"
    assert said["facts"]["pid"] in children
    assert str(said["facts"]["pid"]) in said["why"]
    run.await_empty_drop()


def test_a_file_that_cannot_be_moved_says_what_to_change(run: Turnstream) -> None:
    with unwritable(run.root / "archive"):
        run.move_in(TEXT, "a.txt")
        said = until_explained(run, "a.txt", state="dispose_blocked")
        assert said["facts"]["errno"] in ("EPERM", "EACCES")
        assert "archive/" in said["next_step"]
        assert said["facts"]["entry_id"], "its text is published all the same"
        status = orjson.loads(run.command_line("status", "--json").stdout)
        assert status["deferred"] == {"dispose_blocked": 1}
        assert any("cannot be moved" in problem["what"] for problem in status["problems"])
    run.await_empty_drop()
    assert until_explained(run, "a.txt", state="published")["facts"]["stream"] == "there"


def test_without_a_server_the_file_waits_and_status_says_69(start: Start, outside: Outside) -> None:
    server = outside("--appendonly", "yes", "--appendfsync", "always")
    run = start(TURNSTREAM_SERVER__URL=server.url)
    run.move_in(SEED.read_bytes(), SEED.name)
    run.await_empty_drop()
    server.kill()
    run.move_in(TEXT, "a.txt")
    said = explained(run, "a.txt")
    assert (said["state"], said["facts"]["held_back_by"]) == ("waiting", "server_unavailable")
    assert explained(run, SEED.name)["state"] == "published"
    done = run.command_line("status")
    assert done.returncode == 69
    assert "the server cannot be asked" in done.stdout
    assert "1 file" in done.stdout
    server.start()
    until_explained(run, "a.txt", state="published")


def test_without_a_worker_batches_stay_queued_and_that_is_said(start: Start, outside: Outside) -> None:
    server = outside("--appendonly", "yes", "--appendfsync", "always")
    watcher = start("root", "watch", ready="watch.started", TURNSTREAM_SERVER__URL=server.url)
    watcher.move_in(TEXT, "a.txt")
    said = until_explained(watcher, "a.txt", state="queued")
    assert (said["facts"]["held_back_by"], said["facts"]["position"]) == ("no_worker", 1)
    assert "no worker is alive: batches stay queued" in watcher.command_line("status").stdout
    start("root", "work", ready="worker.started", TURNSTREAM_SERVER__URL=server.url)
    until_explained(watcher, "a.txt", state="published")


def test_it_is_told_in_words_and_any_name_can_be_asked_about(run: Turnstream) -> None:
    run.move_in(TEXT, "-odd name.txt")
    run.move_in(b"\x89PNG\r\n\x1a\nno transcript", "scan.png")
    run.await_empty_drop()
    command = [sys.executable, "-m", "turnstream", "explain", "--", "-odd name.txt"]
    environment = clean_environment(TURNSTREAM_ROOT=str(run.root))
    odd = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    assert odd.startswith("archive/")
    assert "It was published on" in odd
    words = run.command_line("explain", "scan.png").stdout.splitlines()
    assert words[0] == "quarantine/scan.png: quarantined"
    (retry,) = (line.strip() for line in words if line.strip().startswith("turnstream quarantine retry "))
    subprocess.run([sys.executable, "-m", *retry.split()], capture_output=True, check=True, timeout=PATIENCE)
    assert run.command_line("explain", "nowhere.txt").returncode == 1


def on_a_terminal(run: Turnstream, *arguments: str, ends: Callable[[bytes], bool]) -> tuple[bytes, int]:
    """Run a command on a terminal of 80 × 24; Ctrl-C once its output says so; return output and exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        # Whoever runs the tests in a shell's background has them ignore Ctrl-C, and all that they start.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        environment = clean_environment(**run.environment, TERM="xterm-256color")
        command = [run.python, "-m", "turnstream", *arguments, "--root", str(run.root)]
        os.execvpe(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    output, interrupted, deadline = b"", False, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                output += os.read(terminal, 1 << 16)
            except OSError:
                break  # EIO: the last program left the terminal
        if not interrupted and ends(output):
            os.write(terminal, b"\x03")
            interrupted = True
    os.close(terminal)
    return output, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_on_a_terminal_status_refreshes_until_it_is_interrupted_and_leaves_it_clean(run: Turnstream) -> None:
    def has_seen_a_file(output: bytes) -> bool:
        if output.count(b"turnstream") >= 2 and not (run.drop / "a.part").exists() and not run.files("archive"):
            run.move_in(TEXT, "a.txt")
        return b"1 published" in output

    output, code = on_a_terminal(run, "status", ends=has_seen_a_file)
    assert code == 130
    for enter, leave in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
        assert output.count(enter) == output.count(leave) == 1
    last_seen = output.partition(b"\x1b[?1049l")[2]
    assert b"1 published" in last_seen, "what was last seen stays"
    assert b"Traceback" not in output


def test_status_once_on_a_terminal_ends_by_itself_and_without_colour_if_so_wished(run: Turnstream) -> None:
    run.environment = {**run.environment, "NO_COLOR": "1"}
    output, code = on_a_terminal(run, "status", "--once", ends=lambda _: False)
    assert code == 0
    assert b"all well" in output
    assert b"\x1b[3" not in output
    assert b"?1049h" not in output
