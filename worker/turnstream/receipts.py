"""What is written about an outcome: where the file goes, its journal line, its sidecar."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from turnstream import __version__
from turnstream.arrival import Arrival
from turnstream.identify import is_arrival
from turnstream.models import OutcomeKind, printable, to_wire
from turnstream.naming import numbered
from turnstream.publish import Duplicate, Original, entry_time

ERROR_SUFFIX = ".error.json"
DUPLICATE_SUFFIX = ".duplicate.json"


def folder_of(arrival: Arrival) -> tuple[str, str]:
    """Return the folder below the root that an outcome leads to, and the suffix of its sidecar or ``""``."""
    if arrival.outcome == OutcomeKind.REJECTED:
        return "quarantine", ERROR_SUFFIX
    if arrival.outcome == OutcomeKind.DUPLICATE:
        return "duplicates", DUPLICATE_SUFFIX
    assert arrival.answer
    return f"archive/{entry_time(arrival.answer.entry_id):%Y-%m-%d}", ""


def sidecar(arrival: Arrival, root: Path, root_id: str) -> bytes:
    """Return the JSON that stands beside a rejected or duplicate file, for its dropper to read."""
    duplicate = arrival.outcome == OutcomeKind.DUPLICATE
    facts = _duplicate_facts(arrival, root, root_id) if duplicate else _error_facts(arrival)
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n"


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


def _error_facts(arrival: Arrival) -> dict[str, Any]:
    assert arrival.error and arrival.taken
    return {
        "file": printable(arrival.path),
        "reason": arrival.error.reason,
        "hint": arrival.error.hint,
        "detail": arrival.error.detail,
        "at": datetime.now(UTC),
        "attempts": arrival.ref.crashes + 1,
        "arrival_id": arrival.arrival_id,
        "size": arrival.taken.stat.st_size,
        "retry": f"turnstream quarantine retry {arrival.arrival_id}",
        "version": __version__,
    }


def _duplicate_facts(arrival: Arrival, root: Path, root_id: str) -> dict[str, Any]:
    assert arrival.identity and arrival.original and isinstance(arrival.answer, Duplicate)
    original = arrival.original
    return {
        "file": printable(arrival.path),
        "duplicate_of": {
            "document_id": arrival.identity.document_id,
            "path": original.path,
            "archived": _archived(original, arrival.answer.of, root, root_id),
            "published_at": original.published_at,
            "entry_id": arrival.answer.entry_id,
            "arrival_id": arrival.answer.of,
        },
        "hint": "Its text is already on the stream; nothing else needs to be done.",
        "at": datetime.now(UTC),
        "arrival_id": arrival.arrival_id,
    }


def _archived(original: Original, of: str, root: Path, root_id: str) -> str | None:
    if original.path is None:
        return None
    # Its name may be another file's there, and its own the next one: the arrival id tells.
    folder, _, name = f"archive/{original.published_at:%Y-%m-%d}/{original.path}".rpartition("/")
    for attempt in (0, 1):
        place = f"{folder}/{numbered(name, of, attempt, 0)}"
        with contextlib.suppress(OSError):
            if is_arrival(of, root_id, os.lstat(root / place), original.path):
                return place
    return None
