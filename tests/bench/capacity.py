"""What a document costs each process, and what more cores would do with that."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import corpus, measure
from tests.bench.figures import Row, ratio
from tests.bench.scale import Scale
from tests.bench.simulate import Costs, Machine, simulate

#: Cores of the machines that are simulated, a worker process for each.
_CORES = (1, 2, 4, 8, 16, 32)
#: Documents of a simulated backlog.
_SIMULATED = 200_000
_NAMES = {"child": "worker processes", "work": "worker, main process", "watch": "watcher", "server": "server"}
#: Bytes of the journal's lines of a batch, tries, and folders whose names are made durable.
_LINES, _TRIES, _FOLDERS = 100_000, 15, 3


def capacity(folder: Path, scale: Scale) -> Iterator[Row]:
    """Processor time of a document by process; throughput on machines of other sizes, by simulation."""
    found: dict[str, list[float]] = {role: [] for role in _NAMES}
    rates = []
    for repetition in range(scale.times):
        documents = corpus.fresh(scale.documents, seed=700 + repetition)
        with measure.running(folder / "root") as live:
            corpus.write(folder / "bulk", documents)
            before = _cpu_s(live)
            rates.append(measure.backlog_docs_per_s(live, folder / "bulk", len(documents)))
            after = _cpu_s(live)
        for role, seconds in found.items():
            seconds.append((after[role] - before[role]) / len(documents))
    for role, name in _NAMES.items():
        yield Row(f"processor time of a document, {name}", "µs", tuple(seconds * 1e6 for seconds in found[role]))
    syncs = [_sync_s(folder) for _ in range(_TRIES)]
    yield Row("wait of a batch for the disk", "ms", tuple(seconds * 1e3 for seconds in syncs))
    worker, parent, watcher, server = (statistics.median(found[role]) for role in _NAMES)
    costs = Costs(worker + parent, watcher, server, statistics.median(syncs))
    cores = len(os.sched_getaffinity(0))
    here = simulate(costs, Machine(cores, cores), _SIMULATED)
    yield ratio("backlog, simulated on this machine", [here.docs_per_s] * len(rates), rates, "the measured one")
    for cores in _CORES:
        told = simulate(costs, Machine(cores, cores), _SIMULATED)
        busy = f"cores {told.cores:.0%}, watcher {told.watcher:.0%}, server {told.server:.0%} busy"
        yield Row(f"backlog, simulated, {cores} cores ({busy})", "documents/s", (told.docs_per_s,))


def _cpu_s(live: measure.Running) -> dict[str, float]:
    seconds = dict.fromkeys(_NAMES, 0.0)
    for process in live.processes():
        if process.role in seconds:
            seconds[process.role] += process.cpu_s()
    return seconds


def _sync_s(folder: Path) -> float:
    """Return how long the syncs of one batch take: the journal's and those of the folders that files moved between."""
    began = time.perf_counter()
    descriptor = os.open(folder / "journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(descriptor, bytes(_LINES))
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
    for number in range(_FOLDERS):
        below = folder / f"folder-{number}"
        below.mkdir(exist_ok=True)
        (below / f"{time.monotonic_ns()}").touch()
        descriptor = os.open(below, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    return time.perf_counter() - began
