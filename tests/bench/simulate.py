"""A small simulation of queue and workers: what more cores would do, with the costs that were measured on a few.

Worker processes take batches from a queue, the watcher tops it up, the server publishes;
each of them is one thread that needs a core for what it does.  Nothing else is in it: no
disk that gets slower, no network.  Pure, no clock.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Generator, Sequence
from typing import NamedTuple

from turnstream.watch.queue import batch_size


class Costs(NamedTuple):
    """Processor time of one document, in s, and ``sync``: what a batch waits for the disk, in s."""

    worker: float
    watcher: float
    server: float
    sync: float


class Machine(NamedTuple):
    """Cores and worker processes.

    Files of a batch at most, batches kept queued for each process, and seconds between the
    watcher's looks at the queue are those of the product.
    """

    cores: int
    processes: int
    batch: int = 200
    queued: int = 3
    poll: float = 0.04


class Outcome(NamedTuple):
    """Documents per second, and which share of the time each was busy: all cores, the watcher, the server."""

    docs_per_s: float
    cores: float
    watcher: float
    server: float

    @property
    def bound_by(self) -> str:
        """Return what is busiest."""
        return max(("cores", self.cores), ("watcher", self.watcher), ("server", self.server), key=lambda one: one[1])[0]


#: What a process waits for, one after the other, and for how long it has all of it.
Step = tuple[Sequence["_Places"], float]
Process = Generator[Step, None, None]


class _Places:
    """So many of something, who waits for one, and for how long they were taken in all."""

    def __init__(self, count: int) -> None:
        self.free = self.count = count
        self.waiting: deque[_Task] = deque()
        self.busy = 0.0


class _Task:
    """A process, and what it still needs for its step."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.needs: list[_Places] = []
        self.has: list[_Places] = []
        self.seconds = 0.0


class _Line:
    """The documents: due, in batches that are queued, done."""

    def __init__(self, due: int) -> None:
        self.due, self.done = due, 0
        self.batches: deque[int] = deque()


def simulate(costs: Costs, machine: Machine, documents: int) -> Outcome:
    """Work a backlog off; return how fast that was."""
    core, watcher, server = _Places(machine.cores), _Places(1), _Places(1)
    line = _Line(documents)
    processes = [_watcher(costs, machine, line, core, watcher)]
    processes += [_worker(costs, machine, line, core, server) for _ in range(machine.processes)]
    took = _Floor().run(processes)
    shares = [places.busy / took / places.count for places in (core, watcher, server)]
    return Outcome(documents / took, *shares)


def _watcher(costs: Costs, machine: Machine, line: _Line, core: _Places, thread: _Places) -> Process:
    places = machine.queued * machine.processes
    while line.due:
        while len(line.batches) < places and line.due:
            batch = min(batch_size(line.due, places, machine.batch), line.due)
            yield (thread, core), batch * costs.watcher
            line.due -= batch
            line.batches.append(batch)
        yield (), machine.poll


def _worker(costs: Costs, machine: Machine, line: _Line, core: _Places, server: _Places) -> Process:
    while line.due or line.batches:
        if not line.batches:
            yield (), machine.poll / 10
            continue
        batch = line.batches.popleft()
        yield (core,), batch * costs.worker
        yield (server, core), batch * costs.server
        yield (), costs.sync
        line.done += batch


class _Floor:
    """Where processes take turns; ``now`` in s."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = itertools.count()
        self._ends: list[tuple[float, int, _Task]] = []

    def run(self, processes: Sequence[Process]) -> float:
        """Let all of them come to their end; return when that is."""
        for process in processes:
            self._go_on(_Task(process))
        while self._ends:
            self.now, _, task = heapq.heappop(self._ends)
            freed = task.has
            for places in freed:
                places.busy += task.seconds
                places.free += 1
            self._go_on(task)
            for places in freed:
                while places.free and places.waiting:
                    self._take(places.waiting.popleft())
        return self.now

    def _go_on(self, task: _Task) -> None:
        step = next(task.process, None)
        if step:
            task.needs, task.has, task.seconds = [*step[0]], [], step[1]
            self._take(task)

    def _take(self, task: _Task) -> None:
        while task.needs:
            if not task.needs[0].free:
                task.needs[0].waiting.append(task)
                return
            task.needs[0].free -= 1
            task.has.append(task.needs.pop(0))
        heapq.heappush(self._ends, (self.now + task.seconds, next(self._order), task))
