"""Rejected files for people and programs: a table, a story, a line of JSON."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from turnstream.errors import PermanentError
from turnstream.models import printable, to_wire
from turnstream.quarantine.cases import Case

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_UNIT = 1024
_COLUMNS = 80
#: What would move the cursor, ring, or colour a terminal.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_UNKNOWN_HINT = "Its note was deleted, and the journal does not name this file: why it is here is unknown."


def json_line(case: Case) -> str:
    """Return the facts of a case on one line; ``quarantined_as`` is its exact path below ``quarantine/``."""
    facts = {**case.facts, "path": case.shown, "quarantined_as": to_wire(case.path), "size": _size(case)}
    return orjson.dumps(facts).decode()


def table(found: Sequence[Case]) -> Iterator[str]:
    """Yield the lines of a table, or a sentence for none."""
    if not found:
        yield "Nothing is in quarantine."
        return
    width = max(len("reason"), *(len(_word(case, "reason")) for case in found))
    yield f"{'rejected (UTC)':<16}  {'reason':<{width}}  {'tries':>5}  {'size':>9}  file"
    for case in found:
        when, tries = _word(case, "at")[:16].replace("T", " "), _word(case, "attempts")
        size = readable_size(_size(case))
        yield f"{when:<16}  {_word(case, 'reason'):<{width}}  {tries:>5}  {size:>9}  {shown(case)}"


def story(case: Case, root: Path) -> str:
    """Return in words what the file is, why it is here, and what to do."""
    arrival = case.arrival_id
    named = shlex.join([arrival or f"quarantine/{shown(case)}", "--root", str(root)])
    rows = [
        ("file", shown(case)),
        ("lies in", safe(printable(str(case.file)))),
        ("dropped as", _word(case, "file")),
        ("rejected", f"{_word(case, 'at')[:19].replace('T', ' ')} UTC" if case.facts.get("at") else "-"),
        ("reason", _word(case, "reason")),
        ("detail", _word(case, "detail")),
        ("tries", _word(case, "attempts")),
        ("before", _before(case)),
        ("size", readable_size(_size(case))),
        ("id", arrival or "-"),
        ("hint", _word(case, "hint") if case.facts.get("hint") else _hint(case)),
        ("next", _word(case, "next")),
        ("commands", f"turnstream quarantine retry {named}"),
        ("", f"turnstream quarantine discard {named}"),
    ]
    return "\n".join(_row(name, value) for name, value in rows if value not in ("-", ""))


def readable_size(size: int | None) -> str:
    """Return a number of bytes for people."""
    if size is None:
        return "-"
    value, unit = float(size), 0
    while value >= _UNIT and unit < len(_UNITS) - 1:
        value, unit = value / _UNIT, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def shown(case: Case) -> str:
    """Return the path for a terminal."""
    return safe(case.shown)


def safe(text: str) -> str:
    r"""Return a text that cannot steer a terminal: control characters as ``\xNN`` or ``\uNNNN``."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _word(case: Case, name: str) -> str:
    value = case.facts.get(name)
    return "-" if value in (None, "") else safe(str(value))


def _hint(case: Case) -> str:
    if case.facts.get("reason") == "unknown":
        return _UNKNOWN_HINT
    kinds = PermanentError.__subclasses__()
    return next((kind.hint for kind in kinds if kind.reason == case.facts.get("reason")), "-")


def _before(case: Case) -> str:
    before = case.facts.get("before")
    earlier = [item for item in before if isinstance(item, dict)] if isinstance(before, list) else []
    return safe(", ".join(f"{item.get('reason')} ({str(item.get('at'))[:10]})" for item in earlier))


def _size(case: Case) -> int | None:
    try:
        return case.file.lstat().st_size
    except OSError:
        return None


def _row(name: str, value: str) -> str:
    if name in ("", "commands", "file", "lies in", "dropped as"):
        return f"{name:<11} {value}"
    lines = textwrap.wrap(value, _COLUMNS - 12, break_long_words=False) or [""]
    return "\n".join(f"{name if number == 0 else '':<11} {line}" for number, line in enumerate(lines))
