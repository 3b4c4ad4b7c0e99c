"""What lies in ``drop/``: names only, so that a look at 20,000 files takes milliseconds."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Sight:
    """Regular files below ``drop/`` as fs strings relative to it, and names that are no files."""

    files: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


def scan(drop: Path, ignored: re.Pattern[str]) -> Sight:
    """Look through the whole folder.

    Folders whose name is ignored are not entered, links are not followed.  A folder that
    vanishes or refuses meanwhile is passed over: the next look sees what it holds then.
    """
    sight = Sight()
    todo = [""]
    while todo:
        below = todo.pop()
        with contextlib.suppress(OSError), os.scandir(drop / below) as entries:
            for entry in entries:
                path = below + entry.name
                if entry.is_file(follow_symlinks=False):
                    sight.files.add(path)
                elif entry.is_dir(follow_symlinks=False):
                    if not ignored.fullmatch(entry.name):
                        todo.append(path + "/")
                else:
                    sight.others.add(path)
    return sight


def ignore_pattern(globs: Iterable[str]) -> re.Pattern[str]:
    """Return one expression for all ignore globs, to be matched against a single name."""
    return re.compile("|".join(fnmatch.translate(glob) for glob in globs) or r"(?!)")
