"""What a scenario found: a row per figure, a value per repetition; and how rows are shown.  Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: The unit of a ratio; its row says what it is a ratio of.
RATIO = "ratio"


class Row(NamedTuple):
    """One figure: a value for each repetition, in ``unit``; ``of`` is what a ratio is a ratio of."""

    name: str
    unit: str
    values: tuple[float, ...]
    of: str = ""

    @property
    def median(self) -> float:
        """The one that counts."""
        return statistics.median(self.values)

    def as_json(self) -> dict[str, object]:
        """Return it with what its values come to."""
        return {**self._asdict(), "median": self.median, "min": min(self.values), "max": max(self.values)}


def ratio(name: str, measured: Sequence[float], to: Sequence[float], of: str) -> Row:
    """Return the row of what was measured to what was measured beside it, pair by pair."""
    return Row(name, RATIO, tuple(a / b for a, b in zip(measured, to, strict=True)), of)


def percentile(values: Sequence[float], percent: int) -> float:
    """Return a percentile of two values or more, between neighbours where it falls there."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def latency_rows(name: str, rounds: Sequence[Sequence[float]]) -> list[Row]:
    """Return p50 and p99 of each round of latencies in ms."""
    return [
        Row(f"{name}, p{percent}", "ms", tuple(percentile(found, percent) for found in rounds)) for percent in (50, 99)
    ]


def table(rows: Iterable[Row]) -> str:
    """Return rows, one a line: ratios first, as what is absolute is this machine's."""
    ordered = sorted(rows, key=lambda row: row.unit != RATIO)
    shown = [(row.name, f"{number(row.median)} {_range(row)}", f"{row.unit} {_of(row)}".rstrip()) for row in ordered]
    widths = [max((len(cells[column]) for cells in shown), default=0) for column in (0, 1)]
    return "".join(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {unit}\n" for name, value, unit in shown)


def number(value: float) -> str:
    """Return a number with three digits that mean something, and all of those before the point."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.3g}"


def _range(row: Row) -> str:
    return f"({number(min(row.values))}–{number(max(row.values))})" if len(row.values) > 1 else ""


def _of(row: Row) -> str:
    return f"of {row.of}" if row.of else ""
