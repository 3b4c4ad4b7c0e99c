"""A server that lost its data under a running service: the watcher makes its ledger whole again, by itself."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.acceptance.conftest import Outside, Start
from tests.acceptance.harness import OutsideServer, Turnstream, until

DURABLE = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")


def talk(number: int) -> bytes:
    return f"Talk {number}\n\nAnna: What about number {number}?\nBen: It is here.\nAnna: Good.\n".encode()


def drop(run: Turnstream, *numbers: int) -> None:
    for number in numbers:
        run.move_in(talk(number), f"{number}.txt")
    run.await_empty_drop()


def published(run: Turnstream) -> list[str]:
    return [record["title"] for record in run.records()]


def empty(server: OutsideServer, run: Turnstream) -> None:
    with run.ledger().client as client:
        client.flushall()


def start_empty(server: OutsideServer, run: Turnstream) -> None:
    server.kill()
    shutil.rmtree(server.folder / "appendonlydir")
    server.start()


@pytest.mark.parametrize("lose", [empty, start_empty])
def test_an_emptied_server_is_filled_again(start: Start, outside: Outside, lose: object) -> None:
    server = outside(*DURABLE)
    run = start(TURNSTREAM_SERVER__URL=server.url)
    assert callable(lose)
    drop(run, 1, 2, 3)
    before = published(run)
    lose(server, run)
    run.move_in(talk(2), "again.txt")
    run.move_in(talk(4), "4.txt")
    run.await_event("ledger.rebuilt")
    run.await_empty_drop()
    assert published(run) == [*before, "Talk 4"]
    assert [path.name for path in run.files("duplicates")] == ["again.txt"]
    told = run.events("ledger.rebuilt")
    assert [(event["republished"], event["unrecoverable"]) for event in told] == [(3, 0)]


def test_a_server_started_from_an_older_copy_gets_what_it_lacks(start: Start, outside: Outside, tmp_path: Path) -> None:
    server = outside(*DURABLE)
    run = start(TURNSTREAM_SERVER__URL=server.url)
    drop(run, 1, 2)
    shutil.copytree(server.folder / "appendonlydir", tmp_path / "backup")
    drop(run, 3)
    before = published(run)
    server.kill()
    shutil.rmtree(server.folder / "appendonlydir")
    (tmp_path / "backup").rename(server.folder / "appendonlydir")
    # Dropped first, so that a worker may be at the server before the watcher is.
    run.move_in(talk(4), "4.txt")
    server.start()
    run.await_event("ledger.rebuilt")
    run.await_empty_drop()
    assert published(run) == [*before, "Talk 4"]
    told = run.events("ledger.rebuilt")
    assert [(event["known"], event["republished"]) for event in told] == [(2, 1)]


def test_a_watcher_killed_in_a_rebuild_goes_on_with_it(start: Start, outside: Outside) -> None:
    server = outside(*DURABLE)
    run = start(TURNSTREAM_SERVER__URL=server.url)
    drop(run, *range(400))
    empty(server, run)
    run.await_event("ledger.rebuilding")
    os.kill(run.pid_of("watch"), signal.SIGKILL)
    run.await_event("ledger.rebuilt")
    drop(run, 400)
    assert sorted(published(run)) == sorted(f"Talk {number}" for number in range(401))
    until(lambda: run.command_line("status", "--json", "--once").returncode == 0, "status is well")


def test_a_dry_run_tells_in_words(start: Start, outside: Outside) -> None:
    server = outside(*DURABLE)
    run = start(TURNSTREAM_SERVER__URL=server.url)
    drop(run, 1, 2)
    shown = run.command_line("rebuild", "--dry-run", "--server", server.url)
    assert shown.returncode == 0
    assert "what was wrong: nothing" in shown.stdout
    assert "        2  publications in the journal that the server knows" in shown.stdout
