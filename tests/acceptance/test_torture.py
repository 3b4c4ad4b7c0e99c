"""Nothing lost, nothing twice, whatever dies: a short campaign, and builds that it must find broken."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.broken import BROKEN

PROJECT = Path(__file__).parents[2]
#: Faults of the short campaign, some two seconds each, with the time to drain and to verify.
_SHORT = 75


def torture(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a campaign in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.torture", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.timeout(620)
def test_nothing_is_lost_doubled_or_stuck_under_random_faults(capsys: pytest.CaptureFixture[str]) -> None:
    seed = secrets.randbelow(1_000_000)
    done = torture("--portable", "--faults", str(_SHORT), "--seed", str(seed))
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout.strip()}\n")
    again = f"again: python -m tests.torture --portable --faults {_SHORT} --seed {seed}"
    assert done.returncode == 0, f"{again}\n{done.stdout}{done.stderr}"


@pytest.mark.full
@pytest.mark.timeout(620)
def test_nor_under_faults_that_only_root_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    seed = secrets.randbelow(1_000_000)
    kinds = ("disk full", "folder refuses", "drop folder mounted over", "kill worker", "kill server")
    done = torture("--faults", "40", "--seed", str(seed), "--only", *kinds)
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout.strip()}\n")
    assert done.returncode == 0, done.stdout + done.stderr


#: Faults that a broken build cannot hide from: what was acknowledged too early is sent again by the next watcher.
_FITTING = {
    "acknowledge before move": ("kill child", "kill worker"),
    "move before publish": ("kill child", "kill worker"),
    "events without scan": ("kill watcher", "events overflow"),
}


@pytest.mark.full
@pytest.mark.timeout(620)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_build_is_found(broken: str) -> None:
    only = ("--only", *_FITTING[broken]) if broken in _FITTING else ()
    done = torture("--portable", "--faults", "20", "--documents", "3000", "--seed", "5", "--broken", broken, *only)
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(f"{kind}: " in done.stdout for kind in ("lost", "doubled", "stuck", "wrong")), done.stdout
    assert "wrong: `run` ended" not in done.stdout, "found by what it does to files"
