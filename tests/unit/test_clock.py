"""A clock that jumped must not make everything old: nothing is deleted for a day."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from turnstream.upkeep.clock import DOUBT_SECONDS, Clock, last_outcome

DAY, NOW = 86400.0, 1_800_000_000.0


def test_a_clock_that_runs_on_is_believed() -> None:
    clock = Clock(NOW - DAY)
    assert all(clock.is_believed(NOW + passed, passed) for passed in (0, 10, DAY, 400 * DAY))


@pytest.mark.parametrize("jump", [3 * 365 * DAY, 2 * 3600, -2 * 3600, -40 * 365 * DAY])
def test_after_a_jump_it_is_believed_again_in_a_day(jump: float) -> None:
    clock = Clock(NOW)
    assert clock.is_believed(NOW, 0)
    assert not clock.is_believed(NOW + jump + 10, 10)
    assert not clock.is_believed(NOW + jump + DOUBT_SECONDS, DOUBT_SECONDS)
    assert clock.is_believed(NOW + jump + 11 + DOUBT_SECONDS, 11 + DOUBT_SECONDS)


def test_a_jump_back_is_a_jump() -> None:
    clock = Clock(NOW)
    clock.is_believed(NOW, 0)
    clock.is_believed(NOW + 9 * DAY, 10)
    assert not clock.is_believed(NOW + DOUBT_SECONDS, DOUBT_SECONDS)


def test_a_clock_is_set_right_little_by_little_without_a_doubt() -> None:
    clock = Clock(None)
    assert all(clock.is_believed(NOW + 600 * step + step, 600 * step) for step in range(100))


@pytest.mark.parametrize("newest", [NOW - 400 * DAY, NOW + DAY])
def test_a_start_long_after_or_before_the_last_outcome_is_doubted_for_a_day(newest: float) -> None:
    clock = Clock(newest)
    assert not clock.is_believed(NOW, 0)
    assert clock.is_believed(NOW + DOUBT_SECONDS + 1, DOUBT_SECONDS + 1)


def test_the_last_outcome_is_the_newest_change_of_the_journal(tmp_path: Path) -> None:
    assert last_outcome(tmp_path) is None
    (tmp_path / "journal").mkdir()
    assert last_outcome(tmp_path) is None
    for name, moment in (("b", 5), ("a", 7)):
        (tmp_path / "journal" / name).touch()
        os.utime(tmp_path / "journal" / name, (moment, moment))
    assert last_outcome(tmp_path) == 7
