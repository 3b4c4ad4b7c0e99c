"""The task: what becomes of a message, and what is told to the watcher of what stays in drop/."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
import structlog
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded, WorkerLostError

from turnstream import pipeline, work
from turnstream.alive import Holder, beat, hold, living
from turnstream.errors import MemoryOverrun, MemoryShort, TimeOverrun
from turnstream.folder import Hands
from turnstream.limits import Limits
from turnstream.models import Batch, Deferral, Extracted, FileRef, Parsed
from turnstream.parse import parse as parse_text
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings
from turnstream.tasks import Workshop, on_failure, run

Drop = Callable[..., FileRef]
Events = list[Any]
ParseWith = Callable[..., None]
PICTURE = b"\x89PNG\r\n\x1a\nno transcript"


def transcript(topic: str) -> str:
    return f"Talks about {topic}\n\nAnna Abel: Good morning.\n\nBoris Brandt: Good morning. We talk about {topic}.\n"


@pytest.fixture
def workshop(root: Root, root_settings: Settings, server: EmbeddedServer) -> Workshop:
    return Workshop(root_settings, server.url)


@pytest.fixture
def events() -> Iterator[Events]:
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
def parse_with(monkeypatch: pytest.MonkeyPatch) -> ParseWith:
    """Have something happen in the parser, at a file with a word."""

    def arrange(happens: Callable[[], object], word: str = "") -> None:
        def parse(document: Extracted) -> Parsed:
            if word in document.canonical:
                happens()
            return parse_text(document)

        monkeypatch.setattr(pipeline, "parse", parse)

    return arrange


def message(root: Root, *files: FileRef, batch_id: str = "batch") -> dict[str, Any]:
    """A task message as it comes from the broker."""
    batch = Batch(id=batch_id, root_id=root.state().root_id, files=files)
    return batch.model_dump(mode="json")


def named(events: Events, name: str) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == name]


def names(events: Events) -> list[str]:
    return [event["event"] for event in events]


def deferred(ledger: Ledger) -> dict[str, Deferral]:
    found: Any = ledger.client.hgetall(ledger.key("deferred"))
    return {path.decode(): Deferral.model_validate_json(text) for path, text in found.items()}


def reports(ledger: Ledger) -> list[str]:
    found: Any = ledger.client.lrange(ledger.key("reports"), 0, -1)
    return [path.decode() for path in found]


def counters(ledger: Ledger) -> dict[str, int]:
    found: Any = ledger.client.hgetall(ledger.key("counters"))
    return {name.decode(): int(count) for name, count in found.items()}


def raiser(error: Exception | type[Exception]) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it


class TestMessages:
    @pytest.mark.parametrize(
        "change",
        [
            {"v": 2},
            {"files": "a.txt"},
            {"files": [{"path": "a.txt"}]},
            {"files": [{"path": "a.txt", "arrival_id": "no id"}]},
            {"root_id": "short"},
            {"id": None},
        ],
    )
    def test_what_is_no_message_of_ours_is_refused(
        self, root: Root, workshop: Workshop, drop: Drop, events: Events, change: dict[str, Any]
    ) -> None:
        run({**message(root, drop("a.txt", transcript("water"))), **change}, workshop)
        (event,) = events
        assert event["event"] == "batch.refused"
        assert event["reason"] == "not_our_message"
        assert next(iter(change)) in event["detail"]
        assert (root.drop / "a.txt").exists()

    def test_its_refusal_does_not_repeat_what_stood_in_it(self, workshop: Workshop, events: Events) -> None:
        run({"id": 1, "root_id": "x", "files": "a secret"}, workshop)
        assert "a secret" not in str(events)

    def test_a_message_for_another_root_is_refused(
        self, root: Root, workshop: Workshop, drop: Drop, events: Events
    ) -> None:
        run({**message(root, drop("a.txt", transcript("water"))), "root_id": "0" * 16}, workshop)
        (event,) = events
        assert (event["event"], event["reason"]) == ("batch.refused", "other_root")
        assert (root.drop / "a.txt").exists()

    def test_every_file_gets_one_line(self, root: Root, workshop: Workshop, drop: Drop, events: Events) -> None:
        texts = {"new.txt": transcript("water"), "twin.txt": transcript("water"), "bad.png": PICTURE}
        files = {name: drop(name, content) for name, content in texts.items()}
        run(message(root, *files.values()), workshop)
        assert names(events) == ["document.published", "document.duplicate", "document.rejected"]
        assert [event["path"] for event in events] == list(texts)
        for event in events:
            assert event["arrival_id"] == files[event["path"]].arrival_id
            assert event["size"] == len(texts[event["path"]])
            assert event["to"].endswith(event["path"])
            assert 0 < event["duration_s"] < 10
        published, duplicate, rejected = events
        assert duplicate["original"] == published["arrival_id"]
        assert duplicate["document_id"] == published["document_id"]
        assert (rejected["reason"], rejected["stage"]) == ("unsupported_format", "move")
        assert rejected["hint"]

    def test_no_line_holds_text_of_a_document(self, root: Root, workshop: Workshop, drop: Drop, events: Events) -> None:
        run(message(root, drop("a.txt", transcript("water")), drop("b.txt", b"\xff\xfeword")), workshop)
        assert "Boris" not in str(events)
        assert "word" not in str(events)

    def test_a_redelivery_says_so(self, root: Root, workshop: Workshop, drop: Drop, events: Events) -> None:
        ref = drop("a.txt", transcript("water"))
        blocker = root.path / "archive" / f"{time.strftime('%Y-%m-%d', time.gmtime())}"
        blocker.touch()
        run(message(root, ref), workshop)
        blocker.unlink()
        run(message(root, ref), workshop)
        assert names(events) == ["document.blocked", "document.published"]
        assert events[1]["redelivered"] is True
        assert counters(workshop.tools().ledger) == {"published": 1}

    def test_a_parser_fault_is_told_with_its_cause(
        self, root: Root, workshop: Workshop, drop: Drop, events: Events, parse_with: ParseWith
    ) -> None:
        parse_with(raiser(IndexError("a fault")))
        run(message(root, drop("a.txt", transcript("water"))), workshop)
        (event,) = events
        assert (event["event"], event["reason"]) == ("document.rejected", "parser_failed")
        assert isinstance(event["exc_info"], IndexError)

    def test_outcomes_are_counted(self, root: Root, workshop: Workshop, drop: Drop) -> None:
        texts = {"1": transcript("water"), "2": transcript("rivers"), "3": transcript("water"), "4": PICTURE, "5": b""}
        run(message(root, *(drop(name, text) for name, text in texts.items())), workshop)
        run(message(root, drop("6", transcript("water"))), workshop)
        assert counters(workshop.tools().ledger) == {"published": 2, "duplicate": 2, "rejected": 2}


class TestDeferrals:
    def test_what_stays_is_reported(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        files = [drop("open.txt", transcript("water"), tries=4), drop("done.txt", transcript("rivers"))]
        with (root.drop / "open.txt").open("ab"):
            run(message(root, *files), workshop)
        assert names(events) == ["document.deferred", "document.published"]
        assert reports(ledger) == ["open.txt"]
        (deferral,) = deferred(ledger).values()
        assert deferral.reason == events[0]["reason"] == "still_open"
        assert (deferral.arrival_id, deferral.tries, deferral.crashes) == (files[0].arrival_id, 5, 0)
        assert not deferral.alone

    def test_a_name_that_is_no_utf8_is_reported_as_it_is_on_the_wire(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger
    ) -> None:
        ref = drop("\udcff.txt", transcript("water"))
        with (root.drop / "\udcff.txt").open("ab"):
            run(message(root, ref), workshop)
        assert list(deferred(ledger)) == reports(ledger) == [ref.path] == ["//%FF.txt"]

    def test_its_mark_goes_when_it_is_done(self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger) -> None:
        ref = drop("a.txt", transcript("water"))
        with (root.drop / "a.txt").open("ab"):
            run(message(root, ref), workshop)
        assert list(deferred(ledger)) == ["a.txt"]
        run(message(root, ref.model_copy(update={"tries": 1})), workshop)
        assert deferred(ledger) == {}

    def test_a_crash_that_was_counted_is_not_forgotten_by_a_deferral(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger
    ) -> None:
        ref = drop("a.txt", transcript("water"), crashes=2, tries=2)
        with (root.drop / "a.txt").open("ab"):
            run(message(root, ref), workshop)
        deferral = deferred(ledger)["a.txt"]
        assert (deferral.crashes, deferral.alone) == (2, True)

    def test_a_move_that_is_blocked_is_said_and_reported(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        (root.path / "archive").rmdir()
        (root.path / "archive").touch()
        run(message(root, drop("a.txt", transcript("water"))), workshop)
        (event,) = events
        assert (event["event"], event["reason"]) == ("document.blocked", "dispose_blocked")
        assert deferred(ledger)["a.txt"].reason == "dispose_blocked"

    def test_one_that_stays_blocked_is_said_once_and_reported_every_time(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        (root.path / "archive").rmdir()
        (root.path / "archive").touch()
        ref = drop("a.txt", transcript("water"), tries=1).model_copy(update={"reason": "still_open"})
        run(message(root, ref), workshop)
        ref = ref.model_copy(update={"tries": 2, "reason": deferred(ledger)["a.txt"].reason})
        run(message(root, ref), workshop)
        assert names(events) == ["document.blocked"]
        assert deferred(ledger)["a.txt"].tries == 3
        assert reports(ledger) == ["a.txt", "a.txt"]

    @pytest.mark.parametrize("at", ["place", "write_beside", "move"])
    def test_a_blocked_name_that_is_no_utf8_can_be_told(  # noqa: PLR0913, PLR0917 - pytest's fixtures
        self,
        root: Root,
        workshop: Workshop,
        drop: Drop,
        ledger: Ledger,
        events: Events,
        monkeypatch: pytest.MonkeyPatch,
        at: str,
    ) -> None:
        ref = drop("sub\udcff/bad\udcff.png", PICTURE)
        usual = getattr(Hands, at)

        def in_vain(hands: Hands, *args: Any, **kwargs: Any) -> Any:
            root.quarantine.rename(root.path / "elsewhere")
            root.quarantine.touch()
            for descriptor in hands._folders.values():
                if "elsewhere" in os.readlink(f"/proc/self/fd/{descriptor}"):  # noqa: PTH115
                    os.dup2(dead, descriptor)
            return usual(hands, *args, **kwargs)

        (root.path / "state" / "gone").mkdir()
        dead = os.open(root.path / "state" / "gone", os.O_RDONLY)
        (root.path / "state" / "gone").rmdir()
        monkeypatch.setattr(Hands, at, in_vain)
        run(message(root, ref), workshop)
        os.close(dead)
        (event,) = events
        assert (event["event"], event["reason"]) == ("document.blocked", "dispose_blocked")
        assert str(event).encode()
        assert deferred(ledger)[ref.path].reason == "dispose_blocked"

    def test_a_file_that_is_gone_is_nothing_to_report(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        ref = drop("a.txt", transcript("water"))
        (root.drop / "a.txt").unlink()
        run(message(root, ref), workshop)
        assert events == [], "said at debug only"
        assert deferred(ledger) == {}
        assert reports(ledger) == []

    def test_a_batch_that_ends_early_leaves_its_files(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        ledger.client.set(ledger.key("epoch"), "another")
        run(message(root, drop("a.txt", transcript("water")), drop("b.txt", transcript("rivers"))), workshop)
        (event,) = events
        assert (event["event"], event["reason"], event["files"]) == ("batch.abandoned", "ledger_held", 2)
        assert len(list(root.drop.iterdir())) == 2

    def test_that_batches_end_early_is_said_once(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        epoch = ledger.epoch()
        for topic in ("water", "rivers"):
            ref = drop(f"{topic}.txt", transcript(topic))
            for found in ("another", "another", epoch):
                ledger.client.set(ledger.key("epoch"), str(found))
                run(message(root, ref), workshop)
        assert [event["event"] for event in events] == ["batch.abandoned", "document.published"] * 2

    def test_without_a_server_a_batch_ends_early(
        self, root: Root, root_settings: Settings, drop: Drop, events: Events
    ) -> None:
        run(message(root, drop("a.txt", transcript("water"))), Workshop(root_settings, "redis://127.0.0.1:1"))
        (event,) = events
        assert (event["event"], event["reason"]) == ("batch.abandoned", "server_unavailable")
        assert (root.drop / "a.txt").exists()


class TestDeaths:
    """What Celery's parent reports of a child that died, and what a child notices of its time."""

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (WorkerLostError("signal 11 (SIGSEGV) Job: 1."), "worker_crashed"),
            (WorkerLostError("exitcode 3 Job: 1."), "worker_crashed"),
            (WorkerLostError("signal 24 (SIGXCPU) Job: 1."), "parse_timeout"),
            (TimeLimitExceeded(120), "parse_timeout"),
        ],
    )
    def test_one_file_alone_is_to_blame(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, error: Exception, reason: str
    ) -> None:
        ref = drop("a.txt", transcript("water"), crashes=1, tries=3)
        on_failure(workshop, exception=error, args=[message(root, ref)], task_id="batch")
        assert reports(ledger) == ["a.txt"]
        deferral = deferred(ledger)["a.txt"]
        assert deferral.reason == reason
        assert (deferral.arrival_id, deferral.crashes, deferral.tries, deferral.alone) == (ref.arrival_id, 2, 4, True)

    @pytest.mark.parametrize("error", [WorkerLostError("signal 9"), TimeLimitExceeded(120)])
    def test_of_many_none_is_blamed_but_each_comes_alone(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, error: Exception
    ) -> None:
        files = [drop(f"{number}.txt", transcript(str(number)), crashes=number) for number in range(3)]
        on_failure(workshop, exception=error, args=[message(root, *files)], task_id="batch")
        assert reports(ledger) == ["0.txt", "1.txt", "2.txt"]
        found = deferred(ledger)
        assert {path: deferral.crashes for path, deferral in found.items()} == {"0.txt": 0, "1.txt": 1, "2.txt": 2}
        assert all(deferral.alone and deferral.tries == 1 for deferral in found.values())

    def test_after_three_deaths_a_file_is_rejected_and_its_mark_goes(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        ref = drop("a.txt", transcript("water"))
        for batch_id in ("1", "2", "3"):
            error = WorkerLostError("signal 11 (SIGSEGV) Job: 1.")
            on_failure(workshop, exception=error, args=[message(root, ref, batch_id=batch_id)], task_id=batch_id)
            deferral = deferred(ledger)["a.txt"]
            ref = ref.model_copy(update={"crashes": deferral.crashes, "tries": deferral.tries})
        run(message(root, ref), workshop)
        assert (events[-1]["event"], events[-1]["reason"]) == ("document.rejected", "worker_crashed")
        facts = orjson.loads((root.quarantine / "a.txt.error.json").read_bytes())
        assert (facts["signal"], facts["attempts"], len(facts["deaths"])) == ("SIGSEGV", 3, 3)
        assert facts["memory"] == {"used_bytes": None, "limit_bytes": workshop.limits.memory_bytes}
        assert deferred(ledger) == {}

    def test_two_kills_from_outside_count_as_one_death(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger
    ) -> None:
        ref = drop("a.txt", transcript("water"))
        counts = []
        for batch_id, signal in enumerate(("SIGKILL", "SIGTERM", "SIGSEGV", "SIGKILL", "SIGKILL")):
            error = WorkerLostError(f"signal 0 ({signal}) Job: 1.")
            on_failure(workshop, exception=error, args=[message(root, ref, batch_id=str(batch_id))], task_id="t")
            counts.append(deferred(ledger)["a.txt"].crashes)
        assert counts == [0, 1, 2, 2, 3]

    def test_a_death_of_a_message_that_came_later_than_another_counts_on(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger
    ) -> None:
        """Both messages were sent before the watcher knew of the first death."""
        ref = drop("a.txt", transcript("water"))
        for batch_id in ("1", "2", "2"):
            error = TimeLimitExceeded(120)
            on_failure(workshop, exception=error, args=[message(root, ref, batch_id=batch_id)], task_id=batch_id)
        mark = deferred(ledger)["a.txt"]
        assert (mark.crashes, mark.tries, len(mark.deaths)) == (2, 2, 2), "and what Celery tells twice counts once"

    def test_of_a_batch_only_what_the_process_was_reading_comes_alone(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        files = [drop(f"{number}.txt", transcript(str(number))) for number in range(3)]
        workshop.in_hand.take(files[1].arrival_id)
        error = WorkerLostError("signal 11 (SIGSEGV) Job: 1.")
        on_failure(workshop, exception=error, args=[message(root, *files)], task_id="batch")
        found = deferred(ledger)
        assert {path: (mark.alone, mark.crashes) for path, mark in found.items()} == {
            "0.txt": (False, 0),
            "1.txt": (True, 0),
            "2.txt": (False, 0),
        }
        (event,) = events
        assert (event["event"], event["path"], event["signal"]) == ("document.suspected", "1.txt", "SIGSEGV")

    def test_what_a_process_reads_is_seen_while_it_does(
        self, root: Root, workshop: Workshop, drop: Drop, parse_with: ParseWith
    ) -> None:
        files = [drop(f"{number}.txt", transcript(f"topic {number}")) for number in range(2)]
        seen: list[list[bool]] = []
        parse_with(lambda: seen.append([workshop.in_hand.holds(ref.arrival_id) for ref in files]))
        run(message(root, *files), workshop)
        assert seen == [[True, False], [False, True]]
        assert not any(workshop.in_hand.holds(ref.arrival_id) for ref in files)

    def test_a_deaths_detail_is_cut(self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger) -> None:
        error = WorkerLostError("x" * 10_000)
        on_failure(workshop, exception=error, args=[message(root, drop("a.txt", "a"))], task_id="batch")
        assert len(deferred(ledger)["a.txt"].detail) == 200

    def test_any_other_error_is_a_bug_of_ours_and_blames_no_file(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, events: Events
    ) -> None:
        error = IndexError("a fault")
        on_failure(workshop, exception=error, args=[message(root, drop("a.txt", "a"))], task_id="batch")
        (event,) = events
        assert (event["event"], event["exc_info"]) == ("process.crashed", error)
        assert deferred(ledger) == {}

    def test_a_death_without_a_server_is_said(
        self, root: Root, root_settings: Settings, drop: Drop, events: Events
    ) -> None:
        away = Workshop(root_settings, "redis://127.0.0.1:1")
        error = WorkerLostError("signal 9")
        on_failure(away, exception=error, args=[message(root, drop("a.txt", "a"))], task_id="batch")
        assert names(events) == ["document.suspected", "batch.abandoned"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_batch_that_overruns_its_time_comes_back_as_single_files(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, parse_with: ParseWith, count: int
    ) -> None:
        parse_with(raiser(SoftTimeLimitExceeded()))
        run(message(root, *(drop(f"{number}", transcript(str(number))) for number in range(count))), workshop)
        found = deferred(ledger)
        assert len(found) == len(reports(ledger)) == count
        assert {deferral.reason for deferral in found.values()} == {"parse_timeout"}
        assert {deferral.crashes for deferral in found.values()} == {int(count == 1)}
        assert all(deferral.alone for deferral in found.values())
        assert len(list(root.drop.iterdir())) == count

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (MemoryError(), "worker_crashed"),
            (MemoryOverrun(2, 1), "worker_crashed"),
            (TimeOverrun(), "parse_timeout"),
        ],
    )
    def test_a_document_that_overran_a_limit_comes_alone_and_the_others_are_published(  # noqa: PLR0913, PLR0917 - fixtures
        self,
        root: Root,
        workshop: Workshop,
        drop: Drop,
        ledger: Ledger,
        parse_with: ParseWith,
        error: Exception,
        reason: str,
    ) -> None:
        parse_with(raiser(error), word="poison")
        files = [drop("a.txt", transcript("water")), drop("b.txt", transcript("poison"))]
        run(message(root, *files), workshop)
        assert [path.name for path in root.drop.iterdir()] == ["b.txt"]
        mark = deferred(ledger)["b.txt"]
        assert (mark.reason, mark.alone, mark.crashes, mark.deaths) == (reason, True, 0, ())
        run(message(root, files[1], batch_id="alone"), workshop)
        mark = deferred(ledger)["b.txt"]
        assert (mark.reason, mark.crashes, len(mark.deaths)) == (reason, 1, 1)

    def test_one_for_which_the_machine_has_no_memory_is_not_to_blame(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Limits, "fault", lambda *_: MemoryShort())
        monkeypatch.setattr(pipeline, "extract", lambda _: raiser(MemoryError())())
        run(message(root, drop("a.txt", transcript("water"))), workshop)
        mark = deferred(ledger)["a.txt"]
        assert (mark.reason, mark.alone, mark.crashes) == ("memory_short", False, 0)

    @pytest.mark.parametrize("count", [1, 3])
    def test_one_that_finds_no_memory_does_too(
        self, root: Root, workshop: Workshop, drop: Drop, ledger: Ledger, parse_with: ParseWith, count: int
    ) -> None:
        parse_with(raiser(MemoryError()))
        run(message(root, *(drop(f"{number}", transcript(str(number))) for number in range(count))), workshop)
        found = deferred(ledger)
        assert len(found) == len(reports(ledger)) == count
        assert {deferral.reason for deferral in found.values()} == {"worker_crashed"}
        assert {deferral.crashes for deferral in found.values()} == {int(count == 1)}
        assert all(deferral.alone for deferral in found.values())

    def test_overrunning_without_a_server_is_said(
        self, root: Root, root_settings: Settings, drop: Drop, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pipeline, "extract", lambda _: raiser(SoftTimeLimitExceeded())())
        run(message(root, drop("a.txt", transcript("water"))), Workshop(root_settings, "redis://127.0.0.1:1"))
        assert names(events) == ["document.suspected", "batch.abandoned"]

    def test_a_fault_of_ours_is_told_with_its_cause_and_what_the_disk_says_without(
        self, root: Root, workshop: Workshop, drop: Drop, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for error in (RecursionError(), OSError(24, "Too many open files")):
            monkeypatch.setattr(Hands, "take", lambda *_, error=error: raiser(error)())
            run(message(root, drop("a.txt", transcript("water"))), workshop)
        assert names(events) == ["document.deferred", "document.deferred"]
        assert [isinstance(event.get("exc_info"), RecursionError) for event in events] == [True, False]

    def test_a_disk_that_goes_on_failing_is_said_once_and_reported_every_time(
        self,
        root: Root,
        workshop: Workshop,
        drop: Drop,
        ledger: Ledger,
        events: Events,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(Hands, "take", lambda *_: raiser(OSError(5, "Input/output error"))())
        ref = drop("a.txt", transcript("water"))
        for tries in range(5):
            run(
                message(root, ref.model_copy(update={"tries": tries, "reason": "read_failed" if tries else None})),
                workshop,
            )
        assert names(events) == ["document.deferred"]
        assert deferred(ledger)["a.txt"].tries == 5
        assert deferred(ledger)["a.txt"].crashes == 0

    def test_a_worker_may_hold_as_many_files_as_it_is_allowed(self) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        try:
            work._allow_open_files()
            assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(hard, 65_536), hard)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class TestWorkshop:
    def test_a_process_makes_its_tools_once_and_a_child_its_own(
        self, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = workshop.tools()
        assert workshop.tools() is first
        monkeypatch.setattr(os, "getpid", lambda: -1)
        child = workshop.tools()
        assert child is not first
        assert child.ledger.client.connection_pool is not first.ledger.client.connection_pool


def test_a_sign_of_life_on_a_batch_lasts_as_long_as_it_says(ledger: Ledger) -> None:
    hold(ledger, {"long": Holder("farm7", 4711, 1000.0)}, 2)
    assert ledger.client.get(ledger.key("hold:long")) == b"farm7:4711:1000.000"
    assert 0 < ledger.client.pttl(ledger.key("hold:long")) <= 2000


def test_one_that_the_network_brings_late_holds_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host was cut off when it sent it: its kernel sends it again once it is not."""
    now = ledger.now()
    monkeypatch.setattr(ledger, "now", lambda: now - 3)
    hold(ledger, {"long": Holder("farm7", 4711, 1000.0)}, 2)
    assert not ledger.client.exists(ledger.key("hold:long"))


@pytest.mark.parametrize("shift", [-3600, 3600])
def test_signs_of_life_do_not_depend_on_the_clocks_of_hosts(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    beat(ledger, "watcher")
    with monkeypatch.context() as patch:
        now = time.time()
        patch.setattr(time, "time", lambda: now + shift)
        beat(ledger, "worker", 2)
        assert {process.role for process in living(ledger)} == {"watcher", "worker"}
    found = living(ledger)
    assert {process.role for process in found} == {"watcher", "worker"}
    assert all(0 <= process.silent < 60 for process in found)
