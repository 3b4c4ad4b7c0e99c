"""One repetition after another: Turnstream and each peer over the same documents."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import corpus, measure
from tests.bench.peers.entrants import Entrant
from tests.bench.peers.environments import REPOSITORY, NotInstalledError, python_of
from tests.bench.peers.table import Row
from tests.bench.peers.told import Told, understood

#: Seconds after which a run is given up.
_PATIENCE = 900.0
#: Lines of what a peer printed that are shown when it fails.
_SHOWN_LINES = 5


class RunFailedError(Exception):
    """A peer's run failed; the text says how."""


def race(
    entrants: list[Entrant], folder: Path, count: int, times: int, say: Callable[[str], None]
) -> tuple[list[Row], list[float]]:
    """Return a row for each peer, and Turnstream's documents per second; a peer that fails is out from then on."""
    rows, ours = [Row(entrant) for entrant in entrants], list[float]()
    pythons = _installed(rows, say)
    for repetition in range(times):
        documents = corpus.documents(count, seed=repetition)
        distinct = corpus.distinct(documents)
        say(f"{repetition + 1} of {times}: Turnstream")
        with measure.running(folder / "root") as live:
            corpus.write(folder / "bulk", documents)
            ours.append(measure.backlog_docs_per_s(live, folder / "bulk", distinct))
        for row in rows:
            if row.failure:
                continue
            say(f"{repetition + 1} of {times}: {row.entrant.label}")
            measure.put_aside(folder / "peer")
            corpus.write(folder / "peer" / "files", documents)
            out = folder / "peer" / "out"
            try:
                told = _run(
                    row.entrant.command(
                        str(pythons[row.entrant.name]), str(folder / "peer" / "files"), str(out), _free_port()
                    )
                )
                row.add(count / told.seconds, ours[-1], told.start_s, records(out), distinct)
            except RunFailedError as error:
                row.failure = str(error)
    return rows, ours


def records(out: Path) -> int:
    """How many lines an output has: a file, or a folder of parts, where what begins with a dot or a line is not one."""
    parts = [part for part in out.iterdir() if part.name[0] not in "._"] if out.is_dir() else [out]
    return sum(part.read_bytes().count(b"\n") for part in parts if part.exists())


def _installed(rows: list[Row], say: Callable[[str], None]) -> dict[str, Path]:
    """Return the Python of each peer by its name; a peer that has none has failed."""
    found = {}
    for name in dict.fromkeys(row.entrant.name for row in rows):
        say(f"environment: {name}")
        try:
            found[name] = python_of(name)
        except NotInstalledError as error:
            for row in rows:
                if row.entrant.name == name:
                    row.failure = f"not installed: {error}"
    return found


def _run(command: list[str]) -> Told:
    """Run a peer; end all of its processes if it takes too long."""
    path = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "worker")])
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise RunFailedError(f"no end after {_PATIENCE:.0f} s") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    if process.returncode:
        last = " | ".join(output.strip().splitlines()[-_SHOWN_LINES:])
        raise RunFailedError(f"exit code {process.returncode}: {last}")
    try:
        return understood(output)
    except ValueError as error:
        raise RunFailedError(str(error)) from error


def _free_port() -> int:
    """A port that is free, and the next one most likely too: below those that the kernel gives away."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000, 2):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    sys.exit("no free port")
