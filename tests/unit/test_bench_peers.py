"""What `make bench-peers` says is what its peers told."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from tests.bench.peers import entrants
from tests.bench.peers.entrants import ENTRANTS, NAMES, chosen
from tests.bench.peers.environments import REPOSITORY, requirements_of
from tests.bench.peers.race import records
from tests.bench.peers.table import Row, spread, table
from tests.bench.peers.told import tell, understood

LOCKS = REPOSITORY / "requirements" / "peers"


def _rows() -> list[Row]:
    return [Row(entrant) for entrant in ENTRANTS]


def test_what_a_run_tells_is_understood_among_what_its_engine_prints(capsys: pytest.CaptureFixture[str]) -> None:
    tell(10.0, 12.5, 20.0)
    told = understood(f"WARN: engine\n{{}}\n[1]\n{capsys.readouterr().out}\ndone\n")
    assert (told.seconds, told.start_s) == (7.5, 2.5)


def test_processes_of_one_run_have_worked_from_the_first_begin_to_the_last_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell(10.0, 12.0, 20.0)
    tell(10.0, 13.0, 21.0)
    told = understood(capsys.readouterr().out)
    assert (told.began, told.ended, told.start_s) == (12.0, 21.0, 3.0)


@pytest.mark.parametrize("output", ["", "Traceback\n", '{"began":1.0}\n'])
def test_a_run_that_told_nothing_is_no_run(output: str) -> None:
    with pytest.raises(ValueError, match="told nothing"):
        understood(output)


def test_all_peers_are_chosen_if_none_is_named() -> None:
    assert chosen([]) == list(ENTRANTS)


def test_a_chosen_peer_is_there_in_each_way_it_is_set_up() -> None:
    assert [entrant.label for entrant in chosen(["haystack", "pathway"])] == [
        "Pathway, 1 process",
        "Pathway, 2 processes",
        "Haystack",
    ]


def test_a_peer_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"no such peer: flink; there are pathway "):
        chosen(["spark", "flink"])


@pytest.mark.parametrize("entrant", ENTRANTS, ids=lambda entrant: entrant.label)
def test_each_peer_has_a_module_that_its_own_python_runs(entrant: entrants.Entrant) -> None:
    command = entrant.command("/env/bin/python", "files", "out", 20_000)
    run = ["/env/bin/python", "-m", f"tests.bench.peers.{entrant.module}", "files", "out", *entrant.arguments]
    assert importlib.util.find_spec(run[2])
    assert command[-len(run) :] == run
    spawn = ["/env/bin/pathway", "spawn", "-n", str(entrant.spawned), "--first-port", "20000"]
    assert command[: -len(run)] == (spawn if entrant.spawned else [])


def test_each_peer_that_is_a_package_has_requirements_of_its_own_that_make_lock_pins() -> None:
    pinned = {name: requirements_of(name) for name in NAMES}
    for name in ("tutorial", "bare"):
        assert pinned.pop(name) == REPOSITORY / "requirements" / "run.txt"
    assert sorted(pinned.values()) == sorted(LOCKS.iterdir())
    locked = re.search(r"^PEER_LOCKS := (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert locked and locked[1].split() == sorted(pinned)


@pytest.mark.parametrize("file", sorted(LOCKS.iterdir()), ids=lambda file: file.stem)
def test_peers_are_pinned_by_hash_and_beside_the_very_versions_of_ours(file: Path) -> None:
    ours, theirs = (dict(re.findall(r"^([\w.-]+)==(\S+)", _read(path), re.MULTILINE)) for path in (RUN, file))
    del ours["pypdf"]  # an extra: the documents are plain text
    assert {name: theirs.get(name) for name in ours} == ours
    assert "--hash=sha256:" in _read(file)
    assert "://" not in _read(file)


def test_ratios_stand_first_with_median_least_and_most() -> None:
    row, *_ = _rows()
    for ours, theirs in ((100.0, 50.0), (120.0, 40.0), (90.0, 90.0)):
        row.add(theirs, ours, 1.5, 9, 9)
    shown = table([row], [100.0, 120.0, 90.0])
    line = next(line for line in shown.splitlines() if line.startswith(row.entrant.label))
    assert line.split()[-5:] == ["2.00", "(1.00–3.00)", "50", "(40–90)", "1.5"]
    assert "100 (90–120)" in shown.splitlines()[1]
    assert row.is_good()


def test_a_peer_with_other_records_than_contents_is_shouted() -> None:
    row, *_ = _rows()
    row.add(50.0, 100.0, 1.0, 10, 9)
    assert "\nWRONG Pathway, 1 process: 10 records of 9 contents\n" in table([row], [100.0])
    assert not row.is_good()


def test_a_peer_that_failed_is_shouted_and_has_no_numbers() -> None:
    row, *_ = _rows()
    row.failure = "not installed: ERROR: no wheel"
    shown = table([row], [100.0])
    assert "\nFAILED Pathway, 1 process: not installed: ERROR: no wheel\n" in shown
    assert not row.is_good()
    assert shown.splitlines()[2].split()[-3:] == ["–", "–", "–"]


def test_what_each_does_is_said_of_all_that_were_measured() -> None:
    shown = table(_rows(), [100.0])
    assert all(shown.count(entrant.label) == 2 for entrant in ENTRANTS)
    assert shown.count("broker: ") == len({entrant.facts for entrant in ENTRANTS}) + 1


def test_no_values_are_a_dash() -> None:
    assert spread([], 2) == "–"


def test_records_are_the_lines_of_a_file_or_of_a_folder_s_parts(tmp_path: Path) -> None:
    assert records(tmp_path / "nothing") == 0
    (tmp_path / "file").write_bytes(b"{}\n{}\n")
    assert records(tmp_path / "file") == 2
    parts = tmp_path / "parts"
    parts.mkdir()
    for name in ("part-0", "part-1", ".part-0.crc", "_SUCCESS"):
        (parts / name).write_bytes(b"{}\n")
    assert records(parts) == 2


RUN = REPOSITORY / "requirements" / "run.txt"


def _read(path: Path) -> str:
    return path.read_text("ascii")
