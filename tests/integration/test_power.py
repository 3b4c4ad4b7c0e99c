"""A power cut: what was written but is not yet on disk goes, in the server's file and in the folders.

Nothing here cuts the power.  The server writes and syncs its append-only file before it
answers (looked at with strace), so after a cut the file holds at least what it held at
the last answer, and perhaps some of what came after: here it is cut at such places.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.harness import until
from tests.integration.conftest import Drop
from tests.integration.test_ledger import ALICE, BOB, EPOCH, entries_of, publication, snapshot
from tests.integration.test_pipeline import PICTURE, require_journal_is_true, transcript, tree
from turnstream import connect
from turnstream.claims import Claimant, Published, Yours
from turnstream.edition import Edition
from turnstream.errors import ServerUnavailable
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer, start
from turnstream.settings import Settings

SettingsFor = Callable[..., Settings]
#: Documents in the call that is cut: several, so that a part of it would show.
CALL = 3
#: Seconds that several clients publish before the server is killed, and how many clients.
BUSY_SECONDS, CLIENTS = 0.5, 4


@contextmanager
def killed_afterwards(settings: Settings) -> Iterator[tuple[EmbeddedServer, Ledger]]:
    """Run the server of a root, give it and its ledger, and kill it."""
    running = start(settings)
    try:
        with connect.client(running.url, settings.server) as client:
            yield running, Ledger(client, "test:")
    finally:
        running.process.kill()
        running.process.wait()


def append_only_file(settings: Settings) -> Path:
    """The file that the server appends to."""
    (path,) = (settings.root / "state" / "server" / "appendonlydir").glob("*.incr.aof")
    return path


@dataclass(frozen=True)
class Call:
    """A call that publishes: the server's file after it, and the size of that and what was held before and after."""

    file: Path
    data: bytes
    size_before: int
    before: dict[bytes, bytes]
    after: dict[bytes, bytes]

    def require_all_or_nothing(self, settings: Settings, offset: int) -> None:
        """Require that a server whose file ends at ``offset`` holds all of the call or nothing of it."""
        self.file.write_bytes(self.data[:offset])
        with killed_afterwards(settings) as (_, ledger):
            wanted = self.after if offset == len(self.data) else self.before
            assert snapshot(ledger) == wanted, f"cut at byte {offset} of {len(self.data)}"


class TestServer:
    """The append-only file ends anywhere after the last answer."""

    @pytest.fixture
    def own(self, tmp_path: Path, settings_for: SettingsFor) -> Settings:
        return settings_for(tmp_path)

    @pytest.fixture
    def call(self, own: Settings) -> Call:
        with killed_afterwards(own) as (_, ledger):
            ledger.begin(EPOCH)
            list(ledger.publish([publication("acknowledged", BOB)], EPOCH))
            file = append_only_file(own)
            size, before = file.stat().st_size, snapshot(ledger)
            call = [publication(number) for number in range(CALL)]
            edition = Edition(bytes(range(16)), 1000, partial=True, document_id=call[1].subject)
            call[1] = replace(call[1], edition=edition)
            answers = list(ledger.publish(call, EPOCH))
            assert [type(answer) for answer in answers] == [Published] * CALL
            return Call(file, file.read_bytes(), size, before, snapshot(ledger))

    def test_a_call_is_there_whole_or_not_at_all_and_what_came_before_it_whole(self, own: Settings, call: Call) -> None:
        assert call.before != call.after
        size = len(call.data)
        commands = [match.start() for match in re.finditer(rb"\*\d+\r\n\$", call.data)]
        begins = [at for at in commands if at >= call.size_before]
        assert len(begins) > 2 * CALL  # an entry and a claim of each document, and the head of an edition
        within = random.Random(4).sample(range(call.size_before, size), 15)
        for offset in sorted({*begins, *within, size - 1, size}):
            call.require_all_or_nothing(own, offset)

    @pytest.mark.full
    @pytest.mark.timeout(900)
    def test_so_it_is_at_every_byte(self, own: Settings, call: Call) -> None:
        for offset in range(call.size_before, len(call.data) + 1):
            call.require_all_or_nothing(own, offset)

    def test_all_that_several_clients_were_told_is_there(self, own: Settings) -> None:
        told: list[tuple[int, str]] = []
        with killed_afterwards(own) as (running, ledger):
            ledger.begin(EPOCH)
            file = append_only_file(own)
            timer = threading.Timer(BUSY_SECONDS, running.process.kill)

            def publish(number: int) -> None:
                with suppress(ServerUnavailable), connect.client(running.url, own.server) as client:
                    for turn in range(1_000_000):
                        name = f"{number}-{turn}"
                        list(Ledger(client, ledger.prefix).publish([publication(name)], EPOCH))
                        told.append((file.stat().st_size, name))

            with ThreadPoolExecutor(CLIENTS) as pool:
                timer.start()
                list(pool.map(publish, range(CLIENTS)))
            timer.join()
        # What was written later than the last answer is gone; what was told at that size or below is not.
        kept = max(size for size, _ in told)
        os.truncate(file, kept)
        assert len(told) > 10 * CLIENTS
        with killed_afterwards(own) as (_, ledger):
            claimants = [Claimant(publication(name).content_sha256, ALICE) for _, name in told]
            assert all(isinstance(answer, Yours) for answer in ledger.look_up(claimants, EPOCH))
            assert 0 <= len(entries_of(ledger)) - len(told) <= CLIENTS

    @pytest.mark.full
    def test_it_syncs_its_file_before_it_answers(self, own: Settings, tmp_path: Path) -> None:
        trace = tmp_path / "trace"
        with killed_afterwards(own) as (running, ledger):
            ledger.begin(EPOCH)
            with traced([running.pid], "write,writev,sendto,fsync,fdatasync", trace):
                for number in range(20):
                    list(ledger.publish([publication(number)], EPOCH))
        synced, answers = True, 0
        for line in trace.read_text().splitlines():
            if ".incr.aof>" in line:
                synced = "sync(" in line and line.endswith("= 0")
            elif "published" in line:
                assert synced, line
                answers += 1
        assert answers == 20


