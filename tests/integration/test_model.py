"""Any sequence of what users, faults and the program itself do, against a model that knows only what was dropped.

Real are the watcher, the worker function, the folders and the server, which can be killed.  Celery is a
list of messages that are lost, repeated and reordered.  More sequences than `make test` tries:
``make test ARGS=tests/integration/test_model.py MODEL_EXAMPLES=2000``.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import hypothesis
import orjson
import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_sequences

from turnstream import folder, reports
from turnstream import root as data_root
from turnstream.folder import Hands
from turnstream.journal import Journal
from turnstream.models import Batch, from_wire
from turnstream.publish import Ledger
from turnstream.server import start
from turnstream.settings import Settings
from turnstream.taken import Taken
from turnstream.tasks import Workshop, run
from turnstream.upkeep.leftovers import Leftovers
from turnstream.upkeep.walk import Tally
from turnstream.watch import watcher
from turnstream.watch.backlog import Backlog
from turnstream.watch.contact import Contact
from turnstream.watch.queue import Queue
from turnstream.watch.watcher import Watcher

from .conftest import SettingsFor

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "60"))
#: Messages that wait at most; older ones are lost.
MOST_MESSAGES = 8
#: Deaths of the server in one sequence: a start takes longer than all the rest.
MOST_SERVER_DEATHS = 2
#: Turns of the watcher, and seconds, after which what did not come to be never will.
PATIENCE_TURNS, PATIENCE_SECONDS = 50, 2.0
#: Seconds after which a leftover counts as abandoned.
LATER_SECONDS = 7200.0

FORMS: dict[str, Callable[[str], bytes]] = {
    "": str.encode,
    " in CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    " with BOM": lambda text: text.encode("utf-8-sig"),
}


@dataclass(frozen=True)
class Text:
    """What a user writes, and the title of the transcript that it is; ``None`` if it is none."""

    raw: bytes
    title: str | None = None


TEXTS: dict[str, Text] = {
    topic + name: Text(form(f"On {topic}\n\nAnna Abel: Hello.\n\nBoris Brandt: {topic}, again?\n"), f"On {topic}")
    for topic in ("ice", "water", "thin air")
    for name, form in FORMS.items()
} | {"nothing": Text(b""), "PICTURE": Text(b"\x89PNG\r\n\x1a\nno transcript")}
NAMES = ("a.txt", "b.txt", "sub/a.txt", "sub/deep/c.txt", "a.txt.error.json", "a.txt.duplicate.json")

OUTCOMES = {"archive": "published", "duplicates": "duplicate", "quarantine": "rejected"}
SIDECARS = {"duplicates": ".duplicate.json", "quarantine": ".error.json"}

#: The steps of a batch before and after which something can happen.
STEPS: dict[str, tuple[object, str]] = {
    "open": (Hands, "take"),
    "read": (Taken, "read"),
    "look up": (Ledger, "look_up"),
    "publish": (Ledger, "publish"),
    "find originals": (Ledger, "originals"),
    "place": (Hands, "place"),
    "journal": (Journal, "append"),
    "write sidecar": (Hands, "write_beside"),
    "move": (Hands, "move"),
    "rename": (folder, "rename_exclusively"),
    "sync": (Hands, "sync"),
    "report": (reports, "report"),
}


@dataclass(frozen=True)
class Act:
    """What a user does: with ``pick`` he chooses a file of ``drop/``, ``name`` and ``text`` are what he gives it."""

    kind: str
    pick: int
    name: str
    text: str


picks = st.integers(0, MOST_MESSAGES - 1)
acts = st.builds(
    Act,
    st.sampled_from(["drop"] * 4 + ["rename", "rewrite", "link", "delete"]),
    picks,
    st.sampled_from(NAMES),
    st.sampled_from(list(TEXTS)),
)
instants = st.tuples(st.sampled_from(list(STEPS)), st.sampled_from(["before", "after"]), st.integers(1, 3))
Instant = tuple[str, str, int]


@contextmanager
def at(instant: Instant, happens: Callable[[], object]) -> Iterator[None]:
    """Have something happen once, at an instant of the batch that is worked off meanwhile."""
    step, when, number = instant
    owner, name = STEPS[step]
    usual = getattr(owner, name)
    count = itertools.count(1)
    faults: list[Exception] = []

    def do() -> None:
        try:
            happens()
        except Exception as error:  # noqa: BLE001 - the pipeline would take it for a fault of the file
            faults.append(error)

    def stepping(*args: Any, **kwargs: Any) -> Any:
        now = next(count) == number
        if now and when == "before":
            do()
        result = usual(*args, **kwargs)
        if step == "publish":
            result = iter(list(result))  # it does nothing before it is asked
        if now and when == "after":
            do()
        return result

    setattr(owner, name, stepping)
    try:
        yield
    finally:
        setattr(owner, name, usual)
    if faults:
        raise faults[0]


class Station:
    """A server that can be killed and keeps its data, and folders for roots."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server = start(settings)
        self.roots = itertools.count()

    def kill(self) -> None:
        self.server.process.kill()
        self.server.process.wait()

    def restart(self) -> None:
        self.kill()
        self.server = start(self.settings)

    def settings_of_a_new_root(self) -> Settings:
        """Nothing has to be waited for: what is closed is complete, what was sent may be sent again."""
        watch = {
            "native_events": False,
            "sweep_seconds": 1e-9,
            "sweep_max_seconds": 1e-9,
            "rename_settle_seconds": 0.0,
            "quiet_seconds": 0.0,
            "settle_seconds": 0.0,
            "resend_seconds": 1e-9,
            "retry_seconds": 1e-9,
            "retry_max_seconds": 1e-9,
        }
        return self.settings.model_copy(
            update={
                "root": self.settings.root / str(next(self.roots)),
                "watch": self.settings.watch.model_copy(update=watch),
                "work": self.settings.work.model_copy(update={"processes": 1}),
            }
        )


