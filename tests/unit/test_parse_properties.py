"""What holds for any text: nothing lost, nothing twice, the same each time, no error but our own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import promises
from tests.fuzz.mutate import mutated, written
from tests.invented import BETWEEN, HEADS, LABELS, PIECES, SAID, WAYS, transcript
from turnstream.errors import DocumentError
from turnstream.extract import extract
from turnstream.parse import parse

CHANCES = st.randoms(use_true_random=False)
TRANSCRIPTS = CHANCES.map(transcript)
#: Well formed, then broken.
BROKEN = st.builds(mutated, CHANCES, TRANSCRIPTS)
#: Lines of every kind without any order, and any text at all.
HEAPS = st.lists(st.sampled_from((*LABELS, *SAID, *BETWEEN, *HEADS, *PIECES)) | st.text(max_size=20), max_size=30)
TEXTS = st.one_of(TRANSCRIPTS, BROKEN, HEAPS.map("\n".join), HEAPS.map("".join), st.text(max_size=300))

EXAMPLES = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def assert_kept(raw: bytes) -> None:
    try:
        extracted, record = promises.read(raw)
    except DocumentError:
        return
    assert list(promises.broken(extracted.canonical, record)) == []
    assert record.model_dump_json()


@EXAMPLES
@given(TEXTS)
@example("A:")
@example(":")
@example("---\n:\n---")
@example("***\nAnn Lee: Yes.")
def test_every_character_has_its_place_and_every_turn_says_what_its_span_says(text: str) -> None:
    assert_kept(text.encode())


@pytest.mark.parametrize("way", WAYS)
def test_so_it_is_in_every_way_to_mark_turns(way: str) -> None:
    turns = [
        way.format(label=LABELS[number % 3], text=said, time=f"00:00:{number:02}", number=number)
        for number, said in enumerate(SAID)
    ]
    for head in HEADS:
        assert_kept((head + "\n".join(turns)).encode())


@pytest.mark.parametrize("between", BETWEEN)
def test_so_it_is_whatever_stands_between_turns(between: str) -> None:
    turns = (f"Ann Lee: {said}\n{between}\nBob Ray: {said}" for said in SAID)
    assert_kept("\n".join(turns).encode())


@EXAMPLES
@given(TEXTS)
def test_a_text_has_one_parse(text: str) -> None:
    try:
        first, second = (extract(text.encode()) for _ in range(2))
    except DocumentError:
        return
    assert first == second
    assert parse(first) == parse(second) == parse(first)


READ_MANY = """
import hashlib
from random import Random
from tests import promises
from tests.invented import transcript
from turnstream.errors import DocumentError
digest = hashlib.sha256()
for seed in range(400):
    try:
        digest.update(promises.read(transcript(Random(seed)).encode())[1].model_dump_json().encode())
    except DocumentError as error:
        digest.update(str(error).encode())
print(digest.hexdigest())
"""


def test_and_the_same_in_every_process_whatever_the_order_of_its_sets() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", READ_MANY],
            check=True,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


@EXAMPLES
@given(st.builds(written, CHANCES, TEXTS) | st.binary(max_size=300))
@example(b"\xff")
@example(b"\xfe\xff")
@example(b"\0" * 10)
@example(b"\xef\xbb\xbf")
def test_bytes_are_read_or_refused_with_a_reason(raw: bytes) -> None:
    assert_kept(raw)


def test_the_invented_transcripts_have_turns_of_every_kind_and_none() -> None:
    kinds: set[str] = set()
    for seed in range(300):
        try:
            _, record = promises.read(transcript(Random(seed)).encode())
        except DocumentError:
            continue
        kinds |= {turn.kind for turn in record.turns} or {"none"}
    assert kinds == {"speech", "question", "answer", "direction", "none"}
