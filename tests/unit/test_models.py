"""The contract: which keys a consumer can count on, and paths that survive JSON."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from turnstream.models import (
    Batch,
    Deferral,
    Event,
    FileRef,
    Layout,
    Participant,
    Provenance,
    Record,
    Revision,
    Speaker,
    Turn,
    Unattributed,
    from_wire,
    printable,
    to_wire,
)

#: What version 1 promised.  Fields may be added; one that is missing here was taken away from consumers.
FROZEN: dict[str, set[str]] = {
    "Record": {
        *("document_id", "content_sha256", "source_sha256", "title", "publisher", "summary", "occurred_on", "place"),
        *("language", "status", "participants", "speakers", "turns", "unattributed", "spans", "revision"),
        *("provenance", "warnings"),
    },
    "Speaker": {"id", "name", "role", "labels"},
    "Participant": {"name", "role"},
    "Turn": {"index", "speaker_id", "label", "kind", "paragraphs", "start_s", "end_s", "span"},
    "Unattributed": {"text", "span"},
    "Revision": {"number", "supersedes", "cause"},
    "Layout": {"name", "reasons"},
    "Provenance": {
        *("path", "path_bytes", "name", "sequence", "declared_id", "size", "mtime", "received_at", "format"),
        *("encoding", "layout", "parser_version", "canonical_version"),
    },
    "Event": {
        *("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"),
    },
}
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)

#: Relative paths as the kernel gives them: any bytes but NUL, parts not empty.
paths = st.lists(
    st.binary(min_size=1, max_size=30).map(lambda part: part.replace(b"\0", b"\x01").replace(b"/", b"\\")),
    min_size=1,
    max_size=4,
).map(b"/".join)


def event() -> Event:
    """An event with as little as a source can say."""
    record = Record(
        document_id="0" * 16,
        content_sha256="0" * 64,
        source_sha256="f" * 64,
        title=None,
        publisher=None,
        summary=None,
        occurred_on=None,
        place=None,
        language=None,
        status="partial",
        participants=(Participant(name="Ann"),),
        speakers=(Speaker(id="s1", name=None, role=None, labels=("Q.",)),),
        turns=(Turn(index=0, speaker_id=None, label=None, kind="speech", paragraphs=("Hello.",), span=(0, 6)),),
        unattributed=(Unattributed(text="* * *", span=(7, 12)),),
        spans={"title": ((0, 6),)},
        revision=Revision(),
        provenance=Provenance(
            arrival_id="a" * 16,
            path="a.txt",
            path_bytes=None,
            name="a.txt",
            sequence=None,
            declared_id=None,
            size=12,
            mtime=NOON,
            received_at=NOON,
            format="text",
            encoding="utf-8",
            layout=Layout(name="label_line"),
            parser_version="1",
            canonical_version=1,
        ),
        warnings=(),
    )
    return Event(id="0.1", source="urn:turnstream:1", subject="0" * 16, time=NOON, data=record)


def as_json() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(event().model_dump_json())
    return whole


def test_within_version_1_no_field_goes_away() -> None:
    whole = as_json()
    record = whole["data"]
    found = {
        "Event": whole,
        "Record": record,
        "Speaker": record["speakers"][0],
        "Participant": record["participants"][0],
        "Turn": record["turns"][0],
        "Unattributed": record["unattributed"][0],
        "Revision": record["revision"],
        "Provenance": record["provenance"],
        "Layout": record["provenance"]["layout"],
    }
    assert found.keys() == FROZEN.keys()
    assert {name: FROZEN[name] - value.keys() for name, value in found.items()} == {name: set() for name in FROZEN}


def test_what_a_source_does_not_say_is_null_and_not_left_out() -> None:
    record = as_json()["data"]
    assert [record[key] for key in ("title", "publisher", "summary", "occurred_on", "place", "language")] == [None] * 6
    assert record["turns"][0]["start_s"] is None
    assert record["speakers"][0]["role"] is None
    assert record["provenance"]["declared_id"] is None
    assert record["revision"] == {"number": 1, "supersedes": None, "cause": None}


def test_constants_of_the_contract() -> None:
    whole = as_json()
    assert whole["specversion"] == "1.0"
    assert whole["type"] == "io.turnstream.transcript.published.v1"
    assert whole["datacontenttype"] == "application/json"
    assert whole["dataschema"] == "urn:turnstream:schema:transcript:v1"
    assert whole["time"] == "2026-01-02T12:00:00Z"
    assert whole["data"]["spans"] == {"title": [[0, 6]]}


def test_an_event_read_back_is_the_same() -> None:
    assert Event.model_validate_json(event().model_dump_json()) == event()


def test_a_day_is_written_as_a_day() -> None:
    record = event().data.model_copy(update={"occurred_on": date(2018, 1, 29)})
    assert json.loads(record.model_dump_json())["occurred_on"] == "2018-01-29"


@pytest.mark.parametrize(("key", "value"), [("document_id", "xyz"), ("content_sha256", "0" * 63), ("status", "done")])
def test_a_record_with_a_wrong_value_cannot_be_built(key: str, value: str) -> None:
    facts = json.loads(event().data.model_dump_json()) | {key: value}
    with pytest.raises(ValidationError, match=key):
        Record.model_validate(facts)


@given(paths)
@example(b"caf\xe9.txt")
@example(b"100%25.txt")
@example(b"%2F\xff")
@example("\u0442\u0435\u043a\u0441\u0442.txt".encode())
@example(b"\xed\xb2\x80")  # a surrogate in UTF-8, which is no UTF-8
def test_any_path_comes_back_from_the_wire(raw: bytes) -> None:
    assume(not raw.startswith(b"/"))
    path = os.fsdecode(raw)
    batch = Batch(id="b", root_id="0" * 16, files=(FileRef(path=to_wire(path), arrival_id="0" * 16),))
    message = json.loads(batch.model_dump_json())
    assert from_wire(message["files"][0]["path"]) == path
    assert os.fsencode(from_wire(to_wire(path))) == raw


@given(paths, paths)
def test_two_paths_are_never_one_on_the_wire(one: bytes, other: bytes) -> None:
    assume(one != other)
    assert to_wire(os.fsdecode(one)) != to_wire(os.fsdecode(other))


@given(paths)
def test_any_path_can_be_shown(raw: bytes) -> None:
    shown = printable(os.fsdecode(raw))
    assert shown.encode()
    try:
        assert shown == raw.decode()
    except UnicodeDecodeError:
        assert "\\x" in shown


def test_a_readable_path_is_itself_on_the_wire_and_when_shown() -> None:
    assert to_wire("sub/50 % caf\u00e9.txt") == printable("sub/50 % caf\u00e9.txt") == "sub/50 % caf\u00e9.txt"


def test_bytes_that_are_no_text_are_shown_escaped() -> None:
    path = os.fsdecode(b"sub/caf\xe9.txt")
    assert printable(path) == r"sub/caf\xe9.txt"
    assert to_wire(path) == "//sub/caf%E9.txt"


def test_a_message_of_another_version_is_refused_and_keys_of_a_newer_sender_are_ignored() -> None:
    facts: dict[str, Any] = {"v": 1, "id": "b", "root_id": "0" * 16, "files": []}
    assert Batch.model_validate(facts).files == ()
    assert Batch.model_validate(facts | {"new": "x"}).files == ()
    for change in ({"v": 2}, {"root_id": "?"}):
        with pytest.raises(ValidationError):
            Batch.model_validate(facts | change)


def test_a_deferral_read_back_is_the_same() -> None:
    deferral = Deferral(arrival_id="0" * 16, reason="still_open", at=NOON, tries=3, crashes=1, alone=True)
    assert Deferral.model_validate_json(deferral.model_dump_json()) == deferral
