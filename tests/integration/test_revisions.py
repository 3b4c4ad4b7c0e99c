"""Editions of one transcript: which is published, as which revision, and which comes too late."""

from __future__ import annotations

import errno
import hashlib
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
import pytest
import redis
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.test_ledger import ALICE, BOB, EPOCH, claims_of, digest_of, publication, snapshot
from tests.integration.test_pipeline import journal_of, last_lines, sidecar_of, today, tree
from tests.integration.test_retention import expired
from turnstream import connect, edition
from turnstream.arrival import Arrival
from turnstream.claims import Answer, Claimant, Duplicate, Publication, Published, Revised, Superseded, Yours
from turnstream.edition import KEY_BYTES, Edition, Head, revision_after
from turnstream.errors import DisposeBlocked, ParserFailed, TimeOverrun, TransientError
from turnstream.extract import extract
from turnstream.journal import Journal
from turnstream.models import EVENT_TYPE, REVISED_TYPE, Batch, Event, FileRef, OutcomeKind, Revision, from_wire
from turnstream.normalise import Source, envelope, normalise
from turnstream.packed import pack_head, unpack_head
from turnstream.parse import parse
from turnstream.pipeline import Tools, process
from turnstream.publish import BUCKET_DIGITS, Ledger
from turnstream.read import find, follow, line_of
from turnstream.receipts import journal_line, journaled_head, journaled_revision
from turnstream.reports import conclude
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import ServerSettings

Drop = Callable[..., FileRef]
KEY = hashlib.sha256(b"a transcript").digest()[:KEY_BYTES]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def edition_of(length: int, *, partial: bool, key: bytes = KEY, twin: int = 0) -> Edition:
    return Edition(key, length, partial, digest_of((key, length, partial, twin))[:16])


def text_of(edition: Edition, arrival: str = ALICE) -> Publication:
    """What a worker would publish for a text that is this edition."""
    digest = edition.document_id + "0" * 48
    extracted = extract(b"Anna Abel: Good morning.")
    source = Source(arrival, "a.txt", 1, 0, None, None, digest, digest, edition.document_id, "1", 1)
    record = normalise(extracted, parse(extracted), source, NOW)
    build: Callable[[Revision], Event] = partial(envelope, record, "0" * 16, NOW)
    event = build(Revision())
    return Publication(digest, arrival, event.id, event.subject, event.model_dump_json().encode(), edition, build)


def publish(ledger: Ledger, *items: Publication | Edition) -> list[Answer]:
    return list(ledger.publish([item if isinstance(item, Publication) else text_of(item) for item in items], EPOCH))


def head_of(ledger: Ledger, key: bytes = KEY) -> Head | None:
    value: Any = ledger.client.hget(ledger.key(f"heads:{key.hex()[:BUCKET_DIGITS]}"), key[2:])
    return unpack_head(value, key)


def events_of(ledger: Ledger) -> list[dict[str, Any]]:
    """Every event, in order, after a check that the fields beside it say the same."""
    reply: Any = ledger.client.xrange(ledger.key("documents"))
    found = []
    for _, fields in reply:
        event = orjson.loads(fields[b"data"])
        assert {name: fields[name.encode()].decode() for name in ("id", "type", "subject")} == {
            name: event[name] for name in ("id", "type", "subject")
        }
        found.append(event)
    return found


