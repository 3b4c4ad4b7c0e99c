"""`ingest`: copy files into ``drop/`` as a careful dropper would, and wait for their outcomes."""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click
import orjson
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from turnstream import root as data_root
from turnstream.company import Company, company
from turnstream.dropper import Choice, Copied, Dropper, Refused, Wanted, require_outside
from turnstream.errors import NoServer, TransientError
from turnstream.journal import Line
from turnstream.models import Deferral, printable, to_wire, visible
from turnstream.outcomes import Outcomes
from turnstream.settings import Settings

#: Seconds between looks at the journal.
_LOOK_SECONDS = 0.05
#: Seconds without an outcome after which we ask why.
_PATIENCE_SECONDS = 10.0
_GOOD = ("published", "duplicate", "superseded")
_FACTS = ("outcome", "arrival_id", "document_id", "entry_id", "superseded_by", "to", "reason", "detail")


def ingest(paths: Sequence[Path], settings: Settings, config: Path | None, *, as_json: bool) -> int:
    """Bring files in and print what became of each; return 1 if any was not taken.

    Raises:
        NoServer: nothing runs for this root and nothing could be started.
        BadConfiguration: the root cannot be used.

    """
    require_outside(paths, settings.root)
    root = data_root.prepare(settings.root)
    choice = Choice(settings.watch)
    files = list(choice.files(paths))
    if choice.passed_over:
        click.echo(f"{choice.passed_over} passed over: links, ignored names, no regular files", err=True)
    _end_in_order()
    with company(settings, config) as kept, _progress() as progress:
        printer = _Printer(progress, len(files), as_json=as_json)
        waiting = _Waiting(Outcomes(root), Dropper(root, settings.watch.done_marker), kept, printer)
        try:
            waiting.bring_in(files)
            waiting.wait()
        except KeyboardInterrupt:
            printer.note("interrupted: what is in drop/ already stays there and is taken by the next run")
            raise
    if sys.stderr.isatty():
        click.echo(", ".join(f"{count:,} {outcome}" for outcome, count in sorted(printer.outcomes.items())), err=True)
    return int(printer.failed)


class _Printer:
    """Prints a line for each file, and counts."""

    def __init__(self, progress: Progress, total: int, *, as_json: bool) -> None:
        self.progress = progress
        self.task = progress.add_task("ingesting", total=total)
        self.as_json = as_json
        self.outcomes: Counter[str] = Counter()

    @property
    def failed(self) -> bool:
        """Whether any file was not taken."""
        return any(outcome not in _GOOD for outcome in self.outcomes)

    def outcome(self, source: Path, line: Line) -> None:
        self.progress.advance(self.task)
        self.outcomes[str(line.get("outcome"))] += 1
        self._print(_as_json(source, line) if self.as_json else _in_words(source, line))

    def note(self, text: str) -> None:
        """Tell a person something, on stderr."""
        self._print(text, is_note=True)

    def _print(self, text: str, *, is_note: bool = False) -> None:
        if self.progress.disable or not (is_note or sys.stdout.isatty()):
            click.echo(text, err=is_note)
        else:
            # Above the bar, which only its own console can move.
            self.progress.console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


class _Waiting:
    """The files that are in ``drop/`` and have no outcome yet."""

    def __init__(self, outcomes: Outcomes, dropper: Dropper, kept: Company, printer: _Printer) -> None:
        self.files: dict[str, Copied] = {}
        self.outcomes = outcomes
        self.dropper = dropper
        self.company = kept
        self.printer = printer
        self._told: set[str] = set()
        self._next_look = 0.0
        self._ask_at = time.monotonic() + _PATIENCE_SECONDS

    def bring_in(self, files: Iterable[Wanted | Refused]) -> None:
        for file in files:
            copied = self.dropper.copy(file) if isinstance(file, Wanted) else file
            if isinstance(copied, Copied):
                self.files[copied.arrival_id] = copied
            else:
                facts = {"outcome": copied.outcome, "reason": copied.reason, "detail": copied.detail}
                self.printer.outcome(copied.source, facts)
            if time.monotonic() >= self._next_look:
                self._look()

    def wait(self) -> None:
        while self.files:
            self._look()
            time.sleep(_LOOK_SECONDS if self.files else 0)

    def _look(self) -> None:
        for item, line in self.outcomes.settled(self.files):
            del self.files[item.arrival_id]
            self.dropper.tidy(item)
            self.printer.outcome(item.source, line)
            self._ask_at = time.monotonic() + _PATIENCE_SECONDS
        self.company.keep()
        now = time.monotonic()
        if self.files and now >= self._ask_at:
            self._tell_why()
            self._ask_at = now + _PATIENCE_SECONDS
        self._next_look = now + _LOOK_SECONDS

    def _tell_why(self) -> None:
        items = [item for item in self.files.values() if item.arrival_id not in self._told]
        for item, deferral in zip(items, self._deferrals(items), strict=False):
            if deferral is not None and deferral.arrival_id == item.arrival_id:
                self._told.add(item.arrival_id)
                why = f"{deferral.reason}{': ' * bool(deferral.detail)}{deferral.detail}"
                self.printer.note(f"{visible(printable(str(item.source)))} waits: {why}. {_hint(deferral.reason)}")

    def _deferrals(self, items: Sequence[Copied]) -> list[Deferral | None]:
        if not items:
            return []
        try:
            with self.company.ledger() as ledger:
                pipeline = ledger.client.pipeline(transaction=False)
                pipeline.hmget(ledger.key("deferred"), [to_wire(item.path) for item in items])
                (found,) = ledger.execute(pipeline)
        except (NoServer, TransientError) as error:
            self.printer.note(f"{len(self.files)} files wait: {error}")
            return []
        return [_deferral(value) for value in found]


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    shown = sys.stderr.isatty()
    return Progress(
        *columns,
        console=Console(stderr=True, quiet=not shown),
        disable=not shown,
        transient=True,
        redirect_stdout=False,
    )


def _in_words(source: Path, line: Line) -> str:
    what = line.get("document_id") if line.get("outcome") in _GOOD else f"{line.get('reason')}: {line.get('detail')}"
    if line.get("superseded_by"):
        what = f"by the longer text {line['superseded_by']}"
    return f"{line.get('outcome'):<10} {visible(printable(str(source)))}  {what}"


def _as_json(source: Path, line: Line) -> str:
    facts: dict[str, Any] = {"file": printable(str(source)), **{name: line.get(name) for name in _FACTS}}
    return orjson.dumps(facts).decode()


def _deferral(value: bytes | None) -> Deferral | None:
    try:
        return Deferral.model_validate_json(value) if value else None
    except ValidationError:
        return None


def _hint(reason: str) -> str:
    return next((kind.hint for kind in TransientError.__subclasses__() if kind.reason == reason), "It is tried again.")


def _end_in_order() -> None:
    """Have SIGTERM and SIGHUP end us as Ctrl-C does: what we started is stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