@dataclass
class Version:
    """A file that a user gave us: its text, its names, whether it ever had more than one.

    ``spoiled`` is whether he wrote to it when we had taken one of them.
    """

    text: str
    names: int = 1
    linked: bool = False
    spoiled: bool = False


@dataclass
class Model:
    """All that users have given and not taken back, by inode, and every title that ever lay in ``drop/``."""

    versions: dict[int, Version] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)

    def write(self, inode: int, text: str, *, spoils: bool = False) -> None:
        known = self.versions.setdefault(inode, Version(text))
        known.text, known.spoiled = text, known.spoiled or spoils
        if title := TEXTS[text].title:
            self.titles.add(title)

    def link(self, inode: int) -> None:
        self.versions[inode].names += 1
        self.versions[inode].linked = True

    def remove(self, inode: int) -> None:
        self.versions[inode].names -= 1
        if not self.versions[inode].names:
            del self.versions[inode]

    def names(self) -> dict[int, int]:
        return {inode: version.names for inode, version in self.versions.items()}


class Users:
    """What users do to ``drop/``; the model is told."""

    def __init__(self, root: data_root.Root, model: Model) -> None:
        self.root = root
        self.model = model
        self.moments = itertools.count(1_700_000_000_000_000, 1_000_000)

    def do(self, act: Act) -> None:
        target = self.root.drop / act.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if act.kind == "drop":
            self._drop(target, act.text)
        elif files := sorted(file for file in self.root.drop.rglob("*") if file.is_file()):
            getattr(self, f"_{act.kind}")(files[act.pick % len(files)], target, act.text)

    def _drop(self, target: Path, text: str) -> None:
        coming = self.root.path / "state" / "coming.tmp"
        coming.write_bytes(TEXTS[text].raw)
        # As rsync and cp -p do; and no two files are the same arrival by chance.
        os.utime(coming, ns=(0, next(self.moments) * 1000))
        self._rename(coming, target, text)
        self.model.write(target.stat().st_ino, text)

    def _rename(self, file: Path, target: Path, _: str) -> None:
        if target.exists() and not target.samefile(file):
            self.model.remove(target.stat().st_ino)
        file.replace(target)

    def _rewrite(self, file: Path, _: Path, text: str) -> None:
        inode = file.stat().st_ino
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_TRUNC | os.O_NONBLOCK)
        except BlockingIOError:
            return  # a worker has it in its hands, and is asked to let go
        os.write(descriptor, TEXTS[text].raw)
        os.close(descriptor)
        here = sum(name.stat().st_ino == inode for name in self.root.drop.rglob("*"))
        self.model.write(inode, text, spoils=here < self.model.versions[inode].names)

    def _link(self, file: Path, target: Path, _: str) -> None:
        if not target.exists():
            target.hardlink_to(file)
            self.model.link(file.stat().st_ino)

    def _delete(self, file: Path, _: Path, __: str) -> None:
        self.model.remove(file.stat().st_ino)
        file.unlink()


