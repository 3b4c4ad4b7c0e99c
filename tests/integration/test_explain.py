"""`explain`: the state and the next step in each situation, told from real folders and a real server."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from kombu import Queue as KombuQueue
from pydantic import SecretStr

from turnstream.alive import Holder, beat
from turnstream.app import Sender, create
from turnstream.cli import cli
from turnstream.errors import BadConfiguration
from turnstream.explain.answer import Explainer, exit_code, explain
from turnstream.explain.scene import Scene, look_around
from turnstream.explain.states import Explanation, State
from turnstream.explain.words import show
from turnstream.identify import arrival_id
from turnstream.models import Answer, Batch, Death, Deferral, FileRef, Question, to_wire
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.quarantine.cases import cases, discard, retry
from turnstream.reports import conclude, report
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings
from turnstream.watch.answers import answers
from turnstream.watch.backlog import Backlog, Place
from turnstream.watch.contact import Contact
from turnstream.watch.queue import Queue
from turnstream.watch.watcher import Watcher

Drop = Callable[..., FileRef]
TEXT = "Anna Abel: Good morning.\nBen Bohr: Good evening.\n"
NOBODY = 65534


@dataclass
class World:
    """A root with its ledger; a watcher and signs of a worker where a situation wants them."""

    root: Root
    settings: Settings
    ledger: Ledger
    tools: Tools
    drop: Drop
    url: str
    threads: list[tuple[threading.Thread, threading.Event]] = field(default_factory=list)
    closing: list[Callable[[], object]] = field(default_factory=list)

    def set(self, section: str, **values: Any) -> None:
        changed = getattr(self.settings, section).model_copy(update=values)
        self.settings = self.settings.model_copy(update={section: changed})

    def rest(self, path: str = "a.txt", text: bytes | str = TEXT) -> FileRef:
        """Drop a file that has been at rest for long."""
        self.drop(path, text)
        os.utime(self.root.drop / path, (1e9, 1e9))
        # A change of its times is a change: what remains is the quiet time.
        self.set("watch", quiet_seconds=0.0)
        return self.ref(path)

    def ref(self, path: str, **facts: Any) -> FileRef:
        stat = (self.root.drop / path).lstat()
        return FileRef(path=to_wire(path), arrival_id=arrival_id(self.root.state().root_id, stat, path), **facts)

    def work_off(self, *refs: FileRef) -> None:
        batch = Batch(id="batch", root_id=self.root.state().root_id, files=refs)
        conclude(batch, process(refs, self.tools), self.ledger)

    def worker_lives(self) -> None:
        beat(self.ledger, "worker", 2)

    def sender(self) -> Sender:
        return Sender(create(self.settings, self.url))

    def watch(self, enqueue: Any = lambda _: None, until: Callable[[Watcher], object] = lambda _: True) -> Watcher:
        """Have a watcher turn in a thread; wait until something is so of it."""
        queue = Queue(self.root.drop, Backlog(), enqueue, self.settings, self.root.state().root_id)
        watcher = Watcher(self.root, Contact(self.root, self.ledger, self.settings), queue, self.settings)
        watcher.turn()
        done = threading.Event()

        def turn() -> None:
            while not done.is_set():
                watcher.turn()
                done.wait(0.005)

        thread = threading.Thread(target=turn)
        thread.start()
        self.threads.append((thread, done))
        deadline = time.monotonic() + 10
        while not until(watcher):
            assert time.monotonic() < deadline, "the watcher did not come to that"
            time.sleep(0.01)
        return watcher

    def take_message(self) -> str:
        """Take a message off the queue as a worker does, and keep it; return its batch id."""
        connection = create(self.settings, self.url).connection_for_read()
        self.closing.append(connection.release)
        message = KombuQueue("ingest", channel=connection.channel()).get()
        assert message is not None
        return str(message.headers["id"])

    def mark(self, ref: FileRef, reason: str, detail: str = "", **facts: Any) -> None:
        """Note that a worker left a file in ``drop/``."""
        known = Deferral(arrival_id=ref.arrival_id, reason=reason, detail=detail, at=datetime.now(UTC), **facts)
        report({ref.path: known}, self.ledger)

    def place(self, folder: str) -> Path:
        (found,) = [p for p in (self.root.path / folder).rglob("*") if p.is_file() and p.suffix != ".json"]
        return found

    def line(self) -> dict[str, Any]:
        """The last line of the journal."""
        (file,) = (self.root.path / "journal").glob("*.jsonl")
        line: dict[str, Any] = orjson.loads(file.read_bytes().splitlines()[-1])
        return line

    def explain(self, *arguments: str) -> list[Explanation]:
        return explain(arguments, self.settings)

    def end(self) -> None:
        for thread, done in self.threads:
            done.set()
            thread.join()
        for close in self.closing:
            close()


@pytest.fixture
def world(
    root_settings: Settings,
    tools: Tools,
    drop: Drop,
    server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[World]:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    made = World(tools.root, root_settings, tools.ledger, tools, drop, server.url)
    made.set("server", url=SecretStr(server.url))
    made.set("watch", native_events=False, sweep_seconds=0.02)
    made.set("work", processes=1)
    yield made
    made.end()


#: The beginning of a transcript that has editions.
EDITION = f"Talks\n\nSource: The Office\n\nThey talked.\n* * *\nAnna Abel: {'I would like to welcome you. ' * 12}\n"
Arrange = Callable[[World], str]
SITUATIONS: list[Any] = []


def situation(state: State, next_step: str) -> Callable[[Arrange], Arrange]:
    """Register a situation: it makes something so, and returns what to ask; ``next_step`` must be said then."""

    def register(arrange: Arrange) -> Arrange:
        SITUATIONS.append(pytest.param(arrange, state, next_step, id=arrange.__name__))
        return arrange

    return register


# --- not taken, or not yet ---


@situation(State.BEING_WRITTEN, f"kill {os.getpid()}")
def a_program_has_it_open(world: World) -> str:
    world.drop("a.txt", TEXT)
    world.closing.append((world.root.drop / "a.txt").open("ab").close)
    return "drop/a.txt"


@situation(State.SETTLING, "Nothing to do.")
def it_has_just_come(world: World) -> str:
    world.set("watch", quiet_seconds=20.0)
    world.drop("a.txt", TEXT)
    world.worker_lives()
    world.watch(until=lambda watcher: watcher.backlog.next_wake())
    return "a.txt"


@situation(State.SETTLING, "turnstream run")
def it_has_just_come_and_nobody_watches(world: World) -> str:
    world.set("watch", quiet_seconds=20.0)
    world.drop("a.txt", TEXT)
    return "a.txt"


@situation(State.SETTLING, "Nothing to do.")
def an_empty_file(world: World) -> str:
    world.drop("a.txt", "")
    world.worker_lives()
    world.watch(until=lambda watcher: watcher.backlog.next_wake())
    return "a.txt"


@situation(State.SETTLING, "Nothing to do.")
def leases_do_not_work(world: World) -> str:
    world.set("watch", leases=False)
    world.drop("a.txt", TEXT)
    world.worker_lives()
    world.watch(until=lambda watcher: watcher.backlog.next_wake())
    return "a.txt"


@situation(State.AWAITING_MARKER, "touch -- ")
def its_marker_is_missing(world: World) -> str:
    world.set("watch", done_marker=".done")
    world.rest()
    return "a.txt"


@situation(State.IGNORED, "Nothing to do.")
def a_marker(world: World) -> str:
    world.set("watch", done_marker=".done")
    world.rest("a.txt.done", "")
    return "a.txt.done"


@situation(State.IGNORED, "rename it")
def an_ignored_name(world: World) -> str:
    world.drop("a.txt.part", TEXT)
    return "a.txt.part"


@situation(State.IGNORED, "rename it")
def a_file_in_an_ignored_folder(world: World) -> str:
    world.drop(".git/sub/a.txt", TEXT)
    return "drop/.git/sub/a.txt"


@situation(State.NOT_A_FILE, "Put a copy")
def a_link(world: World) -> str:
    (world.root.drop / "link").symlink_to("/etc/hostname")
    return "link"


@situation(State.NOT_A_FILE, "Put a copy")
def a_file_behind_a_linked_folder(world: World) -> str:
    outside = world.root.path.parent / "elsewhere"
    (outside / "a.txt").write_text(TEXT)
    (world.root.drop / "sub").symlink_to(outside)
    return "drop/sub/a.txt"


@situation(State.NOT_A_FILE, "Put a copy")
def a_pipe(world: World) -> str:
    os.mkfifo(world.root.drop / "pipe")
    return "pipe"


@situation(State.NOT_A_FILE, "Put a copy")
def a_socket(world: World) -> str:
    made = socket.socket(socket.AF_UNIX)
    world.closing.append(made.close)
    with short_name(world.root.drop) as drop:
        made.bind(f"{drop}/socket")
    return "socket"


@situation(State.NOT_A_FILE, "Ask about a file in it")
def a_folder(world: World) -> str:
    world.drop("sub/a.txt", TEXT)
    return "sub"


@situation(State.IGNORED, "Nothing to do.")
def our_own_file(world: World) -> str:
    return str(world.root.state_file)


# --- complete, and held back ---


@situation(State.WAITING, "Start one")
def nobody_watches(world: World) -> str:
    world.rest()
    world.worker_lives()
    return "a.txt"


@situation(State.WAITING, "server runs and can be reached")
def the_server_is_away(world: World) -> str:
    world.rest()
    world.set("server", url=SecretStr("redis://127.0.0.1:1/0"))
    return "a.txt"


@situation(State.WAITING, "turnstream run --root")
def our_own_server_is_away(world: World) -> str:
    world.rest()
    world.set("server", url=SecretStr(""))
    return "a.txt"


@situation(State.WAITING, "the watcher rebuilds it")
def the_ledger_is_held(world: World) -> str:
    world.work_off(world.rest("b.txt", "Carl: other.\n"))
    world.rest()
    world.ledger.client.set(world.ledger.key("epoch"), f"{world.root.state().root_id}:other")
    return "a.txt"


@situation(State.WAITING, "Nothing to do.")
def it_is_third_in_line(world: World) -> str:
    for name in "abcd":
        world.rest(f"{name}.txt", f"{name}: {TEXT}")
    world.set("batch", queued_per_process=1, max_files=1)
    beat(world.ledger, "worker", 1)
    world.watch(world.sender(), until=lambda watcher: watcher.backlog.count(Place.DUE) == 3)
    return "d.txt"


@situation(State.WAITING, "Nothing to do.")
def the_watcher_does_not_answer(world: World) -> str:
    world.rest()
    world.worker_lives()
    beat(world.ledger, "watcher")
    return "a.txt"


# --- under way ---


@situation(State.QUEUED, "Nothing to do.")
def it_is_queued(world: World) -> str:
    world.rest()
    world.worker_lives()
    world.watch(world.sender(), until=lambda _: world.ledger.client.llen(world.ledger.key("q:ingest")))
    return "a.txt"


@situation(State.QUEUED, "Start one")
def it_is_queued_and_no_worker_lives(world: World) -> str:
    world.rest()
    world.watch(world.sender(), until=lambda _: world.ledger.client.llen(world.ledger.key("q:ingest")))
    return "a.txt"


@situation(State.QUEUED, "sends the file again")
def its_message_was_lost(world: World) -> str:
    world.rest()
    world.worker_lives()
    world.watch(until=lambda watcher: list(watcher.backlog.sent_before(time.monotonic())))
    return "a.txt"


@situation(State.HELD, "Nothing to do.")
def a_worker_has_just_taken_it(world: World) -> str:
    it_is_queued(world)
    world.take_message()
    return "a.txt"


@situation(State.HELD, "Nothing to do.")
def a_worker_has_held_it_for_long(world: World) -> str:
    it_is_queued(world)
    value = Holder("farm7", 4711, time.time() - 60).value()
    world.ledger.client.set(world.ledger.key(f"hold:{world.take_message()}"), value)
    return "a.txt"


@situation(State.HELD, "if the worker died")
def a_worker_took_it_and_is_silent(world: World) -> str:
    it_is_queued(world)
    world.take_message()
    key = world.ledger.key("q:unacked_index")
    found: Any = world.ledger.client.zrange(key, 0, -1)
    world.ledger.client.zadd(key, dict.fromkeys(found, time.time() - 300))
    return "a.txt"


# --- left in drop/ by a worker ---


@situation(State.DEFERRED, "tried again by itself")
def a_program_wrote_it_while_it_was_read(world: World) -> str:
    ref = world.rest()
    with (world.root.drop / "a.txt").open("ab"):
        world.work_off(ref)
    world.worker_lives()
    world.watch()
    return "a.txt"


@situation(State.DISPOSE_BLOCKED, "Free disk space")
def the_disk_is_full(world: World) -> str:
    world.mark(world.rest(), "dispose_blocked", "archive/2026-01-01/a.txt: No space left on device (ENOSPC)", tries=4)
    return "a.txt"


@situation(State.DISPOSE_BLOCKED, "Free disk space")
def the_journal_finds_no_room(world: World) -> str:
    world.mark(world.rest(), "dispose_blocked", "journal: No space left on device (errno 28)")
    return "a.txt"


@situation(State.DISPOSE_BLOCKED, "write permission on drop/")
def its_folder_refuses(world: World) -> str:
    world.mark(world.rest(), "dispose_blocked", "archive/2026-01-01/a.txt: Permission denied (EACCES)")
    return "a.txt"


@situation(State.DISPOSE_BLOCKED, "mounted read-only")
def the_disk_is_read_only(world: World) -> str:
    world.mark(world.rest(), "dispose_blocked", "quarantine: Read-only file system (EROFS)")
    return "a.txt"


@situation(State.SUSPECTED, "Look at the worker's memory")
def workers_died_on_it(world: World) -> str:
    world.mark(world.rest(), "worker_crashed", "signal 9 (SIGKILL)", crashes=2, tries=3, alone=True)
    return "a.txt"


@situation(State.SUSPECTED, "only if it was to blame")
def a_worker_died_on_its_batch(world: World) -> str:
    world.mark(world.rest(), "worker_crashed", "signal 9 (SIGKILL)", alone=True)
    return "a.txt"


@situation(State.SUSPECTED, "Look at the worker's memory")
def a_worker_was_killed_on_it(world: World) -> str:
    death = Death(at=datetime.now(UTC), batch_id="b", reason="worker_crashed", signal="SIGKILL")
    world.mark(world.rest(), "worker_crashed", "signal 9 (SIGKILL)", crashes=0, alone=True, deaths=(death,))
    return "a.txt"


@situation(State.SUSPECTED, "nothing is counted against it")
def a_worker_died_on_another_file_of_its_batch(world: World) -> str:
    world.mark(world.rest(), "worker_crashed", "signal 11 (SIGSEGV)")
    return "a.txt"


# --- done ---


def published(world: World) -> dict[str, Any]:
    world.work_off(world.drop("sub/a.txt", TEXT))
    return world.line()


def ask_by(name: str, digits: int | None = None) -> Arrange:
    def arrange(world: World) -> str:
        return str(published(world)[name])[:digits]

    arrange.__name__ = f"published_by_{name}{'' if digits is None else '_beginning'}"
    return arrange


for key in ("path", "to", "arrival_id", "document_id", "event_id", "entry_id", "content_sha256", "source_sha256"):
    situation(State.PUBLISHED, "turnstream show ")(ask_by(key))
for key in ("arrival_id", "content_sha256", "source_sha256"):
    situation(State.PUBLISHED, "turnstream show ")(ask_by(key, 8))


@situation(State.PUBLISHED, "turnstream show ")
def published_by_its_name_alone(world: World) -> str:
    published(world)
    return "a.txt"


@situation(State.PUBLISHED, "turnstream show ")
def published_by_the_senders_id(world: World) -> str:
    world.work_off(world.drop("000_4079e7fc051ca7b4.txt", TEXT))
    return "4079e7fc051ca7b4"


@situation(State.PUBLISHED, "a consumer that missed it")
def published_and_trimmed(world: World) -> str:
    published(world)
    world.ledger.client.xtrim(world.ledger.key("documents"), 0)
    return "drop/sub/a.txt"


@situation(State.PUBLISHED, "who deletes from the stream")
def published_and_deleted_from_the_stream(world: World) -> str:
    world.work_off(world.drop("b.txt", "Carl: other.\n"))
    line = published(world)
    world.ledger.client.xdel(world.ledger.key("documents"), line["entry_id"])
    return "drop/sub/a.txt"


@situation(State.PUBLISHED, "turnstream show ")
def published_and_the_journal_is_gone(world: World) -> str:
    document_id = published(world)["document_id"]
    for file in (world.root.path / "journal").iterdir():
        file.unlink()
    return str(document_id)


@situation(State.PUBLISHED, "turnstream show ")
def published_and_the_server_is_away(world: World) -> str:
    published(world)
    world.set("server", url=SecretStr("redis://127.0.0.1:1/0"))
    return "drop/sub/a.txt"


@situation(State.PUBLISHED, "turnstream show ")
def the_same_text_outside_of_the_root(world: World) -> str:
    published(world)
    Path("copy.txt").write_text(TEXT.replace("\n", "\r\n"))
    return "copy.txt"


@situation(State.DUPLICATE, "turnstream show ")
def a_duplicate(world: World) -> str:
    published(world)
    world.work_off(world.drop("again.txt", TEXT))
    return "again.txt"


@situation(State.DUPLICATE, "turnstream show ")
def a_duplicate_where_it_lies(world: World) -> str:
    a_duplicate(world)
    return str(world.place("duplicates"))


def superseded(world: World) -> None:
    world.work_off(world.drop("whole.txt", f"{EDITION}Boris Brandt: Thank you.\n"))
    world.work_off(world.drop("early.txt", f"{EDITION}To be continued."))


@situation(State.SUPERSEDED, "turnstream show ")
def a_text_that_a_longer_one_superseded(world: World) -> str:
    superseded(world)
    return "early.txt"


@situation(State.SUPERSEDED, "turnstream show ")
def a_superseded_text_where_it_lies(world: World) -> str:
    superseded(world)
    return str(world.place("duplicates"))


@situation(State.SUPERSEDED, "turnstream show ")
def a_superseded_text_without_the_journal(world: World) -> str:
    superseded(world)
    for file in (world.root.path / "journal").iterdir():
        file.unlink()
    return str(world.place("duplicates"))


@situation(State.GONE, "a longer text was published")
def a_superseded_text_that_was_deleted(world: World) -> str:
    superseded(world)
    world.place("duplicates").unlink()
    return "early.txt"


@situation(State.QUARANTINED, "turnstream quarantine retry ")
def a_rejected_file(world: World) -> str:
    world.work_off(world.drop("a.png", b"\x89PNG\r\n\x1a\nno transcript"))
    return "a.png"


@situation(State.QUARANTINED, "Convert it to plain text")
def a_rejected_file_where_it_lies(world: World) -> str:
    a_rejected_file(world)
    return "quarantine/a.png"


@situation(State.QUARANTINED, "turnstream quarantine retry ")
def the_note_of_a_rejected_file(world: World) -> str:
    a_rejected_file(world)
    return "quarantine/a.png.error.json"


@situation(State.QUARANTINED, "turnstream quarantine retry ")
def a_rejected_file_of_which_only_its_note_tells(world: World) -> str:
    a_rejected_file(world)
    for file in (world.root.path / "journal").iterdir():
        file.unlink()
    return "quarantine/a.png"


@situation(State.WAITING, "Start one")
def a_rejected_file_that_is_retried(world: World) -> str:
    a_rejected_file(world)
    (case,) = cases(world.root.path)
    retry(world.root.path, case)
    world.set("watch", quiet_seconds=0.0)
    return str(world.line()["arrival_id"])


# --- gone, unknown ---


@situation(State.GONE, "the record was published")
def its_archived_file_was_deleted(world: World) -> str:
    published(world)
    world.place("archive").unlink()
    return "drop/sub/a.txt"


@situation(State.GONE, "discarded on purpose")
def a_discarded_file(world: World) -> str:
    a_rejected_file(world)
    (case,) = cases(world.root.path)
    discard(world.root.path, case)
    return "a.png"


@situation(State.GONE, "ask its sender")
def it_left_without_an_outcome(world: World) -> str:
    ref = world.rest()
    world.mark(ref, "still_open")
    (world.root.drop / "a.txt").unlink()
    return "drop/a.txt"


@situation(State.UNKNOWN, "Check the spelling")
def a_path_that_never_was(world: World) -> str:
    published(world)
    return "drop/never.txt"


@situation(State.UNKNOWN, "search the log")
def an_id_that_never_was(world: World) -> str:
    published(world)
    return "f" * 32


@situation(State.UNKNOWN, "turnstream ingest ")
def a_text_that_was_never_dropped(world: World) -> str:
    Path("new.txt").write_text("Nora: news.\n")
    return "new.txt"


@situation(State.UNKNOWN, "Convert it to plain text")
def a_file_outside_that_would_be_rejected(world: World) -> str:
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\nno transcript")
    return "a.png"


@contextmanager
def short_name(folder: Path) -> Iterator[str]:
    """Give a short way to a folder: a socket's path has at most 107 bytes."""
    with tempfile.TemporaryDirectory() as short:
        link = Path(short) / "d"
        link.symlink_to(folder)
        yield str(link)


