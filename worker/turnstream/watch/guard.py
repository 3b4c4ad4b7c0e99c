"""Whether the watch still sees: keeps events coming, and says each fault once, and once that it is over.

Nothing depends on it: the sweep finds every file, only later.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from turnstream.log import say
from turnstream.models import printable
from turnstream.root import MOVING, Root
from turnstream.settings import WatchSettings
from turnstream.watch.bell import Bell, is_among
from turnstream.watch.rope import Rope

#: Seconds after which what happens now and then, and was not seen again, counts as over.
OVER_SECONDS = 60.0
#: Seconds that an event may take: a file that was found that long ago came without one.
LATE_SECONDS = 2.0
#: Most files at a time whose events are awaited.
_AWAITED = 100
#: Most faults that `status` is told of.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do."""

    reason: str
    remedy: str


class Guard:
    """Asked at every sweep; ``faults`` are those of the last one, by a name that stays the same.

    ``refused`` are the folders below ``drop/`` that could not be read, with the reason.
    """

    def __init__(self, root: Root, bell: Bell, settings: WatchSettings) -> None:
        self.root = root
        self.bell = bell
        self.settings = settings
        self.rope = Rope(root.drop, bell)
        self.faults: dict[str, Fault] = {}
        self._failed: str | None = None
        self._awaited: dict[str, float] = {}
        self.refused: Mapping[str, str] = {}
        self._missed_at = float("-inf")

    def mend(self) -> None:
        """Have events come again if they would not."""
        if not self.settings.native_events:
            return
        fault = self.rope.fault(time.monotonic())
        if fault is None:
            return
        began, self._failed = self._failed is None, self.rope.tie()
        if began and self._failed is None and fault != "not started":
            say("watch.repaired", reason=fault)

    def look(self, refused: Mapping[str, str], fresh: Iterable[str], notes: Container[str], now: float) -> None:
        """Compare what was found with what was heard.

        Args:
            refused: folders below ``drop/`` that could not be read, each with the reason.
            fresh: the files that are new in it.
            notes: the files that events told of, and the folders that came with all that is in them.
            now: monotonic seconds.

        """
        before, self.refused = self.refused.keys(), refused
        # What was there before the watch, or in a folder that could not be read, comes without one;
        # and why events are missing is known after an overflow.
        expected = now - self.rope.tied_at > LATE_SECONDS and before <= refused.keys()
        if now - self.bell.overflowed_at < OVER_SECONDS:
            self._awaited.clear()
        elif expected:
            unheard = (path for path in fresh if not is_among(path, notes))
            self._awaited |= dict.fromkeys(itertools.islice(unheard, _AWAITED - len(self._awaited)), now)
        late = [path for path, found in self._awaited.items() if now - found > LATE_SECONDS]
        # While others are heard theirs may still be on the way.
        if late and self.bell.heard_at < min(self._awaited[path] for path in late):
            self._missed_at = now
        for path in late:
            del self._awaited[path]
        self._tell(dict(self._present(now)))

    def heard(self, paths: Container[str]) -> None:
        """Take note of what events told of: files, and folders that came with all that is in them."""
        self._awaited = {path: found for path, found in self._awaited.items() if not is_among(path, paths)}

    def end(self) -> None:
        """Stop hearing events."""
        self.rope.untie()

    def words(self) -> dict[str, str]:
        """Say for `status` whether events come, and what is wrong: ``warnings`` is a JSON list of texts."""
        warnings = [f"{fault.reason}: {fault.remedy}" for fault in itertools.islice(self.faults.values(), _SHOWN)]
        return {
            "events": self._events(),
            "refused": str(len(self.refused)),
            "warnings": orjson.dumps(warnings).decode(),
        }

    def _events(self) -> str:
        if not self.settings.native_events:
            return "off"
        return "on" if not self.faults.keys() & {"no_events", "silent", "refused:"} else "none"

    def _tell(self, faults: dict[str, Fault]) -> None:
        for name in faults.keys() - self.faults.keys():
            say("watch.degraded", fault=name, reason=faults[name].reason, remedy=faults[name].remedy)
        for name in self.faults.keys() - faults.keys():
            say("watch.repaired", fault=name, reason=self.faults[name].reason)
        self.faults = faults

    def _present(self, now: float) -> Iterator[tuple[str, Fault]]:
        for folder, why in self.refused.items():
            yield f"refused:{printable(folder)}", _refused(folder, why)
        if not self.refused and not self._on_one_file_system():
            yield (
                "other_file_system",
                Fault("drop/ lies on another file system than archive/: no file can be moved", "mount both together"),
            )
        if "" in self.refused:
            return  # nothing else can be told
        if self._failed:
            yield "no_events", Fault(self._failed, "raise fs.inotify.max_user_watches and max_user_instances")
        elif self.rope.is_silent(now):
            yield "silent", Fault("this file system gives no events", "set watch.native_events = false")
        if unwatched := self.rope.unwatched():
            remedy = "raise fs.inotify.max_user_watches"
            yield "unwatched", Fault(f"{unwatched} folders in drop/ give no events", remedy)
        if now - self._missed_at < OVER_SECONDS:
            remedy = "usual where other hosts write (NFS, SMB): lower watch.sweep_seconds if it must be quicker"
            yield "missed", Fault("files came without an event", remedy)
        if now - self.bell.overflowed_at < OVER_SECONDS:
            remedy = "raise fs.inotify.max_queued_events"
            yield "overflow", Fault("files came faster than the kernel keeps events", remedy)

    def _on_one_file_system(self) -> bool:
        try:
            return len({(self.root.path / name).stat().st_dev for name in MOVING}) == 1
        except OSError:
            return True  # one that is missing is told by who needs it


def _refused(folder: str, why: str) -> Fault:
    if not folder:
        return Fault(f"drop/ cannot be read: {why}", "make the folder again, mount it, or give permission")
    remedy = "let the account of watcher and worker read and enter it"
    return Fault(f"the folder drop/{printable(folder)} cannot be read: {why}", remedy)
