"""Extract and parse by themselves, on one core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench import formats, parsing
from tests.bench.figures import Row
from tests.bench.scale import Scale

#: Times that the seed is read.
_SEED_RUNS = 3000


def reading(folder: Path, scale: Scale) -> Iterator[Row]:
    """The seed, texts that grow, and one talk in every format."""
    yield from parsing.seed(_SEED_RUNS)
    yield from parsing.growth(folder, scale.texts)
    yield from formats.rows(folder, scale.talk)
