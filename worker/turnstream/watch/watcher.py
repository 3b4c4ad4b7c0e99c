"""The loop: bell or timer → scan → settle → queue.  Nothing that it forgets is lost."""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from collections.abc import Mapping

from turnstream.errors import TransientError
from turnstream.garbage import collect_seldom
from turnstream.identify import arrival_id
from turnstream.log import say
from turnstream.models import Deferral, from_wire, printable, to_wire
from turnstream.root import Root
from turnstream.settings import Settings
from turnstream.watch.answers import answers, backlog_words
from turnstream.watch.backlog import Backlog, Entry, Place
from turnstream.watch.bell import Bell, Note, is_among
from turnstream.watch.contact import Contact
from turnstream.watch.guard import Guard
from turnstream.watch.housekeeping import Housekeeping
from turnstream.watch.lookout import Look, Lookout
from turnstream.watch.queue import Queue
from turnstream.watch.under_way import under_way

#: Objects made before Python looks for garbage: some MB of it at most.
_GC_OBJECTS = 5000
#: Seconds between looks at the queue's depth while files are due: those that the files of one message take at least,
#: and the shortest such pause, also while the queue runs dry.
_FILE_SECONDS, _POLL_SECONDS = 0.0002, 0.002
#: Most seconds that a question of `explain` lies unread.
_ASK_SECONDS = 1.0
#: Seconds between questions whether a worker still holds what was found with it.
_HELD_SECONDS = 1.0
#: Seconds between looks for messages that led to nothing.
_RESEND_SECONDS = 0.25
#: A scan may take this share of the watcher's time; dearer ones are spaced out.
_SCAN_SHARE = 0.05


