"""Which file each pool process is reading: in memory that outlives it, so that the parent knows what it died on."""

from __future__ import annotations

import mmap

from billiard.process import current_process

from turnstream.identify import ID_DIGITS

_NOTHING = b"\0" * ID_DIGITS


class InHand:
    """One place a process, each with the arrival id of the file that it is reading.  Make it before the processes."""

    def __init__(self, processes: int) -> None:
        self._places = mmap.mmap(-1, processes * ID_DIGITS)

    def take(self, arrival_id: str) -> None:
        """Show that this process is reading a file."""
        self._write(arrival_id.encode())

    def clear(self) -> None:
        """Show that it reads none; what a dead process had in hand is forgotten by the one in its place."""
        self._write(_NOTHING)

    def holds(self, arrival_id: str) -> bool:
        """Whether a process reads this file, or died while it did."""
        found = self._places[:]
        return arrival_id.encode() in (found[at : at + ID_DIGITS] for at in range(0, len(found), ID_DIGITS))

    def _write(self, value: bytes) -> None:
        # The pool numbers its living processes; outside of a pool there is one.
        at = getattr(current_process(), "index", 0) * ID_DIGITS
        self._places[at : at + ID_DIGITS] = value
