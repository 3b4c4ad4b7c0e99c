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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded, WorkerLostError
from celery import Celery
from celery.signals import task_failure, worker_process_init
from pydantic import ValidationError

from turnstream import crashpoint
from turnstream.alive import this_process
from turnstream.app import TASK
from turnstream.connect import client
from turnstream.errors import SetupError, TransientError
from turnstream.journal import Journal
from turnstream.log import say
from turnstream.models import Batch, printable
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.reports import conclude, suspect
from turnstream.root import Root
from turnstream.settings import HOLD_REFRESHES, Settings, crash_at

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
            say("batch.refused", reason="root_unusable", detail=printable(str(error)))
        except SoftTimeLimitExceeded:
            suspect(batch.files, "parse_timeout", "the batch overran its time", tools.ledger)
        except MemoryError:
            suspect(batch.files, "worker_crashed", "the batch found no memory", tools.ledger)
        else:
            conclude(arrivals, tools.ledger)


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


@contextmanager
def _held(batch: Batch, workshop: Workshop) -> Iterator[None]:
    """Show a sign of life while a batch takes long; a quick one never writes it."""
    done = threading.Event()
    seconds = workshop.settings.work.hold_seconds
    ledger = workshop.tools().ledger
    key = ledger.key(f"hold:{batch.id}")
    holder = this_process()

    def refresh() -> None:
        while not done.wait(seconds / HOLD_REFRESHES):
            pipeline = ledger.client.pipeline(transaction=False)
            pipeline.set(key, holder.value(), ex=seconds)
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
    crashpoint.arm(crash_at())
    # A batch makes many objects and hardly a cycle: by default a tenth of the time went to looking for them.
    gc.freeze()
    gc.set_threshold(_GC_OBJECTS, 20, 20)
    # Connected now, the first document does not wait for it; if not, its batch says why.
    with contextlib.suppress(TransientError):
        workshop.tools().ledger.epoch()
