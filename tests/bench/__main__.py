"""``python -m tests.bench [--quick] [--out FILE]``: a table, and the same numbers as JSON."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import orjson

from tests.bench import bound, corpus, formats, measure, parsing
from turnstream import __version__, settings

#: Documents of the backlog, files one a message, drops, repetitions; full and quick.
_FULL = (20_000, 4_000, 200, 5)
_QUICK = (5_000, 1_000, 60, 3)

Numbers = dict[str, float | dict[str, float]]


def main() -> None:
    """Measure and print; ratios first, as absolute numbers are this machine's."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prog_folder()) as folder:
        numbers = run(Path(folder), quick=options.quick)
        rows = list(parsing.growth(Path(folder), parsing.QUICK_SIZES if options.quick else parsing.SIZES))
        written = list(formats.rows(Path(folder)))
    sys.stdout.write(f"{table(numbers)}\n{parsing.table(rows)}\n{formats.table(written)}")
    numbers["growth"] = rows
    numbers["formats"] = [row._asdict() for row in written]
    if options.out:
        options.out.write_bytes(orjson.dumps(numbers, option=orjson.OPT_INDENT_2) + b"\n")


def prog_folder() -> str:
    """Return the prefix of the working folder's name."""
    return "turnstream-bench-"


def run(folder: Path, *, quick: bool) -> dict[str, object]:
    """Return all numbers; rates are medians over repetitions, each in a new root."""
    count, count_alone, drops, times = _QUICK if quick else _FULL
    cores = len(os.sched_getaffinity(0))
    backlogs, bounds, alone = [], [], []
    memory: dict[str, float] = {}
    for repetition in range(times):
        documents = corpus.documents(count, seed=repetition)
        with measure.running(folder / "root") as live:
            corpus.write(folder / "bulk", documents)
            _say(f"backlog {repetition + 1} of {times}")
            backlogs.append(measure.backlog_docs_per_s(live, folder / "bulk", corpus.distinct(documents)))
            memory = live.memory_mb()
            corpus.write(folder / "bare", documents)
            loaded = settings.load(root=folder / "root")
            url = measure.read_url(folder / "root")
            bounds.append(bound.docs_per_s(folder / "bare", url, loaded.server, cores))
        documents = corpus.documents(count_alone, seed=100 + repetition)
        with measure.running(folder / "root", TURNSTREAM_BATCH__MAX_FILES="1") as live:
            corpus.write(folder / "bulk1", documents)
            alone.append(measure.backlog_docs_per_s(live, folder / "bulk1", corpus.distinct(documents)))
        for name in ("bare",):
            for path in (folder / name).iterdir():
                path.unlink()
    _say("latency")
    fresh = list(dict.fromkeys(corpus.documents(drops * 3, seed=1000)))[: 2 * drops]
    with measure.running(folder / "root") as live:
        rename = measure.latencies_ms(live, fresh[:drops], by_rename=True)
        write = measure.latencies_ms(live, fresh[drops:], by_rename=False)
    backlog, best, one = map(statistics.median, (backlogs, bounds, alone))
    return {
        "backlog_to_bound": round(statistics.median(a / b for a, b in zip(backlogs, bounds, strict=True)), 3),
        "batch_one_to_backlog": round(one / backlog, 3),
        "backlog_docs_per_s": round(backlog),
        "backlog_docs_per_s_all": [round(value) for value in backlogs],
        "bound_docs_per_s": round(best),
        "bound_docs_per_s_all": [round(value) for value in bounds],
        "batch_one_docs_per_s": round(one),
        "latency_rename_ms": percentiles(rename),
        "latency_write_ms": percentiles(write),
        "seed_us": parsing.seed_us(),
        "parse_ms_per_doc": parse_ms(folder, corpus.documents(500, seed=7)),
        "memory_mb": memory,
        "documents": count,
        "cores": cores,
        "machine": platform.platform(),
        "python": platform.python_version(),
        "version": __version__,
    }


def percentiles(values: list[float]) -> dict[str, float]:
    """Return p50, p90 and p99."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p90": round(cuts[89], 2), "p99": round(cuts[98], 2)}


def parse_ms(folder: Path, documents: list[bytes]) -> float:
    """Return the time of everything pure per document in one process: read to event, in ms."""
    corpus.write(folder / "parse", documents)
    files = list((folder / "parse").iterdir())
    began = time.perf_counter()
    for path in files:
        bound.event_of(path)
    return round((time.perf_counter() - began) * 1000 / len(files), 4)


def table(numbers: dict[str, object]) -> str:
    """Return the numbers, one a line."""
    return "".join(f"{name:<26} {_shown(value)}\n" for name, value in numbers.items())


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {number}" for name, number in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _say(what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
