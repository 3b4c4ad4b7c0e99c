"""The journal is searched newest first, whatever days, hosts and torn lines it is made of."""

from __future__ import annotations

import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from turnstream.history import lines_with


def write(journal: Path, file: str, *lines: dict[str, Any] | bytes) -> None:
    raw = (line if isinstance(line, bytes) else orjson.dumps(line) + b"\n" for line in lines)
    with (journal / file).open("ab") as output:
        output.writelines(raw)


def numbers(journal: Path, needle: bytes = b'"n"') -> list[int]:
    return [line["n"] for line in lines_with(journal, [needle], lambda line: "n" in line)]


def test_lines_come_newest_first_across_days_and_hosts(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-02.b.jsonl", {"at": "2026-01-02T10", "n": 3}, {"at": "2026-01-02T12", "n": 5})
    write(tmp_path, "2026-01-02.a.jsonl", {"at": "2026-01-02T09", "n": 2}, {"at": "2026-01-02T11", "n": 4})
    write(tmp_path, "2026-01-01.a.jsonl", {"at": "2026-01-01T23", "n": 1})
    assert numbers(tmp_path) == [5, 4, 3, 2, 1]


def test_of_lines_of_one_moment_the_later_written_is_the_newer(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-01.a.jsonl", {"at": "x", "n": 1}, {"at": "x", "n": 2})
    assert numbers(tmp_path) == [2, 1]


def test_torn_lines_and_those_that_only_look_like_it_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-01.a.jsonl", {"n": 1}, b'{"n":2,"to\n', b'["n"]\n', b"\n", {"m": '"n"'}, b'{"n":4}')
    assert sorted(numbers(tmp_path)) == [1, 4]


def test_a_day_is_read_only_when_its_lines_are_asked_for(tmp_path: Path) -> None:
    write(tmp_path, "2026-01-02.a.jsonl", {"n": 2})
    (tmp_path / "2026-01-01.a.jsonl").mkdir()  # to open it would fail
    found = lines_with(tmp_path, [b'"n"'], lambda _: True)
    assert next(found)["n"] == 2


@given(st.lists(st.sampled_from(["red", "green", "blue"]), max_size=40))
def test_it_finds_what_a_plain_look_through_all_lines_finds(tmp_path_factory: Any, colours: list[str]) -> None:
    journal = tmp_path_factory.mktemp("journal")
    lines = [{"at": f"{number:03}", "n": number, "colour": colour} for number, colour in enumerate(colours)]
    write(journal, "2026-01-01.a.jsonl", *lines)
    found = lines_with(journal, [b'"red"', b'"blue"'], lambda line: line["colour"] != "green")
    assert list(found) == [line for line in reversed(lines) if line["colour"] != "green"]


def test_a_long_journal_takes_no_more_memory_than_a_block(tmp_path: Path) -> None:
    line = orjson.dumps({"n": 1, "text": "x" * 500}) + b"\n"
    with (tmp_path / "2026-01-01.a.jsonl").open("wb") as output:
        output.writelines(itertools.repeat(line, 60_000))
    tracemalloc.start()
    assert list(lines_with(tmp_path, [b"nowhere"], lambda _: True)) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 15_000_000
