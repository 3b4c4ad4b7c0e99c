"""Who a document lists as present: `Present: Jo Li (JL), Ann Roe`, names below a heading, tables of names.

A list is read where it is clear: a heading that says so (or initials beside every name), and entries that are
people's names.  Time is linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from turnstream.models import Line
from turnstream.parse.facts import words
from turnstream.parse.facts.front_matter import front_matter_end, normal_key, read_front_matter
from turnstream.parse.facts.lists import (
    MARKUP,
    MAX_UNHEADED,
    MIN_UNHEADED,
    heading_of,
    listed_below,
    table_at,
    unheaded,
)
from turnstream.parse.marks import read_mark
from turnstream.parse.roster import Attendance, entries_of, read_entry

__all__ = ["Attendance", "attendance_of"]

#: Headings of a text, the names above each of its parts among them.
MAX_HEADINGS = 1000

#: Lines of the head in which `Interviewer: Jo Li` says who somebody is.
MAX_LABELLED = 12

#: Code points of what such a line may begin with, its colon included.
MAX_LABEL = 25
#: What such a label begins with.
_OPENINGS = frozenset(key[:2] for key, field in words.FIELDS.items() if field in words.PEOPLE[1:])


def attendance_of(lines: Sequence[Line]) -> tuple[Attendance, ...]:
    """Everybody whom the document lists as present, in order, each name once; empty where no list is clear."""
    at = front_matter_end(lines)
    found: dict[str, Attendance] = {}
    _add(found, _declared(lines, at))
    _add(found, _labelled(lines, at))
    headings = 0
    while at < len(lines) and headings < MAX_HEADINGS:
        text, here = lines[at].text, at
        at += 1
        # Most lines of most texts are none of it: they are seen to be so in few steps.
        if text[0] == "|":
            listed, at = table_at(lines, here, headed=False)
        elif (text[0].isalpha() or text[0] in MARKUP) and (heading := heading_of(text)):
            listed, at = listed_below(lines, here, heading)
            headings += 1
        elif here < MAX_UNHEADED and text.count("(") >= MIN_UNHEADED:
            listed = unheaded(text, here)
        else:
            continue
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


def _may_say_who(text: str) -> bool:
    """Whether a line begins like such a label, or with something that may stand before it: most begin with a name."""
    return not text[0].isalpha() or text[1:2].isdigit() or text[:2].casefold()[:2] in _OPENINGS


def _labelled(lines: Sequence[Line], first: int) -> Iterator[Attendance]:
    """`Interviewer: Jo Li` in the head: a name and nothing else."""
    for number in range(first, min(len(lines), first + MAX_LABELLED)):
        text = lines[number].text
        start = text[:MAX_LABEL]
        mark = read_mark(number, text) if (":" in start or "：" in start) and _may_say_who(text) else None
        field = words.FIELDS.get(normal_key(mark.label)) if mark else None
        if mark is None or field not in words.PEOPLE[1:]:
            continue
        one = read_entry(text[mark.at :], number)
        if one and " " in one.name:
            yield one._replace(role=one.role or mark.label)
