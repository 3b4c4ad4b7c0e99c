"""The last table, as it is committed: what a run is compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.evaluation.table import Change, Rows, changes, is_same


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of all files, and of those alone that are text or Markdown."""

    all: Rows
    text: Rows

    def rows(self) -> Rows:
        """Every row, the latter under `<source> (text)` where it is another."""
        return self.all | {f"{name} (text)": row for name, row in self.text.items() if self.all.get(name) != row}


def load(path: Path) -> Table | None:
    """The table that a file holds; ``None`` if there is no file."""
    if not path.exists():
        return None
    found = json.loads(path.read_text("utf-8"))
    return Table(found["all"], found["text"])


def save(table: Table, path: Path) -> None:
    """Write a table with a line per row, so that a change reads well in a diff."""
    groups = []
    for name in ("all", "text"):
        rows = [f"    {json.dumps(source)}: {json.dumps(row)}" for source, row in sorted(getattr(table, name).items())]
        groups.append(f'  "{name}": {{\n' + ",\n".join(rows) + "\n  }")
    path.write_text("{\n" + ",\n".join(groups) + "\n}\n", "utf-8")


def differences(last: Table, table: Table) -> Iterator[Change]:
    """What changed in rows that measure the same files."""
    yield from changes(last.all, table.all)
    mixed = {name: row for name, row in table.text.items() if table.all.get(name) != row}
    for change in changes(last.text, mixed):
        yield Change(f"{change.source} (text)", change.figure, change.before, change.after)


def incomparable(last: Table, table: Table) -> Iterator[str]:
    """Sentences on sources that only one of the two has, or with other files."""
    for source in sorted(last.all.keys() | table.all.keys()):
        if source not in table.all:
            yield f"{source} is in the last table and not in these corpora"
        elif source not in last.all:
            yield f"{source} is not in the last table"
        elif not is_same(last.all[source], table.all[source]):
            yield f"{source} has other files or other gold than in the last table"
