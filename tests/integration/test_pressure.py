"""Backpressure: files wait in ``drop/`` while a consumer is too far behind or the memory nearly full."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.acceptance.harness import until
from tests.integration.test_status import turning
from tests.integration.test_watch import Drop, Messages, build, names, paths, quick, turn_for, turn_until
from turnstream import connect
from turnstream.consumers import groups
from turnstream.explain.answer import explain
from turnstream.explain.states import State
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer
from turnstream.settings import ServerSettings, Settings
from turnstream.status.gather import gather
from turnstream.watch import contact as contact_module
from turnstream.watch.pressure import Pressure

LIMIT = 10


@pytest.fixture
def messages() -> Messages:
    return []


@pytest.fixture
def events() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
def limited(root_settings: Settings, server: EmbeddedServer) -> Settings:
    """Settings with a low limit, for a server that others can be told of."""
    changed = quick(root_settings, stream={"max_backlog": LIMIT})
    return changed.model_copy(update={"server": changed.server.model_copy(update={"url": SecretStr(server.url)})})


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watcher look at its consumers at every turn."""
    monkeypatch.setattr(contact_module, "BEAT_SECONDS", 0.01)


def fill(ledger: Ledger, count: int) -> list[bytes]:
    ids: list[Any] = [ledger.client.xadd(ledger.key("documents"), {"n": number}) for number in range(count)]
    return ids


def read(ledger: Ledger, group: str, count: int, *, acknowledge: bool = True) -> None:
    reply: Any = ledger.client.xreadgroup(group, "me", {ledger.key("documents"): ">"}, count=count, noack=acknowledge)
    assert len(reply[0][1]) == count


@pytest.mark.usefixtures("often")
class TestSlowGroup:
    def test_files_wait_until_it_has_read_and_what_to_do_is_said_once(
        self, root: Root, ledger: Ledger, limited: Settings, drop: Drop, messages: Messages, events: list[Any]
    ) -> None:
        fill(ledger, LIMIT)
        ledger.client.xgroup_create(ledger.key("documents"), "slow", id="0")
        watcher = build(root, ledger, messages.append, limited)
        drop("a.txt", "a")
        turn_for(watcher, 0.3)
        assert messages == []
        (said,) = [event for event in events if event["event"] == "queue.paused"]
        assert (said["reason"], said["group"], said["lag"], said["limit"]) == ("slow_group", "slow", LIMIT, LIMIT)
        assert said["hint"].endswith(f"XGROUP DESTROY {ledger.key('documents')} slow")
        read(ledger, "slow", 2)
        turn_until(watcher, lambda: paths(messages) == ["a.txt"])
        assert [name for name in names(events) if name.startswith("queue.")] == ["queue.paused", "queue.resumed"]

    def test_just_below_the_limit_it_goes_neither_on_nor_off(
        self, root: Root, ledger: Ledger, limited: Settings, drop: Drop, messages: Messages, events: list[Any]
    ) -> None:
        fill(ledger, LIMIT)
        ledger.client.xgroup_create(ledger.key("documents"), "slow", id="0")
        watcher = build(root, ledger, messages.append, limited)
        drop("a.txt", "a")
        turn_until(watcher, lambda: "queue.paused" in names(events))
        for _ in range(3):
            read(ledger, "slow", 1)
            turn_for(watcher, 0.05)
            assert messages == []
            fill(ledger, 1)
            turn_for(watcher, 0.05)
        assert names(events).count("queue.paused") == 1
        assert "queue.resumed" not in names(events)

    def test_what_it_read_and_did_not_acknowledge_counts(
        self, root: Root, ledger: Ledger, limited: Settings, drop: Drop, messages: Messages
    ) -> None:
        fill(ledger, LIMIT)
        ledger.client.xgroup_create(ledger.key("documents"), "slow", id="0")
        read(ledger, "slow", LIMIT, acknowledge=False)
        drop("a.txt", "a")
        watcher = build(root, ledger, messages.append, limited)
        turn_for(watcher, 0.2)
        assert messages == []
        ledger.client.xgroup_destroy(ledger.key("documents"), "slow")
        turn_until(watcher, lambda: messages)

    def test_what_is_queued_already_is_not_taken_back(
        self, root: Root, ledger: Ledger, limited: Settings, drop: Drop, messages: Messages
    ) -> None:
        watcher = build(root, ledger, messages.append, limited)
        drop("a.txt", "a")
        turn_until(watcher, lambda: messages)
        fill(ledger, LIMIT)
        ledger.client.xgroup_create(ledger.key("documents"), "slow", id="0")
        drop("b.txt", "b")
        turn_for(watcher, 0.2)
        assert paths(messages) == ["a.txt"]
        (root.drop / "a.txt").unlink()  # as a worker does
        turn_until(watcher, lambda: "a.txt" not in watcher.backlog)

    def test_of_several_the_one_that_was_told_is_told_until_it_is_over(
        self, root: Root, ledger: Ledger, limited: Settings, events: list[Any]
    ) -> None:
        fill(ledger, LIMIT + 5)
        pressure = Pressure(ledger, limited.stream)
        for name in ("one", "two"):
            ledger.client.xgroup_create(ledger.key("documents"), name, id="0")
        read(ledger, "two", 1)
        pressure.look()
        read(ledger, "one", 3)
        pressure.look()
        assert [event["group"] for event in events] == ["one"]
        read(ledger, "one", LIMIT)
        pressure.look()
        assert [(event["event"], event["group"]) for event in events] == [
            ("queue.paused", "one"),
            ("queue.paused", "two"),
        ]

    def test_without_a_limit_nobody_is_asked(self, ledger: Ledger, root_settings: Settings) -> None:
        fill(ledger, 3)
        ledger.client.xgroup_create(ledger.key("documents"), "slow", id="0")
        pressure = Pressure(ledger, root_settings.stream.model_copy(update={"max_backlog": 0}))
        pressure.look()
        assert pressure.pause is None

    def test_status_and_explain_say_why_a_file_waits_and_what_to_do(
        self, root: Root, ledger: Ledger, limited: Settings, drop: Drop, messages: Messages
    ) -> None:
        fill(ledger, LIMIT)
        ledger.client.xgroup_create(ledger.key("documents"), "slow", id="0")
        ledger.client.zadd(ledger.key("alive"), {"worker:elsewhere:1:2": 1e12})
        drop("a.txt", "a")
        with turning(root, ledger, limited, messages.append):
            status = gather(limited)
            (said,) = explain([str(root.drop / "a.txt")], limited)
            ledger.client.xgroup_destroy(ledger.key("documents"), "slow")
            until(lambda: messages, "it goes on")
            until(lambda: gather(limited).paused is None, "status says so")
        assert status.paused is not None
        assert status.paused["reason"] == "slow_group"
        (problem,) = [problem for problem in status.problems if "slow" in problem.what]
        assert "has no consumer" in problem.what
        assert "XGROUP DESTROY" in problem.remedy
        assert said.facts["held_back_by"] == "queue_paused"
        assert said.state in (State.WAITING, State.SETTLING)
        assert "XGROUP DESTROY" in said.next_step


