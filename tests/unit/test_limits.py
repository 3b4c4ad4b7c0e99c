"""What a document may take of its process: each test in a process of its own, as limits stay."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import pytest

from turnstream import limits

BEGIN = """
import itertools, resource, signal, time
from collections import deque
from contextlib import suppress
from turnstream.errors import MemoryOverrun, MemoryShort, TimeOverrun
from turnstream.limits import Limits

MIB = 1 << 20
limits = Limits(1 << 18, SECONDS)
limits.impose()

def outcome(deed, size=1):
    try:
        with limits.document(size):
            deed()
    except (MemoryOverrun, MemoryShort, TimeOverrun) as error:
        return error.reason
    return "read"

def eat():
    eaten = []
    while True:
        eaten.append(bytearray(MIB))

def loop():
    while True:
        pass
"""


def result(code: str, seconds: float = 0.3) -> subprocess.CompletedProcess[str]:
    """Run code where a document of 16 MiB or less has so many seconds of processor time."""
    program = f"SECONDS = {seconds}\n{BEGIN}{textwrap.dedent(code)}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def require(code: str, seconds: float = 0.3) -> None:
    """Run code that must come to its end."""
    ran = result(code, seconds)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_document_within_its_limits_is_read() -> None:
    require("assert [outcome(lambda: bytearray(MIB)) for _ in range(1000)] == ['read'] * 1000")


def test_one_that_eats_memory_ends_at_the_limit_and_the_next_has_all_of_it() -> None:
    require(
        """
        for _ in range(5):
            assert outcome(eat) == "memory_overrun"
            assert outcome(lambda: bytearray(100 * MIB)) == "read"
    """,
        seconds=20,
    )


def test_one_that_wants_more_than_the_limit_at_once_is_told_as_that() -> None:
    require("assert outcome(lambda: bytearray(1 << 40)) == 'memory_overrun'")


def test_one_for_which_the_machine_has_none_is_not_to_blame() -> None:
    require("""
        pages = int(open("/proc/self/statm").read().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 8 * MIB, -1))
        assert outcome(lambda: bytearray(64 * MIB)) == "memory_short"
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
        assert outcome(lambda: bytearray(64 * MIB)) == "read"
    """)


def test_one_that_takes_long_is_ended_and_what_follows_has_its_time() -> None:
    require("""
        for _ in range(3):
            began = time.process_time()
            assert outcome(loop) == "time_overrun"
            assert 0.25 < time.process_time() - began < 0.9
        deque(itertools.repeat(None, 60_000_000), maxlen=0)  # beyond all limits: nothing is read
    """)


def test_documents_that_take_long_together_have_each_its_time() -> None:
    require("""
        def work():
            until = time.process_time() + 0.1
            while time.process_time() < until:
                pass
        assert [outcome(work) for _ in range(12)] == ["read"] * 12
        began = time.process_time()
        assert outcome(loop) == "time_overrun"
        assert 0.25 < time.process_time() - began < 0.9
    """)


def test_what_follows_many_documents_has_its_time_too() -> None:
    require(
        """
        def work():
            until = time.process_time() + 0.5
            while time.process_time() < until:
                pass
        assert [outcome(work) for _ in range(6)] == ["read"] * 6
        until = time.process_time() + 6
        deque(iter(lambda: time.process_time() < until, False), maxlen=0)
    """,
        seconds=2,
    )


def test_a_batch_at_rest_has_no_limit() -> None:
    require(
        """
        assert outcome(lambda: None) == "read"
        assert resource.getrlimit(resource.RLIMIT_CPU)[0] < 100
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
        limits.rest()
        limits.rest()
        assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
        assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
    """,
        seconds=20,
    )


def test_only_processor_time_counts() -> None:
    require("assert outcome(lambda: time.sleep(0.8)) == 'read'")


def test_a_larger_document_has_more_time() -> None:
    require("""
        def work():
            until = time.process_time() + 0.42
            while time.process_time() < until:
                pass
        assert outcome(work) == "time_overrun"
        assert outcome(work, 17 * MIB) == "read"
    """)


def test_a_small_document_after_a_large_one_has_its_own_time() -> None:
    require("""
        assert outcome(lambda: None, 320 * MIB) == "read"
        began = time.process_time()
        assert outcome(loop) == "time_overrun"
        assert 0.25 < time.process_time() - began < 0.9
    """)


def test_an_end_that_is_swallowed_comes_again() -> None:
    require("""
        def swallow():
            for _ in range(2):
                with suppress(Exception):
                    loop()
            loop()
        assert outcome(swallow) == "time_overrun"
    """)


def test_a_process_in_which_no_exception_can_be_raised_is_ended_by_the_kernel() -> None:
    assert result("outcome(lambda: deque(itertools.repeat(None), maxlen=0))").returncode == -signal.SIGXCPU


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_limit_is_never_above_what_the_machine_has(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setattr(limits, "_machine_bytes", lambda: int((1 << 30) * share))
    assert limits.Limits(1 << 20, 1.0).memory_bytes == int((1 << 30) * share * 0.75)
    assert limits.Limits(1 << 18, 1.0).memory_bytes == 1 << 28