@pytest.mark.parametrize(("arrange", "state", "next_step"), SITUATIONS)
def test_in_this_situation(world: World, arrange: Arrange, state: State, next_step: str) -> None:
    found = world.explain(arrange(world))
    assert found, "something is said of everything"
    told = found[-1]
    assert told.state == state, told
    assert next_step in f"{told.next_step} {told.command}", told
    assert told.why.endswith((".", ". ")), told
    line = orjson.loads(told.to_json())
    assert list(line) == ["asked", "state", "file", "why", "next_step", "command", "facts", "notes"]


def test_every_state_has_a_situation() -> None:
    seen = {param.values[1] for param in SITUATIONS}
    assert set(State) - seen == {State.UNREADABLE_FOLDER}, "which has tests of its own below"


def test_every_state_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert [state for state in State if f"`{state}`" not in readme] == []


def test_who_writes_and_since_when_it_rests_are_facts(world: World) -> None:
    (told,) = world.explain(a_program_has_it_open(world))
    (writer,) = told.facts["writers"]
    assert writer["pid"] == os.getpid()
    assert writer["command"]
    assert told.facts["size"] == len(TEXT)


def test_a_place_in_line_is_counted(world: World) -> None:
    (told,) = world.explain(it_is_third_in_line(world))
    assert (told.facts["position"], told.facts["total"]) == (3, 3)
    assert "number 3 of 3 files in line" in told.why


