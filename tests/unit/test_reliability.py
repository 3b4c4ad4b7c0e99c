"""The page of faults names tests that exist, and no fault is missing from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS / "RELIABILITY.md"
FAULTS = [
    f"{letter}{number}" for letter, last in zip("ABCD", (18, 10, 12, 10), strict=True) for number in range(1, last + 1)
]
#: A path below tests/, names within, a row of the tables; a star if `make test` does not run it.
TEST = re.compile(r"`(?P<file>[\w/]+\.py)::(?P<name>[\w:]+)(?:\[(?P<row>\w+)\])?`(?P<full>\*?)")
TABLES = [TESTS / "acceptance" / name for name in ("kinds.py", "ways.py")]


def rows() -> list[list[str]]:
    """The cells of every row of the page's tables, without the heads."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("row", "---")]


def named() -> list[tuple[str, str, str | None, bool]]:
    """File, name, row and star of every test that the page names."""
    found = TEST.finditer(PAGE.read_text("utf-8"))
    return sorted({(one["file"], one["name"], one["row"], bool(one["full"])) for one in found}, key=str)


@cache
def marks_of(file: Path) -> dict[str, bool]:
    """The tests of a file, and whether each is marked `full`."""
    tree = ast.parse(file.read_text("utf-8"))
    whole = any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "pytestmark"
        and "full" in ast.unparse(node.value)
        for node in tree.body
    )
    return dict(_marks_in(tree, "", full=whole))


def _marks_in(node: ast.Module | ast.ClassDef, prefix: str, *, full: bool) -> Iterator[tuple[str, bool]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _marks_in(child, f"{prefix}{child.name}::", full=full or _is_full(child))
        elif isinstance(child, ast.FunctionDef) and child.name.startswith("test_"):
            yield prefix + child.name, full or _is_full(child)


def _is_full(node: ast.ClassDef | ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator) == "pytest.mark.full" for decorator in node.decorator_list)


@cache
def played_rows() -> dict[str, bool]:
    """The rows of the tables in `kinds.py` and `ways.py` that are played, and whether each is `full`."""
    functions = [node for table in TABLES for node in ast.parse(table.read_text("utf-8")).body]
    return {
        node.name: any("full=True" in ast.unparse(decorator) for decorator in node.decorator_list)
        for node in functions
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }


def test_every_fault_has_one_row_and_suites_come_after_them() -> None:
    names = [row[0] for row in rows()]
    assert names[: len(FAULTS)] == FAULTS
    assert len(set(names)) == len(names) > len(FAULTS)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_names_its_tests_or_says_why_there_is_none(row: list[str]) -> None:
    _, fault, rule, tests = row
    assert fault.endswith(".")
    assert rule.endswith(".")
    assert (re.sub(r"\s", "", TEST.sub("", tests)), bool(tests)) == ("", "No test: " not in rule)


@pytest.mark.parametrize(("file", "name", "row", "star"), named())
def test_a_named_test_exists_and_runs_where_the_page_says(file: str, name: str, row: str | None, star: bool) -> None:
    full = marks_of(TESTS / file)[name]
    assert star == (played_rows()[row] if row else full)
