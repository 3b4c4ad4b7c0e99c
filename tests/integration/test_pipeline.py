"""A batch from open to move: real files, a real server, and a kill at every step."""

from __future__ import annotations

import fcntl
import itertools
import os
import resource
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest
import structlog

from turnstream import connect, pipeline
from turnstream.agreement import agree
from turnstream.arrival import Arrival
from turnstream.claims import Duplicate, Published, Yours
from turnstream.errors import (
    ChangedWhileRead,
    DisposeBlocked,
    FileGone,
    LedgerHeld,
    ServerUnavailable,
    StillOpen,
    TransientError,
)
from turnstream.folder import AlreadyMoved, Hands
from turnstream.identify import arrival_id
from turnstream.journal import Journal
from turnstream.models import Extracted, FileRef, OutcomeKind, Parsed, from_wire
from turnstream.packed import unpack_claim
from turnstream.parse import parse as parse_text
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import start
from turnstream.settings import ServerSettings, Settings
from turnstream.taken import Taken

Drop = Callable[..., FileRef]
Before = Callable[..., None]
PUBLISHED, DUPLICATE, REJECTED = OutcomeKind.PUBLISHED, OutcomeKind.DUPLICATE, OutcomeKind.REJECTED
PICTURE = b"\x89PNG\r\n\x1a\nno transcript"


def transcript(topic: object) -> str:
    return (
        f"Talks about {topic}\n\n"
        f"Anna Abel: Good morning. Let us talk about {topic}, as we agreed.\n\n"
        "Boris Brandt: Good morning. I have read the report – every page of it.\n\n"
        "Anna Abel: “Every page”? That is more than I did.\n"
    )


def tree(root: Root, *folders: str) -> dict[str, bytes]:
    """Every file of the folders that files are moved between."""
    found = {}
    for folder in folders or ("drop", "archive", "duplicates", "quarantine"):
        for below, _, names in os.walk(root.path / folder):
            for name in names:
                file = Path(below, name)
                found[os.path.relpath(file, root.path)] = file.read_bytes()
    return found


def journal_of(root: Root) -> list[dict[str, Any]]:
    paths = sorted((root.path / "journal").glob("*.jsonl"))
    return [orjson.loads(line) for path in paths for line in path.read_bytes().splitlines() if line]


def last_lines(root: Root) -> dict[str, dict[str, Any]]:
    """The line that counts of each arrival."""
    return {line["arrival_id"]: line for line in journal_of(root)}


def require_journal_is_true(root: Root) -> None:
    """Every outcome has a line whose ``to`` is where the bytes are, and every file and sidecar belong together."""
    left = tree(root, "archive", "duplicates", "quarantine")
    for line in last_lines(root).values():
        place = from_wire(line["to"])
        assert len(left.pop(place)) == line["size"]
        suffix = {"rejected": ".error.json", "duplicate": ".duplicate.json"}.get(line["outcome"])
        if suffix:
            assert orjson.loads(left.pop(place + suffix))["arrival_id"] == line["arrival_id"]
    assert left == {}


def entries_of(ledger: Ledger) -> list[dict[str, Any]]:
    reply: Any = ledger.client.xrange(ledger.key("documents"))
    return [orjson.loads(fields[b"data"]) for _, fields in reply]


def sidecar_of(root: Root, path: str) -> dict[str, Any]:
    (file,) = [file for file in (root.path / path).parent.glob("*.json") if file.name.startswith(Path(path).name)]
    found: dict[str, Any] = orjson.loads(file.read_bytes())
    return found


def named(root: Root, name: str) -> FileRef:
    """Refer to a file as the watcher does that looks at it now."""
    return FileRef(path=name, arrival_id=arrival_id(root.state().root_id, (root.drop / name).stat(), name))


def today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def outcomes(arrivals: list[Arrival]) -> list[OutcomeKind | None]:
    return [arrival.outcome for arrival in arrivals]


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Before:
    """Have something happen once, just before a step does its work."""

    def arrange(owner: object, name: str, happens: Callable[[], object]) -> None:
        original = getattr(owner, name)
        first = iter([True])

        def step(*args: Any, **kwargs: Any) -> Any:
            if next(first, False):
                happens()
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, step)

    return arrange


