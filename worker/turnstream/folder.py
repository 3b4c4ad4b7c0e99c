"""The worker's hands: take a file under a read lease, read it, move it without overwriting.

All work goes through descriptors of folders opened without following links, so that
nothing outside the root can be reached, and every move is verified against the open
file: what is moved is what was read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from turnstream.crashpoint import passed
from turnstream.errors import DisposeBlocked, FileGone, ReadFailed, TransientError
from turnstream.models import printable
from turnstream.naming import (
    exists,
    free_name,
    is_numbered,
    is_sidecar,
    names_taken,
    numbered,
    rename_exclusively,
    renames_exclusively,
    unlink_name_of,
    write_sidecar,
)
from turnstream.taken import Taken, in_words, open_file

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: The root itself may be reached by a link: it is the operator's, not a dropper's.
_OPEN_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
#: What a name in the way, or a name that went away, looks like.
GONE = (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO, errno.EISDIR)
#: Where an outcome leads to.
_ENDS = ("archive", "duplicates", "quarantine")


class AlreadyMoved(FileGone):
    """Another worker finished the file; ``place`` is where, an fs string relative to the root."""

    def __init__(self, place: str) -> None:
        super().__init__(f"already at {printable(place)}")
        self.place = place


@dataclass(frozen=True, slots=True)
class Destination:
    """A free place for a file: folder and name relative to the root."""

    folder: str
    name: str

    @property
    def path(self) -> str:
        """The place as an fs string relative to the root."""
        return f"{self.folder}/{self.name}"


@dataclass(slots=True)
class Hands:
    """Descriptors of one batch; close it and every lease is released.

    Use as a context manager.  Paths are fs strings: below ``drop/`` for files, below the
    root for destinations.
    """

    root: Path
    use_leases: bool = True
    _folders: dict[str, int] = field(default_factory=dict)
    _taken: dict[int, Taken] = field(default_factory=dict)
    _touched: set[int] = field(default_factory=set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in (*self._taken, *self._folders.values()):
            os.close(descriptor)
        self._taken.clear()
        self._folders.clear()

    def take(self, path: str) -> Taken:
        """Open a file of ``drop/`` and keep writers off it.

        Raises:
            FileGone: nothing there, or no regular file.
            StillOpen: a program has it open for writing.
            ReadFailed: the file system refuses.

        """
        if not {"", ".", ".."}.isdisjoint(path.split("/")):
            raise FileGone("no path below drop/")
        folder, _, name = f"drop/{path}".rpartition("/")
        try:
            parent = self._folder(folder)
            descriptor, readable = open_file(parent, name)
        except OSError as error:
            raise _gone_or_failed(error) from error
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            os.close(descriptor)
            raise FileGone("no regular file")
        taken = Taken(path, parent, name, descriptor, facts, leased=False, readable=readable)
        self._taken[descriptor] = taken
        if self.use_leases and readable:
            taken.lease()
        return taken

    def place(self, folder: str, taken: Taken, arrival_id: str, sidecar: str = "") -> Destination:
        """Return a free name in ``folder`` for a file, with room for a sidecar's suffix.

        The file keeps its name; one already taken becomes ``<stem>.<arrival id>[-n]<ext>``.

        Raises:
            AlreadyMoved: another worker was quicker.
            DisposeBlocked: the folder cannot be made.

        """
        is_due = taken.is_at(taken.parent, taken.name)
        if not is_due and (place := self.whereabouts(taken)):
            raise AlreadyMoved(place)
        below, _, name = f"{folder}/{taken.path}".rpartition("/")
        try:
            try:
                parent = self._folder(below, make=True)
            except (NotADirectoryError, FileNotFoundError):
                # A file that came earlier has the name of a folder on the way.
                below = f"{folder}/{arrival_id}"
                parent = self._folder(below, make=True)
            if half := self._finish_half(taken, parent, name):
                raise AlreadyMoved(f"{below}/{half}")
            for there in () if is_due else names_taken(parent, name, arrival_id, sidecar):
                if taken.is_at(parent, there):  # moved by another host, of which our kernel knows nothing
                    raise AlreadyMoved(f"{below}/{there}")
            return Destination(below, free_name(parent, name, arrival_id, sidecar))
        except OSError as error:
            raise DisposeBlocked(f"{folder}: {in_words(error)}") from error

    def is_at(self, taken: Taken, place: str) -> bool:
        """Whether a file has a name at a place, an fs string relative to the root."""
        folder, _, name = place.rpartition("/")
        with contextlib.suppress(OSError):
            return taken.is_at(self._folder(folder), name)
        return False

    def is_half_moved(self, taken: Taken, place: str) -> bool:
        """Whether a file also has a name at a place because its move was killed in the middle."""
        with contextlib.suppress(OSError):
            return self.is_at(taken, place) and not renames_exclusively(self._folder(place.rpartition("/")[0]))
        return False

    def _finish_half(self, taken: Taken, parent: int, name: str) -> str | None:
        """Finish a move that was killed between link(2) and unlink(2); return the name that the file has there."""
        if taken.stat.st_nlink == 1 or renames_exclusively(parent):
            return None
        for there in os.listdir(parent):
            if is_numbered(there, name) and taken.is_at(parent, there):
                unlink_name_of(taken.stat, taken.parent, taken.name)
                return there
        return None

    def write_beside(
        self, destination: Destination, suffix: str, arrival_id: str, data: bytes, *, durable: bool
    ) -> bool:
        """Write a sidecar beside a destination, before the file itself comes.

        Returns:
            False if its name is somebody else's: place the file anew.

        Raises:
            DisposeBlocked: the disk refuses.

        """
        parent = self._folders[destination.folder]
        self._touched.add(parent)
        try:
            return write_sidecar(parent, destination.name, suffix, arrival_id, data, durable=durable)
        except OSError as error:
            raise DisposeBlocked(f"{printable(destination.path)}{suffix}: {in_words(error)}") from error

    def stands_beside(self, destination: Destination, suffix: str) -> bool:
        """Whether something stands where a sidecar was written: who takes one away leaves nothing there."""
        with contextlib.suppress(OSError):
            return exists(self._folders[destination.folder], destination.name + suffix)
        return False

    def remove_beside(self, taken: Taken, destination: Destination, suffix: str, arrival_id: str) -> None:
        """Take a sidecar away whose file did not come; at worst it stays, harmless.

        It is not taken from a file that another worker brought there.
        """
        parent, name = self._folders[destination.folder], destination.name
        with contextlib.suppress(OSError):
            if not taken.is_at(parent, name) and is_sidecar(parent, name, suffix, arrival_id):
                os.unlink(name + suffix, dir_fd=parent)

    def take_back(self, taken: Taken, place: str) -> Destination:
        """Take a file from where another worker brought it, to be moved on; return that place, an fs string."""
        folder, _, taken.name = place.rpartition("/")
        taken.parent = self._folder(folder)
        return Destination(folder, taken.name)

    def whereabouts(self, taken: Taken) -> str | None:
        """Return where in archive/, duplicates/ or quarantine/ an open file lies now.

        ``None`` if it is elsewhere, or if the kernel cannot tell (another host moved it).
        """
        # /proc follows renames: it tells where a file is, not where it was opened.
        with contextlib.suppress(OSError):
            now = _link(taken.descriptor)
            for end in _ENDS:
                folder = self._folder(end)
                below = now.removeprefix(_link(folder) + "/")
                if below != now and taken.is_at(folder, below):
                    return f"{end}/{below}"
        return None

    def move(self, taken: Taken, destination: Destination) -> bool:
        """Move the file to a destination and verify that it was ours and at rest.

        Returns:
            False if the name was taken meanwhile: place it anew.

        Raises:
            AlreadyMoved: another worker was quicker.
            FileGone: its user removed or replaced it; what lies under its name was not touched.
            StillOpen: a writer waits for it; it is back in ``drop/``.
            ChangedWhileRead: somebody wrote to it; it is back in ``drop/``.
            DisposeBlocked: the file system refuses.

        """
        target = self._folders[destination.folder]
        try:
            rename_exclusively(taken.parent, taken.name, target, destination.name)
        except FileExistsError as error:
            if taken.is_at(target, destination.name):
                raise AlreadyMoved(destination.path) from error
            return False
        except FileNotFoundError as error:
            if taken.is_at(target, destination.name):
                raise AlreadyMoved(destination.path) from error
            raise self._gone(taken, "removed before it could be moved") from error
        except OSError as error:
            raise DisposeBlocked(f"{printable(destination.path)}: {in_words(error)}") from error
        self._touched |= {taken.parent, target}
        passed("moved")
        try:
            fault = self._fault(taken, target, destination.name)
        except FileNotFoundError as error:
            raise self._gone(taken, "taken out of its new folder at once") from error
        if fault is not None:
            self._move_back(taken, target, destination.name)
            raise fault
        return True

    def sync(self) -> None:
        """Make all moves of this batch durable: one fsync per folder touched.

        Raises:
            DisposeBlocked: the disk refuses.

        """
        try:
            for descriptor in self._touched:
                os.fsync(descriptor)
        except OSError as error:
            raise DisposeBlocked(f"fsync: {in_words(error)}") from error

    def _fault(self, taken: Taken, target: int, name: str) -> Exception | None:
        moved = os.stat(name, dir_fd=target, follow_symlinks=False)
        if not os.path.samestat(moved, taken.stat):
            return self._gone(taken, "another file took its name")
        return taken.fault(moved)

    def _gone(self, taken: Taken, detail: str) -> TransientError:
        if taken.is_at(taken.parent, taken.name):
            return DisposeBlocked("the folder it goes to was removed")
        place = self.whereabouts(taken)
        return AlreadyMoved(place) if place else FileGone(detail)

    def _move_back(self, taken: Taken, target: int, name: str) -> None:
        try:
            rename_exclusively(target, name, taken.parent, taken.name)
        except FileExistsError:
            # Its name in drop/ was taken again at once: both files are due, under two names.
            rename_exclusively(target, name, taken.parent, numbered(taken.name, f"{taken.stat.st_ino:016x}", 1, 0))

    def _folder(self, path: str, *, make: bool = False) -> int:
        if "" not in self._folders:
            self._folders[""] = os.open(self.root, _OPEN_ROOT)
        missing = []
        while path not in self._folders:
            missing.append(path)
            path = path.rpartition("/")[0]
        parent = self._folders[path]
        for path in reversed(missing):
            parent = self._folders[path] = self._enter(parent, path.rpartition("/")[2], make=make)
        return parent

    def _enter(self, parent: int, name: str, *, make: bool) -> int:
        # The root's own folders may be links, as the operator made them; what is in drop/ may not.
        flags = _OPEN_ROOT if parent == self._folders[""] else _OPEN_FOLDER
        try:
            return os.open(name, flags, dir_fd=parent)
        except FileNotFoundError:
            if not make:
                raise
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=parent)
        self._touched.add(parent)
        return os.open(name, flags, dir_fd=parent)


def _link(descriptor: int) -> str:
    return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - an fs string


def _gone_or_failed(error: OSError) -> Exception:
    return FileGone(in_words(error)) if error.errno in GONE else ReadFailed(in_words(error))
