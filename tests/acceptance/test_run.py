"""`run` as a process: one a root, ready or not, whatever happens to its server, port and log."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.acceptance.conftest import Start
from tests.acceptance.harness import Turnstream, clean_environment, family, until
from turnstream import connect, settings
from turnstream.server import find_binary


def test_a_second_run_on_a_root_is_refused_and_starts_nothing(run: Turnstream) -> None:
    second = run.command_line("run")
    assert second.returncode == 69
    assert f"process {run.process.pid if run.process else 0}" in second.stderr
    assert second.stdout == ""
    run.move_in(b"Anna: Hello!\nBen: How are you?\n", "a.txt")
    until(run.records, "the first one goes on")


def test_a_log_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(
            [sys.executable, "-m", "turnstream", "run", "--root", str(root)],
            env=clean_environment(),
            stdout=full,
            stderr=subprocess.DEVNULL,
        )
    try:
        quiet = Turnstream(root, process=process)
        until(lambda: connect.server_file(root).exists(), "a server")
        (root / "drop" / "a.txt").write_text("Anna: Hello!\nBen: How are you?\n")
        until(lambda: quiet.files("archive"), "the file is filed")
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_server_that_comes_back_on_another_port_is_followed(run: Turnstream) -> None:
    url = connect.find_url(settings.load(root=run.root))
    port = urlsplit(url).port
    assert port
    run.kill("server")
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        until(lambda: _bound(squatter, port), "the port is ours before the server's next start")
        squatter.listen()
        run.await_event("server.started", 2)
        assert connect.find_url(settings.load(root=run.root)) != url
        run.move_in(b"Anna: Hello!\nBen: How are you?\n", "a.txt")
        run.await_empty_drop()


def test_a_stop_does_not_wait_for_a_server_that_does_not_come_up(start: Start, tmp_path: Path) -> None:
    hangs = tmp_path / "hangs"
    program = tmp_path / "server"
    program.write_text(f'#!/bin/sh\ntest -e "{hangs}" && exec sleep 1000\nexec "{find_binary("")}" "$@"\n')
    program.chmod(0o755)
    run = start(TURNSTREAM_SERVER__BINARY=str(program))
    hangs.touch()
    run.kill("server")
    until(lambda: _has_child(run, b"sleep"), "the next server hangs")
    assert run.stop() == 0


def test_a_terminal_and_its_interrupt_stop_it_once(start: Start) -> None:
    run = start("tty")
    assert run.process
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(30) == 130
    assert run.events("run.stopped")


def _bound(squatter: socket.socket, port: int) -> bool:
    try:
        squatter.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def _has_child(run: Turnstream, name: bytes) -> bool:
    assert run.process
    return any(Path(f"/proc/{pid}/cmdline").read_bytes().startswith(name) for pid in family(run.process.pid))
