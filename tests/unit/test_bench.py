"""What `make bench` measures of reading is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import promises
from tests.bench import parsing


@pytest.mark.parametrize("layout", parsing.LAYOUTS)
def test_the_texts_that_grow_have_their_size_and_are_read_as_transcripts(layout: str) -> None:
    raw = parsing.transcript(layout, 10_000)
    assert 10_000 <= len(raw) < 12_000
    _, record = promises.read(raw)
    assert len(record.turns) > 15
    assert sum(len(rest.text) for rest in record.unattributed) < 200


def test_a_row_for_each_layout_and_size(tmp_path: Path) -> None:
    rows = list(parsing.growth(tmp_path, (2_000,)))
    assert [row["layout"] for row in rows] == list(parsing.LAYOUTS)
    assert all(row["ms"] for row in rows)
    assert parsing.table(rows).count("\n") == 1 + len(rows)
    assert list(tmp_path.iterdir()) == []


def test_memory_is_told_for_texts_that_it_can_be_measured_on(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_bytes(parsing.transcript("label line", 1_000_000))
    ratio = parsing.measured(file)["memory_to_file"]
    assert isinstance(ratio, float)
    assert ratio >= 0


def test_the_seed_is_measured_in_parts() -> None:
    found = parsing.seed_us(20)
    assert 0 < found["extract"] + found["parse"] < 2 * found["record"]
