"""The folder of corpora: its files, its gold, its scorer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Names of files that hold text or Markdown …
_TEXT_SUFFIXES = frozenset((".txt", ".text", ".md", ".markdown", ".rst"))
#: … unless they begin like data or markup.
_OTHER_OPENINGS = (b"{", b"[{", b"<!", b"<html", b"<?xml", b"WEBVTT")
_OPENING_BYTES = 64


@dataclass(frozen=True, slots=True)
class Corpora:
    """A folder as ``tests.evaluation`` describes it."""

    root: Path

    def files(self) -> list[str]:
        """Every raw file, relative to the folder, in order."""
        return sorted(
            path.relative_to(self.root).as_posix() for path in (self.root / "raw").rglob("*") if path.is_file()
        )

    def golden(self) -> set[str]:
        """The files that have gold turns (or are known to have none)."""
        return {json.loads(line)["file"] for _, line in self._gold()}

    def score(self, gold: Path, predictions: Path) -> dict[str, Any]:
        """The scorer's figures: ``sources`` by name, ``macro`` and ``micro``."""
        scores: dict[str, Any] = json.loads(self.run_scorer(gold, predictions, ("--json",)))
        return scores

    def run_scorer(self, gold: Path, predictions: Path, options: Sequence[str]) -> str:
        """What the scorer prints."""
        command = [sys.executable, str(self.root / "score.py"), str(gold), str(predictions), *options]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    @property
    def gold(self) -> Path:
        """The folder of gold turns."""
        return self.root / "gold"

    def write_text_gold(self, folder: Path) -> set[str]:
        """Write the gold of text and Markdown files alone; return those files."""
        kept = set()
        for source, line in self._gold():
            file = json.loads(line)["file"]
            if is_text(self.root / file):
                kept.add(file)
                with (folder / source).open("a", encoding="utf-8") as gold:
                    gold.write(line)
        return kept

    def write_gold_by_file(self, folder: Path, files: Collection[str]) -> dict[str, str]:
        """Write the gold of these files as if each were a source; return their names as such."""
        names: dict[str, str] = {}
        for _, line in self._gold():
            file = json.loads(line)["file"]
            if file in files:
                names[file] = f"{len(names):04}"
                (folder / f"{names[file]}.jsonl").write_text(line, "utf-8")
        return names

    def _gold(self) -> Iterator[tuple[str, str]]:
        for path in sorted(self.gold.glob("*.jsonl")):
            with path.open(encoding="utf-8") as lines:
                yield from ((path.name, line) for line in lines if line.strip())


def is_text(path: Path) -> bool:
    """Whether a file is text or Markdown by its name, and not data or markup by its first bytes."""
    if path.suffix.lower() not in _TEXT_SUFFIXES:
        return False
    with path.open("rb") as file:
        return not file.read(_OPENING_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHER_OPENINGS)


def source_of(file: str) -> str:
    """`raw/<source>/…`."""
    return file.split("/")[1]
