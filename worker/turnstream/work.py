"""`work`: the Celery worker as a process of ours, with our logs and our signs of life."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import MutableMapping
from functools import partial
from types import FrameType
from typing import Any

from celery.apps import worker as celery_worker
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool
from celery.signals import worker_ready, worker_shutting_down
from celery.worker import state
from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown
from kombu import Connection
from kombu.transport.redis import Channel, QoS
from kombu.transport.virtual import QoS as VirtualQoS

from turnstream.alive import BEAT_SECONDS, Holder, beat, farewell, hold
from turnstream.app import create
from turnstream.connect import client
from turnstream.errors import ServerUnavailable, TransientError
from turnstream.log import say
from turnstream.publish import Ledger
from turnstream.settings import HOLD_REFRESHES, Settings, WorkSettings
from turnstream.tasks import register

#: As many descriptors as a worker asks for, where it may: some programs count up to the limit.
_OPEN_FILES = 1 << 16
#: Seconds between tries while the server is away; Celery's own pauses grow by 2 s up to 30 s.
_RETRY_SECONDS = 1
#: Seconds between looks for pool processes that died.  Celery is woken when one closes its files, mostly before the
#: kernel counts it as dead, and then looks again after 5 s.
_LOOK_SECONDS = 0.5
#: Seconds without such a look after which nobody knows what the processes do.
_BLIND_SECONDS = 2.0
#: Seconds between looks at what the processes work on: a batch that ended while the server was away is let go soon.
_HOLD_SECONDS = 1.0
#: Such looks, and seconds, in which the main thread does nothing before the worker is ended as deaf: longer than the
#: server's timeouts one after the other.
_DEAF_LOOKS, _DEAF_SECONDS = 12, 30.0
#: Seconds that a stop may take beyond what running batches get.
_STOP_MARGIN = 5.0


def work(settings: Settings, url: str) -> int:
    """Work off batches until a signal ends it; return the exit code.  For the main thread."""
    _allow_open_files()
    _adapt_libraries()
    app = create(settings, url)
    register(app, settings, url)
    beating = _Beating(Ledger(client(url, settings.server), settings.server.key_prefix), settings.work)
    worker_ready.connect(beating.start, weak=False)
    worker_shutting_down.connect(beating.stopping, weak=False)
    worker = app.Worker(
        pool=_Pool,
        concurrency=beating.processes,
        hostname=f"turnstream@{socket.gethostname()}",
        consumer_cls=_Prompt,
        loglevel="INFO",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        optimization="fair",
    )
    try:
        worker.start()
    finally:
        beating.end()
        say("worker.stopped")
    # Celery's soft shutdown ends with 1: asked to stop and stopped is a success, an end by itself is not.
    return 0 if beating.asked_to_stop else worker.exitcode or 1


def _allow_open_files() -> None:
    # A batch holds a descriptor for each file and folder; the usual soft limit is there for select(2) alone.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, _OPEN_FILES)), hard))


def _adapt_libraries() -> None:
    # Celery prints banners to stdout around the logging; our stdout holds JSON only.
    vars(celery_worker)["safe_say"] = _not_printed
    Channel.QoS = _Taken


def _not_printed(_message: str, *_: Any) -> None:
    return None


class _Prompt(Consumer):
    """Celery's consumer, back within a second once the server is, whose sockets are its own."""

    #: When it last tried to reach the server (monotonic seconds).
    tried_at = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        os.register_at_fork(after_in_child=self._let_go)

    def _let_go(self) -> None:
        # The kernel tells of a socket until nobody has it any more, and by the number that it had here.  What is closed
        # here but open in a pool process would be taken for news of the next socket of that number: Celery would read
        # that one, where there is nothing, and wait for ever.
        if self.connection:
            for connected in vars(vars(self.connection.transport)["cycle"])["_chan_to_sock"].values():
                connected.close()

    def ensure_connected(self, conn: Connection) -> Any:
        tries = itertools.count()
        _Prompt.tried_at = time.monotonic()

        def away(error: Exception, _pause: float) -> None:
            _Prompt.tried_at = time.monotonic()
            # Later on the signs of life say it.
            if self.first_connection_attempt and next(tries) == 0:
                say("server.unavailable", reason=ServerUnavailable.reason, detail=type(error).__name__)

        conn.ensure_connection(
            away, interval_start=_RETRY_SECONDS, interval_max=_RETRY_SECONDS, callback=maybe_shutdown
        )
        return super().ensure_connected(conn)


class _Taken(QoS):
    """The messages that a worker has taken, as many as it may; one that cannot be acknowledged makes room as well."""

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except Exception:
            # The server gives it back later, which is harmless.  Kept here, it would take its room for ever: in an
            # outage that breaks no connection the worker would come to ask for nothing any more.
            VirtualQoS.ack(self, delivery_tag)
            raise


