"""Real processes for the acceptance ring: `turnstream run` in a root of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from turnstream import connect, settings
from turnstream.journal import parsed
from turnstream.publish import Ledger
from turnstream.server import find_binary

SAMPLES = Path(__file__).parents[1] / "samples"
SEED = SAMPLES / "000_4079e7fc051ca7b4.txt"
#: Seconds that anything may take here; no test is about speed.
PATIENCE = 90.0


def clean_environment(**extra: str) -> dict[str, str]:
    """Return this process's environment without settings of ours, and with ``extra``."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TURNSTREAM_")} | extra


#: A sidecar, or an unfinished one: the watcher deletes it when it is an hour old.
SIDECAR = re.compile(r"\.(error|duplicate)\.json$|^\.[0-9a-f]{16}\.tmp$")


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait until a condition is true and return its value; fail with ``what`` otherwise."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what}"
        time.sleep(0.02)
    return value


@contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """Let processes stand still (SIGSTOP) for a while."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@dataclass
class Turnstream:
    """One `turnstream run` (or another service), its root and its log."""

    root: Path
    command: tuple[str, ...] = ("run",)
    environment: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable
    process: subprocess.Popen[bytes] | None = None
    #: A command that runs it, such as `unshare`.
    within: tuple[str, ...] = ()
    #: User and group id that it runs as, if not ours.
    user: int | None = None

    @property
    def drop(self) -> Path:
        return self.root / "drop"

    @property
    def log(self) -> Path:
        return self.root.with_name(f"{self.root.name}-{self.command[0]}.log")

    @property
    def errors(self) -> Path:
        return self.log.with_suffix(".err")

    def start(self, *, ready: str | None = "run.ready") -> Turnstream:
        """Start it and wait for an event of its log."""
        seen = len(self.events(ready)) if ready else 0
        with self.log.open("ab") as output, self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*self.within, self.python, "-m", "turnstream", *self.command, "--root", str(self.root)],
                env=clean_environment(**self.environment),
                stdout=output,
                stderr=errors,
                cwd=self.root.parent,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        if ready:
            self.await_event(ready, seen + 1)
        return self

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        assert self.process
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.process.wait(30)

    def lines(self) -> list[bytes]:
        """All lines of its log so far."""
        return self.log.read_bytes().splitlines() if self.log.exists() else []

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """All events of its log so far, or those of one name; fails at a line that is no JSON object."""
        found = [orjson.loads(line) for line in self.log.read_bytes().split(b"\n")[:-1]] if self.log.exists() else []
        assert all(isinstance(event, dict) for event in found)
        return [event for event in found if name is None or event["event"] == name]

    def await_event(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait for the ``count``-th event of a name."""

        def there() -> bool:
            if self.process and self.process.poll() is not None and len(self.events(name)) < count:
                raise AssertionError(f"ended with {self.process.returncode}: {self.errors.read_text()[-2000:]}")
            return len(self.events(name)) >= count

        until(there, f"{count} × {name}; log: {self.lines()[-5:]!r}")
        return self.events(name)[count - 1]

    def pid_of(self, process: str) -> int:
        """Process id of the server, the watcher (`watch`) or the worker's main process (`work`) as last started."""
        if process == "server":
            return int(self.events("server.started")[-1]["server_pid"])
        return int([e for e in self.events("process.started") if e["process"] == process][-1]["started_pid"])

    def kill(self, process: str) -> None:
        os.kill(self.pid_of(process), signal.SIGKILL)

    def ledger(self) -> Ledger:
        loaded = settings.load(root=self.root, server_url=self.environment.get("TURNSTREAM_SERVER__URL"))
        return Ledger(connect.client(connect.find_url(loaded), loaded.server), loaded.server.key_prefix)

    def records(self) -> list[dict[str, Any]]:
        """All records on the stream."""
        ledger = self.ledger()
        with ledger.client as client:
            entries: Any = client.xrange(ledger.key("documents"))
        return [orjson.loads(fields[b"data"])["data"] for _, fields in entries]

    def move_in(self, data: bytes, name: str) -> None:
        """Drop a file whole, by rename, as a careful dropper does."""
        part = self.root / "state" / "dropper.part"
        part.write_bytes(data)
        part.rename(self.drop / name)

    def files(self, folder: str, *, sidecars: bool = False) -> list[Path]:
        """Files below a folder of the root, without sidecars and what a kill left of one, unless asked for."""
        found = sorted(path for path in (self.root / folder).rglob("*") if path.is_file())
        return [path for path in found if sidecars or not SIDECAR.search(path.name)]

    def await_empty_drop(self, patience: float = PATIENCE) -> None:
        until(lambda: not self.files("drop"), "drop/ is empty", patience)

    def journal(self) -> dict[str, dict[str, Any]]:
        """The last line of each arrival, whichever host wrote it."""
        files = sorted((self.root / "journal").glob("*.jsonl"))
        # A process killed in the middle of a write leaves a part of a line, which counts for nothing.
        lines = [line for file in files for raw in file.read_bytes().splitlines() if (line := parsed(raw)) is not None]
        return {line["arrival_id"]: line for line in sorted(lines, key=lambda line: datetime.fromisoformat(line["at"]))}

    def command_line(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a one-shot command on this root."""
        return subprocess.run(
            [self.python, "-m", "turnstream", *arguments, "--root", str(self.root)],
            env=clean_environment(**self.environment, **extra),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=self.root.parent,
        )


#: Seconds that faults held up what they hit, by what was done: for the summary.
RECOVERED: dict[str, list[float]] = {}


@dataclass
class OutsideServer:
    """A server that is not ours to supervise, on a socket of its own."""

    folder: Path
    options: tuple[str, ...]
    socket: Path
    process: subprocess.Popen[bytes] | None = None
    #: A command that runs it, and what it wants to hear from its clients.
    within: tuple[str, ...] = ()
    password: str = ""

    @property
    def url(self) -> str:
        return f"redis+socket://:{self.password}@{self.socket}" if self.password else f"redis+socket://{self.socket}"

    def start(self) -> OutsideServer:
        """Start it, again perhaps, and wait until it answers."""
        command = [find_binary(""), "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [*self.within, *command, *self.options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            restore_signals=False,  # SIGXFSZ stays ignored: a file that may not grow is an error of write(2)
        )
        with connect.client(self.url, settings.load(root=self.folder).server) as client:
            connect.wait_ready(client, 20, lambda _: None)
        return self

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


def verify_whole(run: Turnstream, dropped: dict[str, bytes], distinct: int) -> None:
    """Every dropped file is in exactly one place with its bytes, each content once on the stream."""
    archived, duplicates = run.files("archive"), run.files("duplicates")
    assert not run.files("drop")
    assert not run.files("quarantine")
    assert len(archived) == distinct
    assert len(archived) + len(duplicates) == len(dropped)
    for path in (*archived, *duplicates):
        assert dropped[path.name] == path.read_bytes()
    assert {path.name for path in (*archived, *duplicates)} == set(dropped)
    records = run.records()
    assert len(records) == distinct
    assert len({record["content_sha256"] for record in records}) == distinct
    outcomes = run.journal()
    assert len(outcomes) == len(dropped)
    for line in outcomes.values():
        assert (run.root / line["to"]).read_bytes() == dropped[Path(line["path"]).name]
    assert all((path.with_name(path.name + ".duplicate.json")).exists() for path in duplicates)


def family(pid: int) -> Iterator[int]:
    """Yield a process and all below it that live."""
    yield pid
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return
    for child in below:
        yield from family(int(child))


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
