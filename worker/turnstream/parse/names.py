"""A speaker's label taken apart into name and role; when unsure, the whole label is the name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from turnstream.parse import offices, unnamed, words
from turnstream.parse.folding import plain_word
from turnstream.parse.labels import (
    FULL_NAME,
    Pieces,
    initials_of,
    is_initials,
    is_name,
    is_office,
    is_person,
    is_remark,
    office_in,
    offices_in,
    pieces_of,
)
from turnstream.parse.office_first import cut_office
from turnstream.parse.shapes import MEMO, shape_of

_DASH = re.compile(r" (?:--|–|—|-) ")

#: An office after a sentence's end, as after a comma: `JO LI. MINISTER OF HEALTH`; abbreviations are shorter.
_PERIOD = re.compile(r"(?<=\w{4})\. ")


class Reading(NamedTuple):
    """Who a label means, as far as the label says it.

    ``notes`` are what else its brackets say, a party or initials.  ``held`` when the label says that this person
    is the one of the document who holds the office: `The Chair (Ms Li)`.  A crowd is nobody in particular.
    """

    name: str | None
    role: str | None
    notes: tuple[str, ...] = ()
    held: bool = False
    is_crowd: bool = False


@lru_cache(MEMO)
def read_label(label: str) -> Reading:
    """What a label says by itself."""
    pieces = pieces_of(label)
    notes = tuple(note for note in pieces.notes if not is_remark(note))
    pieces = Pieces(_without_by(pieces.head), notes)
    if _is_function(pieces.head):
        return _holder(pieces) or Reading(None, pieces.head, notes)
    reading = _with_notes(pieces)
    return reading if reading.name or reading.role else Reading(label, None)


def split_label(label: str) -> tuple[str | None, str | None]:
    """Name and role of a label by itself, and no more."""
    name, role, *_ = read_label(label)
    return name, role


@lru_cache(MEMO)
def names_somebody(label: str) -> bool:
    """Whether a label holds an office and a name, or an honorific and a name: `Mr Li`, not `Mr Speaker`."""
    name, role = split_label(label)
    if not name:
        return False
    first, *others = (plain_word(part) for part in name.split())
    return bool(role) or (first in offices.HONORIFICS and bool(others) and not any(offices_in(name.split())))


def _without_by(head: str) -> str:
    """A witness is examined `BY MR. LI`."""
    by, _, rest = head.partition(" ")
    is_by = by.casefold() == "by" and plain_word(rest.split(" ", 1)[0]) in offices.HONORIFICS
    return rest if is_by else head


def _is_function(head: str) -> bool:
    """`Q`, `Moderator`, `The defendant`, `Reporter 2`, `Grad B`, `Voice from the floor`: whoever does it."""
    if " -- " in head:
        return False
    if shape_of(head) in {"question", "answer", "numbered", "role"}:
        return True
    parts = [part for word in head.split() if (part := plain_word(word)) not in offices.BEFORE_HONORIFICS]
    *before, last = parts or [""]
    if before and (last.isdigit() or len(last) == 1):
        return not (unnamed.PARTS.isdisjoint(before) and words.ROLES.isdisjoint(before))
    return bool(parts) and (unnamed.PARTS.issuperset(parts) or parts[0] in unnamed.VOICES)


def _holder(pieces: Pieces) -> Reading | None:
    """`The Chair (Mr. Jo Li (Northtown))`, `会長（王小明君）`; who asks a question holds no office."""
    asks = shape_of(pieces.head) in {"question", "answer"}
    for note in pieces.notes:
        inner = pieces_of(note)
        person, *more = _PERIOD.split(inner.head, 1)
        person, _, office = person.partition(", ")
        name = person if is_person(person) else _cut(person).name
        if name and (is_person(person) or is_office(person)):
            others = tuple(other for other in pieces.notes if other != note)
            role = (office or None) if asks else pieces.head
            return Reading(name, role, (*more, *inner.notes, *others), held=True)
    return None


def _with_notes(pieces: Pieces) -> Reading:
    head, notes = pieces
    if is_office(head) and (holder := _holder(pieces)):
        return holder
    for note in notes:
        if is_initials(head) and is_person(note) and initials_of(note) == head.casefold():
            return Reading(note, None, (head, *(other for other in notes if other != note)))
    reading = _split_head(head)
    for note in notes:
        role = office_in(note)
        if role and reading.name:
            others = tuple(other for other in notes if other != note)
            return Reading(reading.name, _joined(reading.role, role), others)
    return reading._replace(notes=notes)


def _split_head(head: str) -> Reading:
    dashed = _DASH.split(head, 1)
    if len(dashed) > 1:
        if shape_of(dashed[0]) in {"question", "answer"}:
            return _split_head(dashed[1])
        return _beside(head, dashed[0], dashed[1])
    first, comma, rest = head.partition(", ")
    while comma and plain_word(rest.partition(", ")[0].replace(".", "")) in offices.SUFFIXES:
        suffix, comma, rest = rest.partition(", ")
        first = f"{first}, {suffix}"
    if comma:
        return _beside(head, first, rest)
    if (period := _PERIOD.search(head)) and is_person(head[: period.start()]):
        return _beside(head, head[: period.start()], head[period.end() :])
    return _cut(head)


def _beside(head: str, first: str, rest: str) -> Reading:
    """Two sides of a comma or dash: name and office, or office and name."""
    last = rest.rpartition(", ")[2]
    one = _cut(first)
    if one.name is None or (one.role is None and _is_no_name(first)):
        other = Reading(last, None) if is_person(last) else _cut(last)
        if other.name and (other.role or is_person(last)):
            return Reading(other.name, head.removesuffix(other.name).rstrip(" ,-–—"))
    if one.name is None:
        return Reading(None, head)
    if is_remark(rest) and rest[:1].islower():
        return one
    if any(offices_in(rest.split())) or " -- " in head or _DASH.search(head) or _is_affiliation(one.name, rest):
        return one._replace(role=_joined(one.role, rest))
    return Reading(head, None)


def _is_no_name(text: str) -> bool:
    """`DIRECTOR GENERAL INSTITUTO DE SALUD`, `VOLUNTEER OF THE NORTHERN HOSPITAL`; but not `Good afternoon`."""
    parts = text.split()
    joined = text.isupper() and not offices.PREPOSITIONS.isdisjoint(map(plain_word, parts[1:]))
    return offices_in(parts)[0] or (joined and not is_name(parts))


def _is_affiliation(first: str, rest: str) -> bool:
    """`Jo Li, CNN`; but `Li, Jo` is one name, and so is `Li Wang, Jo` as far as anybody can tell."""
    return is_person(first) and (rest.isupper() or len(rest.split()) > 1 or rest[:1].isupper())


def _joined(role: str | None, more: str) -> str:
    return f"{role}, {more}" if role else more


def _cut(head: str) -> Reading:
    """Office first, name last: `President of Russia Vladimir Putin`; a seat after the name: `Jo Li MP`."""
    parts = head.split()
    if (
        len(parts) > FULL_NAME
        and not head.isupper()
        and parts[-1].isupper()
        and plain_word(parts[-1]) in offices.MEMBERSHIPS
    ):
        one = _cut(" ".join(parts[:-1]))
        return one._replace(role=_joined(one.role, parts[-1])) if one.name else Reading(head, None)
    return Reading(*cut_office(parts))
