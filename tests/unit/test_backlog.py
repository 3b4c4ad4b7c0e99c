"""The watcher's bookkeeping: every known file stands in exactly one place and none is lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from turnstream.models import Deferral
from turnstream.watch.backlog import Backlog, Entry, Place
from turnstream.watch.bell import Note

NOW = 1000.0
MINE, OTHER = "0123456789abcdef", "fedcba9876543210"


def deferral(arrival_id: str = MINE, *, tries: int = 1, crashes: int = 0, alone: bool = False) -> Deferral:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return Deferral(arrival_id=arrival_id, reason="read_failed", at=moment, tries=tries, crashes=crashes, alone=alone)


def holding(*paths: str) -> Backlog:
    backlog = Backlog()
    backlog.add(paths, NOW, {})
    return backlog


def drawn(backlog: Backlog, *, newest: bool = False) -> Entry:
    entry = backlog.draw(newest=newest)
    assert entry is not None
    return entry


def all_due(backlog: Backlog) -> list[str]:
    """Draw until nothing is due."""
    return [entry.path for entry in iter(backlog.draw, None)]


def counts(backlog: Backlog) -> tuple[int, int, int]:
    return backlog.count(Place.WAITING), backlog.count(Place.DUE), backlog.count(Place.SENT)


def sent(path: str = "a", arrival_id: str = MINE) -> tuple[Backlog, Entry]:
    backlog = holding(path)
    entry = drawn(backlog)
    entry.arrival_id = arrival_id
    backlog.sent(entry, "batch", NOW)
    return backlog, entry


class TestComingAndGoing:
    def test_a_new_file_is_due_for_a_first_look(self) -> None:
        backlog = Backlog()
        backlog.add(["a", "b"], NOW, {"b": Note(moved=False, at=NOW - 1)})
        assert (len(backlog), counts(backlog)) == (2, (0, 2, 0))
        assert backlog.paths() == {"a", "b"}
        assert "a" in backlog
        one, other = drawn(backlog), drawn(backlog)
        assert (one.path, one.candidate.seen, one.candidate.note) == ("a", NOW, None)
        assert other.candidate.note == Note(moved=False, at=NOW - 1)

    @pytest.mark.parametrize("place", list(Place))
    def test_a_forgotten_file_is_nowhere(self, place: Place) -> None:
        backlog = holding("a")
        if place is Place.WAITING:
            backlog.wait(drawn(backlog), NOW, "settling")
        elif place is Place.SENT:
            backlog.sent(drawn(backlog), "batch", NOW)
        backlog.forget(["a", "never known"])
        assert (len(backlog), counts(backlog), set(backlog.paths())) == (0, (0, 0, 0), set())
        assert backlog.entry("a") is None
        assert "a" not in backlog
        backlog.wake(math.inf)
        assert all_due(backlog) == []
        assert list(backlog.sent_before(math.inf)) == []

    def test_a_file_that_comes_again_is_a_new_one(self) -> None:
        backlog, entry = sent()
        backlog.forget(["a"])
        backlog.add(["a"], NOW + 1, {})
        again = drawn(backlog)
        assert again is not entry
        assert (again.arrival_id, again.candidate.seen) == ("", NOW + 1)
        assert backlog.draw() is None


class TestDrawing:
    def test_the_oldest_comes_first(self) -> None:
        assert all_due(holding("a", "b", "c")) == ["a", "b", "c"]

    def test_the_newest_comes_first_on_demand(self) -> None:
        backlog = holding("a", "b", "c")
        assert drawn(backlog, newest=True).path == "c"
        assert all_due(backlog) == ["a", "b"]

    @pytest.mark.parametrize("newest", [False, True])
    def test_files_put_back_keep_their_place(self, newest: bool) -> None:
        backlog = holding("a", "b", "c", "d")
        entries = [drawn(backlog, newest=newest), drawn(backlog, newest=newest)]
        for entry in reversed(entries):
            backlog.put_back(entry, newest=newest)
        assert counts(backlog) == (0, 4, 0)
        assert all_due(backlog) == ["a", "b", "c", "d"]

    def test_a_drawn_file_counts_as_due_until_it_is_said_where_it_goes(self) -> None:
        backlog = holding("a")
        entry = drawn(backlog)
        assert counts(backlog) == (0, 1, 0)
        assert backlog.draw() is None
        backlog.sent(entry, "batch", NOW)
        assert counts(backlog) == (0, 0, 1)

    def test_a_file_that_waited_while_it_was_due_is_drawn_once(self) -> None:
        """A report may come while a file stands in line again; twice in one message would be two outcomes."""
        backlog, entry = sent()
        backlog.again(entry)
        backlog.defer("a", deferral(), NOW + 1)
        backlog.wake(NOW + 1)
        assert all_due(backlog) == ["a"]

    def test_nothing_is_drawn_from_nothing(self) -> None:
        assert Backlog().draw() is Backlog().draw(newest=True) is None


class TestWaiting:
    def test_a_waiting_file_is_due_when_its_time_has_come(self) -> None:
        backlog = holding("a")
        backlog.wait(drawn(backlog), NOW + 5, "settling")
        assert counts(backlog) == (1, 0, 0)
        assert backlog.next_wake() == NOW + 5
        backlog.wake(NOW + 4.9)
        assert backlog.draw() is None
        backlog.wake(NOW + 5)
        assert (counts(backlog), backlog.next_wake()) == ((0, 1, 0), None)
        assert drawn(backlog).reason == "settling"

    def test_files_wake_in_the_order_of_their_times(self) -> None:
        backlog = holding("a", "b", "c")
        for pause in (3, 1, 2):
            backlog.wait(drawn(backlog), NOW + pause, "settling")
        backlog.wake(NOW + 9)
        assert all_due(backlog) == ["b", "c", "a"]

    def test_only_the_last_wait_counts(self) -> None:
        backlog = holding("a")
        entry = drawn(backlog)
        backlog.wait(entry, NOW + 1, "settling")
        backlog.wait(entry, NOW + 9, "read_failed")
        backlog.wake(NOW + 5)
        assert (counts(backlog), entry.reason) == ((1, 0, 0), "read_failed")
        backlog.wake(NOW + 9)
        assert all_due(backlog) == ["a"]

    def test_an_event_makes_a_waiting_file_due_for_a_look(self) -> None:
        backlog = holding("a")
        entry = drawn(backlog)
        backlog.wait(entry, NOW + 5, "settling")
        note = Note(moved=False, at=NOW + 1)
        assert backlog.note("a", note) is entry
        assert entry.candidate.note == note
        assert all_due(backlog) == ["a"]
        backlog.wake(NOW + 5)
        assert all_due(backlog) == []

    def test_an_event_does_not_shorten_the_pause_after_a_failure(self) -> None:
        backlog, entry = sent()
        backlog.defer("a", deferral(), NOW + 5)
        backlog.note("a", Note(moved=False, at=NOW + 1))
        assert entry.place is Place.WAITING

    def test_an_event_of_an_unknown_file_is_nobodys(self) -> None:
        assert Backlog().note("a", Note(moved=False, at=NOW)) is None


class TestTold:
    def test_waiting_files_are_told_once_however_often_they_waited(self) -> None:
        backlog = holding("a", "b", "c")
        for reason in ("open", "settling"):
            for path in ("a", "b"):
                entry = backlog.entry(path)
                assert entry
                backlog.wait(entry, NOW + 1, reason)
        backlog.forget(["b"])
        assert [(entry.path, entry.reason) for entry in backlog.waiting()] == [("a", "settling")]

    def test_the_oldest_is_the_one_that_was_known_first_and_is_the_same_file_still(self) -> None:
        backlog = holding("a", "b")
        first = backlog.entry("a")
        assert first
        assert backlog.oldest() is first
        backlog.renew(first, NOW + 1)
        assert backlog.oldest() is backlog.entry("b")
        backlog.forget(["a", "b"])
        assert backlog.oldest() is None


class TestSending:
    def test_a_sent_file_remembers_its_message(self) -> None:
        backlog, entry = sent()
        assert (entry.batch_id, entry.sent_at, entry.place) == ("batch", NOW, Place.SENT)
        assert backlog.draw() is None

    def test_messages_older_than_a_moment_are_found(self) -> None:
        backlog = holding("a", "b", "c")
        for later in (0, 1):
            backlog.sent(drawn(backlog), "batch", NOW + later)
        assert [entry.path for entry in backlog.sent_before(NOW)] == []
        assert [entry.path for entry in backlog.sent_before(NOW + 1)] == ["a"]
        assert [entry.path for entry in backlog.sent_before(math.inf)] == ["a", "b"]

    def test_sent_files_may_be_made_due_while_they_are_gone_through(self) -> None:
        backlog, _ = sent()
        for entry in backlog.sent_before(math.inf):
            backlog.again(entry)
        assert (counts(backlog), all_due(backlog)) == ((0, 1, 0), ["a"])


class TestDeferring:
    def test_a_deferred_file_waits_and_keeps_what_is_known(self) -> None:
        backlog, entry = sent()
        backlog.defer("a", deferral(tries=3, crashes=2, alone=True), NOW + 4)
        assert (entry.place, entry.until, entry.reason) == (Place.WAITING, NOW + 4, "read_failed")
        assert (entry.tries, entry.deferred, entry.crashes, entry.alone) == (3, "read_failed", 2, True)

    def test_a_report_about_another_file_of_that_name_does_not_count(self) -> None:
        backlog, entry = sent()
        backlog.defer("a", deferral(OTHER, crashes=2), NOW + 4)
        assert (entry.place, entry.crashes) == (Place.SENT, 0)

    def test_a_report_about_an_unknown_file_is_nobodys(self) -> None:
        backlog = Backlog()
        backlog.defer("a", deferral(), NOW + 4)
        assert len(backlog) == 0

    def test_after_a_restart_a_report_holds_for_a_file_that_was_not_sent_yet(self) -> None:
        backlog = holding("a")
        backlog.defer("a", deferral(crashes=2), NOW + 4)
        assert counts(backlog) == (1, 0, 0)
        backlog.wake(NOW + 4)
        assert [(entry.crashes, entry.arrival_id) for entry in iter(backlog.draw, None)] == [(2, MINE)]

    def test_another_file_under_a_known_name_starts_anew(self) -> None:
        backlog, entry = sent()
        backlog.defer("a", deferral(tries=3, crashes=2, alone=True), NOW + 4)
        note = Note(moved=False, at=NOW)
        backlog.note("a", note)
        backlog.renew(entry, NOW + 1)
        assert (entry.tries, entry.crashes, entry.alone, entry.place) == (0, 0, False, Place.DUE)
        assert entry.deferred is None
        assert (entry.candidate.seen, entry.candidate.note, entry.candidate.version) == (NOW + 1, note, None)

    def test_a_late_report_about_the_old_file_does_not_count_for_the_new_one(self) -> None:
        """Else it would answer for the crashes of its predecessor."""
        backlog, entry = sent()
        backlog.renew(entry, NOW + 1)
        backlog.defer("a", deferral(tries=3, crashes=3, alone=True), NOW + 60)
        assert (entry.place, entry.tries, entry.crashes, entry.alone) == (Place.DUE, 0, 0, False)


class AnyOrder(RuleBasedStateMachine):
    """Everything that the watcher does with a backlog, in any order."""

    names = st.sampled_from("abcdef")

    def __init__(self) -> None:
        super().__init__()
        self.backlog = Backlog()
        self.now = NOW
        self.known: dict[str, Entry] = {}
        self.gone: list[Entry] = []

    def draw(self, most: int, *, newest: bool) -> list[Entry]:
        entries: list[Entry] = []
        while len(entries) < most and (entry := self.backlog.draw(newest=newest)):
            assert self.known.get(entry.path) is entry, "a forgotten file was drawn"
            assert not any(entry is other for other in entries), "a file was drawn twice"
            assert entry.place is Place.DUE
            entries.append(entry)
        return entries

    @rule(paths=st.sets(names, min_size=1))
    def come(self, paths: set[str]) -> None:
        new = sorted(paths - self.known.keys())
        self.backlog.add(new, self.now, {path: Note(moved=False, at=self.now) for path in new[::2]})
        for path in new:
            entry = self.backlog.entry(path)
            assert entry is not None
            self.known[path] = entry

    @rule(paths=st.sets(names, min_size=1))
    def go(self, paths: set[str]) -> None:
        self.backlog.forget(paths)
        for path in paths:
            if path in self.known:
                self.gone.append(self.known.pop(path))

    @rule(fate=st.integers(0, 3))
    def say_of_a_forgotten_one(self, fate: int) -> None:
        for entry in self.gone:
            if fate == 0:
                self.backlog.again(entry)
            elif fate == 1:
                self.backlog.wait(entry, self.now + 1, "settling")
            elif fate == 2:
                self.backlog.sent(entry, "batch", self.now)
            else:
                self.backlog.renew(entry, self.now)

    @rule(path=names, moved=st.booleans())
    def event(self, path: str, moved: bool) -> None:
        assert self.backlog.note(path, Note(moved, self.now)) is self.known.get(path)

    @rule(seconds=st.sampled_from([0.0, 0.5, 1.0, 2.0]))
    def later(self, seconds: float) -> None:
        self.now += seconds
        self.backlog.wake(self.now)
        assert not [
            entry.path for entry in self.known.values() if entry.place is Place.WAITING and entry.until <= self.now
        ]

    @rule(most=st.integers(1, 4), newest=st.booleans(), fates=st.lists(st.integers(0, 2), min_size=4, max_size=4))
    def look(self, most: int, newest: bool, fates: Sequence[int]) -> None:
        ready = []
        for entry, fate in zip(self.draw(most, newest=newest), fates, strict=False):
            if fate == 0:
                self.backlog.wait(entry, self.now + 1, "settling")
            elif fate == 1:
                self.backlog.forget([entry.path])
                del self.known[entry.path]
            else:
                entry.arrival_id = MINE
                ready.append(entry)
        for entry in ready:
            self.backlog.sent(entry, "batch", self.now)

    @rule(most=st.integers(1, 4), newest=st.booleans())
    def fail_to_send(self, most: int, newest: bool) -> None:
        entries = self.draw(most, newest=newest)
        for entry in reversed(entries):
            self.backlog.put_back(entry, newest=newest)
        again = self.draw(most, newest=newest)
        assert [entry.path for entry in again] == [entry.path for entry in entries]
        for entry in reversed(again):
            self.backlog.put_back(entry, newest=newest)

    @rule(seconds=st.integers(0, 2))
    def resend(self, seconds: int) -> None:
        for entry in self.backlog.sent_before(self.now - seconds):
            assert entry.place is Place.SENT
            self.backlog.again(entry)

    @rule(seconds=st.integers(0, 2), held=st.booleans())
    def find_under_way(self, seconds: int, held: bool) -> None:
        for entry in self.backlog.overdue(self.now - seconds, self.now - 1):
            self.backlog.still_sent(entry, self.now, held=held)

    @rule()
    def doubt(self) -> None:
        self.backlog.doubt_sent()

    @rule(path=names)
    def replace(self, path: str) -> None:
        if path in self.known:
            self.backlog.renew(self.known[path], self.now)

    @rule(path=names, arrival_id=st.sampled_from([MINE, OTHER]), pause=st.sampled_from([0.0, 0.5, 1.0]))
    def report(self, path: str, arrival_id: str, pause: float) -> None:
        self.backlog.defer(path, deferral(arrival_id), self.now + pause)

    @invariant()
    def the_known_are_known(self) -> None:
        assert self.backlog.paths() == self.known.keys()
        assert len(self.backlog) == len(self.known)
        assert all(self.backlog.entry(path) is entry for path, entry in self.known.items())

    @invariant()
    def overdue_are_all_whose_time_is_up_and_no_others(self) -> None:
        sent = [entry for entry in self.known.values() if entry.place is Place.SENT]
        for age, age_held in ((0, 1), (1, 0), (2, 2)):
            found = self.backlog.overdue(self.now - age, self.now - age_held)
            wanted = [entry for entry in sent if entry.sent_at <= self.now - (age_held if entry.held else age)]
            assert sorted(entry.path for entry in found) == sorted(entry.path for entry in wanted)

    @invariant()
    def suspects_sent_are_the_sent_ones_that_are_to_be_tried_alone(self) -> None:
        wanted = [path for path, entry in self.known.items() if entry.place is Place.SENT and entry.alone]
        assert sorted(entry.path for entry in self.backlog.suspects_sent()) == sorted(wanted)

    @invariant()
    def counts_are_the_number_of_files_in_each_place(self) -> None:
        places = [entry.place for entry in self.known.values()]
        assert counts(self.backlog) == tuple(places.count(place) for place in Place)

    @invariant()
    def no_wait_is_slept_through(self) -> None:
        untils = [entry.until for entry in self.known.values() if entry.place is Place.WAITING]
        wake = self.backlog.next_wake()
        assert not untils or (wake is not None and wake <= min(untils))

    def teardown(self) -> None:
        """In the end each due file, and nothing else, can be drawn once."""
        due = sorted(path for path, entry in self.known.items() if entry.place is Place.DUE)
        assert sorted(entry.path for entry in self.draw(99, newest=False)) == due


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