class TestOutcomes:
    def test_one_batch_with_every_outcome(self, drop: Drop, tools: Tools, root: Root) -> None:
        files = [
            drop("new.txt", transcript("water")),
            drop("sub/folder/twin.txt", transcript("water")),
            drop("bad.png", PICTURE),
            drop("other.txt", transcript("rivers")),
        ]
        arrivals = process(files, tools)
        assert outcomes(arrivals) == [PUBLISHED, DUPLICATE, REJECTED, PUBLISHED]
        assert all(arrival.moved for arrival in arrivals)
        assert set(tree(root)) == {
            f"archive/{today()}/new.txt",
            f"archive/{today()}/other.txt",
            "duplicates/sub/folder/twin.txt",
            "duplicates/sub/folder/twin.txt.duplicate.json",
            "quarantine/bad.png",
            "quarantine/bad.png.error.json",
        }
        assert tree(root)[f"archive/{today()}/new.txt"] == transcript("water").encode()
        require_journal_is_true(root)

    def test_every_outcome_has_a_line_that_says_it_all(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        files = [drop("new.txt", transcript("water")), drop("twin.txt", transcript("water")), drop("bad.png", PICTURE)]
        new, twin, bad = process(files, tools)
        lines = last_lines(root)
        assert list(lines) == [new.arrival_id, bad.arrival_id, twin.arrival_id]
        (event,) = entries_of(ledger)
        assert new.answer
        told = {
            "v": 1,
            "outcome": "published",
            "path": "new.txt",
            "to": f"archive/{today()}/new.txt",
            "document_id": event["data"]["document_id"],
            "event_id": event["id"],
            "content_sha256": event["data"]["content_sha256"],
            "source_sha256": event["data"]["source_sha256"],
            "entry_id": new.answer.entry_id,
            "original": None,
            "reason": None,
        }
        assert lines[new.arrival_id or ""].items() >= told.items()
        assert lines[twin.arrival_id or ""].items() >= {"entry_id": new.answer.entry_id, "outcome": "duplicate"}.items()
        assert lines[twin.arrival_id or ""]["original"] == new.arrival_id
        told = {"outcome": "rejected", "reason": "unsupported_format", "entry_id": None, "content_sha256": None}
        assert lines[bad.arrival_id or ""].items() >= told.items()

    def test_the_entry_and_the_claim_are_those_of_the_file(self, drop: Drop, tools: Tools, ledger: Ledger) -> None:
        ref = drop("000_4079e7fc051ca7b4.txt", transcript("water"))
        (arrival,) = process([ref], tools)
        (event,) = entries_of(ledger)
        record = event["data"]
        assert event["id"] == f"{record['document_id']}.1"
        assert record["provenance"]["path"] == "000_4079e7fc051ca7b4.txt"
        assert record["provenance"]["declared_id"] == "4079e7fc051ca7b4"
        assert [speaker["name"] for speaker in record["speakers"]] == ["Anna Abel", "Boris Brandt"]
        digest = record["content_sha256"]
        claim: Any = ledger.client.hget(ledger.key(f"claims:{digest[:4]}"), bytes.fromhex(digest[4:]))
        assert arrival.answer
        assert unpack_claim(claim)[:2] == (ref.arrival_id, arrival.answer.entry_id)

    def test_a_later_file_of_the_same_text_is_a_duplicate(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        (first,) = process([drop("a.txt", transcript("water"))], tools)
        (second,) = process([drop("b.txt", transcript("water"))], tools)
        assert first.answer
        assert second.answer == Duplicate(first.answer.entry_id, first.arrival_id or "")
        assert second.publication is None, "a known content costs no parse"
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b" \n\t\xc2\xa0\n", "empty"),
            (PICTURE, "unsupported_format"),
            (bytes(range(256)), "unsupported_format"),
            (b"\xff\xfeh\0i", "undecodable"),
            (b"x" * 1_000_001, "file_too_large"),
        ],
    )
    def test_what_cannot_be_read_is_rejected_with_its_reason(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, content: bytes, reason: str
    ) -> None:
        (arrival,) = process([drop("bad.txt", content)], tools)
        assert arrival.outcome == REJECTED
        facts = sidecar_of(root, "quarantine/bad.txt")
        assert facts["reason"] == reason
        assert facts["hint"]
        assert facts["file"] == "bad.txt"
        assert facts["retry"].endswith(arrival.arrival_id or "-")
        assert tree(root)["quarantine/bad.txt"] == content
        assert entries_of(ledger) == []
        require_journal_is_true(root)

    def test_an_empty_batch_is_nothing(self, tools: Tools, root: Root) -> None:
        assert process([], tools) == []
        assert journal_of(root) == []


class TestSameText:
    """Other bytes, same text: a duplicate."""

    VARIANTS: ClassVar[dict[str, Callable[[str], bytes]]] = {
        "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
        "CR": lambda text: text.replace("\n", "\r").encode(),
        "BOM": lambda text: text.encode("utf-8-sig"),
        "UTF-16": lambda text: text.encode("utf-16"),
        "UTF-16 big-endian without a mark": lambda text: text.encode("utf-16-be"),
        "UTF-32": lambda text: text.encode("utf-32"),
        "no-break spaces": lambda text: text.replace(" ", "\u00a0").encode(),
        "thin spaces": lambda text: text.replace(" ", "\u2009").encode(),
        "more spaces": lambda text: text.replace(" ", "  \t").encode(),
        "indented": lambda text: text.replace("\n", "\n    ").encode(),
        "no blank lines": lambda text: text.replace("\n\n", "\n").encode(),
        "soft hyphens": lambda text: text.replace("report", "re\u00adport").encode(),
        "decomposed": lambda text: text.replace("é", "e\u0301").encode(),
        "no line end at the end": lambda text: text.strip().encode(),
    }

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_it_is_a_duplicate_and_says_of_what(self, drop: Drop, tools: Tools, root: Root, variant: str) -> None:
        text = transcript("the café by the river")
        other = self.VARIANTS[variant](text)
        assert other != text.encode()
        (original,) = process([drop("sub/original.txt", text)], tools)
        (arrival,) = process([drop("variant.txt", other)], tools)
        assert arrival.outcome == DUPLICATE
        assert arrival.identity
        assert original.answer
        facts = sidecar_of(root, "duplicates/variant.txt")["duplicate_of"]
        assert facts["path"] == "sub/original.txt"
        assert facts["archived"] == f"archive/{today()}/sub/original.txt"
        assert (root.path / facts["archived"]).read_text() == text
        assert facts["document_id"] == arrival.identity.document_id
        assert facts["arrival_id"] == original.arrival_id
        assert facts["entry_id"] == original.answer.entry_id

    @pytest.mark.parametrize("change", [("read", "Read"), ("report", "reports"), ("–", "-"), ("Anna", "Hanna")])
    def test_another_text_is_none(self, drop: Drop, tools: Tools, change: tuple[str, str]) -> None:
        process([drop("original.txt", transcript("water"))], tools)
        (arrival,) = process([drop("other.txt", transcript("water").replace(*change))], tools)
        assert isinstance(arrival.answer, Published)


