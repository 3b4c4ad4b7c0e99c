"""The bound: what the cores can do at best, with nothing that makes it safe.

As many bare processes as cores, each with its share of the files: read → extract →
identify → parse → normalise → one pipelined XADD per hundred.  No queue, no lease, no
claim, no journal, no move.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from turnstream.connect import client
from turnstream.extract import extract
from turnstream.identify import identify
from turnstream.normalise import envelope
from turnstream.pipeline import record_of, source_of
from turnstream.settings import ServerSettings

#: Records per pipeline.
_TOGETHER = 100


def docs_per_s(folder: Path, url: str, settings: ServerSettings, processes: int) -> float:
    """Return documents per second of ``processes`` bare processes over the files of a folder."""
    files = sorted(folder.iterdir())
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(processes + 1)
    workers = [
        context.Process(target=_work, args=(files[number::processes], url, settings, barrier))
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


def event_of(path: Path) -> bytes:
    """Return the event of a file: everything of the pipeline that is pure."""
    raw = path.read_bytes()
    extracted = extract(raw)
    identity = identify("0" * 16, raw, extracted.canonical)
    now = datetime.now(UTC)
    record = record_of(extracted, source_of(path.name, identity, len(raw), path.stat().st_mtime_ns), now)
    return envelope(record, "0" * 16, now).model_dump_json().encode()


def _work(files: list[Path], url: str, settings: ServerSettings, barrier: object) -> None:
    with client(url, settings) as server:
        server.ping()
        barrier.wait()  # type: ignore[attr-defined]
        for start in range(0, len(files), _TOGETHER):
            pipeline = server.pipeline(transaction=False)
            for path in files[start : start + _TOGETHER]:
                pipeline.xadd(f"bound:{os.getpid()}", {"data": event_of(path)})
            pipeline.execute()
        server.delete(f"bound:{os.getpid()}")