def require_sound(ledger: Ledger, editions: Sequence[Edition]) -> None:
    """What must hold whatever came in which order."""
    head = head_of(ledger)
    assert head
    assert head.edition == max(editions, key=lambda edition: edition.rank)
    events = events_of(ledger)
    ids = [event["id"] for event in events]
    subjects = [event["subject"] for event in events]
    assert len(set(subjects)) == len(subjects), "one content is published once"
    assert head.event_id in ids
    assert {digest[:16] for digest in claims_of(ledger)} == set(subjects), "a claim for each entry, and no other"
    # Whole texts are never held back, and a partial one only where a greater one is there.
    assert {edition.document_id for edition in editions if not edition.partial} <= set(subjects)
    ranks = {edition.document_id: edition for edition in editions}
    superseded: list[str] = []
    for number, event in enumerate(events):
        revision = event["data"]["revision"]
        assert event["id"] == f"{event['subject']}.{revision['number']}"
        assert event["type"] == (REVISED_TYPE if revision["number"] > 1 else EVENT_TYPE)
        if revision["number"] == 1:
            assert (revision["supersedes"], revision["cause"]) == (None, None)
            continue
        assert revision["cause"] == "continued"
        assert revision["supersedes"] in ids[:number]
        before, _, earlier = revision["supersedes"].partition(".")
        assert int(earlier) == revision["number"] - 1
        assert ranks[before].partial
        assert ranks[before].rank < ranks[event["subject"]].rank
        superseded.append(revision["supersedes"])
    assert len(set(superseded)) == len(superseded), "nothing is revised twice"
    left = {event["subject"] for event in events if event["id"] not in superseded}
    whole = {edition.document_id for edition in editions if not edition.partial}
    assert left & set(ranks) == whole | {head.edition.document_id}, "what a consumer is left with"


@pytest.fixture
def ledger(ledger: Ledger, request: pytest.FixtureRequest) -> Ledger:
    """A ledger that has begun, as ``EPOCH`` where the test has no root."""
    if "root" not in request.fixturenames and "tools" not in request.fixturenames:
        ledger.begin(EPOCH)
    return ledger


SHORT, LONG, WHOLE = edition_of(300, partial=True), edition_of(400, partial=True), edition_of(500, partial=False)


