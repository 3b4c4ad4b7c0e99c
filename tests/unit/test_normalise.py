"""What is known of a document as a record, and the record as a CloudEvent."""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnstream.extract import extract
from turnstream.models import Layout, Parsed, Participant, Speaker, Turn, Unattributed
from turnstream.normalise import Source, envelope, normalise

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
TEXT = b"A talk\nAnn: Hello.\n* * *\n"
EXTRACTED = replace(extract(TEXT), warnings=("from_extract",))
PARSED = Parsed(
    title="A talk",
    publisher="The Kremlin",
    summary="It was short.",
    occurred_on=date(2018, 1, 29),
    place="Moscow",
    language="en",
    status="partial",
    participants=(Participant(name="Ann", role="Chair"),),
    speakers=(Speaker(id="s1", name="Ann", role=None, labels=("Ann",)),),
    turns=(Turn(index=0, speaker_id="s1", label="Ann", kind="speech", paragraphs=("Hello.",), span=(7, 18)),),
    unattributed=(Unattributed(text="* * *", span=(19, 24)),),
    spans={"title": (0, 6)},
    layout=Layout(name="label_line", reasons=("twice",)),
    warnings=("from_parse",),
)
SOURCE = Source(
    arrival_id="a" * 16,
    path="sub/000_4079e7fc051ca7b4.txt",
    size=len(TEXT),
    mtime_ns=1_700_000_000_500_000_000,
    sequence=0,
    declared_id="4079e7fc051ca7b4",
    content_sha256="c" * 64,
    source_sha256="5" * 64,
    document_id="c" * 16,
    parser_version="7",
    canonical_version=1,
)


def test_a_record_says_what_text_and_file_say() -> None:
    record = normalise(EXTRACTED, PARSED, SOURCE, NOON)
    for name in ("title", "publisher", "summary", "occurred_on", "place", "language", "status"):
        assert getattr(record, name) == getattr(PARSED, name)
    for name in ("participants", "speakers", "turns", "unattributed"):
        assert getattr(record, name) == getattr(PARSED, name)
    assert record.spans == {"title": ((0, 6),)}
    assert (record.document_id, record.content_sha256, record.source_sha256) == ("c" * 16, "c" * 64, "5" * 64)
    assert record.warnings == ("from_extract", "from_parse")
    assert (record.revision.number, record.revision.supersedes) == (1, None)


def test_provenance_tells_file_encoding_and_versions() -> None:
    provenance = normalise(EXTRACTED, PARSED, SOURCE, NOON).provenance
    assert provenance.path == "sub/000_4079e7fc051ca7b4.txt"
    assert provenance.path_bytes is None
    assert provenance.name == "000_4079e7fc051ca7b4.txt"
    assert (provenance.sequence, provenance.declared_id) == (0, "4079e7fc051ca7b4")
    assert provenance.size == len(TEXT)
    assert provenance.mtime == datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC)
    assert provenance.received_at == NOON
    assert (provenance.format, provenance.encoding) == ("text", "utf-8")
    assert provenance.layout == PARSED.layout
    assert (provenance.parser_version, provenance.canonical_version) == ("7", 1)


def test_nothing_is_invented_for_a_text_that_says_nothing() -> None:
    record = normalise(extract(TEXT), Parsed(), replace(SOURCE, sequence=None, declared_id=None), NOON)
    for name in ("title", "publisher", "summary", "occurred_on", "place", "language"):
        assert getattr(record, name) is None
    assert (record.turns, record.speakers, record.participants, record.warnings) == ((), (), (), ())
    provenance = record.provenance
    assert (provenance.sequence, provenance.declared_id, provenance.layout) == (None, None, None)


def test_a_path_that_is_no_utf_8_is_shown_escaped_and_kept_as_bytes() -> None:
    raw = b"caf\xe9/t\xfcr.txt"
    provenance = normalise(EXTRACTED, PARSED, replace(SOURCE, path=os.fsdecode(raw)), NOON).provenance
    assert provenance.path == r"caf\xe9/t\xfcr.txt"
    assert provenance.name == r"t\xfcr.txt"
    assert provenance.path_bytes is not None
    assert base64.b64decode(provenance.path_bytes) == raw


@pytest.mark.parametrize(
    ("mtime_ns", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1_000_000_000, "1969-12-31T23:59:59Z"),
        (-62_135_596_800 * 10**9, "0001-01-01T00:00:00Z"),
        (-62_135_596_801 * 10**9, "0001-01-01T00:00:00Z"),
        (253_402_300_800 * 10**9, "9999-12-31T23:59:59.999999Z"),
        (2**63 - 1, "2262-04-11T23:47:16.854775Z"),
        (2**63 * 10**9, "9999-12-31T23:59:59.999999Z"),
        (-(2**63) * 10**9, "0001-01-01T00:00:00Z"),
    ],
)
def test_a_time_of_change_beyond_the_calendar_is_its_first_or_last_moment(mtime_ns: int, expected: str) -> None:
    record = normalise(EXTRACTED, PARSED, replace(SOURCE, mtime_ns=mtime_ns), NOON)
    assert json.loads(record.model_dump_json())["provenance"]["mtime"] == expected


@given(st.integers(-(2**63) * 10**9, 2**63 * 10**9))
@example(253_402_300_799_999_999_999)
def test_no_time_of_change_fails(mtime_ns: int) -> None:
    moment = normalise(EXTRACTED, PARSED, replace(SOURCE, mtime_ns=mtime_ns), NOON).provenance.mtime
    assert moment.utcoffset() == timedelta()


@given(st.binary(min_size=1).map(lambda raw: os.fsdecode(raw.replace(b"\0", b"/"))))
def test_no_path_fails(path: str) -> None:
    assert normalise(EXTRACTED, PARSED, replace(SOURCE, path=path), NOON).model_dump_json()


def test_the_event_has_the_attributes_that_cloudevents_1_0_requires() -> None:
    event = json.loads(envelope(normalise(EXTRACTED, PARSED, SOURCE, NOON), "0" * 16, NOON).model_dump_json())
    attributes = {key: value for key, value in event.items() if key != "data"}
    assert {"specversion", "id", "source", "type"} <= attributes.keys()
    assert all(isinstance(value, str) and value for value in attributes.values())
    assert all(re.fullmatch("[a-z0-9]{1,20}", key) for key in event)
    assert event["specversion"] == "1.0"
    assert re.fullmatch(r"urn:[a-z0-9-]+:\S+", event["source"])
    assert re.fullmatch(r"urn:[a-z0-9-]+:\S+", event["dataschema"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", event["time"])
    assert isinstance(event["data"], dict)


def test_the_event_is_named_after_document_and_revision() -> None:
    event = envelope(normalise(EXTRACTED, PARSED, SOURCE, NOON), "f" * 16, NOON)
    assert event.id == f"{'c' * 16}.1"
    assert event.subject == "c" * 16
    assert event.source == f"urn:turnstream:{'f' * 16}"
    assert event.time == NOON
