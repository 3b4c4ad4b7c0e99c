"""The part of a label that says who, for labels that say more: `Jo Li -- Analyst`, `JO LI, Segretario`."""

from __future__ import annotations

from functools import lru_cache

from turnstream.parse import words
from turnstream.parse.names import names_somebody
from turnstream.parse.shapes import MEMO, fold, has_office, outside_brackets

_DASHES = (" -- ", " – ", " — ", " - ", " | ")


@lru_cache(MEMO)
def head_of(label: str) -> str:
    """The label outside its brackets, before a dash, or before a comma that a role follows."""
    head = outside_brackets(label)
    name, comma, role = head.partition(", ")
    if comma and role and (_is_role(role) or (name.isupper() and not role.isupper())):
        head = name
    for dash in _DASHES:
        head = head.partition(dash)[0]
    return head.strip(" *_")


def is_role(label: str) -> bool:
    """Whether a line says what somebody is, and not who: `Chief Executive Officer`."""
    return has_office([fold(part) for part in head_of(label).split()]) and not names_somebody(label)


def _is_role(role: str) -> bool:
    parts = [fold(part) for part in role.split()]
    if not words.CLAUSE.isdisjoint(parts) or parts[0] in words.VOICE | words.STARTERS or ". " in role:
        return False
    return role[0].islower() or has_office(parts[:1])
