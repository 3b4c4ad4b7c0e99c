"""Reading the stream back: from the oldest, from now on, or one entry by its id."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import orjson
import pytest

from turnstream import connect
from turnstream.claims import Publication
from turnstream.errors import ServerUnavailable
from turnstream.models import FileRef
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.read import Entry, find, follow, line_of, pretty
from turnstream.settings import ServerSettings

Drop = Callable[..., FileRef]
EPOCH = "0123456789abcdef:fedcba9876543210"


def publish(ledger: Ledger, *digests: str) -> list[str]:
    """Publish made-up events; gives their entry ids."""
    ledger.begin(EPOCH)
    items = [
        Publication(digest, "a" * 16, f"{digest[:16]}.1", digest[:16], orjson.dumps({"data": {"digest": digest}}))
        for digest in digests
    ]
    return [answer.entry_id for answer in ledger.publish(items, EPOCH)]


def digest(number: int) -> str:
    return f"{number:064x}"


def numbers(entries: list[Entry]) -> list[int]:
    return [int(entry.record["digest"], 16) for entry in entries]


class TestFollow:
    def test_it_begins_with_the_oldest(self, ledger: Ledger) -> None:
        ids = publish(ledger, *(digest(number) for number in range(5)))
        found = list(follow(ledger, new=False, count=5))
        assert [entry.entry_id for entry in found] == ids
        assert numbers(found) == [0, 1, 2, 3, 4]

    @pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
    def test_it_ends_after_as_many_as_asked_for(self, ledger: Ledger, count: int) -> None:
        publish(ledger, *(digest(number) for number in range(260)))
        assert numbers(list(follow(ledger, new=False, count=count))) == list(range(count))

    def test_without_a_count_it_goes_on(self, ledger: Ledger) -> None:
        publish(ledger, digest(0))
        following = follow(ledger, new=False, count=None)
        assert numbers(list(islice(following, 1))) == [0]
        publish(ledger, digest(1), digest(2))
        assert numbers(list(islice(following, 2))) == [1, 2]

    def test_only_new_ones_when_asked_for(self, ledger: Ledger) -> None:
        publish(ledger, digest(0), digest(1))
        self._assert_it_waits_for(ledger, [2, 3])

    def test_new_ones_of_an_empty_stream_are_all(self, ledger: Ledger) -> None:
        self._assert_it_waits_for(ledger, [0, 1])

    def _assert_it_waits_for(self, ledger: Ledger, expected: list[int]) -> None:
        blocked = ledger.client.info("clients")["blocked_clients"]
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(lambda: list(follow(ledger, new=True, count=len(expected))))
            deadline = time.monotonic() + 5
            while ledger.client.info("clients")["blocked_clients"] == blocked:
                assert time.monotonic() < deadline
            time.sleep(1.0)  # longer than one of its reads
            for number in expected:
                publish(ledger, digest(number))
            assert numbers(found.result(5)) == expected

    def test_a_server_that_is_away_is_said(self, server_settings: ServerSettings) -> None:
        with connect.client("redis://127.0.0.1:1/0", server_settings) as client:
            following = follow(Ledger(client, "test:"), new=False, count=1)
            with pytest.raises(ServerUnavailable):
                next(following)


class TestFind:
    DIGEST = "0123456789abcdef" + "fedcba98" * 6

    @pytest.mark.parametrize(
        "wanted",
        [DIGEST[:16], f"{DIGEST[:16]}.1", DIGEST, DIGEST[:4], DIGEST[:5], DIGEST[:40], DIGEST[:16].upper()],
        ids=["document id", "event id", "content hash", "4 digits", "5 digits", "40 digits", "capitals"],
    )
    def test_an_entry_is_found_by(self, ledger: Ledger, wanted: str) -> None:
        _, entry_id, _ = publish(ledger, digest(1), self.DIGEST, "0123" + "0" * 60)
        found = find(ledger, wanted)
        if len(wanted) > 4:
            assert found
            assert (found.entry_id, found.record["digest"]) == (entry_id, self.DIGEST)
        else:
            assert found
            assert found.record["digest"].startswith(wanted)

    @pytest.mark.parametrize(
        "wanted", ["f" * 16, DIGEST[:15] + "0", DIGEST[:3], "", ".1", "no digits", DIGEST + "0", "*", "01 3"]
    )
    def test_what_is_not_there_is_not_found(self, ledger: Ledger, wanted: str) -> None:
        publish(ledger, self.DIGEST)
        assert find(ledger, wanted) is None

    def test_an_entry_that_was_trimmed_is_not_found(self, ledger: Ledger) -> None:
        publish(ledger, self.DIGEST, digest(1))
        ledger.client.xtrim(ledger.key("documents"), maxlen=1, approximate=False)
        assert find(ledger, self.DIGEST) is None
        assert find(ledger, digest(1))

    def test_a_server_that_is_away_is_said(self, server_settings: ServerSettings) -> None:
        with connect.client("redis://127.0.0.1:1/0", server_settings) as client, pytest.raises(ServerUnavailable):
            find(Ledger(client, "test:"), self.DIGEST)


class TestLines:
    @pytest.fixture
    def entry(self, drop: Drop, tools: Tools) -> Entry:
        text = "Talks about water\n\nAnna Abel: Good morning.\n\nBoris Brandt: Let us begin – today.\n"
        process([drop("a.txt", text)], tools)
        (found,) = follow(tools.ledger, new=False, count=1)
        return found

    def test_a_line_for_people(self, entry: Entry) -> None:
        line = line_of(entry, as_json=False, whole_event=False)
        for word in (entry.record["document_id"], "2 turns", "Talks about water", "Anna Abel, Boris Brandt"):
            assert word in line
        assert "\n" not in line

    def test_a_line_of_json_is_the_record_or_the_whole_event(self, entry: Entry) -> None:
        assert orjson.loads(line_of(entry, as_json=True, whole_event=False)) == entry.record
        assert orjson.loads(line_of(entry, as_json=True, whole_event=True)) == entry.event
        assert "\n" not in line_of(entry, as_json=True, whole_event=True)

    def test_one_record_alone(self, entry: Entry) -> None:
        on_one_line, indented = (pretty(entry, as_json=as_json) for as_json in (True, False))
        assert orjson.loads(on_one_line) == orjson.loads(indented) == entry.record
        assert "\n" not in on_one_line
        assert "\n  " in indented

    def test_a_text_without_title_or_speakers_has_a_line_too(self, drop: Drop, tools: Tools) -> None:
        process([drop("a.txt", "word")], tools)
        (found,) = follow(tools.ledger, new=False, count=1)
        record: dict[str, Any] = {**found.record, "title": None, "speakers": []}
        line = line_of(Entry(found.entry_id, {**found.event, "data": record}), as_json=False, whole_event=False)
        assert line.endswith("0 turns  (no title)")
