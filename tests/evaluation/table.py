"""The figures of a run, a row per source; what changed since the last ones, and what got worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import Any

#: A row's figures: counts, shares rounded to 3 places, ``None`` where the source has nothing to measure.
Row = dict[str, float | None]
#: Rows by source.
Rows = dict[str, Row]

_COUNTS = {"files": "files", "gold": "gold", "pred": "pred", "negatives": "neg", "false": "false"}
_SHARES = {"F1": "F1", "F1m": "F1m", "label": "label", "label+": "labelr", "cover": "cover", "extra": "extra"}
_ORDER = ("files", "gold", "pred", *_SHARES, "lost", "negatives", "false")
#: How much worse a share may be: rounding, and a turn among many whose gold is not beyond doubt.
TOLERANCE = 0.002
#: Better is … of each figure that is compared.
_MORE, _LESS = 1, -1
_BETTER = {"F1": _MORE, "F1m": _MORE, "label": _MORE, "label+": _MORE, "cover": _MORE, "extra": _LESS, "lost": _LESS}
#: Shares of what was predicted: where nothing was, they are 0, and nothing can be better.
_OF_PREDICTED = frozenset(("extra", "lost"))
#: What says that two rows measure the same files.
_SAME = ("files", "gold", "negatives")


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of a source that is not what it was."""

    source: str
    figure: str
    before: float
    after: float

    @property
    def is_worse(self) -> bool:
        """Whether the run fails for it: any false turn more, or a share worse by more than the tolerance."""
        gain = self.after - self.before
        if self.figure == "false":
            return gain > 0
        return gain * _BETTER[self.figure] < -TOLERANCE - 1e-9

    def __str__(self) -> str:
        if self.figure == "false":
            return f"{self.figure} {self.before:.0f} → {self.after:.0f}"
        return f"{self.figure} {self.before:.3f} → {self.after:.3f} ({self.after - self.before:+.3f})"


def rows_of(scores: Mapping[str, Any], lost: Mapping[str, float] | None = None) -> Rows:
    """The scorer's figures as rows; ``lost`` is ours."""
    return {source: _row(scored, (lost or {}).get(source)) for source, scored in sorted(scores["sources"].items())}


def _row(scored: Mapping[str, Any], lost: float | None) -> Row:
    row: Row = {name: scored[theirs] for name, theirs in _COUNTS.items()}
    positive = scored["files"] > 0
    row |= {name: round(scored[theirs], 3) if positive else None for name, theirs in _SHARES.items()}
    row["lost"] = None if lost is None or not positive else round(lost, 3)
    return {name: row[name] for name in _ORDER}


def mean_of(rows: Rows) -> Row:
    """The mean of the sources that have gold turns: each counts once, however many files it has."""
    found: Row = {name: sum(row[name] or 0 for row in rows.values()) for name in _COUNTS}
    for name in (*_SHARES, "lost"):
        values = [value for row in rows.values() if (value := row[name]) is not None]
        found[name] = round(mean(values), 3) if values else None
    return {name: found[name] for name in _ORDER}


def changes(before: Rows, after: Rows) -> Iterator[Change]:
    """Every compared figure that differs, of sources that have the same files in both."""
    for source in sorted(before.keys() & after.keys()):
        old, new = before[source], after[source]
        if not is_same(old, new):
            continue
        for figure in (*_BETTER, "false"):
            if figure in _OF_PREDICTED and not old["pred"]:
                continue
            was, now = old.get(figure), new.get(figure)
            if was is not None and now is not None and was != now:
                yield Change(source, figure, was, now)


def is_same(one: Row, other: Row) -> bool:
    """Whether two rows measure the same files."""
    return all(one.get(name) == other.get(name) for name in _SAME)


def shown(rows: Rows, means: Mapping[str, Row]) -> str:
    """The table: a line per source, a rule, a line per mean."""
    width = max(map(len, (*rows, *means, "source")))
    head = f"{'source':{width}} " + " ".join(f"{name:>6}" for name in _ORDER[:-2]) + "   neg  false"
    lines = [_line(width, *item) for item in rows.items()]
    return "\n".join([head, *lines, "-" * len(head), *(_line(width, *item) for item in means.items())])


def _line(width: int, name: str, row: Row) -> str:
    negative = f" {row['negatives']:5.0f}  {row['false']:5.0f}" if row["negatives"] else ""
    return f"{name:{width}} {' '.join(_cell(figure, row[figure]) for figure in _ORDER[:-2])}{negative}".rstrip()


def _cell(figure: str, value: float | None) -> str:
    if value is None:
        return " " * 6
    return f"{value:6.0f}" if figure in _COUNTS else f"{value:6.3f}"
