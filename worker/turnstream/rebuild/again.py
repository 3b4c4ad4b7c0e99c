"""An entry that the server no longer has, made anew from its file: the same event, under its old id."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime

from turnstream.errors import DocumentError
from turnstream.extract import CANONICAL_VERSION, extract
from turnstream.folder import GONE
from turnstream.history import is_at
from turnstream.identify import declared_by_name
from turnstream.journal import Line
from turnstream.models import from_wire
from turnstream.normalise import Source, envelope, normalise
from turnstream.parse import PARSER_VERSION, parse
from turnstream.publish import Publication
from turnstream.root import Root


@dataclass(frozen=True, slots=True)
class Gone:
    """Why an entry cannot be made anew; ``waiting`` if its file is in ``drop/`` and will be published from there."""

    why: str
    waiting: bool = False


def publication(line: Line, root: Root, root_id: str) -> Publication | Gone:
    """Return what to publish for a line of the journal, or why that cannot be.

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
        return _publication(line, path, raw, root_id)
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


def _publication(line: Line, path: str, raw: bytes, root_id: str) -> Publication:
    extracted = extract(raw)
    published_at = datetime.fromisoformat(str(line["at"]))
    content, document, event_id = (str(line[name]) for name in ("content_sha256", "document_id", "event_id"))
    sequence, declared_id = declared_by_name(os.path.basename(path))  # noqa: PTH119 - an fs string
    source = Source(
        arrival_id=str(line["arrival_id"]),
        path=path,
        size=int(line["size"]),
        mtime_ns=int(line["mtime_ns"]),
        sequence=sequence,
        declared_id=declared_id,
        content_sha256=content,
        source_sha256=str(line["source_sha256"]),
        document_id=document,
        parser_version=PARSER_VERSION,
        canonical_version=CANONICAL_VERSION,
    )
    event = envelope(normalise(extracted, parse(extracted), source, published_at), root_id, published_at)
    return Publication(content, str(line["arrival_id"]), event_id, document, event.model_dump_json().encode())
