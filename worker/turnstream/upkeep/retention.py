"""What is past its age is deleted: published files, duplicates, rejected files, days of the journal.

A file's age counts from its outcome: the move into its folder sets its change time
(ctime), which nobody can set back; its own modification time says nothing.  Deleted is
only what had an outcome, or lies where only outcomes belong:

archive/     every regular file in the dated folders; a folder that became empty goes, too
duplicates/  a file whose sidecar tells of this very arrival, and that sidecar
quarantine/  the same: a file that somebody mended, or put there himself, stays
journal/     a day that no file in archive/ depends on, never the days that tell which
             ledger the root knows (the newest with an entry, today, yesterday)

No link is followed.  All functions yield after each step, so that they can be spread out.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from turnstream.identify import is_arrival
from turnstream.models import from_wire
from turnstream.root import Root
from turnstream.settings import RetentionSettings
from turnstream.sidecars import DUPLICATE_SUFFIX, ERROR_SUFFIX, is_ours, read_facts
from turnstream.upkeep.days import day_of, moment
from turnstream.upkeep.walk import Found, Tally, remove, walk

_DAY_SECONDS = 86400.0
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Bytes at the end of a journal file in which an entry is looked for, as the watcher does at its start.
_TAIL_BYTES = 1_000_000
_ENTRY = b'"entry_id":"'


def expire(root: Root, settings: RetentionSettings, now: float, tally: Tally) -> Iterator[None]:
    """Delete what is past its age at ``now`` (Unix time); ``tally`` tells what was."""
    if settings.archive_days:
        yield from _archive(root.path, now - settings.archive_days * _DAY_SECONDS, tally)
    for end, days, suffix in (
        ("duplicates", settings.duplicates_days, DUPLICATE_SUFFIX),
        ("quarantine", settings.quarantine_days, ERROR_SUFFIX),
    ):
        if days:
            yield from _End(root, end, suffix, now - days * _DAY_SECONDS, tally).expire()
    if settings.journal_days:
        yield from _journal(root.path, now, settings.journal_days, tally)


def _archive(root: Path, before: float, tally: Tally) -> Iterator[None]:
    for day in _archived_days(root):
        if _day_begins(day) > before:
            continue  # nothing in it can be older, whatever a clock that was wrong then made of its files' times
        top = f"archive/{day}"
        for found in walk(root, top, tally):
            if found.is_folder:
                _remove_empty(found.parent, found.name)
            elif _came(found, top, tally) <= before:
                remove(found, top, tally, "archive")
            yield
        _remove_empty_day(root / top)


@dataclass(frozen=True, slots=True)
class _End:
    """A folder whose files have sidecars."""

    root: Root
    name: str
    suffix: str
    before: float
    tally: Tally

    def expire(self) -> Iterator[None]:
        root_id = self.root.state().root_id
        emptied: set[str] = set()
        for found in walk(self.root.path, self.name, self.tally):
            parent = found.path.rpartition("/")[0]
            if found.is_folder:
                # Only a folder that we emptied: another one may be somebody's.
                if found.path in emptied and _remove_empty(found.parent, found.name):
                    emptied.add(parent)
            elif _came(found, self.name, self.tally) <= self.before and self._is_due(found, root_id):
                self._remove(found)
                emptied.add(parent)
            yield

    def _is_due(self, found: Found, root_id: str) -> bool:
        """Whether its outcome is old enough, by its note as well: some file systems keep the ctime at a move."""
        facts = read_facts(found.name + self.suffix, found.parent)
        if facts is None or not is_ours(facts) or moment(facts) > self.before:
            return False
        path = facts.get("dropped_as", facts["file"])
        with contextlib.suppress(FileNotFoundError):
            return isinstance(path, str) and is_arrival(facts["arrival_id"], root_id, found.facts(), from_wire(path))
        return False

    def _remove(self, found: Found) -> None:
        if remove(found, self.name, self.tally, self.name):
            try:
                os.unlink(found.name + self.suffix, dir_fd=found.parent)
            except OSError as error:
                self.tally.fault(self.name, f"{self.name}/{found.path}{self.suffix}", error)


def _journal(root: Path, now: float, days: float, tally: Tally) -> Iterator[None]:
    before = now - days * _DAY_SECONDS
    # A file's line is written on the day of its dated folder or later.
    oldest_archived = min(_archived_days(root), default="9999-12-31")
    protected = _protected_day(root / "journal", now)
    for found in walk(root, "journal", tally, deep=False):
        day = day_of(found.name)
        if day and _is_day(day) and day < min(oldest_archived, protected):
            ended = _day_begins(day) + _DAY_SECONDS
            if max(ended, _came(found, "journal", tally)) <= before:
                remove(found, "journal", tally, "journal")
        yield


def _protected_day(journal: Path, now: float) -> str:
    """Return the day from which on no file of the journal may go: yesterday, or the newest with an entry."""
    day = f"{datetime.fromtimestamp(now - _DAY_SECONDS, UTC):%Y-%m-%d}"
    dated = sorted((found, file) for file in journal.iterdir() if (found := day_of(file.name)))
    newest = next((found for found, file in reversed(dated) if _names_entry(file)), dated[0][0] if dated else day)
    return min(day, newest)


def _names_entry(file: Path) -> bool:
    try:
        with file.open("rb") as lines:
            lines.seek(max(os.fstat(lines.fileno()).st_size - _TAIL_BYTES, 0))
            return _ENTRY in lines.read()
    except OSError:
        return False


def _archived_days(root: Path) -> list[str]:
    try:
        return sorted(day.name for day in (root / "archive").iterdir() if _is_day(day.name))
    except OSError:
        return []


def _is_day(name: str) -> bool:
    if not _DAY.fullmatch(name):
        return False
    try:
        _day_begins(name)
    except ValueError:
        return False
    return True


def _day_begins(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def _came(found: Found, top: str, tally: Tally) -> float:
    """Return when a file came to where it is; never, if that cannot be told."""
    try:
        return found.facts().st_ctime
    except OSError as error:
        tally.fault(top, f"{top}/{found.path}", error)
        return float("inf")


def _remove_empty(parent: int, name: str) -> bool:
    try:
        os.rmdir(name, dir_fd=parent)
    except OSError:
        return False  # not empty, or not ours to remove
    return True


def _remove_empty_day(folder: Path) -> None:
    if folder.is_symlink():
        return
    try:
        folder.rmdir()
    except OSError:
        return
