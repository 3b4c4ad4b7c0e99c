"""The list of scenarios, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import backlog, capacity, idle, latency, ledger, load, reading, sizes, waiting
from tests.bench.figures import Row
from tests.bench.scale import Scale

#: Measures in a folder of its own and yields what it found.
Scenario = Callable[[Path, Scale], Iterator[Row]]

SCENARIOS: dict[str, Scenario] = {
    "backlog": backlog.backlog,
    "duplicates": backlog.duplicates,
    "recrawl": backlog.recrawl,
    "alone": backlog.alone,
    "latency": latency.latency,
    "knee": load.load,
    "idle": idle.idle,
    "sizes": sizes.sizes,
    "workers": backlog.workers,
    "capacity": capacity.capacity,
    "waiting": waiting.waiting,
    "ledger": ledger.ledger,
    "reading": reading.reading,
}
#: Those that take long by themselves: only when they are asked for.
GIANTS: dict[str, Scenario] = {"million": waiting.waiting_giant, "ledger-10m": ledger.ledger_giant}


def chosen(only: list[str], *, giants: bool) -> dict[str, Scenario]:
    """Return the scenarios to run: those named, separated by commas or spaces, else all but the giants.

    Raises:
        KeyError: there is none of that name.

    """
    names = [name for words in only for name in words.replace(",", " ").split()]
    if not names:
        return {**SCENARIOS, **(GIANTS if giants else {})}
    everything = SCENARIOS | GIANTS
    return {name: everything[name] for name in names}
