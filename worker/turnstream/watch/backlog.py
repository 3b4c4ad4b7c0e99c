"""Which files of ``drop/`` are known, and where each stands: waiting, due, or sent.

Pure bookkeeping: no clock, no disk, no server.  Times are monotonic seconds.
"""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict
from collections.abc import Container, Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass
from enum import Enum

from turnstream.models import Deferral
from turnstream.watch.bell import Note
from turnstream.watch.settle import Candidate

#: Arrival id of a file that took a known name and was not looked at yet: no report is about it.
_ANOTHER = "another"


class Place(Enum):
    """Where a known file stands."""

    WAITING = "waiting"
    DUE = "due"
    SENT = "sent"


@dataclass(slots=True)
class Entry:
    """A known file.  ``batch_id`` and ``arrival_id`` are those of its last message.

    ``sent_at`` is when that was sent, or found to be under way; ``held``, found with a worker.
    ``reason`` is why it waits, ``deferred`` as what its arrival was last deferred, ``resends``
    how often it was sent again in vain; ``marked`` whether the server may have a mark of deferral
    under its path, of whatever arrival; ``news`` whether it came while more waited than are kept in mind.
    """

    candidate: Candidate
    news: bool = False
    place: Place = Place.WAITING
    reason: str = ""
    until: float = 0.0
    batch_id: str = ""
    sent_at: float = 0.0
    held: bool = False
    resends: int = 0
    arrival_id: str = ""
    tries: int = 0
    deferred: str | None = None
    crashes: int = 0
    alone: bool = False
    marked: bool = False

    @property
    def path(self) -> str:
        """Fs string below ``drop/``."""
        return self.candidate.path


