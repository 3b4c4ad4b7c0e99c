"""Every scenario of `make bench` runs and measures something, at a size that proves nothing."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.bench.figures import RATIO
from tests.bench.scale import QUICK
from tests.bench.scenarios import GIANTS, SCENARIOS

_TINY = QUICK._replace(
    times=1,
    documents=400,
    alone=40,
    drops=4,
    swept=2,
    held_s=0.5,
    idle_s=0.5,
    sizes_mb=(0.1, 0.3),
    texts=(2_000,),
    talk=20_000,
    remembered=20_000,
    waiting=400,
    remembered_giant=40_000,
    waiting_giant=8_000,
    watched_s=0.2,
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", [*SCENARIOS, *GIANTS])
def test_a_scenario_yields_figures(name: str, tmp_path: Path) -> None:
    rows = list((SCENARIOS | GIANTS)[name](tmp_path, _TINY))
    assert rows
    assert len({row.name + row.unit for row in rows}) == len(rows)
    assert all(row.values and all(math.isfinite(value) and value >= 0 for value in row.values) for row in rows)
    assert all((row.unit == RATIO) == bool(row.of) for row in rows)
    # Processor time may be less than the kernel counts; of all else there is some.
    assert all(max(row.values) > 0 for row in rows if "processor time" not in row.name and "knee" not in row.name)