def test_who_holds_it_is_told(world: World) -> None:
    (told,) = world.explain(a_worker_has_held_it_for_long(world))
    assert (told.facts["host"], told.facts["pid"], told.facts["files_in_batch"]) == ("farm7", 4711, 1)
    (same,) = world.explain(told.facts["batch_id"])
    assert (same.state, same.file) == (State.HELD, "drop/a.txt")


def test_what_a_silent_watcher_knows_is_not_told_and_that_is_said(world: World) -> None:
    (told,) = world.explain(the_watcher_does_not_answer(world))
    assert told.notes == ["The watcher lives but did not answer in time: this is told without it."]
    assert world.ledger.client.ttl(world.ledger.key("questions")) > 0, "nobody reads it: it must not stay"


def test_a_watcher_that_looks_seldom_answers_all_the_same(world: World) -> None:
    world.set("watch", sweep_seconds=30.0)
    world.rest()
    world.worker_lives()
    queue = Queue(world.root.drop, Backlog(), lambda _: None, world.settings, world.root.state().root_id)
    watcher = Watcher(world.root, Contact(world.root, world.ledger, world.settings), queue, world.settings)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not watcher.backlog.count(Place.SENT):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        # What it knows is lost on the way: it sleeps for long then, but for the questions.
        watcher.backlog.forget(["a.txt"])
        for _ in range(2):
            (told,) = world.explain("a.txt")
            assert "has not seen it yet" in told.why, "the watcher's own word"
    finally:
        watcher.end()
        thread.join()


