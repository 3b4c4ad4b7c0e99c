"""What is past its age goes, and only that; ages count from the outcome."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from turnstream import settings
from turnstream.errors import BadConfiguration
from turnstream.models import FileRef
from turnstream.pipeline import Tools, process
from turnstream.root import Root
from turnstream.settings import RetentionSettings, Settings
from turnstream.upkeep.retention import expire
from turnstream.upkeep.walk import Tally
from turnstream.watch.housekeeping import Housekeeping

Drop = Callable[..., FileRef]
DAY = 86400.0
PICTURE = b"\x89PNG\r\n\x1a\nno transcript"


def text(word: str) -> str:
    return f"Anna: {word}\nBen: yes, {word}\n"


def ages(**days: float) -> RetentionSettings:
    keep = {"archive_days": 0.0, "duplicates_days": 0.0, "quarantine_days": 0.0, "journal_days": 0.0}
    return RetentionSettings.model_validate({**keep, "pass_seconds": 900.0, **days})


def expired(root: Root, days_from_now: float, **days: float) -> dict[str, int]:
    tally = Tally()
    for _ in expire(root, ages(**days), time.time() + days_from_now * DAY, tally):
        pass
    assert not tally.faults
    return dict(tally.counts)


def below(root: Root, top: str) -> set[str]:
    folder = root.path / top
    return {os.path.relpath(Path(place, name), folder) for place, _, names in os.walk(folder) for name in names}


@pytest.fixture
def filled(drop: Drop, tools: Tools, root: Root) -> Root:
    """A root with one of each outcome, two of them in sub-folders."""
    for path, content in (("a.txt", text("water")), ("sub/b.txt", text("water")), ("sub/c.png", PICTURE)):
        process([drop(path, content)], tools)
    return root


def today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


class TestAge:
    def test_nothing_goes_by_default(self, filled: Root) -> None:
        assert expired(filled, 36500) == {}

    def test_what_is_past_its_age_goes_with_its_sidecar_and_what_is_younger_stays(self, filled: Root) -> None:
        days = {"archive_days": 3.0, "duplicates_days": 1.5, "quarantine_days": 2.0}
        assert expired(filled, 1.4, **days) == {}
        assert expired(filled, 1.6, **days) == {"duplicates": 1}
        assert expired(filled, 2.1, **days) == {"quarantine": 1}
        assert expired(filled, 2.9, **days) == {}
        assert expired(filled, 3.1, **days) == {"archive": 1}
        assert [below(filled, top) for top in ("archive", "duplicates", "quarantine")] == [set(), set(), set()]

    def test_a_file_counts_from_its_outcome_not_from_its_own_time(self, drop: Drop, tools: Tools, root: Root) -> None:
        ref = drop("old.txt", text("water"))
        os.utime(root.drop / "old.txt", (0, 0))
        process([ref], tools)
        assert (root.path / "archive" / today() / "old.txt").stat().st_mtime == 0
        assert expired(root, 0.9, archive_days=1) == {}
        assert expired(root, 1.1, archive_days=1) == {"archive": 1}

    def test_a_file_of_an_old_dated_folder_that_came_today_is_a_day_old_tomorrow(self, filled: Root) -> None:
        old = filled.path / "archive" / "2020-01-01"
        (filled.path / "archive" / today()).rename(old)
        os.utime(old / "a.txt", (0, 0))  # a change, too: as if it had come now
        assert expired(filled, 0.9, archive_days=1) == {}
        assert expired(filled, 1.1, archive_days=1) == {"archive": 1}

    def test_a_clock_that_was_wrong_at_the_move_costs_no_file(self, filled: Root) -> None:
        coming = f"{datetime.now(UTC) + timedelta(days=300):%Y-%m-%d}"
        (filled.path / "archive" / today()).rename(filled.path / "archive" / coming)
        assert expired(filled, 200, archive_days=1) == {}
        assert below(filled, "archive") == {f"{coming}/a.txt"}

    def test_a_note_that_is_younger_than_its_file_counts(self, filled: Root) -> None:
        note = filled.quarantine / "sub" / "c.png.error.json"
        facts = orjson.loads(note.read_bytes())
        facts["at"] = (datetime.now(UTC) + timedelta(days=5)).isoformat()
        note.write_bytes(orjson.dumps(facts))
        assert expired(filled, 5.9, quarantine_days=1) == {}
        assert expired(filled, 6.1, quarantine_days=1) == {"quarantine": 1}

    def test_emptied_folders_go_and_others_stay(self, filled: Root) -> None:
        (filled.quarantine / "mine").mkdir()
        expired(filled, 9, archive_days=1, duplicates_days=1, quarantine_days=1)
        assert os.listdir(filled.path / "archive") == []  # noqa: PTH208
        assert os.listdir(filled.path / "duplicates") == []  # noqa: PTH208
        assert os.listdir(filled.quarantine) == ["mine"]  # noqa: PTH208


class TestWhoseFile:
    def test_a_file_without_its_own_note_stays(self, filled: Root) -> None:
        (filled.quarantine / "mine.txt").write_text("mine")
        (filled.quarantine / "noted.txt").write_text("mine")
        (filled.quarantine / "noted.txt.error.json").write_text('{"reason": "empty"}')
        (filled.quarantine / "sub" / "c.png").write_bytes(b"mended by its user")
        assert expired(filled, 9, quarantine_days=1) == {}
        assert len(below(filled, "quarantine")) == 5

    def test_a_note_of_another_file_counts_for_nothing(self, filled: Root) -> None:
        note = (filled.quarantine / "sub" / "c.png.error.json").read_bytes()
        (filled.quarantine / "mine.txt").write_text("mine")
        (filled.quarantine / "mine.txt.error.json").write_bytes(note)
        assert expired(filled, 9, quarantine_days=1) == {"quarantine": 1}
        assert below(filled, "quarantine") == {"mine.txt", "mine.txt.error.json"}

    def test_names_that_are_no_utf8_go_too(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("\udcff/\udcfe.png", PICTURE)], tools)
        assert expired(root, 2, quarantine_days=1) == {"quarantine": 1}
        assert below(root, "quarantine") == set()

    def test_links_are_neither_followed_nor_deleted(self, filled: Root, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        (outside / "2020-01-01").mkdir(parents=True)
        (outside / "2020-01-01" / "precious.txt").touch()
        archive = filled.path / "archive"
        (archive / "2020-01-01").symlink_to(outside / "2020-01-01")
        (archive / today() / "folder").symlink_to(outside)
        (archive / today() / "file").symlink_to(outside / "2020-01-01" / "precious.txt")
        (filled.quarantine / "folder").symlink_to(outside)
        tally = Tally()
        for _ in expire(filled, ages(archive_days=1, quarantine_days=1), time.time() + 9 * DAY, tally):
            pass
        assert tally.counts == {"archive": 1, "quarantine": 1}
        assert (outside / "2020-01-01" / "precious.txt").exists()
        assert (archive / today() / "folder").is_symlink()
        assert (archive / today() / "file").is_symlink()

    @pytest.mark.parametrize("name", ["2020-13-01", "2020-1-1", "mine", "20200101"])
    def test_what_has_no_dated_name_in_archive_is_somebody_s(self, root: Root, name: str) -> None:
        (root.path / "archive" / name).mkdir()
        (root.path / "archive" / name / "x.txt").touch()
        (root.path / "archive" / "y.txt").touch()
        assert expired(root, 9, archive_days=1) == {}
        assert below(root, "archive") == {f"{name}/x.txt", "y.txt"}

    def test_the_end_folder_itself_may_be_a_link(self, filled: Root, tmp_path: Path) -> None:
        (filled.path / "archive").rename(tmp_path / "elsewhere")
        (filled.path / "archive").symlink_to(tmp_path / "elsewhere")
        assert expired(filled, 9, archive_days=1) == {"archive": 1}


class TestJournal:
    @pytest.fixture
    def journal(self, root: Root) -> Path:
        """Ten days of a journal, each day with an entry, of two hosts."""
        for ago in range(10):
            day = f"{datetime.now(UTC) - timedelta(days=ago):%Y-%m-%d}"
            for host in ("a", "b.c"):
                (root.path / "journal" / f"{day}.{host}.jsonl").write_text('{"entry_id":"1-1"}\n')
        return root.path / "journal"

    def test_whole_days_go_once_they_are_past_their_age(self, journal: Path, root: Root) -> None:
        (journal / "notes.txt").touch()
        (journal / "2020-01-01.a.jsonl.bak").touch()
        # All came to their folder now: that counts, too.
        assert expired(root, 3.9, archive_days=4, journal_days=4) == {}
        assert expired(root, 4.1, archive_days=4, journal_days=4)["journal"] >= 2 * 8
        assert {"notes.txt", "2020-01-01.a.jsonl.bak"} <= below(root, "journal")

    def test_the_newest_day_with_an_entry_never_goes(self, journal: Path, root: Root) -> None:
        for file in sorted(journal.iterdir())[-6:]:
            file.write_text('{"entry_id":null}\n')
        expired(root, 1000, archive_days=1, journal_days=1)
        assert len(list(journal.iterdir())) == 8

    def test_a_day_that_a_file_in_archive_depends_on_stays(self, journal: Path, root: Root) -> None:
        day = sorted(journal.iterdir())[6].name[:10]
        (root.path / "archive" / day).mkdir()
        (root.path / "archive" / day / "x").symlink_to("nowhere")  # is never deleted
        expired(root, 1000, archive_days=1, journal_days=1)
        assert min(file.name[:10] for file in journal.iterdir()) == day

    @pytest.mark.parametrize(
        ("archive", "journal", "fine"),
        [(0, 0, True), (5, 0, True), (5, 5, True), (5, 5.5, True), (0, 5, False), (5, 4.9, False)],
    )
    def test_ages_that_would_cost_the_ledger_s_backup_are_refused(
        self, tmp_path: Path, archive: float, journal: float, fine: bool
    ) -> None:
        file = tmp_path / "config.toml"
        file.write_text(f"[retention]\narchive_days = {archive}\njournal_days = {journal}\n")
        if fine:
            assert settings.load(file).retention.journal_days == journal
            return
        with pytest.raises(BadConfiguration, match="rebuilt from the journal") as refused:
            settings.load(file)
        assert refused.value.exit_code == 78


Events = list[dict[str, object]]


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Events:
    said: Events = []
    monkeypatch.setattr(
        "turnstream.watch.housekeeping.say", lambda event, **facts: said.append({"event": event, **facts})
    )
    return said


class TestHousekeeping:
    @pytest.fixture
    def keeper(self, filled: Root, root_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Housekeeping:
        """Housekeeping of nine days later."""
        now = time.time() + 9 * DAY
        monkeypatch.setattr("turnstream.watch.housekeeping.time.time", lambda: now)
        kept = ages(archive_days=1, duplicates_days=1, quarantine_days=1)
        return Housekeeping(filled, root_settings.model_copy(update={"retention": kept}))

    def test_a_pass_tells_its_counts_once_and_rests(self, keeper: Housekeeping, events: Events) -> None:
        now = time.monotonic()
        for second in range(5):
            keeper.go(now + 2 * second)
        assert events == [{"event": "files.expired", "archive": 1, "duplicates": 1, "quarantine": 1}]

    def test_it_is_done_little_by_little(
        self, keeper: Housekeeping, filled: Root, events: Events, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("turnstream.watch.housekeeping._GO_SECONDS", 0.0)
        for number in range(20):
            (filled.path / "archive" / today() / f"{number}.txt").touch()
        left = []
        now = time.monotonic()
        for second in range(200):
            keeper.go(now + 2 * second)
            left.append(len(below(filled, "archive")))
        assert left[0] == 21
        assert left[-1] == 0
        assert len(set(left)) > 10
        assert [event["archive"] for event in events] == [21]

    def test_it_can_be_ended_in_the_middle(
        self, keeper: Housekeeping, monkeypatch: pytest.MonkeyPatch, filled: Root
    ) -> None:
        monkeypatch.setattr("turnstream.watch.housekeeping._GO_SECONDS", 0.0)
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        now = time.monotonic()
        for second in range(3):
            keeper.go(now + 2 * second)
        del keeper._pass
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208

    @pytest.mark.parametrize("failing", ["rmdir of journal", "root.json", "folder"])
    def test_what_fails_is_said_once_and_ends_nothing(
        self, keeper: Housekeeping, filled: Root, events: Events, failing: str
    ) -> None:
        match failing:
            case "rmdir of journal":
                (filled.path / "journal").rename(filled.path / "away")
            case "root.json":
                filled.state_file.rename(filled.path / "away")
            case "folder":
                (filled.path / "archive").rename(filled.path / "away")
                (filled.path / "archive").touch()
        now = time.monotonic()
        for hour in range(3):
            keeper.go(now + 3600 * hour)
        said = [event["event"] for event in events]
        assert said.count("files.undeletable") == {"rmdir of journal": 1, "root.json": 1, "folder": 1}[failing]
