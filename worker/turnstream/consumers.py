"""The consumer groups of the stream, and how far behind each one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from turnstream.connect import translated
from turnstream.publish import Ledger


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group: how many consumers it has, and how many entries they did not acknowledge.

    ``lag`` is how many entries it has not read as the server tells it, ``None`` where the server
    cannot: after deletions, and for a group that began in the middle.  ``unread`` is the same
    number where it is known, else the most that it can be.
    """

    name: str
    consumers: int
    pending: int
    lag: int | None
    unread: int

    @property
    def is_exact(self) -> bool:
        """Whether ``unread`` is no estimate."""
        return self.unread in (0, self.lag)

    @property
    def behind(self) -> int:
        """Entries that the group has still to read or to acknowledge."""
        return self.unread + self.pending


def groups(ledger: Ledger) -> list[Group]:
    """Return the groups of the stream; none without a stream.

    Raises:
        TransientError: the server does not answer.

    """
    with translated():
        pipeline = ledger.client.pipeline(transaction=True)
        pipeline.xinfo_groups(ledger.key("documents"))
        pipeline.xinfo_stream(ledger.key("documents"))
        try:
            found, stream = pipeline.execute()
        except redis.ResponseError as error:
            if "no such key" not in str(error):
                raise
            return []
    return [_group(facts, stream) for facts in found]


def _group(facts: dict[str, Any], stream: dict[str, Any]) -> Group:
    lag, read = facts.get("lag"), facts.get("entries-read")
    most: int = stream["length"]
    if _id(facts["last-delivered-id"]) >= _id(stream["last-generated-id"]):
        most = 0
    elif lag is not None or read is not None:
        # What was deleted since is counted as unread: never too few.
        most = min(most, max(lag if lag is not None else stream["entries-added"] - read, 0))
    name = facts["name"].decode(errors="backslashreplace")
    return Group(name, facts["consumers"], facts["pending"], lag, most)


def _id(text: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = text.partition(b"-")
    return int(milliseconds), int(sequence)
