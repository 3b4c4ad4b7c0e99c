"""The way back: a file of archive/, duplicates/ or quarantine/ returns to ``drop/``, over nobody's file."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from turnstream.durable import sync_folder
from turnstream.naming import free_name, rename_exclusively

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def give_back(root: Path, file: Path, wanted: str, mark: str) -> str:
    """Move a file back durably; return its path below ``drop/``, an fs string.

    Args:
        root: the data root.
        file: where it lies.
        wanted: the path below ``drop/`` that it came as.
        mark: goes into the name, or makes a folder of its own, where another file has that path.

    Raises:
        OSError: the file system refuses; the file is where it was.

    """
    try:
        path = _move(root, file, wanted, mark)
    except (NotADirectoryError, FileExistsError):
        # Something in drop/ has the name of its folder.
        path = _move(root, file, f"{mark}/{wanted.rpartition('/')[2]}", mark)
    sync_folder((root / "drop" / path).parent)
    return path


def is_inside(path: str) -> bool:
    """Whether an fs string is a relative path that stays below the folder it is put to."""
    return {"", ".", ".."}.isdisjoint(path.split("/")) and "\0" not in path


def _move(root: Path, file: Path, wanted: str, mark: str) -> str:
    below, _, name = wanted.rpartition("/")
    drop = (root / "drop").resolve()
    target = drop / below
    target.mkdir(parents=True, exist_ok=True)
    if target.resolve() != target:
        raise NotADirectoryError("a link in drop/ has the name of its folder")  # the watcher follows none
    with contextlib.ExitStack() as stack:
        here, there = (os.open(folder, _FOLDER) for folder in (file.parent, target))
        stack.callback(os.close, here)
        stack.callback(os.close, there)
        while True:
            free = free_name(there, name, mark)
            # A dropper may be quicker; the next name is free again.
            with contextlib.suppress(FileExistsError):
                rename_exclusively(here, file.name, there, free)
                return f"{below}/{free}" if below else free
