"""What is told after a batch: the canonical log lines, and to the watcher what stays in ``drop/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from turnstream.arrival import Arrival
from turnstream.claims import Answer, Duplicate, Known, Superseded, Yours
from turnstream.crashpoint import passed
from turnstream.edition import Issue
from turnstream.errors import DisposeBlocked, DocumentError, FileGone, TransientError
from turnstream.folder import AlreadyMoved
from turnstream.log import say
from turnstream.models import Deferral, FileRef, OutcomeKind, printable
from turnstream.publish import Ledger


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


def conclude(arrivals: list[Arrival], ledger: Ledger) -> None:
    """Log what became of a batch, a line for each file, and report what stays."""
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
            superseded=outcomes.count(OutcomeKind.SUPERSEDED),
            rejected=outcomes.count(OutcomeKind.REJECTED),
        )
    except TransientError as error:
        # Every file is where it belongs; only the hints about them are lost.
        say("batch.abandoned", reason=error.reason, detail=error.detail, files=0)
    passed("reported")


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
    fields |= _said(arrival.answer) if arrival.answer else {}
    if arrival.destination:
        fields["to"] = printable(arrival.destination.path)
    if arrival.error:
        cause = arrival.error.__cause__
        fields |= {"reason": arrival.error.reason, "detail": arrival.error.detail, "hint": arrival.error.hint}
        # What the file system says is told by its error number; anything else is a fault of ours.
        fields |= {"exc_info": cause} if cause and not isinstance(cause, OSError) else {}
    event = _event_of(arrival)
    # A file that stays for the same reason is tried for as long as it takes, and its operator told once.
    stays = event in ("document.blocked", "document.deferred")
    if not (stays and arrival.error and arrival.ref.reason == arrival.error.reason):
        say(event, **fields)


def _said(answer: Answer) -> dict[str, Any]:
    fields: dict[str, Any] = {"entry_id": answer.entry_id}
    match answer:
        case Duplicate():
            fields["original"] = answer.of
        case Superseded():
            fields["superseded_by"] = answer.by.event_id
        case Known(issue=Issue(number=number, supersedes=str(supersedes))):
            fields |= {"revision": number, "supersedes": supersedes}
    if isinstance(answer, Yours):
        fields["redelivered"] = True
    return fields


def _event_of(arrival: Arrival) -> str:
    if isinstance(arrival.error, AlreadyMoved):
        return "document.gone"
    if arrival.moved or (arrival.outcome and isinstance(arrival.error, FileGone)):
        return f"document.{arrival.outcome}"
    if isinstance(arrival.error, FileGone):
        return "document.gone"
    # What was to be rejected has lost its outcome: its error says now why it stays.
    blocked = arrival.outcome or isinstance(arrival.error, DisposeBlocked)
    return "document.blocked" if blocked else "document.deferred"
