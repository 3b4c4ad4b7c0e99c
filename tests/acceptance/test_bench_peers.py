"""A small `make bench-peers` with what needs no environment but ours: the tutorial, and peers that cannot run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.peers import environments, race
from tests.bench.peers.entrants import TURNSTREAM, Entrant, chosen
from tests.bench.peers.environments import NotInstalledError, python_of


def test_a_peer_is_measured_beside_turnstream_and_one_that_fails_does_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(race, "python_of", lambda name: Path(sys.executable))
    said: list[str] = []
    broken = Entrant("broken", "Broken", "no_such_module", TURNSTREAM)
    (first, tutorial, bare), ours = race.race([broken, *chosen(["tutorial", "bare"])], tmp_path, 40, 2, said.append)
    assert first.failure.startswith("exit code 1: ") and "no_such_module" in first.failure
    assert first.ratios == []
    assert tutorial.is_good() and bare.is_good()
    assert tutorial.ratios == [one / other for one, other in zip(ours, tutorial.docs_per_s, strict=True)]
    assert len(ours) == 2
    assert said.count("1 of 2: Broken") == 1 and "2 of 2: Broken" not in said


def test_a_peer_that_takes_too_long_is_ended_with_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(race, "_PATIENCE", 1.0)
    child = tmp_path / "child"
    program = f"sleep 600 & echo $! > {child}; wait"
    with pytest.raises(race.RunFailedError, match="no end after 1 s"):
        race._run(["sh", "-c", program])
    stat = Path(f"/proc/{child.read_text()}/stat")
    assert not stat.exists() or stat.read_text().split()[2] in "ZX"


def test_an_environment_is_made_once_and_one_that_cannot_be_made_says_what_pip_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements = tmp_path / "requirements.txt"
    monkeypatch.setattr(environments, "requirements_of", lambda name: requirements)
    requirements.write_text("--no-index\n")
    made = python_of("peer", tmp_path).lstat().st_ctime_ns
    assert python_of("peer", tmp_path).lstat().st_ctime_ns == made
    requirements.write_text(f"--no-index\nno-such-peer==1 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(NotInstalledError, match=r"ERROR: .*no-such-peer==1"):
        python_of("peer", tmp_path)
    assert not (tmp_path / "peer" / ".installed").exists()
