"""A log line: one JSON object, never longer than a pipe takes in one piece."""

from __future__ import annotations

import os
import select
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson

#: Bytes that Linux writes to a pipe in one piece (PIPE_BUF, pipe(7)).
LINE_BYTES = 4096
#: Bytes that a field keeps in a line that would be longer, bytes that one character may take
#: as JSON, and bytes kept for the braces and the note that something was left out.
CUT_BYTES, ESCAPED_BYTES, RESERVED_BYTES = 600, 6, 64

EventDict = MutableMapping[str, Any]


def render_json(_logger: object, _method: str, event: EventDict) -> str:
    """Render one line of at most ``LINE_BYTES`` bytes: the time first, long texts cut if they must be."""
    ordered = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    ordered.update(event)
    try:
        line = orjson.dumps(ordered, default=str)
    except TypeError:  # no UTF-8, a number too large, a key that is no text: never a reason to lose a line
        line = orjson.dumps(plain(ordered))
    if len(line) >= LINE_BYTES:
        line = orjson.dumps(_shortened(ordered))
    return line.decode()


def plain(value: object) -> Any:
    """Return a value as JSON can carry it: bytes that are no UTF-8 escaped, what is unknown as text."""
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    return _text(value)


def _text(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()


def _shortened(event: Mapping[str, Any]) -> dict[str, Any]:
    short: dict[str, Any] = {}
    left = LINE_BYTES - RESERVED_BYTES
    for key, value in plain(event).items():
        item = orjson.dumps({key[:CUT_BYTES]: value})
        if len(item) > CUT_BYTES:
            text = value if isinstance(value, str) else orjson.dumps(value).decode()
            item = orjson.dumps({key[:CUT_BYTES]: text[: CUT_BYTES // ESCAPED_BYTES]})
        if len(item) <= left:
            left -= len(item)
            short |= orjson.loads(item)
    return {**short, "truncated": True}


def write_line(descriptor: int, line: str) -> None:
    """Write a line to a file descriptor."""
    data = line.encode("utf-8", "replace") + b"\n"
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            select.select((), (descriptor,), ())
        except OSError:
            return  # a full disk or a reader that went away must not end a worker, and nobody is left to tell
