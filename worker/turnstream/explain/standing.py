"""How it stands with a file in ``drop/`` that is to be taken."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator

from turnstream.errors import PermanentError
from turnstream.explain.file import File
from turnstream.explain.mailbox import Message
from turnstream.explain.marks import stays
from turnstream.explain.scene import Cause, Scene
from turnstream.explain.states import Explanation, State, moment
from turnstream.explain.texts import claims_of, identity_of
from turnstream.explain.writers import writers
from turnstream.models import Answer
from turnstream.watch.settle import Lease

#: What the watcher says of a file that a program has open, and of one that it may not look at.
_OPEN, _HIDDEN = "open for writing", "cannot be looked at"


def standing(file: File, scene: Scene) -> Explanation:
    """Explain a file that is to be taken: the first that is true of what may keep it."""
    explanation = next(found for found in _reasons(file, scene) if found)
    explanation.facts = {**file.facts(), **explanation.facts}
    if explanation.state is State.DISPOSE_BLOCKED:
        _tell_if_published(explanation, file, scene)
    return explanation


def _reasons(file: File, scene: Scene) -> Iterator[Explanation | None]:
    yield _being_written(file)
    is_long_held = file.message is not None and file.message.holder is not None
    yield _under_way(file, scene) if is_long_held else None
    yield stays(file.mark, file.answer, scene) if file.mark else None
    yield _under_way(file, scene)
    yield _settling(file, scene)
    yield _waiting(file, scene)


def _tell_if_published(explanation: Explanation, file: File, scene: Scene) -> None:
    try:
        identity = identity_of(file.place, scene.settings.work.max_file_bytes)
    except (OSError, PermanentError):
        return
    for claim in claims_of(identity.content_sha256, scene):
        explanation.facts |= {"document_id": identity.document_id, "entry_id": claim.entry_id}
        note = f"Its text is on the stream all the same, as entry {claim.entry_id}: only the file is still to be moved."
        explanation.notes.append(note)


def _being_written(file: File) -> Explanation | None:
    said = file.answer is not None and _OPEN in file.answer.reason and file.lease is Lease.UNKNOWN
    if file.lease is not Lease.WRITER and not said:
        return None
    found = writers(file.stat)
    facts = {"writers": [{"pid": writer.pid, "command": writer.command} for writer in found]}
    who = " and ".join(f"{writer.command} (pid {writer.pid})" for writer in found)
    why = (
        f"{who or 'A program that this account may not see'} has it open for writing; it is taken once that is closed."
    )
    if found:
        step = "Nothing to do while it is being written. If the program hangs, end it:"
        return Explanation(State.BEING_WRITTEN, why, step, f"kill {found[0].pid}", facts=facts)
    step = "Nothing to do while it is being written. If that takes too long, look as root, on each host that writes:"
    return Explanation(State.BEING_WRITTEN, why, step, shlex.join(["lsof", "--", str(file.place)]), facts=facts)


def _settling(file: File, scene: Scene) -> Explanation | None:
    until, rule = file.quiet_at(scene)
    answer = file.answer
    if answer is not None and answer.place == "waiting" and answer.until and not answer.tries:
        until = answer.until.timestamp()
        if _HIDDEN in answer.reason:
            rule = f"the watcher says: {answer.reason}"
    elif (answer is not None and answer.place) or until <= time.time():
        return None
    left = max(until - time.time(), 0.0)
    why = f"It has just come or changed: {rule}. It is taken in {left:.1f} s."
    facts = {"until": moment(until), "rule": rule}
    hindrance = scene.hindrance()
    if hindrance:
        return Explanation(
            State.SETTLING,
            f"{why.rpartition(' It is')[0]} After that it waits, as {hindrance.why}.",
            hindrance.next_step,
            hindrance.command,
            facts={**facts, "held_back_by": hindrance.cause},
        )
    return Explanation(State.SETTLING, why, facts=facts)


def _under_way(file: File, scene: Scene) -> Explanation | None:
    message, answer = file.message, file.answer
    if message is None:
        is_sent = answer is not None and answer.place == "sent" and answer.sent_at is not None
        return _sent(answer, scene) if is_sent and answer else None
    facts: dict[str, object] = {"batch_id": message.batch.id, "files_in_batch": len(message.batch.files)}
    if answer is not None and answer.sent_at:
        facts["sent_at"] = answer.sent_at
    if message.position is None:
        return _held(message, facts, scene)
    hindrance = scene.hindrance()
    facts["position"] = message.position
    why = f"It is in the queue: batch {message.position} in line."
    if hindrance is not None and hindrance.cause is Cause.NO_WORKER:
        facts["held_back_by"] = hindrance.cause
        return Explanation(
            State.QUEUED, f"{why} But {hindrance.why}.", hindrance.next_step, hindrance.command, facts=facts
        )
    return Explanation(State.QUEUED, f"{why} A worker takes it next.", facts=facts)


def _held(message: Message, facts: dict[str, object], scene: Scene) -> Explanation:
    holder, now = message.holder, time.time()
    since = holder.since if holder else message.taken_at
    ago = f" for {now - since:.0f} s" if since else ""
    facts |= {"since": since and moment(since)}
    if holder:
        facts |= {"host": holder.host, "pid": holder.pid}
        limit = scene.settings.work.time_limit_seconds
        why = f"Worker process {holder.pid} on {holder.host} has worked on its batch{ago}; at {limit} s it is killed."
        return Explanation(State.HELD, why, facts=facts)
    if since and now - since > scene.settings.work.hold_seconds:
        why = f"A worker took its batch {now - since:.0f} s ago and has given no sign of life since."
        resend = scene.settings.watch.resend_seconds
        step = f"Nothing to do: if the worker died, the watcher sends the file again after {resend:g} s."
        return Explanation(State.HELD, why, step, facts=facts)
    return Explanation(State.HELD, f"A worker has had its batch{ago or ' since a moment ago'}.", facts=facts)


def _sent(answer: Answer, scene: Scene) -> Explanation:
    assert answer.sent_at
    again = answer.sent_at.timestamp() + scene.settings.watch.resend_seconds
    return Explanation(
        State.QUEUED,
        "Its batch was sent, and is neither in the queue nor with a worker: it is just done, or was lost on the way.",
        "Nothing to do: if it was lost, the watcher sends the file again.",
        facts={"batch_id": answer.batch_id, "sent_at": answer.sent_at, "sent_again_at": moment(again)},
    )


def _waiting(file: File, scene: Scene) -> Explanation:
    answer, hindrance = file.answer, scene.hindrance()
    facts: dict[str, object] = {}
    place = ""
    if answer is not None and answer.position:
        facts |= {"position": answer.position, "total": answer.total}
        place = f"It is number {answer.position:,} of {answer.total:,} files in line."
    if hindrance is not None:
        why = f"It is complete, and waits: {hindrance.why}. {place}".rstrip()
        facts["held_back_by"] = hindrance.cause
        return Explanation(State.WAITING, why, hindrance.next_step, hindrance.command, facts=facts)
    if place:
        return Explanation(State.WAITING, f"{place} Workers are busy with those before it.", facts=facts)
    if answer is None:
        return Explanation(State.WAITING, "It is complete; the watcher has it, or finds it at its next look.")
    if answer.total:
        why = f"It is complete; {answer.total:,} files wait whose turn is so far off that the watcher only counts them."
        return Explanation(State.WAITING, why, facts={"beyond": answer.total})
    longest = scene.settings.watch.sweep_max_seconds
    why = f"It is complete; the watcher has not seen it yet and does so at its next look, within {longest:g} s."
    return Explanation(State.WAITING, why)
