"""Whether a file in ``drop/`` is complete: nobody has it open for writing, and it is quiet.

Only the monotonic clock measures waits.  Times of the file system are compared with the
wall clock in one place: to take what has long been at rest without a wait, and not to
trust an event that is older than the last change; a file from the future just waits like
a new one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from turnstream.settings import WatchSettings
from turnstream.watch.bell import Note


class Version(NamedTuple):
    """What changes when a file does; ``changed_ns`` is its ctime."""

    inode: int
    size: int
    mtime_ns: int
    changed_ns: int


class Lease(Enum):
    """What the kernel says about writers of a file."""

    FREE = "nobody has it open for writing"
    WRITER = "somebody has it open for writing"
    UNKNOWN = "leases do not work here"


@dataclass(slots=True)
class Candidate:
    """A file that may be complete: when it was seen (monotonic seconds), its last look and last open writer."""

    path: str
    seen: float
    note: Note | None = None
    version: Version | None = None
    unchanged_since: float = 0.0
    writer_at: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """It is complete."""

    facts: os.stat_result


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at ``until`` (monotonic seconds), for this reason."""

    until: float
    reason: str


class Vanished:
    """It is no longer there, or no regular file."""


Verdict = Ready | Wait | Vanished


def look(candidate: Candidate, drop: Path, settings: WatchSettings, now: float) -> Verdict:
    """Judge a file at this moment; remembers its version in the candidate."""
    path = f"{drop}/{candidate.path}"
    try:
        facts = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return Vanished()
    except OSError as error:
        return Wait(now + settings.retry_seconds, f"it cannot be looked at: {error.strerror}")
    if not stat.S_ISREG(facts.st_mode):
        return Vanished()
    version = version_of(facts)
    if version != candidate.version:
        candidate.unchanged_since = now
    candidate.version = version
    lease = ask_lease(path) if settings.leases else Lease.UNKNOWN
    if lease is Lease.WRITER:
        candidate.writer_at = now
        return Wait(now + settings.sweep_seconds, "a program has it open for writing")
    _note_closing(candidate, now)
    until = _quiet_from(candidate, facts, lease, settings)
    if now >= until:
        return Ready(facts)
    return Wait(until, "settling")


def version_of(facts: os.stat_result) -> Version:
    """Return the version that a file's facts show; of many files it takes a fifth of their room."""
    return Version(facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def ask_lease(path: str | Path) -> Lease:
    """Ask the kernel for a read lease and give it back at once."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return Lease.UNKNOWN
    try:
        # A writer that opens in between is told to us by SIGIO, whose default is death; SIGURG's is nothing.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return Lease.WRITER if error.errno == errno.EAGAIN else Lease.UNKNOWN
    finally:
        os.close(descriptor)
    return Lease.FREE


def _note_closing(candidate: Candidate, now: float) -> None:
    # Closed since the last look: without an event we only know that it was no later than now.
    if candidate.writer_at is not None:
        if candidate.note is None or candidate.note.at < candidate.writer_at:
            candidate.note = Note(moved=False, at=now)
        candidate.writer_at = None


def _quiet_from(candidate: Candidate, facts: os.stat_result, lease: Lease, settings: WatchSettings) -> float:
    """Return from when on the file counts as quiet (monotonic seconds)."""
    if lease is Lease.UNKNOWN or facts.st_size == 0:
        return candidate.unchanged_since + settings.settle_seconds
    note, wall, monotonic = candidate.note, time.time(), time.monotonic()
    # A change later than the last event: the event that tells of it is still on its way.
    if note is not None and facts.st_ctime - wall + monotonic <= note.at:
        return note.at + (settings.rename_settle_seconds if note.moved else settings.quiet_seconds)
    if wall - max(facts.st_mtime, facts.st_ctime) >= settings.quiet_seconds:
        return candidate.seen
    return candidate.unchanged_since + settings.quiet_seconds
