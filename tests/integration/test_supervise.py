"""How `run` waits: it rests, and hears at once of a signal and of the end of a child."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from turnstream.supervise import Alarm

#: Seconds that no test lasts, and a wait that lasts as long as it may.
_LONG, _SHORT = 60.0, 0.2


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    before = {number: signal.getsignal(number) for number in (signal.SIGCHLD, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, lambda *_: None)
    yield Alarm()
    signal.set_wakeup_fd(-1)
    for number, handler in before.items():
        signal.signal(number, handler)


def seconds_of(alarm: Alarm, seconds: float) -> float:
    began = time.monotonic()
    alarm.wait(seconds)
    return time.monotonic() - began


def test_without_a_signal_it_waits_as_long_as_it_may(alarm: Alarm) -> None:
    assert seconds_of(alarm, _SHORT) >= _SHORT


def test_a_child_that_ends_ends_the_wait(alarm: Alarm) -> None:
    child = subprocess.Popen(["sleep", str(_SHORT)])
    assert seconds_of(alarm, _LONG) < _LONG
    assert child.wait(_LONG) == 0


@pytest.mark.parametrize("times", [1, 5000])
def test_signals_that_came_before_end_one_wait(alarm: Alarm, times: int) -> None:
    for _ in range(times):
        os.kill(os.getpid(), signal.SIGTERM)
    assert seconds_of(alarm, _LONG) < _LONG
    assert seconds_of(alarm, _SHORT) >= _SHORT
