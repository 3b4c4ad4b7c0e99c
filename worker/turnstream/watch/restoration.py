"""A ledger that the server lost is rebuilt by the watcher, a little at a time: it stops when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

#: Starts a rebuild: something to step through until it is done.
Rebuild = Callable[[], Iterable[object]]

#: Seconds of work in one go.
_GO_SECONDS = 0.2


class Restoration:
    """Steps through a rebuild once ``begin`` was called; without a ``rebuild`` there is nothing to step through."""

    def __init__(self, rebuild: Rebuild | None) -> None:
        self._rebuild = rebuild
        self._steps: Iterator[object] | None = None

    def begin(self) -> None:
        """Rebuild from the next ``go`` on; begun before, it begins anew."""
        self._steps = iter(self._rebuild()) if self._rebuild else None

    def go(self) -> bool:
        """Work a moment; say whether nothing is left to do.

        Raises:
            LedgerHeld: it cannot be rebuilt.
            TransientError: the server, or the disk, does not let us.

        """
        if self._steps is None:
            return True
        began = time.monotonic()
        for _ in self._steps:
            if time.monotonic() - began > _GO_SECONDS:
                return False
        self._steps = None
        return True
