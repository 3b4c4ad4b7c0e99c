"""What the formats cost: one long talk in each of them, beside the same as plain text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from tests.bench import corpus, parsing
from tests.bench.figures import RATIO, Row
from tests.in_formats import WRITERS, Said, talk


def rows(folder: Path, size: int) -> Iterator[Row]:
    """Yield for each format seconds per MB of the text in it, and the peak of memory as a multiple of that text."""
    said = long_talk(size)
    text_bytes = len(WRITERS["text"](said))
    for name, write in WRITERS.items():
        file = folder / "talk"
        file.write_bytes(write(said))
        found = parsing.apart(file)
        file.unlink()
        yield Row(f"reading, {name}", "s per MB of text", tuple(run / text_bytes * 1e6 for run in found.runs_s))
        if found.memory_to_file is not None:
            memory = found.memory_to_file * found.bytes
            yield Row(f"peak of memory, {name}", RATIO, (memory / text_bytes,), "the text")


def long_talk(size: int) -> list[Said]:
    """A made-up talk of about so many bytes."""
    chance, turns, length = random.Random(size), list[tuple[str, str]](), 0
    people = [f"{first} {last}" for first, last in zip(corpus.FIRST, cycle(corpus.LAST), strict=False)]
    while length < size:
        turns.append((chance.choice(people), corpus.paragraph(chance)))
        length += sum(map(len, turns[-1]))
    return talk(turns)
