"""Looks at ``drop/`` and compares it with what is known, a part at a time: a million names take over a second.

No more than ``watch.window_files`` that wait for their turn are kept in mind; the others lie
beyond, unseen but for their number, until there is room.  What came since the look before
is taken in all the same.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from turnstream.log import say
from turnstream.models import printable
from turnstream.settings import WatchSettings
from turnstream.watch.backlog import Backlog, Place
from turnstream.watch.bell import Note, is_among
from turnstream.watch.scan import Sight, ignore_pattern, survey

#: Files that are told as new of one look: who wants to know whether events come needs no more.
_TOLD = 1000
#: Seconds after which a look lets others have their turn.
_MOMENT_SECONDS = 0.01
#: Bits by which the files beyond the window are known again.
_BITS = 1 << 26


class Crowd:
    """Many paths in little memory: of a million strangers, one in seventy is taken for one of a million members."""

    def __init__(self) -> None:
        self._bits = bytearray(_BITS >> 3)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, paths: Collection[str]) -> None:
        """Take paths in that are no members yet."""
        bits = self._bits
        for path in paths:
            bit = hash(path) % _BITS
            bits[bit >> 3] |= 1 << (bit & 7)
        self._count += len(paths)

    def strangers(self, paths: Iterable[str]) -> set[str]:
        """Return those that are no members."""
        bits = self._bits
        return {path for path in paths if not bits[(bit := hash(path) % _BITS) >> 3] & 1 << (bit & 7)}


@dataclass(slots=True)
class Look:
    """One look, at its end: what is no longer there, which files are new, and which folders refused.

    ``began`` is in monotonic seconds, ``took`` how many of them the look itself took.  ``came``
    are the folders that were moved in before it.
    """

    began: float
    notes: Mapping[str, Note]
    came: Collection[str] = ()
    took: float = 0.0
    gone: set[str] = field(default_factory=set)
    fresh: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    passed_over: set[str] = field(default_factory=set)
    beyond: Crowd | None = None


class Lookout:
    """Takes files of ``drop/`` into the backlog.  ``begin`` a look, then ``go_on`` until it is done."""

    def __init__(self, drop: Path, backlog: Backlog, settings: WatchSettings) -> None:
        self.drop = drop
        self.backlog = backlog
        self.marker = settings.done_marker
        self.window = settings.window_files
        self.ignored = ignore_pattern(settings.ignore)
        self._look: Look | None = None
        self._parts: Iterator[Sight] = iter(())
        self._passed_over: set[str] = set()
        self._beyond: Crowd | None = None

    @property
    def is_looking(self) -> bool:
        """Whether a look has begun and is not done."""
        return self._look is not None

    @property
    def beyond(self) -> int:
        """How many files the last look found and had no room for."""
        return len(self._beyond) if self._beyond else 0

    @property
    def runs_dry(self) -> bool:
        """Whether there is much room again for files that had none."""
        return self.beyond > 0 and self._room() > self.window * 3 // 4

    def begin(self, notes: Mapping[str, Note], now: float) -> None:
        """Begin a look.

        Args:
            notes: the last event of each file that was heard since the look before.
            now: monotonic seconds.

        """
        self._look = Look(now, notes, {path for path, note in notes.items() if note.folder})
        self._parts = survey(self.drop, self.ignored)

    def go_on(self) -> Look | None:
        """Look for a moment; return the look when it is done."""
        look, began = self._look, time.monotonic()
        assert look
        for part in self._parts:
            self._compare(part, look)
            if time.monotonic() - began > _MOMENT_SECONDS:
                break
        else:
            self._finish(look)
        look.took += time.monotonic() - began
        return None if self.is_looking else look

    def hear(self, paths: Iterable[str], notes: Mapping[str, Note], now: float) -> None:
        """Take in files that events told of, without a look.

        Of what is in a folder that came, only the first ones, and of many folders, for a moment: a look finds the rest.
        """
        end = time.monotonic() + _MOMENT_SECONDS
        for path in paths:
            for found in self._files_at(path, end):
                if self._room() + self.window <= 0:
                    return
                if found not in self.backlog and self._takes(found):
                    # What a look that goes on takes in after it is older.
                    self.backlog.add([found], now, notes, news=self.is_looking or self.beyond > 0)

    def _compare(self, part: Sight, look: Look) -> None:
        look.refused |= part.refused
        known = part.files & self.backlog.paths()
        look.seen |= {path for path in known if self._is_marked(path)} if self.marker else known
        look.passed_over |= self._passed_over & (part.files | part.others)
        for path in sorted(part.others - self._passed_over):
            self._pass_over(path, look)
        fresh = part.files - known - self._passed_over
        news = fresh & look.notes.keys()
        if self._beyond is not None:
            news |= self._beyond.strangers(fresh)
            if look.came:
                news |= {path for path in fresh if is_among(path, look.came)}
        late = self._take_in(news, self._room() + self.window, look, are_new=True)
        late += self._take_in(fresh - news, self._room(), look, are_new=self._beyond is None)
        if late:
            look.beyond = Crowd() if look.beyond is None else look.beyond
            look.beyond.add(late)

    def _take_in(self, paths: set[str], room: int, look: Look, *, are_new: bool) -> list[str]:
        """Take files in while there is room; return the others."""
        if room <= 0:
            return [*paths]
        in_order = sorted(paths)
        for number, path in enumerate(in_order):
            if not room:
                return in_order[number:]
            if self.ignored.fullmatch(path.rpartition("/")[2]):
                self._pass_over(path, look)
            elif not self.marker or self._is_marked(path):
                self.backlog.add([path], look.began, look.notes, news=are_new and self._beyond is not None)
                look.seen.add(path)
                look.fresh += [path] if are_new and len(look.fresh) < _TOLD else []
                room -= 1
        return []

    def _finish(self, look: Look) -> None:
        sight = Sight(refused=look.refused)
        entries = ((path, self.backlog.entry(path)) for path in self.backlog.paths() - look.seen)
        look.gone = {
            path for path, entry in entries if entry and entry.candidate.seen <= look.began and not sight.hides(path)
        }
        self._look, self._beyond, self._passed_over = None, look.beyond, look.passed_over

    def _room(self) -> int:
        return self.window - self.backlog.count(Place.DUE) - self.backlog.count(Place.WAITING)

    def _takes(self, path: str) -> bool:
        ignored = any(self.ignored.fullmatch(name) for name in path.split("/"))
        return not ignored and (not self.marker or self._is_marked(path))

    def _files_at(self, path: str, end: float) -> Iterable[str]:
        try:
            mode = os.lstat(f"{self.drop}/{path}").st_mode
        except OSError:
            return ()
        if stat.S_ISDIR(mode) and time.monotonic() < end:
            return sorted(next(survey(self.drop, self.ignored, below=path)).files)
        return (path,) if stat.S_ISREG(mode) else ()

    def _is_marked(self, path: str) -> bool:
        return not path.endswith(self.marker) and os.path.lexists(f"{self.drop}/{path}{self.marker}")

    def _pass_over(self, path: str, look: Look) -> None:
        if path not in look.passed_over:
            say("files.ignored", path=printable(path))
        look.passed_over.add(path)
