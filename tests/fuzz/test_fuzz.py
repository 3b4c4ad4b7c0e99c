"""The short run of `make fuzz`: another seed each time; a finding names its seed and its input."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.fuzz.campaign import campaign
from tests.fuzz.check import SLACK, Check

SECONDS = 15
SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.timeout(120)
def test_nothing_breaks_on_texts_made_up_and_broken() -> None:
    samples = [path.read_text("utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    done = campaign(SECONDS, secrets.randbelow(10**6), samples, Check(slack=SLACK))
    assert not done.findings, str(done)
    assert done.tried > 10
