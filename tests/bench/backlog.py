"""Throughput: a folder of documents at once, against bare processes on the same documents in the same run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.bench import bound, corpus, measure
from tests.bench.figures import Row, ratio
from tests.bench.scale import Scale

BOUND = "the bound (bare processes: read, parse, append)"
BOUND_KNOWN = "its bound (bare processes: read, canonicalise, hash, look up; new ones parsed and appended)"
#: One document in so many is new to a folder that is crawled again.
_NEW_EVERY = 10
#: Documents on the stream for each duplicate of one of them.
_ORIGINALS = 0.25


class Pair(NamedTuple):
    """Documents per second, ours and the bound's on the same documents."""

    ours: float
    bound: float


def backlog(folder: Path, scale: Scale) -> Iterator[Row]:
    """Documents of which one in ten is a duplicate."""
    yield from _mixed(folder, scale.times, scale.documents, "backlog")


def alone(folder: Path, scale: Scale) -> Iterator[Row]:
    """The same with one file a message."""
    yield from _mixed(folder, scale.times, scale.alone, "one a message", TURNSTREAM_BATCH__MAX_FILES="1")


def duplicates(folder: Path, scale: Scale) -> Iterator[Row]:
    """Documents that are all on the stream already."""
    yield from _known(folder, scale, "duplicates", lambda number: False)


def recrawl(folder: Path, scale: Scale) -> Iterator[Row]:
    """A folder that is crawled again: nine in ten are on the stream already."""
    yield from _known(folder, scale, "re-crawl, 90 % duplicates", lambda number: number % _NEW_EVERY == 0)


def workers(folder: Path, scale: Scale) -> Iterator[Row]:
    """The backlog with 1, 2 and 4 worker processes."""
    found: dict[int, list[float]] = {1: [], 2: [], 4: []}
    for repetition in range(scale.times):
        documents = corpus.documents(scale.documents // 2, seed=200 + repetition)
        for processes, rates in found.items():
            with measure.running(folder / "root", TURNSTREAM_WORK__PROCESSES=str(processes)) as live:
                corpus.write(folder / "bulk", documents)
                rates.append(measure.backlog_docs_per_s(live, folder / "bulk", corpus.distinct(documents)))
    for processes, rates in found.items():
        if processes != 1:
            yield ratio(f"backlog, {processes} worker processes", rates, found[1], "that with one")
        yield Row(f"backlog, {processes} worker processes", "documents/s", tuple(rates))


def _mixed(folder: Path, times: int, count: int, name: str, **environment: str) -> Iterator[Row]:
    pairs = []
    for repetition in range(times):
        documents = corpus.documents(count, seed=repetition)
        with measure.running(folder / "root", **environment) as live:
            pairs.append(_pair(live, folder, documents, corpus.distinct(documents), bound.append))
    yield from _rows(name, pairs, BOUND)


def _known(folder: Path, scale: Scale, name: str, is_new: Callable[[int], bool]) -> Iterator[Row]:
    pairs = []
    for repetition in range(scale.times):
        chance = Random(repetition)
        originals = corpus.fresh(int(scale.documents * _ORIGINALS), seed=300 + repetition)
        fresh = iter(corpus.fresh(scale.documents // _NEW_EVERY + 1, seed=400 + repetition))
        documents = [next(fresh) if is_new(n) else chance.choice(originals) for n in range(scale.documents)]
        with measure.running(folder / "root") as live:
            corpus.write(folder / "first", originals)
            measure.backlog_docs_per_s(live, folder / "first", len(originals))
            new = len(set(documents) - set(originals))
            pairs.append(_pair(live, folder, documents, new, bound.knowing(live.ledger)))
    yield from _rows(name, pairs, BOUND_KNOWN)


def _pair(live: measure.Running, folder: Path, documents: list[bytes], new: int, work: bound.Work) -> Pair:
    # The bound first: what is new to the ledger must be new to both, and the bound claims nothing.
    corpus.write(folder / "bare", documents)
    cores = len(os.sched_getaffinity(0))
    best = bound.docs_per_s(folder / "bare", measure.read_url(live.root), live.server, cores, work)
    measure.put_aside(folder / "bare")
    corpus.write(folder / "bulk", documents)
    return Pair(measure.backlog_docs_per_s(live, folder / "bulk", new), best)


def _rows(name: str, pairs: list[Pair], of: str) -> Iterator[Row]:
    ours, best = zip(*pairs, strict=True)
    yield ratio(name, ours, best, of)
    yield Row(name, "documents/s", ours)
    yield Row(f"{name}, the bound", "documents/s", best)