some_work = precondition(lambda sequence: sequence.messages or sequence._below("drop"))
server_may_die = precondition(lambda sequence: sequence.server_deaths < MOST_SERVER_DEATHS)


class Sequence(RuleBasedStateMachine):
    """One root from its first file to the end of all work."""

    def __init__(self, station: Station) -> None:
        super().__init__()
        self.station = station
        self.settings = station.settings_of_a_new_root()
        self.root = data_root.prepare(self.settings.root)
        self.workshop = Workshop(self.settings, station.server.url)
        self.ledger: Ledger = self.workshop.tools().ledger
        self.ledger.client.flushall()
        self.messages: list[Batch] = []
        self.model = Model()
        self.users = Users(self.root, self.model)
        self.published: list[str] = []
        self.server_deaths, self.a_worker_died = 0, False
        self.counts_are_exact, self.something_came_back = True, False
        self.cleanup = ExitStack()
        self.events: list[Any] = self.cleanup.enter_context(structlog.testing.capture_logs())
        self.cleanup.callback(shutil.rmtree, self.root.path)

    # --- what can happen ---

    @initialize(places=st.sampled_from([1, 3]))
    def begin(self, places: int) -> None:
        """With one place in the queue all that is due comes in one message."""
        batch = self.settings.batch.model_copy(update={"queued_per_process": places})
        self.settings = self.settings.model_copy(update={"batch": batch})
        self.restart_watcher()

    @rule(several=st.lists(acts, min_size=1, max_size=4))
    def users_act(self, several: list[Act]) -> None:
        for act in several:
            self.users.do(act)

    @rule()
    def look(self) -> None:
        self.watcher.turn()
        del self.messages[:-MOST_MESSAGES]

    @some_work
    @rule(pick=picks, again=st.booleans())
    def work(self, pick: int, again: bool) -> None:
        self._run(self._take(pick, again=again))

    @some_work
    @rule(pick=picks, instant=instants)
    def die(self, pick: int, instant: Instant) -> None:
        """A worker gets SIGKILL in the middle of a batch; what was sent for it is lost with it."""
        message = self._take(pick)
        for thread in threading.enumerate():
            if thread.name == "hold":
                thread.join()  # a process with threads cannot be forked safely
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with at(instant, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                    run(message.model_dump(mode="json"), self.workshop)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert status in (0, signal.SIGKILL)
        self.a_worker_died, self.counts_are_exact = True, False

    @some_work
    @rule(pick=picks, instant=instants, act=acts)
    def work_while_a_user_acts(self, pick: int, instant: Instant, act: Act) -> None:
        with at(instant, lambda: self.users.do(act)):
            self._run(self._take(pick))

    @some_work
    @rule(pick=picks, instant=instants, other=picks)
    def work_while_another_worker_does(self, pick: int, instant: Instant, other: int) -> None:
        message = self._take(other, again=True)
        with at(instant, lambda: self._run(message)):
            self._run(self._take(pick))

    @server_may_die
    @some_work
    @rule(pick=picks, instant=instants)
    def work_while_the_server_dies(self, pick: int, instant: Instant) -> None:
        try:
            with at(instant, self.station.kill):
                self._run(self._take(pick))
        finally:
            self._restart_server()
        self.counts_are_exact = False

    @precondition(lambda self: self.messages)
    @rule(pick=picks)
    def lose(self, pick: int) -> None:
        self._take(pick)

    @rule()
    def restart_watcher(self) -> None:
        queue = Queue(self.root.drop, Backlog(), self.messages.append, self.settings, self.root.state().root_id)
        self.watcher = Watcher(self.root, Contact(self.root, self.ledger, self.settings), queue, self.settings)

    @server_may_die
    @precondition(lambda self: self.published)
    @rule()
    def restart_server(self) -> None:
        self._restart_server()

    @some_work
    @rule()
    def settle(self) -> None:
        """Users rest and nothing fails: everything comes to where it belongs."""
        self._work_off()
        self._tidy()
        self._work_off()
        self._require_outcomes()

    # --- what must hold ---

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every name of every file is somewhere, once, with its user's bytes."""
        files = [file for top in data_root.MOVING for file in self._below(top)]
        of_users = [file for file in files if file.stat().st_ino in self.model.versions]
        assert Counter(file.stat().st_ino for file in of_users) == self.model.names()
        for file in of_users:
            assert file.read_bytes() == TEXTS[self.model.versions[file.stat().st_ino].text].raw
        assert set(self._below("drop")) <= set(of_users)

    @invariant()
    def nothing_is_twice(self) -> None:
        """The stream holds a content once, and for good."""
        titles = [event["data"]["title"] for event in self._entries().values()]
        assert len(titles) == len(set(titles))
        assert set(titles) <= self.model.titles
        assert titles[: len(self.published)] == self.published
        self.published = titles

    @invariant()
    def nothing_is_refused(self) -> None:
        assert not {"process.crashed", "batch.refused", "ledger.held"} & {event["event"] for event in self.events}

    def teardown(self) -> None:
        with self.cleanup:
            if sys.exc_info()[0] is None:
                self.settle()

    # --- how it is done and found out ---

    def _restart_server(self) -> None:
        self.station.restart()
        self.server_deaths += 1

    def _take(self, pick: int, *, again: bool = False) -> Batch:
        """Fetch one of the messages that wait; without any, the watcher has looked by now."""
        if not self.messages:
            self._look_until(lambda: self.messages)
        place = pick % len(self.messages)
        return self.messages[place] if again else self.messages.pop(place)

    def _run(self, message: Batch) -> None:
        run(message.model_dump(mode="json"), self.workshop)

    def _look_until(self, condition: Callable[[], object]) -> None:
        deadline, turns = time.monotonic() + PATIENCE_SECONDS, 0
        while not condition():
            assert turns < PATIENCE_TURNS or time.monotonic() < deadline, "it never comes to be"
            self.look()
            turns += 1

    def _work_off(self) -> None:
        def at_rest() -> bool:
            while self.messages:
                self._run(self.messages.pop(0))
            return not self._below("drop")

        self._look_until(at_rest)
        self._look_until(lambda: not self.ledger.client.exists(self.ledger.key("deferred")))

    def _tidy(self) -> None:
        tally = Tally()
        for _ in Leftovers(self.root).tidy(time.time() + LATER_SECONDS, tally):
            pass
        assert not tally.faults
        self.something_came_back = self.something_came_back or bool(tally.returned)

    def _below(self, top: str) -> list[Path]:
        return sorted(file for file in (self.root.path / top).rglob("*") if not file.is_dir())

    def _entries(self) -> dict[str, dict[str, Any]]:
        reply: Any = self.ledger.client.xrange(self.ledger.key("documents"))
        return {entry.decode(): orjson.loads(fields[b"data"]) for entry, fields in reply}

    def _require_outcomes(self) -> None:
        lines = self._lines_by_place()
        found = {str(file.relative_to(self.root.path)) for top in OUTCOMES for file in self._below(top)}
        files = {
            place: version
            for place in found
            if (version := self.model.versions.get((self.root.path / place).stat().st_ino))
        }
        sidecars = {place + SIDECARS[top]: place for place in files if (top := place.partition("/")[0]) in SIDECARS}
        assert sidecars.keys() <= found
        for place in found - files.keys() - sidecars.keys():
            # What a killed worker, or a file that came back, left stays while one of its size may be what it tells of.
            top, size = place.partition("/")[0], self._told(place)["size"]
            assert self.a_worker_died or self.something_came_back
            assert size in {(self.root.path / file).stat().st_size for file in files if file.startswith(top)}
        for sidecar, place in sidecars.items():
            told = self._told(sidecar)["arrival_id"]
            assert files[place].spoiled or told in {line["arrival_id"] for line in lines[place]}
        entries = self._entries()
        by_title = {event["data"]["title"]: entry for entry, event in entries.items()}
        for place, version in files.items():
            if version.spoiled:
                continue
            top, title = place.partition("/")[0], TEXTS[version.text].title
            assert {line["outcome"] for line in lines[place]} == {OUTCOMES[top]}, place
            assert {line["entry_id"] for line in lines[place]} == {by_title[title] if title else None}
            assert (top == "quarantine") == (title is None)
        for title, entry in by_title.items():
            self._require_one_archived(title, entries[entry]["data"]["provenance"], files)
        self._require_counters(files, len(entries))

    def _told(self, sidecar: str) -> dict[str, Any]:
        told: dict[str, Any] = orjson.loads((self.root.path / sidecar).read_bytes())
        return told

    def _require_one_archived(self, title: str, source: dict[str, Any], files: dict[str, Version]) -> None:
        """What was published lies in the archive, unless its user took it back, and no other file of its content."""
        mine = {place for place, version in files.items() if TEXTS[version.text].title == title and not version.spoiled}
        published = {place for place in mine if self._is_source(self.root.path / place, source)}
        archived = {place for place in mine if place.startswith("archive/")}
        assert archived <= published
        # The name that was published may be its user's again, when another name of the file was a duplicate by then.
        taken_back = any(files[place].linked for place in published) and not archived
        assert len(archived) == bool(published) or taken_back

    def _is_source(self, file: Path, source: dict[str, Any]) -> bool:
        facts = file.stat()
        moment = datetime.fromisoformat(source["mtime"])
        return (facts.st_size, facts.st_mtime_ns // 1000) == (source["size"], round(moment.timestamp() * 1_000_000))

    def _lines_by_place(self) -> dict[str, list[dict[str, Any]]]:
        """The last line of each arrival, where it counts: once the file is where it says."""
        lines = [orjson.loads(raw) for file in self._below("journal") for raw in file.read_bytes().splitlines()]
        last = {line["arrival_id"]: line for line in lines}
        places = defaultdict(list)
        for line in lines:
            place = self.root.path / from_wire(line["to"] or ".")
            if place.is_file():
                facts = place.stat()
                known = self.model.versions.get(facts.st_ino)
                # A link that is given the name of another one that was taken is the same arrival again.
                counts = line is last[line["arrival_id"]] or (known and known.linked)
                if counts and (facts.st_size, facts.st_mtime_ns) == (line["size"], line["mtime_ns"]):
                    places[from_wire(line["to"])].append(line)
        return places

    def _require_counters(self, files: dict[str, Version], published: int) -> None:
        reply: Any = self.ledger.client.hgetall(self.ledger.key("counters"))
        counters = {name.decode(): int(count) for name, count in reply.items()}
        assert counters.get("published", 0) == published
        for top, name in (("duplicates", "duplicate"), ("quarantine", "rejected")):
            there, counted = sum(place.startswith(top) for place in files), counters.get(name, 0)
            assert counted <= there or self.something_came_back
            assert counted >= there or not self.counts_are_exact


@pytest.fixture(scope="module")
def station(settings_for: SettingsFor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    station = Station(settings_for(tmp_path_factory.mktemp("model")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watcher, "_ASK_SECONDS", 0.0)  # an idle watcher reads reports now and then only
        yield station
    station.server.stop()


@pytest.mark.timeout(120 if EXAMPLES <= 60 else 0)
def test_whatever_happens_nothing_is_lost_and_nothing_is_twice(station: Station) -> None:
    run_sequences(
        cast("type[Sequence]", partial(Sequence, station)),  # any factory will do
        settings=hypothesis.settings(
            max_examples=EXAMPLES,
            # The same sequences each time, but where more of them are asked for.
            derandomize="MODEL_EXAMPLES" not in os.environ,
            stateful_step_count=40,
            deadline=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