class TestLinks:
    @pytest.mark.parametrize("batches", [1, 2])
    def test_two_names_of_one_file_are_two_arrivals(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, batches: int
    ) -> None:
        drop("a.txt", transcript(1))
        (root.drop / "b.txt").hardlink_to(root.drop / "a.txt")
        root_id = root.state().root_id
        refs = [
            FileRef(path=name, arrival_id=arrival_id(root_id, (root.drop / name).stat(), name))
            for name in ("a.txt", "b.txt")
        ]
        done = process(refs, tools) if batches == 1 else [*process(refs[:1], tools), *process(refs[1:], tools)]
        assert outcomes(done) == [OutcomeKind.PUBLISHED, OutcomeKind.DUPLICATE]
        assert sidecar_of(root, "duplicates/b.txt")["duplicate_of"]["archived"] == f"archive/{today()}/a.txt"
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    def test_a_link_to_a_file_elsewhere_is_taken_and_the_other_name_stays(
        self, tools: Tools, root: Root, tmp_path: Path
    ) -> None:
        own = tmp_path / "my own.txt"
        own.write_text(transcript(1))
        (root.drop / "a.txt").hardlink_to(own)
        ref = FileRef(path="a.txt", arrival_id=arrival_id(root.state().root_id, own.stat(), "a.txt"))
        assert outcomes(process([ref], tools)) == [OutcomeKind.PUBLISHED]
        assert own.read_text() == transcript(1)
        require_journal_is_true(root)

    @pytest.mark.parametrize("then", ["the other name goes", "another name comes"])
    def test_a_file_is_no_duplicate_of_itself_when_its_names_change_after_a_kill(
        self, tools: Tools, root: Root, ledger: Ledger, tmp_path: Path, then: str
    ) -> None:
        other, file = tmp_path / "other name", root.drop / "a.txt"
        file.write_text(transcript(1))
        if then == "the other name goes":
            other.hardlink_to(file)

        def ref() -> FileRef:
            return FileRef(path="a.txt", arrival_id=arrival_id(root.state().root_id, file.stat(), "a.txt"))

        assert dies([ref()], tools, ("after", "publish", 1))
        if then == "the other name goes":
            other.unlink()
        else:
            other.hardlink_to(file)
        (arrival,) = process([ref()], tools)
        assert isinstance(arrival.answer, Yours)
        assert list(tree(root)) == [f"archive/{today()}/a.txt"]
        assert len(entries_of(ledger)) == 1

    @pytest.mark.parametrize("death", [("after", "publish", 1), ("after", "journal", 1)], ids=lambda death: death[1])
    @pytest.mark.parametrize("first", ["a.txt", "link.txt"])
    @pytest.mark.parametrize("batches", [1, 2])
    def test_of_a_file_that_got_a_second_name_after_a_kill_one_is_archived(
        self, tools: Tools, root: Root, ledger: Ledger, death: tuple[str, str, int], first: str, batches: int
    ) -> None:
        (root.drop / "a.txt").write_text(transcript(0))
        process([named(root, "a.txt")], tools)
        (root.drop / "a.txt").write_text(transcript(1))
        place = f"archive/{today()}/a.{named(root, 'a.txt').arrival_id}.txt"
        assert dies([named(root, "a.txt")], tools, death)
        (root.drop / "link.txt").hardlink_to(root.drop / "a.txt")
        refs = sorted((named(root, name) for name in ("a.txt", "link.txt")), key=lambda ref: ref.path != first)
        process(refs, tools) if batches == 1 else [process([ref], tools) for ref in refs]
        assert set(tree(root)) == {
            f"archive/{today()}/a.txt",
            place,
            "duplicates/link.txt",
            "duplicates/link.txt.duplicate.json",
        }
        told = None if (batches, first) == (2, "link.txt") else place
        assert sidecar_of(root, "duplicates/link.txt")["duplicate_of"]["archived"] == told
        assert len(entries_of(ledger)) == 2
        require_journal_is_true(root)

    @pytest.mark.parametrize("then", ["it is renamed", "it is removed"])
    def test_what_is_left_of_a_file_that_was_published_is_archived_whatever_its_name(
        self, tools: Tools, root: Root, ledger: Ledger, then: str
    ) -> None:
        (root.drop / "a.txt").write_text(transcript(1))
        (root.drop / "b.txt").hardlink_to(root.drop / "a.txt")
        assert dies([named(root, "a.txt")], tools, ("after", "publish", 1))
        left = "b.txt" if then == "it is removed" else "c.txt"
        if then == "it is removed":
            (root.drop / "a.txt").unlink()
        else:
            (root.drop / "a.txt").rename(root.drop / "c.txt")
        process([named(root, left)], tools)
        assert list(tree(root, "archive")) == [f"archive/{today()}/{left}"]
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    def test_a_link_to_what_is_archived_is_a_duplicate_of_it(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("a.txt", transcript(1))], tools)
        (root.drop / "a.txt").hardlink_to(root.path / "archive" / today() / "a.txt")
        (root.drop / "b.txt").hardlink_to(root.path / "archive" / today() / "a.txt")
        refs = [FileRef(path=name, arrival_id="0" * 16) for name in ("a.txt", "b.txt")]
        assert outcomes(process(refs, tools)) == [OutcomeKind.DUPLICATE, OutcomeKind.DUPLICATE]


