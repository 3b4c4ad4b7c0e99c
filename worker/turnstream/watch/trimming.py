"""The stream loses its oldest entries, never one that a consumer group still needs."""

from __future__ import annotations

from typing import Any

from turnstream.connect import translated
from turnstream.log import say
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.trimmed import note_trimmed

#: Entries removed in one call, and calls in one go: nobody waits long for either.
_ENTRIES, _CALLS = 1000, 50


def trim(root: Root, ledger: Ledger, retain: int) -> None:
    """Remove what is older than the newest ``retain`` entries and needed by no group; note on disk what is left.

    Raises:
        TransientError: the server does not answer.

    """
    removed = 0
    for _ in range(_CALLS):
        count = ledger.trim(retain, _ENTRIES)
        removed += count
        if count < _ENTRIES:
            break
    if not removed:
        return
    say("stream.trimmed", entries=removed)
    with translated():
        oldest: Any = ledger.client.xrange(ledger.key("documents"), count=1)
    try:
        # After the trim: a note that lags lets more be published again, one that runs ahead would lose entries.
        note_trimmed(root.path, oldest[0][0].decode() if oldest else ledger.last_id())
    except OSError as error:
        say("stream.unnoted", reason=error.strerror, hint="state/ must be writable and have space")