class _Processes(AsynPool):
    """Celery's pool processes; one that died is missed soon, and one that is done is not told that its time is up."""

    _tref_for_id: MutableMapping[Any, Any]

    #: When this worker last read what its processes report (monotonic seconds).
    looked_at = 0.0

    @property
    def timers(self) -> dict[Any, float]:
        return {self._look: _LOOK_SECONDS}

    def _look(self) -> None:
        _Processes.looked_at = time.monotonic()
        self.maintain_pool()

    def _on_soft_timeout(self, job: Any, soft: float, hard: float, hub: Any) -> None:
        # Not at once: while the server was away nobody read that a batch had long ended, and the next look does.
        late = vars(AsynPool)["_on_soft_timeout"]
        self._tref_for_id[job] = hub.call_later(_LOOK_SECONDS, late, self, job, soft, hard, hub)


class _Pool(TaskPool):
    Pool = _Processes


class _Beating:
    """A thread that leaves signs of life while the worker's main process lives."""

    def __init__(self, ledger: Ledger, settings: WorkSettings) -> None:
        self.ledger = ledger
        self.processes = settings.process_count
        self.stop_seconds = settings.soft_shutdown_seconds + _STOP_MARGIN
        # A warm stop (SIGINT) waits for what is worked on.
        self.warm_seconds = settings.time_limit_seconds + _STOP_MARGIN
        self.hold_seconds = settings.hold_seconds
        self.done = threading.Event()
        self.asked_to_stop = False
        #: The batches that hold a sign of life of ours, and when they need the next one (monotonic seconds).
        self.shown: set[str] = set()
        self.refresh_at = 0.0
        self.heard_at, self.looks_since = 0.0, 0

    def stopping(self, how: str = "", **_: object) -> None:
        say("worker.stopping")
        self._end_within(self.warm_seconds if how == "Warm" else self.stop_seconds)

    def start(self, **_: object) -> None:
        say("worker.started", processes=self.processes)
        # Celery tells that it stops only after it has stopped its pool, which may be what hangs.
        for number, seconds in (
            (signal.SIGTERM, self.stop_seconds),
            (signal.SIGQUIT, self.stop_seconds),
            (signal.SIGINT, self.warm_seconds),
        ):
            signal.signal(number, partial(self._on_signal, signal.getsignal(number), seconds))
        threading.Thread(target=self._run, name="beat", daemon=True).start()
        threading.Thread(target=self._hold, name="hold", daemon=True).start()

    def _on_signal(self, celerys: Any, seconds: float, number: int, frame: FrameType | None) -> None:
        self._end_within(seconds)
        celerys(number, frame)

    def _end_within(self, seconds: float) -> None:
        self.asked_to_stop = True
        # Celery may wait for ever: for a lock that is held by who tries to reach a server that is gone, or for a pool
        # that it was just writing to.  The kernel ends us then, and our children with us; their files are in drop/.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def end(self) -> None:
        self.done.set()
        try:
            farewell(self.ledger, "worker", self.processes)
        except TransientError as error:
            say("server.unavailable", reason=error.reason, detail=error.detail)

    def _run(self) -> None:
        away = False
        while not self.done.is_set():
            try:
                beat(self.ledger, "worker", self.processes)
                if away:
                    say("server.available")
                away = False
            except TransientError as error:
                if not away:
                    say("server.unavailable", reason=error.reason, detail=error.detail)
                away = True
            self.done.wait(1.0 if away else BEAT_SECONDS)

    def _hold(self) -> None:
        while not self.done.wait(_HOLD_SECONDS):
            # Without its hold a batch may be sent twice, which is harmless; that the server is away is said above.
            with contextlib.suppress(TransientError):
                self.show_holds()
            if not self.asked_to_stop:
                self._end_if_deaf()

    def _end_if_deaf(self) -> None:
        # Celery may wait for ever here as well, while all signs of life go on: ended, it is started again.
        heard_at = max(_Prompt.tried_at, _Processes.looked_at)
        # Counted as well, as only the clock goes on while all of us is stopped.
        self.heard_at, self.looks_since = heard_at, self.looks_since + 1 if heard_at == self.heard_at else 0
        if self.looks_since >= _DEAF_LOOKS and time.monotonic() - heard_at >= _DEAF_SECONDS:
            say("worker.deaf")
            os._exit(os.EX_SOFTWARE)

    def show_holds(self) -> None:
        """Show what our processes work on: a process that reads a document may not come to it itself.

        Raises:
            TransientError: the server cannot take it.

        """
        now = time.monotonic()
        if now - _Processes.looked_at > _BLIND_SECONDS:
            return  # the main thread waits for the server: what seems to be worked on may have ended long ago
        # Listed at once, as the main thread changes it meanwhile; those that no process took yet are in it, too.
        taken = [request for request in [*state.requests.values()] if request.time_start]
        host = socket.gethostname()
        holders = {request.id: Holder(host, request.worker_pid, request.time_start) for request in taken}
        ended = self.shown - holders.keys()
        if now < self.refresh_at:
            hold(self.ledger, {}, self.hold_seconds, ended)
            self.shown -= ended
        else:
            hold(self.ledger, holders, self.hold_seconds, ended)
            self.shown = {*holders}
            self.refresh_at = now + self.hold_seconds / HOLD_REFRESHES
