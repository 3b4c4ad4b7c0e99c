"""Reading the stream: what `tail` and `show` print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from turnstream.connect import translated
from turnstream.packed import unpack_claim
from turnstream.publish import BUCKET_DIGITS, Ledger

#: Milliseconds a read waits for more; below any sensible server.response_timeout_seconds.
_BLOCK_MS = 900
_READ_COUNT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream entry: its id and its CloudEvent."""

    entry_id: str
    event: dict[str, Any]

    @property
    def record(self) -> dict[str, Any]:
        """The structured transcript inside the event."""
        found: dict[str, Any] = self.event["data"]
        return found


def follow(ledger: Ledger, *, new: bool, count: int | None) -> Iterator[Entry]:
    """Yield entries from the oldest, or from now on, for ever or ``count`` of them.

    Raises:
        ServerUnavailable: the server went away.

    """
    key = ledger.key("documents")
    last = _last_id(ledger) if new else "0-0"
    left = count
    while left is None or left > 0:
        at_most = _READ_COUNT if left is None else min(left, _READ_COUNT)
        with translated():
            reply: Any = ledger.client.xread({key: last}, count=at_most, block=_BLOCK_MS)
        for entry_id, fields in reply[0][1] if reply else ():
            last = entry_id.decode()
            yield Entry(last, orjson.loads(fields[b"data"]))
            left = None if left is None else left - 1


def find(ledger: Ledger, wanted: str) -> Entry | None:
    """Return the entry of a document id, an event id or an opening of a content hash (4 to 64 hex digits).

    Raises:
        ServerUnavailable: the server does not answer.

    """
    digits = wanted.partition(".")[0].lower()
    if not re.fullmatch(r"[0-9a-f]{4,64}", digits):
        return None
    rest = digits[BUCKET_DIGITS:]
    with translated():
        bucket: Any = ledger.client.hgetall(ledger.key(f"claims:{digits[:BUCKET_DIGITS]}"))
        for digest, claim in bucket.items():
            if digest.hex().startswith(rest):
                entry_id = unpack_claim(claim).entry_id
                reply: Any = ledger.client.xrange(ledger.key("documents"), entry_id, entry_id)
                return Entry(entry_id, orjson.loads(reply[0][1][b"data"])) if reply else None
    return None


def line_of(entry: Entry, *, as_json: bool, whole_event: bool) -> str:
    """Return one line for `tail`: JSON, or words for people."""
    if as_json:
        return orjson.dumps(entry.event if whole_event else entry.record).decode()
    record = entry.record
    names = ", ".join(speaker["name"] or speaker["labels"][0] for speaker in record["speakers"][:3])
    revision, before = record["revision"]["number"], record["revision"]["supersedes"]
    return (
        f"{entry.event['time'][:19]}Z  {record['document_id']}  {len(record['turns']):4d} turns  "
        f"{record['title'] or '(no title)'}{'  · ' + names if names else ''}"
        f"{f'  · revision {revision}, supersedes {before}' if before else ''}"
    )


def pretty(entry: Entry, *, as_json: bool) -> str:
    """Return a whole record, on one line or indented."""
    return orjson.dumps(entry.record, option=0 if as_json else orjson.OPT_INDENT_2).decode()


def _last_id(ledger: Ledger) -> str:
    with translated():
        newest: Any = ledger.client.xrevrange(ledger.key("documents"), count=1)
    return newest[0][0].decode() if newest else "0-0"