@contextmanager
def traced(pids: list[int], calls: str, output: Path) -> Iterator[None]:
    """Write down some system calls of processes, with the paths of their descriptors, in the order of their ends."""
    command = ["strace", "-f", "-y", "-s", "64", "-e", f"trace={calls}", "-o", str(output)]
    tracer = subprocess.Popen([*command, *(f"--attach={pid}" for pid in pids)], stderr=subprocess.DEVNULL)
    try:
        for pid in pids:
            until(partial(_is_traced, pid), "it is looked at", 10)
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)


def _is_traced(pid: int) -> bool:
    return "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text()


class TestFolders:
    """A move that was not yet on disk is undone, with the notes beside it."""

    def test_a_move_that_was_undone_is_done_again(self, drop: Drop, tools: Tools, root: Root, ledger: Ledger) -> None:
        files = [drop("a.txt", transcript("one")), drop("twin.txt", transcript("one")), drop("bad.png", PICTURE)]
        process(files, tools)
        before = tree(root)
        assert tree(root, "drop") == {}
        for path in before:
            moved = root.path / path
            if path.endswith(".json"):
                moved.unlink()
            else:
                moved.rename(root.drop / moved.name)
        process(files, tools)
        assert tree(root).keys() == before.keys()
        require_journal_is_true(root)
        assert len(entries_of(ledger)) == 1

    @pytest.mark.full
    def test_a_line_is_on_disk_before_its_file_moves_and_the_move_before_the_batch_ends(
        self, drop: Drop, tools: Tools, tmp_path: Path
    ) -> None:
        trace = tmp_path / "trace"
        files = [drop("sub/a.txt", transcript("one")), drop("twin.txt", transcript("one")), drop("bad.png", PICTURE)]
        gate, go = os.pipe()
        if (child := os.fork()) == 0:
            try:
                os.read(gate, 1)
                process(files, tools)
            finally:
                os._exit(0)
        with traced([child], "renameat2,renameat,rename,mkdirat,fsync,fdatasync", trace):
            os.write(go, b".")
            os.waitpid(child, 0)
        for descriptor in (gate, go):
            os.close(descriptor)
        calls = [line.partition(" ")[2].lstrip() for line in trace.read_text().splitlines() if line.endswith("= 0")]
        moves = [at for at, call in enumerate(calls) if re.search(r"/drop[/>].*RENAME_NOREPLACE", call)]
        assert len(moves) == len(files)
        assert any(".jsonl>" in call and "sync" in call for call in calls[: moves[0]])
        synced = {_paths(call)[0] for call in calls[moves[-1] :] if call.startswith("fsync")}
        assert {path for at in moves for path in _paths(calls[at])} <= synced
        # A folder that was made is a name in its parent.
        assert {_paths(call)[0] for call in calls if call.startswith("mkdirat")} <= synced


def _paths(call: str) -> list[str]:
    """What the descriptors of a call that strace wrote down stand for."""
    return re.findall(r"\d<([^>]*)>", call)
