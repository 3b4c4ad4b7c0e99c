"""Latency on an idle system: from rename or close to the entry on the stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench import corpus, measure
from tests.bench.figures import Row, latency_rows
from tests.bench.scale import Scale

#: Documents before the first that counts: every worker process has done one by then.
_WARM_UP = 10


def latency(folder: Path, scale: Scale) -> Iterator[Row]:
    """By rename, by writing in place, and where only the sweep finds files; each drop after the last has arrived."""
    rename, write, sweep = [], [], []
    for repetition in range(scale.times):
        fresh = iter(corpus.fresh(2 * _WARM_UP + 2 * scale.drops + scale.swept, seed=1000 + repetition))
        with measure.running(folder / "root") as live:
            rename.append(_round(live, fresh, scale.drops, by_rename=True))
            write.append(_round(live, fresh, scale.drops, by_rename=False, warm_up=0))
        with measure.running(folder / "root", TURNSTREAM_WATCH__NATIVE_EVENTS="false") as live:
            sweep.append(_round(live, fresh, scale.swept, by_rename=True, warm_up=2))
    yield from latency_rows("latency, idle, by rename", rename)
    yield from latency_rows("latency, idle, written in place (with quiet_seconds)", write)
    yield from latency_rows("latency, idle, no file events (with the pause between sweeps)", sweep)


def _round(
    live: measure.Running, fresh: Iterator[bytes], count: int, *, by_rename: bool, warm_up: int = _WARM_UP
) -> list[float]:
    documents = [next(fresh) for _ in range(warm_up + count)]
    return measure.latencies_ms(live, documents, by_rename=by_rename)[warm_up:]
