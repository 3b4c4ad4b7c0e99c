"""What a peer's process tells of its run: one line of JSON, its last on stdout."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Told:
    """The run of a peer.

    ``began`` and ``ended`` are the seconds of the machine's monotonic clock between which
    it worked, ``start_s`` the seconds before: imports and the engine's start.
    """

    began: float
    ended: float
    start_s: float

    @property
    def seconds(self) -> float:
        """How long it worked."""
        return self.ended - self.began


def tell(process_began: float, began: float, ended: float | None = None) -> None:
    """Say how the run went that ends now, if it did not before; all times are of ``time.monotonic``."""
    told = Told(began, ended or time.monotonic(), round(began - process_began, 3))
    sys.stdout.write(f"{orjson.dumps(asdict(told)).decode()}\n")


def understood(output: str) -> Told:
    """Return the run that one or several processes of a peer told of: from the first's begin to the last's end.

    Raises:
        ValueError: none of the lines is such a line.

    """
    found = [told for told in map(_told, output.splitlines()) if told]
    if not found:
        raise ValueError("it told nothing of its run")
    return Told(
        min(told.began for told in found), max(told.ended for told in found), max(told.start_s for told in found)
    )


def _told(line: str) -> Told | None:
    try:
        words: dict[str, Any] = orjson.loads(line)
        return Told(**words)
    except (orjson.JSONDecodeError, TypeError):
        return None
