"""What killed processes leave behind goes, and nothing else; what was never read comes back."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from turnstream.folder import Hands
from turnstream.models import FileRef, OutcomeKind
from turnstream.pipeline import Tools, process
from turnstream.quarantine.cases import cases, retry
from turnstream.root import Root
from turnstream.upkeep.leftovers import Leftovers
from turnstream.upkeep.walk import Tally

Drop = Callable[..., FileRef]
PICTURE = b"\x89PNG\r\n\x1a\nno transcript"
HOUR = 3600.0
#: 16 hex digits, as `secrets.token_hex(8)` gives them.
TOKEN = "0123456789abcdef"


def text(word: str) -> str:
    return f"Anna: {word}\nBen: yes, {word}\n"


def below(root: Root, top: str = ".") -> set[str]:
    folder = root.path / top
    return {os.path.relpath(Path(place, name), folder) for place, _, names in os.walk(folder) for name in names}


def tidy(root: Root, seconds_from_now: float = 2 * HOUR, *, leftovers: Leftovers | None = None) -> Tally:
    tally = Tally()
    for _ in (leftovers or Leftovers(root, ".done")).tidy(time.time() + seconds_from_now, tally):
        pass
    assert not tally.faults
    return tally


class TestTemporaries:
    OURS = (
        f"drop/sub/.{TOKEN}.part",
        f"drop/.canary-{TOKEN}.tmp",
        "drop/.rename-01234567.tmp",
        "drop/.rename-01234567.tmp2.tmp",
        "archive/.rename-01234567.tmp",
        f"quarantine/sub/.{TOKEN}.tmp",
        f"duplicates/.{TOKEN}.tmp",
        "state/.root.01234567.tmp",
        "state/.root.json.4711.01234567.tmp",
        "state/.server.json.4711.01234567.tmp",
        f"state/retried/.{TOKEN}.json.4711.01234567.tmp",
    )
    NOT_OURS = (
        "drop/.0123.part",
        f"drop/{TOKEN}.part",
        f"drop/.{TOKEN}.tmp",
        f"drop/.{TOKEN}.PART",
        f"drop/.{TOKEN}.part.txt",
        f"quarantine/.{TOKEN}.part",
        f"quarantine/{TOKEN}.tmp",
        f"archive/2026-01-01/.{TOKEN}.tmp",
        "state/notes.tmp",
        "state/.notes.json.1.01234567.tmp",
        f"journal/.{TOKEN}.tmp",
    )

    @pytest.mark.parametrize("path", OURS)
    def test_exactly_our_names_go_an_hour_after_their_last_change(self, root: Root, path: str) -> None:
        file = root.path / path
        file.parent.mkdir(exist_ok=True)
        file.touch()
        os.utime(file, (0, 0))  # its own time says nothing
        tidy(root, 0.9 * HOUR)
        assert file.exists()
        assert tidy(root, 1.1 * HOUR).counts == {"temporary": 1}
        assert not file.exists()

    def test_all_other_names_stay(self, root: Root) -> None:
        for path in self.NOT_OURS:
            (root.path / path).parent.mkdir(exist_ok=True)
            (root.path / path).touch()
        assert tidy(root, 9999 * HOUR).counts == {}
        assert set(self.NOT_OURS) <= below(root)

    def test_what_is_no_regular_file_stays(self, root: Root, tmp_path: Path) -> None:
        (root.drop / f".{TOKEN}.part").mkdir()
        (root.quarantine / f".{TOKEN}.tmp").symlink_to(tmp_path)
        (tmp_path / f".{TOKEN}.part").touch()
        (root.drop / "link").symlink_to(tmp_path)
        assert tidy(root).counts == {}
        assert (tmp_path / f".{TOKEN}.part").exists()

    def test_a_copy_that_ingest_was_killed_in_goes(self, root: Root) -> None:
        code = (
            "import os, signal, sys\n"
            "from pathlib import Path\n"
            "from turnstream import dropper, settings\n"
            "from turnstream.root import Root\n"
            "dropper.shutil.copyfileobj = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
            "dropper.Dropper(Root(Path(sys.argv[1])), '').copy(dropper.Wanted(Path(sys.argv[2]), 'sub/a.txt'))\n"
        )
        source = root.path / "state" / "source"
        source.write_text("text")
        ended = subprocess.run([sys.executable, "-c", code, str(root.path), str(source)], check=False).returncode
        assert ended == -signal.SIGKILL
        assert len(below(root, "drop")) == 1
        assert tidy(root).counts == {"temporary": 1}
        assert below(root, "drop") == set()

    def test_a_note_on_a_retry_goes_after_a_month(self, root: Root, drop: Drop, tools: Tools) -> None:
        process([drop("a.png", PICTURE)], tools)
        (case,) = cases(root.path)
        retry(root.path, case)
        assert tidy(root, 29 * 24 * HOUR).counts == {}
        assert tidy(root, 31 * 24 * HOUR).counts == {"temporary": 1}


class TestSidecars:
    def test_one_whose_file_was_taken_away_goes_and_others_stay(self, root: Root, drop: Drop, tools: Tools) -> None:
        for name in ("a.png", "sub/b.png"):
            process([drop(name, PICTURE + name.encode())], tools)
        for number, name in enumerate(("c.txt", "sub/d.txt", "e.txt")):
            process([drop(name, text("water") + "\n" * number)], tools)
        (root.quarantine / "sub" / "b.png").unlink()
        (root.path / "duplicates" / "sub" / "d.txt").unlink()
        assert tidy(root, 0.9 * HOUR).counts == {}
        assert tidy(root, 1.1 * HOUR).counts == {"sidecar": 2}
        assert below(root, "quarantine") == {"a.png", "a.png.error.json"}
        assert below(root, "duplicates") == {"e.txt", "e.txt.duplicate.json"}

    @pytest.mark.parametrize("content", [b"", b"{}", b"no json", b'{"file": "x", "reason": "empty"}'])
    def test_a_users_own_file_that_is_named_like_one_stays(self, root: Root, content: bytes) -> None:
        for folder in ("quarantine", "duplicates"):
            (root.path / folder / "x.error.json").write_bytes(content)
            (root.path / folder / "x.duplicate.json").write_bytes(content)
        assert tidy(root).counts == {}

    def test_one_whose_file_was_renamed_beside_it_stays(self, root: Root, drop: Drop, tools: Tools) -> None:
        process([drop("a.png", PICTURE)], tools)
        (root.quarantine / "done").mkdir()
        (root.quarantine / "a.png").rename(root.quarantine / "done" / "looked-at.png")
        assert tidy(root).counts == {}

    def test_one_whose_file_was_renamed_stays_in_a_copied_root_too(
        self, root: Root, drop: Drop, tools: Tools, tmp_path: Path
    ) -> None:
        process([drop("a.png", PICTURE)], tools)
        (root.quarantine / "a.png").rename(root.quarantine / "mended.png")
        copy = Root(tmp_path / "copy")
        subprocess.run(["cp", "-a", root.path, copy.path], check=True)
        for one in (root, copy):
            assert tidy(one).counts == {}
            assert below(one, "quarantine") == {"mended.png", "a.png.error.json"}

    def test_a_copy_of_a_sidecar_that_was_dropped_and_rejected_stays(
        self, root: Root, drop: Drop, tools: Tools
    ) -> None:
        process([drop("a.png", PICTURE)], tools)
        note = (root.quarantine / "a.png.error.json").read_bytes()
        ref = drop("b.png.error.json", note, crashes=3)
        process([ref], tools)
        (root.quarantine / "b.png.error.json.error.json").unlink()
        (root.quarantine / "a.png").unlink()
        assert tidy(root).counts == {"sidecar": 1}
        assert below(root, "quarantine") == {"b.png.error.json"}

    def test_one_of_a_retry_that_was_killed_goes(self, root: Root, drop: Drop, tools: Tools) -> None:
        process([drop("a.png", PICTURE)], tools)
        (root.quarantine / "a.png").rename(root.drop / "a.png")
        assert tidy(root).counts == {"sidecar": 1}
        assert below(root, "drop") == {"a.png"}


class TestMarkers:
    def test_one_whose_file_was_taken_goes_and_one_that_waits_stays(self, root: Root, drop: Drop, tools: Tools) -> None:
        ref = drop("sub/a.txt", text("water"))
        for name in ("sub/a.txt.done", "coming.txt.done"):
            (root.drop / name).touch()
        process([ref], tools)
        assert tidy(root, 0.9 * HOUR).counts == {}
        assert tidy(root, 1.1 * HOUR).counts == {"marker": 1}
        assert below(root, "drop") == {"coming.txt.done"}

    def test_one_that_came_after_its_file_was_taken_waits_for_the_next(
        self, root: Root, drop: Drop, tools: Tools
    ) -> None:
        process([drop("a.txt", text("water"))], tools)
        time.sleep(0.02)
        (root.drop / "a.txt.done").touch()
        leftovers = Leftovers(root, ".done")
        for _ in range(2):
            assert tidy(root, leftovers=leftovers).counts == {}
        assert below(root, "drop") == {"a.txt.done"}

    def test_one_with_its_file_stays(self, root: Root, drop: Drop, tools: Tools) -> None:
        ref = drop("a.txt", text("water"))
        (root.drop / "a.txt.done").touch()
        process([ref], tools)
        drop("a.txt", text("rivers"))
        assert tidy(root).counts == {}

    def test_without_the_setting_a_name_is_a_name(self, root: Root, drop: Drop, tools: Tools) -> None:
        ref = drop("a.txt", text("water"))
        (root.drop / "a.txt.done").touch()
        process([ref], tools)
        assert tidy(root, leftovers=Leftovers(root)).counts == {}


#: Works a file off; its name is taken by another file just before the move, and the worker dies just after.
KILLED_MOVE = """
import os, signal, sys
from pathlib import Path
from turnstream import folder
root, name = Path(sys.argv[1]), sys.argv[2]
with folder.Hands(root) as hands:
    taken = hands.take(name)
    place = hands.place(sys.argv[3], taken, sys.argv[4])
    os.rename(root / "state" / "coming.tmp", root / "drop" / name)
    folder.Hands._fault = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    hands.move(taken, place)
