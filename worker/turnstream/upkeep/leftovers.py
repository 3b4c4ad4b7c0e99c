"""What killed processes left behind: temporary files, orphaned sidecars and done markers.

Deleted is only what has exactly a name that we give, and has not changed for an hour:

drop/                     copies of `ingest` that were not finished, the watcher's test files, done markers
                          whose file the journal says was taken after the marker came
duplicates/, quarantine/  sidecars that were not finished, and those whose arrival is not in the folder
state/                    files that were not finished, notes on retries that are a month old

Unread files in archive/ are ``unread``'s.  All functions yield after each step, so that they can be spread out.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from turnstream.identify import arrival_id
from turnstream.models import from_wire, to_wire
from turnstream.root import Root
from turnstream.sidecars import DUPLICATE_SUFFIX, ERROR_SUFFIX, is_ours, read_facts
from turnstream.upkeep.days import Days, is_of, moment
from turnstream.upkeep.unread import Unread
from turnstream.upkeep.walk import Found, Tally, remove, walk

#: Seconds without a change after which nobody works on a temporary file any more; for a note on a retry.
_ABANDONED_SECONDS = 3600.0
_NOTE_SECONDS = 30 * 86400.0
_RENAME_TEST = r"\.rename-[0-9a-f]{8}\.tmp(2\.tmp)?"
_TEMPORARY = {
    "drop": re.compile(rf"\.[0-9a-f]{{16}}\.part|\.canary-[0-9a-f]{{16}}\.tmp|{_RENAME_TEST}"),
    "archive": re.compile(rf"\.[0-9a-f]{{16}}\.tmp|{_RENAME_TEST}"),
    "duplicates": re.compile(rf"\.[0-9a-f]{{16}}\.tmp|{_RENAME_TEST}"),
    "quarantine": re.compile(rf"\.[0-9a-f]{{16}}\.tmp|{_RENAME_TEST}"),
    "state": re.compile(r"\.(root|(root\.json|server\.json|trimmed\.json)\.\d+)\.[0-9a-f]{8}\.tmp"),
    "state/server": re.compile(r"\.server\.conf\.\d+\.[0-9a-f]{8}\.tmp"),
    "state/retried": re.compile(r"\.[0-9a-f]{16}\.json\.\d+\.[0-9a-f]{8}\.tmp"),
}
_NOTE = re.compile(r"[0-9a-f]{16}\.json")
#: A file comes at most so long after its line in the journal (seconds).
_MOVE_SECONDS = 60.0
#: Orphans looked into in one pass: a pass needs little memory.
_AT_ONCE = 1000


@dataclass(slots=True)
class Leftovers:
    """Looks for leftovers of one root; remembers between passes what it has judged."""

    root: Root
    done_marker: str = ""
    _kept_markers: set[tuple[str, int]] = field(default_factory=set)
    _read_until: dict[str, int] = field(default_factory=dict)

    def tidy(self, now: float, tally: Tally) -> Iterator[None]:
        """Delete what is left behind at ``now`` (Unix time), bring back what was never read."""
        yield from Unread(self.root, now, tally, self._read_until).bring_back()
        for top, pattern in _TEMPORARY.items():
            if top not in ("drop", "duplicates", "quarantine"):
                yield from self._temporaries(top, pattern, now, tally)
        yield from self._drop(now, tally)
        for top, suffix in (("duplicates", DUPLICATE_SUFFIX), ("quarantine", ERROR_SUFFIX)):
            yield from self._sidecars(top, suffix, now, tally)

    def _temporaries(self, top: str, pattern: re.Pattern[str], now: float, tally: Tally) -> Iterator[None]:
        for found in walk(self.root.path, top, tally, deep=False):
            _remove_temporary(found, top, pattern, now, tally)
            if top == "state/retried" and _NOTE.fullmatch(found.name) and _age(found, now) > _NOTE_SECONDS:
                remove(found, top, tally, "temporary")
            yield

    def _drop(self, now: float, tally: Tally) -> Iterator[None]:
        orphans: dict[str, float] = {}
        for found in walk(self.root.path, "drop", tally):
            _remove_temporary(found, "drop", _TEMPORARY["drop"], now, tally)
            with contextlib.suppress(FileNotFoundError):
                if self._is_orphan_marker(found, now) and len(orphans) < _AT_ONCE:
                    orphans[found.path.removesuffix(self.done_marker)] = found.facts().st_ctime
            yield
        if orphans:
            yield from self._markers(orphans, tally)

    def _is_orphan_marker(self, found: Found, now: float) -> bool:
        marker = self.done_marker
        if not marker or found.is_folder or not found.name.endswith(marker) or found.name == marker:
            return False
        if _exists(found.name.removesuffix(marker), found.parent) or _age(found, now) <= _ABANDONED_SECONDS:
            return False
        return (found.path, found.facts().st_ctime_ns) not in self._kept_markers

    def _markers(self, orphans: dict[str, float], tally: Tally) -> Iterator[None]:
        """Delete the markers whose file was taken after they came; others wait for a file that is to come."""
        taken = set()
        for line in Days(self.root.path).lines_since(min(orphans.values())):
            if line is not None and isinstance(path := line.get("path"), str) and line.get("to"):
                path = from_wire(path)
                if moment(line) >= orphans.get(path, float("inf")):
                    taken.add(path)
            yield
        for path, came in orphans.items():
            marker = self.root.drop / (path + self.done_marker)
            with contextlib.suppress(OSError):
                if path not in taken:
                    self._kept_markers.add((path + self.done_marker, marker.lstat().st_ctime_ns))
                elif marker.lstat().st_ctime == came and not os.path.lexists(self.root.drop / path):
                    marker.unlink()
                    tally.counts["marker"] += 1
            yield

    def _sidecars(self, top: str, suffix: str, now: float, tally: Tally) -> Iterator[None]:
        orphans: dict[str, str] = {}
        for found in walk(self.root.path, top, tally):
            _remove_temporary(found, top, _TEMPORARY[top], now, tally)
            if len(orphans) < _AT_ONCE and (arrival := _orphan(found, suffix, now)):
                orphans[found.path] = arrival
            yield
        if orphans:
            yield from self._not_elsewhere(top, orphans, tally)
            yield from self._not_dropped(top, orphans)
        for found in walk(self.root.path, top, tally) if orphans else ():
            if found.path in orphans and _orphan(found, suffix, now) == orphans[found.path]:
                remove(found, top, tally, "sidecar")
            yield

    def _not_elsewhere(self, top: str, orphans: dict[str, str], tally: Tally) -> Iterator[None]:
        """Leave out the sidecars whose file was renamed within the folder: they still tell of it."""
        root_id = self.root.state().root_id
        here, sizes = set(), set()
        for found in walk(self.root.path, top, tally):
            with contextlib.suppress(OSError):
                facts = found.facts()
                here.add(arrival_id(root_id, facts, found.path))
                sizes.add(facts.st_size)
            yield
        for path, arrival in list(orphans.items()):
            # In a copied root no file is the arrival that it was: its size is what is left of that.
            noted = read_facts(self.root.path / top / path) or {}
            if arrival in here or noted.get("size") in sizes:
                del orphans[path]

    def _not_dropped(self, top: str, orphans: dict[str, str]) -> Iterator[None]:
        """Leave out what is itself an arrival: somebody dropped a file that is called like a sidecar, and is one."""
        root_id = self.root.state().root_id
        places = {to_wire(f"{top}/{path}"): path for path in orphans}
        facts = {}
        for path in list(orphans):
            with contextlib.suppress(FileNotFoundError):
                facts[path] = (self.root.path / top / path).lstat()
        since = min((known.st_ctime for known in facts.values()), default=float("inf"))
        for line in Days(self.root.path).lines_since(since - _MOVE_SECONDS):
            place = places.get(str(line.get("to"))) if line else None
            if line and place in orphans and place in facts and is_of(line, root_id, facts[place]):
                del orphans[place]
            yield


def _remove_temporary(found: Found, top: str, pattern: re.Pattern[str], now: float, tally: Tally) -> None:
    if pattern.fullmatch(found.name) and not found.is_folder and _age(found, now) > _ABANDONED_SECONDS:
        remove(found, top, tally, "temporary")


def _orphan(found: Found, suffix: str, now: float) -> str | None:
    """Return the arrival that a sidecar of ours tells of, if its file is not beside it."""
    name = found.name
    if found.is_folder or not name.endswith(suffix) or _age(found, now) <= _ABANDONED_SECONDS:
        return None
    if _exists(name.removesuffix(suffix), found.parent) or _exists(name + suffix, found.parent):
        return None
    facts = read_facts(name, found.parent)
    return str(facts["arrival_id"]) if facts and is_ours(facts) else None


def _age(found: Found, now: float) -> float:
    try:
        return now - found.facts().st_ctime
    except OSError:
        return 0.0


def _exists(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # cannot be told: not an orphan
    return True
