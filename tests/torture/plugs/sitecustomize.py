"""Loaded by every process of the service under torture: its wall clock jumps when the torturer says so."""

from __future__ import annotations

import os
import time

_real = time.time
_clock = os.environ.get("TORTURE_CLOCK")


def _shifted() -> float:
    """Return the time plus what the torturer wrote down."""
    try:
        with open(str(_clock)) as file:  # noqa: PTH123 - pathlib would be loaded before the program
            return _real() + float(file.read() or 0)
    except (OSError, ValueError):
        return _real()


if _clock:
    time.time = _shifted

if os.environ.get("TORTURE_BREAK"):
    from tests.torture.broken import apply

    apply(os.environ["TORTURE_BREAK"])
