"""A file that ends its worker process ends in quarantine with the facts; the others and the innocent never do."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.acceptance.conftest import Outside, Start
from tests.acceptance.harness import Turnstream, family, until
from tests.acceptance.poisons import PLACE, PLUG, poison

REPOSITORY = Path(__file__).parents[2]
LIMIT_KIB = 1 << 18

Lab = Callable[..., Turnstream]


@pytest.fixture
def lab(start: Start, tmp_path: Path) -> Lab:
    """Start a service whose worker has the poisons in it, and narrow limits."""
    plug = tmp_path / "plug"
    plug.mkdir()
    (plug / "sitecustomize.py").write_text(PLUG)

    def make(*command: str, ready: str = "run.ready", **environment: str) -> Turnstream:
        return start(
            "root",
            *command,
            ready=ready,
            PYTHONPATH=os.pathsep.join([str(plug), str(REPOSITORY)]),
            **{
                PLACE: str(plug),
                "TURNSTREAM_WORK__PROCESSES": "2",
                "TURNSTREAM_WORK__MEMORY_LIMIT_KIB": str(LIMIT_KIB),
                "TURNSTREAM_WORK__DOCUMENT_TIME_LIMIT_SECONDS": "0.5",
                "TURNSTREAM_WATCH__RETRY_SECONDS": "0.2",
                "TURNSTREAM_WATCH__RETRY_MAX_SECONDS": "0.5",
                **environment,
            },
        )

    return make


def innocent(number: int) -> bytes:
    return f"Anna: Good morning, number {number}.\nBen: And to you.\n".encode()


def note(run: Turnstream, name: str) -> dict[str, Any]:
    """What the file in quarantine is said to have done."""
    place = run.root / "quarantine" / f"{name}.error.json"
    found: dict[str, Any] = orjson.loads(until(lambda: place.exists() and place.read_bytes(), f"a note for {name}"))
    return found


def drop_folder(run: Turnstream, files: dict[str, bytes]) -> None:
    """Drop files as one folder, so that they come as one batch."""
    folder = run.root / "state" / "batch"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    folder.rename(run.drop / "batch")


def deaths(run: Turnstream) -> int:
    """Pool processes that ended by a signal or by themselves, as the pool tells."""
    return sum("exited with" in event["message"] for event in run.events("library.logged"))


def await_work(folder: Path, number: int) -> None:
    """Wait until a ``number``-th process works on the innocent file."""
    until(lambda: len(list((folder / "plug").glob("working-*"))) >= number, "it is worked on")


def require_steady(run: Turnstream) -> None:
    """The main processes never ended."""
    assert not run.events("process.exited")
    assert not run.events("process.crashed")


@pytest.mark.parametrize(
    ("word", "reason", "signal_name"),
    [
        ("segfaults", "worker_crashed", "SIGSEGV"),
        ("eats-memory", "worker_crashed", None),
        ("loops", "parse_timeout", None),
        ("loops-in-c", "parse_timeout", "SIGXCPU"),
    ],
)
def test_a_poisonous_file_ends_in_quarantine_with_the_facts_and_the_next_file_is_prompt(
    lab: Lab, word: str, reason: str, signal_name: str | None
) -> None:
    run = lab()
    run.move_in(poison(word), "poison.txt")
    until(lambda: run.events("document.suspected") or run.events("document.deferred"), "it is found")
    run.move_in(innocent(1), "next.txt")
    until(lambda: run.files("archive"), "the next file is published")
    assert run.files("drop"), "while the poison is still tried"
    said = note(run, "poison.txt")
    assert (said["reason"], said["signal"], said["attempts"]) == (reason, signal_name, 3)
    assert [death["signal"] for death in said["deaths"]] == [signal_name] * 3
    assert [death["at"] for death in said["deaths"]] == sorted({death["at"] for death in said["deaths"]})
    if word == "eats-memory":
        assert said["memory"]["limit_bytes"] == LIMIT_KIB << 10
        assert 0.9 < said["memory"]["used_bytes"] / said["memory"]["limit_bytes"] <= 1
    run.await_empty_drop()
    assert [path.name for path in run.files("quarantine")] == ["poison.txt"]
    assert len(run.records()) == 1
    assert deaths(run) == (0 if signal_name is None else 3)
    require_steady(run)


def test_of_a_batch_with_every_poison_only_the_poisons_are_put_aside(lab: Lab) -> None:
    run = lab()
    words = ("segfaults", "eats-memory", "loops", "matches", "loops-in-c", "leaves")
    files = {f"{number}.txt": innocent(number) for number in range(194)}
    files |= {f"{word}.txt": poison(word) for word in words}
    drop_folder(run, files)
    run.await_empty_drop()
    assert {path.stem for path in run.files("quarantine")} == set(words)
    assert len(run.files("archive")) == len(run.records()) == 194
    late = ("loops", "matches", "loops-in-c")
    for word in words:
        said = note(run, f"batch/{word}.txt")
        assert said["attempts"] == 3
        assert said["reason"] == ("parse_timeout" if word in late else "worker_crashed")
    # Three that end a process: each once among others, and three times alone.
    assert deaths(run) <= 3 * (1 + 3)
    suspects = {path for event in run.events("document.suspected") if (path := event.get("path"))}
    assert {Path(path).stem for path in suspects} == {"segfaults", "loops-in-c", "leaves"}
    require_steady(run)


def test_poisons_that_take_long_leave_a_process_to_the_others(lab: Lab) -> None:
    run = lab()
    drop_folder(run, {f"{number}.txt": poison("loops", number) for number in range(3)})
    until(lambda: len(run.events("document.deferred")) > 3, "they are tried alone")
    run.move_in(innocent(1), "next.txt")
    until(lambda: run.files("archive"), "the next file is published")
    assert run.files("drop"), "while they are still tried"
    run.await_empty_drop()
    later = []
    known: set[str] = set()
    for tried in run.events("document.deferred"):
        end = datetime.fromisoformat(tried["timestamp"]).timestamp()
        if tried["path"] in known:
            later.append((end - tried["duration_s"], end))
        known.add(tried["path"])
    assert len(later) >= 3 * 2, "all but the first try of each were alone"
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(sorted(later))), "one after the other"


def test_an_innocent_is_never_put_aside_however_often_the_worker_is_killed_while_it_is_alone(
    lab: Lab, outside: Outside, tmp_path: Path
) -> None:
    server = outside("--appendonly", "yes", "--appendfsync", "always")
    alike = {
        "TURNSTREAM_SERVER__URL": server.url,
        "TURNSTREAM_WATCH__RESEND_SECONDS": "1",
        "TURNSTREAM_WORK__HOLD_SECONDS": "2",
    }
    watch = lab("watch", ready="watch.started", **alike)
    work = lab("work", ready="worker.started", **alike)
    watch.move_in(poison("works"), "innocent.txt")
    for number in range(1, 11):
        await_work(tmp_path, number)
        work.signal(signal.SIGKILL)
        assert work.process
        work.process.wait()
        work.start(ready="worker.started")
    (tmp_path / "plug" / "enough").touch()
    watch.await_empty_drop()
    assert len(watch.files("archive")) == 1
    assert not work.events("document.suspected")


def test_an_innocent_is_not_suspected_when_the_service_is_stopped_while_it_is_alone(lab: Lab, tmp_path: Path) -> None:
    run = lab(TURNSTREAM_WORK__SOFT_SHUTDOWN_SECONDS="0.5")
    run.move_in(poison("works"), "innocent.txt")
    await_work(tmp_path, 1)
    run.stop()
    assert run.files("drop"), "stopped while it was worked on"
    (tmp_path / "plug" / "enough").touch()
    run.start()
    run.await_empty_drop()
    assert len(run.records()) == 1
    assert not run.events("document.suspected")


def test_a_process_that_cannot_say_so_itself_keeps_its_file(lab: Lab) -> None:
    run = lab(
        TURNSTREAM_WORK__DOCUMENT_TIME_LIMIT_SECONDS="3",
        TURNSTREAM_WATCH__RESEND_SECONDS="1",
        TURNSTREAM_WORK__HOLD_SECONDS="2",
        TURNSTREAM_WORK__MAX_ATTEMPTS="1",
    )
    run.move_in(poison("loops-in-c"), "poison.txt")
    assert note(run, "poison.txt")["attempts"] == 1
    run.await_empty_drop()
    assert deaths(run) == 1, "it was not sent to a second one meanwhile"


def test_kills_from_outside_count_half_and_are_told_as_what_they_are(lab: Lab) -> None:
    run = lab()
    run.move_in(poison("is-killed"), "poison.txt")
    said = note(run, "poison.txt")
    assert (said["reason"], said["signal"], said["attempts"]) == ("worker_crashed", "SIGKILL", 6)
    assert said["memory"] == {"used_bytes": None, "limit_bytes": LIMIT_KIB << 10}
    assert deaths(run) == 6
    require_steady(run)


def test_an_innocent_waits_while_the_machine_is_short_of_memory(lab: Lab, tmp_path: Path) -> None:
    run = lab(TURNSTREAM_WORK__MEMORY_LIMIT_KIB="1048576")
    (tmp_path / "plug" / "short").touch()
    run.move_in(poison("needs-memory"), "innocent.txt")
    ledger = run.ledger()

    def tries() -> int:
        mark = ledger.client.hget(ledger.key("deferred"), "innocent.txt")
        return int(orjson.loads(mark)["tries"]) if mark else 0

    until(lambda: tries() > 5, "it was tried often")
    (event,) = run.events("document.deferred")
    assert event["reason"] == "memory_short"
    (tmp_path / "plug" / "short").unlink()
    run.await_empty_drop()
    assert len(run.records()) == 1
    require_steady(run)


def test_an_innocent_whose_child_is_killed_at_random_is_published(lab: Lab, tmp_path: Path) -> None:
    run = lab()
    run.move_in(poison("works"), "innocent.txt")
    for number in range(1, 6):
        await_work(tmp_path, number)
        for child in [pid for pid in family(run.pid_of("work")) if (tmp_path / "plug" / f"working-{pid}").exists()]:
            os.kill(child, signal.SIGKILL)
    (tmp_path / "plug" / "enough").touch()
    run.await_empty_drop()
    assert len(run.records()) == 1
    require_steady(run)
