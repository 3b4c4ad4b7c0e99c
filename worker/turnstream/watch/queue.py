"""How much is sent: a few batches per worker process, the rest waits on disk.

One file a message when idle, so that nothing waits for company; up to
``batch.max_files`` under backlog, as one file a message costs ten times more.
"""

from __future__ import annotations

import math
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from turnstream.identify import arrival_id
from turnstream.models import Batch, FileRef, to_wire
from turnstream.settings import Settings
from turnstream.watch.backlog import Backlog, Entry, Place
from turnstream.watch.settle import Ready, Vanished, look

Enqueue = Callable[[Batch], None]


class Queue:
    """Draws due files from the backlog, looks whether they are complete, and sends them."""

    def __init__(self, drop: Path, backlog: Backlog, enqueue: Enqueue, settings: Settings, root_id: str) -> None:
        self.drop = drop
        self.backlog = backlog
        self.enqueue = enqueue
        self.settings = settings
        self.root_id = root_id
        self._newest_debt = 0.0
        #: Files to be tried alone: how many more may be sent, and those that have to wait for it.
        self._suspects = 0
        self._set_aside: list[Entry] = []

    def fill(self, depth: int, processes: int, now: float) -> bool:
        """Send batches until the queue, now ``depth`` messages long, is full; say whether it is.

        Raises:
            TransientError: a message could not be handed on; its files stay due.

        """
        places = self.settings.batch.queued_per_process * processes
        # One that keeps its process for long leaves the others their turn.
        self._suspects = max(processes // 2, 1) - len(self.backlog.suspects_sent())
        try:
            for _ in range(max(places - depth, 0)):
                most = batch_size(self.backlog.count(Place.DUE), places, self.settings.batch.max_files)
                newest = self._newest_turn(most)
                entries = self._draw_batch(most, now, newest=newest)
                if not entries:
                    return False
                self._send(entries, now, newest=newest)
            return True
        finally:
            while self._set_aside:
                self.backlog.put_back(self._set_aside.pop())

    def _send(self, entries: list[Entry], now: float, *, newest: bool) -> None:
        batch_id = uuid.uuid4().hex
        try:
            self.enqueue(Batch(id=batch_id, root_id=self.root_id, files=tuple(map(_reference, entries))))
        except BaseException:
            # It may have been sent all the same; then the second message finds the files gone.
            for entry in reversed(entries):
                self.backlog.put_back(entry, newest=newest)
            raise
        for entry in entries:
            self.backlog.sent(entry, batch_id, now)

    def _draw_batch(self, most: int, now: float, *, newest: bool) -> list[Entry]:
        entries: list[Entry] = []
        total = 0
        while len(entries) < most and (entry := self.backlog.draw(newest=newest)):
            if entry.alone and self._suspects <= 0:
                self._set_aside.append(entry)
                continue
            verdict = look(entry.candidate, self.drop, self.settings.watch, now)
            if isinstance(verdict, Vanished):
                self.backlog.forget([entry.path])
            elif isinstance(verdict, Ready):
                size = verdict.facts.st_size
                if entries and (entry.alone or total + size > self.settings.batch.max_bytes):
                    self.backlog.put_back(entry, newest=newest)
                    break
                self._recognise(entry, verdict.facts)
                entries.append(entry)
                total += size
                if entry.alone:
                    self._suspects -= 1
                    break
            else:
                self.backlog.wait(entry, verdict.until, verdict.reason)
        return entries

    def _recognise(self, entry: Entry, facts: os.stat_result) -> None:
        arrival = arrival_id(self.root_id, facts, entry.path)
        if entry.arrival_id not in ("", arrival):
            # Another file has the name: the crashes were not its own.
            entry.crashes, entry.deferred, entry.alone = 0, None, False
        entry.arrival_id = arrival

    def _newest_turn(self, most: int) -> bool:
        # Only a real backlog makes the newest wait for the oldest.
        if most < self.settings.batch.max_files:
            return False
        self._newest_debt += self.settings.watch.newest_share
        if self._newest_debt < 1:
            return False
        self._newest_debt -= 1
        return True


def _reference(entry: Entry) -> FileRef:
    return FileRef(
        path=to_wire(entry.path),
        arrival_id=entry.arrival_id,
        crashes=entry.crashes,
        tries=entry.tries,
        reason=entry.deferred if entry.tries else None,
    )


def batch_size(due: int, places: int, most: int) -> int:
    """Return how many files a message carries when ``due`` ones share ``places`` messages."""
    return min(max(math.ceil(due / places), 1), most)
