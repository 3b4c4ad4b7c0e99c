"""Which batches need no second message: those that wait in the queue, and those that a worker holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import orjson

from turnstream.publish import QUEUE, QUEUE_PREFIX, Ledger


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Ids of batches that are still to come, and of those that a worker shows a sign of life for."""

    queued: Collection[str]
    held: Collection[str]


def under_way(ledger: Ledger, batch_ids: Collection[str]) -> UnderWay:
    """Return which of some batches are under way.

    Raises:
        TransientError: the server does not answer.

    """
    pipeline = ledger.client.pipeline(transaction=False)
    pipeline.lrange(ledger.key(QUEUE_PREFIX + QUEUE), 0, -1)
    for batch_id in batch_ids:
        pipeline.exists(ledger.key(f"hold:{batch_id}"))
    messages, *holds = ledger.execute(pipeline)
    held = {batch_id for batch_id, is_held in zip(batch_ids, holds, strict=True) if is_held}
    return UnderWay(set(_ids(messages)) & set(batch_ids), held)


def _ids(messages: Iterable[bytes]) -> Iterable[str]:
    for message in messages:
        try:
            yield str(orjson.loads(message)["headers"]["id"])
        except (ValueError, KeyError, TypeError):
            continue  # another program's
