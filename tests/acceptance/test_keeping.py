"""What is kept and what is given back, against the real processes: quarantine, lasting faults, ages, leftovers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

import orjson
import pytest

from tests.acceptance.conftest import Start
from tests.acceptance.harness import Turnstream, until

PICTURE = b"\x89PNG\r\n\x1a\nno transcript"
#: The first pause; each next one is twice as long.
PAUSE = 0.3


def text(word: str) -> bytes:
    return f"Anna: {word}\nBen: yes, {word}\n".encode()


def _are_rejected(run: Turnstream, count: int) -> bool:
    return len(run.files("quarantine")) == count


def reject(run: Turnstream, *names: str) -> None:
    # One by one: they are listed in the order of their rejection, and two workers would race.
    for number, name in enumerate(names, 1):
        run.move_in(PICTURE + os.fsencode(name), name)
        until(partial(_are_rejected, run, number), f"{name} is rejected")
        run.await_empty_drop()


class TestQuarantine:
    def test_a_rejected_file_is_listed_shown_mended_and_published(self, run: Turnstream) -> None:
        reject(run, "scan.png")
        listed = run.command_line("quarantine", "list")
        assert listed.returncode == 0
        assert "unsupported_format" in listed.stdout
        assert listed.stdout.endswith("scan.png\n")
        shown = run.command_line("quarantine", "show", f"{run.root.name}/quarantine/scan.png")
        assert "Convert it to plain text." in shown.stdout
        (run.root / "quarantine" / "scan.png").write_bytes(text("mended"))
        retried = run.command_line("quarantine", "retry", "scan.png")
        assert (retried.returncode, retried.stdout) == (0, "scan.png -> drop/scan.png\n")
        until(lambda: len(run.files("archive")) == 1, "it is published")
        assert run.files("quarantine", sidecars=True) == []
        assert len(run.records()) == 1

    def test_one_that_fails_again_tells_how_often(self, run: Turnstream) -> None:
        reject(run, "scan.png")
        note = run.root / "quarantine" / "scan.png.error.json"
        for attempt in (2, 3):
            assert run.command_line("quarantine", "retry", "unsupported_format").returncode == 0
            told = b'"attempts": %d' % attempt
            until(partial(lambda told: note.exists() and told in note.read_bytes(), told), "it is rejected again")
        assert len(run.events("document.rejected")) == 3
        assert run.records() == []

    def test_no_server_is_needed(self, run: Turnstream) -> None:
        reject(run, "a.png", "b.png")
        assert run.stop() == 0
        facts = [orjson.loads(line) for line in run.command_line("quarantine", "list", "--json").stdout.splitlines()]
        assert [item["path"] for item in facts] == ["a.png", "b.png"]
        assert run.command_line("quarantine", "show", facts[0]["arrival_id"], "--json").stdout.count("\n") == 1
        said = run.command_line("quarantine", "retry", "all", "--json").stdout.splitlines()
        assert [orjson.loads(line)["to"] for line in said] == ["drop/a.png", "drop/b.png"]
        assert len(run.files("drop")) == 2

    def test_many_are_not_discarded_without_a_yes(self, run: Turnstream) -> None:
        reject(run, "a.png", "b.png", "c.png")
        refused = run.command_line("quarantine", "discard", "all")
        assert refused.returncode == 2
        assert "--yes" in refused.stderr
        assert run.command_line("quarantine", "discard", "a.png").returncode == 0
        assert [file.name for file in run.files("quarantine")] == ["b.png", "c.png"]
        assert run.command_line("quarantine", "discard", "all", "--yes").stdout == "b.png deleted\nc.png deleted\n"
        assert run.files("quarantine", sidecars=True) == []

    def test_what_is_not_there_is_a_sentence_and_a_code(self, run: Turnstream) -> None:
        for command in ("show", "retry", "discard"):
            ended = run.command_line("quarantine", command, "nothing.png")
            assert ended.returncode == 1
            assert "nothing.png" in ended.stderr
            assert "Traceback" not in ended.stderr
        assert run.command_line("quarantine", "list").stdout == "Nothing is in quarantine.\n"

    def test_what_cannot_be_put_back_stays_and_is_told(self, run: Turnstream) -> None:
        reject(run, "a.png", "b.png")
        assert run.stop() == 0
        (run.root / "drop").rename(run.root / "away")
        (run.root / "drop").touch()
        ended = run.command_line("quarantine", "retry", "all")
        assert ended.returncode == 1
        assert ended.stderr.count("stays in quarantine") == 2
        assert len(run.files("quarantine", sidecars=True)) == 4
        (run.root / "drop").unlink()
        assert run.command_line("quarantine", "retry", "all").returncode == 0
        assert len(run.files("drop")) == 2

    def test_a_folder_that_is_no_root_is_not_an_empty_quarantine(self, run: Turnstream) -> None:
        run.root = run.root / "drop"
        ended = run.command_line("quarantine", "list")
        run.root = run.root.parent
        assert ended.returncode == 78
        assert "no data root" in ended.stderr

    def test_a_name_that_is_no_utf8_is_given_as_a_shell_gives_it(self, run: Turnstream) -> None:
        name = os.fsdecode(b"\xff\n.png")
        reject(run, name)
        ended = run.command_line("quarantine", "retry", f"{run.root}/quarantine/{name}")
        assert ended.returncode == 0, ended.stderr
        until(lambda: len(run.events("document.rejected")) == 2, "it was tried again")


def _replace(run: Turnstream, folder: str) -> Callable[[], object]:
    """Put a file in the place of a folder; the answer mends it."""
    away = run.root / f"{folder}.away"
    (run.root / folder).rename(away)
    (run.root / folder).touch()

    def mend() -> None:
        (run.root / folder).unlink()
        away.rename(run.root / folder)

    return mend


class TestLastingFault:
    """What is not the file's fault never ends in quarantine, however long it lasts."""

    @pytest.mark.parametrize(
        ("folder", "content", "end"),
        [
            ("archive", text("water"), "archive"),
            ("journal", text("water"), "archive"),
            ("quarantine", PICTURE, "quarantine"),
        ],
    )
    def test_it_is_said_once_tried_with_growing_pauses_and_ends_well(
        self, start: Start, folder: str, content: bytes, end: str
    ) -> None:
        run = start(TURNSTREAM_WATCH__RETRY_SECONDS=str(PAUSE), TURNSTREAM_WATCH__RESEND_SECONDS="60")
        mend = _replace(run, folder)
        run.move_in(content, "a.txt")
        began = time.monotonic()
        ledger = run.ledger()
        with ledger.client as client:

            def tries() -> int:
                mark = client.hget(ledger.key("deferred"), "a.txt")
                return orjson.loads(mark)["tries"] if mark else 0

            until(lambda: tries() >= 4, "four tries")
        # The pauses before the second, third and fourth.
        assert time.monotonic() - began >= PAUSE * (1 + 2 + 4)
        (said,) = run.events("document.blocked")
        assert said["reason"] == "dispose_blocked"
        assert run.files("drop")
        mend()
        run.await_empty_drop()
        assert len(run.files(end)) == 1
        assert len(run.files("quarantine")) == (end == "quarantine")
        assert len(run.records()) == (end == "archive")
        assert len(run.events("document.blocked")) == 1
        assert not run.events("batch.abandoned")


