"""The journal's days from a moment on, line by line, that can be left and resumed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from turnstream.identify import is_arrival
from turnstream.journal import Line, parsed
from turnstream.models import from_wire

_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\..+\.jsonl", re.DOTALL)


def moment(line: Line) -> float:
    """Return when a line was written (Unix time); never, if it does not say."""
    try:
        return datetime.fromisoformat(str(line.get("at"))).timestamp()
    except ValueError:
        return float("inf")


def day_of(name: str) -> str | None:
    """Return the day in the name of a file of the journal."""
    match = _NAME.fullmatch(name)
    return match[1] if match else None


def is_of(line: Line, root_id: str, facts: os.stat_result) -> bool:
    """Whether a file is the arrival that a line tells of."""
    path, arrival = line.get("path"), line.get("arrival_id")
    return isinstance(path, str) and isinstance(arrival, str) and is_arrival(arrival, root_id, facts, from_wire(path))


@dataclass(slots=True)
class Days:
    """Reads the journal of a root.

    Args:
        root: the data root.
        tail: bytes at the end of a file that are read at most, the first time.
        read_until: where reading begins by file name; moved on as lines are read that are
            older than ``fresh_from``, so that younger ones come once more.
        fresh_from: Unix time.

    """

    root: Path
    tail: int | None = None
    read_until: dict[str, int] = field(default_factory=dict)
    fresh_from: float = 0.0

    def lines_since(self, since: float) -> Iterator[Line | None]:
        """Yield the lines of the days from ``since`` (Unix time) on, and ``None`` where there is nothing to say."""
        first = f"{datetime.fromtimestamp(max(since, 0), UTC):%Y-%m-%d}" if since < float("inf") else "9999-12-31"
        files = [file for file in sorted((self.root / "journal").iterdir()) if (day_of(file.name) or "") >= first]
        for name in self.read_until.keys() - {file.name for file in files}:
            del self.read_until[name]
        for file in files:
            try:
                with file.open("rb") as lines:
                    yield from self._lines(lines, file.name)
            except FileNotFoundError:
                continue

    def _lines(self, lines: BinaryIO, name: str) -> Iterator[Line | None]:
        begin = self.read_until.get(name, 0)
        if self.tail is not None and name not in self.read_until:
            begin = max(begin, lines.seek(0, 2) - self.tail)
        lines.seek(begin)
        is_old = True
        for raw in lines:
            line = parsed(raw)
            is_old = is_old and (line is None or moment(line) < self.fresh_from) and raw.endswith(b"\n")
            if is_old:
                self.read_until[name] = self.read_until.get(name, begin) + len(raw)
            yield line
