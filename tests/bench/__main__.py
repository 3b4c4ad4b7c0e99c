"""``python -m tests.bench [--quick] [--giants] [--only NAME ...] [--out FILE]``: a table, and the figures as JSON."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from tests.bench import figures, measure
from tests.bench.figures import Row
from tests.bench.scale import FULL, QUICK, Scale
from tests.bench.scenarios import GIANTS, SCENARIOS, Scenario, chosen
from turnstream import __version__


def main() -> int:
    """Measure, print, write; return the exit code: 1 if a scenario failed, the others have been measured then."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions of less")
    parser.add_argument("--giants", action="store_true", help=f"also {', '.join(GIANTS)}")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help=", ".join(SCENARIOS | GIANTS))
    parser.add_argument("--out", type=Path, help="a file for the figures, as JSON")
    options = parser.parse_args()
    try:
        scenarios = chosen(options.only, giants=options.giants)
    except KeyError as error:
        parser.error(f"no scenario {error}; there are {', '.join(SCENARIOS | GIANTS)}")
    # Asked to stop, it stops the systems that it has started.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    found: dict[str, list[Row]] = {}
    failed: list[str] = []
    # One for all: what a scenario leaves is not deleted before the next one, see `measure.put_aside`.
    with tempfile.TemporaryDirectory(prefix="turnstream-bench-") as folder:
        try:
            for name, rows in run(scenarios, QUICK if options.quick else FULL, Path(folder)):
                if rows is None:
                    failed.append(name)
                else:
                    found[name] = rows
                if options.out:
                    options.out.write_bytes(orjson.dumps(report(found, failed), option=orjson.OPT_INDENT_2) + b"\n")
        finally:
            # Also of a run that is broken off: what was measured was.  To delete millions of files takes minutes.
            sys.stdout.write(figures.table(row for rows in found.values() for row in rows))
            sys.stdout.flush()
    return 1 if failed else 0


def run(scenarios: dict[str, Scenario], scale: Scale, folder: Path) -> Iterator[tuple[str, list[Row] | None]]:
    """Yield the rows of each scenario as it ends, ``None`` of one that failed; each has a part of the folder."""
    for name, scenario in scenarios.items():
        began = time.monotonic()
        yield name, _rows(name, scenario, folder / name, scale)
        _say(f"{name}: {time.monotonic() - began:.0f} s")


def _rows(name: str, scenario: Scenario, folder: Path, scale: Scale) -> list[Row] | None:
    folder.mkdir()
    try:
        return list(scenario(folder, scale))
    except Exception as error:  # noqa: BLE001 - hours of other measurements are not to be lost
        log = folder / "root"
        said = measure.tail_of_log(log) if log.with_suffix(".log").exists() else ""
        _say(f"{name} failed: {error!r}\n{said}")
        return None


def report(found: dict[str, list[Row]], failed: list[str]) -> dict[str, object]:
    """Return all figures, with what they were measured on."""
    return {
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "kernel": platform.platform(),
        "python": platform.python_version(),
        "version": __version__,
        "failed": failed,
        "scenarios": {name: [row.as_json() for row in rows] for name, rows in found.items()},
    }


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
