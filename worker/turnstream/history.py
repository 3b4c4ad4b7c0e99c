"""What the journal tells of the past, newest first, and whether a file is where a line says."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from turnstream.identify import is_arrival
from turnstream.journal import Line, parsed
from turnstream.models import from_wire
from turnstream.root import Root

#: Bytes looked through at once.
_BLOCK_BYTES = 1 << 22


def lines_with(journal: Path, needles: Collection[bytes], wanted: Callable[[Line], bool]) -> Iterator[Line]:
    """Yield the lines that are wanted, the newest first; a day's are read when they are asked for.

    Args:
        journal: the folder.
        needles: bytes of which every wanted line holds one; only lines with one are parsed.
        wanted: says of a parsed line whether it is meant.

    Raises:
        OSError: the journal cannot be read.

    """
    files = sorted(journal.glob("*.jsonl"), reverse=True)
    for _, same_day in itertools.groupby(files, key=lambda file: file.name[:10]):
        # Several hosts write to a day, each to its own file.
        found = [line for file in same_day for raw in _raw(file, needles) if (line := parsed(raw)) and wanted(line)]
        yield from sorted(found, key=lambda line: str(line.get("at")))[::-1]


def has_arrived(root: Root, root_id: str, line: Line) -> bool:
    """Whether a line counts: it is written before its file moves, and counts once the file is where it says."""
    to, path, arrival = line.get("to"), line.get("path"), line.get("arrival_id")
    if not (isinstance(to, str) and isinstance(path, str) and isinstance(arrival, str)):
        return False
    return is_at(root.path / from_wire(to), root_id, arrival, from_wire(path))


def is_at(place: Path, root_id: str, arrival: str, path: str) -> bool:
    """Whether the file at a place is an arrival that came as ``path``."""
    try:
        return is_arrival(arrival, root_id, os.lstat(place), path)
    except (OSError, ValueError):  # a line may name what no file can be called
        return False


def _raw(file: Path, needles: Collection[bytes]) -> Iterator[bytes]:
    try:
        lines = file.open("rb")
    except FileNotFoundError:
        return  # its time was over just now
    with lines:
        while block := lines.read(_BLOCK_BYTES):
            block += lines.readline()
            if any(needle in block for needle in needles):
                yield from (raw for raw in block.splitlines() if any(needle in raw for needle in needles))
