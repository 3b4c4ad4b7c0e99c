"""What is written about an outcome: where the file goes, and its journal line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from turnstream.arrival import Arrival
from turnstream.models import OutcomeKind, to_wire
from turnstream.publish import Duplicate, entry_time
from turnstream.sidecars import DUPLICATE_SUFFIX, ERROR_SUFFIX


def folder_of(arrival: Arrival) -> tuple[str, str]:
    """Return the folder below the root that an outcome leads to, and the suffix of its sidecar or ``""``."""
    if arrival.outcome == OutcomeKind.REJECTED:
        return "quarantine", ERROR_SUFFIX
    if arrival.outcome == OutcomeKind.DUPLICATE:
        return "duplicates", DUPLICATE_SUFFIX
    assert arrival.answer
    return f"archive/{entry_time(arrival.answer.entry_id):%Y-%m-%d}", ""


def journal_line(arrival: Arrival) -> dict[str, Any]:
    """Return the receipt of an outcome; ``to`` is ``None`` where the file could not be moved."""
    assert arrival.taken
    identity, answer = arrival.identity, arrival.answer
    return {
        "v": 1,
        "at": datetime.now(UTC),
        "outcome": arrival.outcome,
        "arrival_id": arrival.arrival_id,
        "path": to_wire(arrival.path),
        "to": arrival.destination and to_wire(arrival.destination.path),
        "size": arrival.taken.stat.st_size,
        "mtime_ns": arrival.taken.stat.st_mtime_ns,
        "document_id": identity and identity.document_id,
        "event_id": identity and answer and f"{identity.document_id}.1",
        "content_sha256": identity and identity.content_sha256,
        "source_sha256": identity and identity.source_sha256,
        "entry_id": answer and answer.entry_id,
        "original": answer.of if isinstance(answer, Duplicate) else None,
        "reason": arrival.error and arrival.error.reason,
        "detail": arrival.error and arrival.error.detail,
    }


def correction(arrival: Arrival, place: str | None) -> dict[str, Any] | None:
    """Return the line that puts a file's last one right which was not moved by us, ``None`` if that is true.

    Args:
        arrival: the file, its last line written.
        place: where another worker brought it; ``None`` if it is in ``drop/`` or gone.

    """
    assert arrival.line
    if place is None:
        return journal_line(arrival)
    to = to_wire(place)
    return None if to == arrival.line["to"] else {**arrival.line, "at": datetime.now(UTC), "to": to}
