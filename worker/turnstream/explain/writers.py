"""Which programs have a file open for writing, as far as this account may see."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: The access mode in the flags of fdinfo(5), octal, and its value for reading only.
_ACCESS_MODE, _READ_ONLY = 0o3, 0o0
_COMMAND_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Writer:
    """A process on this host, and its command line, cut."""

    pid: int
    command: str


def writers(facts: os.stat_result) -> list[Writer]:
    """Return the processes of this host that have a file open for writing, those of other accounts only for root."""
    found = []
    for process in Path("/proc").iterdir():
        # A process may end, or belong to somebody else, at any step.
        with contextlib.suppress(OSError):
            if process.name.isdigit() and any(_writes(process, name) for name in _descriptors(process, facts)):
                found.append(Writer(int(process.name), _command(process)))
    return sorted(found, key=lambda writer: writer.pid)


def _descriptors(process: Path, facts: os.stat_result) -> Iterator[str]:
    for name in os.listdir(process / "fd"):  # noqa: PTH208 - names are enough
        with contextlib.suppress(OSError):
            if os.path.samestat((process / "fd" / name).stat(), facts):
                yield name


def _writes(process: Path, descriptor: str) -> bool:
    for line in (process / "fdinfo" / descriptor).read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "flags":
            return int(value, 8) & _ACCESS_MODE != _READ_ONLY
    return False


def _command(process: Path) -> str:
    words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    # A thread of the kernel, or a process that overwrote its own, has none.
    return " ".join(words).strip()[:_COMMAND_CHARACTERS] or (process / "comm").read_text().strip()
