"""What became of files in ``drop/``, as the journal and the folders tell it together."""

from __future__ import annotations

import time
from collections.abc import Container, Iterator
from pathlib import Path

from turnstream.dropper import Copied
from turnstream.history import has_arrived, is_at
from turnstream.journal import Line, parsed
from turnstream.root import Root

#: Seconds between looks whether waiting files are still in ``drop/``, and before a missing one counts as gone.
_LOOK_SECONDS, _GONE_SECONDS = 1.0, 2.0


class Outcomes:
    """Follows the journal from the moment it is made.

    A line is written before its file moves: it counts once the file is where it says.
    """

    def __init__(self, root: Root) -> None:
        self.root = root
        self.root_id = root.state().root_id
        self.offsets = {path: path.stat().st_size for path in self._paths()}
        self.lines: dict[str, list[Line]] = {}
        self._missing: dict[str, float] = {}
        self._next_look = 0.0

    def settled(self, waiting: dict[str, Copied]) -> Iterator[tuple[Copied, Line]]:
        """Yield the files, of those that wait by arrival id, whose outcome is certain, each with its line."""
        self._read(waiting)
        for arrival in list(self.lines):
            lines = reversed(self.lines[arrival])
            line = next((line for line in lines if has_arrived(self.root, self.root_id, line)), None)
            if line is not None:
                del self.lines[arrival]
                yield waiting[arrival], line
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            for arrival in self._gone(waiting, now):
                yield waiting[arrival], self._last_of(arrival)

    def _read(self, waiting: Container[str]) -> None:
        for line in self._new_lines():
            arrival = line.get("arrival_id")
            if isinstance(arrival, str) and arrival in waiting:
                self.lines.setdefault(arrival, []).append(line)

    def _paths(self) -> list[Path]:
        return sorted((self.root.path / "journal").glob("*.jsonl"))

    def _new_lines(self) -> Iterator[Line]:
        for path in self._paths():
            with path.open("rb") as file:
                file.seek(self.offsets.get(path, 0))
                for raw in file:
                    if not raw.endswith(b"\n"):
                        break
                    self.offsets[path] = self.offsets.get(path, 0) + len(raw)
                    if (line := parsed(raw)) is not None:
                        yield line

    def _gone(self, waiting: dict[str, Copied], now: float) -> list[str]:
        """Return the arrivals that have been neither in ``drop/`` nor where a line says for some time."""
        drop, root_id = self.root.drop, self.root_id
        missing = (a for a, item in waiting.items() if not is_at(drop / item.path, root_id, a, item.path))
        self._missing = {arrival: self._missing.get(arrival, now) for arrival in missing}
        return [arrival for arrival, since in self._missing.items() if now - since >= _GONE_SECONDS]

    def _last_of(self, arrival: str) -> Line:
        """Return what the journal said last of a file that its user took away."""
        lines = self.lines.pop(arrival, [])
        if lines and lines[-1].get("outcome"):
            return lines[-1]
        gone = "somebody removed, renamed or changed it in drop/ before it was taken"
        return {"outcome": "failed", "arrival_id": arrival, "reason": "gone", "detail": gone}
