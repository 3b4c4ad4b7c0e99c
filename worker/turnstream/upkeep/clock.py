"""Whether the wall clock can be trusted with ages: a wrong one would make everything old at once.

It is doubted when it runs apart from the monotonic clock, and at a start long after, or
before, the last outcome in the journal.  A doubt lasts for a day, in which somebody may
set the clock; then it is believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

#: Seconds that the two clocks may run apart, and that a root may have been at rest.
_APART_SECONDS, _REST_SECONDS = 3600.0, 30 * 86400.0
#: Seconds that a doubt lasts.
DOUBT_SECONDS = 86400.0


@dataclass(slots=True)
class Clock:
    """Compares two clocks, both in seconds; ask it now and then."""

    newest: float | None
    _offset: float | None = field(default=None)
    _believed_from: float = field(default=float("-inf"))

    def is_believed(self, wall: float, monotonic: float) -> bool:
        """Whether ages may be told from the wall clock now."""
        offset = wall - monotonic
        if self._offset is None:
            at_rest = 0.0 if self.newest is None else wall - self.newest
            jumped = not -_APART_SECONDS <= at_rest <= _REST_SECONDS
        else:
            jumped = abs(offset - self._offset) > _APART_SECONDS
        if self._offset is None or jumped:
            self._offset = offset
        if jumped:
            self._believed_from = monotonic + DOUBT_SECONDS
        return monotonic >= self._believed_from


def last_outcome(root: Path) -> float | None:
    """Return when the journal was last written to (Unix time); ``None`` if it never was, or cannot be read."""
    try:
        return max((file.stat().st_mtime for file in (root / "journal").iterdir()), default=None)
    except OSError:
        return None
