"""The bounds: what the cores can do at best, with nothing that makes it safe.

As many bare processes as cores, each with its share of the files, a hundred together:
``append`` reads, extracts, identifies, parses, normalises and appends all of them;
``look_up_first`` looks their contents up, and does the rest for those that are new.
No queue, no lease, no claim, no journal, no move.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

import redis

from turnstream.claims import Claimant
from turnstream.connect import client
from turnstream.extract import extract
from turnstream.identify import Identity, identify
from turnstream.models import Extracted
from turnstream.normalise import envelope
from turnstream.pipeline import record_of, source_of
from turnstream.publish import Ledger
from turnstream.settings import ServerSettings

#: Files that are worked on together, and records per pipeline.
_TOGETHER = 100
_NO_ARRIVAL = "0" * 16

#: What is done with some files, on a server.
Work = Callable[[list[Path], redis.Redis], None]


class Content(NamedTuple):
    """A file as it was read."""

    name: str
    mtime_ns: int
    extracted: Extracted
    identity: Identity
    size: int


def append(files: list[Path], server: redis.Redis) -> None:
    """Append all files to a stream of this process."""
    _append(map(read, files), server)


def look_up_first(files: list[Path], server: redis.Redis, prefix: str, epoch: str) -> None:
    """Append those files whose contents a ledger does not know."""
    contents = [read(path) for path in files]
    claimants = [Claimant(content.identity.content_sha256, _NO_ARRIVAL) for content in contents]
    answers = Ledger(server, prefix).look_up(claimants, epoch)
    _append((content for content, answer in zip(contents, answers, strict=True) if answer is None), server)


def knowing(ledger: Ledger) -> Work:
    """Return ``look_up_first`` for a ledger."""
    return partial(look_up_first, prefix=ledger.prefix, epoch=ledger.epoch() or "")


def docs_per_s(folder: Path, url: str, settings: ServerSettings, processes: int, work: Work = append) -> float:
    """Return documents per second of ``processes`` bare processes over the files of a folder."""
    files = sorted(folder.iterdir())
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(processes + 1)
    workers = [
        context.Process(target=_work, args=(files[number::processes], url, settings, barrier, work))
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise RuntimeError(f"a bare process ended with {worker.exitcode}")
    return len(files) / (time.perf_counter() - began)


def read(path: Path) -> Content:
    """Read, extract and identify a file."""
    return _read(path.read_bytes(), path.name, path.stat().st_mtime_ns)


def event_of(path: Path) -> bytes:
    """Return the event of a file: everything of the pipeline that is pure."""
    return _event(read(path))


def event_of_bytes(raw: bytes, name: str, mtime_ns: int) -> bytes:
    """Return the event of a file that somebody else has read."""
    return _event(_read(raw, name, mtime_ns))


def _read(raw: bytes, name: str, mtime_ns: int) -> Content:
    extracted = extract(raw)
    return Content(name, mtime_ns, extracted, identify(_NO_ARRIVAL, raw, extracted.canonical), len(raw))


def _event(content: Content) -> bytes:
    now = datetime.now(UTC)
    source = source_of(content.name, content.identity, content.size, content.mtime_ns)
    return envelope(record_of(content.extracted, source, now), _NO_ARRIVAL, now).model_dump_json().encode()


def _append(contents: Iterable[Content], server: redis.Redis) -> None:
    pipeline = server.pipeline(transaction=False)
    for content in contents:
        pipeline.xadd(stream(), {"data": _event(content)})
    pipeline.execute()


def stream() -> str:
    """Return the stream of this process."""
    return f"bound:{os.getpid()}"


def _work(files: list[Path], url: str, settings: ServerSettings, barrier: Barrier, work: Work) -> None:
    with client(url, settings) as server:
        server.ping()
        barrier.wait()
        for start in range(0, len(files), _TOGETHER):
            work(files[start : start + _TOGETHER], server)
        server.delete(stream())
