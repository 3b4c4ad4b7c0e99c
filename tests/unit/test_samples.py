"""Real transcripts whose licence lets them be kept here are read as they were read when somebody looked."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.golden import SAMPLES, files, golden, reading


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_a_sample_is_read_as_before(file: Path) -> None:
    assert reading(file) == orjson.loads(golden(file).read_bytes())


def test_every_sample_says_where_it_comes_from() -> None:
    sources = (SAMPLES.parent / "SOURCES.md").read_text("utf-8")
    assert all(f"`read/{file.name}`" in sources for file in files())
