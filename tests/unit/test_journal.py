"""The journal: whole lines on disk, whatever else happens."""

from __future__ import annotations

import json
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from turnstream import journal as journal_module
from turnstream.errors import DisposeBlocked
from turnstream.journal import Journal, parsed


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """A disk that takes files of ``size`` bytes and no more: writes end short there (setrlimit(2))."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def the_file(journal: Journal) -> Path:
    (path,) = journal.folder.iterdir()
    return path


def lines_of(journal: Journal) -> list[dict[str, Any]]:
    return [json.loads(line) for line in the_file(journal).read_bytes().splitlines() if line]


def test_a_line_is_an_object_and_times_are_utc(journal: Journal) -> None:
    moment = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
    journal.append([{"at": moment, "path": "caf\u00e9.txt", "to": None, "size": 3}])
    assert the_file(journal).read_bytes().endswith(b"\n")
    assert lines_of(journal) == [{"at": "2026-01-02T12:00:00Z", "path": "caf\u00e9.txt", "to": None, "size": 3}]


def test_there_is_one_file_for_a_day_and_a_host(journal: Journal) -> None:
    before = datetime.now(UTC)
    journal.append([{"n": 1}])
    journal.append([{"n": 2}])
    days = {f"{moment:%Y-%m-%d}.{journal.host}.jsonl" for moment in (before, datetime.now(UTC))}
    assert {path.name for path in journal.folder.iterdir()} <= days


def test_lines_are_appended_in_order_and_none_is_changed(journal: Journal) -> None:
    journal.append({"n": n} for n in range(3))
    before = the_file(journal).read_bytes()
    journal.append([{"n": 3}])
    assert the_file(journal).read_bytes() == before + b'{"n":3}\n'


def test_appending_nothing_makes_no_file(journal: Journal) -> None:
    journal.append([])
    assert not list(journal.folder.iterdir())


def test_a_line_feed_in_a_value_does_not_break_the_line(journal: Journal) -> None:
    journal.append([{"path": "a\nb\u2028c\r.txt"}])
    assert lines_of(journal) == [{"path": "a\nb\u2028c\r.txt"}]
    assert the_file(journal).read_bytes().count(b"\n") == 1


def test_a_torn_last_line_is_closed_before_the_next(journal: Journal) -> None:
    journal.append([{"n": 1}])
    with the_file(journal).open("ab") as file:
        file.write(b'{"n":2,"path":"half')
    journal.append([{"n": 3}])
    first, torn, last = the_file(journal).read_bytes().splitlines()
    assert (json.loads(first), torn, json.loads(last)) == ({"n": 1}, b'{"n":2,"path":"half', {"n": 3})


def test_a_line_torn_by_another_writer_at_the_last_moment_costs_no_line(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append([{"n": 1}])
    looks: list[bool] = []

    def and_then_a_writer_is_killed(descriptor: int, end: int) -> bool:
        torn = is_torn_at(descriptor, end)
        if not looks:
            with the_file(journal).open("ab") as file:
                file.write(b'{"n":2,"path":"half')
        looks.append(torn)
        return torn

    is_torn_at = journal_module._is_torn_at
    monkeypatch.setattr(journal_module, "_is_torn_at", and_then_a_writer_is_killed)
    journal.append([{"n": 3}, {"n": 4}])
    lines = [parsed(line) for line in the_file(journal).read_bytes().splitlines()]
    assert [line["n"] for line in lines if line] == [1, 4, 3, 4]
    assert looks == [False, True]


def test_a_write_cut_short_blocks_the_move_and_the_next_append_heals_it(journal: Journal) -> None:
    journal.append([{"n": 1}])
    size = the_file(journal).stat().st_size
    with room_for(size + 5), pytest.raises(DisposeBlocked, match="no room"):
        journal.append([{"n": 2}])
    assert the_file(journal).stat().st_size == size + 5
    journal.append([{"n": 2}])
    assert the_file(journal).read_bytes().splitlines() == [b'{"n":1}', b'{"n":', b'{"n":2}']


def test_a_full_disk_blocks_the_move(journal: Journal) -> None:
    journal.append([{"n": 1}])
    path = the_file(journal)
    path.unlink()
    path.symlink_to("/dev/full")
    with pytest.raises(DisposeBlocked, match=r"journal: No space left on device \(errno 28\)") as caught:
        journal.append([{"n": 2}])
    assert isinstance(caught.value.__cause__, OSError)


def test_a_folder_that_is_gone_blocks_the_move(tmp_path: Path) -> None:
    with pytest.raises(DisposeBlocked, match="journal: No such file"):
        Journal(tmp_path / "missing").append([{"n": 1}])


def test_no_descriptor_stays_open_after_a_failure(journal: Journal) -> None:
    journal.append([{"n": 1}])
    path = the_file(journal)
    path.unlink()
    path.symlink_to("/dev/full")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(DisposeBlocked):
            journal.append([{"n": 2}])
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_lines_of_several_writers_never_mix(tmp_path: Path) -> None:
    """Each has its own open file, as processes have."""
    start = threading.Barrier(8)

    def write(writer: int) -> None:
        journal = Journal(tmp_path)
        start.wait()
        for number in range(10):
            journal.append([{"writer": writer, "number": number, "text": "x" * (7 + 997 * number)} for _ in range(2)])

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = [(line["writer"], line["number"]) for line in lines_of(Journal(tmp_path))]
    assert sorted(written) == sorted((writer, number) for writer in range(8) for number in range(10) for _ in range(2))
    for writer in range(8):
        assert [number for who, number in written if who == writer] == sorted([*range(10)] * 2)
