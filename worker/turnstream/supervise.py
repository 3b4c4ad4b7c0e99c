"""`run`: server, watcher and worker as one; what dies is started again."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Sequence
from types import FrameType

from turnstream import server
from turnstream.alive import living
from turnstream.child import Child, Restart
from turnstream.connect import client, wait_ready
from turnstream.durability import require_durable
from turnstream.errors import BadConfiguration, NoServer, TransientError
from turnstream.log import say
from turnstream.publish import Ledger
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings

#: Seconds between looks at the children: while something is to be started or to get ready, and while all works.
#: Their deaths and our signals are told at once.
_LOOK_SECONDS, _REST_SECONDS = 0.05, 1.0
#: What a pipe holds (pipe(7)).
_PIPE_BYTES = 1 << 16
_INTERRUPTED = 130


class Supervisor:
    """Keeps everything running until a signal ends it.  For the main thread.

    ``children`` may have been started before, in the order in which they are to be
    stopped in reverse.
    """

    def __init__(self, settings: Settings, children: Sequence[Child]) -> None:
        self.settings = settings
        self.children = children
        self.embedded: EmbeddedServer | None = None
        self.server_restart = Restart()
        self.signals: list[int] = []
        self.starting = True
        self.ready = False

    def run(self) -> int:
        """Start the server, tend all, stop all in order; return the exit code.

        Raises:
            NoServer: no server can be had.
            BadConfiguration: the server is not safe, or a child refuses its configuration.

        """
        alarm = Alarm()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            self._start_server()
            self.starting = False
            for child in self.children:
                say("process.started", process=child.name, started_pid=child.pid)
            while not self.signals:
                self._tend(time.monotonic())
                alarm.wait(_REST_SECONDS if self._all_works() else _LOOK_SECONDS)
        except _AtOnce:
            self.starting = False
        finally:
            self._stop()
        return _INTERRUPTED if self.signals[0] == signal.SIGINT else 0

    def _start_server(self) -> None:
        url = self.settings.server.url.get_secret_value()
        if not url:
            self.server_restart.started = time.monotonic()
            self.embedded = server.start(self.settings)
            url = self.embedded.url
        self.ledger = Ledger(client(url, self.settings.server), self.settings.server.key_prefix)
        if self.embedded is None:
            wait_ready(self.ledger.client, self.settings.server.start_seconds)
        require_durable(self.ledger.client, self.settings.server)

    def _tend(self, now: float) -> None:
        self._tend_server(now)
        for child in self.children:
            self._tend_child(child, now)
        self.ready = self.ready or self._tell_ready()

    def _all_works(self) -> bool:
        serves = self.embedded is None or self.embedded.is_alive()
        return self.ready and serves and all(child.process for child in self.children)

    def _tend_child(self, child: Child, now: float) -> None:
        code = child.exit_code()
        # Once all worked together it is no configuration, but a disk or a server that refuses for a while.
        if code == BadConfiguration.exit_code and not self.ready:
            raise BadConfiguration(f"`{child.name}` cannot run with this configuration; its log line says why")
        if code is not None:
            child.process = None
            pause = child.restart.died(now)
            say("process.exited", process=child.name, exit_code=code, restart_in_s=pause)
        if child.process is None and now >= child.restart.at:
            child.start()
            say("process.started", process=child.name, started_pid=child.pid)

    def _tend_server(self, now: float) -> None:
        if self.embedded is None or self.embedded.is_alive():
            return
        if self.server_restart.at <= self.server_restart.started:
            pause = self.server_restart.died(now)
            code = self.embedded.process.returncode
            say("process.exited", process="server", exit_code=code, restart_in_s=pause)
        elif now >= self.server_restart.at:
            self.server_restart.started = now
            self.starting = True
            try:
                self._use(server.start(self.settings))
            except NoServer as error:
                pause = self.server_restart.died(now)
                say("server.unavailable", reason="no_server", detail=str(error), restart_in_s=pause)
            self.starting = False

    def _use(self, started: EmbeddedServer) -> None:
        moved = self.embedded is not None and self.embedded.url != started.url
        self.embedded = started
        if moved:
            # Its port was taken meanwhile: who knows the old one must learn the new one.
            self.ledger = Ledger(client(started.url, self.settings.server), self.settings.server.key_prefix)
            for child in self.children:
                child.stop()

    def _tell_ready(self) -> bool:
        try:
            found = {process.pid for process in living(self.ledger)}
        except TransientError:
            return False  # looked at again at once; a server that stays away is said by the watcher
        if not all(child.pid in found for child in self.children):
            return False
        say("run.ready", drop=str(self.settings.root / "drop"))
        return True

    def _stop(self) -> None:
        say("run.stopping", signal=signal.Signals(self.signals[0]).name if self.signals else None)
        try:
            if self.signals.count(signal.SIGINT) > 1:
                self._kill()
            for child in reversed(self.children):
                pid = child.pid
                if child.stop():
                    say("process.killed", process=child.name, killed_pid=pid, after_s=child.stop_seconds)
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


class Alarm:
    """A sleep that any signal ends, also one that came just before, or that a child ended.  For the main thread."""

    def __init__(self) -> None:
        self._heard, told = os.pipe()
        for end in (self._heard, told):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        # One that is ignored wakes nobody.
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def wait(self, seconds: float) -> None:
        """Return after some seconds, or at a signal."""
        if select.select([self._heard], [], [], seconds)[0]:
            os.read(self._heard, _PIPE_BYTES)


class _AtOnce(BaseException):
    """Raised by a signal in the middle of a start, or by a second Ctrl-C in that of a stop."""
