"""An entry that the server no longer has, made anew from its file: the same event, under its old id."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime

from turnstream.errors import DocumentError
from turnstream.extract import extract
from turnstream.folder import GONE
from turnstream.history import is_at
from turnstream.identify import Identity
from turnstream.journal import Line
from turnstream.models import Event, from_wire
from turnstream.normalise import envelope
from turnstream.pipeline import record_of, source_of
from turnstream.receipts import journaled_revision
from turnstream.root import Root


@dataclass(frozen=True, slots=True)
class Gone:
    """Why an entry cannot be made anew; ``waiting`` if its file is in ``drop/`` and will be published from there."""

    why: str
    waiting: bool = False


def event_of(line: Line, root: Root, root_id: str) -> Event | Gone:
    """Return the event of a line of the journal, or why that cannot be.

    Raises:
        OSError: the disk refuses, which says nothing about the file.

    """
    path, arrival = from_wire(str(line["path"])), str(line["arrival_id"])
    try:
        raw = _read(root, line)
    except OSError as error:
        if error.errno not in GONE:
            raise
        if is_at(root.drop / path, root_id, arrival, path):
            return Gone("it is still in drop/", waiting=True)
        return Gone("its file is not in archive/")
    if hashlib.sha256(raw).hexdigest() != line.get("source_sha256"):
        return Gone("its file in archive/ was changed")
    try:
        return _event(line, path, raw, root_id)
    except DocumentError as error:  # this version reads less than the one that published it
        return Gone(str(error))


def exists(line: Line, root: Root) -> bool:
    """Whether the file of a line seems to be where it says; it is not read."""
    to = line.get("to")
    return isinstance(to, str) and (root.path / from_wire(to)).is_file()


def _read(root: Root, line: Line) -> bytes:
    if not isinstance(line.get("to"), str):
        raise FileNotFoundError(errno.ENOENT, "it was not moved")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(root.path / from_wire(str(line["to"])), flags), "rb") as file:  # noqa: PTH123 - a descriptor
        return file.read()


def _event(line: Line, path: str, raw: bytes, root_id: str) -> Event:
    published_at = datetime.fromisoformat(str(line["at"]))
    digests = (str(line[name]) for name in ("arrival_id", "content_sha256", "source_sha256", "document_id"))
    source = source_of(path, Identity(*digests), int(line["size"]), int(line["mtime_ns"]))
    return envelope(record_of(extract(raw), source, published_at), root_id, published_at, journaled_revision(line))