class TestLedger:
    def test_a_longer_text_revises_a_partial_one(self, ledger: Ledger) -> None:
        first, second, third = publish(ledger, SHORT) + publish(ledger, LONG) + publish(ledger, WHOLE)
        assert first == Published(first.entry_id)
        assert second == Revised(second.entry_id, number=2, supersedes=f"{SHORT.document_id}.1")
        assert third == Revised(third.entry_id, number=3, supersedes=f"{LONG.document_id}.2")
        assert head_of(ledger) == Head(WHOLE, 3, third.entry_id)
        require_sound(ledger, [SHORT, LONG, WHOLE])

    def test_a_shorter_partial_text_comes_too_late(self, ledger: Ledger) -> None:
        (first,) = publish(ledger, LONG)
        before = snapshot(ledger)
        for _ in range(2):
            assert publish(ledger, SHORT) == [Superseded(Head(LONG, 1, first.entry_id))]
        assert snapshot(ledger) == before

    def test_a_superseded_text_is_answered_by_the_newest_head(self, ledger: Ledger) -> None:
        publish(ledger, LONG)
        publish(ledger, SHORT)
        (whole,) = publish(ledger, WHOLE)
        assert publish(ledger, SHORT) == [Superseded(Head(WHOLE, 2, whole.entry_id))]

    def test_a_complete_head_is_revised_by_nothing(self, ledger: Ledger) -> None:
        longer = edition_of(600, partial=True)
        publish(ledger, WHOLE)
        (answer,) = publish(ledger, longer)
        assert answer == Published(answer.entry_id)
        assert head_of(ledger) == Head(longer, 1, answer.entry_id)

    def test_a_shorter_complete_text_is_published_and_no_head(self, ledger: Ledger) -> None:
        (head,) = publish(ledger, LONG)
        smaller = edition_of(350, partial=False)
        (answer,) = publish(ledger, smaller)
        assert answer == Published(answer.entry_id)
        assert head_of(ledger) == Head(LONG, 1, head.entry_id)
        require_sound(ledger, [LONG, smaller])

    def test_the_text_without_its_mark_revises_the_one_with_it(self, ledger: Ledger) -> None:
        marked, unmarked = edition_of(300, partial=True), edition_of(300, partial=False)
        _, answer = publish(ledger, marked) + publish(ledger, unmarked)
        assert isinstance(answer, Revised)
        require_sound(ledger, [marked, unmarked])

    def test_a_claim_answers_before_the_head_does(self, ledger: Ledger) -> None:
        first, second = publish(ledger, SHORT) + publish(ledger, LONG)
        assert publish(ledger, text_of(SHORT, ALICE)) == [Yours(first.entry_id)]
        assert publish(ledger, text_of(SHORT, BOB)) == [Duplicate(first.entry_id, ALICE)]
        before = f"{SHORT.document_id}.1"
        assert publish(ledger, text_of(LONG, ALICE)) == [Yours(second.entry_id, number=2, supersedes=before)]
        claimants = [Claimant(text_of(LONG).content_sha256, who) for who in (ALICE, BOB)]
        assert ledger.look_up(claimants, EPOCH) == [
            Yours(second.entry_id, number=2, supersedes=before),
            Duplicate(second.entry_id, ALICE, number=2, supersedes=before),
        ]

    def test_another_key_is_another_transcript(self, ledger: Ledger) -> None:
        other = edition_of(200, partial=True, key=KEY[:-1] + bytes([KEY[-1] ^ 1]))
        answers = publish(ledger, WHOLE) + publish(ledger, other)
        assert [type(answer) for answer in answers] == [Published, Published]

    @pytest.mark.parametrize("order", list(itertools.permutations([SHORT, LONG, WHOLE])))
    def test_editions_in_one_call_are_editions_of_one_another(self, ledger: Ledger, order: tuple[Edition, ...]) -> None:
        other = replace(text_of(edition_of(1, partial=True)), edition=None, build=None)
        answers = publish(ledger, *order, other)
        assert isinstance(answers[-1], Published)
        assert [type(answer) for answer in answers[:1]] == [Published]
        require_sound(ledger, order)

    def test_the_same_edition_twice_in_one_call_is_published_once(self, ledger: Ledger) -> None:
        publish(ledger, SHORT)
        first, second = publish(ledger, text_of(LONG, ALICE), text_of(LONG, BOB))
        assert isinstance(first, Revised)
        assert second == Duplicate(first.entry_id, ALICE, number=2, supersedes=f"{SHORT.document_id}.1")
        require_sound(ledger, [SHORT, LONG])

    def test_an_event_that_was_built_for_an_older_head_is_built_anew(self, ledger: Ledger) -> None:
        (first,) = publish(ledger, SHORT)
        stale = text_of(WHOLE).after(Head(SHORT, 1, first.entry_id))
        assert b'"number":2' in stale.event
        publish(ledger, LONG)
        (answer,) = publish(ledger, stale)
        assert answer == Revised(answer.entry_id, number=3, supersedes=f"{LONG.document_id}.2")
        require_sound(ledger, [SHORT, LONG, WHOLE])

    def test_an_event_whose_head_is_gone_is_built_as_a_first(self, ledger: Ledger) -> None:
        (answer,) = publish(ledger, text_of(WHOLE).after(Head(SHORT, 1, "1-1")))
        assert answer == Published(answer.entry_id)
        require_sound(ledger, [WHOLE])

    def test_a_server_with_another_rule_is_not_asked_for_ever(self, ledger: Ledger) -> None:
        (first,) = publish(ledger, LONG)
        head = Head(LONG, 1, first.entry_id)
        for asked_again in (text_of(WHOLE).after(head), text_of(SHORT)):
            with pytest.raises(RuntimeError, match=asked_again.event_id):
                asked_again.after(head)
        with pytest.raises(RuntimeError):
            text_of(WHOLE).after(None)

    def test_any_number_at_once_agree_on_one_head(self, ledger: Ledger) -> None:
        editions = [edition_of(300 + number, partial=number % 3 != 0) for number in range(120)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda some: publish(ledger, *some), [editions[n::40] for n in range(40)]))
        require_sound(ledger, editions)

    def test_a_new_transcript_costs_no_second_call(self, ledger: Ledger, redis_client: redis.Redis) -> None:
        def calls() -> int:
            facts: Any = redis_client.info("commandstats")
            return sum(int(facts.get(f"cmdstat_{name}", {"calls": 0})["calls"]) for name in ("eval", "evalsha"))

        publish(ledger, publication("warm up"))
        before = calls()
        publish(ledger, *(edition_of(300, partial=True, key=bytes([n]) * KEY_BYTES) for n in range(50)))
        assert calls() - before == 1
        publish(ledger, *(edition_of(299, partial=True, key=bytes([n]) * KEY_BYTES) for n in range(50)))
        assert calls() - before == 2
        publish(ledger, *(edition_of(301, partial=True, key=bytes([n]) * KEY_BYTES) for n in range(50)))
        assert calls() - before == 4

    def test_heads_are_small(self, ledger: Ledger) -> None:
        publish(ledger, *(edition_of(300, partial=True, key=b"he" + bytes([n]) * (KEY_BYTES - 2)) for n in range(150)))
        bucket = ledger.key(f"heads:{b'he'.hex()}")
        assert ledger.client.object("ENCODING", bucket) == b"listpack"
        assert (ledger.client.memory_usage(bucket) or 0) / 150 < 48  # 37 bytes of them are field and value


