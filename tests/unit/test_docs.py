"""The documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

import turnstream
from tests import docs
from turnstream.cli import cli
from turnstream.crashpoint import POINTS
from turnstream.errors import DocumentError
from turnstream.events import EVENTS
from turnstream.models import OutcomeKind

README = docs.README.read_text("utf-8")
PACKAGE = Path(turnstream.__file__).parent


def test_the_generated_parts_of_the_readme_are_those_of_the_code() -> None:
    assert docs.rewritten(README) == README, "run: .venv/bin/python -m tests.docs"


@pytest.mark.parametrize("part", docs.parts())
def test_the_readme_has_every_generated_part(part: str) -> None:
    assert f"<!-- made from the code: {part} -->" in README


def test_every_module_stands_on_the_map() -> None:
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert turnstream.__doc__
    missing = {name for name in modules | packages if not re.search(rf"\b{name}\b", turnstream.__doc__)}
    assert not missing


LIFE = (PACKAGE.parent / "LIFE.md").read_text("utf-8")


def test_the_life_of_a_file_names_every_crash_point_in_order_and_every_outcome() -> None:
    steps = LIFE.partition("## In the worker")[2].partition("## Ends")[0]
    cells = [row.split("|")[3] for row in steps.splitlines() if row.startswith("|")]
    assert tuple(point for cell in cells for point in re.findall(r"`(\w+)`", cell)) == POINTS
    ends = LIFE.partition("## Ends")[2]
    assert all(f"`{outcome}`" in ends for outcome in OutcomeKind)


def test_the_life_of_a_file_names_code_that_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.(?:py|lua))`", LIFE))
    assert {name for name in named if not (PACKAGE / name.removeprefix("turnstream/")).exists()} == {
        "tests/integration/test_crashpoints.py"
    }
    assert (PACKAGE.parents[1] / "tests/integration/test_crashpoints.py").exists()


def _commands(group: click.Group, prefix: str = "") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        found |= _commands(command, f"{prefix}{name} ") if isinstance(command, click.Group) else {prefix + name}
    return found


def test_every_command_is_in_the_readme() -> None:
    assert {name for name in _commands(cli) if f"`{name}" not in README and f"turnstream {name}" not in README} == set()


def test_every_exit_code_of_the_design_is_in_the_readme() -> None:
    assert all(re.search(rf"\b{code}\b", README) for code in (0, 1, 2, 69, 78, 130))


def test_every_reason_is_bounded_and_has_a_hint() -> None:
    leaves = [leaf for leaf in docs.leaves(DocumentError) if not leaf.__subclasses__()]
    reasons = [leaf.reason for leaf in leaves]
    assert len(set(reasons)) == len(reasons)
    assert all(re.fullmatch(r"[a-z_]+", reason) for reason in reasons)
    assert all(leaf.hint.endswith(".") for leaf in leaves)


def test_every_logged_event_is_registered_and_every_registered_one_is_logged() -> None:
    source = "".join(
        path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if path.name not in ("log.py", "events.py")
    )
    source += 'say("process.crashed")say("library.logged")'  # these two are log.py's own
    assert set(re.findall(r"say\(\s*\"([^\"]+)\"", source)) <= set(EVENTS)
    composed = {f"document.{outcome}" for outcome in OutcomeKind}
    assert {name for name in EVENTS if f'"{name}"' not in source} == composed
