"""A server that lost its ledger gets nothing written until it is whole again, from journal and archive."""

from __future__ import annotations

import os
import shutil
import signal
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.integration.conftest import Drop
from tests.integration.test_ledger import claims_of, entries_of, snapshot
from turnstream import connect, crashpoint
from turnstream.agreement import agree, disagreement
from turnstream.alive import Process, beat
from turnstream.errors import BadConfiguration, DisposeBlocked, LedgerHeld
from turnstream.journal import Journal
from turnstream.models import Extracted, FileRef, OutcomeKind, Record
from turnstream.packed import unpack_head
from turnstream.pipeline import Tools, process, record_of
from turnstream.publish import Ledger, entry_id_of
from turnstream.rebuild.run import Report, rebuild
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings
from turnstream.trimmed import note_trimmed

PUBLISHED, DUPLICATE = OutcomeKind.PUBLISHED, OutcomeKind.DUPLICATE
Publish = Callable[..., list[str]]


def talk(about: object) -> str:
    return f"Talks about {about}\n\nAnna: What about {about}?\nBen: It is {about}.\nAnna: Good.\n"


def whole(root: Root, ledger: Ledger, **options: bool) -> Report:
    (report,) = deque(rebuild(root, ledger, **options), maxlen=1)
    return report


def events_of(ledger: Ledger) -> list[dict[str, Any]]:
    return [orjson.loads(fields[b"data"]) for _, fields in entries_of(ledger)]


def titles(ledger: Ledger) -> list[str]:
    return [event["data"]["title"].removeprefix("Talks about ") for event in events_of(ledger)]


def ids(ledger: Ledger) -> list[str]:
    return [entry.decode() for entry, _ in entries_of(ledger)]


def lose(ledger: Ledger) -> None:
    """What a server is like that came back without its data: no key, no script."""
    for key in ledger.client.scan_iter(f"{ledger.prefix}*"):
        ledger.client.delete(key)
    ledger.client.script_flush()


def restore(ledger: Ledger, backup: dict[bytes, bytes]) -> None:
    """What a server is like that was started with an older copy of its data."""
    lose(ledger)
    for key, data in backup.items():
        ledger.client.restore(key, 0, data)


@pytest.fixture
def publish(drop: Drop, tools: Tools) -> Publish:
    """Publish talks, and return their entry ids."""

    def do(*about: object) -> list[str]:
        arrivals = process([drop(f"{one}.txt", talk(one)) for one in about], tools)
        assert [arrival.outcome for arrival in arrivals] == [PUBLISHED] * len(about)
        return [arrival.answer.entry_id for arrival in arrivals if arrival.answer]

    return do


def killed_after(root: Root, url: str, settings: Settings, steps: int) -> bool:
    """Rebuild in a process that is killed after so many steps; return whether it was."""
    child = os.fork()
    if child == 0:
        try:
            ledger = Ledger(connect.client(url, settings.server), settings.server.key_prefix)
            for number, _ in enumerate(rebuild(root, ledger), start=1):
                if number == steps:
                    os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