class Watcher:
    """Watches one root until ``stop`` is set.  Build it, then ``run`` it in the main thread."""

    def __init__(self, root: Root, contact: Contact, queue: Queue, settings: Settings) -> None:
        self.root = root
        self.contact = contact
        self.queue = queue
        self.backlog: Backlog = queue.backlog
        self.settings = settings.watch
        self.max_crashes = settings.work.max_attempts
        self._poll_seconds = max(_FILE_SECONDS * settings.batch.max_files, _POLL_SECONDS)
        self.root_id = root.state().root_id
        self.stop = threading.Event()
        self.housekeeping = Housekeeping(root, settings)
        self.bell = Bell()
        self.guard = Guard(root, self.bell, self.settings)
        self.lookout = Lookout(root.drop, self.backlog, self.settings)
        self._prefix = f"{root.drop}/"
        self._notes: dict[str, Note] = {}
        self._stale: set[str] = set()
        self._dry = False
        self._rang = True
        self._scan_from = self._sweep_at = self._ask_at = self._resend_at = 0.0

    def end(self) -> None:
        """Let ``run`` return soon; safe in a signal handler."""
        # A handler may have interrupted this very thread while it held the lock of one of them.
        threading.Thread(target=self._end, name="end").start()

    def _end(self) -> None:
        self.stop.set()
        self.bell.ring()

    def run(self) -> None:
        """Watch until ``end`` is called.

        Raises:
            BadConfiguration: the server's ledger belongs to another root.

        """
        collect_seldom(_GC_OBJECTS)
        say("watch.started", drop=printable(str(self.root.drop)), native_events=self.settings.native_events)
        try:
            while not self.stop.is_set():
                self.turn()
                self._sleep()
        finally:
            self.guard.end()
            self.contact.close()
            say("watch.stopped", waiting=len(self.backlog))

    def turn(self) -> None:
        """One round: look if there is reason to, then send what is due."""
        now = time.monotonic()
        if now >= self._sweep_at:
            self.guard.mend()
        is_due = now >= self._sweep_at or (self._rang and now >= self._scan_from) or self.lookout.runs_dry
        if is_due or self.lookout.is_looking:
            self.look()
        self.backlog.wake(time.monotonic())
        if self.contact.open(now):
            try:
                if self.contact.restored(now):
                    self._serve(now)
                    self.contact.served()
                else:
                    self._ask_at = now
            except TransientError as error:
                self.contact.lost(error, time.monotonic())
                # Workers abandon in an outage what they have, and acknowledgements are lost.
                self.backlog.doubt_sent()
                self._resend_at = 0.0
        self.housekeeping.go(time.monotonic())

    def look(self) -> None:
        """Compare the folder with what is known of it; of a large one, some thousand names."""
        self._hear()
        if not self.lookout.is_looking:
            self._rang = False
            notes, self._notes = self._notes, {}
            self.lookout.begin(notes, time.monotonic())
        look = self.lookout.go_on()
        if look:
            self._conclude(look)

    def _conclude(self, look: Look) -> None:
        self._let_go(look.gone)
        fresh = look.fresh if not self.settings.done_marker else ()
        # What came during the look may have been heard after it began.
        self.guard.look(look.refused, fresh, look.notes.keys() | self._notes.keys(), look.began)
        pause = look.took / _SCAN_SHARE
        self._scan_from = time.monotonic() + max(self.settings.gather_seconds, pause / 4)
        self._sweep_at = look.began + min(max(self.settings.sweep_seconds, pause), self.settings.sweep_max_seconds)
        self._recheck_sent(look)

    def _sleep(self) -> None:
        if self.lookout.is_looking:
            return
        now = time.monotonic()
        wakes = [self._sweep_at, self.backlog.next_wake() or self._sweep_at, max(self._ask_at, self.contact.try_at)]
        if self.backlog.count(Place.DUE) and not self.contact.paused:
            pause = _POLL_SECONDS if self._dry else self._poll_seconds
            wakes.append(now + pause if self.contact.open(now) else self.contact.try_at)
        if now < self._scan_from or self._rang:
            # The bell could only wake us for a look that is not due yet.
            wakes.append(self._scan_from)
            self.stop.wait(max(min(wakes) - now, 0))
            self._rang = self._rang or self.bell.wait(0)
        else:
            self._rang = self.bell.wait(max(min(wakes) - now, 0))

    def _serve(self, now: float) -> None:
        for path, deferral in self.contact.begin().items():
            self._recall(path, deferral)
        self._stale.update(map(to_wire, self.backlog.stale))
        self.backlog.stale.clear()
        had_chores = self.contact.chores(now, self._words)
        busy = self._stale or self.backlog.count(Place.DUE) or self.backlog.count(Place.SENT)
        if not (had_chores or busy or now >= self._ask_at):
            return
        poll = self.contact.poll(self._stale)
        self._ask_at = now + _ASK_SECONDS
        self._stale.clear()
        for path, deferral in poll.deferrals.items():
            if from_wire(path) in self.backlog:
                self.backlog.defer(from_wire(path), deferral, now + self._pause_after(deferral))
            else:
                self._stale.add(path)
        if now >= self._resend_at:
            self._resend(now)
            self._resend_at = now + min(_RESEND_SECONDS, self.settings.resend_seconds)
        self._dry = poll.depth < self.contact.processes
        self._hear()  # a writer may have come back to what is due
        # Few may be tried at a time: the next one does not wait for a look at the whole folder.
        self._let_go({entry.path for entry in self.backlog.suspects_sent() if self._is_gone(entry.path)})
        if not self.contact.paused:
            self.queue.fill(poll.depth, self.contact.processes, time.monotonic())
        words = self._words() if poll.questions else {}
        for question in poll.questions:
            found = answers(question, self.backlog, self.guard.refused, self.lookout.beyond)
            self.contact.answer(question, found, words)

    def _pause_after(self, deferral: Deferral) -> float:
        if deferral.crashes >= self.max_crashes:
            return 0.0  # it is only to be put aside
        if deferral.alone and not deferral.crashes:
            return 0.0  # of a batch that a process died on, and most likely not to blame
        return min(
            self.settings.retry_seconds * 2.0 ** min(max(deferral.tries - 1, 0), 30), self.settings.retry_max_seconds
        )

    def _resend(self, now: float) -> None:
        found = self.backlog.overdue(now - self.settings.resend_seconds, now - _HELD_SECONDS)
        overdue = [entry for entry in found if entry.sent_at + self._pause_of_resend(entry) <= now]
        # Looks at a large folder are far apart: most of these are done.
        self._let_go({entry.path for entry in overdue if self._is_gone(entry.path)})
        overdue = [entry for entry in overdue if self.backlog.entry(entry.path) is entry]
        if not overdue:
            return
        batches = under_way(self.contact.ledger, {entry.batch_id for entry in overdue})
        for entry in overdue:
            held = entry.batch_id in batches.held
            if held or entry.batch_id in batches.queued:
                self.backlog.still_sent(entry, now, held=held)
            else:
                self.backlog.again(entry)

    def _pause_of_resend(self, entry: Entry) -> float:
        if entry.held:
            return _HELD_SECONDS
        # Twice without growing, as after two kills of a worker; then what abandons it is not soon over.
        pause = self.settings.resend_seconds * 2.0 ** min(max(entry.resends - 1, 0), 30)
        return min(pause, max(self.settings.retry_max_seconds, self.settings.resend_seconds))

    def _recheck_sent(self, look: Look) -> None:
        before = look.began - self.settings.sweep_seconds
        # Of a folder that was moved in no event tells which files have the names of those before.
        for entry in self.backlog.sent_before(math.inf if look.came else before):
            if entry.sent_at < before or is_among(entry.path, look.came):
                self._renew_if_other(entry, look.began)

    def _hear(self) -> None:
        rang, heard = self.bell.answer()
        self._rang = self._rang or rang
        notes = {path.removeprefix(self._prefix): note for path, note in heard.items()}
        self.guard.heard(notes)
        self._note_events(notes)
        # The next look wants those of files that it will find.
        self._notes.update(notes)
        if self.lookout.is_looking or self._scan_from - time.monotonic() > self.settings.gather_seconds:
            # It is far away: they are looked at now.
            # Not by `-`, which goes through all that is known.
            self.lookout.hear([path for path in notes if path not in self.backlog], notes, time.monotonic())

    def _note_events(self, notes: Mapping[str, Note]) -> None:
        for path in notes.keys() & self.backlog.paths():
            entry = self.backlog.note(path, notes[path])
            if entry is not None and entry.place is Place.SENT:
                self._renew_if_other(entry, notes[path].at)

    def _renew_if_other(self, entry: Entry, now: float) -> None:
        if self._arrival_at(entry.path) not in (None, entry.arrival_id) or self._was_away(entry):
            self.backlog.renew(entry, now)

    def _was_away(self, entry: Entry) -> bool:
        # Condemned and put back by `quarantine retry` between two looks: the same file, and its crashes don't count.
        known, facts = entry.candidate.version, self._facts_of(entry.path) if entry.crashes else None
        return known is not None and facts is not None and facts.st_ctime_ns != known.changed_ns

    def _recall(self, path: str, deferral: Deferral) -> None:
        # After a restart: what was known of a file holds if it is still the same one, and was not put back since.
        facts = self._facts_of(from_wire(path))
        stays = facts is not None and facts.st_ctime <= deferral.at.timestamp()
        if stays and self._arrival_at(from_wire(path)) == deferral.arrival_id:
            self.backlog.defer(from_wire(path), deferral, time.monotonic())
        else:
            self._stale.add(path)

    def _arrival_at(self, path: str) -> str | None:
        facts = self._facts_of(path)
        return facts and arrival_id(self.root_id, facts, path)

    def _is_gone(self, path: str) -> bool:
        try:
            os.lstat(self._prefix + path)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return False

    def _facts_of(self, path: str) -> os.stat_result | None:
        try:
            return os.lstat(self._prefix + path)
        except (OSError, ValueError):  # a mark of deferral may name what no file can be called
            return None

    def _let_go(self, gone: set[str]) -> None:
        for path in gone:
            entry = self.backlog.entry(path)
            if entry is not None and entry.place is Place.SENT and self.settings.done_marker:
                self._take_marker(path)
        self.backlog.forget(gone)

    def _take_marker(self, path: str) -> None:
        # Left behind it would call a later file of this name complete.  A file may also be unseen because its
        # folder could not be read.
        if self._is_gone(path):
            with contextlib.suppress(OSError):
                os.unlink(self._prefix + path + self.settings.done_marker)  # noqa: PTH108 - an fs string

    def _words(self) -> dict[str, str]:
        return {
            **backlog_words(self.backlog, self.lookout.beyond),
            **self.guard.words(),
        }