"""


class TestUnread:
    @pytest.fixture
    def unread(self, root: Root, drop: Drop, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A file in archive/ that took an arrival's name at the last moment, by a worker that was killed then."""
        ref = drop("sub/a.txt", text("water"))
        (root.path / "state" / "coming.tmp").write_text(text("never read"))
        with monkeypatch.context() as patch:
            # All but the move, which a process of its own does.
            patch.setattr(Hands, "move", lambda *_: True)
            (arrival,) = process([ref], tools)
        assert arrival.outcome == OutcomeKind.PUBLISHED
        assert arrival.destination
        folder = arrival.destination.folder.removesuffix("/sub")
        command = [sys.executable, "-c", KILLED_MOVE, str(root.path), "sub/a.txt", folder, ref.arrival_id]
        assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
        assert below(root, "drop") == set()
        file = root.path / arrival.destination.path
        assert file.read_text() == text("never read")
        return file

    def test_it_comes_back_and_is_told(self, root: Root, unread: Path, tools: Tools) -> None:
        tally = tidy(root, 10)
        assert tally.returned == [(os.path.relpath(unread, root.path), "sub/a.txt")]
        assert (root.drop / "sub" / "a.txt").read_text() == text("never read")
        (arrival,) = process([FileRef(path="sub/a.txt", arrival_id="0" * 16)], tools)
        assert arrival.outcome == OutcomeKind.PUBLISHED
        assert tidy(root, 10).returned == []

    def test_a_copied_root_has_other_inodes_and_the_same_bytes_and_stays_as_it_is(
        self, root: Root, drop: Drop, tools: Tools, tmp_path: Path
    ) -> None:
        process([drop("a.txt", text("water")), drop("b.txt", text("water") + "\n")], tools)
        copy = tmp_path / "copy"
        subprocess.run(["cp", "-a", root.path, copy], check=True)
        before = below(Root(copy))
        assert tidy(Root(copy), 10).returned == []
        assert below(Root(copy)) == before

    @pytest.mark.parametrize("place", ["archive/../../outside/victim.txt", "archive/{day}/link/victim.txt"])
    def test_no_line_and_no_link_leads_out_of_the_root(
        self, root: Root, drop: Drop, tools: Tools, place: str, tmp_path: Path
    ) -> None:
        process([drop("a.txt", text("water"))], tools)
        (journal,) = (root.path / "journal").glob("*.jsonl")
        (victim := root.path.parent / "outside" / "victim.txt").parent.mkdir()
        day = journal.name[:10]
        (root.path / "archive" / day / "link").symlink_to(victim.parent)
        victim.write_text("mine")
        os.utime(victim, ns=(0, 0))
        line = orjson.loads(journal.read_bytes()) | {"to": place.format(day=day), "at": datetime.now(UTC)}
        journal.write_bytes(orjson.dumps(line | {"arrival_id": "0" * 16}) + b"\n" + orjson.dumps({"to": ["x"]}) + b"\n")
        assert tidy(root, 10).returned == []
        assert victim.read_text() == "mine"

    def test_it_waits_for_a_worker_that_may_live_and_is_found_in_the_next_pass(self, root: Root, unread: Path) -> None:
        leftovers = Leftovers(root)
        assert tidy(root, 0, leftovers=leftovers).returned == []
        assert len(tidy(root, 200, leftovers=leftovers).returned) == 1

    def test_lines_that_were_looked_at_are_not_read_again(self, root: Root, drop: Drop, tools: Tools) -> None:
        process([drop("a.txt", text("water"))], tools)
        leftovers = Leftovers(root)
        tidy(root, 10, leftovers=leftovers)
        assert leftovers._read_until == {}
        tidy(root, 200, leftovers=leftovers)
        (journal,) = (root.path / "journal").iterdir()
        assert leftovers._read_until == {journal.name: journal.stat().st_size}

    def test_it_takes_nobody_s_name(self, root: Root, unread: Path, drop: Drop) -> None:
        drop("sub/a.txt", "another one")
        ((_, back),) = tidy(root, 10).returned
        assert back != "sub/a.txt"
        assert (root.drop / back).read_text() == text("never read")
        assert (root.drop / "sub" / "a.txt").read_text() == "another one"

    def test_what_was_read_stays(self, root: Root, drop: Drop, tools: Tools) -> None:
        process([drop(f"{number}.txt", text("water")) for number in range(3)], tools)
        process([drop("0.txt", text("rivers")), drop("b.png", PICTURE)], tools)
        there = below(root)
        assert tidy(root, 10).returned == []
        assert below(root) == there

    def test_what_its_user_wrote_to_in_archive_stays(self, root: Root, drop: Drop, tools: Tools) -> None:
        (arrival,) = process([drop("a.txt", text("water"))], tools)
        assert arrival.destination
        with (root.path / arrival.destination.path).open("a") as file:
            file.write("Anna: a note of mine\n")
        assert tidy(root, 10).returned == []

    def test_what_its_user_put_there_later_stays(self, root: Root, drop: Drop, tools: Tools) -> None:
        (arrival,) = process([drop("a.txt", text("water"))], tools)
        assert arrival.destination
        (journal,) = (root.path / "journal").iterdir()
        line = orjson.loads(journal.read_bytes())
        # As if the line were two minutes old: a change time cannot be set.
        earlier = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 120))
        journal.write_bytes(orjson.dumps({**line, "at": earlier}) + b"\n")
        (root.path / "state" / "mine").write_text(secrets.token_hex())
        time.sleep(0.02)  # the clock of a file system ticks slowly
        (root.path / "state" / "mine").rename(root.path / arrival.destination.path)
        assert tidy(root, 10).returned == []

    def test_a_name_that_another_arrival_took_is_that_one_s(self, root: Root, drop: Drop, tools: Tools) -> None:
        first, second = drop("a.txt", text("water")), drop("b.txt", text("rivers"))
        process([first, second], tools)
        (journal,) = (root.path / "journal").iterdir()
        lines = [orjson.loads(line) for line in journal.read_bytes().splitlines()]
        # The second was to go where the first is now, and says so in an earlier line.
        for order in ([1, 0], [0, 1]):
            planned = {**lines[1], "to": lines[0]["to"]}
            journal.write_bytes(b"\n".join(orjson.dumps([lines[0], planned][n]) for n in order) + b"\n")
            assert tidy(root, 10).returned == []

    def test_a_hard_link_made_later_changes_nothing(self, root: Root, drop: Drop, tools: Tools, tmp_path: Path) -> None:
        (arrival,) = process([drop("a.txt", text("water"))], tools)
        assert arrival.destination
        os.link(root.path / arrival.destination.path, tmp_path / "kept")
        assert tidy(root, 10).returned == []
