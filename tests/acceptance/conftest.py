"""A `turnstream run` per test, stopped whatever happens."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.harness import RECOVERED, OutsideServer, Turnstream, family, is_alive
from tests.acceptance.station import MEASURED, Configuration, Station, open_station

Start = Callable[..., Turnstream]
Outside = Callable[..., OutsideServer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start services; at the end they are stopped, and nothing of them may be left."""
    started: list[Turnstream] = []

    def make(name: str = "root", *command: str, ready: str | None = "run.ready", **environment: str) -> Turnstream:
        run = Turnstream(tmp_path / name, command or ("run",), environment)
        started.append(run)
        return run.start(ready=ready)

    yield make
    for run in started:
        if run.process is None:
            continue
        members = list(family(run.process.pid))
        if run.process.poll() is None:
            run.process.send_signal(signal.SIGTERM)
        try:
            run.process.wait(30)
        except subprocess.TimeoutExpired:
            run.process.kill()
            run.process.wait()
            raise
        assert not [pid for pid in members if is_alive(pid)], f"left behind by {run.command}"
        run.events()  # every line of the log is a JSON object
        assert run.errors.read_bytes() == b""


@pytest.fixture
def run(start: Start) -> Turnstream:
    """A ready `turnstream run` on a new root."""
    return start()


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    """Start a server of somebody else's, with options as on its command line."""
    started: list[OutsideServer] = []
    # A socket's path has at most 107 bytes; tmp_path may have more.
    with tempfile.TemporaryDirectory() as sockets:

        def make(*options: str) -> OutsideServer:
            server = OutsideServer(tmp_path, options, Path(sockets) / f"{len(started)}.sock")
            started.append(server)
            return server.start()

        yield make
        for server in started:
            server.kill()


@pytest.fixture(scope="session")
def station(request: pytest.FixtureRequest) -> Iterator[Station]:
    """A service in the configuration that the tables' tests ask for, shared by all rows of it."""
    configuration: Configuration = request.param
    opened = open_station(configuration)
    yield opened
    opened.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how long the next good file took behind the rows of the tables, and how long faults held up what they hit."""
    for name, seconds in MEASURED.items():
        longest, middle = max(seconds), sorted(seconds)[len(seconds) // 2]
        terminalreporter.write_line(
            f"{name}: behind {len(seconds)} rows the next good file took {longest:.2f} s at most, median {middle:.2f} s"
        )
    for name, seconds in RECOVERED.items():
        terminalreporter.write_line(f"{name}: {', '.join(f'{second:.2f}' for second in seconds)} s")
