"""`run`: server, watcher and worker as one; what dies is started again.

The children are this very program with other commands, in sessions of their own (a
Ctrl-C in the terminal is for us alone), and end when we end, however that happens.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from turnstream import server
from turnstream.alive import living
from turnstream.child import die_with
from turnstream.connect import client, require_durable, wait_ready
from turnstream.errors import BadConfiguration, NoServer, TransientError
from turnstream.log import say
from turnstream.publish import Ledger
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings, child_environment

#: Seconds between looks at the children; also the most that a start waits for readiness.
_LOOK_SECONDS = 0.05
#: Seconds; first and longest pause before a child is started again, and a run that resets it.
_FIRST_PAUSE, _LONGEST_PAUSE, _STEADY_SECONDS = 0.2, 10.0, 30.0
#: Seconds the watcher gets to stop; the worker gets its soft shutdown and this much.
_WATCH_STOP_SECONDS, _WORK_STOP_MARGIN = 2.0, 3.0


@dataclass
class Restart:
    """When something that died may be started again; the pause grows while it keeps dying."""

    started: float = 0.0
    pause: float = _FIRST_PAUSE
    at: float = 0.0

    def died(self, now: float) -> float:
        """Note a death and return the pause before the next start."""
        if now - self.started > _STEADY_SECONDS:
            self.pause = _FIRST_PAUSE
        pause, self.pause = self.pause, min(self.pause * 2, _LONGEST_PAUSE)
        self.at = now + pause
        return pause


@dataclass
class Child:
    """One of our processes and how long it may take to stop."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    stop_seconds: float
    process: subprocess.Popen[bytes] | None = None
    restart: Restart = field(default_factory=Restart)

    def start(self) -> None:
        """Start it; it gets a SIGTERM when this process ends."""
        self.restart.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the main thread forks, nothing locks
        )
        say("process.started", process=self.name, started_pid=self.process.pid)

    def tend(self, now: float) -> None:
        """Start it if it is not there and its pause is over.

        Raises:
            BadConfiguration: it says that starting again cannot help.

        """
        code = self.process.poll() if self.process else None
        if code == BadConfiguration.exit_code:
            raise BadConfiguration(f"`{self.name}` cannot run with this configuration; its log line says why")
        if code is not None:
            self.process = None
            pause = self.restart.died(now)
            say("process.exited", process=self.name, exit_code=code, restart_in_s=pause)
        if self.process is None and now >= self.restart.at:
            self.start()

    def stop(self) -> None:
        """Ask it to stop, and kill it when it takes too long."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            say("process.killed", process=self.name, killed_pid=self.process.pid, after_s=self.stop_seconds)
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs everything until a signal ends it.  For the main thread."""

    def __init__(self, settings: Settings, config: Path | None) -> None:
        self.settings = settings
        self.embedded: EmbeddedServer | None = None
        self.server_restart = Restart()
        self.signals: list[int] = []
        self.ready = False
        self.starting = True
        url = settings.server.url.get_secret_value()
        arguments = ["--root", str(settings.root), *(["--config", str(config)] if config else [])]
        environment = child_environment(url)
        soft = settings.work.soft_shutdown_seconds + _WORK_STOP_MARGIN
        self.children = [
            Child(name, [sys.executable, "-m", "turnstream", name, *arguments], environment, seconds)
            for name, seconds in (("watch", _WATCH_STOP_SECONDS), ("work", soft))
        ]

    def run(self) -> int:
        """Start all, keep all running, stop all in order; return the exit code.

        Raises:
            NoServer: no server can be had.
            BadConfiguration: the server is not safe, or a child refuses its configuration.

        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            self._start_server()
            self.starting = False
            while not self.signals:
                now = time.monotonic()
                self._tend_server(now)
                for child in self.children:
                    child.tend(now)
                self.ready = self.ready or self._tell_ready()
                time.sleep(_LOOK_SECONDS)
        except _AtOnce:
            self.starting = False
        finally:
            self._stop()
        return 130 if self.signals[0] == signal.SIGINT else 0

    def _start_server(self) -> None:
        url = self.settings.server.url.get_secret_value()
        if not url:
            self.embedded = server.start(self.settings)
            self.server_restart.started = time.monotonic()
            url = self.embedded.url
        self.ledger = Ledger(client(url, self.settings.server), self.settings.server.key_prefix)
        if self.embedded is None:
            wait_ready(self.ledger.client, self.settings.server.start_seconds)
        require_durable(self.ledger.client, self.settings.server)

    def _tend_server(self, now: float) -> None:
        if self.embedded is None or self.embedded.is_alive() or now < self.server_restart.at:
            return
        pause = self.server_restart.died(now)
        say("process.exited", process="server", exit_code=self.embedded.process.returncode, restart_in_s=pause)
        with contextlib.suppress(_StillDown):
            self._restart_server()

    def _restart_server(self) -> None:
        try:
            self.embedded = server.start(self.settings)
        except NoServer as error:
            say("server.unavailable", reason="no_server", detail=str(error))
            raise _StillDown from error
        self.server_restart.started = time.monotonic()

    def _tell_ready(self) -> bool:
        try:
            found = {process.pid for process in living(self.ledger)}
        except TransientError:
            return False  # looked at again at once; a server that stays away is said by the watcher
        if not all(child.process and child.process.pid in found for child in self.children):
            return False
        say("run.ready", drop=str(self.settings.root / "drop"))
        return True

    def _stop(self) -> None:
        say("run.stopping", signal=signal.Signals(self.signals[0]).name if self.signals else None)
        try:
            if self.signals.count(signal.SIGINT) > 1:
                self._kill()
            for child in self.children:
                child.stop()
            if self.embedded is not None:
                self.embedded.stop()
        except _AtOnce:
            self._kill()
        say("run.stopped")

    def _kill(self) -> None:
        for child in self.children:
            child.kill()
        if self.embedded is not None:
            self.embedded.process.kill()
            self.embedded.process.wait()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.signals.append(number)
        # A server that loads for minutes is not waited for; a second Ctrl-C means it.
        if self.starting or self.signals.count(signal.SIGINT) == 2:  # noqa: PLR2004
            raise _AtOnce


class _AtOnce(BaseException):
    """Raised by a signal in the middle of a start, or by a second Ctrl-C in that of a stop."""


class _StillDown(Exception):  # noqa: N818 - not an error of its own: told already
    """The server could not be started again yet."""
