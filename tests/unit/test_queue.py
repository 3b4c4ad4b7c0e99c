"""How much is sent: one file a message when idle, many under backlog, and never more than a few messages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.errors import ServerUnavailable
from turnstream.identify import arrival_id
from turnstream.models import Batch, from_wire
from turnstream.settings import Settings, load
from turnstream.watch import settle
from turnstream.watch.backlog import Backlog, Place
from turnstream.watch.queue import Queue, batch_size

ROOT_ID = "0123456789abcdef"
NOW = 1000.0
#: Messages per worker process, and files per message, of these tests.
PER_PROCESS, MOST = 3, 5


class Sending:
    """A queue with a real folder, whose messages end in a list."""

    def __init__(self, drop: Path, settings: Settings) -> None:
        self.drop = drop
        self.sent: list[Batch] = []
        self.fails_at: int | None = None
        self.backlog = Backlog()
        self.queue = Queue(drop, self.backlog, self.enqueue, settings, ROOT_ID)

    def enqueue(self, batch: Batch) -> None:
        if len(self.sent) == self.fails_at:
            raise ServerUnavailable("gone")
        self.sent.append(batch)

    def lay(self, *names: str, size: int = 1) -> None:
        for name in names:
            path = self.drop / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x" * size)
        self.backlog.add(names, NOW, {})

    def lay_many(self, count: int) -> list[str]:
        names = [f"{number:03}" for number in range(count)]
        self.lay(*names)
        return names

    def fill(self, depth: int = 0, processes: int = 1, now: float = NOW) -> bool:
        return self.queue.fill(depth, processes, now)

    @property
    def messages(self) -> list[list[str]]:
        return [[from_wire(file.path) for file in batch.files] for batch in self.sent]


Make = Callable[..., Sending]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    for name in os.environ:
        if name.upper().startswith("TURNSTREAM_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    # Long after every file here was made, so that none has to settle.
    monkeypatch.setattr(settle, "time", SimpleNamespace(time=lambda: 4_000_000_000.0, monotonic=lambda: NOW))
    defaults = load(root=tmp_path)

    def make(newest_share: float = 0.0, **batch: Any) -> Sending:
        limits = {"queued_per_process": PER_PROCESS, "max_files": MOST, "max_bytes": 1000} | batch
        watch = defaults.watch.model_copy(update={"newest_share": newest_share})
        changes = {"batch": defaults.batch.model_copy(update=limits), "watch": watch}
        (tmp_path / "drop").mkdir()
        return Sending(tmp_path / "drop", defaults.model_copy(update=changes))

    return make


@pytest.fixture
def sending(make: Make) -> Sending:
    return make()


@pytest.mark.parametrize(
    ("due", "places", "most", "expected"),
    [
        (0, 6, 200, 1),
        (1, 6, 200, 1),
        (6, 6, 200, 1),
        (7, 6, 200, 2),
        (12, 6, 200, 2),
        (13, 6, 200, 3),
        (1200, 6, 200, 200),
        (1201, 6, 200, 200),
        (10**6, 6, 200, 200),
        (100, 6, 1, 1),
        (5, 1, 200, 5),
    ],
)
def test_due_files_share_the_places_of_the_queue(due: int, places: int, most: int, expected: int) -> None:
    assert batch_size(due, places, most) == expected


@given(st.integers(0, 10**7), st.integers(1, 10**4), st.integers(1, 1000))
def test_a_message_is_never_empty_or_too_large_and_all_fit_if_they_can(due: int, places: int, most: int) -> None:
    size = batch_size(due, places, most)
    assert 1 <= size <= most
    assert size == most or size * places >= due


class TestFill:
    def test_nothing_due_sends_nothing(self, sending: Sending) -> None:
        assert not sending.fill()
        assert sending.sent == []

    def test_few_files_go_one_by_one(self, sending: Sending) -> None:
        sending.lay("a", "b", "c")
        assert sending.fill()
        assert sending.messages == [["a"], ["b"], ["c"]]
        assert sending.backlog.count(Place.SENT) == 3

    def test_a_queue_with_room_left_says_so(self, sending: Sending) -> None:
        sending.lay("a")
        assert not sending.fill()
        assert sending.messages == [["a"]]

    def test_a_backlog_goes_in_full_messages_and_the_rest_waits_on_disk(self, sending: Sending) -> None:
        names = sending.lay_many(4 * MOST * PER_PROCESS)
        assert sending.fill()
        assert sending.messages == [names[0:5], names[5:10], names[10:15]]
        assert sending.backlog.count(Place.DUE) == len(names) - 15

    def test_the_places_grow_with_the_worker_processes(self, sending: Sending) -> None:
        sending.lay_many(99)
        sending.fill(processes=4)
        assert len(sending.sent) == 4 * PER_PROCESS

    @pytest.mark.parametrize(("depth", "messages"), [(0, 3), (1, 2), (2, 1), (3, 0), (4, 0), (999, 0)])
    def test_only_free_places_are_filled(self, depth: int, messages: int, sending: Sending) -> None:
        sending.lay_many(99)
        assert sending.fill(depth)
        assert len(sending.sent) == messages
        assert sending.backlog.count(Place.SENT) == messages * MOST

    def test_what_was_sent_is_not_sent_again(self, sending: Sending) -> None:
        sending.lay("a")
        sending.fill()
        assert not sending.fill()
        assert sending.messages == [["a"]]

    def test_a_file_that_is_gone_is_forgotten(self, sending: Sending) -> None:
        sending.lay("a", "b")
        (sending.drop / "a").unlink()
        sending.fill()
        assert sending.messages == [["b"]]
        assert sending.backlog.paths() == {"b"}

    def test_a_file_that_is_not_complete_waits_and_does_not_hold_up_the_others(self, sending: Sending) -> None:
        sending.lay("a", "b")
        with (sending.drop / "a").open("ab"):
            assert not sending.fill()
        assert sending.messages == [["b"]]
        entry = sending.backlog.entry("a")
        assert entry is not None
        assert entry.place is Place.WAITING
        assert entry.until > NOW
        assert entry.reason == "a program has it open for writing"
        for _ in ("closed", "quiet"):
            now = entry.until
            sending.backlog.wake(now)
            sending.fill(now=now)
        assert sending.messages == [["b"], ["a"]]


class TestMessages:
    def test_it_tells_each_file_and_what_is_known_of_it(self, sending: Sending) -> None:
        name = os.fsdecode(b"t\xfcr/caf\xe9.txt")
        sending.lay(name)
        entry = sending.backlog.entry(name)
        assert entry is not None
        entry.crashes, entry.tries, entry.deferred = 2, 5, "still_open"
        sending.fill()
        (batch,) = sending.sent
        (file,) = batch.files
        assert (batch.v, batch.root_id) == (1, ROOT_ID)
        assert file.path == "//t%FCr/caf%E9.txt"
        assert file.arrival_id == arrival_id(ROOT_ID, (sending.drop / name).stat(), name) == entry.arrival_id
        assert (file.crashes, file.tries, file.reason) == (2, 5, "still_open")
        assert (entry.batch_id, entry.sent_at) == (batch.id, NOW)

    def test_each_has_an_id_of_its_own(self, sending: Sending) -> None:
        sending.lay_many(99)
        sending.fill()
        assert len({batch.id for batch in sending.sent}) == PER_PROCESS

    def test_a_file_that_is_to_go_alone_goes_alone(self, sending: Sending) -> None:
        names = sending.lay_many(99)
        for name in (names[2], names[3]):
            entry = sending.backlog.entry(name)
            assert entry is not None
            entry.alone = True
        sending.fill(processes=4)
        assert sending.messages[:4] == [names[0:2], [names[2]], [names[3]], names[4:9]]

    def test_those_that_are_to_go_alone_leave_the_others_a_process(self, sending: Sending) -> None:
        names = sending.lay_many(8)
        for name in names[:3]:
            entry = sending.backlog.entry(name)
            assert entry is not None
            entry.alone = True
        sending.fill(processes=2)
        assert [file for files in sending.messages for file in files] == [names[0], *names[3:]]
        assert sending.backlog.count(Place.DUE) == 2, "they keep their place in line"
        sending.lay("8")
        sending.fill(processes=2)
        assert sending.messages[-1] == ["8"]
        first = sending.backlog.entry(names[0])
        assert first is not None
        sending.backlog.wait(first, NOW + 1, "worker_crashed")
        sending.fill(processes=2)
        assert sending.messages[-1] == [names[1]]

    def test_another_file_under_a_known_name_does_not_answer_for_the_old_ones_crashes(self, sending: Sending) -> None:
        sending.lay("a")
        entry = sending.backlog.entry("a")
        assert entry is not None
        entry.arrival_id, entry.crashes, entry.alone = "f" * 16, 2, True
        entry.tries, entry.deferred = 3, "worker_crashed"
        sending.fill()
        (file,) = sending.sent[0].files
        assert (file.crashes, file.tries, file.reason) == (0, 3, None)
        assert not entry.alone

    @pytest.mark.parametrize(
        ("max_bytes", "sizes"), [(79, [1, 1, 1, 5]), (80, [2, 2, 5]), (119, [2, 5]), (120, [3, 5])]
    )
    def test_its_files_are_bounded_together(self, max_bytes: int, sizes: list[int], make: Make) -> None:
        sending = make(max_bytes=max_bytes)
        names = [f"{number}" for number in range(40)]
        sending.lay(*names[:4], size=40)
        sending.lay(*names[4:], size=1)
        sending.fill(processes=2)
        assert [len(message) for message in sending.messages][: len(sizes)] == sizes
        assert [name for message in sending.messages for name in message] == names[: sending.backlog.count(Place.SENT)]

    def test_a_file_above_the_bound_goes_alone(self, make: Make) -> None:
        sending = make(max_bytes=100)
        sending.lay("a", size=1)
        sending.lay("large", size=101)
        sending.lay("b", *(f"{number}" for number in range(40)), size=0 + 1)
        sending.fill()
        assert sending.messages[:2] == [["a"], ["large"]]
        assert sending.messages[2][0] == "b"


class TestFailure:
    @pytest.mark.parametrize("fails_at", [0, 1, 2])
    @pytest.mark.parametrize("newest_share", [0.0, 1.0])
    def test_files_of_a_message_that_was_not_sent_stay_due_in_order(
        self, fails_at: int, newest_share: float, make: Make
    ) -> None:
        sending = make(newest_share)
        names = sending.lay_many(30)
        sending.fails_at = fails_at
        with pytest.raises(ServerUnavailable):
            sending.fill()
        assert len(sending.sent) == fails_at
        assert sending.backlog.count(Place.SENT) == fails_at * MOST
        assert sending.backlog.count(Place.DUE) == len(names) - fails_at * MOST
        sending.fails_at = None
        for _ in range(20):
            sending.fill()
        together = [name for message in sending.messages for name in message]
        assert sorted(together) == names
        if not newest_share:
            assert together == names
        else:
            assert together[: PER_PROCESS * MOST] == names[: -PER_PROCESS * MOST - 1 : -1]

    def test_an_interrupt_loses_nothing_either(self, make: Make) -> None:
        sending = make()
        names = sending.lay_many(30)

        def interrupted(_: Batch) -> None:
            raise KeyboardInterrupt

        sending.queue.enqueue = interrupted
        with pytest.raises(KeyboardInterrupt):
            sending.fill()
        assert sending.backlog.count(Place.DUE) == len(names)
        entry = sending.backlog.draw()
        assert entry is not None
        assert entry.path == names[0]


class TestNewestShare:
    def test_under_backlog_a_share_of_the_messages_holds_the_newest(self, make: Make) -> None:
        sending = make(0.25)
        names = sending.lay_many(200)
        sending.fill(processes=3)
        firsts = [message[0] for message in sending.messages]
        assert firsts == [names[n] for n in (0, 5, 10, -1, 15, 20, 25, -6, 30)]
        assert sending.messages[3] == names[: -MOST - 1 : -1]

    @pytest.mark.parametrize(("share", "newest"), [(0.0, 0), (0.5, 10), (0.75, 15), (1.0, 20)])
    def test_the_share_is_kept_over_many_messages(self, share: float, newest: int, make: Make) -> None:
        sending = make(share)
        names = sending.lay_many(200)
        for _ in range(20):
            sending.fill(depth=PER_PROCESS - 1)
        assert len(sending.sent) == 20
        assert sum(message[0] > names[100] for message in sending.messages) == newest

    def test_without_a_real_backlog_the_oldest_comes_first(self, make: Make) -> None:
        sending = make(1.0)
        names = sending.lay_many((MOST - 1) * PER_PROCESS)
        sending.fill()
        assert [message[0] for message in sending.messages] == sorted(message[0] for message in sending.messages)
        assert sending.messages[0][0] == names[0]