def test_what_is_no_question_is_passed_over(world: World) -> None:
    world.ledger.client.rpush(
        world.ledger.key("questions"),
        "{",
        '{"id":"../x","paths":[]}',
        '{"id":1}',
        "\udcff".encode("utf-8", "surrogateescape"),
    )
    (told,) = world.explain(it_has_just_come(world))
    assert (told.state, told.notes) == (State.SETTLING, [])
    assert world.ledger.client.keys(world.ledger.key("answers:*")) == []


def test_without_a_server_folders_and_journal_tell_what_they_know(world: World) -> None:
    (told,) = world.explain(published_and_the_server_is_away(world))
    assert told.facts["stream"] is None
    (note,) = told.notes
    assert "from folders and journal alone" in note


def test_the_next_try_of_a_deferred_file_is_told(world: World) -> None:
    ref = world.rest()
    world.worker_lives()
    world.set("watch", retry_seconds=100.0, retry_max_seconds=1000.0)
    watcher = world.watch(until=lambda watcher: watcher.backlog.count(Place.SENT))
    world.mark(ref, "read_failed", "Input/output error (EIO)", tries=3)
    turned = time.monotonic() + 10
    while not watcher.backlog.count(Place.WAITING):
        assert time.monotonic() < turned
        time.sleep(0.01)
    (told,) = world.explain("a.txt")
    assert (told.state, told.facts["reason"], told.facts["tries"]) == (State.DEFERRED, "read_failed", 3)
    assert 390 < (told.facts["next_try_at"] - datetime.now(UTC)).total_seconds() < 400, "twice doubled"
    assert told.notes == []


