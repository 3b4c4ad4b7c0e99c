"""Our child processes: this program with another command, ending when we end.

Kept light: `run` starts its children before it imports anything that takes long.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from turnstream.errors import NoServer
from turnstream.settings import Settings, child_environment

#: Seconds; first and longest pause before a process is started again, and a run that resets it.
_FIRST_PAUSE, _LONGEST_PAUSE, _STEADY_SECONDS = 0.2, 10.0, 30.0
#: Seconds the watcher gets to stop; the worker gets its soft shutdown and this much.
_WATCH_STOP_SECONDS, _WORK_STOP_MARGIN = 2.0, 3.0
_PR_SET_PDEATHSIG = 1

_prctl = ctypes.CDLL(None, use_errno=True).prctl


@dataclass
class Restart:
    """When something that died may be started again; the pause grows while it keeps dying."""

    started: float = 0.0
    pause: float = _FIRST_PAUSE
    at: float = 0.0

    def died(self, now: float) -> float:
        """Note a death and return the pause before the next start, in seconds."""
        if now - self.started > _STEADY_SECONDS:
            self.pause = _FIRST_PAUSE
        pause, self.pause = self.pause, min(self.pause * 2, _LONGEST_PAUSE)
        self.at = now + pause
        return pause


@dataclass
class Child:
    """One of our processes: its command, and how many seconds it may take to stop."""

    name: str
    command: list[str]
    environment: dict[str, str]
    stop_seconds: float
    process: subprocess.Popen[bytes] | None = None
    restart: Restart = field(default_factory=Restart)

    @property
    def pid(self) -> int | None:
        """Its process id while it is started."""
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start it, in a session of its own: a Ctrl-C in the terminal is for us alone."""
        self.restart.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the main thread forks, nothing locks
        )

    def exit_code(self) -> int | None:
        """Its exit code if it ended by itself."""
        return self.process.poll() if self.process else None

    def stop(self) -> bool:
        """Ask it to stop and kill it when it takes too long; return whether it had to be killed."""
        if self.process is None:
            return False
        self.process.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return True
        return False

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def claim(root: Path) -> None:
    """Be the one `run` of a root until this process ends.

    Raises:
        NoServer: another `run` is it.

    """
    lock = os.open(root / "state" / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NoServer(f"another `turnstream run` works on {root} (process {os.read(lock, 20).decode()})") from None
    # Left open: the lock ends with the process.
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def children_of(settings: Settings, config: Path | None) -> list[Child]:
    """Return the watcher and the worker of a root, not yet started; they wait for its server."""
    options = [
        "--root",
        str(settings.root),
        "--await-server",
        *(["--config", str(config.absolute())] if config else []),
    ]
    environment = child_environment(settings.server.url.get_secret_value())
    soft = settings.work.soft_shutdown_seconds + _WORK_STOP_MARGIN
    return [
        Child(name, [sys.executable, "-m", "turnstream", name, *options], environment, seconds)
        for name, seconds in (("work", soft), ("watch", _WATCH_STOP_SECONDS))
    ]


def die_with(parent: int) -> Callable[[], None]:
    """Return a ``preexec_fn``: the child gets SIGTERM when the thread that started it ends (Linux).

    Args:
        parent: process id of the caller.

    """

    def before_exec() -> None:
        if _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:  # gone before the call above, which then says nothing
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    return before_exec
