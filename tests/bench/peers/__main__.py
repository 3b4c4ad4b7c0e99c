"""``python -m tests.bench.peers [--quick] [--out FILE] [PEER ...]``: tables; exit code 1 if a peer did not run."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

import orjson

from tests.bench.peers.entrants import NAMES, chosen
from tests.bench.peers.race import race
from tests.bench.peers.table import table
from turnstream import __version__

#: Documents, repetitions; full and quick.
_FULL = (20_000, 5)
_QUICK = (2_000, 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench-peers")
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"of {', '.join(NAMES)}; all if none is named")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--documents", type=int)
    parser.add_argument("--times", type=int)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    try:
        entrants = chosen(options.peers)
    except ValueError as error:
        parser.error(str(error))
    count, times = _QUICK if options.quick else _FULL
    count, times = options.documents or count, options.times or times
    with tempfile.TemporaryDirectory(prefix="turnstream-bench-") as folder:
        rows, ours = race(entrants, Path(folder), count, times, _say)
    sys.stdout.write(f"{count} documents, {times} times\n\n{table(rows, ours)}")
    if options.out:
        numbers = {
            "peers": [row.as_json() for row in rows],
            "turnstream_docs_per_s": ours,
            "documents": count,
            "cores": len(os.sched_getaffinity(0)),
            "machine": platform.platform(),
            "python": platform.python_version(),
            "version": __version__,
        }
        options.out.write_bytes(orjson.dumps(numbers, option=orjson.OPT_INDENT_2) + b"\n")
    sys.exit(0 if all(row.is_good() for row in rows) else 1)


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
