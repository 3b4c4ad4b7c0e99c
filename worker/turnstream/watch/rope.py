"""watchdog's observer on one folder: it pulls the bell, and is asked whether it still can."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
)
from watchdog.observers.api import BaseObserver, EventQueue, ObservedWatch
from watchdog.observers.inotify import InotifyFullEmitter, InotifyWatchGroup
from watchdog.observers.inotify_c import InotifyConstants, InotifyFD, Mask, WatchDescriptor
from watchdog.observers.inotify_move_event_grouper import GroupedInotifyEvent, PathedInotifyEvent

from turnstream.watch.bell import Bell

#: Seconds after which a canary that was not heard is dead: an event takes milliseconds.
CANARY_SECONDS = 2.0
#: Seconds between attempts to have events come again.
RETRY_SECONDS = 60.0
_EVENTS: tuple[type[FileSystemEvent], ...] = (
    FileCreatedEvent,
    FileClosedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirMovedEvent,
)


class Rope:
    """Tie it, and events of the folder and all below ring the bell; it tells when they would not."""

    def __init__(self, folder: Path, bell: Bell) -> None:
        self.folder = folder
        self.bell = bell
        self.tied_at = float("-inf")
        self._observer: _Observer | None = None
        self._watched: tuple[int, int] | None = None
        self._canary_sent = self._silent = False

    def fault(self, now: float) -> str | None:
        """Return why it has to be tied anew, or ``None``; ``now`` in monotonic seconds."""
        if self._observer is None:
            return "not started"
        if not self._observer.lives():
            return "a thread that reads events ended"
        if _identity(self.folder) != self._watched:
            return "the folder was replaced"
        if self.is_silent(now) and now - self.tied_at > RETRY_SECONDS:
            return "no event arrives"
        return None

    def is_silent(self, now: float) -> bool:
        """Whether even the event of our own file did not come; until one is heard."""
        if self.bell.canary_heard:
            self._silent = False
        elif self._canary_sent and now - self.tied_at > CANARY_SECONDS:
            self._silent = True
        return self._silent

    def unwatched(self) -> int:
        """How many sub-folders give no events."""
        return self._observer.unwatched() if self._observer else 0

    def tie(self) -> str | None:
        """Start anew; return why that failed, or ``None``."""
        self.untie()
        try:
            observer = _Observer(self.bell)
        except OSError as error:
            return _words(error)
        try:
            self._watched = _identity(self.folder)
            observer.schedule(self.bell, str(self.folder), recursive=True, event_filter=[*_EVENTS])
            observer.start()
        except OSError as error:
            observer.end()
            return _words(error)
        self._observer = observer
        self.tied_at = time.monotonic()
        self._send_canary()
        return None

    def untie(self) -> None:
        """Stop; harmless when not started."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.end()

    def _send_canary(self) -> None:
        # Some file systems take a watch and never tell: a file of ours shows it.
        path = f"{self.folder}/.canary-{secrets.token_hex(8)}.tmp"
        self.bell.canary, self.bell.canary_heard = path, False
        self._canary_sent = False
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            os.unlink(path)  # noqa: PTH108 - an fs string
            self._canary_sent = True


@dataclass(kw_only=True, eq=False)
class _Group(InotifyWatchGroup):
    """Tells the bell of an overflow, and knows which sub-folders could not be watched."""

    bell: Bell
    refused: set[bytes]

    def on_queue_overflow(self) -> None:
        super().on_queue_overflow()
        self.bell.overflow()

    def _remove_watch_internally(self, wd: WatchDescriptor) -> None:
        # That a folder left is not heard: the watch of another one that has its path by now may be the one known.
        with suppress(KeyError):
            super()._remove_watch_internally(wd)

    def _add_callback(self, path: bytes) -> None:
        super()._add_callback(path)
        # watchdog passes over what it cannot watch below the folder, be it gone or one too many.
        if path in self._active_callbacks_by_path:
            self.refused.discard(path)
        elif os.path.isdir(path):  # noqa: PTH112 - bytes
            self.refused.add(path)


class _Emitter(InotifyFullEmitter):
    """Does not hear of files that leave, and tells what a rename brought ("moved") from what is new ("created").

    watchdog holds each "moved from" back for 0.5 s to pair it, and all that comes after it:
    every move of a worker to archive/ would make the next file wait that long.
    """

    def __init__(self, event_queue: EventQueue, watch: ObservedWatch, *, bell: Bell, **options: object) -> None:
        super().__init__(event_queue, watch, **options)  # type: ignore[arg-type]
        self.bell = bell
        self.refused: set[bytes] = set()

    def queue_event(self, event: FileSystemEvent) -> None:
        """Ring the bell at once: of a folder with many files the queue would fill, and another thread empty it."""
        if isinstance(event, _EVENTS):
            self.bell.dispatch(event)

    def build_and_queue_event(self, event: GroupedInotifyEvent, *, full_events: bool = True) -> None:
        """Tell of a folder that was moved in, and not of each file in it, which may be a million: a look finds them."""
        if isinstance(event, PathedInotifyEvent) and event.ev.is_moved_to and event.ev.is_directory:
            self.queue_event(DirMovedEvent("", self._decode_path(event.path)))
        else:
            super().build_and_queue_event(event, full_events=full_events)

    def get_event_mask_from_filter(self) -> Mask:
        return Mask(super().get_event_mask_from_filter() & ~InotifyConstants.IN_MOVED_FROM)

    def on_thread_start(self) -> None:
        self._inotify = _Group(
            self._inotify_fd,
            os.fsencode(self.watch.path),
            is_recursive=self.watch.is_recursive,
            event_mask=self.get_event_mask_from_filter(),
            bell=self.bell,
            refused=self.refused,
        )


class _Observer(BaseObserver):
    """An observer on a queue of the kernel's of its own."""

    def __init__(self, bell: Bell) -> None:
        self._inotify_fd = InotifyFD()
        self._inotify_fd.start()
        super().__init__(_Emitter, inotify_fd=self._inotify_fd, bell=bell)

    def lives(self) -> bool:
        """Whether every thread between the kernel and the bell lives."""
        return all(thread.is_alive() for thread in (self, self._inotify_fd, *self.emitters))

    def unwatched(self) -> int:
        """How many folders could not be watched and are still there."""
        emitters = [emitter for emitter in self.emitters if isinstance(emitter, _Emitter)]
        for emitter in emitters:
            # A copy: the thread that reads events may add to it meanwhile.
            emitter.refused -= {path for path in list(emitter.refused) if not os.path.isdir(path)}  # noqa: PTH112 - bytes
        return sum(len(emitter.refused) for emitter in emitters)

    def end(self) -> None:
        """Stop every thread; those that never started too."""
        self._inotify_fd.stop()
        self.stop()
        if self.is_alive():
            self.join(timeout=2)
        else:
            self.on_thread_stop()
        self._inotify_fd.join(timeout=2)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        facts = folder.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _words(error: OSError) -> str:
    return f"{error.strerror} (errno {error.errno})"
