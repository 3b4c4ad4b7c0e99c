"""Transcripts in conventions that were written down by somebody who had not seen the parser, with what they hold."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import orjson
import pytest

from tests.golden import SAMPLES
from turnstream.extract import extract
from turnstream.parse import parse

INVENTED = SAMPLES.parent / "invented"
#: Turns that are not found yet, and those that are none.  Fewer are better; more are a fault.
KNOWN_FAULTS = {
    "02_focus_group_numbered.txt": (0, 1),
    "04_landtag_plenarprotokoll.txt": (3, 3),
    "06_police_interview_columns.txt": (0, 2),
    "09_earnings_call_bare_names.txt": (0, 1),
    "10_arabic_tv_interview.txt": (0, 1),
}


def _labels(file: Path) -> list[str]:
    return [turn.label or "" for turn in parse(extract(file.read_bytes())).turns if turn.kind != "direction"]


@pytest.mark.parametrize("gold", sorted(INVENTED.glob("*.gold.json")), ids=lambda gold: gold.name.partition(".")[0])
def test_turns_of_an_unseen_convention_are_found_and_no_others(gold: Path) -> None:
    file = gold.with_name(gold.name.replace(".gold.json", ".txt"))
    expected = [label for label, _ in orjson.loads(gold.read_bytes())]
    labels = _labels(file)
    right = sum(block.size for block in SequenceMatcher(None, labels, expected, autojunk=False).get_matching_blocks())
    assert (len(expected) - right, len(labels) - right) == KNOWN_FAULTS.get(file.name, (0, 0))


@pytest.mark.parametrize("file", sorted(INVENTED.glob("neg_*.txt")), ids=lambda file: file.stem)
def test_what_is_no_transcript_has_no_turns(file: Path) -> None:
    assert _labels(file) == []