class TestChores:
    def test_what_is_past_its_age_and_what_was_left_behind_goes_while_files_come(self, start: Start) -> None:
        ages = {f"TURNSTREAM_RETENTION__{name}_DAYS": "0.00002" for name in ("ARCHIVE", "DUPLICATES", "QUARANTINE")}
        run = start(TURNSTREAM_RETENTION__PASS_SECONDS="0.5", **ages)
        for number in range(5):
            run.move_in(text("water"), f"{number}.txt")
        run.move_in(PICTURE, "scan.png")
        # The folder of today counts from its midnight, its files from their move.
        everything = ("archive", "duplicates", "quarantine")

        def gone() -> list[int]:
            events = run.events("files.expired")
            return [sum(event.get(folder, 0) for event in events) for folder in everything]

        until(lambda: sum(gone()) == 6, "all is past its age")
        assert gone() == [1, 4, 1]
        assert not any(run.files(folder, sidecars=True) for folder in everything)
        # The ledger knows the text all the same.
        run.move_in(text("water"), "again.txt")
        until(lambda: [event["path"] for event in run.events("document.duplicate")].count("again.txt"), "a duplicate")
        assert len(run.records()) == 1
        assert len(run.journal()) == 7

    def test_ages_that_cost_the_ledgers_backup_are_refused_at_the_start(self, start: Start) -> None:
        refused = start(ready=None, TURNSTREAM_RETENTION__JOURNAL_DAYS="5")
        assert refused.process
        assert refused.process.wait(30) == 78
        assert b"journal_days" in refused.errors.read_bytes()
        refused.errors.write_bytes(b"")
