"""What stands before the first turn: title, publisher, summary. What is unsure stays unattributed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from turnstream.models import Line
from turnstream.parse.lines import ends_sentence, is_break, is_direction, is_part, is_rule
from turnstream.parse.marks import read_mark

MAX_TITLE = 250
MAX_SUMMARY = 800

#: Lines that a document's facts may take before its text begins.
MAX_HEAD = 12

#: Lines that YAML front matter may take.
MAX_FRONT_MATTER = 200

_PUBLISHER = frozenset(("source", "publisher", "quelle", "fuente", "fonte", "источник", "来源", "來源"))


class Fact(NamedTuple):
    """One field of the head and the line it stands on."""

    field: str
    value: str
    line: int


def front_matter_end(lines: Sequence[Line]) -> int:
    """Number of the first line after YAML front matter, 0 without any."""
    if not lines or lines[0].text != "---":
        return 0
    for number in range(1, min(len(lines), MAX_FRONT_MATTER)):
        text = lines[number].text
        if text in {"---", "..."}:
            return number + 1 if ":" in lines[1].text else 0
    return 0


def read_head(lines: Sequence[Line], first: int, turns_at: int) -> tuple[Fact, ...]:
    """Facts between line ``first`` and the first turn (or the end), in order, a line each."""
    end = min(turns_at, first + MAX_HEAD)
    title = _title(lines, first, turns_at)
    after = first + bool(title)
    publisher = next((fact for number in range(after, end) if (fact := _publisher(lines, number))), None)
    summary = _summary(lines, publisher.line + 1 if publisher else after, end, closed=bool(publisher))
    return tuple(fact for fact in (title, publisher, summary) if fact)


def _title(lines: Sequence[Line], first: int, turns_at: int) -> Fact | None:
    if first >= turns_at:
        return None
    text = lines[first].text[: MAX_TITLE + 10].lstrip("#").strip(" *")
    if not _reads_as_title(text) or is_break(text) or is_direction(text) or _publisher(lines, first):
        return None
    return Fact("title", text, first) if _stands_apart(lines, first, turns_at) else None


def _reads_as_title(text: str) -> bool:
    fits = bool(text) and len(text) <= MAX_TITLE and "://" not in text
    return fits and not text[0].islower() and text[-1] not in ".,;:!：。"


def _stands_apart(lines: Sequence[Line], first: int, turns_at: int) -> bool:
    """A wrapped paragraph's first line is no title: something must set it off from the text."""
    below = first + 1
    if lines[first].text.startswith("# ") or below in {turns_at, len(lines)}:
        return True
    return lines[below].blank_before or is_rule(lines[below].text) or _publisher(lines, below) is not None


def _publisher(lines: Sequence[Line], number: int) -> Fact | None:
    text = lines[number].text
    mark = read_mark(number, text)
    if not mark or mark.label.casefold() not in _PUBLISHER or mark.at >= len(text):
        return None
    return Fact("publisher", text[mark.at :].strip(" *_"), number)


def _summary(lines: Sequence[Line], at: int, end: int, *, closed: bool) -> Fact | None:
    """One prose line between the head and a rule, or between `Source:` and the first turn."""
    below = at + 1
    if at >= end or not _is_prose(lines[at].text):
        return None
    ruled = below < len(lines) and is_rule(lines[below].text)
    if not ruled and not (closed and below == end and below < len(lines)):
        return None
    return Fact("summary", lines[at].text, at)


def _is_prose(text: str) -> bool:
    is_sentence = len(text) <= MAX_SUMMARY and " " in text and ends_sentence(text)
    return is_sentence and not is_direction(text) and not is_part(text)
