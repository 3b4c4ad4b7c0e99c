"""Up to where the stream was trimmed: kept on disk, for when the server's data is lost."""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from turnstream.durable import write_durably

_ID = re.compile(r"(\d{1,20})-(\d{1,20})")


def note_trimmed(root: Path, first_kept: str) -> None:
    """Write down that entries before ``first_kept`` may have been trimmed; a note that lags is harmless.

    Raises:
        OSError: the note could not be written; the old one stays.

    """
    write_durably(_file(root), orjson.dumps({"below": first_kept}))


def trimmed_below(root: Path) -> tuple[int, int]:
    """Return the entry id below which entries may have been trimmed; ``(0, 0)`` if that is not known."""
    try:
        below = orjson.loads(_file(root).read_bytes())["below"]
        found = _ID.fullmatch(below)
    except (OSError, ValueError, TypeError, KeyError):
        return 0, 0
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _file(root: Path) -> Path:
    return root / "state" / "trimmed.json"
