"""All files of the corpora read by the parser, in this process."""

from __future__ import annotations

import inspect
import json
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests import promises
from tests.evaluation.corpora import Corpora, source_of
from tests.evaluation.predict import Said, said
from turnstream.errors import DocumentError
from turnstream.models import Parsed
from turnstream.parse import parse

#: Smaller files say nothing about time per size.
_TIMED_BYTES = 50_000


def reader(without: Collection[str]) -> promises.Reader:
    """How files are read: as the pipeline does, but ``without`` the layouts of these names.

    Raises:
        LookupError: the parser has no layouts that can be left out.

    """
    if "without" not in inspect.signature(parse).parameters:
        raise LookupError("this parser has no layouts that can be left out")
    able: Callable[..., Parsed] = parse
    return partial(promises.read, parse=partial(able, without=frozenset(without)))


@dataclass(slots=True)
class FileResult:
    """What became of one file; ``lost`` and ``letters`` are counted in turns."""

    file: str
    size: int
    took_s: float = 0.0
    turns: list[Said] = field(default_factory=list)
    refused: str | None = None
    layout: str | None = None
    broken: list[str] = field(default_factory=list)
    letters: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """What became of every file."""

    files: list[FileResult]

    def write(self, path: Path) -> None:
        """Write predictions, a line a file."""
        with path.open("w", encoding="utf-8") as file:
            for one in self.files:
                turns = [{"speaker": turn.speaker, "text": turn.text} for turn in one.turns]
                file.write(json.dumps({"file": one.file, "turns": turns}) + "\n")

    def broken(self) -> Iterator[str]:
        """A line for each broken promise."""
        return (f"{one.file}: {what}" for one in self.files for what in one.broken)

    def lost(self, files: set[str]) -> dict[str, float]:
        """By source, the share of the letters of turns that neither label nor paragraphs hold, in these files."""
        letters: dict[str, int] = defaultdict(int)
        lost: dict[str, int] = defaultdict(int)
        for one in self.files:
            if one.file in files:
                letters[source_of(one.file)] += one.letters
                lost[source_of(one.file)] += one.lost
        return {source: lost[source] / count if count else 0.0 for source, count in letters.items()}

    def summary(self) -> str:
        """How many files, how long, and the slowest."""
        size, took = sum(one.size for one in self.files), sum(one.took_s for one in self.files)
        refused = sum(one.refused is not None for one in self.files)
        large = [one for one in self.files if one.size >= _TIMED_BYTES]
        text = f"{len(self.files)} files, {size / 1e6:.1f} MB in {took:.1f} s; {refused} refused"
        if large:
            slowest = max(large, key=lambda one: one.took_s / one.size)
            text += f"; slowest {slowest.file}, {slowest.took_s / slowest.size * 1e6:.2f} s per MB"
        return text


def read_all(corpora: Corpora, read: promises.Reader = promises.read) -> Results:
    """Read every raw file; none stops the others."""
    return Results([_read(corpora, file, read) for file in corpora.files()])


def _read(corpora: Corpora, file: str, read: promises.Reader) -> FileResult:
    raw = (corpora.root / file).read_bytes()
    result = FileResult(file, len(raw))
    began = time.process_time()
    try:
        extracted, record = read(raw)
    except DocumentError as error:
        result.refused = error.reason
        return result
    except Exception as error:  # noqa: BLE001 - a fault of ours: this file's, the others go on
        result.broken.append(f"{type(error).__name__}: {error}")
        return result
    result.took_s = time.process_time() - began
    result.turns = said(record)
    result.layout = record.provenance.layout.name if record.provenance.layout else None
    result.broken += promises.broken(extracted.canonical, record)
    for turn in record.turns:
        text = extracted.canonical[slice(*turn.span)]
        letters = _letters(text) - _letters(turn.label or "") * _repetitions(text, turn.label)
        result.letters += letters
        result.lost += max(0, letters - _letters("".join((turn.label or "", *turn.paragraphs))))
    return result


def _repetitions(text: str, label: str | None) -> int:
    """How often the label stands again in a turn: every cue of a speaker may have it."""
    return sum(line.lstrip("[(>- ").startswith(label) for line in text.split("\n")[1:]) if label else 0


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
