"""Rejected files: found, put back, deleted; the folder alone is the truth."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from turnstream.errors import NotFound, PermanentError
from turnstream.models import Batch, Deferral, FileRef, OutcomeKind, from_wire
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.quarantine import commands
from turnstream.quarantine.cases import Case, cases, discard, retry, with_journal
from turnstream.quarantine.cases import select as select_from
from turnstream.quarantine.words import json_line, story, table
from turnstream.reports import report
from turnstream.root import Root
from turnstream.settings import Settings
from turnstream.upkeep.give_back import give_back
from turnstream.watch.backlog import Backlog
from turnstream.watch.contact import Contact
from turnstream.watch.queue import Queue
from turnstream.watch.watcher import Watcher

Drop = Callable[..., FileRef]
PICTURE = b"\x89PNG\r\n\x1a\nno transcript"
#: Bytes that are no text, one reason each.
REJECTS = {"b/scan.png": PICTURE, "a.txt": b"", "c.txt": b"\xff\xfex"}


@pytest.fixture
def refs(drop: Drop, tools: Tools) -> dict[str, FileRef]:
    """Three files that were rejected, one after the other."""
    refs = {path: drop(path, content) for path, content in REJECTS.items()}
    for ref in refs.values():
        process([ref], tools)
    return refs


#: Puts a file back, and kills itself before a step: whatever Python audits, opens, renames, unlinks and so on.
KILLED_RETRY = """
import os, signal, sys
from pathlib import Path
from turnstream.quarantine.cases import cases, retry
root, path, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
case = next(case for case in cases(root) if case.path == path)
def audit(event, args):
    global left
    left -= 1
    if left == -1:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(audit)
