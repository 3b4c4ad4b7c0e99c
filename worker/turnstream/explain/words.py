"""Explanations for people: as wide as the terminal, safe to print whatever a file is called."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from turnstream.explain.states import Explanation, State
from turnstream.models import printable, visible

_WIDEST, _INDENT = 100, "    "
_STYLES = {
    **dict.fromkeys((State.PUBLISHED, State.DUPLICATE, State.SUPERSEDED), "green"),
    **dict.fromkeys((State.QUARANTINED, State.DISPOSE_BLOCKED, State.UNREADABLE_FOLDER, State.SUSPECTED), "red"),
    **dict.fromkeys((State.GONE, State.UNKNOWN, State.DEFERRED), "yellow"),
}
#: Facts that people are shown; the others are in the sentence, or for programs (--json).
_SHOWN = (
    ("dropped_as", "dropped as"),
    ("arrival_id", "arrival"),
    ("document_id", "document"),
    ("batch_id", "batch"),
    ("size", "bytes"),
    ("changed_at", "changed"),
    ("attempts", "attempts"),
    ("tries", "tries"),
    ("next_try_at", "next try"),
    ("free_bytes", "bytes free"),
)


def show(explanations: list[Explanation]) -> None:
    """Print explanations to stdout; colour only on a terminal that wants it."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False, soft_wrap=True)
    width = min(shutil.get_terminal_size((_WIDEST, 24)).columns if sys.stdout.isatty() else _WIDEST, _WIDEST)
    common = _common_notes(explanations)
    for number, explanation in enumerate(explanations):
        if number:
            console.print()
        for text in _lines(explanation, common, width):
            console.print(text)
    for note in common:
        console.print()
        for text in _wrapped("Note: ", note, width):
            console.print(text)


def _common_notes(explanations: list[Explanation]) -> list[str]:
    """Return what is noted of all of several: it is said once."""
    if len(explanations) == 1:
        return []
    first, *others = (explanation.notes for explanation in explanations)
    return [note for note in first if all(note in notes for notes in others)]


def _lines(explanation: Explanation, common: list[str], width: int) -> Iterator[Text]:
    head = Text(visible(explanation.file or printable(explanation.asked)), "bold")
    yield head.append(": ", "not bold").append(
        explanation.state.replace("_", " "), _STYLES.get(explanation.state, "cyan")
    )
    yield from _wrapped("", explanation.why, width)
    yield from _wrapped("Next: ", explanation.next_step, width, "bold")
    if explanation.command:
        # In one piece, to be copied: it may be wider than the terminal.
        yield Text(f"{_INDENT}    {visible(printable(explanation.command))}", "bold")
    for note in explanation.notes:
        if note not in common:
            yield from _wrapped("Note: ", note, width)
    facts = ", ".join(
        f"{label} {_value(explanation.facts[name])}" for name, label in _SHOWN if explanation.facts.get(name)
    )
    if facts:
        yield from _wrapped("", facts, width, style="dim")


def _wrapped(label: str, text: str, width: int, label_style: str = "", style: str = "") -> Iterator[Text]:
    lines = textwrap.wrap(label + visible(text), width - len(_INDENT), break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        if number == 0 and label:
            yield Text(_INDENT).append(label, label_style).append(line.removeprefix(label.rstrip()).lstrip(), style)
        else:
            yield Text(_INDENT).append(line, style)


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return f"{value:,}" if isinstance(value, int) else visible(str(value))
