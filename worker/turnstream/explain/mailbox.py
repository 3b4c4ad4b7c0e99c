"""What the server can tell: who is alive, which messages are under way, what the watcher answers."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import ValidationError

from turnstream.alive import Holder, Process, holder, living
from turnstream.models import Answer, Batch, Deferral, Pause, to_wire
from turnstream.publish import QUEUE, QUEUE_PREFIX, Ledger
from turnstream.questions import PATHS, ask

#: Seconds that the watcher gets to answer.
PATIENCE_SECONDS = 3.0
#: Messages looked through: the watcher keeps a few per worker process.
_MESSAGES = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """A task message under way: its place in the queue from 1, or when a worker took it (Unix time), and who."""

    batch: Batch
    position: int | None = None
    taken_at: float | None = None
    holder: Holder | None = None

    def carries(self, path: str, arrival_id: str | None) -> bool:
        """Whether it is about this file of ``drop/``."""
        wire = to_wire(path)
        return any(ref.path == wire and arrival_id in (None, ref.arrival_id) for ref in self.batch.files)


@dataclass(slots=True)
class Mail:
    """What the server said at this moment; empty where it was not asked or did not answer."""

    processes: list[Process] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    marks: dict[str, Deferral] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    watcher_is_silent: bool = False
    pause: Pause | None = None

    def has(self, role: str) -> bool:
        """Whether a watcher or a worker gives signs of life."""
        return any(process.role == role for process in self.processes)


def fetch(ledger: Ledger, paths: Sequence[str]) -> Mail:
    """Ask server and watcher about files of ``drop/`` (fs strings).

    Raises:
        TransientError: the server does not answer, or refuses.

    """
    mail = Mail(processes=[process for process in living(ledger) if process.is_running()])
    mail.messages = messages(ledger)
    if paths:
        mail.marks = _marks(ledger, paths)
    if paths and mail.has("watcher"):
        for first in range(0, len(paths), PATHS):
            said = ask(ledger, [to_wire(path) for path in paths[first : first + PATHS]], PATIENCE_SECONDS)
            mail.watcher_is_silent = said is None
            if said is None:
                break
            mail.answers |= {answer.path: answer for answer in said}
        # After the questions: with its answer the watcher says it anew.
        mail.pause = _pause(ledger)
    return mail


def messages(ledger: Ledger) -> list[Message]:
    """Return the messages that wait in the queue, the next one first, and then those that workers have.

    Raises:
        TransientError: the server does not answer.

    """
    keys = [ledger.key(QUEUE_PREFIX + name) for name in (QUEUE, "unacked", "unacked_index")]
    pipeline = ledger.client.pipeline(transaction=True)
    pipeline.lrange(keys[0], -_MESSAGES, -1)
    pipeline.hgetall(keys[1])
    pipeline.zrange(keys[2], 0, -1, withscores=True)
    waiting, taken, times = ledger.execute(pipeline)
    # Celery takes from the right.
    queued = [Message(batch, position) for position, batch in enumerate(_batches(reversed(waiting)), 1) if batch]
    since = dict(times)
    held = [(tag, batch) for tag, batch in zip(taken, _batches(taken.values()), strict=True) if batch]
    holders = _holders(ledger, [batch.id for _, batch in held])
    return queued + [Message(batch, None, since.get(tag), holders.get(batch.id)) for tag, batch in held]


def _batches(raw: Any) -> Iterator[Batch | None]:
    for text in raw:
        try:
            message = orjson.loads(text)
            # One that a worker has stands in a list with where it came from.
            message = message[0] if isinstance(message, list) else message
            yield Batch.model_validate(orjson.loads(base64.b64decode(message["body"]))[0][0])
        except (ValueError, KeyError, TypeError, IndexError):
            yield None  # another program's, or another version's


def _holders(ledger: Ledger, batch_ids: Sequence[str]) -> dict[str, Holder]:
    if not batch_ids:
        return {}
    pipeline = ledger.client.pipeline(transaction=False)
    for batch_id in batch_ids:
        pipeline.get(ledger.key(f"hold:{batch_id}"))
    found = zip(batch_ids, ledger.execute(pipeline), strict=True)
    return {batch_id: who for batch_id, value in found if value and (who := holder(value))}


def _pause(ledger: Ledger) -> Pause | None:
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.hget(ledger.key("watcher"), "paused")
    (text,) = ledger.execute(pipeline)
    try:
        return Pause.model_validate_json(text) if text else None
    except ValidationError:
        return None  # another version's


def _marks(ledger: Ledger, paths: Sequence[str]) -> dict[str, Deferral]:
    wires = [to_wire(path) for path in paths]
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.hmget(ledger.key("deferred"), wires)
    (texts,) = ledger.execute(pipeline)
    marks: dict[str, Deferral] = {}
    for wire, text in zip(wires, texts, strict=True):
        try:
            marks |= {wire: Deferral.model_validate_json(text)} if text else {}
        except ValidationError:
            continue  # another version's: the watcher will remove it
    return marks
