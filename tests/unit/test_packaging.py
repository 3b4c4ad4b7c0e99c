"""What is installed: the pinned requirements and the wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
FILES = ("run.txt", "build.txt", "dev.txt")
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>\S+)(?: ; (?P<marker>.+))?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def requirements(file: str) -> str:
    return (REPO / "requirements" / file).read_text()


def pins(file: str) -> dict[str, str]:
    """Name → version and marker; anything but a pin with hashes is an error."""
    found = {}
    joined = re.sub(r" *#.*", "", requirements(file)).replace("\\\n", " ")
    for line in filter(None, map(str.strip, joined.splitlines())):
        pin, *hashes = re.split(r"\s+(?=--hash)", line)
        match = PIN.fullmatch(pin)
        assert match, f"{file}: {pin!r} is no pin"
        assert hashes, f"{file}: {pin} has no hash"
        assert all(HASH.fullmatch(word) for word in hashes), f"{file}: {pin}: {hashes}"
        found[match["name"]] = pin.removeprefix(match["name"])
    return found


@pytest.mark.parametrize("file", FILES)
def test_requirements_are_pins_with_hashes_and_nothing_else(file: str) -> None:
    assert pins(file)


@pytest.mark.parametrize("file", FILES)
def test_requirements_name_no_index_and_no_place(file: str) -> None:
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ "):
        assert word not in requirements(file)


def test_developers_run_the_pinned_versions_too() -> None:
    dev = pins("dev.txt")
    for file in ("run.txt", "build.txt"):
        assert pins(file).items() <= dev.items(), f"{file}: make lock"


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["embedded"]]
    declared = {
        "run.txt": runtime,
        "build.txt": project["build-system"]["requires"],
        "dev.txt": [*runtime, *project["dependency-groups"]["dev"]],
    }
    for file, wanted in declared.items():
        names = {re.split(r"[\[<>=~! ]", line)[0].lower().replace(".", "-").replace("_", "-") for line in wanted}
        assert names <= pins(file).keys(), f"{file}: make lock"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(REPO)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("turnstream-*.whl")
    return zipfile.Path(built)


@pytest.mark.parametrize(
    "name", ["__init__.py", "__main__.py", "py.typed", "publish.lua", "_config/default.toml", "_config/production.toml"]
)
def test_wheel_contains(wheel: zipfile.Path, name: str) -> None:
    assert (wheel / "turnstream" / name).is_file()


def test_wheel_carries_the_settings_of_the_checkout(wheel: zipfile.Path) -> None:
    assert (wheel / "turnstream/_config/default.toml").read_text() == (REPO / "config/default.toml").read_text()


def test_wheel_has_the_package_and_its_metadata_only(wheel: zipfile.Path) -> None:
    version = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]["version"]
    assert sorted(entry.name for entry in wheel.iterdir()) == ["turnstream", f"turnstream-{version}.dist-info"]
    strays = [name for name in wheel.root.namelist() if re.search(r"(^|/)(tests?|\.\w+|__pycache__)/", name)]
    assert strays == []


def test_licence_is_in_the_wheel_and_whole(wheel: zipfile.Path) -> None:
    (metadata,) = (entry for entry in wheel.iterdir() if entry.name.endswith(".dist-info"))
    text = (metadata / "licenses/LICENSE").read_text()
    assert text == (REPO / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
