"""The states that a file can be in, and what is said of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from turnstream.line import plain


class State(StrEnum):
    """Where a file stands, in the order of its way.  A closed list: later versions may add to it."""

    BEING_WRITTEN = "being_written"
    SETTLING = "settling"
    AWAITING_MARKER = "awaiting_marker"
    IGNORED = "ignored"
    NOT_A_FILE = "not_a_file"
    UNREADABLE_FOLDER = "unreadable_folder"
    WAITING = "waiting"
    QUEUED = "queued"
    HELD = "held"
    DEFERRED = "deferred"
    DISPOSE_BLOCKED = "dispose_blocked"
    SUSPECTED = "suspected"
    PUBLISHED = "published"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"
    GONE = "gone"
    UNKNOWN = "unknown"


#: The next step where there is none.
NOTHING = "Nothing to do."


@dataclass(slots=True)
class Explanation:
    """What is said of one file or document: state, one sentence, next step, and the facts behind them.

    ``command`` is what to run for the next step, as a shell takes it.
    ``file`` is a path for people: below the root where it lies there, else absolute.
    ``notes`` say what could not be asked, or what else is worth knowing.
    """

    state: State
    why: str
    next_step: str = NOTHING
    command: str | None = None
    file: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    asked: str = ""

    def to_json(self) -> str:
        """Return it on one line; every object has the same eight keys."""
        return orjson.dumps(
            {
                "asked": plain(self.asked),
                "state": self.state,
                "file": self.file,
                "why": self.why,
                "next_step": self.next_step,
                "command": plain(self.command),
                "facts": {name: _value(value) for name, value in self.facts.items()},
                "notes": self.notes,
            }
        ).decode()


def moment(seconds: float) -> datetime:
    """Return a Unix time as a fact."""
    return datetime.fromtimestamp(seconds, UTC)


def _value(value: Any) -> Any:
    # As in the journal, but seconds are enough for people and programs that ask why.
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else plain(value)
