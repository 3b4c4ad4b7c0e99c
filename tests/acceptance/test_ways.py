"""Every row of the table "Every way to drop", in every configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.kinds import KINDS
from tests.acceptance.station import Row, Station, configurations, play
from tests.acceptance.ways import WAYS


@configurations()
@pytest.mark.parametrize("row", WAYS.cases())
def test_what_becomes_of_a_file_by(station: Station, row: Row) -> None:
    play(station, row)


@pytest.mark.parametrize("row", [row for row in (*KINDS.rows, *WAYS.rows) if not row.make], ids=lambda row: row.words)
def test_a_row_that_is_played_apart_has_its_test(row: Row) -> None:
    module, _, test = row.apart.partition("::")
    assert f"def {test}(" in (Path(__file__).parent / module).read_text()