class TestBrokenKeys:
    """No entry without its claim, and none without its head: nothing is written before everything was read."""

    def test_a_bucket_of_a_wrong_type_leaves_nothing_behind(self, ledger: Ledger) -> None:
        bucket = ledger.key(f"heads:{KEY.hex()[:4]}")
        ledger.client.set(bucket, "a string")
        before = snapshot(ledger)
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            publish(ledger, publication("good"), SHORT)
        assert snapshot(ledger) == before
        ledger.client.delete(bucket)
        assert [type(answer) for answer in publish(ledger, publication("good"), SHORT)] == [Published, Published]

    def test_nor_does_a_head_that_is_none(self, ledger: Ledger) -> None:
        bucket = ledger.key(f"heads:{KEY.hex()[:4]}")
        ledger.client.hset(bucket, KEY[2:], b"short")
        before = snapshot(ledger)
        with pytest.raises(redis.ResponseError, match="has 5 bytes, not 27"):
            publish(ledger, publication("good"), SHORT)
        assert snapshot(ledger) == before


#: Editions of one transcript, some of them twins in length.
some_editions = st.lists(
    st.builds(edition_of, st.integers(200, 204), partial=st.booleans(), twin=st.integers(0, 1)),
    min_size=1,
    max_size=7,
    unique_by=lambda edition: edition.document_id,
)


@settings(max_examples=150, deadline=None)
@given(editions=some_editions, data=st.data())
def test_the_head_is_the_greatest_whatever_the_order(
    server: EmbeddedServer, server_settings: ServerSettings, editions: list[Edition], data: st.DataObject
) -> None:
    """Editions in any order, in any batches, some of them again and by others."""
    again = data.draw(st.lists(st.sampled_from(editions), max_size=5), label="again")
    arrivals = st.sampled_from([ALICE, BOB])
    order = data.draw(st.permutations([*editions, *again]), label="order")
    texts = [text_of(edition, data.draw(arrivals)) for edition in order]
    with connect.client(server.url, server_settings) as client:
        ledger = Ledger(client, f"order-{id(data)}:")
        client.delete(*client.keys(f"{ledger.prefix}*"), "none")
        ledger.begin(EPOCH)
        known: dict[str, tuple[str, str]] = {}
        while texts:
            size = data.draw(st.integers(1, 4), label="batch")
            batch, texts = texts[:size], texts[size:]
            head = head_of(ledger)
            answers = publish(ledger, *batch)
            for text, answer in zip(batch, answers, strict=True):
                assert text.edition
                first = known.get(text.content_sha256)
                if first:
                    assert answer.entry_id == first[1]
                    assert isinstance(answer, Yours if text.arrival_id == first[0] else Duplicate)
                elif size == 1:
                    _require_as_the_rule_says(answer, text.edition, head)
                if isinstance(answer, Published):
                    known[text.content_sha256] = (text.arrival_id, answer.entry_id)
        require_sound(ledger, editions)


def _require_as_the_rule_says(answer: Answer, edition: Edition, head: Head | None) -> None:
    revision = revision_after(edition, head)
    if revision is None:
        assert head
        assert answer == Superseded(head)
        return
    kind = Revised if revision.supersedes else Published
    assert answer == kind(answer.entry_id, number=revision.number, supersedes=revision.supersedes)


