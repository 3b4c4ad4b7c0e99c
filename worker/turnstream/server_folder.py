"""The folder of the embedded server's data: for one server at a time, and tidied before it starts."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from turnstream.connect import server_file
from turnstream.errors import NoServer
from turnstream.settings import Settings

#: Seconds between two tries of the lock.
POLL_SECONDS = 0.02
#: Bytes of ``server.log`` above which a start cuts it, bytes that stay then.
LOG_BYTES, LOG_KEPT_BYTES = 1_000_000, 64_000


def prepare(settings: Settings) -> Path:
    """Make the folder of the server's data, for its owner alone, and return its path."""
    server_file(settings.root).parent.mkdir(parents=True, exist_ok=True)
    data = Path(settings.server.data_dir or settings.root / "state" / "server").expanduser().absolute()
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    return data


@contextlib.contextmanager
def locked(data: Path, seconds: float) -> Iterator[int]:
    """Keep other starts away while this one goes on, and wait for the end of a former server.

    Two locks on one file.  The flock is ours.  The record lock the server process takes
    for itself; a flock handed down to it would live on in the child that rewrites its
    file, and that outlives a killed server by as long as the rewrite takes.

    Raises:
        NoServer: another start or another server keeps it for ``seconds``.

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


def remove_leftovers(data: Path) -> None:
    """Take away the half file of a server that was killed in a rewrite, and the beginning of a long log."""
    for path in data.glob("temp-*"):
        path.unlink(missing_ok=True)
    log = data / "server.log"
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.write_bytes(tail(log, LOG_KEPT_BYTES))


def tail(path: Path, size: int) -> bytes:
    """Return the last ``size`` bytes of a file."""
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - size))
        return file.read()
