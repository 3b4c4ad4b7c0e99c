"""The notes beside rejected, duplicate and superseded files: all that a dropper who sees only the folder is told."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from turnstream import __version__
from turnstream.arrival import Arrival
from turnstream.attempts import earlier_attempts
from turnstream.claims import Duplicate, Original, Superseded
from turnstream.errors import ParseTimeout, PermanentError, WorkerCrashed
from turnstream.identify import is_arrival
from turnstream.models import Death, printable, to_wire
from turnstream.naming import numbered

ERROR_SUFFIX = ".error.json"
DUPLICATE_SUFFIX = ".duplicate.json"
#: A sidecar has some hundred bytes; what is larger is nobody's sidecar.
_LARGEST_BYTES = 1 << 20
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def sidecar(arrival: Arrival, root: Path, root_id: str) -> bytes:
    """Return the JSON that stands beside a file that was not published, for its dropper to read."""
    match arrival.answer:
        case Duplicate() as answer:
            facts = _duplicate_facts(arrival, answer, root, root_id)
        case Superseded() as answer:
            facts = _superseded_facts(arrival, answer, root, root_id)
        case _:
            facts = _error_facts(arrival, root)
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n"


def read_facts(path: Path | str, folder: int | None = None) -> dict[str, Any] | None:
    """Return what a sidecar, in an open folder if given, says; ``None`` if it is none or cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            found = orjson.loads(file.read(_LARGEST_BYTES))
    except (OSError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def is_ours(facts: Mapping[str, Any] | None) -> bool:
    """Whether these are the facts of a sidecar as we write it, and no user's own JSON."""
    if facts is None or not {"file", "arrival_id", "at", "hint"} <= facts.keys():
        return False
    return (
        not facts.keys().isdisjoint(("duplicate_of", "superseded_by")) or {"reason", "retry", "version"} <= facts.keys()
    )


def readable_time(moment: datetime) -> str:
    """Return a moment as people write it, in UTC."""
    utc = moment.astimezone(UTC)
    # Not by strftime(3), which takes four times as long and may speak another language.
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc.hour:02}:{utc.minute:02} UTC"


def _error_facts(arrival: Arrival, root: Path) -> dict[str, Any]:
    assert isinstance(arrival.error, PermanentError)
    assert arrival.taken and arrival.arrival_id
    tried, before = earlier_attempts(root, arrival.arrival_id)
    is_condemned = isinstance(arrival.error, ParseTimeout | WorkerCrashed)
    now = datetime.now(UTC)
    command = f"turnstream quarantine retry {arrival.arrival_id}"
    return {
        "file": printable(arrival.path),
        "reason": arrival.error.reason,
        "hint": arrival.error.hint,
        "next": arrival.error.next_step.format(retry=command),
        "detail": arrival.error.detail,
        "at": now,
        "when": readable_time(now),
        "attempts": tried + (max(arrival.ref.crashes, len(arrival.deaths)) if is_condemned else 1),
        **(_deadly(arrival.deaths) if is_condemned else {}),
        "before": before,
        "arrival_id": arrival.arrival_id,
        "size": arrival.taken.stat.st_size,
        "dropped_as": to_wire(arrival.path),
        "retry": command,
        "version": __version__,
    }


def _deadly(deaths: Sequence[Death]) -> dict[str, Any]:
    """Return how worker processes ended on a file: the last end, and each one that it was alone at."""
    told = [{"at": death.at, "reason": death.reason, **_end(death)} for death in deaths]
    return {**(_end(deaths[-1]) if deaths else {"signal": None, "memory": None}), "deaths": told}


def _end(death: Death) -> dict[str, Any]:
    used, limit = death.memory_bytes, death.memory_limit_bytes
    memory = {"used_bytes": used, "limit_bytes": limit} if used or limit else None
    return {"signal": death.signal, "memory": memory}


def _duplicate_facts(arrival: Arrival, answer: Duplicate, root: Path, root_id: str) -> dict[str, Any]:
    assert arrival.identity
    earlier = _Earlier(arrival, answer.of, root, root_id)
    return earlier.facts(
        f"The same text came before, {earlier.where()}.",
        "Nothing needs to be done: the text was published then. This file can be deleted.",
        duplicate_of={"document_id": arrival.identity.document_id, "entry_id": answer.entry_id},
    )


def _superseded_facts(arrival: Arrival, answer: Superseded, root: Path, root_id: str) -> dict[str, Any]:
    assert arrival.identity and arrival.original
    earlier = _Earlier(arrival, arrival.original.arrival_id, root, root_id)
    by = {"document_id": answer.by.edition.document_id, "event_id": answer.by.event_id, "entry_id": answer.entry_id}
    facts = earlier.facts(
        f"A longer text of the same transcript came before, {earlier.where()}.",
        "Nothing needs to be done: the longer text was published. This file can be deleted.",
        superseded_by=by,
    )
    return {**facts, "document_id": arrival.identity.document_id}


class _Earlier:
    """What came before a file and stands for it on the stream."""

    def __init__(self, arrival: Arrival, of: str | None, root: Path, root_id: str) -> None:
        assert arrival.original
        self.arrival = arrival
        self.of = of
        self.original = arrival.original
        self.archived = archived_at(self.original, of, root, root_id) if of else None
        self.published = readable_time(self.original.published_at)

    def where(self) -> str:
        """Return under which name it came, when, and where it lies."""
        name = f"as {self.original.path} " if self.original.path else ""
        lies = f"; that file lies in {self.archived}" if self.archived else ""
        return f"{name}on {self.published}{lies}"

    def facts(self, hint: str, next_step: str, **earlier: dict[str, Any]) -> dict[str, Any]:
        """Return a note; ``earlier`` is the one fact, by its name, that says what came before."""
        assert self.arrival.taken
        now = datetime.now(UTC)
        ((name, ids),) = earlier.items()
        return {
            "file": printable(self.arrival.path),
            "hint": hint,
            "next": next_step,
            name: {
                **ids,
                "path": self.original.path,
                "archived": self.archived,
                "published_at": self.original.published_at,
                "published": self.published,
                "arrival_id": self.of,
            },
            "at": now,
            "when": readable_time(now),
            "arrival_id": self.arrival.arrival_id,
            "size": self.arrival.taken.stat.st_size,
            "dropped_as": to_wire(self.arrival.path),
        }


def archived_at(original: Original, of: str, root: Path, root_id: str) -> str | None:
    """Return where in archive/ (below the root) the file of a published content lies, if it is still there."""
    if original.path is None:
        return None
    # Its name may be another file's there, and its own the next one: the arrival id tells.
    folder, _, name = f"archive/{original.published_at.date()}/{original.path}".rpartition("/")
    for attempt in (0, 1):
        place = f"{folder}/{numbered(name, of, attempt, 0)}"
        with contextlib.suppress(OSError):
            if is_arrival(of, root_id, os.lstat(f"{root}/{place}"), original.path):
                return place
    return None