class Backlog:
    """All known files; the oldest due first, the newest on demand.

    ``stale`` are the paths of forgotten files whose marks of deferral are to be taken away.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        #: In the order of their turn; a drawn one is not in it, though its place is ``DUE``.
        self._due: OrderedDict[str, Entry] = OrderedDict()
        #: The same for news: else what is taken into mind later, and is older, would be the newest.
        self._news: OrderedDict[str, Entry] = OrderedDict()
        self._waiting: list[tuple[float, int, Entry]] = []
        #: In the order of ``sent_at``, of those that are not held, and of those that are.
        self._sent: dict[str, Entry] = {}
        self._held: dict[str, Entry] = {}
        self._suspects: dict[str, Entry] = {}
        self._order = itertools.count()
        self._counts = dict.fromkeys(Place, 0)
        self.stale: set[str] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def entry(self, path: str) -> Entry | None:
        """What is known of a path."""
        return self._entries.get(path)

    def count(self, place: Place) -> int:
        """How many files stand there."""
        return self._counts[place]

    def paths(self) -> KeysView[str]:
        """All known paths; changes with the backlog."""
        return self._entries.keys()

    def oldest(self) -> Entry | None:
        """Return the file that has been known for longest."""
        return next(iter(self._entries.values()), None)

    def waiting(self) -> Iterator[Entry]:
        """Yield the files that wait, each once."""
        entries = {entry.path: entry for _, _, entry in self._waiting if entry.place is Place.WAITING}
        yield from (entry for path, entry in entries.items() if self._entries.get(path) is entry)

    def add(self, paths: Iterable[str], now: float, notes: Mapping[str, Note], *, news: bool = False) -> None:
        """Take in files that were not known; each is due for a first look."""
        for path in paths:
            entry = Entry(Candidate(path, now, notes.get(path)), news)
            self._entries[path] = entry
            self._counts[entry.place] += 1
            self._to_due(entry)

    def forget(self, paths: Iterable[str]) -> None:
        """Let go of files that are no longer there."""
        for path in paths:
            entry = self._entries.pop(path, None)
            if entry is not None:
                self._counts[entry.place] -= 1
                self._take_off(entry)
                if entry.marked:
                    self.stale.add(path)

    def note(self, path: str, note: Note) -> Entry | None:
        """Remember an event of a known file; one that waited is due for a look."""
        entry = self._entries.get(path)
        if entry is not None:
            entry.candidate.note = note
            if entry.place is Place.WAITING and not entry.tries:
                self._to_due(entry)
        return entry

    def wake(self, now: float) -> None:
        """Make due what has waited long enough."""
        while self._waiting and self._waiting[0][0] <= now:
            until, _, entry = heapq.heappop(self._waiting)
            if entry.place is Place.WAITING and entry.until == until:
                self._to_due(entry)

    def next_wake(self) -> float | None:
        """When the next file has waited long enough; stale entries only make it early."""
        return self._waiting[0][0] if self._waiting else None

    def draw(self, *, newest: bool = False) -> Entry | None:
        """Take the oldest (or newest) due file off the list; say at once where it goes."""
        lines = (self._news, self._due) if newest else (self._due, self._news)
        return next((line.popitem(last=newest)[1] for line in lines if line), None)

    def put_back(self, entry: Entry, *, newest: bool = False) -> None:
        """Return a drawn file to the end of the list that it was drawn from."""
        line = self._line_of(entry)
        line[entry.path] = entry
        line.move_to_end(entry.path, last=newest)

    def positions(self, paths: Container[str]) -> dict[str, int]:
        """Return the places in line, from 1, of those of these paths that are due."""
        line = itertools.chain(self._due, self._news)
        return {path: position for position, path in enumerate(line, 1) if path in paths}

    def wait(self, entry: Entry, until: float, reason: str) -> None:
        """Let a file wait."""
        entry.until, entry.reason = until, reason
        self._move(entry, Place.WAITING)
        heapq.heappush(self._waiting, (until, next(self._order), entry))

    def sent(self, entry: Entry, batch_id: str, now: float) -> None:
        """Note that a message carries a file; ``now`` is never before that of an earlier call."""
        entry.batch_id, entry.sent_at, entry.held = batch_id, now, False
        self._move(entry, Place.SENT)

    def still_sent(self, entry: Entry, now: float, *, held: bool) -> None:
        """Note that a sent file's message is under way, as if it had been sent now, or that a worker holds it."""
        if self._entries.get(entry.path) is not entry or entry.place is not Place.SENT:
            return
        self._take_off(entry)
        entry.sent_at, entry.held = now, held
        self._put(entry)

    def again(self, entry: Entry) -> None:
        """Make a sent file due again: its message led to nothing."""
        entry.resends += 1
        self._to_due(entry)

    def renew(self, entry: Entry, now: float) -> None:
        """Another file has a known name: what was known of the old one does not hold."""
        if self._entries.get(entry.path) is entry:
            self._entries[entry.path] = self._entries.pop(entry.path)  # the youngest now
        note = entry.candidate.note
        entry.candidate = Candidate(entry.path, now, note)
        entry.tries = entry.crashes = entry.resends = 0
        entry.deferred, entry.alone = None, False
        entry.arrival_id = _ANOTHER
        self._to_due(entry)

    def defer(self, path: str, deferral: Deferral, until: float) -> None:
        """Note why a file stays, unless another one has its name by now."""
        entry = self._entries.get(path)
        if entry is None:
            return
        entry.marked = True
        if entry.arrival_id and entry.arrival_id != deferral.arrival_id:
            return
        entry.arrival_id, entry.deferred = deferral.arrival_id, deferral.reason
        entry.tries, entry.crashes, entry.alone = deferral.tries, deferral.crashes, deferral.alone
        entry.resends = 0
        self.wait(entry, until, deferral.reason)

    def doubt_sent(self) -> None:
        """Take every message for lost: whether it was is asked at the next resend."""
        for entry in self._all_sent():
            entry.sent_at, entry.resends = float("-inf"), 0

    def suspects_sent(self) -> list[Entry]:
        """Return the files that have to be tried alone and are with a message."""
        return [*self._suspects.values()]

    def sent_before(self, moment: float) -> Iterator[Entry]:
        """Files whose message is older than ``moment``."""
        yield from [entry for entry in self._all_sent() if entry.sent_at < moment]

    def overdue(self, sent_before: float, held_before: float) -> list[Entry]:
        """Return the sent files whose message is older than ``sent_before``, or if held, than ``held_before``.

        It takes no longer if many others are sent.
        """
        return [*_older(self._sent, sent_before), *_older(self._held, held_before)]

    def _all_sent(self) -> Iterator[Entry]:
        return itertools.chain(self._sent.values(), self._held.values())

    def _to_due(self, entry: Entry) -> None:
        if entry.place is not Place.DUE:
            self._move(entry, Place.DUE)

    def _line_of(self, entry: Entry) -> OrderedDict[str, Entry]:
        return self._news if entry.news else self._due

    def _move(self, entry: Entry, place: Place) -> None:
        if self._entries.get(entry.path) is not entry:
            return  # forgotten meanwhile
        self._take_off(entry)
        self._counts[entry.place] -= 1
        self._counts[place] += 1
        entry.place = place
        self._put(entry)

    def _put(self, entry: Entry) -> None:
        if entry.place is Place.DUE:
            self._line_of(entry)[entry.path] = entry
        elif entry.place is Place.SENT:
            (self._held if entry.held else self._sent)[entry.path] = entry
            if entry.alone:
                self._suspects[entry.path] = entry

    def _take_off(self, entry: Entry) -> None:
        if entry.place is Place.DUE:
            self._line_of(entry).pop(entry.path, None)
        elif entry.place is Place.SENT:
            (self._held if entry.held else self._sent).pop(entry.path, None)
            self._suspects.pop(entry.path, None)


def _older(line: dict[str, Entry], moment: float) -> Iterator[Entry]:
    return itertools.takewhile(lambda entry: entry.sent_at <= moment, line.values())
