"""How fast outcomes come: from the counters now, and as the watcher noted them at its last beats."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from turnstream.status.facts import Rates
from turnstream.watch.answers import RATE_SECONDS

#: Seconds between two counts below which a rate tells nothing.
_SHORTEST = 1.0


def rates(samples: str, counters: Mapping[str, int], now: float, left: int) -> Rates | None:
    """Return the rates since the oldest sample of the last minute; ``None`` without one.

    Args:
        samples: what the watcher noted, JSON lists of Unix time, published, duplicate, rejected.
        counters: the counts of this moment.
        now: Unix time.
        left: files that are due or with workers.

    """
    try:
        noted = [(float(at), int(a), int(b), int(c)) for at, a, b, c in orjson.loads(samples or "[]")]
    except (ValueError, TypeError):
        return None
    recent = [sample for sample in noted if _SHORTEST <= now - sample[0] <= RATE_SECONDS + 2 * _SHORTEST]
    if not recent:
        return None
    at, *before = min(recent)
    over = now - at
    names = ("published", "duplicate", "rejected")
    # Counters that somebody took away begin anew.
    done = [max(counters.get(name, 0) - count, 0) / over for name, count in zip(names, before, strict=True)]
    whole = sum(done)
    return Rates(done[0], done[1], done[2], over, left / whole if whole and left else None)