class TestNames:
    NAMES = (
        b"\xff\xfe no utf-8.txt",
        b"two\nlines.txt",
        b"\"quoted\" 'name'.txt",
        "🦀 emoji.txt".encode(),
        b"n" * 251 + b".txt",
        b"no extension",
        b"-rf.txt",
        b"%41.txt",
        b"back\\slash.txt",
        b"sub\xff/inner.txt",
        "é".encode() * 125 + b".text",
    )

    def test_any_name_is_kept_as_it_is(self, drop: Drop, tools: Tools, root: Root, ledger: Ledger) -> None:
        names = [os.fsdecode(name) for name in self.NAMES]
        arrivals = process([drop(name, transcript(number)) for number, name in enumerate(names)], tools)
        assert outcomes(arrivals) == [PUBLISHED] * len(names)
        assert set(tree(root)) == {f"archive/{today()}/{name}" for name in names}
        assert len(entries_of(ledger)) == len(names)
        assert [from_wire(line["path"]) for line in journal_of(root)] == names
        require_journal_is_true(root)

    def test_a_rejected_one_leaves_room_for_its_sidecar(self, drop: Drop, tools: Tools, root: Root) -> None:
        names = [os.fsdecode(name) for name in self.NAMES]
        arrivals = process([drop(name, PICTURE + bytes([n])) for n, name in enumerate(names)], tools)
        assert outcomes(arrivals) == [REJECTED] * len(names)
        assert len(tree(root)) == 2 * len(names)
        require_journal_is_true(root)
        short = {f"quarantine/{name}" for name in names if len(os.fsencode(name)) < 240}
        assert short <= set(tree(root))

    def test_a_name_that_is_taken_in_the_archive_gets_the_arrival_id(
        self, drop: Drop, tools: Tools, root: Root
    ) -> None:
        process([drop("a.txt", transcript("water"))], tools)
        (second,) = process([drop("a.txt", transcript("rivers"))], tools)
        assert tree(root) == {
            f"archive/{today()}/a.txt": transcript("water").encode(),
            f"archive/{today()}/a.{second.arrival_id}.txt": transcript("rivers").encode(),
        }
        require_journal_is_true(root)

    def test_a_duplicate_names_the_archived_file_that_holds_its_text(
        self, drop: Drop, tools: Tools, root: Root
    ) -> None:
        process([drop("a.txt", transcript("water"))], tools)
        process([drop("a.txt", transcript("rivers"))], tools)
        process([drop("b.txt", transcript("rivers"))], tools)
        archived = sidecar_of(root, "duplicates/b.txt")["duplicate_of"]["archived"]
        assert (root.path / archived).read_text() == transcript("rivers")

    def test_a_duplicate_names_no_file_when_its_original_is_gone(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("a.txt", transcript("water"))], tools)
        (root.path / "archive" / today() / "a.txt").rename(root.path / "state" / "elsewhere")
        process([drop("a.txt", transcript("rivers"))], tools)
        process([drop("b.txt", transcript("water"))], tools)
        facts = sidecar_of(root, "duplicates/b.txt")["duplicate_of"]
        assert facts["path"] == "a.txt"
        assert facts["archived"] is None

    def test_a_duplicate_of_an_entry_that_was_trimmed_still_says_which(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        (original,) = process([drop("a.txt", transcript("water"))], tools)
        ledger.client.xtrim(ledger.key("documents"), maxlen=0, approximate=False)
        (arrival,) = process([drop("b.txt", transcript("water"))], tools)
        assert arrival.outcome == DUPLICATE
        facts = sidecar_of(root, "duplicates/b.txt")["duplicate_of"]
        assert (facts["path"], facts["archived"]) == (None, None)
        assert facts["arrival_id"] == original.arrival_id

    def test_a_file_in_the_place_of_a_folder_is_got_around(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("sub", transcript("water"))], tools)
        (arrival,) = process([drop("sub/a.txt", transcript("rivers"))], tools)
        assert f"archive/{today()}/{arrival.arrival_id}/a.txt" in tree(root)
        require_journal_is_true(root)

    def test_a_name_taken_between_journal_and_move_is_not_overwritten(
        self, drop: Drop, tools: Tools, root: Root, before: Before
    ) -> None:
        before(Hands, "move", lambda: (root.quarantine / "bad.png").write_text("somebody else's"))
        (arrival,) = process([drop("bad.png", PICTURE)], tools)
        (root.quarantine / "bad.png").unlink()
        assert arrival.moved
        assert arrival.destination
        assert arrival.destination.name == f"bad.{arrival.arrival_id}.png"
        assert len(journal_of(root)) == 2
        require_journal_is_true(root)

    @pytest.mark.parametrize("first", ["x", "x.error.json"])
    def test_a_file_that_is_named_like_a_sidecar_is_kept(
        self, drop: Drop, tools: Tools, root: Root, first: str
    ) -> None:
        texts = {"x": PICTURE, "x.error.json": PICTURE + b" of a user"}
        files = [drop(name, texts[name]) for name in sorted(texts, key=lambda name: name != first)]
        arrivals = process(files, tools)
        assert all(arrival.moved for arrival in arrivals)
        assert len(tree(root)) == 4
        assert set(texts.values()) <= set(tree(root).values())
        require_journal_is_true(root)

    def test_so_is_one_that_came_between_place_and_move(
        self, drop: Drop, tools: Tools, root: Root, before: Before
    ) -> None:
        theirs = root.quarantine / "bad.png.error.json"
        before(Hands, "write_beside", lambda: theirs.write_text("somebody else's"))
        (arrival,) = process([drop("bad.png", PICTURE)], tools)
        assert arrival.moved
        assert theirs.read_text() == "somebody else's"
        theirs.unlink()
        require_journal_is_true(root)

    @pytest.mark.parametrize("path", ["../../secret.txt", "//%2E%2E/%2E%2E/secret.txt", "sub/../../../secret.txt"])
    def test_a_path_that_leads_out_of_drop_is_not_followed(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, path: str
    ) -> None:
        drop("sub/a.txt", transcript("water"))
        secret = root.path.parent / "secret.txt"
        secret.write_text(transcript("a secret"))
        process([FileRef(path=path, arrival_id="0" * 16)], tools)
        assert secret.exists()
        assert entries_of(ledger) == []

    @pytest.mark.parametrize("kind", ["symlink", "fifo", "folder", "socket", "linked folder"])
    def test_what_is_no_regular_file_is_left_alone(
        self, root: Root, tools: Tools, ledger: Ledger, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = root.path / "state" / "elsewhere"
        target.mkdir()
        (target / "a.txt").write_text(transcript("a secret"))
        monkeypatch.chdir(root.drop)
        if kind == "symlink":
            Path("odd").symlink_to(target / "a.txt")
        elif kind == "fifo":
            os.mkfifo("odd")
        elif kind == "folder":
            Path("odd").mkdir()
        elif kind == "socket":
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind("odd")
        else:
            Path("linked").symlink_to(target)
        path = "linked/a.txt" if kind == "linked folder" else "odd"
        (arrival,) = process([FileRef(path=path, arrival_id="0" * 16)], tools)
        assert isinstance(arrival.error, FileGone)
        assert os.path.lexists(root.drop / path)
        assert entries_of(ledger) == journal_of(root) == []


class TestNobodysFault:
    """What is not the file's fault leaves it in drop/, and the others of its batch go on."""

    def test_a_file_that_is_written_to_is_left(self, drop: Drop, tools: Tools, root: Root) -> None:
        files = [drop("open.txt", transcript("water")), drop("closed.txt", transcript("rivers"))]
        with (root.drop / "open.txt").open("ab"):
            held, other = process(files, tools)
        assert isinstance(held.error, StillOpen)
        assert held.outcome is None
        assert isinstance(other.answer, Published)
        assert [line["path"] for line in journal_of(root)] == ["closed.txt"]
        assert tree(root, "drop") == {"drop/open.txt": transcript("water").encode()}
        assert outcomes(process(files[:1], tools)) == [PUBLISHED]

    def test_a_file_that_is_gone_has_no_outcome(self, drop: Drop, tools: Tools, root: Root, ledger: Ledger) -> None:
        files = [drop("gone.txt", transcript("water")), drop("sub/gone.txt", transcript("rivers"))]
        (root.drop / "gone.txt").unlink()
        (root.drop / "sub" / "gone.txt").unlink()
        (root.drop / "sub").rmdir()
        arrivals = process(files, tools)
        assert [type(arrival.error) for arrival in arrivals] == [FileGone, FileGone]
        assert outcomes(arrivals) == [None, None]
        assert journal_of(root) == entries_of(ledger) == []
        assert tree(root) == {}

    def test_a_writer_that_comes_meanwhile_gets_its_file_back(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, before: Before
    ) -> None:
        ref = drop("a.txt", transcript("water"))

        def write() -> None:
            with pytest.raises(BlockingIOError):
                os.open(root.drop / "a.txt", os.O_WRONLY | os.O_NONBLOCK)

        before(pipeline, "parse", write)
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.error, StillOpen)
        assert set(tree(root)) == {"drop/a.txt"}
        assert last_lines(root)[ref.arrival_id]["to"] is None
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.answer, Yours)
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    def test_a_file_that_grows_while_it_is_read_is_left(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, before: Before
    ) -> None:
        before(Taken, "read", lambda: self._append(root.drop / "a.txt"))
        (arrival,) = process([drop("a.txt", transcript("water"))], replace(tools, use_leases=False))
        assert isinstance(arrival.error, ChangedWhileRead)
        assert set(tree(root)) == {"drop/a.txt"}
        assert journal_of(root) == entries_of(ledger) == []

    def test_a_file_that_grew_after_it_was_read_is_given_back(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, before: Before
    ) -> None:
        before(pipeline, "parse", lambda: self._append(root.drop / "a.txt"))
        unleased = replace(tools, use_leases=False)
        ref = drop("a.txt", transcript("water"))
        (arrival,) = process([ref], unleased)
        assert isinstance(arrival.error, ChangedWhileRead)
        assert tree(root) == {"drop/a.txt": transcript("water").encode() + b"One more line.\n"}
        assert last_lines(root)[ref.arrival_id]["to"] is None
        (arrival,) = process([ref], unleased)
        assert isinstance(arrival.answer, Published), "what it grew to is another content"
        assert len(entries_of(ledger)) == 2

    def _append(self, file: Path) -> None:
        with file.open("a") as writer:
            writer.write("One more line.\n")

    def test_a_file_that_is_replaced_after_it_was_read_is_not_taken_for_it(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, before: Before
    ) -> None:
        before(Hands, "move", lambda: drop("a.txt", transcript("rivers")))
        ref = drop("a.txt", transcript("water"))
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.error, FileGone)
        assert tree(root) == {"drop/a.txt": transcript("rivers").encode()}
        assert last_lines(root)[ref.arrival_id]["to"] is None
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.answer, Published)
        assert arrival.moved
        assert len(entries_of(ledger)) == 2

    def test_a_file_that_is_removed_after_it_was_read_is_its_users(
        self, drop: Drop, tools: Tools, root: Root, before: Before
    ) -> None:
        before(Hands, "move", (root.drop / "bad.png").unlink)
        ref = drop("bad.png", PICTURE)
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.error, FileGone)
        assert tree(root) == {}, "no sidecar without its file"
        assert last_lines(root)[ref.arrival_id]["to"] is None

    def test_without_a_server_nothing_is_touched(
        self, drop: Drop, tools: Tools, root: Root, server_settings: ServerSettings
    ) -> None:
        files = [drop("a.txt", transcript("water")), drop("bad.png", PICTURE)]
        away = tree(root)
        with connect.client("redis://127.0.0.1:1/0", server_settings) as client, pytest.raises(ServerUnavailable):
            process(files, replace(tools, ledger=Ledger(client, "test:")))
        assert tree(root) == away
        assert journal_of(root) == []
        assert outcomes(process(files, tools)) == [PUBLISHED, REJECTED]

    def test_a_server_that_is_killed_meanwhile_loses_and_doubles_nothing(
        self, root_settings: Settings, root: Root, tools: Tools, drop: Drop, before: Before
    ) -> None:
        running = start(root_settings)
        with connect.client(running.url, root_settings.server) as client:
            ledger = Ledger(client, "own:")
            root.remember_epoch(ledger.begin(root.state().epoch or ""))
            own = replace(tools, ledger=ledger)
            files = [drop(f"{number}.txt", transcript(number)) for number in range(3)]
            process([drop("before.txt", transcript("before"))], own)

            def kill() -> None:
                running.process.kill()
                running.process.wait()

            before(pipeline, "parse", kill)
            with pytest.raises(ServerUnavailable):
                process(files, own)
            assert len(tree(root, "drop")) == 3
            running = start(root_settings)
            try:
                agree(root, ledger)
                assert outcomes(process(files, own)) == [PUBLISHED] * 3
                assert len(entries_of(ledger)) == 4
            finally:
                running.stop()
        require_journal_is_true(root)

    def test_a_ledger_that_is_not_the_known_one_gets_nothing(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        files = [drop("a.txt", transcript("water"))]
        ledger.client.delete(ledger.key("epoch"))
        with pytest.raises(LedgerHeld):
            process(files, tools)
        assert set(tree(root)) == {"drop/a.txt"}
        assert entries_of(ledger) == []

    def test_a_journal_on_a_full_disk_keeps_files_in_drop(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        files = [drop("a.txt", transcript("water")), drop("bad.png", PICTURE)]
        there = tree(root)
        line = root.path / "journal" / f"{today()}.{socket.gethostname()}.jsonl"
        line.symlink_to("/dev/full")
        for arrival in process(files, tools):
            assert isinstance(arrival.error, DisposeBlocked)
            assert "journal: No space left" in arrival.error.detail
        assert tree(root) == there
        assert len(entries_of(ledger)) == 1
        line.unlink()
        first, second = process(files, tools)
        assert isinstance(first.answer, Yours)
        assert second.outcome == REJECTED
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    def test_a_journal_folder_that_is_gone_keeps_files_in_drop(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("before.txt", transcript("ice"))], tools)
        files = [drop("a.txt", transcript("water"))]
        shutil.rmtree(root.path / "journal")
        (arrival,) = process(files, tools)
        assert isinstance(arrival.error, DisposeBlocked)
        assert not arrival.moved
        assert set(tree(root)) == {"drop/a.txt", f"archive/{today()}/before.txt"}

    def test_without_its_journal_a_server_that_just_started_gets_nothing(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        """It may have lost entries, and nothing else could tell."""
        files = [drop("a.txt", transcript("water"))]
        (root.path / "journal").rmdir()
        (arrival,) = process(files, tools)
        assert isinstance(arrival.error, DisposeBlocked)
        assert "cannot be read" in arrival.error.detail
        assert set(tree(root)) == {"drop/a.txt"}
        assert entries_of(ledger) == []

    def test_an_archive_that_cannot_take_it_keeps_a_file_in_drop(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        files = [drop("a.txt", transcript("water")), drop("bad.png", PICTURE)]
        blocker = root.path / "archive" / today()
        blocker.touch()
        blocked, other = process(files, tools)
        assert isinstance(blocked.error, DisposeBlocked)
        assert not blocked.moved
        assert other.moved
        assert set(tree(root, "drop")) == {"drop/a.txt"}
        blocker.unlink()
        (again,) = process(files[:1], tools)
        assert isinstance(again.answer, Yours)
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    def test_a_sidecar_that_finds_no_room_keeps_its_file_in_drop_and_leaves_nothing(
        self, drop: Drop, tools: Tools, root: Root, before: Before
    ) -> None:
        files = [drop("bad.png", PICTURE)]
        for _ in range(3):
            with _largest_file(64, before):
                (arrival,) = process(files, tools)
            assert isinstance(arrival.error, DisposeBlocked)
            assert set(tree(root)) == {"drop/bad.png"}
            assert last_lines(root)[files[0].arrival_id]["to"] is None
        process(files, tools)
        assert set(tree(root)) == {"quarantine/bad.png", "quarantine/bad.png.error.json"}
        require_journal_is_true(root)


@contextmanager
def _largest_file(size: int, before: Before) -> Iterator[None]:
    """Let the kernel refuse larger files from the first sidecar on: as a full disk does."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    before(Hands, "write_beside", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1])))
    # The journal says what became of it, below the limit again.
    before(Hands, "sync", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, usual))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


class TestFaultsOfOurs:
    def test_a_parser_that_fails_on_one_file_rejects_that_one(
        self, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        original = parse_text

        def parse(document: Extracted) -> Parsed:
            if "poison" in document.canonical:
                raise IndexError("a fault of the parser")
            return original(document)

        monkeypatch.setattr(pipeline, "parse", parse)
        topics = ["water", "poison", "rivers"]
        arrivals = process([drop(f"{topic}.txt", transcript(topic)) for topic in topics], tools)
        assert outcomes(arrivals) == [PUBLISHED, REJECTED, PUBLISHED]
        facts = sidecar_of(root, "quarantine/poison.txt")
        assert (facts["reason"], facts["detail"]) == ("parser_failed", "IndexError in parse")
        assert arrivals[1].error
        assert isinstance(arrivals[1].error.__cause__, IndexError)
        require_journal_is_true(root)

    @pytest.mark.parametrize("interrupt", [MemoryError, InterruptedError])
    def test_an_interrupt_ends_the_batch_and_no_file(
        self, drop: Drop, tools: Tools, root: Root, before: Before, interrupt: type[BaseException]
    ) -> None:
        def raise_it() -> None:
            raise interrupt

        files = [drop("a.txt", transcript("water")), drop("bad.png", PICTURE)]
        there = tree(root)
        before(pipeline, "parse", raise_it)
        with pytest.raises(interrupt):
            process(files, replace(tools, interrupts=(InterruptedError,)))
        assert tree(root) == there
        assert journal_of(root) == []

    @pytest.mark.parametrize("crashes", [3, 4])
    def test_a_file_that_workers_died_on_is_rejected_unread(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, crashes: int
    ) -> None:
        ref = drop("deadly.txt", transcript("water"), crashes=crashes)
        (arrival,) = process([ref, drop("other.txt", transcript("rivers"))], tools)[:1]
        assert arrival.outcome == REJECTED
        assert arrival.extracted is None
        assert last_lines(root)[ref.arrival_id]["source_sha256"] is None
        facts = sidecar_of(root, "quarantine/deadly.txt")
        assert facts["reason"] == "worker_crashed"
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)

    def test_one_that_took_too_long_is_rejected_as_that(self, drop: Drop, tools: Tools, root: Root) -> None:
        ref = drop("slow.txt", transcript("water"), crashes=3).model_copy(update={"reason": "parse_timeout"})
        assert outcomes(process([ref], tools)) == [REJECTED]
        assert sidecar_of(root, "quarantine/slow.txt")["reason"] == "parse_timeout"

    @pytest.mark.parametrize(
        ("owner", "step", "reason"),
        [
            (Hands, "take", "read_failed"),
            (Hands, "place", "dispose_blocked"),
            (Hands, "write_beside", "dispose_blocked"),
            (Hands, "move", "dispose_blocked"),
            (pipeline, "sidecar", "dispose_blocked"),
        ],
    )
    @pytest.mark.parametrize("error", [RecursionError(), OSError(24, "Too many open files")], ids=["fault", "OSError"])
    def test_what_nobody_foresaw_outside_the_parser_does_not_blame_the_file(  # noqa: PLR0913, PLR0917 - fixtures
        self,
        drop: Drop,
        tools: Tools,
        root: Root,
        before: Before,
        owner: object,
        step: str,
        reason: str,
        error: Exception,
    ) -> None:
        def raise_it() -> None:
            raise error

        before(owner, step, raise_it)
        files = [drop("bad.png", PICTURE), drop("other.png", PICTURE + b"2")]
        failed, other = process(files, tools)
        assert isinstance(failed.error, TransientError)
        assert (failed.error.reason, failed.error.__cause__, failed.outcome) == (reason, error, None)
        assert other.moved
        assert set(tree(root)) == {"drop/bad.png", "quarantine/other.png", "quarantine/other.png.error.json"}
        assert outcomes(process(files[:1], tools)) == [REJECTED]
        require_journal_is_true(root)

    @pytest.mark.parametrize("step", ["extract", "parse"])
    @pytest.mark.parametrize("error", [OSError(24, "Too many open files"), ImportError("no more descriptors")])
    def test_what_no_text_can_cause_does_not_blame_the_file(
        self, drop: Drop, tools: Tools, root: Root, before: Before, step: str, error: Exception
    ) -> None:
        def raise_it() -> None:
            raise error

        before(pipeline, step, raise_it)
        files = [drop("a.txt", transcript("water"))]
        (failed,) = process(files, tools)
        assert failed.error
        assert (failed.error.reason, failed.error.__cause__) == ("read_failed", error)
        assert set(tree(root)) == {"drop/a.txt"}
        assert outcomes(process(files, tools)) == [PUBLISHED]

    @pytest.mark.parametrize("which", ["sync", "correction"])
    def test_what_fails_after_the_moves_costs_no_line_and_is_told_once(
        self, drop: Drop, tools: Tools, root: Root, before: Before, which: str
    ) -> None:
        def fail() -> None:
            raise DisposeBlocked("a disk")

        if which == "sync":
            before(Hands, "sync", fail)
        else:
            before(Hands, "sync", lambda: before(Journal, "append", fail))
        with structlog.testing.capture_logs() as events:
            arrivals = process([drop("a.txt", transcript("water")), drop("bad.png", PICTURE)], tools)
        assert all(arrival.moved for arrival in arrivals)
        assert outcomes(arrivals) == [PUBLISHED, REJECTED]
        told = {"event": "batch.abandoned", "reason": "dispose_blocked", "detail": "a disk", "files": 0}
        assert [event for event in events if event.items() >= told.items()] == events
        assert len(events) == 1
        require_journal_is_true(root)

    def test_one_with_fewer_deaths_gets_another_try(self, drop: Drop, tools: Tools) -> None:
        assert outcomes(process([drop("a.txt", transcript("water"), crashes=2)], tools)) == [PUBLISHED]

    def test_another_file_of_the_same_name_is_not_to_blame(self, drop: Drop, tools: Tools) -> None:
        ref = drop("a.txt", transcript("poison"), crashes=3)
        drop("a.txt", transcript("water"))
        assert outcomes(process([ref], tools)) == [PUBLISHED]


#: Where another worker may be quicker: every step from the outcome to the move.
OVERTAKEN: list[tuple[str, object, str]] = [
    ("publish", Ledger, "publish"),
    ("place", Hands, "place"),
    ("journal", Journal, "append"),
    ("write sidecar", Hands, "write_beside"),
    ("move", Hands, "move"),
]

#: The same while the other one rejects what this one is about to publish, or published.
GIVEN_UP: list[tuple[str, object, str]] = [
    ("publish", Ledger, "publish"),
    ("place", Hands, "place"),
    ("journal", Journal, "append"),
    ("move", Hands, "move"),
]

#: What a batch does, how often in the batch below, and where.
STEPS: dict[str, tuple[object, str, int]] = {
    "open": (Hands, "take", 4),
    "read": (Taken, "read", 4),
    "look up": (Ledger, "look_up", 1),
    "parse": (pipeline, "parse", 2),
    "publish": (Ledger, "publish", 1),
    "find originals": (Ledger, "originals", 1),
    "place": (Hands, "place", 4),
    "journal": (Journal, "append", 2),
    "write sidecar": (Hands, "write_beside", 3),
    "move": (Hands, "move", 4),
    "sync": (Hands, "sync", 1),
}
DEATHS = [
    (when, step, number)
    for step, (_, _, times) in STEPS.items()
    for number in range(1, times + 1)
    for when in ("before", "after")
]


def dies(files: list[FileRef], tools: Tools, death: tuple[str, str, int]) -> bool:
    """Work off a batch in a process that gets SIGKILL at one instant; return whether it died."""
    child = os.fork()
    if child == 0:
        try:
            _arrange_death(*death)
            process(files, tools)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _arrange_death(when: str, step: str, number: int) -> None:
    owner, name, _ = STEPS[step]
    original = getattr(owner, name)
    count = itertools.count(1)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        now = next(count) == number
        if now and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if step == "publish":
            result = iter(list(result))  # it does nothing before it is asked
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)


class TestKills:
    """Whatever instant a worker is killed at: the next one ends the story, once for each file."""

    @pytest.fixture
    def files(self, drop: Drop, tools: Tools) -> list[FileRef]:
        process([drop("old.txt", transcript("old"))], tools)
        return [
            drop("new.txt", transcript("new")),
            drop("old again.txt", transcript("old")),
            drop("twin.txt", transcript("new")),
            drop("bad.png", PICTURE),
        ]

    @pytest.mark.parametrize("death", DEATHS, ids=lambda death: f"{death[0]} {death[1]} {death[2]}")
    def test_once(
        self, files: list[FileRef], tools: Tools, root: Root, ledger: Ledger, death: tuple[str, str, int]
    ) -> None:
        assert dies(files, tools, death)
        self._finish(files, tools, root, ledger)

    def test_again_and_again(self, files: list[FileRef], tools: Tools, root: Root, ledger: Ledger) -> None:
        died = [dies(files, tools, death) for death in DEATHS]
        assert sum(died) > len(DEATHS) / 2
        self._finish(files, tools, root, ledger)

    def _finish(self, files: list[FileRef], tools: Tools, root: Root, ledger: Ledger) -> None:
        process(files, tools)
        assert set(tree(root)) == {
            f"archive/{today()}/old.txt",
            f"archive/{today()}/new.txt",
            "duplicates/old again.txt",
            "duplicates/old again.txt.duplicate.json",
            "duplicates/twin.txt",
            "duplicates/twin.txt.duplicate.json",
            "quarantine/bad.png",
            "quarantine/bad.png.error.json",
        }
        assert [event["data"]["title"] for event in entries_of(ledger)] == ["Talks about old", "Talks about new"]
        require_journal_is_true(root)
        told = {line["path"]: line["outcome"] for line in last_lines(root).values()}
        assert told == {
            "old.txt": "published",
            "new.txt": "published",
            "old again.txt": "duplicate",
            "twin.txt": "duplicate",
            "bad.png": "rejected",
        }
        facts = sidecar_of(root, "duplicates/twin.txt")["duplicate_of"]
        assert facts["archived"] == f"archive/{today()}/new.txt"
        for ref in files:
            assert ref.arrival_id in last_lines(root)

    def test_a_second_worker_on_the_same_batch_does_no_harm(
        self, files: list[FileRef], tools: Tools, root: Root, ledger: Ledger, before: Before
    ) -> None:
        before(Ledger, "publish", lambda: process(files, replace(tools, use_leases=False)))
        arrivals = process(files, tools)
        assert all(isinstance(arrival.error, AlreadyMoved) for arrival in arrivals)
        self._finish(files, tools, root, ledger)
        assert len(journal_of(root)) == 1 + len(files)

    @pytest.mark.parametrize(("_", "owner", "step"), OVERTAKEN, ids=[step for step, *_ in OVERTAKEN])
    def test_one_that_overtakes_leaves_a_journal_that_is_true(  # noqa: PLR0913, PLR0917 - pytest's fixtures
        self,
        files: list[FileRef],
        tools: Tools,
        root: Root,
        ledger: Ledger,
        before: Before,
        _: str,
        owner: object,
        step: str,
    ) -> None:
        """The other worker ends the whole batch while this one is about to do a step."""
        before(owner, step, lambda: process(files, tools))
        arrivals = process(files, tools)
        assert any(isinstance(arrival.error, AlreadyMoved) for arrival in arrivals)
        self._finish(files, tools, root, ledger)

    @pytest.mark.parametrize(("_", "owner", "step"), OVERTAKEN, ids=[step for step, *_ in OVERTAKEN])
    def test_so_does_one_on_another_host_of_whose_moves_our_kernel_knows_nothing(  # noqa: PLR0913, PLR0917 - fixtures
        self,
        files: list[FileRef],
        tools: Tools,
        root: Root,
        ledger: Ledger,
        before: Before,
        monkeypatch: pytest.MonkeyPatch,
        _: str,
        owner: object,
        step: str,
    ) -> None:
        monkeypatch.setattr("turnstream.folder._link", lambda _: "/elsewhere")
        before(owner, step, lambda: process(files, replace(tools, use_leases=False)))
        process(files, tools)
        self._finish(files, tools, root, ledger)

    @pytest.mark.parametrize(("_", "owner", "step"), GIVEN_UP, ids=[step for step, *_ in GIVEN_UP])
    def test_what_one_gives_up_and_another_publishes_is_published(  # noqa: PLR0913, PLR0917 - pytest's fixtures
        self,
        drop: Drop,
        tools: Tools,
        root: Root,
        ledger: Ledger,
        before: Before,
        _: str,
        owner: object,
        step: str,
    ) -> None:
        """Its processes died on the file, or its version cannot read it: it rejects while the other one works on."""
        ref = drop("sub/a.txt", transcript("new"))
        condemned = ref.model_copy(update={"crashes": tools.max_crashes})
        before(owner, step, lambda: process([condemned], tools))
        assert outcomes(process([ref], tools)) == [PUBLISHED]
        self._is_published_only(root, ledger)

    @pytest.mark.parametrize(("_", "owner", "step"), OVERTAKEN[1:], ids=[step for step, *_ in OVERTAKEN[1:]])
    def test_nor_does_the_one_that_gives_up_say_otherwise(  # noqa: PLR0913, PLR0917 - pytest's fixtures
        self,
        drop: Drop,
        tools: Tools,
        root: Root,
        ledger: Ledger,
        before: Before,
        _: str,
        owner: object,
        step: str,
    ) -> None:
        ref = drop("sub/a.txt", transcript("new"))
        before(owner, step, lambda: process([ref], tools))
        (arrival,) = process([ref.model_copy(update={"crashes": tools.max_crashes})], tools)
        assert isinstance(arrival.error, AlreadyMoved)
        self._is_published_only(root, ledger)

    def _is_published_only(self, root: Root, ledger: Ledger) -> None:
        assert set(tree(root)) == {f"archive/{today()}/sub/a.txt"}
        assert len(entries_of(ledger)) == 1
        require_journal_is_true(root)
        (line,) = last_lines(root).values()
        assert (line["outcome"], line["reason"], line["entry_id"] is None) == ("published", None, False)

    def test_a_sidecar_that_another_worker_took_away_is_written_again(
        self, drop: Drop, tools: Tools, root: Root, before: Before
    ) -> None:
        before(Hands, "move", (root.quarantine / "bad.png.error.json").unlink)
        assert outcomes(process([drop("bad.png", PICTURE)], tools)) == [REJECTED]
        require_journal_is_true(root)

    def test_a_text_whose_file_was_emptied_and_rejected_meanwhile_is_published_without_a_copy(
        self, drop: Drop, tools: Tools, root: Root, before: Before
    ) -> None:
        unleased = replace(tools, use_leases=False)
        ref = drop("a.txt", transcript("new"))

        def empty() -> None:
            (root.drop / "a.txt").write_bytes(b"")
            assert outcomes(process([ref], unleased)) == [REJECTED]

        before(Ledger, "publish", empty)
        process([ref], unleased)
        assert set(tree(root)) == {"quarantine/a.txt", "quarantine/a.txt.error.json"}
        places = {line["outcome"]: line["to"] for line in last_lines(root).values()}
        assert places == {"published": None, "rejected": "quarantine/a.txt"}

    @pytest.mark.parametrize("use_leases", [True, False])
    def test_many_batches_of_two_workers_at_once(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, use_leases: bool
    ) -> None:
        both = replace(tools, use_leases=use_leases)
        for turn in range(40):
            texts = {
                "new": transcript(turn),
                "twin": transcript(turn),
                "bad": PICTURE,
                "empty": b"",
                "bad.error.json": PICTURE,
            }
            files = [drop(f"{turn % 20}/{name}", text) for name, text in texts.items()]
            _at_once(partial(process, files, both))
        assert tree(root, "drop") == {}
        require_journal_is_true(root)
        assert len(last_lines(root)) == 40 * 5
        assert len(entries_of(ledger)) == 40


def _at_once(work: Callable[[], object]) -> None:
    """Do it in two processes that begin at the same instant."""
    gate, start = os.pipe()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(start)
                os.read(gate, 1)
                work()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    os.close(start)
    os.close(gate)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]


def test_leases_work_where_these_tests_run(tmp_path: Path) -> None:
    """Without them the tests above would prove less than they say."""
    file = tmp_path / "a"
    file.touch()
    with file.open() as reader:
        fcntl.fcntl(reader, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        assert fcntl.fcntl(reader, fcntl.F_GETLEASE) == fcntl.F_RDLCK
