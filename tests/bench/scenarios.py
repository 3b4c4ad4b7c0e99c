"""The list of scenarios, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import backlog, idle, latency, reading
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
    "idle": idle.idle,
    "workers": backlog.workers,
    "reading": reading.reading,
}
#: Those that take long by themselves: only when they are asked for.
GIANTS: dict[str, Scenario] = {}


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
