"""Lists of those present: where one begins, how it is laid out, where it ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

from turnstream.models import Line
from turnstream.parse.facts import words
from turnstream.parse.roster import Attendance, cells_of, entries_of, is_clear, is_job, read_entry, read_table

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
#: What may stand around a heading.
MARKUP = " #*_>"

_BULLET = re.compile(r"[-*•–+] ")
_BRACKETED = re.compile(r" ?\([^()]{0,60}\)$")


def listed_below(lines: Sequence[Line], at: int, heading: tuple[str, str]) -> tuple[Sequence[Attendance], int]:
    """The list that the heading on a line begins, and the line to go on with."""
    title, names = heading
    if not names:
        return _below(lines, at + 1)
    listed, after = _inline(lines, at, len(lines[at].text) - len(names))
    if title in _PRESENTER and not all(one.initials for one in listed):
        return (), at + 1
    return listed, after


def _below(lines: Sequence[Line], at: int) -> tuple[Sequence[Attendance], int]:
    """The list under a heading: a table, a name a line, or all in running text."""
    if at >= len(lines):
        return (), at
    if lines[at].text[0] == "|":
        return table_at(lines, at, headed=True)
    listed, after = _column(lines, at)
    return (listed, after) if listed else _inline(lines, at, 0, at_least=2)


def heading_of(text: str) -> tuple[str, str] | None:
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
    title = title.strip(MARKUP).casefold()
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
    ideographs = words.PRESENT_IDEOGRAPHS
    return not title.isascii() and (title.startswith(ideographs) or title.endswith(ideographs))


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
    listed, unread = _placed(entries, ranges)
    if len(listed) < at_least or not is_clear(listed, len(listed) + unread):
        # What follows a heading is read again: it may be one itself.
        return (), at + (at_least == 1)
    return listed, after


def _placed(entries: Sequence[tuple[int, str]], ranges: Sequence[tuple[int, int, int]]) -> tuple[list[Attendance], int]:
    """The people of the entries, and how many are nobody's; an office is what the person before it is."""
    remaining = iter(ranges)
    number, _, last = next(remaining)
    listed: list[Attendance] = []
    unread = 0
    for start, text in entries:
        while start >= last:
            number, _, last = next(remaining)
        if one := read_entry(text, number):
            listed.append(one)
        elif listed and not listed[-1].role and is_job(text):
            listed[-1] = listed[-1]._replace(role=text)
        else:
            unread += 1
    return listed, unread


def _is_open(text: str) -> bool:
    return text[-1:] in {",", ";", "、", "，"} or text.endswith((" and", " und", " et", " y", " и"))


def _goes_on(line: Line) -> bool:
    return not line.blank_before and heading_of(line.text) is None


def _column(lines: Sequence[Line], first: int) -> tuple[Sequence[Attendance], int]:
    """A name a line, to the first line that is none; where no blank line parts the first two, none parts any.

    Where names have bullets, a line without one says what the name above it is.
    """
    listed: list[Attendance] = []
    bulleted = _BULLET.match(lines[first].text) is not None
    at = first
    while at < len(lines) and len(listed) < MAX_LISTED:
        line = lines[at]
        if heading_of(line.text) or (at > first + 1 and line.blank_before and not lines[first + 1].blank_before):
            break
        if bulleted and not _BULLET.match(line.text):
            if listed[-1].role or line.blank_before or len(line.text) > MAX_HEADING or ":" in line.text:
                break
            listed[-1] = listed[-1]._replace(role=line.text)
        elif one := read_entry(line.text, at):
            listed.append(one)
        else:
            break
        at += 1
    # One line below a heading may be anything, and what follows the list is read again.
    sure = len(listed) > 1 or (bulleted and listed and listed[0].role)
    return (listed, at) if sure and is_clear(listed, len(listed)) else ((), first)


def table_at(lines: Sequence[Line], first: int, *, headed: bool) -> tuple[Sequence[Attendance], int]:
    """The people of the table that begins on a line, and the line after it."""
    after = first
    while after < len(lines) and lines[after].text[0] == "|":
        after += 1
    rows = [(number, cells_of(lines[number].text)) for number in range(first, min(after, first + MAX_LISTED))]
    return read_table(rows, headed=headed), after


def unheaded(text: str, at: int) -> Sequence[Attendance]:
    """`Jo Li (JL), Ann Roe (ARE), …`: nearly every name with its initials."""
    if len(text) > MAX_TEXT:
        return ()
    entries = entries_of(text)[:MAX_LISTED]
    listed = [one for _, entry in entries if (one := read_entry(entry, at))]
    with_initials = sum(one.initials is not None for one in listed)
    return listed if with_initials >= MIN_UNHEADED and with_initials * 3 >= len(entries) * 2 else ()
