"""What a system costs that has nothing to do."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import corpus, measure
from tests.bench.figures import Row
from tests.bench.processes import Process
from tests.bench.scale import Scale

#: Seconds until what a backlog leaves behind is done.
_REST_S = 5.0
_NAMES = {
    "run": "`run`",
    "server": "server",
    "watch": "watcher",
    "work": "worker, main process",
    "child": "worker process, each",
}


def idle(folder: Path, scale: Scale) -> Iterator[Row]:
    """Processor time and memory of each process, after a backlog."""
    documents = corpus.documents(scale.documents // 4, seed=500)
    cpu: defaultdict[str, list[float]] = defaultdict(list)
    with measure.running(folder / "root") as live:
        corpus.write(folder / "bulk", documents)
        measure.backlog_docs_per_s(live, folder / "bulk", corpus.distinct(documents))
        time.sleep(_REST_S)
        for _ in range(scale.times):
            for role, percent in _percent_of_core(live, scale.idle_s).items():
                cpu[role].append(percent)
        members = live.processes()
        resident, shared = _by_role(members, Process.resident_mb), _by_role(members, Process.share_mb)
    yield Row("idle, processor time, all processes", "% of one core", tuple(map(sum, zip(*cpu.values(), strict=True))))
    for role, name in _NAMES.items():
        together = ", together" if role == "child" else ""
        yield Row(f"idle, processor time, {name.removesuffix(', each')}{together}", "% of one core", tuple(cpu[role]))
    for role, name in _NAMES.items():
        yield Row(f"idle, resident memory, {name}", "MB", resident[role])
        yield Row(f"idle, share of memory (PSS), {name}", "MB", shared[role])
    yield Row("idle, share of memory (PSS), all processes", "MB", (sum(map(sum, shared.values())),))


def _percent_of_core(live: measure.Running, seconds: float) -> dict[str, float]:
    """Return processor time by role, in % of one core."""
    before, began = _cpu_s(live), time.perf_counter()
    time.sleep(seconds)
    after, took = _cpu_s(live), time.perf_counter() - began
    return {role: (after[role] - before[role]) / took * 100 for role in _NAMES}


def _cpu_s(live: measure.Running) -> dict[str, float]:
    return {role: sum(values) for role, values in _by_role(live.processes(), Process.cpu_s).items()}


def _by_role(members: list[Process], figure: Callable[[Process], float]) -> dict[str, tuple[float, ...]]:
    return {role: tuple(figure(one) for one in members if one.role == role) for role in _NAMES}
