"""The journal: one JSON line per outcome, on disk before the file moves.

A receipt for ops and the backup of the ledger.  Lines of one arrival may repeat; the
last counts.  One file a day and host, so that hosts on a shared root, each with a name of
its own, never write to the same file.  Over several files the last is that of the latest
``at``.  Two hosts may write about one arrival: whose move failed ends with the line of who
moved it, so that the last is true whichever clock is ahead.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from turnstream.durable import sync_folder
from turnstream.errors import DisposeBlocked

Line = dict[str, Any]


class Journal:
    """Appends lines durably; safe for several processes of one host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = socket.gethostname()

    def append(self, lines: Iterable[Line]) -> None:
        """Write lines in one piece and wait until they are on disk.

        Raises:
            DisposeBlocked: the disk refuses; nothing may be moved then.

        """
        data = b"".join(orjson.dumps(line, option=orjson.OPT_UTC_Z) + b"\n" for line in lines)
        if data:
            try:
                self._write(data)
            except OSError as error:
                raise DisposeBlocked(f"journal: {error.strerror} (errno {error.errno})") from error

    def _write(self, data: bytes) -> None:
        path = self.folder / f"{datetime.now(UTC):%Y-%m-%d}.{self.host}.jsonl"
        descriptor, created = _open(path)
        try:
            _write_lines(descriptor, data)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        if created:
            sync_folder(self.folder)


def parsed(raw: bytes) -> Line | None:
    """Return a line of the journal; ``None`` for one that a full disk or a killed process tore."""
    try:
        line = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return line if isinstance(line, dict) else None


def _open(path: Path) -> tuple[int, bool]:
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
    try:
        return os.open(path, flags), False
    except FileNotFoundError:
        return os.open(path, flags | os.O_CREAT, 0o644), True


def _write_lines(descriptor: int, data: bytes) -> None:
    if _is_torn_at(descriptor, os.fstat(descriptor).st_size):
        data = b"\n" + data
    while True:
        written = os.write(descriptor, data)
        if written != len(data):
            # The rest would come after other writers' lines; the next append closes this one.
            raise OSError(errno.ENOSPC, "no room for the whole line")
        # A writer killed in the middle of a line since we looked: ours became the end of that one.
        start = os.lseek(descriptor, 0, os.SEEK_CUR) - written
        if data.startswith(b"\n") or not _is_torn_at(descriptor, start):
            return
        data = b"\n" + data


def _is_torn_at(descriptor: int, end: int) -> bool:
    """Whether what is written up to ``end`` does not end with a line end."""
    return end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
