"""The watcher's side of the server: how full the queue is, what workers report, signs of life."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from turnstream.agreement import agree
from turnstream.alive import BEAT_SECONDS, beat, farewell, living
from turnstream.errors import LedgerHeld, TransientError
from turnstream.log import say
from turnstream.models import Answer, Deferral, Question
from turnstream.publish import QUEUE, QUEUE_PREFIX, EntryId, Ledger
from turnstream.root import Root
from turnstream.settings import Settings
from turnstream.watch.answers import ANSWER_SECONDS, Samples, packed
from turnstream.watch.pressure import Pressure
from turnstream.watch.restoration import Rebuild, Restoration
from turnstream.watch.trimming import trim

#: Reports and questions taken in one poll, which stays short.
_REPORTS, _QUESTIONS = 500, 10
#: Seconds; first and longest pause between tries while the server is away: files wait no longer once it is back.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 1.0


@dataclass(frozen=True, slots=True)
class Poll:
    """How many messages wait in the queue; the deferrals reported, and questions asked, since the last poll."""

    depth: int
    deferrals: Mapping[str, Deferral]
    questions: Sequence[Question] = ()


class Contact:
    """Talks to the server; says once that it went away, or lost its ledger, and once that it is back."""

    def __init__(self, root: Root, ledger: Ledger, settings: Settings, rebuild: Rebuild | None = None) -> None:
        self.root = root
        self.ledger = ledger
        self.settings = settings
        self.processes = settings.work.process_count
        self.try_at = 0.0
        self._pause = _FIRST_PAUSE
        self._trouble = ""
        self._begun = False
        self._last_id: EntryId | None = None
        self._beat_at = 0.0
        self._trim_at = 0.0
        self._samples = Samples(BEAT_SECONDS)
        self._pressure = Pressure(ledger, settings.stream)
        self._restoration = Restoration(rebuild)

    @property
    def paused(self) -> bool:
        """Whether nothing may be added to the queue for now."""
        return self._pressure.pause is not None

    def open(self, now: float) -> bool:
        """Whether it is time to talk to the server."""
        return now >= self.try_at

    def lost(self, error: TransientError, now: float) -> None:
        """Note that the server did not serve us; the next try comes after a growing pause."""
        event = "ledger.held" if isinstance(error, LedgerHeld) else "server.unavailable"
        if event != self._trouble:
            say(event, reason=error.reason, detail=error.detail, hint=error.hint)
        self._trouble = event
        if isinstance(error, LedgerHeld):
            self._restoration.begin()
        # Whoever answers next may be another server, or this one with other data.
        self._beat_at, self._last_id = 0.0, None
        self.try_at = now + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def restored(self, now: float) -> bool:
        """Work a moment on a ledger that was lost; say whether it is whole.

        Raises:
            LedgerHeld: it cannot be rebuilt now.
            TransientError: the server does not answer.

        """
        if self._restoration.go():
            return True
        if now >= self._beat_at:
            beat(self.ledger, "watcher")
            self._beat_at = now + BEAT_SECONDS
        return False

    def begin(self) -> Mapping[str, Deferral]:
        """Agree on the ledger and, the first time, empty the queue; return the deferrals that stand.

        Raises:
            LedgerHeld: nothing may be sent.
            TransientError: the server does not answer.

        """
        if self._begun:
            return {}
        self._last_id = agree(self.root, self.ledger, self._last_id)
        pipeline = self.ledger.client.pipeline(transaction=True)
        # Messages are hints: all that is due will be sent again.
        for name in (QUEUE, "unacked", "unacked_index"):
            pipeline.delete(self.ledger.key(QUEUE_PREFIX + name))
        pipeline.delete(self.ledger.key("reports"))
        pipeline.hgetall(self.ledger.key("deferred"))
        *_, deferred = self.ledger.execute(pipeline)
        self._begun = True
        return self._readable(deferred)

    def poll(self, stale: Collection[str]) -> Poll:
        """Return the queue's depth and new reports; take the marks of ``stale`` paths away.

        Raises:
            TransientError: the server does not answer.

        """
        pipeline = self.ledger.client.pipeline(transaction=False)
        pipeline.llen(self.ledger.key(QUEUE_PREFIX + QUEUE))
        pipeline.lpop(self.ledger.key("reports"), _REPORTS)
        pipeline.lpop(self.ledger.key("questions"), _QUESTIONS)
        if stale:
            pipeline.hdel(self.ledger.key("deferred"), *stale)
        depth, reported, asked, *_ = self.ledger.execute(pipeline)
        return Poll(depth, self._deferrals(reported or []), _questions(asked or []))

    def answer(self, question: Question, answers: Iterable[Answer], words: dict[str, str]) -> None:
        """Leave the answers to a question where it is waited for, after what the watcher says of itself.

        Raises:
            TransientError: the server does not answer.

        """
        self._tell(words)
        key = self.ledger.key(f"answers:{question.id}")
        pipeline = self.ledger.client.pipeline(transaction=True)
        pipeline.rpush(key, packed(answers))
        pipeline.expire(key, ANSWER_SECONDS)
        self.ledger.execute(pipeline)

    def chores(self, now: float, words: Callable[[], dict[str, str]]) -> bool:
        """Do what is due now and then: the epoch, trimming, pressure, signs of life; return whether there was any.

        Raises:
            LedgerHeld: nothing may be sent.
            TransientError: the server does not answer.

        """
        beats, trims = now >= self._beat_at, now >= self._trim_at
        if beats or trims:
            self._last_id = agree(self.root, self.ledger, self._last_id)
        if trims:
            # Before anything is written: a server whose memory is full takes nothing until it was trimmed.
            trim(self.root, self.ledger, self.settings.stream.retain_entries)
            self._trim_at = now + self.settings.stream.trim_seconds
        if beats:
            self._pressure.look()
            beat(self.ledger, "watcher")
            self.processes = self._living_processes()
            self._tell(words(), self._pressure.words(), self._sample())
            self._beat_at = now + BEAT_SECONDS
        return beats or trims

    def served(self) -> None:
        """Note that the server served us."""
        if self._trouble:
            say("server.available")
        self._trouble, self._pause = "", _FIRST_PAUSE

    def close(self) -> None:
        """Say good-bye if the server listens."""
        try:
            farewell(self.ledger, "watcher")
        except TransientError as error:
            say("server.unavailable", reason=error.reason, detail=error.detail)

    def _sample(self) -> dict[str, str]:
        pipeline = self.ledger.client.pipeline(transaction=False)
        pipeline.hgetall(self.ledger.key("counters"))
        (counters,) = self.ledger.execute(pipeline)
        return {"samples": self._samples.take(counters)}

    def _tell(self, *said: dict[str, str]) -> None:
        words: dict[Any, Any] = {name: value for part in said for name, value in part.items()}
        pipeline = self.ledger.client.pipeline(transaction=False)
        pipeline.hset(self.ledger.key("watcher"), mapping=words)
        self.ledger.execute(pipeline)

    def _living_processes(self) -> int:
        found = sum(process.processes for process in living(self.ledger) if process.role == "worker")
        return found or self.settings.work.process_count

    def _deferrals(self, paths: list[bytes]) -> dict[str, Deferral]:
        if not paths:
            return {}
        pipeline = self.ledger.client.pipeline(transaction=False)
        pipeline.hmget(self.ledger.key("deferred"), *paths)
        (texts,) = self.ledger.execute(pipeline)
        return self._readable({path: text for path, text in zip(paths, texts, strict=True) if text})

    def _readable(self, marks: Mapping[bytes, bytes]) -> dict[str, Deferral]:
        readable, strange = {}, []
        for path, text in marks.items():
            try:
                readable[path.decode()] = Deferral.model_validate_json(text)
            except ValueError:
                strange.append(path)
        if strange:
            # Another program's, or a later version's: without its mark a file is taken for a new one.
            pipeline = self.ledger.client.pipeline(transaction=False)
            pipeline.hdel(self.ledger.key("deferred"), *strange)
            self.ledger.execute(pipeline)
            detail = f"removed from the hash `deferred`: {strange[:3]}"
            say("batch.abandoned", reason="unreadable_mark", detail=detail, files=len(strange))
        return readable


def _questions(asked: list[bytes]) -> list[Question]:
    questions = []
    for text in asked:
        # What is no question of ours is nobody's: it waits for no answer.
        with contextlib.suppress(ValueError):
            questions.append(Question.model_validate_json(text))
    return questions