class TestEmptied:
    def test_all_is_published_again_under_the_old_event_ids_in_the_old_order(
        self, publish: Publish, root: Root, ledger: Ledger
    ) -> None:
        before = [*publish("water", "ice"), *publish("steam")]
        events = events_of(ledger)
        lose(ledger)
        report = whole(root, ledger)
        assert (report.known, report.restored, report.republished, report.unrecoverable) == (0, 0, 3, 0)
        again = events_of(ledger)
        assert [event["id"] for event in again] == [event["id"] for event in events]
        for new, old in zip(again, events, strict=True):
            moments = ("received_at",)
            assert {k: v for k, v in new["data"]["provenance"].items() if k not in moments} == {
                k: v for k, v in old["data"]["provenance"].items() if k not in moments
            }
            assert new["data"]["turns"] == old["data"]["turns"]
            assert abs(datetime.fromisoformat(new["time"]) - datetime.fromisoformat(old["time"])).seconds < 5
        assert min(map(entry_id_of, ids(ledger))) > max(map(entry_id_of, before))

    def test_what_comes_again_afterwards_is_a_duplicate_and_what_is_new_is_published(
        self, publish: Publish, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        publish("water")
        lose(ledger)
        whole(root, ledger)
        agree(root, ledger)
        arrivals = process([drop("again.txt", talk("water")), drop("new.txt", talk("ice"))], tools)
        assert [arrival.outcome for arrival in arrivals] == [DUPLICATE, PUBLISHED]
        facts = orjson.loads((root.path / "duplicates/again.txt.duplicate.json").read_bytes())
        assert facts["duplicate_of"]["archived"] == f"archive/{datetime.now(UTC):%Y-%m-%d}/water.txt"
        assert titles(ledger) == ["water", "ice"]
        assert ledger.client.hget(ledger.key("counters"), "published") == b"2"

    def test_until_then_nothing_is_written_or_moved(
        self, publish: Publish, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        publish("water")
        files = [drop("again.txt", talk("water")), drop("new.txt", talk("ice"))]
        lose(ledger)
        with pytest.raises(LedgerHeld):
            process(files, tools)
        steps = iter(rebuild(root, ledger))
        next(steps)
        with pytest.raises(LedgerHeld):
            process(files, tools)
        assert {path.name for path in root.drop.iterdir()} == {"again.txt", "new.txt"}
        deque(steps, maxlen=0)
        assert [arrival.outcome for arrival in process(files, tools)] == [DUPLICATE, PUBLISHED]

    def test_a_second_loss_is_mended_as_the_first(self, publish: Publish, root: Root, ledger: Ledger) -> None:
        publish("water")
        for _ in range(2):
            lose(ledger)
            assert whole(root, ledger).republished == 1
            publish_ids = ids(ledger)
        agree(root, ledger)
        assert titles(ledger) == ["water"]
        assert len(publish_ids) == 1

    def test_ids_go_on_above_the_journals_highest_even_if_the_clock_went_back(
        self, publish: Publish, root: Root, ledger: Ledger
    ) -> None:
        ledger.client.xadd(ledger.key("documents"), {"data": "x"}, id="9999999999999-5")
        ledger.client.xdel(ledger.key("documents"), "9999999999999-5")
        (before,) = publish("water")
        assert before == "9999999999999-6"
        lose(ledger)
        whole(root, ledger)
        assert ids(ledger) == ["9999999999999-7"]

    def test_entries_that_were_trimmed_are_not_published_again(
        self, publish: Publish, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        publish("old", "older")
        (kept,) = publish("kept")
        note_trimmed(root.path, kept)
        lose(ledger)
        report = whole(root, ledger)
        assert (report.restored, report.republished) == (2, 1)
        assert titles(ledger) == ["kept"]
        (arrival,) = process([drop("again.txt", talk("older"))], tools)
        assert arrival.outcome == DUPLICATE


class TestOldCopy:
    def test_only_what_the_copy_lacks_is_published_again(self, publish: Publish, root: Root, ledger: Ledger) -> None:
        old = publish("water", "ice")
        backup = snapshot(ledger)
        publish("steam", "snow")
        restore(ledger, backup)
        report = whole(root, ledger)
        assert (report.known, report.restored, report.republished) == (2, 0, 2)
        assert titles(ledger) == ["water", "ice", "steam", "snow"]
        assert ids(ledger)[:2] == old
        agree(root, ledger)

    def test_a_worker_that_meets_it_before_the_watcher_writes_nothing(
        self, publish: Publish, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        publish("water")
        backup = snapshot(ledger)
        publish("ice")
        restore(ledger, backup)
        before = snapshot(ledger)
        files = [drop("new.txt", talk("steam"))]
        with pytest.raises(LedgerHeld, match="old copy"):
            process(files, tools)
        assert snapshot(ledger) == before
        whole(root, ledger)
        assert [arrival.outcome for arrival in process(files, tools)] == [PUBLISHED]
        assert titles(ledger) == ["water", "ice", "steam"]

    def test_a_copy_of_a_former_ledger_is_mended_as_well(self, publish: Publish, root: Root, ledger: Ledger) -> None:
        publish("water")
        backup = snapshot(ledger)
        publish("ice")
        lose(ledger)
        whole(root, ledger)
        restore(ledger, backup)
        with pytest.raises(LedgerHeld):
            agree(root, ledger)
        whole(root, ledger)
        agree(root, ledger)
        assert titles(ledger) == ["water", "ice"]

    def test_claims_that_went_alone_are_restored_by_hand(self, publish: Publish, root: Root, ledger: Ledger) -> None:
        entries = publish("water", "ice")
        claims = claims_of(ledger)
        for key in ledger.client.scan_iter(f"{ledger.prefix}claims:*"):
            ledger.client.delete(key)
        assert disagreement(root, ledger) is None
        report = whole(root, ledger)
        assert (report.why, report.restored, report.republished) == (None, 2, 0)
        assert claims_of(ledger) == claims
        assert ids(ledger) == entries


class TestFiles:
    def test_a_file_that_was_not_moved_yet_is_published_from_drop(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        ref = drop("water.txt", talk("water"))
        _killed_at("journaled:1", [ref], tools)
        lose(ledger)
        report = whole(root, ledger)
        assert (report.republished, report.waiting, report.unrecoverable) == (0, 1, 0)
        assert [arrival.outcome for arrival in process([ref], tools)] == [PUBLISHED]
        assert titles(ledger) == ["water"]

    @pytest.mark.parametrize("fate", ["deleted", "changed", "a link to another file"])
    def test_what_cannot_be_published_again_is_told_and_dropping_it_again_publishes_it(  # noqa: PLR0913, PLR0917
        self,
        publish: Publish,
        drop: Drop,
        tools: Tools,
        root: Root,
        ledger: Ledger,
        fate: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        publish("water", "ice")
        archived = root.path / "archive" / f"{datetime.now(UTC):%Y-%m-%d}" / "water.txt"
        archived.unlink()
        if fate == "changed":
            archived.write_text(talk("fire"))
        elif fate != "deleted":
            archived.symlink_to(archived.with_name("ice.txt"))
        lose(ledger)
        report = whole(root, ledger)
        assert (report.republished, report.unrecoverable, report.lost) == (1, 1, ["water.txt"])
        assert "document.unrecoverable" in capsys.readouterr().out
        assert titles(ledger) == ["ice"]
        (arrival,) = process([drop("again.txt", talk("water"))], tools)
        assert arrival.outcome == PUBLISHED
        assert titles(ledger) == ["ice", "water"]

    def test_a_root_that_was_copied_is_rebuilt_by_its_bytes(
        self, publish: Publish, root: Root, ledger: Ledger, tmp_path: Path
    ) -> None:
        publish("water")
        shutil.copytree(root.path, tmp_path / "copy")
        lose(ledger)
        assert whole(Root(tmp_path / "copy"), ledger).republished == 1


class TestKilled:
    def test_a_rebuild_that_is_killed_at_any_step_ends_as_if_it_had_not_been(
        self,
        publish: Publish,
        root: Root,
        ledger: Ledger,
        server: EmbeddedServer,
        root_settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("turnstream.rebuild.run._AGAIN", 2)
        monkeypatch.setattr("turnstream.rebuild.run.CALL_FACTS", 2)
        publish("a", "b", "c")
        backup = snapshot(ledger)
        publish("d", "e", "f", "g", "h")
        (day,) = (root.path / "journal").iterdir()
        steps, journal, held = 1, day.read_bytes(), list[bool]()
        restore(ledger, backup)
        while killed_after(root, server.url, root_settings, steps):
            held.append(disagreement(root, ledger) is not None)
            whole(root, ledger)
            agree(root, ledger)
            assert titles(ledger) == list("abcdefgh")
            restore(ledger, backup)
            day.write_bytes(journal)
            steps += 1
        assert len(held) > 6
        assert held == [True] * (len(held) - 1) + [False], "held until the very end"

    def test_a_kill_between_disk_and_server_only_has_it_begun_again(
        self, publish: Publish, root: Root, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish("water")
        lose(ledger)

        def kill(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("turnstream.rebuild.restore.Restorer.finish", kill)
            with pytest.raises(KeyboardInterrupt):
                whole(root, ledger)
        with pytest.raises(LedgerHeld, match="rebuil"):
            agree(root, ledger)
        whole(root, ledger)
        agree(root, ledger)
        assert titles(ledger) == ["water"]

    def test_a_journal_on_a_full_disk_ends_it_and_the_next_one_doubles_nothing(
        self, publish: Publish, root: Root, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish("water")
        lose(ledger)

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(Journal, "_write", full)
            with pytest.raises(DisposeBlocked, match="No space left"):
                whole(root, ledger)
        whole(root, ledger)
        agree(root, ledger)
        assert titles(ledger) == ["water"]


class TestOthers:
    def test_two_do_not_rebuild_at_once(self, publish: Publish, root: Root, ledger: Ledger) -> None:
        publish("water")
        lose(ledger)
        steps = iter(rebuild(root, ledger))
        next(steps)
        with pytest.raises(LedgerHeld, match="rebuilding it"):
            whole(root, ledger)
        deque(steps, maxlen=0)
        agree(root, ledger)

    def test_a_copy_of_a_root_whose_watcher_lives_does_not_take_its_ledger(
        self, publish: Publish, root: Root, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish("water")
        shutil.copytree(root.path, tmp_path / "copy")
        lose(ledger)
        whole(root, ledger)
        beat(ledger, "watcher")
        monkeypatch.setattr(Process, "is_this_one", lambda _: False)
        before = snapshot(ledger)
        with pytest.raises(LedgerHeld, match="copy of its root"):
            whole(Root(tmp_path / "copy"), ledger)
        assert snapshot(ledger) == before

    def test_another_roots_ledger_is_left_alone(self, root: Root, ledger: Ledger) -> None:
        ledger.client.set(ledger.key("epoch"), "0" * 16 + ":" + "1" * 16)
        with pytest.raises(BadConfiguration, match="another data root"):
            whole(root, ledger)


class TestDryRun:
    @pytest.mark.parametrize("loss", ["emptied", "old copy", "none"])
    def test_it_tells_what_would_be_done_and_writes_nothing(
        self, publish: Publish, root: Root, ledger: Ledger, loss: str
    ) -> None:
        publish("water", "ice")
        backup = snapshot(ledger)
        publish("steam", "gone")
        (root.path / "archive" / f"{datetime.now(UTC):%Y-%m-%d}" / "gone.txt").unlink()
        if loss == "emptied":
            lose(ledger)
        elif loss == "old copy":
            restore(ledger, backup)
        before, files = snapshot(ledger), _tree(root)
        would = whole(root, ledger, dry_run=True)
        assert (snapshot(ledger), _tree(root)) == (before, files)
        done = whole(root, ledger)
        assert would == done
        assert (would.why is None) == (loss == "none")


def test_a_torn_line_of_the_journal_costs_no_other(publish: Publish, root: Root, ledger: Ledger) -> None:
    publish("water")
    (day,) = (root.path / "journal").iterdir()
    with day.open("ab") as lines:
        lines.write(b'{"outcome":"published","content_sha2')
    publish("ice")
    lose(ledger)
    assert whole(root, ledger).republished == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"supersedes": "the one before"},
        *({"at": None}, {"at": "yesterday"}),
        *({"path": None}, {"path": 7}),
        {"size": "many"},
        *({"document_id": None}, {"document_id": ""}),
        *({"to": "archive/\0x"}, {"to": "//archive/%00x"}, {"to": 7}),
    ],
    ids=str,
)
def test_a_line_that_another_program_changed_costs_no_other(
    publish: Publish, root: Root, ledger: Ledger, wrong: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    publish("water", "ice")
    _change_first_line(root, **wrong)
    lose(ledger)
    would = whole(root, ledger, dry_run=True)
    report = whole(root, ledger)
    assert (report.republished, report.unrecoverable) == (would.republished, would.unrecoverable) == (1, 1)
    assert titles(ledger) == ["ice"]
    assert "its line in the journal" in capsys.readouterr().out


@pytest.mark.parametrize("to", [None, f"archive/{'x' * 300}", "archive/nothing/here.txt", "archive"])
def test_a_line_whose_file_is_nowhere_costs_no_other(
    publish: Publish, root: Root, ledger: Ledger, to: str | None
) -> None:
    publish("water", "ice")
    _change_first_line(root, to=to)
    lose(ledger)
    would = whole(root, ledger, dry_run=True)
    report = whole(root, ledger)
    assert (report.republished, report.unrecoverable) == (would.republished, would.unrecoverable) == (1, 1)
    assert titles(ledger) == ["ice"]


def test_a_line_that_another_program_changed_waits_for_its_file_if_that_is_still_to_come(
    drop: Drop, tools: Tools, root: Root, ledger: Ledger
) -> None:
    ref = drop("water.txt", talk("water"))
    _killed_at("journaled:1", [ref], tools)
    _change_first_line(root, supersedes="the one before")
    lose(ledger)
    report = whole(root, ledger)
    assert (report.waiting, report.unrecoverable) == (1, 0)
    assert [arrival.outcome for arrival in process([ref], tools)] == [PUBLISHED]


def _change_first_line(root: Root, **facts: Any) -> None:
    (day,) = (root.path / "journal").iterdir()
    first, *others = day.read_bytes().splitlines(keepends=True)
    day.write_bytes(b"".join((orjson.dumps({**orjson.loads(first), **facts}), b"\n", *others)))


def test_a_text_that_this_versions_parser_fails_on_costs_no_other(
    publish: Publish, root: Root, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish("water", "ice")
    lose(ledger)
    monkeypatch.setattr("turnstream.rebuild.again.record_of", _failing_on("water", record_of))
    report = whole(root, ledger)
    assert (report.republished, report.unrecoverable, report.lost) == (1, 1, ["water.txt"])
    assert titles(ledger) == ["ice"]
    told = capsys.readouterr().out
    assert "ZeroDivisionError in parse" in told
    assert "Traceback" in told


def _failing_on(word: str, parse: Callable[..., Record]) -> Callable[..., Record]:
    def failing(extracted: Extracted, *others: Any) -> Record:
        if word in extracted.canonical:
            raise ZeroDivisionError
        return parse(extracted, *others)

    return failing


def _tree(root: Root) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.path.rglob("*") if path.is_file()}


def _killed_at(point: str, files: Sequence[FileRef], tools: Tools) -> None:
    child = os.fork()
    if child == 0:
        crashpoint.arm(point)
        process(files, tools)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


OPENING = "Anna: " + "We begin with the report of the working group on rivers and lakes. " * 5


def edition(*paragraphs: str, partial: bool = False) -> str:
    """One text of a transcript that grows."""
    body = "\n".join((OPENING, *(f"Ben: {paragraph}" for paragraph in paragraphs)))
    closing = "\nTo be continued.\n" if partial else "\n"
    return f"Talks on rivers\n\nSource: The Gazette\n\n{body}{closing}"


class TestRevisions:
    @pytest.fixture
    def editions(self, drop: Drop, tools: Tools) -> list[FileRef]:
        """Publish a transcript in two editions."""
        first = drop("1.txt", edition("The rivers are high.", partial=True))
        second = drop("2.txt", edition("The rivers are high.", "And the lakes are full.", partial=True))
        for ref in (first, second):
            (arrival,) = process([ref], tools)
            assert arrival.outcome == PUBLISHED
        return [first, second]

    def test_they_are_published_again_as_they_were(self, editions: list[FileRef], root: Root, ledger: Ledger) -> None:
        events, claims = events_of(ledger), claims_of(ledger)
        assert [event["data"]["revision"]["number"] for event in events] == [1, 2]
        lose(ledger)
        assert whole(root, ledger).republished == len(editions)
        for new, old in zip(events_of(ledger), events, strict=True):
            assert {name: new[name] for name in ("id", "type", "subject")} == {
                name: old[name] for name in ("id", "type", "subject")
            }
            assert new["data"]["revision"] == old["data"]["revision"]
        assert claims_of(ledger).keys() == claims.keys()

    @pytest.mark.parametrize("first_line_stays", [True, False])
    def test_a_line_that_does_not_know_its_edition_changes_no_event(
        self, editions: list[FileRef], drop: Drop, tools: Tools, root: Root, ledger: Ledger, first_line_stays: bool
    ) -> None:
        before = [event["id"] for event in events_of(ledger)]
        (journal,) = (root.path / "journal").iterdir()
        *lines, last = journal.read_bytes().splitlines(keepends=True)
        unknowing = orjson.dumps({**orjson.loads(last), "head": None}) + b"\n"
        journal.write_bytes(b"".join((*lines, last if first_line_stays else b"", unknowing)))
        lose(ledger)
        whole(root, ledger)
        assert [event["id"] for event in events_of(ledger)] == before
        if first_line_stays:
            longer = drop("3.txt", edition("The rivers are high.", "And the lakes are full.", "That is all."))
            process([longer], tools)
            assert events_of(ledger)[-1]["data"]["revision"]["number"] == len(editions) + 1

    def test_a_kill_between_entry_and_head_leaves_a_head_of_the_new_entry(
        self, editions: list[FileRef], root: Root, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lose(ledger)

        def kill(_: Ledger, heads: Iterable[object]) -> None:
            if list(heads):
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "restore_heads", kill)
            with pytest.raises(KeyboardInterrupt):
                deque(rebuild(root, ledger), maxlen=0)
        assert len(ids(ledger)) == len(editions)
        whole(root, ledger)
        (bucket,) = ledger.client.scan_iter(f"{ledger.prefix}heads:*")
        heads: Any = ledger.client.hgetall(bucket)
        ((rest, packed),) = heads.items()
        head = unpack_head(packed, b"\0\0" + rest)
        assert head
        assert head.entry_id == ids(ledger)[-1]
        assert len(ids(ledger)) == len(editions)

    @pytest.mark.parametrize("loss", ["emptied", "old copy"])
    def test_what_comes_next_is_judged_as_before(
        self, editions: list[FileRef], drop: Drop, tools: Tools, root: Root, ledger: Ledger, loss: str
    ) -> None:
        backup = snapshot(ledger)
        process([drop("other.txt", talk("water"))], tools)
        lose(ledger) if loss == "emptied" else restore(ledger, backup)
        whole(root, ledger)
        late = drop("0.txt", edition(partial=True))
        longer = drop("3.txt", edition("The rivers are high.", "And the lakes are full.", "That is all."))
        arrivals = process([late, longer], tools)
        assert [arrival.outcome for arrival in arrivals] == [OutcomeKind.SUPERSEDED, PUBLISHED]
        assert events_of(ledger)[-1]["data"]["revision"]["number"] == len(editions) + 1
