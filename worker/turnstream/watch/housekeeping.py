"""The watcher's chore: what is past its age and what killed processes left, a little at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from turnstream.errors import SetupError
from turnstream.log import say
from turnstream.models import printable
from turnstream.root import Root
from turnstream.settings import Settings
from turnstream.upkeep.clock import Clock, last_outcome
from turnstream.upkeep.leftovers import Leftovers
from turnstream.upkeep.retention import expire
from turnstream.upkeep.walk import Tally

#: Seconds of work in one go, and between goes: a file that comes meanwhile hardly waits.
_GO_SECONDS, _PAUSE_SECONDS = 0.02, 1.0


class Housekeeping:
    """Goes through the folders of a root now and then; needs no server."""

    def __init__(self, root: Root, settings: Settings) -> None:
        self.root = root
        self.settings = settings.retention
        self.leftovers = Leftovers(root, settings.watch.done_marker)
        self.clock = Clock(last_outcome(root.path))
        self._doubted = False
        self._tally = Tally()
        self._pass: Iterator[None] | None = None
        self._go_at = self._next_pass = 0.0
        self._said: set[tuple[str, str]] = set()

    def go(self, now: float) -> None:
        """Work a moment, if it is time; ``now`` is monotonic seconds."""
        if now < self._go_at:
            return
        self._go_at = now + _PAUSE_SECONDS
        if self._pass is None:
            self._tally = Tally()
            self._pass = self._begin(time.time(), self._tally)
            self._next_pass = now + self.settings.pass_seconds
        began = time.monotonic()
        for _ in self._pass:
            if time.monotonic() - began >= _GO_SECONDS:
                return
        self._pass = None
        self._go_at = max(self._next_pass, self._go_at)
        self._tell(self._tally)

    def _begin(self, wall: float, tally: Tally) -> Iterator[None]:
        chores = [self.leftovers.tidy(wall, tally)]
        if self._ages_are_sure(wall):
            chores.append(expire(self.root, self.settings, wall, tally))
        for chore in chores:
            try:
                yield from chore
            except (OSError, SetupError) as error:
                tally.faults[str(self.root.path), str(error)] = ""
            except Exception as error:  # noqa: BLE001 - a chore that fails must not end the watch
                say("process.crashed", exc_info=error)

    def _ages_are_sure(self, wall: float) -> bool:
        believed, doubted = self.clock.is_believed(wall, time.monotonic()), self._doubted
        self._doubted = not believed
        if self.settings.has_ages and self._doubted and not doubted:
            say("files.kept", reason="the clock jumped, or the root was at rest for a month")
        return believed

    def _tell(self, tally: Tally) -> None:
        for source, path in tally.returned:
            say("document.returned", path=path, source=source)
        folders = ("archive", "duplicates", "quarantine", "journal")
        expired = {folder: tally.counts[folder] for folder in folders if tally.counts[folder]}
        tidied = {kind: count for kind, count in tally.counts.items() if kind not in folders}
        if expired:
            say("files.expired", **expired)
        if tidied:
            say("files.tidied", **tidied)
        for (folder, reason), path in tally.faults.items():
            if (folder, reason) not in self._said:
                say("files.undeletable", folder=folder, reason=reason, path=printable(path))
        # What works again is said anew when it fails again.
        self._said = set(tally.faults)
