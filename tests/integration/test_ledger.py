"""The ledger and the stream: one content, one entry, whatever is asked, repeated, or broken."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstream import connect
from turnstream.claims import Answer, Claimant, Duplicate, Publication, Published, Yours
from turnstream.errors import LedgerHeld, ServerRefused
from turnstream.models import EVENT_TYPE
from turnstream.packed import Claim, unpack_claim
from turnstream.publish import CALL_BYTES, CALL_RECORDS, Ledger, entry_time
from turnstream.server import EmbeddedServer, start
from turnstream.settings import ServerSettings, Settings

SettingsFor = Callable[..., Settings]
ScriptCalls = Callable[[], AbstractContextManager[list[int]]]
EPOCH = "0123456789abcdef:fedcba9876543210"
ALICE, BOB = "a" * 16, "b" * 16


def digest_of(content: object) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()


def publication(content: object, arrival: str = ALICE, digest: str = "", event: bytes = b"") -> Publication:
    digest = digest or digest_of(content)
    event = event or orjson.dumps({"data": {"provenance": {"path": f"{content}.txt"}}})
    return Publication(digest, arrival, f"{digest[:16]}.1", digest[:16], event)


def entries_of(ledger: Ledger) -> list[tuple[bytes, dict[bytes, bytes]]]:
    reply: Any = ledger.client.xrange(ledger.key("documents"))
    return list(reply)


def snapshot(ledger: Ledger) -> dict[bytes, bytes]:
    """Every key under the prefix and all it holds."""
    return {key: ledger.client.dump(key) or b"" for key in ledger.client.scan_iter(f"{ledger.prefix}*")}


def claims_of(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """Every claim: digest → (arrival id, entry id)."""
    found = {}
    for key in ledger.client.scan_iter(f"{ledger.prefix}claims:*"):
        bucket: Any = ledger.client.hgetall(key)
        for rest, claim in bucket.items():
            digest = key.decode()[-4:] + rest.hex()
            arrival_id, entry_id, *_ = unpack_claim(claim)
            found[digest] = arrival_id, entry_id
    return found


@pytest.fixture
def ledger(ledger: Ledger) -> Ledger:
    """A ledger that has begun as ``EPOCH``."""
    assert ledger.begin(EPOCH) == EPOCH
    return ledger


class TestPublish:
    def test_a_new_content_is_published(self, ledger: Ledger) -> None:
        item = publication("one")
        (answer,) = ledger.publish([item], EPOCH)
        assert isinstance(answer, Published)
        fields = {b"data": item.event, b"type": EVENT_TYPE.encode(), b"id": item.event_id.encode()}
        assert entries_of(ledger) == [(answer.entry_id.encode(), {**fields, b"subject": item.subject.encode()})]
        assert claims_of(ledger) == {item.content_sha256: (ALICE, answer.entry_id)}

    def test_the_same_arrival_again_is_told_that_it_did(self, ledger: Ledger) -> None:
        (first,) = ledger.publish([publication("one")], EPOCH)
        before = snapshot(ledger)
        assert list(ledger.publish([publication("one")], EPOCH)) == [Yours(first.entry_id)]
        assert snapshot(ledger) == before

    def test_another_arrival_is_told_whose_it_is(self, ledger: Ledger) -> None:
        (first,) = ledger.publish([publication("one", ALICE)], EPOCH)
        before = snapshot(ledger)
        assert list(ledger.publish([publication("one", BOB)], EPOCH)) == [Duplicate(first.entry_id, ALICE)]
        assert snapshot(ledger) == before

    def test_of_two_equal_ones_in_a_call_the_second_is_a_duplicate_of_the_first(self, ledger: Ledger) -> None:
        first, second, third = ledger.publish(
            [publication("one", ALICE), publication("one", BOB), publication("one", ALICE)], EPOCH
        )
        assert isinstance(first, Published)
        assert second == Duplicate(first.entry_id, ALICE)
        assert third == Yours(first.entry_id)
        assert len(entries_of(ledger)) == 1

    def test_the_full_digest_decides(self, ledger: Ledger) -> None:
        digests = ["ab" * 8 + end for end in ("0" * 48, "0" * 47 + "1", "1" + "0" * 47)]
        answers = list(ledger.publish([publication(d, BOB, digest=d) for d in digests], EPOCH))
        assert [type(answer) for answer in answers] == [Published] * 3
        assert set(claims_of(ledger)) == set(digests)

    def test_any_number_at_once_makes_one_entry(self, ledger: Ledger) -> None:
        def publish(number: int) -> Answer:
            (answer,) = ledger.publish([publication("one", f"{number:016x}")], EPOCH)
            return answer

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(publish, range(500)))
        (winner,) = [number for number, answer in enumerate(answers) if isinstance(answer, Published)]
        entry_id = answers[winner].entry_id
        assert [entry for entry, _ in entries_of(ledger)] == [entry_id.encode()]
        others = [answer for number, answer in enumerate(answers) if number != winner]
        assert others == [Duplicate(entry_id, f"{winner:016x}")] * 499

    def test_the_count_of_published_ones_is_exact(self, ledger: Ledger) -> None:
        for contents in (range(3), range(5), range(5)):
            list(ledger.publish([publication(content, BOB) for content in contents], EPOCH))
        assert ledger.client.hgetall(ledger.key("counters")) == {b"published": b"5"}

    def test_the_last_id_is_that_of_the_newest_entry_trimmed_or_not(self, ledger: Ledger) -> None:
        assert ledger.last_id() == "0-0"
        *_, last = ledger.publish([publication(number) for number in range(3)], EPOCH)
        assert ledger.last_id() == last.entry_id
        ledger.trim(0, 10)
        assert ledger.last_id() == last.entry_id

    def test_nothing_to_publish_is_no_call(self, ledger: Ledger) -> None:
        assert list(ledger.publish([], "some other epoch")) == []


class TestLookUp:
    def test_it_answers_as_publish_does(self, ledger: Ledger) -> None:
        claimants = [Claimant(digest_of(content), arrival) for content in "xy" for arrival in (ALICE, BOB)]
        assert ledger.look_up(claimants, EPOCH) == [None] * 4
        (first,) = ledger.publish([publication("x", ALICE)], EPOCH)
        found = ledger.look_up(claimants, EPOCH)
        assert found == [Yours(first.entry_id), Duplicate(first.entry_id, ALICE), None, None]
        assert list(ledger.publish([publication("x", ALICE), publication("x", BOB)], EPOCH)) == found[:2]

    def test_it_writes_nothing(self, ledger: Ledger) -> None:
        before = snapshot(ledger)
        ledger.look_up([Claimant(digest_of("x"), ALICE)], EPOCH)
        assert snapshot(ledger) == before


class TestHeld:
    @pytest.mark.parametrize("found", ["0123456789abcdef:another", ""])
    def test_another_ledger_gets_nothing_written(self, ledger: Ledger, found: str) -> None:
        list(ledger.publish([publication("old")], EPOCH))
        ledger.client.set(ledger.key("epoch"), found)
        before = snapshot(ledger)
        with pytest.raises(LedgerHeld, match=EPOCH):
            list(ledger.publish([publication(number) for number in range(3)], EPOCH))
        with pytest.raises(LedgerHeld, match=EPOCH):
            ledger.look_up([Claimant(digest_of("old"), ALICE)], EPOCH)
        assert snapshot(ledger) == before

    def test_an_emptied_server_gets_nothing_written(self, ledger: Ledger) -> None:
        ledger.client.delete(ledger.key("epoch"))
        with pytest.raises(LedgerHeld, match="the server has none"):
            list(ledger.publish([publication("one")], EPOCH))
        with pytest.raises(LedgerHeld, match="the server has none"):
            ledger.look_up([Claimant(digest_of("one"), ALICE)], EPOCH)
        assert snapshot(ledger) == {}

    def test_a_ledger_begins_once(self, ledger: Ledger) -> None:
        assert ledger.begin("another") == EPOCH
        assert ledger.epoch() == EPOCH


class TestBrokenKeys:
    """An error inside a script is not rolled back: no claim may stay without its entry."""

    @pytest.mark.parametrize("name", ["documents", "counters"])
    def test_a_key_of_a_wrong_type_leaves_no_claim_behind(self, ledger: Ledger, name: str) -> None:
        ledger.client.set(ledger.key(name), "a string")
        before = snapshot(ledger)
        with pytest.raises(redis.ResponseError, match=f"WRONGTYPE.*{name} is a string"):
            list(ledger.publish([publication("one")], EPOCH))
        assert snapshot(ledger) == before
        ledger.client.delete(ledger.key(name))
        (answer,) = ledger.publish([publication("one")], EPOCH)
        assert isinstance(answer, Published)

    def test_nor_does_a_bucket_of_a_wrong_type(self, ledger: Ledger) -> None:
        good, bad = publication("good"), publication("bad")
        bucket = ledger.key(f"claims:{bad.content_sha256[:4]}")
        ledger.client.set(bucket, "a string")
        before = snapshot(ledger)
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            list(ledger.publish([good, bad], EPOCH))
        assert snapshot(ledger) == before
        ledger.client.delete(bucket)
        assert [type(answer) for answer in ledger.publish([good, bad], EPOCH)] == [Published, Published]

    def test_a_counter_that_is_no_number_loses_and_doubles_nothing(self, ledger: Ledger) -> None:
        ledger.client.hset(ledger.key("counters"), "published", "many")
        with pytest.raises(redis.ResponseError, match="not an integer"):
            list(ledger.publish([publication("one")], EPOCH))
        (answer,) = ledger.publish([publication("one")], EPOCH)
        assert isinstance(answer, Yours)
        assert [entry for entry, _ in entries_of(ledger)] == [answer.entry_id.encode()]


class TestClaims:
    def test_claims_are_small(self, ledger: Ledger) -> None:
        digests = ["beef" + digest_of(number)[4:] for number in range(300)]
        list(ledger.publish([publication(digest, digest=digest) for digest in digests], EPOCH))
        bucket = ledger.key("claims:beef")
        assert ledger.client.hlen(bucket) == 300
        assert ledger.client.object("ENCODING", bucket) == b"listpack"
        assert (ledger.client.memory_usage(bucket) or 0) / 300 < 60  # 48 bytes of them are field and value

    def test_claims_and_entries_agree(self, ledger: Ledger) -> None:
        items = [publication(number, f"{number:016x}") for number in range(50)]
        list(ledger.publish(items, EPOCH))
        claims = claims_of(ledger)
        subjects = {entry.decode(): fields[b"subject"].decode() for entry, fields in entries_of(ledger)}
        assert {digest: arrival for digest, (arrival, _) in claims.items()} == {
            item.content_sha256: item.arrival_id for item in items
        }
        assert {entry: digest[:16] for digest, (_, entry) in claims.items()} == subjects

    @settings(max_examples=60, deadline=None)
    @given(
        milliseconds=st.integers(2**41, 2**48 - 1) | st.sampled_from([2**48 - 1, 2**47, 2**41]),
        sequence=st.integers(0, 2**32 - 2) | st.sampled_from([0, 2**31 - 1, 2**31, 2**32 - 2]),
        arrival=st.binary(min_size=8, max_size=8),
    )
    def test_every_entry_id_comes_back_from_its_claim(
        self,
        server: EmbeddedServer,
        server_settings: ServerSettings,
        milliseconds: int,
        sequence: int,
        arrival: bytes,
    ) -> None:
        with connect.client(server.url, server_settings) as client:
            ledger = Ledger(client, f"pack-{milliseconds}-{sequence}:")
            client.delete(*(ledger.key(name) for name in ("documents", f"claims:{digest_of('x')[:4]}")))
            ledger.begin(EPOCH)
            # An entry from the future: the server goes on counting after it.
            client.xadd(ledger.key("documents"), {"a": "b"}, id=f"{milliseconds}-{sequence}")
            expected = f"{milliseconds}-{sequence + 1}"
            assert list(ledger.publish([publication("x", arrival.hex())], EPOCH)) == [Published(expected)]
            assert claims_of(ledger) == {digest_of("x"): (arrival.hex(), expected)}
            other = "01" * 8 if arrival.hex() != "01" * 8 else "02" * 8
            for who, wanted in ((arrival.hex(), Yours(expected)), (other, Duplicate(expected, arrival.hex()))):
                assert ledger.look_up([Claimant(digest_of("x"), who)], EPOCH) == [wanted]
                assert list(ledger.publish([publication("x", who)], EPOCH)) == [wanted]

    @settings(max_examples=60, deadline=None)
    @given(milliseconds=st.integers(0, 2**48 - 1), sequence=st.integers(0, 2**32 - 1))
    def test_both_sides_pack_alike(
        self, server: EmbeddedServer, server_settings: ServerSettings, milliseconds: int, sequence: int
    ) -> None:
        with connect.client(server.url, server_settings) as client:
            packed: Any = client.eval(
                "return ARGV[1] .. struct.pack('>I6I4', tonumber(ARGV[2]), tonumber(ARGV[3]))",
                0,
                b"arrivals",
                str(milliseconds),
                str(sequence),
            )
        assert len(packed) == 18
        assert packed == struct.pack(">8sHII", b"arrivals", milliseconds >> 32, milliseconds & 0xFFFFFFFF, sequence)
        assert unpack_claim(packed) == Claim(b"arrivals".hex(), f"{milliseconds}-{sequence}")


@pytest.fixture
def script_calls(ledger: Ledger) -> ScriptCalls:
    """Gives the documents of each call of the script, as the server saw them."""

    @contextmanager
    def watched() -> Iterator[list[int]]:
        calls: list[int] = []
        client: Any = ledger.client
        with client.monitor() as monitor:
            yield calls
            ledger.client.get(ledger.key("the end"))
            for seen in monitor.listen():
                words = seen["command"].split(" ", 3)
                if words[0].upper() == "EVALSHA" and ledger.key("epoch") in words[3]:
                    calls.append(int(words[2]) - 3)
                if ledger.key("the end") in seen["command"]:
                    break

    return watched


class TestChunks:
    def test_many_documents_go_in_several_calls_and_are_answered_in_order(
        self, ledger: Ledger, script_calls: ScriptCalls
    ) -> None:
        items = [publication(number % 400, f"{number:016x}") for number in range(450)]
        with script_calls() as calls:
            answers = list(ledger.publish(items, EPOCH))
        assert calls == [CALL_RECORDS, CALL_RECORDS, 50]
        ids = {entry.decode(): fields[b"subject"].decode() for entry, fields in entries_of(ledger)}
        assert len(ids) == 400
        assert [ids[answer.entry_id] for answer in answers] == [item.subject for item in items]
        assert answers[400:] == [Duplicate(answers[n].entry_id, f"{n:016x}") for n in range(50)]

    def test_a_huge_event_goes_alone(self, ledger: Ledger, script_calls: ScriptCalls) -> None:
        huge = b'"' + b"x" * 3_000_000 + b'"'
        items = [publication("small"), publication("huge", event=huge), publication("small too")]
        with script_calls() as calls:
            answers = list(ledger.publish(items, EPOCH))
        assert calls == [1, 1, 1]
        assert [type(answer) for answer in answers] == [Published] * 3
        assert entries_of(ledger)[1][1][b"data"] == huge

    def test_a_call_carries_a_bounded_number_of_bytes(self, ledger: Ledger, script_calls: ScriptCalls) -> None:
        items = [publication(number, event=b"x" * (CALL_BYTES // 4)) for number in range(10)]
        with script_calls() as calls:
            list(ledger.publish(items, EPOCH))
        assert calls == [4, 4, 2]


class TestWhileNobodyMayWrite:
    def test_what_is_known_is_told_at_once(self, ledger: Ledger) -> None:
        (answer,) = ledger.publish([publication("one")], EPOCH)
        ledger.client.script_flush()
        ledger.client.client_pause(60_000, all=False)
        try:
            assert ledger.look_up([Claimant(digest_of("one"), BOB)], EPOCH) == [Duplicate(answer.entry_id, ALICE)]
            assert [original.path for original in ledger.originals([answer.entry_id])] == ["one.txt"]
        finally:
            ledger.client.client_unpause()


class TestOriginals:
    def test_they_tell_name_and_time_even_of_entries_that_were_trimmed(self, ledger: Ledger) -> None:
        answers = list(ledger.publish([publication(number) for number in range(3)], EPOCH))
        ids = [answer.entry_id for answer in answers]
        ledger.client.xdel(ledger.key("documents"), ids[1])
        found = ledger.originals(ids)
        assert [original.path for original in found] == ["0.txt", None, "2.txt"]
        assert [original.published_at for original in found] == [entry_time(entry_id) for entry_id in ids]

    def test_one_that_is_asked_for_again_is_told_again(self, ledger: Ledger) -> None:
        one, other = [answer.entry_id for answer in ledger.publish([publication("one"), publication("other")], EPOCH)]
        asked = [one, other, one, one, other]
        found = ledger.originals(asked)
        names = {one: "one.txt", other: "other.txt"}
        assert [original.path for original in found] == [names[entry_id] for entry_id in asked]

    def test_none_asked_none_told(self, ledger: Ledger) -> None:
        assert ledger.originals([]) == []

    def test_a_text_that_looks_like_a_provenance_is_not_taken_for_it(self, ledger: Ledger) -> None:
        lie = '","provenance":{"path":"lie.txt"},"provenance":'
        path = 'caf\u00e9 {"}\\ \U0001f600.txt'
        data = {"title": lie, "provenance": {"path": path, "arrival_id": ALICE, "name": lie}, "warnings": [lie]}
        (answer,) = ledger.publish(
            [publication("one", event=orjson.dumps({"id": lie, "data": data, "more": 1}))], EPOCH
        )
        (found,) = ledger.originals([answer.entry_id])
        assert (found.path, found.arrival_id) == (path, ALICE)

    def test_an_event_that_does_not_say_where_it_came_from_is_as_one_that_is_gone(self, ledger: Ledger) -> None:
        (answer,) = ledger.publish([publication("one", event=b"{}")], EPOCH)
        assert [(it.path, it.arrival_id) for it in ledger.originals([answer.entry_id])] == [(None, None)]


class TestFaults:
    def test_a_server_that_forgot_the_script_is_given_it_again(self, ledger: Ledger) -> None:
        list(ledger.publish([publication("one")], EPOCH))
        ledger.client.script_flush()
        (answer,) = ledger.publish([publication("two")], EPOCH)
        assert isinstance(answer, Published)

    def test_a_kill_of_the_server_forgets_nothing(self, tmp_path: Path, settings_for: SettingsFor) -> None:
        own = settings_for(tmp_path)
        for number in range(3):
            running = start(own)
            try:
                with connect.client(running.url, own.server) as client:
                    ledger = Ledger(client, "test:")
                    ledger.begin(EPOCH)
                    (answer,) = ledger.publish([publication("one")], EPOCH)
                    assert isinstance(answer, Yours if number else Published)
                    assert list(ledger.publish([publication("one", BOB)], EPOCH)) == [Duplicate(answer.entry_id, ALICE)]
                    assert len(entries_of(ledger)) == 1
            finally:
                running.process.kill()
                running.process.wait()

    def test_a_full_memory_publishes_a_call_or_refuses_it_whole(
        self, tmp_path: Path, settings_for: SettingsFor
    ) -> None:
        own = settings_for(tmp_path)
        running = start(own)
        try:
            with connect.client(running.url, own.server) as client:
                ledger = Ledger(client, "test:")
                ledger.begin(EPOCH)
                client.config_set("maxmemory", int(client.info("memory")["used_memory"]) + 3_000_000)
                done = self._publish_until_refused(ledger)
                claims = claims_of(ledger)
                assert len(claims) == len(entries_of(ledger)) == 100 * done
                client.config_set("maxmemory", 0)
                assert [type(answer) for answer in ledger.publish(self._call(done), EPOCH)] == [Published] * 100
        finally:
            running.stop()

    def _publish_until_refused(self, ledger: Ledger) -> int:
        for number in range(100):
            try:
                list(ledger.publish(self._call(number), EPOCH))
            except ServerRefused:
                return number
        pytest.fail("the server never refused")

    def _call(self, number: int) -> list[Publication]:
        return [publication(f"{number}-{n}", event=b"x" * 5_000) for n in range(100)]

    def test_an_answer_that_was_lost_after_the_commit_is_asked_for_again(
        self, ledger: Ledger, server: EmbeddedServer, server_settings: ServerSettings
    ) -> None:
        list(ledger.publish([publication("warm up")], EPOCH))
        with _swallowing_proxy(server, b"published") as url, connect.client(url, server_settings) as client:
            (answer,) = Ledger(client, ledger.prefix).publish([publication("one")], EPOCH)
        assert isinstance(answer, Yours)
        assert claims_of(ledger)[digest_of("one")] == (ALICE, answer.entry_id)
        assert len(entries_of(ledger)) == 2


@contextmanager
def _swallowing_proxy(server: EmbeddedServer, word: bytes) -> Iterator[str]:
    """A way to the server that breaks once, when a reply with ``word`` comes back."""
    password, _, place = server.url.removeprefix("redis://:").removesuffix("/0").partition("@")
    host, _, port = place.partition(":")
    broken = threading.Event()

    def forward(client: socket.socket) -> None:
        with client, socket.create_connection((host, int(port))) as upstream:
            while request := client.recv(1 << 20):
                upstream.sendall(request)
                reply = upstream.recv(1 << 20)
                if word in reply and not broken.is_set():
                    broken.set()
                    return
                client.sendall(reply)

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=forward, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=(listener,), daemon=True)
        thread.start()
        yield f"redis://:{password}@127.0.0.1:{listener.getsockname()[1]}/0"
        assert broken.is_set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
