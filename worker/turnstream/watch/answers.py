"""What the watcher says of itself and of single files: for `status` and `explain`."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import orjson

from turnstream.identify import ID_DIGITS
from turnstream.models import Answer, Question, from_wire, printable
from turnstream.watch.backlog import Backlog, Place

#: Seconds that an answer waits for who asked.
ANSWER_SECONDS = 30
#: Seconds of which `status` tells the rates.
RATE_SECONDS = 60.0
#: Counters of which rates are told; new ones come at the end.
COUNTED = ("published", "duplicate", "rejected", "superseded")


def answers(question: Question, backlog: Backlog, refused: Mapping[str, str], beyond: int) -> list[Answer]:
    """Return how it stands with each file of a question, in its order.

    Args:
        question: which files.
        backlog: what is known.
        refused: folders below ``drop/`` that cannot be read, each with the reason.
        beyond: how many files wait that are not known yet, as there is no room for them.

    """
    paths = [from_wire(path) for path in question.paths]
    positions = backlog.positions(set(paths)) if backlog.count(Place.DUE) else {}
    return [
        _answer(wire, path, backlog, positions.get(path))
        or Answer(path=wire, refused=_refusal(path, refused), total=beyond or None)
        for wire, path in zip(question.paths, paths, strict=True)
    ]


def packed(said: Iterable[Answer]) -> bytes:
    """Return answers as one value of the server."""
    return orjson.dumps([answer.model_dump(mode="json", exclude_defaults=True) for answer in said])


def wall(moment: float) -> datetime:
    """Return when a moment of the monotonic clock is, or was, by the wall clock."""
    return datetime.fromtimestamp(time.time() + moment - time.monotonic(), UTC)


def backlog_words(backlog: Backlog, beyond: int) -> dict[str, str]:
    """Return how many files stand where, why they wait, and since when the oldest one is known (Unix time).

    Due are those ``beyond`` as well: there that are not known yet, as there is no room for them.
    """
    reasons = Counter(entry.reason for entry in backlog.waiting())
    oldest = backlog.oldest()
    return {
        "known": str(len(backlog) + beyond),
        "waiting": str(backlog.count(Place.WAITING)),
        "due": str(backlog.count(Place.DUE) + beyond),
        "sent": str(backlog.count(Place.SENT)),
        "reasons": orjson.dumps(reasons).decode(),
        "oldest_at": f"{wall(oldest.candidate.seen).timestamp():.3f}" if oldest else "",
    }


class Samples:
    """The outcomes counted at the last beats: what rates are told from."""

    def __init__(self, beat_seconds: float) -> None:
        self._taken: deque[list[float]] = deque(maxlen=int(RATE_SECONDS / beat_seconds) + 1)

    def take(self, counters: Mapping[bytes, bytes]) -> str:
        """Remember the counters of this moment; return all samples as JSON: [Unix time, published, duplicate, …]."""
        counts = (counters.get(name.encode(), b"0") for name in COUNTED)
        self._taken.append([round(time.time(), 3), *(int(count) if count.isdigit() else 0 for count in counts)])
        return orjson.dumps(list(self._taken)).decode()


def _answer(wire: str, path: str, backlog: Backlog, position: int | None) -> Answer | None:
    entry = backlog.entry(path)
    if entry is None:
        return None
    sent = entry.place is Place.SENT
    waiting = entry.place is Place.WAITING
    return Answer(
        path=wire,
        place=entry.place.value,
        reason=entry.reason if waiting else entry.deferred or "",
        until=wall(entry.until) if waiting else None,
        position=position,
        total=backlog.count(Place.DUE) if position else None,
        batch_id=entry.batch_id if sent else None,
        sent_at=wall(entry.sent_at) if sent else None,
        arrival_id=entry.arrival_id if len(entry.arrival_id) == ID_DIGITS else None,
        tries=entry.tries,
        crashes=entry.crashes,
    )


def _refusal(path: str, refused: Mapping[str, str]) -> str | None:
    for folder, reason in refused.items():
        if not folder or path == folder or path.startswith(f"{folder}/"):
            return f"drop/{printable(folder)}: {reason}".replace("/:", ":")
    return None
