"""A watcher and a worker for as long as `ingest` waits: those that run, else a `run` of our own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from turnstream.alive import living
from turnstream.child import die_with
from turnstream.connect import client, find_url
from turnstream.errors import NoServer, TransientError
from turnstream.publish import Ledger
from turnstream.settings import Settings, child_environment

#: Seconds between looks at a `run` that comes up, and between looks at who is alive.
_POLL_SECONDS, _LOOK_SECONDS = 0.05, 2.0
#: Looks in a row that find nobody before a `run` of our own is started: somebody's may be restarting.
_MISSES = 2
#: Seconds that a `run` of our own gets to come up beyond its server's, and to stop.
_START_SECONDS, _STOP_SECONDS = 60.0, 20.0
#: Seconds before a `run` is started again that found the server of one that was stopping.
_AGAIN_SECONDS = 1.0


@contextmanager
def company(settings: Settings, config: Path | None) -> Iterator[Company]:
    """Have a watcher and a worker; what was started for it is stopped at the end.

    Raises:
        NoServer: nothing runs for this root and nothing could be started.

    """
    kept = Company(settings, config)
    try:
        if not kept.is_complete():
            kept.start()
        yield kept
    finally:
        kept.stop()


class Company:
    """Who works for us.  For the main thread: a `run` of ours ends with the thread that started it."""

    def __init__(self, settings: Settings, config: Path | None) -> None:
        self.settings = settings
        self.config = config
        self.log = settings.root / "state" / "ingest.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._next_look = time.monotonic() + _LOOK_SECONDS
        self._misses = 0

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Connect to the ledger, for a question or two.

        Raises:
            NoServer: there is no server yet.

        """
        with client(find_url(self.settings), self.settings.server) as server:
            yield Ledger(server, self.settings.server.key_prefix)

    def is_complete(self) -> bool:
        """Whether a watcher and a worker live."""
        try:
            with self.ledger() as ledger:
                return {process.role for process in living(ledger) if process.is_running()} >= {"watcher", "worker"}
        except (NoServer, TransientError):
            return False

    def keep(self) -> None:
        """Start a `run` of our own when nobody is alive any more; cheap, to be called often.

        Raises:
            NoServer: it could not be started.

        """
        if time.monotonic() < self._next_look:
            return
        # A `run` of ours that lives starts again what dies.
        alone = not (self._is_running() or self.is_complete())
        self._misses = self._misses + 1 if alone else 0
        if self._misses >= _MISSES:
            self.start()
            self._misses = 0
        self._next_look = time.monotonic() + _LOOK_SECONDS

    def start(self) -> None:
        """Start a `run` and wait until somebody lives, be it that one or another's.

        Raises:
            NoServer: it did not come up.

        """
        deadline = time.monotonic() + self.settings.server.start_seconds + _START_SECONDS
        self.process = self._run()
        while not self.is_complete():
            code = self.process.poll()
            if (code is not None and code != NoServer.exit_code) or time.monotonic() > deadline:
                raise NoServer(f"`turnstream run` did not come up: see {self.log}")
            if code is not None:
                # Another `run` keeps the server's folder: it is about to be alive, or to be gone.
                deadline = min(deadline, time.monotonic() + _START_SECONDS)
                time.sleep(_AGAIN_SECONDS)
                self.process = self._run()
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop what we started."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _run(self) -> subprocess.Popen[bytes]:
        arguments = ["--root", str(self.settings.root), *(["--config", str(self.config)] if self.config else [])]
        with self.log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "turnstream", "run", *arguments],
                env=child_environment(self.settings.server.url.get_secret_value()),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the main thread forks, nothing locks
            )