class TestRestore:
    def test_heads_come_back_in_whatever_order_they_are_told(self, ledger: Ledger) -> None:
        other = edition_of(200, partial=True, key=b"o" * KEY_BYTES)
        heads = [Head(SHORT, 1, "1-1"), Head(LONG, 2, "2-1"), Head(WHOLE, 3, "3-1"), Head(other, 1, "4-1")]
        for order in itertools.permutations(heads):
            ledger.client.delete(ledger.key(f"heads:{KEY.hex()[:4]}"), ledger.key(f"heads:{other.key.hex()[:4]}"))
            for one_by_one in (True, False):
                assert sum(ledger.restore_heads([head]) for head in order if one_by_one) <= len(order)
                ledger.restore_heads(order)
                assert head_of(ledger) == heads[2]
                assert head_of(ledger, other.key) == heads[3]

    def test_a_greater_head_that_is_there_stays(self, ledger: Ledger) -> None:
        publish(ledger, WHOLE)
        before = snapshot(ledger)
        assert ledger.restore_heads([Head(LONG, 2, "2-1"), Head(SHORT, 1, "1-1"), Head(WHOLE, 9, "9-9")]) == 0
        assert snapshot(ledger) == before

    def test_it_needs_no_epoch_and_no_head_to_restore(self, ledger: Ledger) -> None:
        ledger.client.delete(ledger.key("epoch"))
        assert ledger.restore_heads([]) == 0
        assert (
            ledger.restore_heads(
                Head(edition_of(300, partial=True, key=bytes([n]) * KEY_BYTES), 1, "1-1") for n in range(250)
            )
            == 250
        )

    def test_what_is_published_meanwhile_is_seen(self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        looked: list[bytes | None] = []

        def unpack(packed: bytes | None, key: bytes) -> Head | None:
            if not looked:
                # After it was read, and before anything is written.
                ledger.client.hset(ledger.key(f"heads:{KEY.hex()[:4]}"), KEY[2:], pack_head(Head(WHOLE, 3, "3-1")))
            looked.append(packed)
            return unpack_head(packed, key)

        monkeypatch.setattr("turnstream.publish.unpack_head", unpack)
        ledger.restore_heads([Head(LONG, 2, "2-1")])
        assert len(looked) == 2
        assert head_of(ledger) == Head(WHOLE, 3, "3-1")


HEAD = "Meeting with the Prime Minister\n\nSource: The Kremlin – English\n\nCooperation was discussed.\n* * *\n"
OPENING = "President Anna Abel: Mr Prime Minister, colleagues, " + "I would like to warmly welcome you. " * 8
PARTIAL = f"{HEAD}{OPENING}\nTo be continued."
LONGER = f"{HEAD}{OPENING}\nPrime Minister Boris Brandt: Thank you for the warm welcome.\nTo be continued."
COMPLETE = f"{HEAD}{OPENING}\nPrime Minister Boris Brandt: Thank you for the warm welcome.\nAnna Abel: Thank you.\n"


def left_after_publication(ref: FileRef, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Arrival:
    """Have a file published and not journaled: it is still in ``drop/``, and what comes next is a redelivery."""
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", failing(DisposeBlocked("no room")))
        (arrival,) = process([ref], tools)
    assert isinstance(arrival.answer, Published)
    return arrival


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise error

    return fail


def expected_edition(text: str) -> Edition:
    extracted = extract(text.encode())
    found = edition.edition_of(extracted.canonical, parse(extracted), "a" * 16)
    assert found
    return found


class TestFiles:
    def test_a_longer_text_is_published_as_the_next_revision(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        for number, text in enumerate((PARTIAL, LONGER, COMPLETE)):
            process([drop(f"{number}.txt", text)], tools)
        first, second, third = events_of(ledger)
        assert [event["type"] for event in (first, second, third)] == [EVENT_TYPE, REVISED_TYPE, REVISED_TYPE]
        assert second["data"]["revision"] == {"number": 2, "supersedes": first["id"], "cause": "continued"}
        assert third["data"]["revision"] == {"number": 3, "supersedes": second["id"], "cause": "continued"}
        assert [event["data"]["status"] for event in (first, second, third)] == ["partial", "partial", "complete"]
        assert third["subject"] == third["data"]["document_id"]
        assert set(tree(root)) == {f"archive/{today()}/{number}.txt" for number in range(3)}
        lines = journal_of(root)
        assert [line["event_id"] for line in lines] == [first["id"], second["id"], third["id"]]
        assert [line["outcome"] for line in lines] == ["published"] * 3
        assert [line["head"]["number"] for line in lines] == [1, 2, 3]
        assert [line["head"]["partial"] for line in lines] == [True, True, False]
        assert [line["supersedes"] for line in lines] == [None, first["id"], second["id"]]
        assert len({line["head"]["key"] for line in lines}) == 1
        assert sorted(line["head"]["length"] for line in lines) == [line["head"]["length"] for line in lines]

    def test_a_shorter_one_that_comes_late_goes_to_duplicates_with_a_word(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        process([drop("whole.txt", COMPLETE)], tools)
        (arrival,) = process([drop("sub/early.txt", PARTIAL)], tools)
        assert arrival.outcome == OutcomeKind.SUPERSEDED
        (event,) = events_of(ledger)
        assert set(tree(root)) == {
            f"archive/{today()}/whole.txt",
            "duplicates/sub/early.txt",
            "duplicates/sub/early.txt.duplicate.json",
        }
        note = sidecar_of(root, "duplicates/sub/early.txt")
        archived = f"archive/{today()}/whole.txt"
        assert note["hint"].startswith("A longer text of the same transcript came before, as whole.txt on ")
        assert note["hint"].endswith(f" UTC; that file lies in {archived}.")
        greater = note["superseded_by"]
        assert (greater["document_id"], greater["event_id"]) == (event["subject"], event["id"])
        assert (greater["path"], greater["archived"]) == ("whole.txt", archived)
        assert greater["arrival_id"] == event["data"]["provenance"]["arrival_id"]
        assert note["document_id"] != event["subject"]
        line = journal_of(root)[-1]
        assert (line["outcome"], line["to"]) == ("superseded", "duplicates/sub/early.txt")
        assert (line["event_id"], line["entry_id"]) == (event["id"], greater["entry_id"])
        assert (line["superseded_by"], line["head"], line["original"]) == (event["subject"], None, None)

    def test_a_superseded_text_says_so_even_when_the_stream_was_trimmed(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        (first,) = process([drop("whole.txt", COMPLETE)], tools)
        assert first.answer
        ledger.client.xdel(ledger.key("documents"), first.answer.entry_id)
        process([drop("early.txt", PARTIAL)], tools)
        note = sidecar_of(root, "duplicates/early.txt")
        assert note["hint"].startswith("A longer text of the same transcript came before, on ")
        assert (note["superseded_by"]["path"], note["superseded_by"]["archived"]) == (None, None)

    @pytest.mark.parametrize("order", list(itertools.permutations([PARTIAL, LONGER, COMPLETE])))
    @pytest.mark.parametrize("at_once", [True, False])
    def test_the_last_word_is_the_whole_text_whatever_the_order(
        self, order: tuple[str, ...], at_once: bool, drop: Drop, tools: Tools, root: Root, ledger: Ledger
    ) -> None:
        files = [drop(f"{number}.txt", text) for number, text in enumerate(order)]
        for batch in [files] if at_once else [[file] for file in files]:
            process(batch, tools)
        events = events_of(ledger)
        superseding = {event["data"]["revision"]["supersedes"] for event in events}
        (last,) = [event for event in events if event["id"] not in superseding]
        assert last["data"]["status"] == "complete"
        lines = last_lines(root).values()
        assert len(lines) == 3
        for line in lines:
            assert (root.path / from_wire(line["to"])).is_file()
            if line["outcome"] == "superseded":
                note = orjson.loads((root.path / f"{line['to']}.duplicate.json").read_bytes())
                assert (root.path / note["superseded_by"]["archived"]).is_file()

    def test_a_text_with_the_same_title_alone_is_another_transcript(
        self, drop: Drop, tools: Tools, ledger: Ledger
    ) -> None:
        process([drop("a.txt", PARTIAL)], tools)
        process([drop("b.txt", COMPLETE.replace("Mr Prime Minister, colleagues", "Ladies and gentlemen"))], tools)
        assert [event["data"]["revision"]["number"] for event in events_of(ledger)] == [1, 1]

    @pytest.mark.parametrize("before", [(), (PARTIAL,)])
    def test_a_redelivery_knows_its_revision(
        self, before: tuple[str, ...], drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, text in enumerate(before):
            process([drop(f"{number}.txt", text)], tools)
        ref = drop("longer.txt", LONGER)
        arrival = left_after_publication(ref, tools, monkeypatch)
        told = journaled_revision(journal_line(arrival)), journaled_head(journal_line(arrival))
        assert told[0].number == len(before) + 1
        assert told[1]
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.answer, Yours)
        line = journal_of(root)[-1]
        assert line["event_id"] == f"{line['document_id']}.{len(before) + 1}"
        assert (journaled_revision(line), journaled_head(line)) == told

    def test_a_file_that_is_a_duplicate_of_itself_knows_its_edition(
        self, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = drop("longer.txt", LONGER)
        left_after_publication(ref, tools, monkeypatch)
        # With a second name it is another arrival.
        (root.drop / "twin.txt").hardlink_to(root.drop / "longer.txt")
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.answer, Yours)
        assert arrival.published_as or arrival.arrival_id != ref.arrival_id
        assert journal_of(root)[-1]["head"]["length"] == expected_edition(LONGER).length

    @pytest.mark.parametrize("fault", [ValueError("a fault of ours"), ParserFailed("it does not know this any more")])
    def test_a_redelivery_that_cannot_be_parsed_any_more_ends_all_the_same(
        self, fault: Exception, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = drop("longer.txt", LONGER)
        left_after_publication(ref, tools, monkeypatch)
        with monkeypatch.context() as patch, structlog.testing.capture_logs() as logged:
            patch.setattr("turnstream.pipeline.parse", failing(fault))
            (arrival,) = process([ref], tools)
        assert isinstance(arrival.answer, Yours)
        assert arrival.error is None
        assert set(tree(root)) == {f"archive/{today()}/longer.txt"}
        line = journal_of(root)[-1]
        assert (line["outcome"], line["head"], line["reason"]) == ("published", None, None)
        (said,) = [entry for entry in logged if entry["event"] == "edition.lost"]
        assert said["path"] == "longer.txt"
        assert said["detail"]

    @pytest.mark.parametrize("fault", [TimeOverrun("the limit is 1 s"), OSError(errno.EMFILE, "too many files")])
    def test_a_redelivery_that_cannot_be_parsed_just_now_is_tried_again(
        self, fault: Exception, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = drop("longer.txt", LONGER)
        left_after_publication(ref, tools, monkeypatch)
        with monkeypatch.context() as patch:
            patch.setattr("turnstream.pipeline.parse", failing(fault))
            (arrival,) = process([ref], tools)
        assert isinstance(arrival.error, TransientError)
        assert arrival.outcome is None
        assert tree(root, "drop").keys() == {"drop/longer.txt"}
        (arrival,) = process([ref], tools)
        assert isinstance(arrival.answer, Yours)
        assert journal_of(root)[-1]["head"]["length"] == expected_edition(LONGER).length

    def test_a_redelivery_that_a_process_died_of_is_given_up_by_nobody(
        self, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tools = replace(tools, max_crashes=1)
        ref = drop("longer.txt", LONGER)
        left_after_publication(ref, tools, monkeypatch)
        monkeypatch.setattr("turnstream.pipeline.parse", failing(TimeOverrun("as if it had been ended for it")))
        process([ref], tools)
        (arrival,) = process([ref.model_copy(update={"crashes": 1, "tries": 1})], tools)
        assert isinstance(arrival.answer, Yours)
        assert set(tree(root)) == {f"archive/{today()}/longer.txt"}

    def test_a_redelivery_that_processes_died_of_is_not_parsed_again(
        self, drop: Drop, tools: Tools, root: Root, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = drop("longer.txt", LONGER)
        left_after_publication(ref, tools, monkeypatch)
        ledger.note_published([ref.arrival_id])
        monkeypatch.setattr("turnstream.pipeline.parse", failing(AssertionError("parsed")))
        with structlog.testing.capture_logs() as logged:
            (arrival,) = process([ref.model_copy(update={"crashes": tools.max_crashes, "tries": 3})], tools)
        assert isinstance(arrival.answer, Yours)
        assert [entry["event"] for entry in logged] == ["edition.lost"]
        assert set(tree(root)) == {f"archive/{today()}/longer.txt"}

    def test_a_duplicate_is_not_parsed(
        self, drop: Drop, tools: Tools, root: Root, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        process([drop("a.txt", LONGER)], tools)
        monkeypatch.setattr("turnstream.pipeline.parse", failing(AssertionError("parsed")))
        (arrival,) = process([drop("b.txt", LONGER)], tools)
        assert isinstance(arrival.answer, Duplicate)
        assert (root.path / "duplicates/b.txt").is_file()

    def test_the_heads_come_back_from_the_journal(self, drop: Drop, tools: Tools, root: Root, ledger: Ledger) -> None:
        for number, text in enumerate((LONGER, PARTIAL, COMPLETE, "Anna Abel: Good morning.\n", COMPLETE)):
            process([drop(f"{number}.txt", text)], tools)
        (bucket,) = ledger.client.scan_iter(f"{ledger.prefix}heads:*")
        before = ledger.client.hgetall(bucket)
        ledger.client.delete(bucket)
        heads = [head for line in journal_of(root) if (head := journaled_head(line))]
        assert ledger.restore_heads(heads) == 1
        assert ledger.client.hgetall(bucket) == before

    def test_what_is_told_of_them(self, drop: Drop, tools: Tools, ledger: Ledger) -> None:
        with structlog.testing.capture_logs() as logged:
            for name, text in (("a", PARTIAL), ("b", COMPLETE), ("c", LONGER), ("d", PARTIAL)):
                batch = Batch(id=name, root_id=tools.root.state().root_id, files=(drop(f"{name}.txt", text),))
                conclude(batch, process(batch.files, tools), ledger)
        first, second = (event["id"] for event in events_of(ledger))
        said = [
            {name: line.get(name) for name in ("event", "revision", "supersedes", "superseded_by")} for line in logged
        ]
        nothing = {"revision": None, "supersedes": None, "superseded_by": None}
        assert said == [
            {**nothing, "event": "document.published"},
            {**nothing, "event": "document.published", "revision": 2, "supersedes": first},
            {**nothing, "event": "document.superseded", "superseded_by": second},
            {**nothing, "event": "document.duplicate"},
        ]
        counters = {b"published": b"2", b"superseded": b"1", b"duplicate": b"1"}
        assert ledger.client.hgetall(ledger.key("counters")) == counters

    def test_for_people_a_revision_says_what_it_continues(self, drop: Drop, tools: Tools, ledger: Ledger) -> None:
        process([drop("a.txt", PARTIAL), drop("b.txt", COMPLETE)], tools)
        first, second = follow(ledger, new=False, count=2)
        assert "revision" not in line_of(first, as_json=False, whole_event=False)
        assert line_of(second, as_json=False, whole_event=False).endswith(
            f"  · revision 2, supersedes {first.event['id']}"
        )
        assert find(ledger, second.event["id"]) == second

    def test_a_superseded_file_goes_with_its_note_when_its_time_is_over(
        self, drop: Drop, tools: Tools, root: Root
    ) -> None:
        process([drop("a.txt", COMPLETE)], tools)
        process([drop("b.txt", PARTIAL)], tools)
        assert expired(root, 1.1, duplicates_days=1) == {"duplicates": 1}
        assert tree(root, "duplicates") == {}

    @pytest.mark.parametrize(
        "head", [{}, {"key": 7}, {"key": "xy", "length": 1, "partial": True, "number": 1}, "a text", [1]]
    )
    def test_a_line_that_somebody_else_wrote_is_told(self, head: object) -> None:
        with pytest.raises(ValueError):
            journaled_head({"head": head, "document_id": "a" * 16, "entry_id": "1-1"})

    @pytest.mark.parametrize("supersedes", ["", "x", 7, "b" * 16, f"{'b' * 16}.0", f"{'b' * 16}.2"])
    def test_nor_is_a_revision_that_cannot_be_believed(self, supersedes: object) -> None:
        with pytest.raises(ValueError, match=r"a\.2 is no revision"):
            journaled_revision({"supersedes": supersedes, "event_id": f"{'a' * 16}.2"})
