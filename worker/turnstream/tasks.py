"""The task, and the only place that decides what happens after a failure.

A batch runs through the pipeline.  A file's fault has ended in quarantine there; for
everything else the file is still in ``drop/``, and what is known of the reason is
reported to the watcher, which sends it again after a pause.
"""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded, WorkerLostError
from celery import Celery
from celery.signals import task_failure, worker_process_init
from pydantic import ValidationError

from turnstream.app import TASK
from turnstream.arrival import Arrival
from turnstream.connect import client
from turnstream.errors import DocumentError, FileGone, SetupError, TransientError
from turnstream.journal import Journal
from turnstream.log import say
from turnstream.models import Batch, Deferral, FileRef, OutcomeKind, printable
from turnstream.pipeline import Tools, process
from turnstream.publish import Duplicate, Ledger, Yours
from turnstream.root import Root
from turnstream.settings import HOLD_REFRESHES, Settings

#: Objects made before a young garbage collection (Python's default is 700).
_GC_OBJECTS = 50_000


@dataclass
class Workshop:
    """Settings and, per process, connections: those of a parent must not be used by its children."""

    settings: Settings
    url: str
    _tools: dict[int, Tools] = field(default_factory=dict)

    def tools(self) -> Tools:
        """Return this process's tools."""
        pid = os.getpid()
        if pid not in self._tools:
            root, work = Root(self.settings.root), self.settings.work
            self._tools = {
                pid: Tools(
                    root=root,
                    ledger=Ledger(client(self.url, self.settings.server), self.settings.server.key_prefix),
                    journal=Journal(root.path / "journal"),
                    use_leases=self.settings.watch.leases,
                    max_file_bytes=work.max_file_bytes,
                    max_crashes=work.max_attempts,
                    interrupts=(SoftTimeLimitExceeded,),
                )
            }
        return self._tools[pid]


def register(app: Celery, settings: Settings, url: str) -> None:
    """Give the application its one task and the handlers of its failures."""
    workshop = Workshop(settings, url)

    def ingest(message: Mapping[str, Any]) -> None:
        run(message, workshop)

    app.task(name=TASK)(ingest)
    worker_process_init.connect(lambda **_: _begin_process(workshop), weak=False)
    task_failure.connect(lambda **facts: on_failure(workshop, **facts), weak=False)


def run(message: Mapping[str, Any], workshop: Workshop) -> None:
    """Work off one task message; see the module for what happens to what fails."""
    try:
        batch = Batch.model_validate(message)
    except ValidationError as error:
        say("batch.refused", reason="not_our_message", detail=str(error.errors(include_input=False)[:3]))
        return
    tools = workshop.tools()
    with structlog.contextvars.bound_contextvars(batch_id=batch.id, task_id=batch.id, trace_id=batch.id):
        try:
            if batch.root_id != tools.root.state().root_id:
                say("batch.refused", reason="other_root", detail=f"meant for root {batch.root_id}")
                return
            with _held(batch, workshop):
                arrivals = process(batch.files, tools)
        except TransientError as error:
            say("batch.abandoned", reason=error.reason, detail=error.detail, files=len(batch.files))
        except SetupError as error:
            say("batch.refused", reason="root_unusable", detail=str(error))
        except SoftTimeLimitExceeded:
            suspect(batch.files, "parse_timeout", "the batch overran its time", tools.ledger)
        else:
            _conclude(arrivals, tools.ledger)


def on_failure(workshop: Workshop, **facts: Any) -> None:
    """Note the files of a batch whose process died or was killed (Celery's parent calls this).

    An ordinary exception never comes here from the parent; one from a child is a bug of ours
    and is logged, and its files are sent again by the watcher.
    """
    error, arguments = facts.get("exception"), list(facts.get("args") or ())
    if not isinstance(error, WorkerLostError | TimeLimitExceeded):
        say("process.crashed", task_id=facts.get("task_id"), exc_info=error)
        return
    batch = Batch.model_validate(arguments[0])
    reason = "parse_timeout" if isinstance(error, TimeLimitExceeded) else "worker_crashed"
    with structlog.contextvars.bound_contextvars(batch_id=batch.id):
        suspect(batch.files, reason, str(error), workshop.tools().ledger)


def suspect(files: tuple[FileRef, ...], reason: str, detail: str, ledger: Ledger) -> None:
    """Have the files of a batch sent one by one; count the crash of a file that was alone."""
    say("document.suspected", reason=reason, detail=detail, files=len(files))
    alone = len(files) == 1
    deferred = {
        ref.path: Deferral(
            arrival_id=ref.arrival_id,
            reason=reason,
            detail=detail[:200],
            at=datetime.now(UTC),
            tries=ref.tries + 1,
            crashes=ref.crashes + alone,
            alone=True,
        )
        for ref in files
    }
    try:
        report(deferred, ledger)
    except TransientError as error:
        # Not counted: the watcher sends the batch again as it was, and it may be counted then.
        say("batch.abandoned", reason=error.reason, detail=error.detail, files=len(files))


