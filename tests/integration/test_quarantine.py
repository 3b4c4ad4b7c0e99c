"""Rejected files: found, put back, deleted; the folder alone is the truth."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from turnstream.errors import BadConfiguration
from turnstream.models import FileRef, OutcomeKind
from turnstream.pipeline import Tools, process
from turnstream.quarantine import cases, discard, listing, retry, select
from turnstream.root import Root

Drop = Callable[..., FileRef]
PDF = b"%PDF-1.7 no transcript"
#: Bytes that are no text, one reason each.
REJECTS = {"b/scan.pdf": PDF, "a.txt": b"", "c.txt": b"\xff\xfex"}


@pytest.fixture
def refs(drop: Drop, tools: Tools) -> dict[str, FileRef]:
    """Three files that were rejected, one after the other."""
    refs = {path: drop(path, content) for path, content in REJECTS.items()}
    for ref in refs.values():
        process([ref], tools)
    return refs


def below(folder: Path) -> set[str]:
    return {os.path.relpath(Path(place, name), folder) for place, _, names in os.walk(folder) for name in names}


class TestList:
    def test_every_rejected_file_is_listed_in_the_order_of_rejection(
        self, refs: dict[str, FileRef], root: Root
    ) -> None:
        found = list(cases(root.path))
        assert [case.path for case in found] == list(REJECTS)
        assert [case.facts["reason"] for case in found] == ["unsupported_format", "empty", "undecodable"]
        assert [case.facts["arrival_id"] for case in found] == [ref.arrival_id for ref in refs.values()]
        assert [case.file.read_bytes() for case in found] == list(REJECTS.values())

    def test_lines_for_people_and_programs(self, refs: dict[str, FileRef], root: Root) -> None:
        lines = list(listing(root.path, as_json=False))
        for line, (path, ref) in zip(lines, refs.items(), strict=True):
            assert path in line
            assert ref.arrival_id in line
        objects = [orjson.loads(line) for line in listing(root.path, as_json=True)]
        assert [item["path"] for item in objects] == list(REJECTS)
        assert all(item["hint"] and item["reason"] for item in objects)

    def test_an_empty_quarantine_has_no_line(self, root: Root) -> None:
        assert list(listing(root.path, as_json=False)) == []

    def test_a_sidecar_without_its_file_is_no_case(self, refs: dict[str, FileRef], root: Root) -> None:
        (root.quarantine / "a.txt").unlink()
        assert [case.path for case in cases(root.path)] == ["b/scan.pdf", "c.txt"]

    @pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"\xff"])
    def test_a_broken_sidecar_hides_no_file(self, refs: dict[str, FileRef], root: Root, content: bytes) -> None:
        (root.quarantine / "a.txt.error.json").write_bytes(content)
        assert {case.path for case in cases(root.path)} == set(REJECTS)
        (case,) = select(root.path, "a.txt")
        assert case.facts == {"reason": "unknown"}
        assert len(list(listing(root.path, as_json=False))) == len(list(listing(root.path, as_json=True))) == 3

    def test_names_that_are_no_utf8_are_listed(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("\udcff.pdf", PDF)], tools)
        (line,) = listing(root.path, as_json=False)
        assert "\\xff.pdf" in line
        (line,) = listing(root.path, as_json=True)
        assert orjson.loads(line)["path"] == "\\xff.pdf"

    def test_a_rejected_file_that_is_named_like_a_sidecar_is_a_case_of_its_own(
        self, drop: Drop, tools: Tools, root: Root
    ) -> None:
        for path in ("x.error.json", "x"):
            process([drop(path, PDF + path.encode())], tools)
        found = {case.file.read_bytes() for case in cases(root.path)}
        assert found == {PDF + b"x.error.json", PDF + b"x"}


class TestSelect:
    def test_by_arrival_id_path_reason_or_all(self, refs: dict[str, FileRef], root: Root) -> None:
        for which, expected in {
            refs["a.txt"].arrival_id: ["a.txt"],
            "b/scan.pdf": ["b/scan.pdf"],
            "quarantine/b/scan.pdf": ["b/scan.pdf"],
            "undecodable": ["c.txt"],
            "all": list(REJECTS),
        }.items():
            assert [case.path for case in select(root.path, which)] == expected

    @pytest.mark.parametrize("which", ["", "0" * 16, "d.txt", "scan.pdf", "parser_failed", "None"])
    def test_what_is_not_there_is_said(self, refs: dict[str, FileRef], root: Root, which: str) -> None:
        with pytest.raises(BadConfiguration, match="quarantine list"):
            select(root.path, which)


class TestRetry:
    def test_a_file_goes_back_where_it_was_dropped_and_its_sidecar_goes(
        self, refs: dict[str, FileRef], root: Root
    ) -> None:
        (case,) = select(root.path, "b/scan.pdf")
        assert retry(root.path, case) == "b/scan.pdf"
        assert (root.drop / "b" / "scan.pdf").read_bytes() == PDF
        assert below(root.quarantine) == {"a.txt", "a.txt.error.json", "c.txt", "c.txt.error.json"}

    def test_it_is_the_same_arrival_and_can_be_rejected_again(
        self, refs: dict[str, FileRef], root: Root, tools: Tools
    ) -> None:
        (case,) = select(root.path, "b/scan.pdf")
        retry(root.path, case)
        (arrival,) = process([refs["b/scan.pdf"]], tools)
        assert arrival.outcome == OutcomeKind.REJECTED
        assert arrival.arrival_id == refs["b/scan.pdf"].arrival_id
        assert len(below(root.quarantine)) == 6

    def test_one_that_was_mended_is_published(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("a.txt", b"")], tools)
        (root.quarantine / "a.txt").write_text("Anna Abel: Good morning.\n")
        (case,) = select(root.path, "all")
        retry(root.path, case)
        (arrival,) = process([FileRef(path="a.txt", arrival_id="0" * 16)], tools)
        assert arrival.outcome == OutcomeKind.PUBLISHED
        assert below(root.quarantine) == set()

    def test_a_file_that_was_dropped_meanwhile_is_not_overwritten(
        self, refs: dict[str, FileRef], root: Root, drop: Drop
    ) -> None:
        drop("a.txt", "a new one")
        (case,) = select(root.path, "a.txt")
        name = retry(root.path, case)
        assert name == f"a.{refs['a.txt'].arrival_id}.txt"
        assert (root.drop / "a.txt").read_text() == "a new one"
        assert (root.drop / name).read_bytes() == b""

    def test_all_at_once(self, refs: dict[str, FileRef], root: Root) -> None:
        for case in select(root.path, "all"):
            retry(root.path, case)
        assert below(root.quarantine) == set()
        assert below(root.drop) == set(REJECTS)

    def test_a_name_that_is_no_utf8_goes_back_as_it_was(self, drop: Drop, tools: Tools, root: Root) -> None:
        process([drop("\udcff.pdf", PDF)], tools)
        (case,) = select(root.path, "\\xff.pdf")
        assert retry(root.path, case) == "\\xff.pdf"
        assert [os.fsencode(file.name) for file in root.drop.iterdir()] == [b"\xff.pdf"]

    def test_one_with_a_broken_sidecar_goes_back_too(self, refs: dict[str, FileRef], root: Root, drop: Drop) -> None:
        (root.quarantine / "a.txt.error.json").write_bytes(b"")
        drop("a.txt", "a new one")
        (case,) = select(root.path, "a.txt")
        retry(root.path, case)
        assert len(below(root.drop)) == 2
        assert "a.txt.error.json" not in below(root.quarantine)


class TestDiscard:
    def test_file_and_sidecar_go_for_good(self, refs: dict[str, FileRef], root: Root) -> None:
        (case,) = select(root.path, "a.txt")
        discard(case)
        assert below(root.quarantine) == {"b/scan.pdf", "b/scan.pdf.error.json", "c.txt", "c.txt.error.json"}

    def test_one_that_somebody_else_deleted_is_no_error(self, refs: dict[str, FileRef], root: Root) -> None:
        (case,) = select(root.path, "a.txt")
        case.file.unlink()
        discard(case)
        assert "a.txt.error.json" not in below(root.quarantine)