retry(root, case)
"""


def select(root: Path, *which: str) -> list[Case]:
    return select_from(root, with_journal(root, list(cases(root))), which)


def below(folder: Path) -> set[str]:
    return {os.path.relpath(Path(place, name), folder) for place, _, names in os.walk(folder) for name in names}


class TestList:
    def test_every_rejected_file_is_listed_in_the_order_of_rejection(
        self, refs: dict[str, FileRef], root: Root
    ) -> None:
        found = list(cases(root.path))
        assert [case.path for case in found] == list(REJECTS)
        assert [case.facts["reason"] for case in found] == ["unsupported_format", "empty", "undecodable"]
        assert [case.facts["arrival_id"] for case in found] == [ref.arrival_id for ref in refs.values()]
        assert [case.file.read_bytes() for case in found] == list(REJECTS.values())

    def test_lines_for_people_and_programs(self, refs: dict[str, FileRef], root: Root) -> None:
        found = list(cases(root.path))
        head, *lines = table(found)
        assert head.split() == ["rejected", "(UTC)", "reason", "tries", "size", "file"]
        for line, case in zip(lines, found, strict=True):
            at, size = case.facts["at"][:16].replace("T", " "), case.file.stat().st_size
            assert line.split() == [*at.split(), case.facts["reason"], "1", str(size), "B", case.path]
        objects = [orjson.loads(json_line(case)) for case in found]
        assert [item["path"] for item in objects] == list(REJECTS)
        assert [item["arrival_id"] for item in objects] == [ref.arrival_id for ref in refs.values()]
        assert all(item["hint"] and item["reason"] and item["next"] for item in objects)

    def test_an_empty_quarantine_is_said(self, root: Root) -> None:
        assert list(table(list(cases(root.path)))) == ["Nothing is in quarantine."]

    def test_a_name_cannot_steer_the_terminal(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("a\x1b[2J\nb.png", PICTURE)], tools)
        found = list(cases(root.path))
        assert "a\\x1b[2J\\nb.png" in list(table(found))[1]
        assert "\x1b" not in story(found[0], root.path)

    def test_a_folder_that_cannot_be_read_is_told(self, root: Root) -> None:
        refused: list[OSError] = []
        root.quarantine.rmdir()
        assert list(cases(root.path, refused.append)) == []
        assert [error.filename for error in refused] == [str(root.quarantine)]

    def test_a_sidecar_without_its_file_is_no_case(self, refs: dict[str, FileRef], root: Root) -> None:
        (root.quarantine / "a.txt").unlink()
        assert [case.path for case in cases(root.path)] == ["b/scan.png", "c.txt"]

    @pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"\xff"])
    def test_a_broken_sidecar_hides_no_file(self, refs: dict[str, FileRef], root: Root, content: bytes) -> None:
        (root.quarantine / "a.txt.error.json").write_bytes(content)
        assert {case.path for case in cases(root.path)} == set(REJECTS)
        (case,) = select(root.path, "a.txt")
        assert case.facts["reason"] == "empty"
        assert len(list(table(list(cases(root.path))))) == 4

    def test_names_that_are_no_utf8_are_listed(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("\udcff.png", PICTURE)], tools)
        (case,) = cases(root.path)
        assert "\\xff.png" in list(table([case]))[1]
        facts = orjson.loads(json_line(case))
        assert facts["path"] == "\\xff.png"
        assert from_wire(facts["quarantined_as"]) == "\udcff.png"

    def test_a_rejected_file_that_is_named_like_a_sidecar_is_a_case_of_its_own(
        self, drop: Drop, tools: Tools, root: Root
    ) -> None:
        for path in ("x.error.json", "x"):
            process([drop(path, PICTURE + path.encode())], tools)
        found = {case.file.read_bytes() for case in cases(root.path)}
        assert found == {PICTURE + b"x.error.json", PICTURE + b"x"}

    def test_a_file_whose_sidecar_was_deleted_is_told_of_by_the_journal(
        self, refs: dict[str, FileRef], root: Root
    ) -> None:
        (root.quarantine / "c.txt.error.json").unlink()
        assert [case.facts for case in cases(root.path) if case.path == "c.txt"] == [{"reason": "unknown"}]
        (case,) = select(root.path, "c.txt")
        assert case.facts["reason"] == "undecodable"
        assert case.arrival_id == refs["c.txt"].arrival_id
        assert [found.path for found in with_journal(root.path, list(cases(root.path)))] == list(REJECTS)

    def test_a_file_that_nobody_rejected_is_shown_as_unknown(self, refs: dict[str, FileRef], root: Root) -> None:
        (root.quarantine / "mine.txt").write_text("mine")
        (root.quarantine / ".hidden.swp").touch()
        (root.quarantine / "link.txt").symlink_to("mine.txt")
        assert {case.path for case in cases(root.path)} == {*REJECTS, "mine.txt"}
        (case,) = select(root.path, "unknown")
        assert case.path == "mine.txt"
        assert "unknown" in story(case, root.path)

    def test_a_users_own_file_that_is_named_like_a_sidecar_is_shown(self, root: Root) -> None:
        (root.quarantine / "mine.error.json").write_text('{"mine": 1}')
        assert [case.path for case in cases(root.path)] == ["mine.error.json"]


class TestStory:
    def test_it_says_what_why_when_and_what_to_do(self, refs: dict[str, FileRef], root: Root) -> None:
        (case,) = select(root.path, "a.txt")
        told = story(case, root.path)
        for part in ("a.txt", "empty", case.facts["at"][:10], refs["a.txt"].arrival_id, str(case.file)):
            assert part in told
        assert "The file holds no text." in told
        assert f"turnstream quarantine retry {refs['a.txt'].arrival_id}" in told
        assert f"turnstream quarantine discard {refs['a.txt'].arrival_id}" in told

    def test_it_keeps_to_eighty_columns_where_no_name_is_longer(self, refs: dict[str, FileRef], root: Root) -> None:
        case = replace(
            select(root.path, "a.txt")[0], facts={**select(root.path, "a.txt")[0].facts, "detail": "a " * 90}
        )
        assert max(map(len, story(case, Path("data")).splitlines()[2:])) <= 80


class TestNote:
    """What a dropper is told who sees only the folder."""

    def test_a_rejected_file_s(self, refs: dict[str, FileRef], root: Root) -> None:
        facts = orjson.loads((root.quarantine / "b" / "scan.png.error.json").read_bytes())
        assert (facts["file"], facts["reason"], facts["attempts"], facts["before"]) == (
            "b/scan.png",
            "unsupported_format",
            1,
            [],
        )
        assert facts["size"] == len(PICTURE)
        assert facts["hint"].endswith(".")
        assert facts["next"].startswith("Put the corrected file into drop/ again.")
        at = datetime.fromisoformat(facts["at"])
        assert at.utcoffset() == timedelta(0)
        assert facts["when"] == f"{at:%-d %B %Y, %H:%M} UTC"

    def test_one_that_the_operator_must_see_to_names_the_command(self, drop: Drop, tools: Tools, root: Root) -> None:
        ref = drop("a.txt", "Anna: one\nBen: two\n", crashes=3)
        process([ref], tools)
        facts = orjson.loads((root.quarantine / "a.txt.error.json").read_bytes())
        assert f"turnstream quarantine retry {ref.arrival_id}" in facts["next"]

    def test_a_duplicate_s_names_the_original_when_it_came_and_where_it_lies(
        self, drop: Drop, tools: Tools, root: Root
    ) -> None:
        for name in ("first.txt", "sub/second.txt"):
            process([drop(name, "Anna: one\nBen: two\n")], tools)
        facts = orjson.loads((root.path / "duplicates" / "sub" / "second.txt.duplicate.json").read_bytes())
        original = facts["duplicate_of"]
        assert (facts["file"], original["path"]) == ("sub/second.txt", "first.txt")
        assert (root.path / original["archived"]).read_text() == "Anna: one\nBen: two\n"
        for part in ("first.txt", original["published"], original["archived"]):
            assert part in facts["hint"]
        assert "can be deleted" in facts["next"]

    def test_every_next_step_is_a_sentence_and_no_hint_names_what_only_we_know(self) -> None:
        for kind in PermanentError.__subclasses__():
            assert kind.next_step.format(retry="x").endswith(".")
            assert not any(word in kind.hint.lower() for word in ("celery", "parser", "exception", "batch"))


class TestSelect:
    def test_by_arrival_id_path_reason_or_all(self, refs: dict[str, FileRef], root: Root) -> None:
        for which, expected in {
            refs["a.txt"].arrival_id: ["a.txt"],
            "b/scan.png": ["b/scan.png"],
            "quarantine/b/scan.png": ["b/scan.png"],
            "undecodable": ["c.txt"],
            "all": list(REJECTS),
        }.items():
            assert [case.path for case in select(root.path, which)] == expected

    def test_by_a_path_as_a_shell_gives_it(
        self, refs: dict[str, FileRef], root: Root, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "link").symlink_to(root.path)
        for folder, which in (
            (root.path.parent, f"{root.path.name}/quarantine/a.txt"),
            (root.path.parent, f"./{root.path.name}/quarantine/b/../a.txt"),
            (root.quarantine, "./a.txt"),
            (root.quarantine / "b", "../a.txt"),
            (root.path, str(root.quarantine / "a.txt")),
            (root.path, str(tmp_path / "link" / "quarantine" / "a.txt")),
            (root.quarantine, "a.txt.error.json"),
        ):
            monkeypatch.chdir(folder)
            assert [case.path for case in select(root.path, which)] == ["a.txt"], which

    def test_a_folder_stands_for_what_is_below_it(self, refs: dict[str, FileRef], root: Root) -> None:
        for which in ("b", "b/", "quarantine/b", str(root.quarantine / "b")):
            assert [case.path for case in select(root.path, which)] == ["b/scan.png"]

    def test_of_several_readings_the_first_that_is_true_counts_and_no_other(
        self, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, name in enumerate(("n.png", "sub/n.png", "quarantine/n.png", "\udcff.png", "\\xff.png")):
            process([drop(name, PICTURE + b"%d" % number)], tools)
        for folder, which, meant in (
            (root.quarantine / "sub", "n.png", "sub/n.png"),
            (root.path, "n.png", "n.png"),
            (root.path, "quarantine/n.png", "n.png"),
            (root.path.parent, "quarantine/n.png", "quarantine/n.png"),
            (root.path, "\\xff.png", "\\xff.png"),
            (root.path, "\udcff.png", "\udcff.png"),
        ):
            monkeypatch.chdir(folder)
            assert [case.path for case in select(root.path, which)] == [meant], which

    def test_several_are_each_taken_once(self, refs: dict[str, FileRef], root: Root) -> None:
        chosen = select(root.path, "c.txt", "a.txt", refs["c.txt"].arrival_id)
        assert [case.path for case in chosen] == ["a.txt", "c.txt"]

    def test_a_name_that_is_no_utf8_by_its_bytes(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("\udcff.png", PICTURE)], tools)
        for which in ("\udcff.png", "\\xff.png", f"{root.quarantine}/\udcff.png"):
            assert [case.path for case in select(root.path, which)] == ["\udcff.png"]

    def test_a_file_that_is_named_like_a_reason_is_meant_as_the_file(
        self, refs: dict[str, FileRef], drop: Drop, tools: Tools, root: Root
    ) -> None:
        process([drop("empty", PICTURE + b"2")], tools)
        assert [case.path for case in select(root.path, "empty")] == ["empty"]

    @pytest.mark.parametrize("which", ["", "0" * 16, "d.txt", "scan.png", "parser_failed", "None", "../drop", "/"])
    def test_what_is_not_there_is_said(self, refs: dict[str, FileRef], root: Root, which: str) -> None:
        with pytest.raises(NotFound, match="quarantine list"):
            select(root.path, which)


class TestRetry:
    def test_a_file_goes_back_where_it_was_dropped_and_its_sidecar_goes(
        self, refs: dict[str, FileRef], root: Root
    ) -> None:
        (case,) = select(root.path, "b/scan.png")
        assert retry(root.path, case) == "b/scan.png"
        assert (root.drop / "b" / "scan.png").read_bytes() == PICTURE
        assert below(root.quarantine) == {"a.txt", "a.txt.error.json", "c.txt", "c.txt.error.json"}

    def test_it_is_the_same_arrival_and_can_be_rejected_again(
        self, refs: dict[str, FileRef], root: Root, tools: Tools
    ) -> None:
        (case,) = select(root.path, "b/scan.png")
        retry(root.path, case)
        (arrival,) = process([refs["b/scan.png"]], tools)
        assert arrival.outcome == OutcomeKind.REJECTED
        assert arrival.arrival_id == refs["b/scan.png"].arrival_id
        assert len(below(root.quarantine)) == 6

    def test_one_that_was_mended_is_published(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("a.txt", b"")], tools)
        (root.quarantine / "a.txt").write_text("Anna Abel: Good morning.\n")
        (case,) = select(root.path, "all")
        retry(root.path, case)
        (arrival,) = process([FileRef(path="a.txt", arrival_id="0" * 16)], tools)
        assert arrival.outcome == OutcomeKind.PUBLISHED
        assert below(root.quarantine) == set()

    def test_a_file_that_was_dropped_meanwhile_is_not_overwritten(
        self, refs: dict[str, FileRef], root: Root, drop: Drop
    ) -> None:
        drop("a.txt", "a new one")
        (case,) = select(root.path, "a.txt")
        name = retry(root.path, case)
        assert name == f"a.{refs['a.txt'].arrival_id}.txt"
        assert (root.drop / "a.txt").read_text() == "a new one"
        assert (root.drop / name).read_bytes() == b""

    def test_all_at_once(self, refs: dict[str, FileRef], root: Root) -> None:
        for case in select(root.path, "all"):
            retry(root.path, case)
        assert below(root.quarantine) == set()
        assert below(root.drop) == set(REJECTS)

    def test_a_name_that_is_no_utf8_goes_back_as_it_was(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("\udcff.png", PICTURE)], tools)
        (case,) = select(root.path, "\\xff.png")
        assert retry(root.path, case) == "\udcff.png"
        assert [os.fsencode(file.name) for file in root.drop.iterdir()] == [b"\xff.png"]

    def test_one_with_a_broken_sidecar_goes_back_too(self, refs: dict[str, FileRef], root: Root, drop: Drop) -> None:
        (root.quarantine / "a.txt.error.json").write_bytes(b"")
        drop("a.txt", "a new one")
        (case,) = select(root.path, "a.txt")
        retry(root.path, case)
        assert len(below(root.drop)) == 2
        assert "a.txt.error.json" not in below(root.quarantine)

    def test_the_next_rejection_tells_of_the_earlier_ones(
        self, refs: dict[str, FileRef], root: Root, tools: Tools
    ) -> None:
        for attempt in (2, 3):
            (case,) = select(root.path, "a.txt")
            retry(root.path, case)
            process([refs["a.txt"]], tools)
            facts = orjson.loads((root.quarantine / "a.txt.error.json").read_bytes())
            assert facts["attempts"] == attempt
            assert [item["reason"] for item in facts["before"]] == ["empty"] * (attempt - 1)

    def test_one_that_was_mended_begins_anew(self, refs: dict[str, FileRef], root: Root, tools: Tools) -> None:
        (root.quarantine / "a.txt").write_bytes(PICTURE)
        (case,) = select(root.path, "a.txt")
        retry(root.path, case)
        (arrival,) = process([FileRef(path="a.txt", arrival_id="0" * 16)], tools)
        assert arrival.outcome == OutcomeKind.REJECTED
        assert orjson.loads((root.quarantine / "a.txt.error.json").read_bytes())["attempts"] == 1

    def test_it_gets_the_name_back_that_it_was_dropped_with(self, root: Root, drop: Drop, tools: Tools) -> None:
        for content in (PICTURE, PICTURE + b"2"):
            process([drop("001_4079e7fc051ca7b4.png", content)], tools)
        numbered = next(case for case in cases(root.path) if case.path != "001_4079e7fc051ca7b4.png")
        assert retry(root.path, numbered) == "001_4079e7fc051ca7b4.png"
        assert (root.drop / "001_4079e7fc051ca7b4.png").read_bytes() == PICTURE + b"2"

    @pytest.mark.parametrize("told", ["../../outside.txt", "/etc/outside.txt", "a//b.txt", ".", "a\0b", 7])
    def test_a_forged_note_leads_nowhere_else(self, refs: dict[str, FileRef], root: Root, told: object) -> None:
        (case,) = select(root.path, "a.txt")
        case.sidecar.write_bytes(orjson.dumps({**case.facts, "dropped_as": told}))
        (case,) = select(root.path, "a.txt")
        assert retry(root.path, case) == "a.txt"

    @pytest.mark.parametrize("blocker", ["file", "link"])
    def test_something_else_that_has_the_name_of_its_folder_is_no_obstacle(
        self, refs: dict[str, FileRef], root: Root, tmp_path: Path, blocker: str
    ) -> None:
        (root.drop / "b").rmdir()
        (root.drop / "b").touch() if blocker == "file" else (root.drop / "b").symlink_to(tmp_path)
        (case,) = select(root.path, "b/scan.png")
        assert retry(root.path, case) == f"{refs['b/scan.png'].arrival_id}/scan.png"
        assert not (tmp_path / "scan.png").exists()

    def test_a_worker_that_rejects_it_again_at_once_keeps_its_note(
        self, refs: dict[str, FileRef], root: Root, tools: Tools, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def and_rejected_again(*args: Any) -> str:
            path = give_back(*args)
            process([refs["a.txt"]], tools)
            return path

        monkeypatch.setattr("turnstream.quarantine.cases.give_back", and_rejected_again)
        (case,) = select(root.path, "a.txt")
        retry(root.path, case)
        (case,) = select(root.path, "a.txt")
        assert case.facts["attempts"] == 2
        assert not [name for name in below(root.quarantine) if name.endswith(".tmp")]

    def test_without_leave_to_note_attempts_it_goes_back_all_the_same(
        self, refs: dict[str, FileRef], root: Root
    ) -> None:
        (root.path / "state" / "retried").touch()
        (case,) = select(root.path, "a.txt")
        assert retry(root.path, case) == "a.txt"

    def test_killed_between_any_two_steps_it_is_in_one_place_whole(
        self, refs: dict[str, FileRef], root: Root, tools: Tools
    ) -> None:
        inode = (root.quarantine / "b" / "scan.png").stat().st_ino
        places = []
        for steps in itertools.count():
            command = [sys.executable, "-c", KILLED_RETRY, str(root.path), "b/scan.png", str(steps)]
            ended = subprocess.run(command, check=False).returncode
            assert ended in (0, -signal.SIGKILL)
            (place,) = [name for name in ("drop", "quarantine") if (root.path / name / "b" / "scan.png").exists()]
            assert (root.path / place / "b" / "scan.png").stat().st_ino == inode
            places.append(place)
            if ended == 0:
                break
            if place == "drop":
                (arrival,) = process([refs["b/scan.png"]], tools)
                assert arrival.outcome == OutcomeKind.REJECTED
            (case,) = select(root.path, "b/scan.png")
            assert case.facts["reason"] == "unsupported_format"
        assert len(places) > 8
        assert set(places[:-1]) == {"drop", "quarantine"}


class TestDiscard:
    def test_file_and_sidecar_go_for_good(self, refs: dict[str, FileRef], root: Root) -> None:
        (case,) = select(root.path, "a.txt")
        discard(root.path, case)
        assert below(root.quarantine) == {"b/scan.png", "b/scan.png.error.json", "c.txt", "c.txt.error.json"}

    def test_one_that_somebody_else_deleted_is_no_error(self, refs: dict[str, FileRef], root: Root) -> None:
        (case,) = select(root.path, "a.txt")
        case.file.unlink()
        discard(root.path, case)
        assert "a.txt.error.json" not in below(root.quarantine)


class TestAfresh:
    """A file that was put back begins with no crash on its account, also if its old mark is still on the server."""

    @pytest.fixture
    def sent(self) -> list[Batch]:
        return []

    @pytest.fixture
    def watcher(self, root: Root, ledger: Ledger, root_settings: Settings, sent: list[Batch]) -> Watcher:
        watch = {"native_events": False, "sweep_seconds": 0.02, "retry_seconds": 0.05, "settle_seconds": 0.1}
        settings = root_settings.model_copy(update={"watch": root_settings.watch.model_copy(update=watch)})
        queue = Queue(root.drop, Backlog(), sent.append, settings, root.state().root_id)
        return Watcher(root, Contact(root, ledger, settings), queue, settings)

    @pytest.mark.parametrize(("put_back", "crashes"), [(True, 0), (False, 3)])
    def test_after_a_restart_of_the_watcher(  # noqa: PLR0913, PLR0917 - pytest's fixtures
        self, root: Root, drop: Drop, ledger: Ledger, watcher: Watcher, sent: list[Batch], put_back: bool, crashes: int
    ) -> None:
        ref = drop("a.txt", "Anna: one\nBen: two\n")
        time.sleep(0.02)
        report({ref.path: _mark(ref, crashes=3)}, ledger)
        if put_back:
            _away_and_back(root, "a.txt")
        _turn_until(watcher, lambda: sent)
        assert [file.crashes for batch in sent for file in batch.files] == [crashes]

    @pytest.mark.parametrize(("put_back", "crashes"), [(True, 0), (False, None)])
    def test_between_two_looks_of_the_watcher(  # noqa: PLR0913, PLR0917 - pytest's fixtures
        self,
        root: Root,
        drop: Drop,
        ledger: Ledger,
        watcher: Watcher,
        sent: list[Batch],
        put_back: bool,
        crashes: int | None,
    ) -> None:
        ref = drop("a.txt", "Anna: one\nBen: two\n")
        _turn_until(watcher, lambda: sent)
        report({ref.path: _mark(ref, crashes=2)}, ledger)
        _turn_until(watcher, lambda: len(sent) == 2)
        assert sent[1].files[0].crashes == 2
        if put_back:
            _away_and_back(root, "a.txt")
            _turn_until(watcher, lambda: len(sent) == 3)
            assert sent[2].files[0].crashes == crashes
        else:
            until = time.monotonic() + 0.5
            _turn_until(watcher, lambda: time.monotonic() > until)
            assert len(sent) == 2


def _mark(ref: FileRef, crashes: int) -> Deferral:
    return Deferral(
        arrival_id=ref.arrival_id, reason="worker_crashed", at=datetime.now(UTC), crashes=crashes, alone=True
    )


def _away_and_back(root: Root, name: str) -> None:
    time.sleep(0.02)  # the clock of a file system ticks slowly
    (root.drop / name).rename(root.quarantine / name)
    (root.quarantine / name).rename(root.drop / name)


def _turn_until(watcher: Watcher, condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        watcher.turn()
        time.sleep(0.005)


def test_what_is_discarded_is_what_was_asked_about(
    refs: dict[str, FileRef], drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    def confirm(found: list[Case]) -> None:
        assert len(found) == len(REJECTS)
        process([drop("came later.png", PICTURE + b"3")], tools)

    monkeypatch.setattr(commands, "_confirm", confirm)
    done = CliRunner().invoke(commands.quarantine, ["discard", "all", "--root", str(root.path)])
    assert done.exception is None
    assert below(root.quarantine) == {"came later.png", "came later.png.error.json"}
