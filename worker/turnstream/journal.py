"""The journal: one JSON line per outcome, on disk before the file moves.

A receipt for ops and the backup of the ledger.  Lines of one arrival may repeat; the
last counts.  One file a day and host, so that hosts on a shared root never write to the
same file.
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
            if _torn(descriptor):
                data = b"\n" + data
            written = os.write(descriptor, data)
            if written != len(data):
                # The rest would come after other writers' lines; the next append closes this one.
                raise OSError(errno.ENOSPC, "no room for the whole line")
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        if created:
            sync_folder(self.folder)


def _open(path: Path) -> tuple[int, bool]:
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
    try:
        return os.open(path, flags), False
    except FileNotFoundError:
        return os.open(path, flags | os.O_CREAT, 0o644), True


def _torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
