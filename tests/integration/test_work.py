"""The worker's Celery goes on after what its libraries do not expect."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker import state
from kombu import Connection, Consumer, Producer, Queue
from kombu.asynchronous import Hub

from tests.integration.conftest import ByHand
from turnstream import connect
from turnstream.address import broker_url
from turnstream.publish import Ledger
from turnstream.settings import ServerSettings, Settings
from turnstream.work import _adapt_libraries, _Beating, _Processes

QUEUE = Queue("ingest")


@pytest.fixture
def url(by_hand: ByHand) -> str:
    return by_hand()


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    """A connection as the worker has it, that waits a moment only for an answer."""
    _adapt_libraries()
    with Connection(broker_url(url), transport_options={"socket_timeout": 0.3, "retry_on_timeout": False}) as opened:
        yield opened


def test_a_message_that_could_not_be_acknowledged_does_not_take_the_place_of_others(
    connection: Connection, url: str, server_settings: ServerSettings
) -> None:
    with connect.client(url, server_settings) as client:
        facts: Any = client.info("server")
    producer = Producer(connection)
    taken: list[Any] = []
    consumer = Consumer(connection, [QUEUE], callbacks=[lambda _, message: taken.append(message)])
    consumer.qos(prefetch_count=1)
    consumer.consume()
    for number in range(2):
        producer.publish(number, routing_key="ingest", declare=[QUEUE])
    connection.drain_events(timeout=5)
    os.kill(facts["process_id"], signal.SIGSTOP)
    try:
        taken[0].ack_log_error(logging.getLogger("test"), connection.connection_errors)
    finally:
        os.kill(facts["process_id"], signal.SIGCONT)
    assert not taken[0].acknowledged
    while len(taken) < 2:
        connection.drain_events(timeout=5)
    assert [message.payload for message in taken] == [0, 1]


@pytest.mark.parametrize(("ago", "held"), [(0, 1), (5, 0)])
def test_a_worker_that_has_not_read_what_its_processes_report_holds_nothing(
    ledger: Ledger, root_settings: Settings, monkeypatch: pytest.MonkeyPatch, ago: float, held: int
) -> None:
    """Its main thread waited for a server that was away; the batch ended meanwhile."""
    monkeypatch.setitem(state.requests, "long", SimpleNamespace(id="long", worker_pid=4711, time_start=1000.0))
    monkeypatch.setattr(_Processes, "looked_at", time.monotonic() - ago)
    _Beating(ledger, root_settings.work).show_holds()
    assert ledger.client.exists(ledger.key("hold:long")) == held


def test_a_batch_that_ended_is_let_go_at_the_next_look(
    ledger: Ledger, root_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_held(batch_id: str) -> bool:
        return bool(ledger.client.exists(ledger.key(f"hold:{batch_id}")))

    monkeypatch.setattr(_Processes, "looked_at", time.monotonic())
    beating = _Beating(ledger, root_settings.work)
    for batch_id in ("long", "short"):
        monkeypatch.setitem(state.requests, batch_id, SimpleNamespace(id=batch_id, worker_pid=4711, time_start=1000.0))
    beating.show_holds()
    assert is_held("long")
    assert is_held("short")
    monkeypatch.delitem(state.requests, "short")
    beating.show_holds()
    assert is_held("long")
    assert not is_held("short")


@pytest.mark.parametrize(("is_read", "told"), [(True, []), (False, ["batch"])])
def test_a_batch_that_ended_while_nobody_looked_is_not_told_that_its_time_is_up(is_read: bool, told: list[str]) -> None:
    """The main thread waited for the server beyond the limit, and only then reads what its processes report."""
    found: list[str] = []
    pool, hub = _Processes.__new__(_Processes), Hub()
    vars(pool).update(_cache={1: "batch"}, _tref_for_id={}, on_soft_timeout=found.append, _discard_tref=lambda _: None)
    pool._on_soft_timeout(1, 14, 0, hub)
    if is_read:
        vars(pool)["_cache"].clear()
    loop = hub.create_loop()
    while hub.timer.queue:
        next(loop)
    hub.close()
    assert found == told