class TestUnread:
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_it_is_never_told_too_small_and_exact_where_the_server_knows(
        self, server: EmbeddedServer, server_settings: ServerSettings, data: st.DataObject
    ) -> None:
        with connect.client(server.url, server_settings) as client:
            ledger = Ledger(client, f"unread-{secrets.token_hex(4)}:")
            key = ledger.key("documents")
            ids = fill(ledger, 1)
            starts = {"beginning": "0", "middle": "", "end": "$"}
            for _ in range(data.draw(st.integers(1, 6), "rounds")):
                ids += fill(ledger, data.draw(st.integers(0, 9), "new"))
                for name, start in [*starts.items()]:
                    if data.draw(st.booleans(), f"make {name}"):
                        starts.pop(name)
                        client.xgroup_create(key, name, id=start or data.draw(st.sampled_from(ids), "from"))
                for group in groups(ledger):
                    if count := data.draw(st.integers(0, 9), f"read by {group.name}"):
                        client.xreadgroup(group.name, "me", {key: ">"}, count=count)
                if data.draw(st.booleans(), "delete"):
                    client.xdel(key, data.draw(st.sampled_from(ids), "which"))
                if data.draw(st.booleans(), "trim"):
                    client.xtrim(key, minid=data.draw(st.sampled_from(ids), "below"), approximate=False)
                facts: Any = client.xinfo_groups(key)
                for group, fact in zip(groups(ledger), facts, strict=True):
                    entries: Any = client.xrange(key, min=b"(" + fact["last-delivered-id"])
                    assert group.unread >= len(entries)
                    assert group.unread <= client.xlen(key)
                    if group.unread == 0:
                        assert not entries

    def test_without_a_stream_there_are_none(self, ledger: Ledger) -> None:
        assert groups(ledger) == []


@pytest.mark.usefixtures("often")
class TestMemory:
    @pytest.fixture
    def small(self, by_hand: Callable[..., str], server_settings: ServerSettings, prefix: str) -> Iterator[Ledger]:
        url = by_hand("--maxmemory-policy", "noeviction", "--appendonly", "no", "--save", "")
        with connect.client(url, server_settings) as client:
            yield Ledger(client, prefix)

    def test_files_wait_while_it_is_nearly_full(
        self, root: Root, small: Ledger, root_settings: Settings, drop: Drop, messages: Messages, events: list[Any]
    ) -> None:
        small.begin(root.state().epoch or "")
        small.client.setrange("ballast", 28_000_000, b"x")  # not a value that would fill a buffer as well
        used: Any = small.client.info("memory")
        small.client.config_set("maxmemory", int(used["used_memory"] / 0.95))
        watcher = build(root, small, messages.append, quick(root_settings))
        drop("a.txt", "a")
        turn_for(watcher, 0.3)
        assert messages == []
        (said,) = [event for event in events if event["event"] == "queue.paused"]
        assert said["reason"] == "memory"
        assert said["used_bytes"] >= 0.9 * said["limit"]
        small.client.delete("ballast")
        turn_until(watcher, lambda: messages)
        assert names(events).count("queue.resumed") == 1

    def test_a_full_one_is_trimmed_before_anything_is_written(
        self, root: Root, small: Ledger, root_settings: Settings, drop: Drop, messages: Messages
    ) -> None:
        small.begin(root.state().epoch or "")
        for _ in range(12):
            small.client.xadd(small.key("documents"), {"data": b"x" * 2_000_000})
        small.client.config_set("maxmemory", "20mb")  # nothing can be written any more
        drop("a.txt", "a")
        watcher = build(root, small, messages.append, quick(root_settings, stream={"retain_entries": 2}))
        turn_until(watcher, lambda: messages, 10)
        assert small.client.xlen(small.key("documents")) == 2
