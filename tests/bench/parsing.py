"""What reading costs by itself, in processor time: the seed's median; time and memory as a transcript grows.

``python -m tests.bench.parsing FILE`` measures one text in a process of its own, as a process's peak
of memory never falls, and what it freed earlier would hide what it needs now.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import orjson

from tests import promises
from tests.bench import corpus
from turnstream.extract import extract
from turnstream.parse import parse
from turnstream.tasks import collect_seldom

SEED = Path(__file__).parents[1] / "samples" / "000_4079e7fc051ca7b4.txt"

#: Bytes of the texts; the last is the largest that a file may have by default.
SIZES = (1_000, 10_000, 100_000, 1_000_000, 5_000_000, 20_000_000)
QUICK_SIZES = SIZES[:4]
#: Below this size a process's memory says nothing about the text's.
_WEIGHED_BYTES = 100_000
#: Words to a line where lines are wrapped by hand.
_WRAPPED = 10
#: Seconds of processor time that are spent on one size at least, and runs at most, to take the best of.
_SPENT_S, _RUNS = 0.5, 200

Growth = dict[str, str | float | None]


def seed_us(times: int = 3000) -> dict[str, float]:
    """Medians of one core for the seed, in µs: bytes to record, and the two stages that are most of it."""
    raw = SEED.read_bytes()
    document = extract(raw)
    return {
        "record": _median_us(lambda: promises.read(raw), times),
        "extract": _median_us(lambda: extract(raw), times),
        "parse": _median_us(lambda: parse(document), times),
    }


def _median_us(action: Callable[[], object], times: int) -> float:
    return round(statistics.median(_timed(action) for _ in range(times)) * 1e6, 1)


def _timed(action: Callable[[], object]) -> float:
    began = time.process_time()
    action()
    return time.process_time() - began


def _colon(speaker: str, paragraph: str) -> str:
    return f"{speaker}: {paragraph}\n"


def _bold(speaker: str, paragraph: str) -> str:
    return f"**{speaker}:** {paragraph}\n\n"


def _wrapped(speaker: str, paragraph: str) -> str:
    words = paragraph.split()
    lines = [" ".join(words[at : at + _WRAPPED]) for at in range(0, len(words), _WRAPPED)]
    return f"{speaker.upper()}:  " + "\n".join(lines) + "\n\n"


#: A turn in each layout that is measured.
LAYOUTS: dict[str, Callable[[str, str], str]] = {"label line": _colon, "Markdown": _bold, "hard wraps": _wrapped}


def transcript(layout: str, size: int) -> bytes:
    """A made-up transcript of so many bytes, cut at the end of a turn."""
    chance = random.Random(size)
    people = [f"{first} {last}" for first, last in zip(corpus.FIRST, cycle(corpus.LAST), strict=False)]
    made, length = [f"{corpus.sentence(chance, 6)}\n\n"], 0
    while length < size:
        made.append(LAYOUTS[layout](chance.choice(people), corpus.paragraph(chance)))
        length += len(made[-1])
    return "".join(made).encode()


def growth(folder: Path, sizes: tuple[int, ...] = SIZES) -> Iterator[Growth]:
    """A row per layout and size: seconds per MB, and the peak of memory as a multiple of the file."""
    file = folder / "growth.txt"
    for layout in LAYOUTS:
        for size in sizes:
            file.write_bytes(transcript(layout, size))
            yield {"layout": layout, **apart(file)}
    file.unlink()


def apart(file: Path) -> Growth:
    """The row of one text, measured in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.parsing", str(file)]
    found: Growth = orjson.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def measured(file: Path) -> Growth:
    """The row of one text, measured in this process, which collects as a worker's does."""
    collect_seldom()
    promises.read(transcript("label line", SIZES[0]))
    before = _status_bytes("VmRSS")
    raw = file.read_bytes()
    _, record = promises.read(raw)
    peak = _status_bytes("VmHWM") - before
    turns = len(record.turns)
    del record
    best, until, runs = float("inf"), time.process_time() + _SPENT_S, 0
    while runs == 0 or (runs < _RUNS and time.process_time() < until):
        best, runs = min(best, _timed(lambda: promises.read(raw))), runs + 1
    return {
        "bytes": len(raw),
        "turns": turns,
        "ms": round(best * 1000, 3),
        "s_per_mb": round(best / len(raw) * 1e6, 3),
        "memory_to_file": round(peak / len(raw), 1) if len(raw) >= _WEIGHED_BYTES else None,
    }


def _status_bytes(name: str) -> int:
    """A figure of this process's memory; its peak is since it was started, unlike that of ``getrusage``."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024


def table(rows: list[Growth]) -> str:
    """The rows, one a line."""
    head = f"{'layout':<12} {'bytes':>10} {'turns':>7} {'ms':>10} {'s per MB':>9} {'memory ÷ file':>14}\n"
    return head + "".join(
        f"{row['layout']:<12} {row['bytes']:>10} {row['turns']:>7} {row['ms']:>10} {row['s_per_mb']:>9}"
        f" {row['memory_to_file'] or '':>14}\n"
        for row in rows
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(measured(Path(sys.argv[1]))))
