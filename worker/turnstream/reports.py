"""What is told after a batch: the canonical log lines, and to the watcher what stays in ``drop/``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from turnstream.arrival import Arrival
from turnstream.claims import Answer, Duplicate, Known, Superseded, Yours
from turnstream.crashpoint import passed
from turnstream.errors import (
    DisposeBlocked,
    DocumentError,
    FileGone,
    MemoryOverrun,
    TimeOverrun,
    TransientError,
)
from turnstream.folder import AlreadyMoved
from turnstream.log import say
from turnstream.models import Batch, Death, Deferral, FileRef, OutcomeKind, from_wire, printable
from turnstream.publish import Ledger

#: Deaths that are told of a file, the last ones; characters of what is told of each.
_DEATHS, _DETAIL = 12, 200
#: Signals that no program brings on itself: an operator's, or the kernel's that has no memory left.  They may hit an
#: innocent, so that two count as one death.
_BY_OTHERS = frozenset({"SIGKILL", "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"})


def suspect(batch: Batch, death: Death, ledger: Ledger, in_hand: Callable[[str], bool]) -> None:
    """Tell of a batch whose process ended: what it was reading comes back alone, the rest as it was.

    If it was reading none of them, or who asks cannot know, each comes back alone.

    Args:
        batch: what the process worked on.
        death: how it ended.
        ledger: where to tell it.
        in_hand: whether a process was reading the file with an arrival id.

    """
    found = [ref for ref in batch.files if in_hand(ref.arrival_id)] or list(batch.files)
    one = {"path": printable(from_wire(found[0].path)), "arrival_id": found[0].arrival_id} if len(found) == 1 else {}
    say(
        "document.suspected",
        reason=death.reason,
        detail=death.detail,
        signal=death.signal,
        files=len(batch.files),
        **one,
    )
    deferred = {ref.path: _again(ref, death) for ref in batch.files}
    try:
        for ref, mark in zip(found, ledger.marks(found), strict=True):
            deferred[ref.path] = blamed(ref, death, mark, alone=len(batch.files) == 1)
        report(deferred, ledger)
    except TransientError as error:
        # Not counted: the watcher sends the batch again as it was, and it may be counted then.
        say("batch.abandoned", reason=error.reason, detail=error.detail, files=len(batch.files))


def blamed(ref: FileRef, death: Death, mark: Deferral | None, *, alone: bool) -> Deferral:
    """Return what is told of a file that a process ended on: it comes back alone, and if it was that, the end counts.

    Args:
        ref: the file as its message had it.
        death: the end.
        mark: what the server knows of it: another message may have ended in the same way meanwhile.
        alone: whether it was the only file of its message.

    """
    deaths, crashes, tries = (mark.deaths, mark.crashes, mark.tries) if mark else ((), 0, 0)
    if mark and death.batch_id in {earlier.batch_id for earlier in deaths}:
        return mark  # Celery tells twice of a process that it ended for its time
    crashes = max(crashes, ref.crashes)
    if alone:
        deaths = (*deaths, death)[-_DEATHS:]
        by_others = sum(earlier.signal in _BY_OTHERS for earlier in deaths)
        crashes += 1 if death.signal not in _BY_OTHERS else by_others % 2 == 0
    return Deferral(
        arrival_id=ref.arrival_id,
        reason=death.reason,
        detail=death.detail[:_DETAIL],
        at=death.at,
        tries=max(tries, ref.tries) + 1,
        crashes=crashes,
        alone=True,
        deaths=deaths,
    )


def _again(ref: FileRef, death: Death) -> Deferral:
    return Deferral(
        arrival_id=ref.arrival_id,
        reason=death.reason,
        detail=death.detail[:_DETAIL],
        at=death.at,
        tries=max(ref.tries, 1),
        crashes=ref.crashes,
    )


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


def conclude(batch: Batch, arrivals: list[Arrival], ledger: Ledger) -> None:
    """Log what became of a batch, a line for each file, and report what stays."""
    deferred = {}
    for arrival in arrivals:
        _say_outcome(arrival)
        if isinstance(arrival.error, TransientError) and not isinstance(arrival.error, FileGone):
            deferred[arrival.ref.path] = _deferral(arrival, arrival.error)
    outcomes = [arrival.outcome for arrival in arrivals if arrival.moved]
    overruns = {arrival.ref: death for arrival in arrivals if (death := death_of(batch, arrival.error))}
    try:
        for (ref, death), mark in zip(overruns.items(), ledger.marks([*overruns]), strict=True):
            deferred[ref.path] = blamed(ref, death, mark, alone=len(arrivals) == 1)
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


def death_of(batch: Batch, error: Exception | None) -> Death | None:
    """Return what counts as a death though its process lives: a document that overran its limits."""
    if not isinstance(error, TimeOverrun | MemoryOverrun):
        return None
    told = {"at": datetime.now(UTC), "batch_id": batch.id, "detail": error.detail}
    if isinstance(error, TimeOverrun):
        return Death(**told, reason="parse_timeout")
    used, limit = error.used_bytes, error.limit_bytes
    return Death(**told, reason="worker_crashed", memory_bytes=used, memory_limit_bytes=limit)


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
        case Known(number=number, supersedes=str(supersedes)):
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
