"""All that is known of a document becomes the record, and the record an event."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from turnstream.models import (
    EVENT_TYPE,
    REVISED_TYPE,
    Event,
    Extracted,
    Parsed,
    Provenance,
    Record,
    Revision,
    printable,
)

_FIRST = Revision()
_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """What ``normalise`` needs to know of the file; ``path`` is the fs string below ``drop/``."""

    arrival_id: str
    path: str
    size: int
    mtime_ns: int
    sequence: int | None
    declared_id: str | None
    content_sha256: str
    source_sha256: str
    document_id: str
    parser_version: str
    canonical_version: int


def normalise(extracted: Extracted, parsed: Parsed, source: Source, received_at: datetime) -> Record:
    """Return the record; nothing is added that neither file nor text says."""
    return Record(
        document_id=source.document_id,
        content_sha256=source.content_sha256,
        source_sha256=source.source_sha256,
        title=parsed.title,
        publisher=parsed.publisher,
        summary=parsed.summary,
        occurred_on=parsed.occurred_on,
        place=parsed.place,
        language=parsed.language,
        status=parsed.status,
        participants=parsed.participants,
        speakers=parsed.speakers,
        turns=parsed.turns,
        unattributed=parsed.unattributed,
        spans={name: (span,) for name, span in parsed.spans.items()},
        revision=_FIRST,
        provenance=_provenance(extracted, parsed, source, received_at),
        warnings=(*extracted.warnings, *parsed.warnings),
    )


def envelope(record: Record, root_id: str, time: datetime, revision: Revision = _FIRST) -> Event:
    """Return the CloudEvent around a record as this revision; its id is ``<document_id>.<revision>``."""
    if revision is not _FIRST:
        record = record.model_copy(update={"revision": revision})
    return Event(
        id=f"{record.document_id}.{revision.number}",
        source=f"urn:turnstream:{root_id}",
        type=EVENT_TYPE if revision.number == 1 else REVISED_TYPE,
        subject=record.document_id,
        time=time,
        data=record,
    )


def _provenance(extracted: Extracted, parsed: Parsed, source: Source, received_at: datetime) -> Provenance:
    shown = printable(source.path)
    return Provenance(
        arrival_id=source.arrival_id,
        path=shown,
        path_bytes=None if shown == source.path else base64.b64encode(os.fsencode(source.path)).decode(),
        name=os.path.basename(shown),  # noqa: PTH119 - a string of the contract, no file of ours
        sequence=source.sequence,
        declared_id=source.declared_id,
        size=source.size,
        mtime=_moment(source.mtime_ns),
        received_at=received_at,
        format=extracted.format,
        encoding=extracted.encoding,
        layout=parsed.layout,
        parser_version=source.parser_version,
        canonical_version=source.canonical_version,
    )


def _moment(ns: int) -> datetime:
    # datetime ends in the year 9999; file systems do not.
    try:
        return _EPOCH + timedelta(microseconds=ns // 1000)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if ns > 0 else datetime.min.replace(tzinfo=UTC)
