"""File events ring a bell.  Losing one, or all, costs time and nothing else."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Container
from dataclasses import dataclass

from watchdog.events import DirMovedEvent, FileMovedEvent, FileSystemEvent, FileSystemEventHandler


@dataclass(frozen=True, slots=True)
class Note:
    """The last event of a file, or of a ``folder`` that a rename brought with all that is in it.

    ``moved``: whether a rename brought it whole; ``at``: when we heard (monotonic seconds).
    """

    moved: bool
    at: float
    folder: bool = False


class Bell(FileSystemEventHandler):
    """Set by any event; remembers the last one of each file, and which folders were moved in, until it is asked.

    ``heard_at`` is when the last event came (monotonic seconds), ``overflowed_at`` when the
    kernel last threw events away.  Those of the file named ``canary`` only set ``canary_heard``.
    """

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._notes: dict[str, Note] = {}
        self.heard_at = self.overflowed_at = float("-inf")
        self.canary = ""
        self.canary_heard = False

    def dispatch(self, event: FileSystemEvent) -> None:
        """Note an event.  Does next to nothing: an error here would end watchdog's thread."""
        moved = isinstance(event, FileMovedEvent | DirMovedEvent)
        path = os.fsdecode(event.dest_path if moved else event.src_path)
        if path == self.canary:
            self.canary_heard = True
            return
        with self._lock:
            self.heard_at = time.monotonic()
            if moved or not event.is_directory:
                self._notes[path] = Note(moved, self.heard_at, event.is_directory)
            self._rung.set()

    def overflow(self) -> None:
        """Note that the kernel threw events away: whatever they told of, a look finds it."""
        with self._lock:
            self.overflowed_at = time.monotonic()
            self._rung.set()

    def ring(self) -> None:
        """Wake whoever waits."""
        self._rung.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a ring; return whether there was one."""
        return self._rung.wait(max(seconds, 0))

    def answer(self) -> tuple[bool, dict[str, Note]]:
        """Fall silent; return whether there was a ring, and the notes since the last answer by absolute path."""
        if not self._rung.is_set():
            return False, {}
        with self._lock:
            self._rung.clear()
            notes, self._notes = self._notes, {}
        return True, notes


def is_among(path: str, told: Container[str]) -> bool:
    """Whether a path is told of, or a folder that it lies in."""
    while path and path not in told:
        path = path.rpartition("/")[0]
    return bool(path)