def report(deferred: Mapping[str, Deferral], ledger: Ledger, done: Iterable[str] = (), **counts: int) -> None:
    """Tell the watcher, and `status`, in one write what stays in ``drop/``, and count outcomes."""
    pipeline = ledger.client.pipeline(transaction=False)
    if deferred:
        pipeline.hset(ledger.key("deferred"), mapping={p: d.model_dump_json() for p, d in deferred.items()})
        pipeline.rpush(ledger.key("reports"), *deferred)
    if done := list(done):
        pipeline.hdel(ledger.key("deferred"), *done)
    for name, count in counts.items():
        if count:
            pipeline.hincrby(ledger.key("counters"), name, count)
    if len(pipeline):
        ledger.execute(pipeline)


def _conclude(arrivals: list[Arrival], ledger: Ledger) -> None:
    deferred = {}
    for arrival in arrivals:
        _say_outcome(arrival)
        if isinstance(arrival.error, TransientError) and not isinstance(arrival.error, FileGone):
            deferred[arrival.ref.path] = _deferral(arrival, arrival.error)
    outcomes = [arrival.outcome for arrival in arrivals if arrival.moved]
    try:
        report(
            deferred,
            ledger,
            done=[arrival.ref.path for arrival in arrivals if arrival.ref.tries and arrival.moved],
            duplicate=outcomes.count(OutcomeKind.DUPLICATE),
            rejected=outcomes.count(OutcomeKind.REJECTED),
        )
    except TransientError as error:
        # Every file is where it belongs; only the hints about them are lost.
        say("batch.abandoned", reason=error.reason, detail=error.detail, files=0)


def _deferral(arrival: Arrival, error: DocumentError) -> Deferral:
    return Deferral(
        arrival_id=arrival.arrival_id or arrival.ref.arrival_id,
        reason=error.reason,
        detail=error.detail,
        at=datetime.now(UTC),
        tries=arrival.ref.tries + 1,
        crashes=arrival.ref.crashes,
        alone=arrival.ref.crashes > 0,
    )


def _say_outcome(arrival: Arrival) -> None:
    fields: dict[str, Any] = {
        "outcome": arrival.outcome,
        "path": printable(arrival.path),
        "arrival_id": arrival.arrival_id,
        "document_id": arrival.identity.document_id if arrival.identity else None,
        "stage": arrival.stage,
        "size": arrival.taken.stat.st_size if arrival.taken else None,
        "duration_s": round(arrival.duration_s, 6),
    }
    if arrival.answer:
        fields["entry_id"] = arrival.answer.entry_id
    if isinstance(arrival.answer, Duplicate):
        fields["original"] = arrival.answer.of
    if isinstance(arrival.answer, Yours):
        fields["redelivered"] = True
    if arrival.destination:
        fields["to"] = printable(arrival.destination.path)
    if arrival.error:
        cause = arrival.error.__cause__ if arrival.error.reason == "parser_failed" else None
        fields |= {"reason": arrival.error.reason, "detail": arrival.error.detail, "hint": arrival.error.hint}
        fields |= {"exc_info": cause} if cause else {}
    say(_event_of(arrival), **fields)


def _event_of(arrival: Arrival) -> str:
    if arrival.moved or (arrival.outcome and isinstance(arrival.error, FileGone)):
        return f"document.{arrival.outcome}"
    if isinstance(arrival.error, FileGone):
        return "document.gone"
    return "document.blocked" if arrival.outcome else "document.deferred"


@contextmanager
def _held(batch: Batch, workshop: Workshop) -> Iterator[None]:
    """Show a sign of life while a batch takes long; a quick one never writes it."""
    done = threading.Event()
    seconds = workshop.settings.work.hold_seconds
    ledger = workshop.tools().ledger
    key = ledger.key(f"hold:{batch.id}")

    def refresh() -> None:
        while not done.wait(seconds / HOLD_REFRESHES):
            pipeline = ledger.client.pipeline(transaction=False)
            pipeline.set(key, os.getpid(), ex=seconds)
            try:
                ledger.execute(pipeline)
            except TransientError as error:
                # Without its hold the batch may be sent twice, which is harmless.
                say("batch.abandoned", reason=error.reason, detail="hold not refreshed", files=0)

    thread = threading.Thread(target=refresh, name="hold", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


def _begin_process(workshop: Workshop) -> None:
    # A batch makes many objects and hardly a cycle: by default a tenth of the time went to looking for them.
    gc.freeze()
    gc.set_threshold(_GC_OBJECTS, 20, 20)
    # Connected now, the first document does not wait for it; if not, its batch says why.
    with contextlib.suppress(TransientError):
        workshop.tools().ledger.epoch()
