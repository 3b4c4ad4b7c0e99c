"""The Celery application: settings, and nothing else.

Each setting is there because its default lost, doubled or stopped something in a
measured failure; the reason stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu import Connection, Producer, Queue
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from turnstream.address import broker_url
from turnstream.errors import ServerUnavailable
from turnstream.models import Batch
from turnstream.publish import QUEUE, QUEUE_PREFIX
from turnstream.settings import Settings

TASK = "turnstream.ingest"


def create(settings: Settings, url: str) -> Celery:
    """Return an application that talks to the server at ``url``; nothing connects yet."""
    app = Celery("turnstream", broker=broker_url(url), set_as_current=False)
    app.conf.update(_configuration(settings))
    # Connected only so that Celery leaves logging alone.
    setup_logging.connect(_keep_our_logging, weak=False)
    return app


class Sender:
    """Hands batches to Celery over one connection that is made anew after a fault."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    def connect(self) -> None:
        """Be ready to send: the first message would wait some 0.1 s for imports and a connection.

        Raises:
            ServerUnavailable: the server does not answer.

        """
        with self._translated():
            self._ready_producer()
            if self._connection is not None:
                self._connection.ensure_connection(max_retries=1)

    def __call__(self, batch: Batch) -> None:
        """Send one message.

        Raises:
            ServerUnavailable: it may or may not have been sent.

        """
        with self._translated():
            # What has its default goes without saying: a message is read four times on its way.
            arguments = [{"v": batch.v, **batch.model_dump(mode="json", exclude_defaults=True)}]
            self.app.send_task(
                TASK,
                arguments,
                task_id=batch.id,
                producer=self._ready_producer(),
                retry=False,
                argsrepr=f"{len(batch.files)} files",  # Celery would write out the first of them, of each message
            )

    def _ready_producer(self) -> Producer:
        if self._producer is None:
            self._connection = self.app.connection_for_write()
            self._producer = Producer(self._connection)
        return self._producer

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (KombuError, OSError, RedisError) as error:
            self._hang_up()
            raise ServerUnavailable(f"the queue: {type(error).__name__}") from error

    def _hang_up(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            connection.release()


def _keep_our_logging(**_: object) -> None:
    return None


def _configuration(settings: Settings) -> dict[str, Any]:
    work, server = settings.work, settings.server
    return {
        "task_queues": [Queue(QUEUE)],
        "task_default_queue": QUEUE,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,  # the outcome is in folders, journal and stream
        "result_backend": None,
        "task_acks_late": True,  # a running batch survives a kill of its worker
        "task_acks_on_failure": True,  # the file, not the message, is the record of a retry
        "task_acks_on_timeout": True,
        "task_reject_on_worker_lost": False,  # true runs a poisonous message for ever
        "task_publish_retry": False,  # the watcher must not block: its next look sends again
        "task_soft_time_limit": work.soft_time_limit_seconds,
        "task_time_limit": work.time_limit_seconds,
        "worker_prefetch_multiplier": 1,  # fewest messages in flight at a kill
        "worker_concurrency": work.process_count,
        "worker_max_tasks_per_child": work.max_tasks_per_child,
        "worker_max_memory_per_child": work.max_memory_per_child_kib,
        "worker_soft_shutdown_timeout": work.soft_shutdown_seconds,
        "worker_enable_soft_shutdown_on_idle": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,  # publishing is repeatable: let it finish
        # Its socket notices a server's restart, and so do heartbeats; with both off a worker hangs for ever.
        "worker_enable_remote_control": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_detect_quorum_queues": False,
        "worker_send_task_events": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # the default gives up after 100
        "broker_channel_error_retry": True,  # a full disk or memory of the server must not end the worker
        "broker_pool_limit": 2,
        "broker_transport_options": {
            "global_keyprefix": server.key_prefix + QUEUE_PREFIX,
            "visibility_timeout": work.visibility_timeout_seconds,
            "unacked_restore_interval": 5,  # with the default the sweep comes every 100 s
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 30,  # by default a host cut off amid a sweep stops all others for 300 s
            "socket_timeout": server.response_timeout_seconds,
            "socket_connect_timeout": server.connect_timeout_seconds,
            "socket_keepalive": True,
            "health_check_interval": 5,  # a half-open connection is noticed after 11 s, not 51
        },
    }
