"""Every row of the table "Every kind of file", in every configuration that it is for."""

from __future__ import annotations

import pytest

from tests.acceptance.kinds import KINDS
from tests.acceptance.station import DEFAULT, NEITHER, Row, Station, configurations, play


@configurations()
@pytest.mark.parametrize("row", KINDS.cases())
def test_what_becomes_of(station: Station, row: Row) -> None:
    play(station, row)


# Some ten seconds each: where settling differs most.
@configurations(DEFAULT, NEITHER)
@pytest.mark.parametrize("row", KINDS.cases(dear=True))
def test_what_becomes_of_large(station: Station, row: Row) -> None:
    play(station, row)
