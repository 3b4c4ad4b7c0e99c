"""Latency under load: files are renamed in at a fixed rate, whatever becomes of them."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import corpus, knee, measure
from tests.bench.figures import RATIO, Row, percentile, ratio
from tests.bench.scale import Scale

#: Files a second: the first rate, the factor to the next one, and the last.
_FIRST, _FACTOR, _LAST = 25.0, 1.5, 10_000.0
#: Times that a rate is held for the latency at half the knee.
_HALF_TIMES = 2
#: Seconds in which all must have arrived once no more is dropped.
_DRAIN_S = 60.0
_NAME = re.compile(rb'"name":"load-(\d+)\.txt"')


def load(folder: Path, scale: Scale) -> Iterator[Row]:
    """The rate at which latency bends, and the latency at half of it."""
    idle, rises, half = [], [], []
    for repetition in range(scale.times):
        with measure.running(folder / "root") as live:
            drops = measure.latencies_ms(live, corpus.fresh(10 + scale.drops, 600 + repetition), by_rename=True)
            idle.append(percentile(drops[10:], 99))
            pump = _Pump(live, seed=1_000_000 + repetition)
            rates = list(_rates())
            rises.append(
                knee.rise(rates, lambda rate, pump=pump: pump.hold(rate, scale.held_s), idle[-1])  # type: ignore[misc]
            )
            if found := rises[-1].knee:
                half.append(pump.hold(found.rate / 2, _HALF_TIMES * scale.held_s))
    yield from rows(idle, rises, half)


def rows(idle: list[float], rises: list[knee.Rise], half: list[knee.Step]) -> Iterator[Row]:
    """Return what the repetitions come to; a knee below the lowest rate counts as 0."""
    yield Row("the knee: last rate before latency bends", "files/s", tuple(r.knee.rate if r.knee else 0 for r in rises))
    if unkept := [r.beyond for r in rises if r.beyond and not r.beyond.was_kept]:
        # The generator's limit: the system's may lie higher.
        reached = tuple(step.reached / step.rate for step in unkept)
        yield Row("rate that stopped the rise because it could not be kept", RATIO, reached, "the one asked for")
    yield Row("latency, idle before the rise, by rename, p99", "ms", tuple(idle))
    if half:
        before = [p99 for p99, r in zip(idle, rises, strict=True) if r.knee]
        yield ratio("latency at half the knee, p99", [step.p99_ms for step in half], before, "that at idle")
        for percent in (50, 99):
            values = tuple(percentile(step.latencies_ms, percent) for step in half)
            yield Row(f"latency at half the knee, p{percent}", "ms", values)
        yield Row("rate come about at half the knee", RATIO, tuple(s.reached / s.rate for s in half), "that asked for")


def _rates() -> Iterator[float]:
    rate = _FIRST
    while rate <= _LAST:
        yield rate
        rate *= _FACTOR


class _Pump:
    """Drops files at a rate, and sees them arrive."""

    def __init__(self, live: measure.Running, seed: int) -> None:
        self.live = live
        self.seed = seed

    def hold(self, rate: float, seconds: float) -> knee.Step:
        """Hold a rate, wait until all has arrived, and return what was measured."""
        count = max(int(rate * seconds), 20)
        self.seed += 10_000
        staged = self.live.root / "state" / "staged"
        staged.mkdir()
        for number, data in enumerate(corpus.fresh(count, self.seed)):
            (staged / f"load-{number}.txt").write_bytes(data)
        arrivals = _Arrivals(self.live, count)
        arrivals.start()
        dropped = _drop(staged, self.live.drop, count, rate)
        arrivals.join(_DRAIN_S)
        if len(arrivals.at) < count:
            raise RuntimeError(f"{count - len(arrivals.at)} of {count} files did not arrive within {_DRAIN_S} s")
        # What is still being moved belongs to this rate, not to the next.
        self.live.until(lambda: measure.is_empty(self.live.drop))
        shutil.rmtree(staged)
        return knee.made_of(rate, dropped, [arrivals.at[number] for number in range(count)])


def _drop(staged: Path, drop: Path, count: int, rate: float) -> list[float]:
    """Rename files in, one each ``1 / rate`` seconds from now on, late ones at once; return when each was."""
    names = [(staged / f"load-{number}.txt", drop / f"load-{number}.txt") for number in range(count)]
    began, dropped = time.perf_counter(), []
    for number, (source, target) in enumerate(names):
        pause = began + number / rate - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        dropped.append(time.perf_counter())
        source.rename(target)
    return dropped


class _Arrivals(threading.Thread):
    """Reads the stream; ``at`` is when each number was there."""

    def __init__(self, live: measure.Running, count: int) -> None:
        super().__init__(daemon=True)
        self.live, self.count = live, count
        self.last_id: Any = live.last_id()
        self.at: dict[int, float] = {}

    def run(self) -> None:
        deadline = time.monotonic() + measure.PATIENCE
        while len(self.at) < self.count and time.monotonic() < deadline:
            reply: Any = self.live.ledger.client.xread({self.live.documents: self.last_id}, count=200, block=100)
            now = time.perf_counter()
            for self.last_id, fields in reply[0][1] if reply else ():
                if found := _NAME.search(fields[b"data"]):
                    self.at[int(found[1])] = now
