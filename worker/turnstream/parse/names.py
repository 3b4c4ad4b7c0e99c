"""A speaker's label taken apart into name and role; when unsure, the whole label is the name."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from turnstream.parse import words
from turnstream.parse.shapes import MEMO, fold, has_office, is_name, outside_brackets, shape_of, shapes_of

#: Given name and family name: what may follow an office without further evidence.
FULL_NAME = 2

_BRACKETS = re.compile(r"\(((?:[^()]|\([^()]*+\))*+)\)")
_DASH = re.compile(r" (?:--|–|—|-) ")


class Identity(NamedTuple):
    """Who a label means, as far as the label says it."""

    name: str | None
    role: str | None


def identify(label: str, known: Collection[str]) -> Identity:
    """Name and role of a label; ``known`` are all labels of its document, `Jo Li` among them."""
    if label == "A" and shapes_of(known)["A"] == "initials":
        return Identity(label, None)
    parts = outside_brackets(label).split()
    if has_office([fold(part) for part in parts]):
        for at in range(1, len(parts) - 1):
            if " ".join(parts[at:]) in known and is_name(parts[at:]):
                return Identity(" ".join(parts[at:]), " ".join(parts[:at]))
    return split_label(label)


@lru_cache(MEMO)
def split_label(label: str) -> Identity:
    """Name and role of a label by itself."""
    head = outside_brackets(label)
    for inside in _BRACKETS.findall(label):
        if identity := _with_brackets(head, outside_brackets(inside)):
            return identity
    if shape_of(head) in {"question", "answer", "numbered", "role"}:
        return Identity(None, head)
    return _split_head(head)


def names_somebody(label: str) -> bool:
    """Whether a label holds an office and a name, or an honorific and a name: `Mr Li`, not `Mr Speaker`."""
    name, role = split_label(label)
    first, *others = (fold(part) for part in (name or "").split()) if name else [""]
    return bool(name and role) or (first in words.HONORIFICS and words.OFFICES.isdisjoint(others) and bool(others))


def _with_brackets(head: str, inside: str) -> Identity | None:
    """`The Chair (Mr. Jo Li)` and `Hon. Jo Li (Minister of Seniors)`; other brackets say nothing here."""
    if _is_office(head) and _is_person(inside):
        return Identity(inside, head)
    if _is_office(inside) and _is_person(head):
        return Identity(head, inside)
    return None


def _split_head(head: str) -> Identity:
    dashed = _DASH.split(head, 1)
    if len(dashed) > 1:
        return Identity(dashed[0], dashed[1])
    first, comma, rest = head.partition(", ")
    if not comma:
        return _cut(head)
    if _is_office(first) and _is_person(rest):
        return Identity(rest, first)
    if has_office([fold(part) for part in rest.split()]):
        return _join_roles(_cut(first), rest)
    return Identity(head, None)


def _join_roles(identity: Identity, rest: str) -> Identity:
    if identity.name is None:
        return Identity(None, f"{identity.role}, {rest}")
    return Identity(identity.name, f"{identity.role}, {rest}" if identity.role else rest)


def _cut(head: str) -> Identity:
    """Office first, name last: `President of Russia Vladimir Putin`."""
    parts = head.split()
    at = _name_after_office(parts)
    if at is None:
        return Identity(head, None)
    return Identity(" ".join(parts[at:]) or None, " ".join(parts[:at]))


def _name_after_office(parts: list[str]) -> int | None:
    """Index of the name's first word; ``len(parts)`` when there is only an office."""
    folded = [fold(part) for part in parts]
    offices = [at for at, word in enumerate(folded) if word in words.OFFICES]
    if not offices:
        return None
    for at in range(offices[-1] + 1, len(parts)):
        if folded[at] in words.HONORIFICS and is_name(_without_small(parts[at:])):
            return at
    tail = offices[-1] + 1
    if tail == len(parts):
        return tail
    return _name_in_tail(parts, folded, tail)


def _without_small(parts: list[str]) -> list[str]:
    """Degrees are written small: `Dr. h. c. Jo Li`."""
    return [part for part in parts if not (part.endswith(".") and part.islower())]


def _name_in_tail(parts: list[str], folded: list[str], tail: int) -> int | None:
    """The name after an office and what it is an office of."""
    start = max((at + 1 for at in range(tail, len(parts)) if _leads(parts, folded, at)), default=tail)
    if start == tail:
        return tail if _may_follow(parts, folded, tail) else None
    while start < len(parts) and folded[start] in words.BINDERS:
        start += 1
    at = start if _is_plain_word(parts[start - 1]) else start + 1
    if len(parts) - start <= 1:
        return len(parts) if at >= start else None
    return at if len(parts) - at == FULL_NAME and _is_full_name(parts, folded, at) else None


def _leads(parts: list[str], folded: list[str], at: int) -> bool:
    return folded[at] in words.PREPOSITIONS or parts[at][0].islower()


def _is_plain_word(part: str) -> bool:
    """A small word that takes no object: the name follows it at once."""
    return part.islower() and fold(part) not in words.JOINS


def _may_follow(parts: list[str], folded: list[str], at: int) -> bool:
    """`CEO Jo Li`; one word may be a field (`Director Sales`), three may hold a country (`Президент России …`)."""
    return len(parts) - at == FULL_NAME and _is_full_name(parts, folded, at)


def _is_full_name(parts: list[str], folded: list[str], at: int) -> bool:
    return is_name(parts[at:]) and words.BODIES.isdisjoint(folded[at:]) and words.BINDERS.isdisjoint(folded[at:])


def _is_office(label: str) -> bool:
    """An office without anybody's name in it; `Mr Deputy Speaker` is one."""
    folded = [fold(part) for part in label.split()]
    return not words.OFFICES.isdisjoint(folded) and words.HONORIFICS.isdisjoint(folded[1:])


def _is_person(label: str) -> bool:
    folded = [fold(part) for part in label.split()]
    return len(folded) > 1 and is_name(label.split()) and words.OFFICES.isdisjoint(folded)
