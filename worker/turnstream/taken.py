"""A file in our hands: open, its facts, its read lease, its bytes."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import stat
from dataclasses import dataclass

from turnstream.errors import ChangedWhileRead, FileTooLarge, ReadFailed, StillOpen, UnreadableFile

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_HOLD = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(slots=True)
class Taken:
    """An open descriptor, what fstat(2) said of it, and whether a lease holds writers off.

    ``path`` is an fs string below ``drop/``, ``name`` its last part in the open folder ``parent``.
    """

    path: str
    parent: int
    name: str
    descriptor: int
    stat: os.stat_result
    leased: bool
    readable: bool

    def lease(self) -> None:
        """Keep writers off where the kernel lets us.

        Raises:
            StillOpen: a program has it open for writing.

        """
        try:
            # A waiting writer would be told by SIGIO, which ends a process; SIGURG is ignored.
            fcntl.fcntl(self.descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(self.descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            # EAGAIN, and only that, says that somebody has it open for writing (fcntl(2)).
            if error.errno == errno.EAGAIN:
                raise StillOpen from error
        else:
            self.leased = True

    def read(self, max_bytes: int) -> bytes:
        """Return the file's bytes, all from one moment.

        Raises:
            FileTooLarge: more than ``max_bytes``.
            UnreadableFile: no permission.
            ChangedWhileRead: somebody wrote meanwhile.
            ReadFailed: the file system refuses.

        """
        if not self.readable:
            raise UnreadableFile(f"mode {stat.filemode(self.stat.st_mode)}, owner {self.stat.st_uid}")
        size = self.stat.st_size
        if size > max_bytes:
            raise FileTooLarge(f"{size} bytes, the limit is {max_bytes}")
        try:
            raw = _read_all(self.descriptor, size)
        except OSError as error:
            raise ReadFailed(in_words(error)) from error
        if len(raw) != size or _version(os.fstat(self.descriptor)) != _version(self.stat):
            raise ChangedWhileRead(f"{size} bytes when opened, {len(raw)} read")
        return raw

    def is_at(self, parent: int, name: str) -> bool:
        """Whether this very file has a name in an open folder."""
        with contextlib.suppress(OSError):
            return os.path.samestat(os.stat(name, dir_fd=parent, follow_symlinks=False), self.stat)
        return False

    def fault(self, now: os.stat_result) -> Exception | None:
        """Return what a writer did to it since it was opened, as its facts of ``now`` show, or waits to do."""
        # The lease last: while it holds, nobody wrote after those facts were taken.
        if self.leased and fcntl.fcntl(self.descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK:
            return StillOpen("a writer waits for it")
        if self.is_another(now):
            return ChangedWhileRead("written to before it could be moved")
        return None

    def is_another(self, now: os.stat_result) -> bool:
        """Whether it was written to since it was opened, as its facts of ``now`` show."""
        return (now.st_size, now.st_mtime_ns) != (self.stat.st_size, self.stat.st_mtime_ns)


def open_file(parent: int, name: str) -> tuple[int, bool]:
    """Open a file of an open folder, following no link; return the descriptor, and whether it can be read.

    Raises:
        OSError: it is not there, or the file system refuses.

    """
    try:
        return os.open(name, _OPEN, dir_fd=parent), True
    except PermissionError:
        # Without leave to read it can still be held on to, moved and verified.
        return os.open(name, _HOLD, dir_fd=parent), False


def in_words(error: OSError) -> str:
    """Return an error of the file system as ``detail`` tells it: its text and its name in errno(3)."""
    return f"{error.strerror} ({errno.errorcode.get(error.errno or 0, error.errno)})"


def _version(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _read_all(descriptor: int, size: int) -> bytes:
    # One byte more than expected shows a file that grows.
    first = os.read(descriptor, size + 1)
    if len(first) >= size or not first:
        return first
    parts = [first]
    while sum(map(len, parts)) <= size and (part := os.read(descriptor, size)):
        parts.append(part)
    return b"".join(parts)
