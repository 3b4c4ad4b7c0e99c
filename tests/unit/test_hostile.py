"""Whatever is broken or made to harm has an outcome in little time: what is certain of it, or a reason."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from tests import hostile, promises
from tests.hostile import Maker
from turnstream.errors import Damaged, Encrypted, FileTooLarge, PermanentError, UnsupportedFormat

WARNINGS = {"damaged", "truncated"}
#: Seconds of processor time: the largest is 17 MB.
SOON = 20.0


def cases(makers: Mapping[str, Maker]) -> list[object]:
    return [pytest.param(make, id=name) for name, make in makers.items()]


@pytest.mark.parametrize("make", cases(hostile.CUT | hostile.CUT_AND_TOLD))
def test_of_a_file_that_is_cut_off_what_stood_before_is_read(make: Maker) -> None:
    document, record = promises.read(make("the mill"))
    assert "Anna: This is about the mill" in document.canonical
    assert list(promises.broken(document.canonical, record)) == []


@pytest.mark.parametrize("make", cases(hostile.CUT_AND_TOLD))
def test_a_format_that_shows_it_tells_that_something_is_missing(make: Maker) -> None:
    assert set(promises.read(make("the mill"))[0].warnings) & WARNINGS


@pytest.mark.parametrize("make", cases(hostile.HUGE | hostile.ODD))
def test_more_than_anybody_writes_is_read_all_the_same(make: Maker) -> None:
    raw, began = make("the mill"), time.process_time()
    document, record = promises.read(raw)
    assert time.process_time() - began < SOON
    assert "Anna: This is about the mill" in document.canonical
    assert {speaker.name for speaker in record.speakers} == {"Anna", "Ben"}


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(make, error, id=f"{error.reason}-{name}")
        for makers, error in (
            (hostile.CUT_AND_LOST, Damaged),
            (hostile.DEEP, Damaged),
            (hostile.CIRCLES, Damaged),
            (hostile.ENTITIES, UnsupportedFormat),
            (hostile.BOMBS, FileTooLarge),
            (hostile.LOCKED, Encrypted),
        )
        for name, make in makers.items()
    ],
)
def test_what_cannot_be_read_has_a_reason_soon(make: Maker, error: type[PermanentError]) -> None:
    raw, began = make("the mill"), time.process_time()
    with pytest.raises(error):
        promises.read(raw)
    assert time.process_time() - began < SOON
