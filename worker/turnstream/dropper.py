"""A careful dropper: chooses files and copies each into ``drop/`` whole, under a name that nobody has."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import click

from turnstream.identify import arrival_id
from turnstream.models import printable
from turnstream.naming import free_name, rename_exclusively
from turnstream.root import Root
from turnstream.settings import WatchSettings
from turnstream.watch.scan import ignore_pattern

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: Without O_NONBLOCK the opening of a FIFO waits for its writer.
_OPEN_SOURCE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to bring in, and its path below ``drop/``."""

    source: Path
    path: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that lies in ``drop/`` now."""

    source: Path
    path: str
    arrival_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not brought in, and why."""

    source: Path
    outcome: Literal["failed", "ignored"]
    reason: str
    detail: str


def require_outside(paths: Iterable[Path], root: Path) -> None:
    """Raise a usage error for a folder that holds the data root or lies in it, and for a file in ``drop/``."""
    home, drop = root.resolve(), (root / "drop").resolve()
    for path in paths:
        real = path.resolve()
        if real.is_relative_to(drop):
            raise click.UsageError(f"{printable(str(path))} lies in {drop}: what is there is taken without `ingest`")
        if path.is_dir() and (real.is_relative_to(home) or home.is_relative_to(real) or drop.is_relative_to(real)):
            message = f"{printable(str(path))} holds the data root {home} or lies in it"
            raise click.UsageError(f"{message}: name the files, or a folder beside the root")


class Choice:
    """The files that some paths stand for; a folder's tree stays, below the folder's own name."""

    def __init__(self, settings: WatchSettings) -> None:
        self.ignored = ignore_pattern(settings.ignore)
        self.marker = settings.done_marker
        #: Entries of folders that the watcher would not take either.
        self.passed_over = 0

    def files(self, paths: Iterable[Path]) -> Iterator[Wanted | Refused]:
        """Yield the files of all paths; only one that was named itself is told to be ignored."""
        for path in paths:
            name = path.resolve().name if path.name in ("", "..") else path.name
            if self._is_ignored(name):
                yield Refused(path, "ignored", "ignored", f"the watcher passes over the name {printable(name)}")
            elif path.is_dir():
                yield from self._below(path, name)
            else:
                yield Wanted(path, name)

    def _below(self, top: Path, name: str) -> Iterator[Wanted | Refused]:
        errors: list[OSError] = []
        for below, folders, names in os.walk(top, onerror=errors.append):
            entered = [folder for folder in folders if self._is_entered(Path(below, folder))]
            self.passed_over += len(folders) - len(entered)
            folders[:] = sorted(entered)
            for file in (Path(below, found) for found in sorted(names)):
                if self._is_ignored(file.name) or file.is_symlink() or not file.is_file():
                    self.passed_over += 1
                else:
                    yield Wanted(file, str(Path(name, file.relative_to(top))))
        for error in errors:
            yield refused(Path(os.fsdecode(error.filename)), error)

    def _is_ignored(self, name: str) -> bool:
        return bool(self.ignored.fullmatch(name)) or bool(self.marker and name.endswith(self.marker))

    def _is_entered(self, folder: Path) -> bool:
        return not (self.ignored.fullmatch(folder.name) or folder.is_symlink())


class Dropper:
    """Copies files into the ``drop/`` of a root."""

    def __init__(self, root: Root, marker: str) -> None:
        self.drop = root.drop.resolve()
        self.root_id = root.state().root_id
        self.marker = marker

    def copy(self, wanted: Wanted) -> Copied | Refused:
        """Bring a file in, durably; nothing of it is left where that fails."""
        try:
            return self._copy(wanted)
        except OSError as error:
            return refused(wanted.source, error)

    def tidy(self, copied: Copied) -> None:
        """Take away the marker of a file that has its outcome: the watcher may end before it does."""
        if self.marker and not os.path.lexists(self.drop / copied.path):
            with contextlib.suppress(OSError):
                (self.drop / (copied.path + self.marker)).unlink()

    def _copy(self, wanted: Wanted) -> Copied:
        below, _, name = wanted.path.rpartition("/")
        with _regular(wanted.source) as source, self._folder(below) as folder:
            part = f".{secrets.token_hex(8)}.part"
            try:
                arrival = self._write(source, folder, part)
                name = self._give_name(folder, part, name, arrival)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(part, dir_fd=folder)
                raise
            self._mark(folder, name)
            os.fsync(folder)
        return Copied(wanted.source, f"{below}/{name}" if below else name, arrival)

    @contextlib.contextmanager
    def _folder(self, below: str) -> Iterator[int]:
        path = self.drop / below
        path.mkdir(parents=True, exist_ok=True)
        # The watcher follows no link: behind one the file would lie for ever.
        if path.resolve() != path:
            raise OSError(errno.ELOOP, "a link in drop/ has the name of its folder")
        descriptor = os.open(path, _OPEN_FOLDER)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _write(self, source: BinaryIO, folder: int, part: str) -> str:
        with open(os.open(part, _CREATE, 0o666, dir_fd=folder), "wb") as file:  # noqa: PTH123 - a descriptor
            shutil.copyfileobj(source, file, _COPY_BYTES)
            file.flush()
            os.fsync(file.fileno())
        return arrival_id(self.root_id, os.stat(part, dir_fd=folder), part)

    def _give_name(self, folder: int, part: str, name: str, arrival: str) -> str:
        while True:
            free = free_name(folder, name, arrival, self.marker)
            # Another dropper may be quicker; the next name is free again.
            with contextlib.suppress(FileExistsError):
                rename_exclusively(folder, part, folder, free)
                return free

    def _mark(self, folder: int, name: str) -> None:
        if not self.marker:
            return
        try:
            os.close(os.open(name + self.marker, _CREATE, 0o666, dir_fd=folder))
        except FileExistsError:
            return
        except OSError:
            os.unlink(name, dir_fd=folder)
            raise


def refused(source: Path, error: OSError) -> Refused:
    """Say in words that a file could not be brought in."""
    return Refused(source, "failed", "not_copied", error.strerror or type(error).__name__)


@contextlib.contextmanager
def _regular(path: Path) -> Iterator[BinaryIO]:
    with open(os.open(path, _OPEN_SOURCE), "rb") as file:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "no regular file")
        yield file
