"""Who a document lists as present: `Present: Jo Li (JL), Ann Roe`, names below a heading, tables of names.

A list is read where it is clear: a heading that says so (or initials beside every name), and entries that are
people's names.  Time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from turnstream.models import Line
from turnstream.parse.facts import words
from turnstream.parse.facts.front_matter import front_matter_end, read_front_matter
from turnstream.parse.roster import Attendance, cells_of, entries_of, is_clear, read_entry, read_table

__all__ = ["Attendance", "attendance_of"]

#: Code points that a heading takes, its colon included: `Members of the committee present (in order of seniority):`.
MAX_HEADING = 80

#: Words of a heading: `Teilnehmerinnen und Teilnehmer`, `Members of the committee present`.
MAX_HEADING_WORDS = 5

#: Lines and code points that a list of names in running text may take, and people that a list may name.
MAX_WRAPPED = 40
MAX_TEXT = 20_000
MAX_LISTED = 1000

#: Lines from the top in which names with initials are a list without any heading, and how many names it takes.
MAX_UNHEADED = 40
MIN_UNHEADED = 3

#: Stands above each part of a text, and a turn of that label looks the same: only initials make its names sure.
_PRESENTER = frozenset(("presenter", "presenters"))
_BULLET = re.compile(r"[-*•–+] ")
_BRACKETED = re.compile(r" ?\([^()]{0,60}\)$")


def attendance_of(lines: Sequence[Line]) -> tuple[Attendance, ...]:
    """Everybody whom the document lists as present, in order, each name once; empty where no list is clear."""
    at = front_matter_end(lines)
    found: dict[str, Attendance] = {}
    _add(found, _declared(lines, at))
    while at < len(lines):
        listed, at = _list_at(lines, at)
        _add(found, listed)
    return tuple(found.values())


def _add(found: dict[str, Attendance], listed: Iterable[Attendance]) -> None:
    for one in listed:
        known = found.setdefault(one.name, one)
        if known is not one:
            found[one.name] = known._replace(role=known.role or one.role, initials=known.initials or one.initials)


def _declared(lines: Sequence[Line], end: int) -> Iterator[Attendance]:
    """The people of front matter; `host: Jo Li` says what she is."""
    for entry in read_front_matter(lines, end):
        field = words.FIELDS.get(entry.key)
        if field not in words.PEOPLE:
            continue
        role = None if field == words.PEOPLE[0] else entry.key.replace("_", " ")
        listed = [one for value, number in entry.values for one in _in_value(value, number)]
        yield from (one._replace(role=one.role or role) for one in listed)


def _in_value(value: str, number: int) -> list[Attendance]:
    entries = [text for _, text in entries_of(value)]
    listed = [one for text in entries if (one := read_entry(text, number))]
    if len(entries) > 1 and len(listed) == len(entries) and all(" " in one.name for one in listed):
        return listed
    one = read_entry(value, number)
    return [one] if one else []


def _list_at(lines: Sequence[Line], at: int) -> tuple[Sequence[Attendance], int]:
    """The list that begins on a line, and the line to go on with."""
    text = lines[at].text
    if text[0] == "|":
        return _table(lines, at, headed=False)
    heading = _heading(text)
    if heading is None:
        return (_unheaded(text, at) if at < MAX_UNHEADED else ()), at + 1
    title, names = heading
    if not names:
        return _below(lines, at + 1)
    listed, after = _inline(lines, at, len(text) - len(names))
    if title in _PRESENTER and not all(one.initials for one in listed):
        return (), at + 1
    return listed, after


def _below(lines: Sequence[Line], at: int) -> tuple[Sequence[Attendance], int]:
    """The list under a heading: a table, a name a line, or all in running text."""
    if at >= len(lines):
        return (), at
    if lines[at].text[0] == "|":
        return _table(lines, at, headed=True)
    listed, after = _column(lines, at)
    return (listed, after) if listed else _inline(lines, at, 0, at_least=2)


def _heading(text: str) -> tuple[str, str] | None:
    """The words of a heading that says who is present, and what follows its colon."""
    window = text[:MAX_HEADING]
    colon = window.find(":")
    if colon < 0:
        colon = window.find("：")
    if colon < 0 and len(text) > MAX_HEADING:
        return None
    title = window[:colon] if colon >= 0 else window
    if title.count(" ") > MAX_HEADING_WORDS and "(" not in title:
        return None
    title = title.strip(" #*_>").casefold()
    if title.endswith(")"):
        title = _BRACKETED.sub("", title)
    if not _says_present(title) or _BULLET.match(text):
        return None
    return title, text[colon + 1 :].lstrip(" *_") if colon >= 0 else ""


def _says_present(title: str) -> bool:
    parts = title.split(maxsplit=MAX_HEADING_WORDS)
    if not parts or len(parts) > MAX_HEADING_WORDS:
        return False
    if parts[0] in words.PRESENT or parts[-1] in words.PRESENT or title in words.PRESENT_HEADINGS:
        return True
    return title.startswith(words.PRESENT_IDEOGRAPHS) or title.endswith(words.PRESENT_IDEOGRAPHS)


def _inline(lines: Sequence[Line], at: int, offset: int, at_least: int = 1) -> tuple[Sequence[Attendance], int]:
    """Names one after the other from ``offset`` of a line on; a comma at its end goes on in the next."""
    texts = [lines[at].text[offset:]]
    after = at + 1
    while after < min(len(lines), at + MAX_WRAPPED) and _is_open(texts[-1]) and _goes_on(lines[after]):
        texts.append(lines[after].text)
        after += 1
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    if starts[-1] > MAX_TEXT:
        return (), at + 1
    ranges = [(number, first, last) for number, (first, last) in enumerate(pairwise(starts), at)]
    entries = entries_of(" ".join(texts))[:MAX_LISTED]
    listed = list(_placed(entries, ranges))
    if len(listed) < at_least or not is_clear(listed, len(entries)):
        # What follows a heading is read again: it may be one itself.
        return (), at + (at_least == 1)
    return listed, after


def _placed(entries: Sequence[tuple[int, str]], ranges: Sequence[tuple[int, int, int]]) -> Iterator[Attendance]:
    remaining = iter(ranges)
    number, _, last = next(remaining)
    for start, text in entries:
        while start >= last:
            number, _, last = next(remaining)
        if one := read_entry(text, number):
            yield one


def _is_open(text: str) -> bool:
    return text[-1:] in {",", ";", "、", "，"} or text.endswith((" and", " und", " et", " y", " и"))


def _goes_on(line: Line) -> bool:
    return not line.blank_before and _heading(line.text) is None


def _column(lines: Sequence[Line], first: int) -> tuple[Sequence[Attendance], int]:
    """A name a line, to the first line that is none; where no blank line parts the first two, none parts any."""
    listed: list[Attendance] = []
    at = first
    while at < len(lines) and len(listed) < MAX_LISTED:
        if at > first + 1 and lines[at].blank_before and not lines[first + 1].blank_before:
            break
        one = read_entry(lines[at].text, at)
        if one is None or _heading(lines[at].text):
            break
        listed.append(one)
        at += 1
    # One line below a heading may be anything, and what follows the list is read again.
    return (listed, at) if len(listed) > 1 and is_clear(listed, len(listed)) else ((), first)


def _table(lines: Sequence[Line], first: int, *, headed: bool) -> tuple[Sequence[Attendance], int]:
    after = first
    while after < len(lines) and lines[after].text[0] == "|":
        after += 1
    rows = [(number, cells_of(lines[number].text)) for number in range(first, min(after, first + MAX_LISTED))]
    return read_table(rows, headed=headed), after


def _unheaded(text: str, at: int) -> Sequence[Attendance]:
    """`Jo Li (JL), Ann Roe (ARE), …`: nearly every name with its initials."""
    if len(text) > MAX_TEXT or text.count("(") < MIN_UNHEADED:
        return ()
    entries = entries_of(text)[:MAX_LISTED]
    listed = [one for _, entry in entries if (one := read_entry(entry, at))]
    with_initials = sum(one.initials is not None for one in listed)
    return listed if with_initials >= MIN_UNHEADED and with_initials * 3 >= len(entries) * 2 else ()
