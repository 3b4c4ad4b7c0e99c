"""The corpora read without a layout: its own files decline, and no other changes."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.evaluation.corpora import Corpora
from tests.evaluation.run import FileResult, Results, read_all, reader

#: Turns that a file of a layout that is missing may have and nobody said.
MOST_FALSE = 1


@dataclass(frozen=True, slots=True)
class Left:
    """A file that the layout reads, and what is left of its turns without it."""

    file: str
    before: int
    after: int
    false: int
    layout: str | None

    def __str__(self) -> str:
        by = f", read as {self.layout}" if self.layout else ""
        return f"{self.file}: {self.before} turns → {self.after}, {self.false} of them false{by}"


@dataclass(frozen=True, slots=True)
class Without:
    """What the corpora are without a layout (or several)."""

    left: list[Left]
    changed: list[str]

    def faults(self) -> Iterator[str]:
        """A line for each file that should have declined, and each that has nothing to do with the layout."""
        yield from (str(one) for one in self.left if one.false > MOST_FALSE)
        yield from (f"{file}: is not of this layout, and has other turns without it" for file in self.changed)


def read_without(corpora: Corpora, names: Collection[str]) -> Without:
    """Read everything with and without the layouts of these names.

    Raises:
        LookupError: the parser has no layouts to leave out, or no file is of one of these.

    """
    results = read_all(corpora, reader(()))
    known = {one.layout.split()[0] for one in results.files if one.layout}
    if unknown := set(names) - known:
        raise LookupError(
            f"no file is of the layout {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}"
        )
    after = read_all(corpora, reader(names))
    pairs = list(zip(results.files, after.files, strict=True))
    own = [(old, new) for old, new in pairs if old.layout and old.layout.split()[0] in names]
    false = _false_turns(corpora, after, [new for _, new in own])
    return Without(
        [Left(old.file, len(old.turns), len(new.turns), false.get(old.file, 0), new.layout) for old, new in own],
        [old.file for old, new in pairs if (old, new) not in own and old.turns != new.turns],
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _false_turns(corpora: Corpora, results: Results, files: Collection[FileResult]) -> dict[str, int]:
    """Turns that the gold does not have, by file; none of files without gold."""
    with tempfile.TemporaryDirectory(prefix="turnstream-evaluate-") as name:
        folder, predictions = Path(name) / "gold", Path(name) / "predictions.jsonl"
        folder.mkdir()
        results.write(predictions)
        names = corpora.write_gold_by_file(folder, {one.file for one in files})
        scores = corpora.score(folder, predictions)["sources"] if names else {}
    rows = {file: scores[source] for file, source in names.items()}
    return {file: row["pred"] - round(row["P"] * row["pred"]) + row["false"] for file, row in rows.items()}