def test_of_several_arrivals_the_newest_comes_last(world: World) -> None:
    for number in range(3):
        world.work_off(world.drop("a.txt", f"Anna: take {number}.\n"))
    found = world.explain("drop/a.txt")
    assert [told.state for told in found] == [State.PUBLISHED] * 3
    entries = [told.facts["entry_id"] for told in found]
    assert entries == sorted(entries, key=lambda entry: tuple(map(int, entry.split("-"))))


def test_only_the_newest_of_very_many_arrivals_are_told(world: World) -> None:
    world.work_off(*[world.drop(f"{number}/a.txt", f"Anna: take {number}.\n") for number in range(30)])
    assert len(world.explain("a.txt")) == 20


def test_a_document_and_its_duplicates_are_all_told(world: World) -> None:
    a_duplicate(world)
    found = world.explain(world.line()["document_id"])
    assert [told.state for told in found] == [State.PUBLISHED, State.DUPLICATE]
    assert found[1].facts["duplicate_of"]["arrival_id"] == found[0].facts["arrival_id"]
    assert found[1].facts["duplicate_of"]["archived"] == found[0].file


@pytest.mark.parametrize("with_journal", [True, False])
def test_of_a_superseded_text_the_longer_one_is_told(world: World, with_journal: bool) -> None:
    superseded(world)
    early, whole = world.line(), world.place("archive")
    if not with_journal:
        for file in (world.root.path / "journal").iterdir():
            file.unlink()
    (told,) = world.explain(str(world.place("duplicates")))
    greater = told.facts["superseded_by"]
    assert told.facts["document_id"] == early["document_id"] != greater["document_id"]
    assert (greater["document_id"], greater["event_id"]) == (early["superseded_by"], early["event_id"])
    assert greater["archived"] == str(whole.relative_to(world.root.path))
    assert f" from whole.txt as document {greater['document_id']}; that file is archive/" in told.why
    assert greater["document_id"] in str(told.command)


