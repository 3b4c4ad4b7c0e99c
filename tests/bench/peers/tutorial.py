"""``tutorial FOLDER OUT``: a watchdog handler that sends each new file to Celery by its path, as tutorials do.

The server is the same program as Turnstream's, but as it comes, with no file that is
appended to: weaker than ours, and quicker.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import os  # noqa: E402
import socket  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from watchdog.events import DirCreatedEvent, FileCreatedEvent, FileSystemEventHandler  # noqa: E402
from watchdog.observers import Observer  # noqa: E402

from tests.bench.peers.told import tell  # noqa: E402
from turnstream.server import find_binary  # noqa: E402

_TASKS = "tests.bench.peers.tutorial_tasks"
#: Seconds without a file done after which the rest counts as lost.
_PATIENCE = 30.0
#: Half seconds in which the worker must answer.
_PINGS = 120


class Handler(FileSystemEventHandler):
    """Sends each new file."""

    def __init__(self, ingest: Any) -> None:
        self.ingest = ingest

    def on_created(self, event: DirCreatedEvent | FileCreatedEvent) -> None:
        self.ingest.delay(event.src_path)


def main(folder: str, out: str) -> None:
    watched, done, data = (Path(f"{out}.{name}") for name in ("watched", "done", "server"))
    for made in (watched, done, data):
        made.mkdir()
    port = _free_port()
    os.environ.update(TUTORIAL_BROKER=f"redis://127.0.0.1:{port}/0", TUTORIAL_DONE=str(done))
    server = [find_binary(""), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)]
    worker = [sys.executable, "-m", "celery", "-A", _TASKS, "worker", "-c", "2", "--loglevel", "WARNING"]
    with _running(server):
        from tests.bench.peers.tutorial_tasks import app, ingest
        from tests.bench.peers.tutorial_tasks import server as client

        _until_it_answers(client)
        with _running(worker), _observed(watched, Handler(ingest)):
            if not any(app.control.ping(timeout=0.5) for _ in range(_PINGS)):
                sys.exit("the worker does not answer")
            began = time.monotonic()
            for file in sorted(Path(folder).iterdir()):
                file.rename(watched / file.name)
            ended = _until_empty(watched)
        entries: Any = client.xrange("documents")
        Path(out).write_bytes(b"".join(fields[b"data"] + b"\n" for _, fields in entries))
    tell(BEGAN, began, ended)


def _until_empty(folder: Path) -> float:
    """Wait until no file is left, or none has gone for too long; return when the last went."""
    left, last = -1, time.monotonic()
    while left and time.monotonic() < last + _PATIENCE:
        now = len(list(folder.iterdir()))
        if now != left:
            left, last = now, time.monotonic()
        time.sleep(0.02)
    return last


def _until_it_answers(client: Any) -> None:
    from redis.exceptions import ConnectionError as NoConnection

    while True:
        try:
            client.ping()
        except NoConnection:
            time.sleep(0.02)
        else:
            return


@contextmanager
def _running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _observed(folder: Path, handler: Handler) -> Iterator[None]:
    observer = Observer()
    observer.schedule(handler, str(folder), recursive=True)
    observer.start()
    try:
        yield
    finally:
        observer.stop()
        observer.join()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
