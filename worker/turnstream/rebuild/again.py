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
from turnstream.identify import ID_DIGITS, Identity
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
    """What a line says of the event that it tells of, but for the text; ``to`` is where its file was moved."""

    to: str | None
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
        return _WAITING if _is_due(line, root, root_id) else told
    raw = _archived(told, root)
    if raw is None:
        return _WAITING if _is_due(line, root, root_id) else Gone("its file is not in archive/")
    if hashlib.sha256(raw).hexdigest() != told.source.source_sha256:
        return Gone("its file in archive/ was changed")
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
    told = _told(line)
    # By `os`, which answers also of what no file can be called.
    return isinstance(told, _Told) and told.to is not None and os.path.isfile(root.path / told.to)  # noqa: PTH113


#: It will be published from there.
_WAITING = Gone("it is still in drop/", waiting=True)


def _told(line: Line) -> _Told | Gone:
    try:
        return _Told(_place(line), _source(line), datetime.fromisoformat(line["at"]), journaled_revision(line))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        return Gone(f"its line in the journal is not as it is written: {error!r}")


def _place(line: Line) -> str | None:
    to = line.get("to")
    place = None if to is None else from_wire(to)
    if place and "\0" in place:
        raise ValueError(f"no place for a file: {to!r}")
    return place


def _source(line: Line) -> Source:
    arrival, content, source, document = (
        str(line[name]) for name in ("arrival_id", "content_sha256", "source_sha256", "document_id")
    )
    if document != content[:ID_DIGITS]:
        raise ValueError(f"{document} is another document")
    identity = Identity(arrival, content, source, document)
    return source_of(from_wire(line["path"]), identity, int(line["size"]), int(line["mtime_ns"]))


def _is_due(line: Line, root: Root, root_id: str) -> bool:
    path, arrival = line.get("path"), line.get("arrival_id")
    if not (isinstance(path, str) and isinstance(arrival, str)):
        return False
    return is_at(root.drop / from_wire(path), root_id, arrival, from_wire(path))


def _archived(told: _Told, root: Root) -> bytes | None:
    if told.to is None:
        return None
    try:
        descriptor = os.open(root.path / told.to, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            return file.read()
    except OSError as error:
        if error.errno not in (*GONE, errno.ENAMETOOLONG):
            raise
        return None
