"""The first difference, with everything that is known of that file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.torture.verifier import WRONG


def tell_difference(base: Path, told: dict[str, Any], say: Callable[[str], None]) -> None:
    """Say what differs, and of the first difference all that inputs, journal and log have about it."""
    for kind in WRONG:
        for sentence in told[kind][:5]:
            say(f"{kind}: {sentence}")
    first = next(told[kind][0] for kind in WRONG if told[kind])
    words = [word for word in first.replace("/", " ").split() if len(word) >= 12 or word.count("-") >= 2]
    inputs = [line for line in (base / "inputs.jsonl").read_text().splitlines() if any(word in line for word in words)]
    paths = {json.loads(line)["path"] for line in inputs}
    lines = [
        line
        for file in sorted((base / "root" / "journal").iterdir())
        for line in file.read_text(errors="replace").splitlines()
    ]
    about = [
        line for line in lines if any(word in line for word in words) or any(f'"{path}"' in line for path in paths)
    ]
    arrivals = {found["arrival_id"] for raw in about if (found := _parsed(raw)) is not None}
    log = (base / "root-run.log").read_text(errors="replace").splitlines()
    keys = [*words, *arrivals, *(f'"{path}"' for path in paths)]
    said = [line for line in log if any(key in line for key in keys)]
    for title, lines in (("inputs", inputs), ("journal", about), ("log", said)):
        say(f"--- {title}")
        for line in lines[:40]:
            say(line[:600])


def _parsed(raw: str) -> dict[str, Any] | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