def test_a_revision_is_told_by_its_event_even_if_only_the_server_knows(world: World) -> None:
    world.work_off(world.drop("early.txt", f"{EDITION}To be continued."))
    world.work_off(world.drop("whole.txt", f"{EDITION}Boris Brandt: Thank you.\n"))
    line = world.line()
    assert line["event_id"] == f"{line['document_id']}.2"
    for file in (world.root.path / "journal").iterdir():
        file.unlink()
    (told,) = world.explain(line["event_id"])
    assert (told.state, told.facts["event_id"]) == (State.PUBLISHED, line["event_id"])
    assert line["event_id"] in told.why


@pytest.mark.parametrize(
    "name", [b"-a.txt", b"caf\xe9.txt", b"two\nlines.txt", b"quote'\".txt", b"\xe2\x80\xaegnp.txt"]
)
def test_any_name_can_be_asked_about(world: World, name: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.fsdecode(name)
    world.work_off(world.drop(path, TEXT))
    world.drop(path, "")
    in_drop, by_path = world.explain(f"drop/{path}")[-1], world.explain(str(world.place("archive")))[-1]
    assert (in_drop.state, by_path.state) == (State.SETTLING, State.PUBLISHED)
    capsys.readouterr()
    show([in_drop, by_path])
    shown = capsys.readouterr().out
    assert "\u202e" not in shown
    assert shown.count("Next: ") == 2
    (world.root.drop / path).unlink()
    assert world.explain(path)[-1].state == State.PUBLISHED
    orjson.loads(by_path.to_json())


@pytest.mark.parametrize(
    "way", ["drop/sub/a.txt", "sub/a.txt", "a.txt", "../root/drop/sub/a.txt", "{root}/drop/sub/a.txt"]
)
def test_a_path_may_be_given_in_any_way(
    world: World, way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.rest("sub/a.txt")
    (tmp_path / "link").symlink_to(world.root.path)
    for folder in (world.root.drop / "sub", world.root.path, tmp_path / "elsewhere", tmp_path / "link"):
        monkeypatch.chdir(folder)
        if way == "a.txt" and folder.name != "sub":
            continue
        if way.startswith("..") and folder.name != "elsewhere":
            continue
        (told,) = world.explain(way.format(root=tmp_path / "link"))
        assert (told.state, told.file) == (State.WAITING, "drop/sub/a.txt"), folder


def test_a_file_outside_with_the_name_of_one_in_drop_is_told_as_well(world: World) -> None:
    world.rest("a.txt")
    Path("a.txt").write_text("Other: text.\n")
    assert [told.state for told in world.explain("a.txt")] == [State.UNKNOWN, State.WAITING]


def test_many_files_are_asked_about_at_once(world: World) -> None:
    world.worker_lives()
    for number in range(250):
        world.drop(f"{number}.txt", "")
    world.watch(until=lambda watcher: len(watcher.backlog) == 250)
    began = time.monotonic()
    found = world.explain(*(f"{number}.txt" for number in range(250)))
    assert {told.state for told in found} == {State.SETTLING}
    assert time.monotonic() - began < 30, "two questions, not 250"


class TestUnreadableFolder:
    @pytest.fixture
    def open_root(self, world: World) -> Iterator[World]:
        """The way to the root is open to everybody, as pytest's is not."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            moved = Path(folder) / "root"
            world.root.path.rename(moved)
            world.root = Root(moved)
            world.settings = world.settings.model_copy(update={"root": moved})
            yield world

    def test_a_folder_that_this_account_may_not_enter_is_named(self, open_root: World) -> None:
        world = open_root
        upload = world.root.drop / "upload"
        upload.mkdir()
        (upload / "a.txt").write_text(TEXT)
        world.explain("drop/upload/a.txt")  # whatever is imported late is imported
        upload.chmod(0)
        with as_nobody():
            (told,) = world.explain("drop/upload/a.txt")
            (folder,) = world.explain("drop/upload")
        upload.chmod(0o755)
        assert told.state == folder.state == State.UNREADABLE_FOLDER
        assert told.facts["folder"] == folder.facts["folder"] == "drop/upload"
        assert told.facts["mode"] == "d---------"
        assert "read and enter it" in told.next_step

    def test_one_that_only_the_watcher_may_not_enter_is_told_by_it(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.rest("upload/a.txt")
        question = Question(id="0" * 16, paths=("upload/a.txt", "b.txt"))
        said, other = answers(question, Backlog(), {"upload": "Permission denied"}, 0)
        assert said == Answer(path="upload/a.txt", refused="drop/upload: Permission denied")
        assert other.refused is None
        scene = look_around(world.settings)
        monkeypatch.setattr(Scene, "ask", lambda self, _: self.mail.answers.update({said.path: said}))
        (told,) = Explainer(scene).explain(["upload/a.txt"])
        assert told.state == State.UNREADABLE_FOLDER
        assert "watcher cannot read its folder" in told.why


@contextmanager
def as_nobody() -> Iterator[None]:
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


class TestCommand:
    def test_json_is_one_object_a_line_and_unknown_is_1(self, world: World) -> None:
        published(world)
        world.rest("b.txt", "")
        root, url = str(world.root.path), world.url
        arguments = ["explain", "--json", "--root", root, "--server", url, "--", "sub/a.txt", "-never.txt"]
        environment = {"TURNSTREAM_SERVER__KEY_PREFIX": world.ledger.prefix}
        done = CliRunner().invoke(cli, arguments, env=environment, standalone_mode=False)
        lines = [orjson.loads(line) for line in done.output.splitlines()]
        assert [line["state"] for line in lines] == ["published", "unknown"]
        assert done.return_value == 1

    def test_what_is_known_is_0_and_what_cannot_be_known_without_the_server_69(self, world: World) -> None:
        published(world)
        assert exit_code(world.explain("drop/sub/a.txt")) == 0
        assert exit_code(world.explain("nowhere")) == 1
        world.set("server", url=SecretStr("redis://127.0.0.1:1/0"))
        assert exit_code(world.explain("drop/sub/a.txt")) == 0
        assert exit_code(world.explain("nowhere")) == 69

    def test_a_journal_that_cannot_be_read_is_said_and_nothing_wrong_instead(self, world: World) -> None:
        published(world)
        (file,) = (world.root.path / "journal").iterdir()
        file.unlink()
        file.mkdir()
        with pytest.raises(BadConfiguration, match="cannot be read"):
            world.explain("drop/sub/a.txt")
        shutil.rmtree(file.parent)
        with pytest.raises(BadConfiguration, match="cannot be read"):
            world.explain("drop/sub/a.txt")

    def test_a_drop_folder_that_is_not_there_is_said(self, world: World) -> None:
        world.root.drop.rmdir()
        (told,) = world.explain("drop/a.txt")
        assert "not mounted" in told.why

    def test_what_is_no_root_is_refused(self, world: World, tmp_path: Path) -> None:
        world.settings = world.settings.model_copy(update={"root": tmp_path / "no root"})
        with pytest.raises(BadConfiguration):
            world.explain("a.txt")
