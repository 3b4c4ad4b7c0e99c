"""Real transcripts whose licence lets them be kept here are read as they were read when somebody looked."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.golden import SAMPLES, files, golden, reading
from tests.in_formats import WRITERS
from turnstream.extract import extract

PACKED = (".bz2", ".gz", ".xz", ".zst")


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_a_sample_is_read_as_before(file: Path) -> None:
    assert reading(file) == orjson.loads(golden(file).read_bytes())


def test_every_format_and_every_packing_has_three_samples() -> None:
    found = Counter(word for file in files() for word in set(extract(file.read_bytes()).format.split("+")))
    wanted = {word for name in WRITERS for word in name.split("+")}
    assert {word: found[word] for word in wanted if found[word] < 3} == {}


@pytest.mark.parametrize("file", [file for file in files() if file.suffix in PACKED], ids=lambda file: file.name)
def test_a_packed_sample_is_read_as_what_is_in_it(file: Path) -> None:
    inner = file.with_suffix("")
    assert not inner.exists() or golden(file).read_bytes() == golden(inner).read_bytes()


def test_every_sample_says_where_it_comes_from() -> None:
    sources = (SAMPLES.parent / "SOURCES.md").read_text("utf-8")
    assert all(f"`read/{file.name}`" in sources for file in files())
