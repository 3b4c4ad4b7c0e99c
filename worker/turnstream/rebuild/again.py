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
from turnstream.models import Event, Revision, from_wire
from turnstream.normalise import Source, envelope
from turnstream.pipeline import record_of, source_of
from turnstream.receipts import journaled_revision
from turnstream.root import Root


@dataclass(frozen=True, slots=True)
class Gone:
    """Why an entry cannot be made anew.

    ``waiting`` if its file is in ``drop/`` and will be published from there; ``fault`` if the parser is to blame.
    """

    why: str
    waiting: bool = False
    fault: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What a line says of the event that it tells of, but for the text."""

    source: Source
    at: datetime
    revision: Revision


def event_of(line: Line, root: Root, root_id: str) -> Event | Gone:
    """Return the event of a line of the journal, or why that cannot be.

    Raises:
        OSError: the disk refuses, which says nothing about the file.

    """
    told = _told(line)
    if isinstance(told, Gone):
        return told
    raw = _archived(line, told.source, root, root_id)
    if isinstance(raw, Gone):
        return raw
    try:
        record = record_of(extract(raw), told.source, told.at)
    except DocumentError as error:  # this version reads less than the one that published it
        return Gone(str(error))
    except Exception as error:  # of one file: the others must not wait for its repair
        if isinstance(error, (MemoryError, OSError)):
            raise
        return Gone(f"{type(error).__name__} in parse", fault=error)
    return envelope(record, root_id, told.at, told.revision)


def seems_whole(line: Line, root: Root) -> bool:
    """Whether a line is as we write it and its file seems to be where it says; that is not read."""
    to = line.get("to")
    return isinstance(to, str) and (root.path / from_wire(to)).is_file() and not isinstance(_told(line), Gone)


def _told(line: Line) -> _Told | Gone:
    try:
        digests = (str(line[name]) for name in ("arrival_id", "content_sha256", "source_sha256", "document_id"))
        source = source_of(from_wire(line["path"]), Identity(*digests), int(line["size"]), int(line["mtime_ns"]))
        return _Told(source, datetime.fromisoformat(line["at"]), journaled_revision(line))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return Gone(f"its line in the journal is not as it is written: {error!r}")


def _archived(line: Line, source: Source, root: Root, root_id: str) -> bytes | Gone:
    try:
        raw = _read(root, line)
    except OSError as error:
        if error.errno not in GONE:
            raise
        if is_at(root.drop / source.path, root_id, source.arrival_id, source.path):
            return Gone("it is still in drop/", waiting=True)
        return Gone("its file is not in archive/")
    return raw if hashlib.sha256(raw).hexdigest() == source.source_sha256 else Gone("its file in archive/ was changed")


def _read(root: Root, line: Line) -> bytes:
    if not isinstance(line.get("to"), str):
        raise FileNotFoundError(errno.ENOENT, "it was not moved")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with open(os.open(root.path / from_wire(str(line["to"])), flags), "rb") as file:  # noqa: PTH123 - a descriptor
        return file.read()
