"""A look through a folder, entry by entry, that can be left and resumed; links are never followed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TOP = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _TOP | os.O_NOFOLLOW
#: Different faults that a pass tells of; more would say the same.
_FAULTS = 5


@dataclass(slots=True)
class Tally:
    """What a pass did: files by kind, faults by (folder, words), files brought back to ``drop/`` (from, to)."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    returned: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, folder: str, path: str, error: OSError) -> None:
        """Note that something could not be looked at or deleted; what is gone already is no fault."""
        if not isinstance(error, FileNotFoundError) and len(self.faults) < _FAULTS:
            self.faults.setdefault((folder, error.strerror or type(error).__name__), path)


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file, or a folder after its content; ``path`` is below the folder looked through."""

    parent: int
    entry: os.DirEntry[str]
    path: str

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.name

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.entry.is_dir(follow_symlinks=False)

    def facts(self) -> os.stat_result:
        """Return its state now."""
        return os.stat(self.name, dir_fd=self.parent, follow_symlinks=False)


class _Level:
    """A folder that is being looked through; ``found`` is its own entry, ``None`` for the top."""

    def __init__(self, descriptor: int, found: Found | None) -> None:
        self.descriptor = descriptor
        self.found = found
        try:
            self.entries = os.scandir(descriptor)
        except OSError:
            os.close(descriptor)
            raise

    def close(self) -> None:
        self.entries.close()
        os.close(self.descriptor)


def walk(root: Path, top: str, tally: Tally, *, deep: bool = True) -> Iterator[Found]:
    """Yield what lies below ``root/top``; what refuses is noted and passed over."""
    levels: list[_Level] = []
    try:
        levels.append(_Level(_open(root, top), None))
        yield from _walk(levels, top, tally, deep=deep)
    except OSError as error:
        tally.fault(top, top, error)
    finally:
        for level in levels:
            level.close()


def _open(root: Path, top: str) -> int:
    # The root's own folders may be links, as the operator made them; what is in them may not.
    first, *below = top.split("/")
    descriptor = os.open(root / first, _TOP)
    for name in below:
        above = descriptor
        try:
            descriptor = os.open(name, _BELOW, dir_fd=above)
        finally:
            os.close(above)
    return descriptor


def _walk(levels: list[_Level], top: str, tally: Tally, *, deep: bool) -> Iterator[Found]:
    # Not recursive: a tree may be deeper than Python's stack.
    while levels:
        level = levels[-1]
        entry = next(level.entries, None)
        if entry is None:
            levels.pop().close()
            if level.found is not None:
                yield level.found
            continue
        path = f"{level.found.path}/{entry.name}" if level.found else entry.name
        found = Found(level.descriptor, entry, path)
        try:
            if entry.is_file(follow_symlinks=False):
                yield found
            elif deep and found.is_folder:
                levels.append(_Level(os.open(entry.name, _BELOW, dir_fd=found.parent), found))
        except OSError as error:
            tally.fault(top, f"{top}/{path}", error)


def remove(found: Found, top: str, tally: Tally, kind: str) -> bool:
    """Delete a file and count it; note it if that fails."""
    try:
        os.unlink(found.name, dir_fd=found.parent)
    except OSError as error:
        tally.fault(top, f"{top}/{found.path}", error)
        return False
    tally.counts[kind] += 1
    return True
