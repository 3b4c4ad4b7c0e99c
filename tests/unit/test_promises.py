"""The check of the promises finds what it is there for."""

from __future__ import annotations

import pytest

from tests import promises
from turnstream.models import Record

TEXT = """\
Council of the Lake

Ann Lee: Shall we begin?
We are late.
Bob Ray: Yes, let us begin.
(Laughter.)
Ann Lee: Good.
* * *
"""


def text_and_record() -> tuple[str, Record]:
    extracted, record = promises.read(TEXT.encode())
    return extracted.canonical, record


def changed(record: Record, **update: object) -> Record:
    return record.model_copy(update=update)


def test_a_good_record_breaks_nothing() -> None:
    text, record = text_and_record()
    assert record.turns
    assert record.unattributed
    assert record.spans
    assert list(promises.broken(text, record)) == []


def test_it_can_fail_at_each_promise() -> None:
    text, record = text_and_record()
    first, second = record.turns[:2]
    rest = record.unattributed[0]
    cases = {
        "stands in no span": changed(record, turns=(first, *record.turns[2:])),
        "stands in two spans": changed(record, turns=(first, first.model_copy(update={"index": 1}), *record.turns[2:])),
        "is not that of its span": changed(record, unattributed=(rest.model_copy(update={"text": "?"}),)),
        "the text at": changed(record, unattributed=(rest.model_copy(update={"span": (rest.span[0], 999)}),)),
        "is empty": changed(record, spans={**record.spans, "place": ((0, 0),)}),
        "but no value": changed(record, title=None),
        "has the index": changed(record, turns=(first, first, *record.turns[2:])),
        "before the end of": changed(record, turns=(second, first)),
        "which its speaker does not": changed(
            record, turns=(first.model_copy(update={"label": "Ann"}), *record.turns[1:])
        ),
        "who is not listed": changed(record, speakers=record.speakers[1:]),
        "says nothing": changed(record, turns=record.turns[:1]),
        "have one id": changed(record, speakers=(record.speakers[0], record.speakers[0])),
    }
    for part, bad in cases.items():
        assert any(part in fault for fault in promises.broken(text, bad)), part


@pytest.mark.parametrize(
    ("paragraphs", "kept"),
    [
        (("Shall we begin?", "We are late."), True),
        (("Shall we begin? We are late.",), True),
        (("Shall webegin?",), True),
        (("We are late.", "Shall we begin?"), False),
        (("Shall we begin, friends?",), False),
    ],
)
def test_words_that_the_text_does_not_say_or_in_another_order_are_found(
    paragraphs: tuple[str, ...], kept: bool
) -> None:
    text, record = text_and_record()
    turn = record.turns[0].model_copy(update={"paragraphs": paragraphs})
    said = changed(record, turns=(turn, *record.turns[1:]))
    assert any("says" in fault for fault in promises.broken(text, said)) is not kept
