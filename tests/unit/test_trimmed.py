"""Up to where the stream was trimmed: a small file that may be missing or broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnstream.trimmed import note_trimmed, trimmed_below


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path


def test_what_was_noted_is_read(root: Path) -> None:
    note_trimmed(root, "1732000000000-1")
    note_trimmed(root, "1732000000000-12")
    assert trimmed_below(root) == (1732000000000, 12)
    assert [path.name for path in (root / "state").iterdir()] == ["trimmed.json"]


def test_without_a_note_it_is_not_known(root: Path) -> None:
    assert trimmed_below(root) == (0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"{}", b'{"below": 7}', b'{"below": "7"}', b'{"below": "1-x"}', b"\xff"]
)
def test_a_note_that_cannot_be_read_is_none(root: Path, content: bytes) -> None:
    (root / "state" / "trimmed.json").write_bytes(content)
    assert trimmed_below(root) == (0, 0)
