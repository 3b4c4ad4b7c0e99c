"""What stands before the first turn: title, publisher, summary. What is unsure stays unattributed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from turnstream.models import Line
from turnstream.parse.facts import words as fact_words
from turnstream.parse.facts.datelines import is_time, read_dateline
from turnstream.parse.facts.front_matter import Entry, front_matter_end, normal_key
from turnstream.parse.lines import ends_sentence, is_break, is_direction, is_part, is_rule
from turnstream.parse.marks import read_mark

__all__ = ["MAX_HEAD", "Fact", "front_matter_end", "labelled", "read_head"]

MAX_TITLE = 250
MAX_SUMMARY = 800

#: Lines that a document's facts may take before its text begins.
MAX_HEAD = 12

#: Lines that may stand above a title: a date, a place in a series in brackets.
MAX_ABOVE = 3

#: Lines that a title in capitals may take.
MAX_CAPITALS = 5

#: Lines of a title page from its title to a date or a rule.
MAX_PAGE = 4

MAX_PAGE_LINE = 100

#: Digits by which two running heads may differ in length.
MAX_DIGITS = 6

_NUMBER = re.compile(r"\d+")
_PUBLISHER = frozenset(("source", "publisher", "quelle", "fuente", "fonte", "источник", "来源", "來源"))
#: An address is nobody's name.
_ADDRESS = ("http", "www.", "<http", "/")
_NO_TITLE = ".,;:!：。"


class Fact(NamedTuple):
    """One field of the head and the lines it stands on, ``line`` to ``last``."""

    field: str
    value: str
    line: int
    last: int

    @classmethod
    def on(cls, field: str, value: str, line: int) -> Fact:
        """A fact that takes one line."""
        return cls(field, value, line, line)


def labelled(lines: Sequence[Line], first: int, end: int) -> list[Entry]:
    """`Date: 5 May 2009` and its like in the head, as front matter would have them."""
    entries = []
    for number in range(first, min(end, first + MAX_HEAD)):
        text = lines[number].text
        mark = read_mark(number, text)
        if mark and mark.at < len(text) and normal_key(mark.label) in fact_words.FIELDS:
            entries.append(Entry(normal_key(mark.label), number, number, [(text[mark.at :].strip(" *_"), number)]))
    return entries


def read_head(
    lines: Sequence[Line], first: int, turns_at: int, said: Mapping[str, Sequence[Entry]] | None = None
) -> tuple[Fact, ...]:
    """Facts before the first turn (or the end), in order of their fields; ``said`` are those that have a label."""
    said = said or {}
    end = min(turns_at, first + MAX_HEAD)
    title = _said("title", said, MAX_TITLE) or _title(lines, first, turns_at, said)
    after = max(first, title.last + 1 if title else first)
    publisher = next((fact for number in range(after, end) if (fact := _publisher(lines, number))), None)
    summary = _summary(lines, publisher.line + 1 if publisher else after, end, closed=bool(publisher))
    publisher = _said("publisher", said, MAX_TITLE) or publisher
    summary = _said("summary", said, MAX_SUMMARY * 2) or summary
    return tuple(fact for fact in (title, publisher, summary) if fact)


def _said(field: str, said: Mapping[str, Sequence[Entry]], longest: int) -> Fact | None:
    """What front matter or a label says."""
    for entry in said.get(field, ()):
        if 0 < len(entry.text) <= longest and not entry.text.startswith(_ADDRESS):
            return Fact(field, entry.text, entry.first, entry.last)
    return None


def _title(lines: Sequence[Line], first: int, turns_at: int, said: Mapping[str, Sequence[Entry]]) -> Fact | None:
    """The first line, below what may stand above a title; else the first heading of the first rank."""
    taken = {entry.first for entries in said.values() for entry in entries}
    at = first
    while at < min(turns_at, first + MAX_ABOVE) and (at in taken or _stands_above(lines, at)):
        at += 1
    return _styled(lines, first, turns_at) or _title_at(lines, at, turns_at, taken) or _heading(lines, first, turns_at)


def _styled(lines: Sequence[Line], first: int, turns_at: int) -> Fact | None:
    """The first heading of the first rank, where the format has headings."""
    for number in range(first, min(turns_at, first + MAX_HEAD)):
        if lines[number].style == "heading 1" and len(lines[number].text) <= MAX_TITLE:
            return Fact.on("title", lines[number].text, number)
    return None


def _stands_above(lines: Sequence[Line], at: int) -> bool:
    text = lines[at].text
    return is_rule(text) or is_direction(text) or is_time(text) or _is_date(text) or _is_running(lines, at)


def _is_date(text: str) -> bool:
    dateline = read_dateline(text)
    return dateline is not None and dateline.only


def _is_running(lines: Sequence[Line], at: int) -> bool:
    """A running head comes again with another number: `19 July 2011 : Column 771`."""
    text = lines[at].text
    if len(text) > MAX_TITLE or not _NUMBER.search(text):
        return False
    start, form = text[:1], _NUMBER.sub("0", text)
    alike = (line.text for line in lines if line.text[:1] == start and len(line.text) <= len(text) + MAX_DIGITS)
    return any(other != text and _NUMBER.sub("0", other) == form for other in alike)


def _title_at(lines: Sequence[Line], at: int, turns_at: int, taken: Collection[int]) -> Fact | None:
    if at >= turns_at:
        return None
    text = lines[at].text[: MAX_TITLE + 10].lstrip("#").strip(" *")
    if not _reads_as_title(text) or is_break(text) or is_direction(text) or _publisher(lines, at):
        return None
    if at + 1 in taken or _stands_apart(lines, at, turns_at) or _heads_page(lines, at, turns_at):
        return Fact.on("title", text, at)
    return _capitals(lines, at, turns_at)


def _heads_page(lines: Sequence[Line], at: int, turns_at: int) -> bool:
    """Below it stand other headings without a blank line between them, then the date or a rule."""
    for number in range(at + 1, min(turns_at, at + 2 + MAX_PAGE)):
        text = lines[number].text
        if is_rule(text) or read_dateline(text):
            return True
        if not _reads_as_title(text) or len(text) > MAX_PAGE_LINE:
            return False
    return False


def _capitals(lines: Sequence[Line], at: int, turns_at: int) -> Fact | None:
    """A title in capitals that is wrapped, set off from the text."""
    last = at
    while last < min(turns_at, at + MAX_CAPITALS) and lines[last].text.isupper():
        if last > at and lines[last].blank_before:
            break
        last += 1
    text = " ".join(line.text for line in lines[at:last])
    if last == at or not _reads_as_title(text) or not _stands_apart(lines, last - 1, turns_at):
        return None
    return Fact("title", text, at, last - 1)


def _heading(lines: Sequence[Line], first: int, turns_at: int) -> Fact | None:
    for number in range(first, min(turns_at, first + MAX_HEAD)):
        text = lines[number].text[: MAX_TITLE + 10]
        if text.startswith("# "):
            title = text.lstrip("#").strip(" *")
            return Fact.on("title", title, number) if _reads_as_title(title) else None
    return None


def _reads_as_title(text: str) -> bool:
    fits = bool(text) and len(text) <= MAX_TITLE and "://" not in text
    return fits and not text[0].islower() and text[0] != "<" and text[-1] not in _NO_TITLE


def _stands_apart(lines: Sequence[Line], at: int, turns_at: int) -> bool:
    """A wrapped paragraph's first line is no title: something must set it off from the text."""
    below = at + 1
    if lines[at].text.startswith("# ") or below in {turns_at, len(lines)}:
        return True
    return lines[below].blank_before or is_rule(lines[below].text) or _publisher(lines, below) is not None


def _publisher(lines: Sequence[Line], number: int) -> Fact | None:
    text = lines[number].text
    mark = read_mark(number, text)
    if not mark or mark.label.casefold() not in _PUBLISHER or mark.at >= len(text):
        return None
    if text.startswith(_ADDRESS, mark.at):
        return None
    return Fact.on("publisher", text[mark.at :].strip(" *_"), number)


def _summary(lines: Sequence[Line], at: int, end: int, *, closed: bool) -> Fact | None:
    """One prose line between the head and a rule, or between `Source:` and the first turn."""
    below = at + 1
    if at >= end or not _is_prose(lines[at].text):
        return None
    ruled = below < len(lines) and is_rule(lines[below].text)
    if not ruled and not (closed and below == end and below < len(lines)):
        return None
    return Fact.on("summary", lines[at].text, at)


def _is_prose(text: str) -> bool:
    is_sentence = len(text) <= MAX_SUMMARY and " " in text and ends_sentence(text)
    return is_sentence and not is_direction(text) and not is_part(text)
