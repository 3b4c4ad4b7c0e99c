"""What reading costs by itself, in processor time: the seed's median; time and memory as a transcript grows.

``python -m tests.bench.parsing FILE`` measures one text in a process of its own, as a process's peak
of memory never falls, and what it freed earlier would hide what it needs now.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import orjson

from tests import promises
from tests.bench import corpus
from tests.bench.figures import RATIO, Row
from turnstream.extract import extract
from turnstream.garbage import collect_seldom
from turnstream.parse import parse

SEED = Path(__file__).parents[1] / "samples" / "000_4079e7fc051ca7b4.txt"

#: Below this size a process's memory says nothing about the text's.
_WEIGHED_BYTES = 100_000
#: Words to a line where lines are wrapped by hand.
_WRAPPED = 10
#: Seconds of processor time that are spent on one text, and runs at least and at most.
_SPENT_S, _RUNS_LEAST, _RUNS_MOST = 0.5, 5, 200


class Reading(NamedTuple):
    """What one text took: seconds of processor time of each run, the peak of memory as a multiple of its bytes."""

    bytes: int
    turns: int
    runs_s: tuple[float, ...]
    memory_to_file: float | None


def seed(times: int) -> Iterator[Row]:
    """Yield what the seed takes of one core, a value a run: bytes to record, and the two stages that are most of it."""
    raw = SEED.read_bytes()
    document = extract(raw)
    stages: dict[str, Callable[[], object]] = {
        "bytes to record": lambda: promises.read(raw),
        "extract": lambda: extract(raw),
        "parse": lambda: parse(document),
    }
    for name, stage in stages.items():
        yield Row(f"the seed, {name}", "µs", tuple(_timed(stage) * 1e6 for _ in range(times)))


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


def growth(folder: Path, sizes: tuple[int, ...]) -> Iterator[Row]:
    """Yield a row per layout and size for time, and for memory where it says something."""
    file = folder / "growth.txt"
    for layout in LAYOUTS:
        for size in sizes:
            file.write_bytes(transcript(layout, size))
            found = apart(file)
            name = f"{layout}, {size:,} bytes"
            yield Row(f"reading, {name}", "s per MB", tuple(run / found.bytes * 1e6 for run in found.runs_s))
            if found.memory_to_file is not None:
                yield Row(f"peak of memory, {name}", RATIO, (found.memory_to_file,), "the file")
    file.unlink()


def apart(file: Path) -> Reading:
    """Return what one text took, measured in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.parsing", str(file)]
    found = orjson.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Reading(**{**found, "runs_s": tuple(found["runs_s"])})


def measured(file: Path) -> Reading:
    """Return what one text took, measured in this process, which collects as a worker's does."""
    collect_seldom()
    promises.read(transcript("label line", 1_000))
    before = _status_bytes("VmRSS")
    raw = file.read_bytes()
    _, record = promises.read(raw)
    peak = _status_bytes("VmHWM") - before
    turns = len(record.turns)
    del record
    runs: list[float] = []
    while len(runs) < _RUNS_LEAST or (len(runs) < _RUNS_MOST and sum(runs) < _SPENT_S):
        runs.append(_timed(lambda: promises.read(raw)))
    return Reading(len(raw), turns, tuple(runs), peak / len(raw) if len(raw) >= _WEIGHED_BYTES else None)


def _status_bytes(name: str) -> int:
    """A figure of this process's memory; its peak is since it was started, unlike that of ``getrusage``."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(measured(Path(sys.argv[1]))._asdict()))
