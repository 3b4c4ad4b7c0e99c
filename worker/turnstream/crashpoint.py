"""Named instants between the steps of a batch, at which a test can have the process killed.

Each is passed right after what its name says; ``worker/LIFE.md`` shows
what lies between them.  Nothing is armed unless the environment
says so (``TURNSTREAM_CRASH_AT``, see ``settings``): then the process ends by SIGKILL, as
it may at any instant, at the n-th passing.
"""

from __future__ import annotations

import os
import signal

#: In the order in which a file passes them; ``linked`` only where a file system lacks RENAME_NOREPLACE.
POINTS = (
    "opened",
    "identified",
    "looked_up",
    "parsed",
    "published",
    "placed",
    "journaled",
    "noted",
    "linked",
    "moved",
    "verified",
    "synced",
    "corrected",
    "reported",
)

_armed: str | None = None
_left = 0


def arm(where: str | None) -> None:
    """Have this process killed at a point; ``None`` disarms.

    Args:
        where: ``<point>:<n>`` for the n-th passing, counted from 1.

    Raises:
        ValueError: there is no such point.

    """
    global _armed, _left
    point, _, nth = (where or "").partition(":")
    if where and point not in POINTS:
        raise ValueError(f"no crash point is called {point!r}: {', '.join(POINTS)}")
    _armed, _left = point or None, int(nth or 1)


def passed(point: str) -> None:
    """Say that this process has passed a point."""
    global _left  # noqa: PLW0603
    if point == _armed:
        _left -= 1
        if not _left:
            os.kill(os.getpid(), signal.SIGKILL)
