"""File events ring a bell.  Losing one, or all, costs time and nothing else."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyFullEmitter, InotifyObserver
from watchdog.observers.inotify_c import InotifyConstants, Mask

_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileClosedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirMovedEvent,
]


@dataclass(frozen=True, slots=True)
class Note:
    """The last event of a file: whether a rename brought it whole, and when we heard (monotonic seconds)."""

    moved: bool
    at: float


class Bell(FileSystemEventHandler):
    """Set by any event; remembers the last one of each file until it is asked."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._notes: dict[str, Note] = {}

    def dispatch(self, event: FileSystemEvent) -> None:
        """Note an event.  Does next to nothing: an error here would end watchdog's thread."""
        moved = isinstance(event, FileMovedEvent)
        path = os.fsdecode(event.dest_path if moved else event.src_path)
        with self._lock:
            if not event.is_directory:
                self._notes[path] = Note(moved, time.monotonic())
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


class _ArrivalsOnly(InotifyFullEmitter):
    """Does not hear of files that leave, and tells what a rename brought ("moved") from what is new ("created").

    watchdog holds each "moved from" back for 0.5 s to pair it, and all that comes after it:
    every move of a worker to archive/ would make the next file wait that long.
    """

    def get_event_mask_from_filter(self) -> Mask:
        return Mask(super().get_event_mask_from_filter() & ~InotifyConstants.IN_MOVED_FROM)


def _observer() -> BaseObserver:
    observer = Observer()
    if isinstance(observer, InotifyObserver):
        observer._emitter_class = _ArrivalsOnly  # noqa: SLF001 - watchdog 7.1 offers no other way
    return observer


class Rope:
    """watchdog's observer on one folder, and whether it can still pull the bell."""

    def __init__(self, folder: Path, bell: Bell) -> None:
        self.folder = folder
        self.bell = bell
        self._observer: BaseObserver | None = None
        self._watched: tuple[int, int] | None = None

    def fault(self) -> str | None:
        """Return why events would not come, or ``None`` if they should."""
        if self._observer is None:
            return "not started"
        if not self._observer.is_alive() or not all(emitter.is_alive() for emitter in self._observer.emitters):
            return "the thread that reads events ended"
        if _identity(self.folder) != self._watched:
            return "the folder was replaced"
        return None

    def tie(self) -> str | None:
        """Start anew; return why that failed, or ``None``."""
        self.untie()
        try:
            observer = _observer()
            self._watched = _identity(self.folder)
            observer.schedule(self.bell, str(self.folder), recursive=True, event_filter=_EVENTS)
            observer.start()
        except OSError as error:
            return f"{error.strerror} (errno {error.errno})"
        self._observer = observer
        return None

    def untie(self) -> None:
        """Stop; harmless when not started."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(timeout=2)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        facts = folder.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
