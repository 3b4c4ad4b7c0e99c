"""What lies in ``drop/``: names only, so that a look at 20,000 files takes milliseconds."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: Names in one part of a survey: some 2 ms.
_PART_NAMES = 1000


@dataclass(slots=True)
class Sight:
    """Regular files below ``drop/`` as fs strings relative to it, and names that are no files.

    ``refused`` are the folders that could not be read, with the reason; ``""`` is ``drop/`` itself.
    """

    files: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)

    def hides(self, path: str) -> bool:
        """Whether a file may be there all the same, in a folder that could not be read."""
        return bool(self.refused) and any(not folder or path.startswith(folder + "/") for folder in self.refused)


def scan(drop: Path, ignored: re.Pattern[str]) -> Sight:
    """Look through the whole folder; see ``survey``."""
    whole = Sight()
    for part in survey(drop, ignored):
        whole.files |= part.files
        whole.others |= part.others
        whole.refused |= part.refused
    return whole


def survey(drop: Path, ignored: re.Pattern[str], names: int = _PART_NAMES, *, below: str = "") -> Iterator[Sight]:
    """Look through the folder, or one ``below`` it, in parts of ``names`` names; the last part has fewer.

    Folders whose name is ignored are not entered, links are not followed.  A folder that
    vanishes or refuses meanwhile is passed over: the next look sees what it holds then.
    """
    sight, room = Sight(), names
    todo = [f"{below}/" if below else ""]
    while todo:
        below = todo.pop()
        try:
            for entry in _entries(drop, below):
                if not room:
                    yield sight
                    sight, room = Sight(), names
                room -= 1
                path = below + entry.name
                if entry.is_file(follow_symlinks=False):
                    sight.files.add(path)
                elif not entry.is_dir(follow_symlinks=False):
                    sight.others.add(path)
                elif not ignored.fullmatch(entry.name):
                    todo.append(path + "/")
        except OSError as error:
            if below and isinstance(error, FileNotFoundError | NotADirectoryError):
                continue
            sight.refused[below.removesuffix("/")] = error.strerror or f"errno {error.errno}"
    yield sight


def _entries(drop: Path, below: str) -> Iterator[os.DirEntry[str]]:
    # A folder may let its names be read and yet not be entered; a Path would drop the dot that asks.
    os.stat(f"{drop}/{below}.")  # noqa: PTH116
    with os.scandir(drop / below) as entries:
        yield from entries


def ignore_pattern(globs: Iterable[str]) -> re.Pattern[str]:
    """Return one expression for all ignore globs, to be matched against a single name."""
    return re.compile("|".join(fnmatch.translate(glob) for glob in globs) or r"(?!)")
