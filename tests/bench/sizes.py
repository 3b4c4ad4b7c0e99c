"""Large documents: how long one takes, beside as many bytes of small ones, and what its process needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.bench import corpus, measure, parsing
from tests.bench.figures import RATIO, Row, ratio
from tests.bench.scale import Scale

_MB = 1_000_000
#: Seconds between looks at the memory of the processes that read.
_LOOK_S = 0.02


def sizes(folder: Path, scale: Scale) -> Iterator[Row]:
    """One document of each size at a time; the largest size in small documents as well."""
    took: dict[float, list[float]] = {size: [] for size in scale.sizes_mb}
    small, resident, share = [], [], []
    largest = scale.sizes_mb[-1]
    texts = {size: parsing.transcript("label line", int(size * _MB)) for size in scale.sizes_mb}
    for repetition in range(scale.times):
        with measure.running(folder / "root") as live:
            small.append(_small_s(live, folder, int(largest * _MB), seed=700 + repetition))
            for size, text in texts.items():
                seconds, peak, data_share = _one(live, text)
                took[size].append(seconds)
            resident.append(peak)
            share.append(data_share)
    yield ratio(f"one document of {largest:g} MB, time", took[largest], small, "as much in small documents")
    yield Row(f"peak of memory for {largest:g} MB, as the kernel limits it", RATIO, tuple(share), "its limit")
    yield Row(f"peak of memory for {largest:g} MB, resident", "MB", tuple(resident))
    for size, seconds_all in took.items():
        yield Row(f"one document of {size:g} MB", "s", tuple(seconds_all))
    yield Row(f"{largest:g} MB in small documents", "s", tuple(small))


def _small_s(live: measure.Running, folder: Path, size: int, seed: int) -> float:
    documents = corpus.fresh(size // len(corpus.fresh(1, seed)[0]) + 1, seed)
    total = sum(map(len, documents))
    corpus.write(folder / "small", documents)
    rate = measure.backlog_docs_per_s(live, folder / "small", len(documents))
    return len(documents) / rate * size / total


def _one(live: measure.Running, text: bytes) -> tuple[float, float, float]:
    """Return seconds from rename to archive, MB resident at most, and the share of the limit that was needed."""
    part, target = live.root / "state" / "part", live.drop / "large.txt"
    part.write_bytes(text)
    before = live.published()
    children = [one for one in live.processes() if one.role == "child"]
    resident = data = 0.0
    limit = min(child.data_limit_mb() for child in children)
    began = time.perf_counter()
    part.rename(target)
    while target.exists():
        for child in children:
            with suppress(FileNotFoundError, ProcessLookupError, IndexError):  # replaced meanwhile
                resident, data = max(resident, child.peak_mb()), max(data, child.data_mb())
        if time.perf_counter() > began + measure.PATIENCE:
            raise RuntimeError("a large document takes too long")
        time.sleep(_LOOK_S)
    took = time.perf_counter() - began
    if live.published() != before + 1:
        raise RuntimeError("a large document was not published")
    return took, resident, data / limit
