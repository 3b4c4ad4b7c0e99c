"""Extract and parse by themselves, on one core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import bound, corpus, formats, parsing
from tests.bench.figures import Row
from tests.bench.scale import Scale

#: Times that the seed is read; documents of the corpus that are.
_SEED_RUNS, _DOCUMENTS = 3000, 500


def reading(folder: Path, scale: Scale) -> Iterator[Row]:
    """The seed, texts that grow, and one talk in every format."""
    yield Row("read to event, pure, a document of the corpus", "ms", tuple(_read_all_ms(folder / "read", scale.times)))
    yield from parsing.seed(_SEED_RUNS)
    yield from parsing.growth(folder, scale.texts)
    yield from formats.rows(folder, scale.talk)


def _read_all_ms(folder: Path, times: int) -> Iterator[float]:
    """Yield processor time per document of everything that is pure, for all of them once a time."""
    corpus.write(folder, corpus.documents(_DOCUMENTS, seed=7))
    files = sorted(folder.iterdir())
    for _ in range(times):
        began = time.process_time()
        for path in files:
            bound.event_of(path)
        yield (time.process_time() - began) * 1000 / len(files)
