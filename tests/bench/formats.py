"""What the formats cost: one long talk in each of them, beside the same as plain text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from tests.bench import corpus, parsing
from tests.in_formats import WRITERS, Said, talk

#: Bytes of the talk as plain text.
TEXT_BYTES = 2_000_000


class Row(NamedTuple):
    """A format: bytes of its file, seconds per MB of the text in it, the peak of memory as a multiple of that text."""

    format: str
    bytes: int
    s_per_mb: float
    memory_to_text: float


def rows(folder: Path, size: int = TEXT_BYTES) -> Iterator[Row]:
    """Yield a row per format."""
    said = long_talk(size)
    text_bytes = len(WRITERS["text"](said))
    for name, write in WRITERS.items():
        file = folder / "talk"
        file.write_bytes(write(said))
        found, length = parsing.apart(file), file.stat().st_size
        file.unlink()
        seconds, memory = float(found["ms"] or 0) / 1000, float(found["memory_to_file"] or 0) * length
        yield Row(name, length, round(seconds / text_bytes * 1e6, 3), round(memory / text_bytes, 1))


def long_talk(size: int) -> list[Said]:
    """A made-up talk of about so many bytes."""
    chance, turns, length = random.Random(size), list[tuple[str, str]](), 0
    people = [f"{first} {last}" for first, last in zip(corpus.FIRST, cycle(corpus.LAST), strict=False)]
    while length < size:
        turns.append((chance.choice(people), corpus.paragraph(chance)))
        length += sum(map(len, turns[-1]))
    return talk(turns)


def table(found: list[Row]) -> str:
    """The rows, one a line."""
    head = f"{'format':<14} {'bytes':>10} {'s per MB of text':>17} {'memory ÷ text':>14}\n"
    return head + "".join(
        f"{row.format:<14} {row.bytes:>10} {row.s_per_mb:>17} {row.memory_to_text:>14}\n" for row in found
    )
