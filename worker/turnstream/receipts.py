"""What is written about an outcome: where the file goes, and its journal line."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from turnstream.arrival import Arrival
from turnstream.claims import Duplicate, Published, Superseded, Yours
from turnstream.edition import Edition, Head
from turnstream.errors import DisposeBlocked
from turnstream.history import lines_with
from turnstream.journal import Line
from turnstream.models import Revision, to_wire
from turnstream.publish import entry_time
from turnstream.sidecars import DUPLICATE_SUFFIX, ERROR_SUFFIX

_EVENT_ID = re.compile(r"[0-9a-f]{16}\.(\d{1,9})", re.ASCII)


def folder_of(arrival: Arrival) -> tuple[str, str]:
    """Return the folder below the root that an outcome leads to, and the suffix of its sidecar or ``""``."""
    assert arrival.outcome
    answer = arrival.answer
    if answer is None:
        return "quarantine", ERROR_SUFFIX
    if isinstance(answer, Duplicate | Superseded):
        return "duplicates", DUPLICATE_SUFFIX
    return f"archive/{entry_time(answer.entry_id).date()}", ""


def journal_line(arrival: Arrival) -> dict[str, Any]:
    """Return the receipt of an outcome; ``to`` is ``None`` where the file could not be moved."""
    assert arrival.taken
    identity, answer = arrival.identity, arrival.answer
    return {
        "v": 1,
        "at": datetime.now(UTC),
        "outcome": arrival.outcome,
        "arrival_id": arrival.journaled_as,
        "path": to_wire(arrival.path),
        "to": arrival.destination and to_wire(arrival.destination.path),
        "size": arrival.taken.stat.st_size,
        "mtime_ns": arrival.taken.stat.st_mtime_ns,
        "document_id": identity and identity.document_id,
        "event_id": _event_id(arrival),
        "content_sha256": identity and identity.content_sha256,
        "source_sha256": identity and identity.source_sha256,
        "entry_id": answer and answer.entry_id,
        "original": answer.of if isinstance(answer, Duplicate) else None,
        "superseded_by": answer.by.edition.document_id if isinstance(answer, Superseded) else None,
        "supersedes": answer.supersedes if isinstance(answer, Published | Yours) else None,
        "head": _head(arrival),
        "reason": arrival.error and arrival.error.reason,
        "detail": arrival.error and arrival.error.detail,
    }


def journaled_revision(line: Line) -> Revision:
    """Return which revision a line published.

    Raises:
        ValueError: it says something else than we write.

    """
    supersedes = line.get("supersedes")
    if supersedes is None:
        return Revision()
    found = [_EVENT_ID.fullmatch(str(event_id)) for event_id in (supersedes, line.get("event_id"))]
    before, number = (int(one[1]) if one else 0 for one in found)
    if not 0 < before == number - 1:
        raise ValueError(f"{line.get('event_id')} is no revision of {supersedes}")
    return Revision(number=number, supersedes=str(supersedes), cause="continued")


def journaled_head(line: Line) -> Head | None:
    """Return what a line's edition would be as a head, ``None`` where it published none or does not know.

    Raises:
        ValueError: it says something else than we write.

    """
    facts = line.get("head")
    if facts is None:
        return None
    try:
        edition = Edition(bytes.fromhex(facts["key"]), facts["length"], facts["partial"], line["document_id"])
        return Head(edition, facts["number"], line["entry_id"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"not the head of a line: {error!r}") from error


def _event_id(arrival: Arrival) -> str | None:
    """Return the event that gives its text, or the greater edition of it."""
    if arrival.identity is None or arrival.answer is None:
        return None
    if isinstance(arrival.answer, Superseded):
        return arrival.answer.by.event_id
    return f"{arrival.identity.document_id}.{arrival.answer.number}"


def _head(arrival: Arrival) -> dict[str, Any] | None:
    """Return the edition that was published, for the ledger to be made anew from."""
    if not isinstance(arrival.answer, Published | Yours) or arrival.edition is None:
        return None
    return {
        "key": arrival.edition.key.hex(),
        "length": arrival.edition.length,
        "partial": arrival.edition.partial,
        "number": arrival.answer.number,
    }


def correction(arrival: Arrival, place: str | None, journal: Path) -> dict[str, Any] | None:
    """Return the line that puts a file's last one right which was not moved by us, ``None`` if that is true.

    Args:
        arrival: the file, its last line written.
        place: where another worker brought it; ``None`` if it is in ``drop/`` or gone.
        journal: the folder with that worker's line.

    Raises:
        DisposeBlocked: it cannot be read.

    """
    assert arrival.line
    if place is None:
        return journal_line(arrival)
    to = to_wire(place)
    if to == arrival.line["to"]:
        return None
    # It may have had another outcome there than here: what that worker wrote before it moved the file is said again.
    mark, arrival_id = str(arrival.journaled_as).encode(), arrival.journaled_as
    told = lines_with(journal, [mark], lambda line: line.get("arrival_id") == arrival_id and line.get("to") == to)
    try:
        return {**next(told, arrival.line), "at": datetime.now(UTC), "to": to}
    except OSError as error:
        raise DisposeBlocked(f"journal: {error.strerror} (errno {error.errno})") from error
