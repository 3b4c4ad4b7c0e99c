"""What was measured, as tables: ratios first, as absolute numbers are this machine's."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from tests.bench.peers.entrants import TURNSTREAM, Entrant, Facts


@dataclass
class Row:
    """A peer's repetitions, each with Turnstream's rate in the same one; ``failure`` says why there are no more.

    ``wrong`` holds for each repetition that did not end with one record of each content
    how many it ended with, and how many contents there were.
    """

    entrant: Entrant
    docs_per_s: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    start_s: list[float] = field(default_factory=list)
    wrong: list[tuple[int, int]] = field(default_factory=list)
    failure: str = ""

    def add(self, rate: float, ours: float, start_s: float, records: int, distinct: int) -> None:
        """Take a repetition."""
        self.docs_per_s.append(rate)
        self.ratios.append(ours / rate)
        self.start_s.append(start_s)
        if records != distinct:
            self.wrong.append((records, distinct))

    def is_good(self) -> bool:
        """Whether it ran, and to the end it should come to."""
        return not self.failure and not self.wrong

    def as_json(self) -> dict[str, Any]:
        """Return all of it, for a file."""
        return {
            "peer": self.entrant.label,
            "turnstream_to_peer": self.ratios,
            "docs_per_s": self.docs_per_s,
            "start_s": self.start_s,
            "records_of_distinct": self.wrong,
            "failure": self.failure,
        }


def table(rows: list[Row], ours: list[float]) -> str:
    """Return the rates, what each does, and what went wrong, if anything did."""
    return _rates(rows, ours) + "\n" + _facts(rows) + "".join(f"\n{line}" for row in rows for line in _faults(row))


def _rates(rows: list[Row], ours: list[float]) -> str:
    head = f"{'':<24} {'Turnstream ÷ peer':>22} {'documents/s':>24} {'start s':>8}\n"
    first = f"{'Turnstream':<24} {'1':>22} {spread(ours, 0):>24} {'':>8}\n"
    return (
        head
        + first
        + "".join(
            f"{row.entrant.label:<24} {spread(row.ratios, 2):>22} {spread(row.docs_per_s, 0):>24}"
            f" {_median(row.start_s):>8}\n"
            for row in rows
        )
    )


def _facts(rows: list[Row]) -> str:
    """Return what each does, a heading a peer: side by side it would be too wide."""
    seen: dict[Facts, list[str]] = {TURNSTREAM: ["Turnstream"]}
    for row in rows:
        seen.setdefault(row.entrant.facts, []).append(row.entrant.label)
    return "".join(
        f"{'; '.join(labels)}\n"
        f"  broker: {facts.broker} · durable: {facts.durable} · acknowledges: {facts.acknowledges}\n"
        f"  one of each content: {facts.one_of_each} · killed: {facts.after_a_kill}\n"
        for facts, labels in seen.items()
    )


def _faults(row: Row) -> list[str]:
    wrong = [
        f"WRONG {row.entrant.label}: {records} records of {distinct} contents\n" for records, distinct in row.wrong
    ]
    return [*wrong, *([f"FAILED {row.entrant.label}: {row.failure}\n"] if row.failure else [])]


def spread(values: list[float], digits: int) -> str:
    """Return median, least and most; a dash for none."""
    if not values:
        return "–"
    median, least, most = (f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{median} ({least}–{most})"


def _median(values: list[float]) -> str:
    return f"{statistics.median(values):.1f}" if values else "–"
