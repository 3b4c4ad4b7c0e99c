"""Trimming: the newest entries stay, and everything that a consumer group still needs."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstream import connect
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import ServerSettings
from turnstream.trimmed import trimmed_below
from turnstream.watch import trimming

PLENTY = 1000


def fill(ledger: Ledger, count: int) -> list[bytes]:
    ids: list[Any] = [ledger.client.xadd(ledger.key("documents"), {"n": number}) for number in range(count)]
    return ids


def left(ledger: Ledger) -> list[bytes]:
    reply: Any = ledger.client.xrange(ledger.key("documents"))
    return [entry for entry, _ in reply]


def group(ledger: Ledger, name: str, start: str = "0") -> None:
    ledger.client.xgroup_create(ledger.key("documents"), name, id=start)


def read(ledger: Ledger, name: str, count: int) -> list[bytes]:
    reply: Any = ledger.client.xreadgroup(name, "me", {ledger.key("documents"): ">"}, count=count)
    return [entry for entry, _ in reply[0][1]] if reply else []


def acknowledge(ledger: Ledger, name: str, ids: list[bytes]) -> None:
    if ids:
        ledger.client.xack(ledger.key("documents"), name, *ids)


def unacknowledged(ledger: Ledger, name: str) -> list[bytes]:
    pending: Any = ledger.client.xpending_range(ledger.key("documents"), name, "-", "+", PLENTY)
    return [entry["message_id"] for entry in pending]


class TestWithoutGroups:
    def test_the_newest_stay(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        assert ledger.trim(7, PLENTY) == 13
        assert left(ledger) == ids[13:]

    @pytest.mark.parametrize("count", [0, 1, 7])
    def test_up_to_the_number_to_keep_nothing_goes(self, ledger: Ledger, count: int) -> None:
        ids = fill(ledger, count)
        assert ledger.trim(7, PLENTY) == 0
        assert left(ledger) == ids

    def test_one_call_removes_a_bounded_number(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        assert [ledger.trim(7, 5) for _ in range(4)] == [5, 5, 3, 0]
        assert left(ledger) == ids[13:]

    def test_entries_of_one_millisecond_are_told_apart(self, ledger: Ledger) -> None:
        for sequence in (2, 9, 10, 11, 100):
            ledger.client.xadd(ledger.key("documents"), {"a": "b"}, id=f"1700000000000-{sequence}")
        group(ledger, "slow")
        acknowledge(ledger, "slow", read(ledger, "slow", 1))
        assert read(ledger, "slow", 1) == [b"1700000000000-9"]
        assert ledger.trim(1, PLENTY) == 1
        assert left(ledger)[0] == b"1700000000000-9"


class TestWithGroups:
    def test_nothing_that_was_not_acknowledged_goes(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "slow")
        seen = read(ledger, "slow", 20)
        acknowledge(ledger, "slow", seen[:4] + seen[5:])
        assert ledger.trim(1, PLENTY) == 4
        assert left(ledger) == ids[4:]

    def test_a_group_that_has_not_read_yet_keeps_everything(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "new")
        assert ledger.trim(1, PLENTY) == 0
        assert left(ledger) == ids

    def test_nothing_that_was_not_delivered_goes(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "slow")
        acknowledge(ledger, "slow", read(ledger, "slow", 6))
        ledger.trim(1, PLENTY)
        assert set(ids[6:]) <= set(left(ledger))
        assert read(ledger, "slow", PLENTY) == ids[6:]

    def test_what_all_have_acknowledged_goes_but_the_newest(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "quick")
        acknowledge(ledger, "quick", read(ledger, "quick", 20))
        assert ledger.trim(7, PLENTY) == 13
        assert left(ledger) == ids[13:]

    @pytest.mark.parametrize("names", [("quick", "slow"), ("slow", "quick")])
    def test_the_slowest_counts(self, ledger: Ledger, names: tuple[str, str]) -> None:
        ids = fill(ledger, 20)
        for name in names:
            group(ledger, name)
        acknowledge(ledger, "quick", read(ledger, "quick", 20))
        acknowledge(ledger, "slow", read(ledger, "slow", 9)[:5])
        assert ledger.trim(1, PLENTY) == 5
        assert left(ledger) == ids[5:]

    def test_a_group_that_began_at_the_end_needs_nothing_older(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "late", "$")
        assert ledger.trim(7, PLENTY) == 13
        assert left(ledger) == ids[13:]

    def test_groups_of_every_kind_keep_what_they_need(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        for name in ("unread", "pending", "middle"):
            group(ledger, name)
        ledger.client.xreadgroup("middle", "me", {ledger.key("documents"): ">"}, count=12, noack=True)
        acknowledge(ledger, "pending", read(ledger, "pending", 15)[:8])
        assert ledger.trim(1, PLENTY) == 0, "a group at 0-0 needs all"
        ledger.client.xgroup_destroy(ledger.key("documents"), "unread")
        assert ledger.trim(1, PLENTY) == 8
        acknowledge(ledger, "pending", unacknowledged(ledger, "pending"))
        assert ledger.trim(1, PLENTY) == 3, "what a reader without acknowledgements was given is done, but the last"
        assert left(ledger) == ids[11:]
        assert read(ledger, "middle", PLENTY) == ids[12:]

    def test_a_group_made_later_gets_what_is_left(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "first")
        acknowledge(ledger, "first", read(ledger, "first", 20))
        ledger.trim(7, PLENTY)
        group(ledger, "later")
        fill(ledger, 5)
        assert ledger.trim(7, PLENTY) == 0
        assert read(ledger, "later", PLENTY)[:7] == ids[13:]

    def test_what_a_deleted_consumer_had_not_acknowledged_is_needed_by_nobody(self, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        group(ledger, "slow")
        read(ledger, "slow", 10)
        ledger.client.xgroup_delconsumer(ledger.key("documents"), "slow", "me")
        assert ledger.trim(1, PLENTY) == 9
        assert left(ledger) == ids[9:]

    def test_the_newest_stay_even_if_all_groups_have_them(self, ledger: Ledger) -> None:
        ids = fill(ledger, 3)
        group(ledger, "quick", "$")
        assert ledger.trim(7, PLENTY) == 0
        assert left(ledger) == ids

    @settings(max_examples=80, deadline=None)
    @given(data=st.data())
    def test_whatever_groups_do_each_gets_every_entry(
        self, server: EmbeddedServer, server_settings: ServerSettings, data: st.DataObject
    ) -> None:
        with connect.client(server.url, server_settings) as client:
            ledger = Ledger(client, f"trim-{secrets.token_hex(4)}:")
            retain = data.draw(st.integers(1, 8), "retain")
            at_most = data.draw(st.integers(1, 10), "at most")
            names = [f"group {number}" for number in range(data.draw(st.integers(0, 3), "groups"))]
            ids = fill(ledger, 1)
            for name in names:
                group(ledger, name)
            received: dict[str, list[bytes]] = {name: [] for name in names}
            for _ in range(data.draw(st.integers(1, 5), "rounds")):
                ids += fill(ledger, data.draw(st.integers(0, 12), "new"))
                for name in names:
                    received[name] += read(ledger, name, data.draw(st.integers(1, 12), "read"))
                    waiting = unacknowledged(ledger, name)
                    if waiting:
                        acknowledge(ledger, name, data.draw(st.lists(st.sampled_from(waiting)), "acknowledge"))
                before = left(ledger)
                removed = ledger.trim(retain, at_most)
                kept = left(ledger)
                assert kept == before[removed:]
                assert removed <= at_most
                assert len(kept) >= min(retain, len(before))
                for name in names:
                    assert set(unacknowledged(ledger, name)) <= set(kept)
                if not any(unacknowledged(ledger, name) for name in names) and all(
                    received[name] == ids for name in names
                ):
                    assert removed == max(min(len(before) - retain, at_most), 0)
            for name in names:
                assert received[name] + read(ledger, name, PLENTY) == ids


class TestNote:
    def test_up_to_where_it_was_trimmed_is_on_disk_afterwards(self, root: Root, ledger: Ledger) -> None:
        ids = fill(ledger, 20)
        trimming.trim(root, ledger, 20)
        assert trimmed_below(root.path) == (0, 0)
        assert not (root.path / "state" / "trimmed.json").exists(), "nothing was removed"
        trimming.trim(root, ledger, 7)
        assert "{}-{}".format(*trimmed_below(root.path)).encode() == ids[13]

    def test_many_are_removed_in_one_go(self, root: Root, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trimming, "_ENTRIES", 4)
        ids = fill(ledger, 20)
        trimming.trim(root, ledger, 7)
        assert left(ledger) == ids[13:]

    def test_a_note_that_cannot_be_written_is_said(self, root: Root, ledger: Ledger) -> None:
        (root.path / "state" / "trimmed.json").mkdir()
        fill(ledger, 20)
        with structlog.testing.capture_logs() as said:
            trimming.trim(root, ledger, 7)
        assert [event["reason"] for event in said if event["event"] == "stream.unnoted"] == ["Is a directory"]
        assert trimmed_below(root.path) == (0, 0)
