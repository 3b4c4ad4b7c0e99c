"""The task, and the only place that decides what happens after a failure.

A batch runs through the pipeline.  A file's fault has ended in quarantine there; for
everything else the file is still in ``drop/``, and what is known of the reason is
reported to the watcher, which sends it again after a pause.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

import structlog
from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded, WorkerLostError
from celery import Celery
from celery.signals import task_failure, worker_process_init
from pydantic import ValidationError

from turnstream import crashpoint
from turnstream.app import TASK
from turnstream.connect import client
from turnstream.errors import DocumentError, MemoryShort, SetupError, TransientError
from turnstream.garbage import collect_seldom
from turnstream.in_hand import InHand
from turnstream.journal import Journal
from turnstream.limits import Limits
from turnstream.log import say
from turnstream.models import Batch, Death, FileRef, printable
from turnstream.pipeline import Tools, process
from turnstream.publish import Ledger
from turnstream.reports import conclude, death_of, suspect
from turnstream.root import Root
from turnstream.settings import Settings, crash_at

#: How Celery's parent tells of the signal that a child died of.
_SIGNAL = re.compile(r"\bsignal \d+ \((SIG\w+)\)")
#: What the kernel sends to a process that a document kept for longer than it may.
_TIME_IS_UP = "SIGXCPU"


@dataclass
class Workshop:
    """Settings and, per process, connections: those of a parent must not be used by its children.

    ``in_hand`` is what all processes share.
    """

    settings: Settings
    url: str
    _tools: dict[int, Tools] = field(default_factory=dict)
    #: Why this process had to abandon its last batch.
    _trouble: str = ""

    def __post_init__(self) -> None:
        work = self.settings.work
        self.in_hand = InHand(work.process_count)
        self.limits = Limits(work.memory_limit_kib, work.document_time_limit_seconds)

    def reading(self, ref: FileRef, size: int) -> AbstractContextManager[None]:
        """Read a file of ``size`` bytes within its limits, and where the parent sees it."""
        return _Reading(self.in_hand, ref.arrival_id, self.limits.document(size))

    def abandoned(self, batch: Batch, error: DocumentError) -> None:
        """Say that a batch ended early; once, however many follow it for the same reason."""
        if error.reason != self._trouble:
            say("batch.abandoned", reason=error.reason, detail=error.detail, files=len(batch.files))
        self._trouble = error.reason

    def finished(self) -> None:
        """Note that a batch came to its end: what ends the next one early is news."""
        self._trouble = ""

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
                    reading=self.reading,
                    rest=self.limits.rest,
                    interrupts=(SoftTimeLimitExceeded,),
                )
            }
        return self._tools[pid]


class _Reading(AbstractContextManager[None]):
    """Shows a file as in hand while it is read within its limits."""

    def __init__(self, in_hand: InHand, arrival_id: str, limits: AbstractContextManager[None]) -> None:
        self.in_hand = in_hand
        self.arrival_id = arrival_id
        self.limits = limits

    def __enter__(self) -> None:
        self.in_hand.take(self.arrival_id)
        self.limits.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        try:
            return self.limits.__exit__(kind, error, trace)
        finally:
            self.in_hand.clear()


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
            arrivals = process(batch.files, tools)
        except TransientError as error:
            workshop.abandoned(batch, error)
        except SetupError as error:
            say("batch.refused", reason="root_unusable", detail=printable(str(error)))
        except SoftTimeLimitExceeded:
            suspect(batch, _death(batch, "parse_timeout", "the batch overran its time"), tools.ledger, _unknown)
        except MemoryError as error:
            fault = workshop.limits.fault(error)
            if isinstance(fault, MemoryShort):
                workshop.abandoned(batch, fault)
            elif death := death_of(batch, fault):
                suspect(batch, death, tools.ledger, _unknown)
        else:
            workshop.finished()
            conclude(batch, arrivals, tools.ledger)
        finally:
            workshop.limits.rest()


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
    found = _SIGNAL.search(str(error))
    signal = found[1] if found else None
    overran = isinstance(error, TimeLimitExceeded) or signal == _TIME_IS_UP
    death = _death(batch, "parse_timeout" if overran else "worker_crashed", str(error), signal)
    death = death.model_copy(update={"memory_limit_bytes": workshop.limits.memory_bytes})
    with structlog.contextvars.bound_contextvars(batch_id=batch.id):
        suspect(batch, death, workshop.tools().ledger, workshop.in_hand.holds)


def _death(
    batch: Batch, reason: Literal["worker_crashed", "parse_timeout"], detail: str, signal: str | None = None
) -> Death:
    return Death(at=datetime.now(UTC), batch_id=batch.id, reason=reason, detail=detail, signal=signal)


def _unknown(_arrival_id: str) -> bool:
    return False


def _begin_process(workshop: Workshop) -> None:
    crashpoint.arm(crash_at())
    workshop.in_hand.clear()
    workshop.limits.impose()
    collect_seldom()
    # Connected now, the first document does not wait for it; if not, its batch says why.
    with contextlib.suppress(TransientError):
        workshop.tools().ledger.epoch()
