"""How often a rejected file was tried before, kept in ``state/retried/`` while it is retried.

Its sidecar goes when the file goes back to ``drop/``; if it is rejected again, the next
sidecar tells of the earlier attempts all the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from turnstream.durable import write_durably

#: Earlier rejections that are told of, the newest ones.
_REJECTIONS = 10


def remember_attempts(root: Path, arrival_id: str, facts: Mapping[str, Any]) -> None:
    """Note before a retry what the sidecar says; without leave to write, the count begins anew."""
    tried = facts.get("attempts")
    before = facts.get("before")
    rejections = [*(before if isinstance(before, list) else ()), {name: facts.get(name) for name in ("at", "reason")}]
    noted = {"attempts": tried if isinstance(tried, int) else 1, "before": rejections[-_REJECTIONS:]}
    with contextlib.suppress(OSError):
        _file(root, arrival_id).parent.mkdir(exist_ok=True)
        write_durably(_file(root, arrival_id), orjson.dumps(noted))


def earlier_attempts(root: Path, arrival_id: str) -> tuple[int, list[dict[str, Any]]]:
    """Return how often an arrival was tried before its retry, and the time and reason of each rejection."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        noted = orjson.loads(_file(root, arrival_id).read_bytes())
        return int(noted["attempts"]), list(noted["before"])
    return 0, []


def forget_attempts(root: Path, arrival_id: str) -> None:
    """Let go of what was noted."""
    with contextlib.suppress(OSError):
        _file(root, arrival_id).unlink()


def _file(root: Path, arrival_id: str) -> Path:
    return root / "state" / "retried" / f"{arrival_id}.json"
