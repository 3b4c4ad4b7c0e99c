"""Many files that wait in ``drop/`` when the system starts, spread over folders or in one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench import measure
from tests.bench.figures import Row, ratio
from tests.bench.scale import Scale
from turnstream.extract import extract
from turnstream.identify import identify

#: Files to a folder where they are spread.
_SPREAD = 1000
_LAYOUTS = {"spread": _SPREAD, "in one folder": None}
#: Share of the files before and after those whose rate is taken.
_EDGE = 0.1
#: Documents of a giant backlog that are published before it is watched.
_UNDER_WAY = 2000


class Start(NamedTuple):
    """Seconds from the start of the command to the first document published, and documents per second from then on."""

    first_s: float
    docs_per_s: float


class Giant(NamedTuple):
    """The start of a giant backlog: its first document, rates, seconds until dropped files were published, the watcher.

    The watcher's memory is its peak in MB, its processor time in % of one core over all that was watched.
    """

    first_s: float
    docs_per_s: tuple[float, ...]
    dropped_s: tuple[float, ...]
    watcher_mb: float
    watcher_percent: float


def waiting(folder: Path, scale: Scale) -> Iterator[Row]:
    """Some files that wait: all of them are worked off."""
    found = {name: [_start(folder, scale.waiting, spread) for _ in range(scale.times)] for name, spread in _layouts()}
    spread, together = ([start.docs_per_s for start in starts] for starts in found.values())
    yield ratio(f"{scale.waiting:,} files waiting in one folder, throughput", together, spread, "that of spread ones")
    for name, starts in found.items():
        yield Row(f"{scale.waiting:,} files waiting, {name}", "documents/s", tuple(s.docs_per_s for s in starts))
        yield Row(f"{scale.waiting:,} files waiting, {name}, start to first", "s", tuple(s.first_s for s in starts))


def waiting_giant(folder: Path, scale: Scale) -> Iterator[Row]:
    """A multitude that waits: its first minute, files that are dropped meanwhile, and what the watcher needs."""
    count = scale.waiting_giant
    for name, spread in _layouts():
        few = [_start(folder, scale.waiting, spread).docs_per_s for _ in range(scale.times)]
        many = _giant(_root(folder, count, spread), count, scale)
        what = f"{count:,} files waiting, {name}"
        yield ratio(f"{what}, throughput", many.docs_per_s, few, f"that with {scale.waiting:,}")
        yield Row(what, "documents/s", many.docs_per_s)
        yield Row(f"{what}, start to first published", "s", (many.first_s,))
        yield Row(f"{what}, a file dropped meanwhile to published", "s", many.dropped_s)
        yield Row(f"{what}, watcher, peak of resident memory", "MB", (many.watcher_mb,))
        yield Row(f"{what}, watcher, processor time", "% of one core", (many.watcher_percent,))


def tiny(number: int) -> bytes:
    """Return a document of some 300 bytes, unlike those of all other numbers."""
    said = f"This is number {number} of those that wait, and none of the others says it."
    return (
        f"Meeting {number}\n\nAnna Abel: {said}\nBoris Brandt: Then we wait for number {number + 1} as well.\n"
        f"Anna Abel: So we do, as long as it takes, and with all the others that came before it.\n"
        f"Boris Brandt: Agreed for number {number}.\n"
    ).encode()


def make(drop: Path, count: int, spread: int | None) -> None:
    """Write tiny documents, so many to a folder, or all of them to one."""
    for number in range(count):
        if number % (spread or count) == 0:
            at = drop / f"{number:07d}"
            at.mkdir(parents=True)
        with (at / f"{number:07d}_{number:016x}.txt").open("wb", buffering=0) as file:
            file.write(tiny(number))


def _layouts() -> Iterator[tuple[str, int | None]]:
    yield from _LAYOUTS.items()


def _root(folder: Path, count: int, spread: int | None) -> Path:
    root = folder / "root"
    measure.put_aside(root)
    make(root / "drop", count, spread)
    return root


def _start(folder: Path, count: int, spread: int | None) -> Start:
    low, high = int(count * _EDGE), int(count * (1 - _EDGE))
    with measure.started(_root(folder, count, spread)) as live:
        first_at = _when(live, lambda: live.published() > 0)
        low_at = _when(live, lambda: live.published() >= low)
        passed = live.published()
        high_at = _when(live, lambda: live.published() >= high)
        rate = (live.published() - passed) / (high_at - low_at)
        live.until(lambda: live.published() >= count)
    return Start(first_at - live.began, rate)


def _giant(root: Path, count: int, scale: Scale) -> Giant:
    """Watch the first parts of a backlog, and drop a file in each."""
    rates, dropped = [], []
    with measure.started(root) as live:
        first_s = _when(live, lambda: live.published() > 0) - live.began
        live.until(lambda: live.published() >= min(_UNDER_WAY, count // 10))
        (watcher,) = [one for one in live.processes() if one.role == "watch"]
        cpu_s, watched_from = watcher.cpu_s(), time.perf_counter()
        for part in range(scale.times):
            began, before = time.perf_counter(), live.published()
            dropped.append(_dropped_s(live, count + part))
            time.sleep(max(began + scale.watched_s - time.perf_counter(), 0))
            rates.append((live.published() - before) / (time.perf_counter() - began))
        watched_s = time.perf_counter() - watched_from
        percent = (watcher.cpu_s() - cpu_s) / watched_s * 100
        if live.published() >= count:
            raise RuntimeError(f"{count} files are too few to be watched for {watched_s:.0f} s")
        return Giant(first_s, tuple(rates), tuple(dropped), watcher.peak_mb(), percent)


def _dropped_s(live: measure.Running, number: int) -> float:
    """Drop a file by rename and return the seconds until the ledger has it."""
    text = tiny(number)
    digest = identify("0" * 16, text, extract(text).canonical).content_sha256
    bucket, rest = live.ledger.key(f"claims:{digest[:4]}"), bytes.fromhex(digest[4:])
    part = live.root / "state" / "part"
    part.write_bytes(text)
    began = time.perf_counter()
    part.rename(live.drop / f"dropped-{number}.txt")
    return _when(live, lambda: live.ledger.client.hexists(bucket, rest)) - began


def _when(live: measure.Running, condition: Callable[[], bool]) -> float:
    live.until(condition, pause=0.002)
    return time.perf_counter()
