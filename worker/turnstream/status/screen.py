"""How `status` looks: one column on 80 characters, two where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from turnstream.models import visible
from turnstream.status.facts import Status

#: Columns from which two stand side by side.
_WIDE = 120
_LABEL_WIDTH = 10
#: Most names in one row, and most problems, before the rest is only counted: the first of which all fits.
_MOST = (6, 4, 3, 2, 1)
_UNITS = ("B", "kB", "MB", "GB", "TB")


class Row(NamedTuple):
    """A label, what it says, and how it is coloured."""

    label: str
    text: str
    style: str = ""


def screen(status: Status, width: int, height: int | None = None) -> RenderableType:
    """Return the facts of one moment, to be printed on so many columns, and lines where they are few."""
    console = Console(width=width)
    for most in _MOST:
        made = _screen(status, width, most)
        if height is None or len(console.render_lines(made, pad=False)) <= height:
            break
    return made


def _screen(status: Status, width: int, most: int) -> RenderableType:
    head = Text.assemble(("turnstream", "bold"), f"  {visible(status.root)}  ", (status.at.replace("T", " "), "dim"))
    head.no_wrap, head.overflow = True, "ellipsis"
    alarm = _table([*_problem_rows(status, most)])
    left, right = list(_flow(status, most)), list(_health(status, most))
    if width < _WIDE:
        return Group(head, alarm, _table(left + right))
    both = Table.grid(padding=(0, 3), expand=True)
    both.add_column(ratio=5)
    both.add_column(ratio=4)
    both.add_row(_table(left), _table(right))
    return Group(head, alarm, Text(""), both)


def _table(rows: list[Row]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=_LABEL_WIDTH, style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(row.label, Text(visible(row.text), row.style))
    return table


def _problem_rows(status: Status, most: int) -> Iterator[Row]:
    if not status.problems:
        yield Row("health", "all well", "green")
    for number, problem in enumerate(status.problems[:most]):
        yield Row("problem" if number == 0 else "", f"{problem.what}: {problem.remedy}", "bold red")
    if more := len(status.problems) - most:
        yield from [Row("", f"and {more} more (--json)", "red")] if more > 0 else []


def _flow(status: Status, most: int) -> Iterator[Row]:
    yield Row("in drop/", _in_drop(status, most), "yellow" if status.in_drop and not status.has("watcher") else "")
    yield Row("in flight", _in_flight(status, most))
    yield Row("rates", _rates(status))
    yield Row("outcomes", _counts(status.counters, max(most, 3)))
    yield Row("deferred", _counts(status.deferred, most), "yellow" if status.deferred else "")
    yield Row("quarantine", _counts(status.quarantine, most), "yellow" if status.quarantine else "")
    groups = [f"{g['name']} ({g['pending']:,} pending, {_lag(g['lag'])} behind)" for g in status.groups]
    entries = "not known" if status.stream_entries is None else f"{_number(status.stream_entries, 'entry', 'entries')}"
    yield Row("stream", f"{entries}; groups: {_some(groups, most) or 'none'}" if groups else entries)


def _health(status: Status, most: int) -> Iterator[Row]:
    for role, label in (("watcher", "watcher"), ("worker", "workers")):
        alive = [p for p in status.processes if p["role"] == role]
        said = [f"{p['host']}:{p['pid']}{_processes(p['processes'], role)}, {p['seen_s']:.0f} s ago" for p in alive]
        yield Row(label, _some(said, most) or "none alive", "" if alive else "red")
    events = {"on": "come", "off": "off by setting, the sweep works", "none": "do not come, the sweep works"}
    yield Row("events", events.get(status.events, status.events))
    yield Row("server", _server(status), "" if status.server.state == "ok" else "red")
    free = status.free_bytes / max(status.total_bytes, 1)
    yield Row("disk", f"{_bytes(status.free_bytes)} free of {_bytes(status.total_bytes)} ({free:.0%})")


def _in_drop(status: Status, most: int) -> str:
    backlog, text = status.backlog, _number(status.in_drop, "file")
    if backlog is not None and backlog.known:
        reasons = f" ({_counts(backlog.reasons, most)})" if backlog.reasons else ""
        text += f": {backlog.waiting:,} waiting{reasons}, {backlog.due:,} due, {backlog.sent:,} sent"
    if status.in_drop and status.oldest_s is not None:
        text += f"; oldest {_age(status.oldest_s)}"
    if status.rates is not None and status.rates.drain_s is not None:
        text += f"; {_age(status.rates.drain_s)} to go"
    return text


def _in_flight(status: Status, most: int) -> str:
    if status.queued_batches is None or status.running_batches is None:
        return "not known"
    held = [f"{who['host']}:{who['pid']} for {_age(who['for_s'])}" for who in status.holders]
    if status.longest_s is not None and status.running_batches:
        held = [f"longest {_age(status.longest_s)}", *held]
    with_workers = f"{status.running_batches} with workers" + (f" ({_some(held, most)})" if held else "")
    return f"{_number(status.queued_batches, 'batch', 'batches')} queued, {with_workers}"


def _rates(status: Status) -> str:
    rates = status.rates
    if rates is None:
        return "not known yet" if status.has("watcher") else "not known"
    text = f"{_rate(rates.published)} published, {_rate(rates.duplicate)} duplicate, {_rate(rates.rejected)} rejected"
    text += f", {_rate(rates.superseded)} superseded" if rates.superseded else ""
    return f"{text} over {rates.over_s:.0f} s"


def _server(status: Status) -> str:
    server = status.server
    if server.state != "ok":
        return server.state
    durable = "may lose records" if server.weaknesses else "durable"
    limit = f" of {_bytes(server.max_memory_bytes)}" if server.max_memory_bytes else ""
    memory = f"{_bytes(server.used_memory_bytes)}{limit} used" if server.used_memory_bytes else "memory not known"
    return f"{server.address}, {durable}, ledger {server.ledger}, {memory}"


def _processes(count: int, role: str) -> str:
    return f" ({count} process{'es' * (count != 1)})" if role == "worker" else ""


def _lag(lag: int | None) -> str:
    return "?" if lag is None else f"{lag:,}"


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _counts(counts: Mapping[str, int] | None, most: int) -> str:
    if counts is None:
        return "not known"
    return (
        _some([f"{count:,} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1])], most)
        or "none"
    )


def _some(texts: list[str], most: int) -> str:
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f", and {more} more" if more > 0 else "")


def _rate(rate: float) -> str:
    return f"{rate:,.0f}/s" if rate >= 10 or not rate else f"{rate:.1f}/s"  # noqa: PLR2004 - two digits tell enough


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _bytes(count: int) -> str:
    value, steps = float(count), 0
    while value >= 1000 and steps < len(_UNITS) - 1:  # noqa: PLR2004
        value, steps = value / 1000, steps + 1
    return f"{value:.3g} {_UNITS[steps]}"
