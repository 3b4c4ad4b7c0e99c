"""How fast outcomes come: from the counters now, and as the watcher noted them at its last beats."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from turnstream.status.facts import Rates
from turnstream.watch.answers import COUNTED, RATE_SECONDS

#: Seconds between two counts below which a rate tells nothing.
_SHORTEST = 1.0


def rates(samples: str, counters: Mapping[str, int], now: float, left: int) -> Rates | None:
    """Return the rates since the oldest sample of the last minute; ``None`` without one.

    Args:
        samples: what the watcher noted, JSON lists of Unix time and the counters ``COUNTED``.
        counters: the counts of this moment.
        now: Unix time.
        left: files that are due or with workers.

    """
    try:
        noted = [(float(at), *map(int, counts)) for at, *counts in orjson.loads(samples or "[]")]
        noted = [sample for sample in noted if len(sample) == 1 + len(COUNTED)]  # else another version's
    except (ValueError, TypeError):
        return None
    recent = [sample for sample in noted if _SHORTEST <= now - sample[0] <= RATE_SECONDS + 2 * _SHORTEST]
    if not recent:
        return None
    at, *before = min(recent)
    over = now - at
    # Counters that somebody took away begin anew.
    done = [max(counters.get(name, 0) - count, 0) / over for name, count in zip(COUNTED, before, strict=True)]
    whole = sum(done)
    return Rates(done[0], done[1], done[2], done[3], over, left / whole if whole and left else None)
