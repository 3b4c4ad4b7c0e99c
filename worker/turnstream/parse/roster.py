"""One entry of an attendance list: `Jo Li -- Analyst`, `Mr. Jo Li (Chair)`, `Jo Li (JL)`, `Chair: Jo Li`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from turnstream.parse import words
from turnstream.parse.facts import words as fact_words
from turnstream.parse.names import split_label
from turnstream.parse.shapes import fold, is_name, outside_brackets, shape_of

#: Code points of an entry; a longer one is text.
MAX_ENTRY = 200

#: Letters of initials: at least two, as `A` heads an answer.
MAX_INITIALS = 4

_LEAD = re.compile(r"(?:[-*•–+·] |\d{1,3}[.)] )?[*_]{0,3}")
_SEPARATORS = ",、，"
_JUNIOR = (" Jr.", " Sr.")
_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]{1,80})[)\]）]")
_NO_WORD = re.compile(r"[\W\d_]+")
#: An entry that holds one of these is a sentence or a turn.
_SENTENCE = frozenset('?!…。？！"“”<>{}|@/\\=')
_JOBS = words.OFFICES | words.ROLES | fact_words.JOBS
_NO_NAMES = words.OFFICES | words.HEADINGS


class Attendance(NamedTuple):
    """Somebody listed as present; ``initials`` are what the list says stands for the name, ``line`` is where."""

    name: str
    role: str | None
    initials: str | None
    line: int


def read_entry(text: str, line: int, initials: str | None = None) -> Attendance | None:
    """Who an entry names, ``None`` where that is not clear; ``initials`` are what stands in another column."""
    text = text[_LEAD.match(text).end() :] if len(text) <= MAX_ENTRY else ""  # type: ignore[union-attr]
    text = text.rstrip(" *_,;")
    if not text or not _SENTENCE.isdisjoint(text) or text[0].islower():
        return None
    initials = initials or next((mark for mark in _BRACKETS.findall(text) if _is_initials(mark, text)), None)
    named = _role_first(text) or _name_first(text, sure=initials is not None)
    return Attendance(*named, initials, line) if named else None


def _role_first(text: str) -> tuple[str, str | None] | None:
    """`Chair: Jo Li`; `Jo Li: good morning` is a turn."""
    role, colon, name = text.partition(": ")
    if colon and shape_of(role) in {"role", "office"} and " " in name and is_person(name):
        return name, role
    return None


def _name_first(text: str, *, sure: bool) -> tuple[str, str | None] | None:
    """`Jo Li`, `Jo Li, Secretary`; initials make capitalised words a name that look like others: `HE Li (HLI)`."""
    if ":" in text or "：" in text:
        return None
    name, role = split_label(text)
    name = outside_brackets(name or "")
    if not is_person(name) and not (sure and is_name(name.split())):
        return None
    return name, role or next(filter(is_job, _BRACKETS.findall(text)), None)


def is_person(name: str) -> bool:
    """Whether words are a person's name and nothing else."""
    folded = [fold(part) for part in name.split()]
    if not folded or "," in name or not name[0].isalpha() or any(map(str.isdigit, name)):
        return False
    if folded[0] in words.HONORIFICS:
        folded = folded[1:]
    if not folded or folded[-1] in _JOBS or not _NO_NAMES.isdisjoint(folded):
        return False
    return shape_of(name) in {"name", "caps", "word", "uncased", "office"}


def is_job(text: str) -> bool:
    """Whether words say what somebody does, and not who: `Chair`, `Town Planner`."""
    folded = [fold(part) for part in text.split()]
    return bool(folded) and not _JOBS.isdisjoint(folded) and folded[0] not in words.HONORIFICS


def _is_initials(mark: str, text: str) -> bool:
    """Capitals that begin like a word of the entry: `(SGN)` of Sathya …, not the company `(IBM)`."""
    if not (1 < len(mark) <= MAX_INITIALS and mark.isalpha() and mark.isupper()):
        return False
    return any(part[0].upper() == mark[0] for part in _NO_WORD.split(_without(text, mark)) if part)


def _without(text: str, mark: str) -> str:
    return text.replace(f"({mark})", "").replace(f"[{mark}]", "").replace(f"（{mark}）", "")


def entries_of(text: str) -> list[tuple[int, str]]:
    """The entries of a list in running text with their offsets; commas within brackets part nothing."""
    separators = ";；" if ";" in text or "；" in text else _SEPARATORS
    return list(_entries(text, separators))


def _entries(text: str, separators: str) -> Iterator[tuple[int, str]]:
    depth = start = 0
    for place, sign in enumerate(text + separators[0]):
        depth = max(0, depth + (sign in "([（") - (sign in ")]）"))
        if place == len(text) or (sign in separators and not depth):
            yield from _parts(text[start:place], start, several=separators is _SEPARATORS)
            start = place + 1


def _parts(text: str, start: int, *, several: bool) -> Iterator[tuple[int, str]]:
    """What stands between two commas: `Jo Li and Ann Roe`; `, and Ann Roe.`."""
    for part in text.split(" and ") if several else (text,):
        entry = part.strip(" *_").removeprefix("and ")
        if entry := entry if entry.endswith(_JUNIOR) else entry.rstrip("."):
            yield start + part.find(entry), entry
        start += len(part) + len(" and ")


def is_clear(listed: Sequence[Attendance], entries: int) -> bool:
    """Whether most entries are people, and most people have more than one name, a role or initials."""
    full = sum(" " in one.name or bool(one.role or one.initials) or not one.name[0].isupper() for one in listed)
    return len(listed) * 3 >= entries * 2 and full * 2 >= len(listed) > 0


def cells_of(row: str) -> list[str]:
    """The cells of a table's row as Markdown writes it."""
    return [cell.strip(" *_`") for cell in row.strip("|").split("|")]


def read_table(rows: Sequence[tuple[int, list[str]]], *, headed: bool) -> list[Attendance]:
    """The people of a table; one that no heading announces has a column of names and one of initials."""
    header = [cell.casefold() for cell in rows[0][1]]
    name, initials, role = (
        _column(header, those) for those in (fact_words.NAME_COLUMN, fact_words.INITIALS_COLUMN, fact_words.ROLE_COLUMN)
    )
    if name is None or not (headed or initials is not None):
        return []
    read = (_row(number, cells, name, initials, role) for number, cells in rows[1:])
    return [one for one in read if one]


def _row(line: int, cells: list[str], name: int, initials: int | None, role: int | None) -> Attendance | None:
    short = _cell(cells, initials) or ""
    fits = 1 < len(short) <= MAX_INITIALS and short.isalpha() and short.isupper()
    one = read_entry(_cell(cells, name) or "", line, short if fits else None)
    return one and one._replace(role=_cell(cells, role) or one.role)


def _cell(cells: list[str], column: int | None) -> str | None:
    return cells[column] or None if column is not None and column < len(cells) else None


def _column(header: list[str], titles: frozenset[str]) -> int | None:
    return next((at for at, cell in enumerate(header) if cell in titles), None)
