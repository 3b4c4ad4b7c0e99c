"""The fuzzing finds parsers that are broken on purpose, and cuts its inputs down."""

from __future__ import annotations

import itertools
import time
from random import Random

import pytest

from tests import promises
from tests.fuzz.campaign import campaign, shrunk
from tests.fuzz.check import SLACK, SLOW, BrokenError, Check
from tests.fuzz.mutate import MOST, mutated, written
from tests.invented import transcript
from turnstream.errors import Undecodable
from turnstream.models import Extracted, Record

TALK = b"Ann Lee: Shall we begin?\nBob Ray: Yes, let us begin.\nAnn Lee: Good.\n"


def raises(raw: bytes) -> tuple[Extracted, Record]:
    if b"[[Page" in raw:
        raise KeyError("a page")
    return promises.read(raw)


def forgets(raw: bytes) -> tuple[Extracted, Record]:
    """The last bit of text that is nobody's is dropped."""
    extracted, record = promises.read(raw)
    return extracted, record.model_copy(update={"unattributed": record.unattributed[:-1]})


COUNT = itertools.count()


def wavers(raw: bytes) -> tuple[Extracted, Record]:
    extracted, record = promises.read(raw)
    return extracted, record.model_copy(update={"place": str(next(COUNT))})


def squares(raw: bytes) -> tuple[Extracted, Record]:
    """Every bracket is looked at from every other."""
    brackets = raw.count(b"(")
    sum(1 for _ in range(brackets * brackets // 500))
    return promises.read(raw)


def refuses(raw: bytes) -> tuple[Extracted, Record]:
    raise Undecodable("no")


@pytest.mark.parametrize(
    ("read", "raw", "kind"),
    [
        (raises, b"[[Page 1]]", "KeyError in raises"),
        (forgets, b"The lake.", "a broken promise, … stands in no span"),
        (wavers, TALK, "another record the second time"),
        (squares, b"((", SLOW),
    ],
)
def test_a_fault_is_found(read: promises.Reader, raw: bytes, kind: str) -> None:
    with pytest.raises(BrokenError) as found:
        Check(read).require(raw)
    assert found.value.kind.startswith(kind)


@pytest.mark.parametrize("raw", [b"", TALK, b"\xff\xfe", b"\0", TALK * 2000])
def test_what_is_read_well_or_refused_with_a_reason_is_no_fault(raw: bytes) -> None:
    assert Check().fault(raw, timed=False) is None
    assert Check(refuses).fault(raw) is None


@pytest.mark.timeout(60)
@pytest.mark.parametrize("read", [raises, forgets])
def test_a_campaign_finds_a_fault_and_cuts_its_input_down(read: promises.Reader) -> None:
    # It is the fault that is looked for, not what a busy machine takes for it.
    done = campaign(20, 1, check=Check(read, slack=SLACK), enough=1)
    assert len(done.findings) == 1
    assert len(done.findings[0].raw) < 60
    assert done.findings[0].kind in str(done) or done.findings[0].detail in str(done)


def test_a_campaign_of_one_seed_tries_the_same() -> None:
    tried = [written(chance, mutated(chance, transcript(chance))) for chance in (Random(5), Random(5))]
    assert tried[0] == tried[1]


def test_what_is_left_out_of_an_input_is_all_but_what_fails() -> None:
    assert shrunk(b"a" * 200 + b"x" + b"b" * 300, lambda raw: b"x" in raw) == b"x"


def test_a_changed_text_stays_within_bounds() -> None:
    chance = Random(2)
    began = time.monotonic()
    text = transcript(chance)
    for _ in range(200):
        text = mutated(chance, text) or transcript(chance)
        assert len(text) <= MOST
    assert time.monotonic() - began < 10
