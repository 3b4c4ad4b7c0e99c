"""The worker's Celery goes on after what its libraries do not expect."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Consumer, Producer, Queue

from tests.integration.conftest import ByHand
from turnstream import connect
from turnstream.address import broker_url
from turnstream.settings import ServerSettings
from turnstream.work import _adapt_libraries

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
