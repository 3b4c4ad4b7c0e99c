"""A label as written, in pieces: what stands outside its brackets, what in them, and what each can be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from turnstream.parse import offices, unnamed
from turnstream.parse.folding import plain, plain_word
from turnstream.parse.shapes import MAX_INITIALS, MAX_NAMES, MEMO

_PAIRS = {"(": ")", "[": "]", "（": "）", "【": "】", "<": ">"}
_BRACKET = re.compile(r"[(\[（【<)\]）】>]")
_EDGES = " ," + offices.BULLETS
_INNER_DASH = re.compile(r" ?[—–] ?| - ")

#: Names that make a person known: given name and family name.
FULL_NAME = 2


class Pieces(NamedTuple):
    """A label outside its brackets, and what stands in each; brackets within brackets stay in their text."""

    head: str
    notes: tuple[str, ...]


@lru_cache(MEMO)
def pieces_of(label: str) -> Pieces:
    """The pieces of a label; a bracket that nobody closes goes to the end.  All in brackets is all head."""
    if not _BRACKET.search(label):
        return Pieces(" ".join(label.split()).strip(_EDGES), ())
    head: list[str] = []
    notes: list[list[str]] = []
    closing: list[str] = []
    for sign in label:
        if closing and sign == closing[-1]:
            closing.pop()
            (notes[-1] if closing else head).append(sign if closing else " ")
        elif sign in _PAIRS:
            if closing:
                notes[-1].append(sign)
            else:
                notes.append([])
            closing.append(_PAIRS[sign])
        else:
            if sign == "," and not closing and notes:
                _drop_blanks(head)
            (notes[-1] if closing else head).append(sign)
    text = " ".join("".join(head).split()).strip(_EDGES)
    noted = tuple(note for signs in notes if (note := "".join(signs).strip()))
    return Pieces(text, noted) if text else Pieces(" ".join(noted) or label, ())


def _drop_blanks(head: list[str]) -> None:
    """`Institute (IN), Jo Li` without its bracket is `Institute, Jo Li`."""
    while head and head[-1] == " ":
        head.pop()


def is_remark(note: str) -> bool:
    """`retranslated`, `spoke in French`, `VIA VIDEO LINK`: how somebody speaks."""
    return not unnamed.REMARKS.isdisjoint(map(plain_word, note.split()))


def is_office(text: str) -> bool:
    """An office without anybody's name in it; `Mr Deputy Speaker` is one, `King's Lynn` and `Mr King` are none."""
    parts = text.split()
    folded = [plain_word(part) for part in parts]
    if not any(offices_in(parts)):
        return text.endswith(offices.OFFICE_SIGNS) and len(parts) == 1
    return offices.HONORIFICS.isdisjoint(folded[1:]) or folded[0] in offices.BEFORE_HONORIFICS


def office_in(note: str) -> str | None:
    """The office that brackets hold: all of `Minister of Seniors`, the end of `Northtown—Prime Minister`."""
    return next((piece for piece in [*_INNER_DASH.split(note), note] if is_office(piece)), None)


def offices_in(parts: Sequence[str]) -> list[bool]:
    """Which words are offices there: `King` is none in `Jo King` and `Mr King`, nor `Earl` in `Earl Li`."""
    folded = [plain_word(part) for part in parts]
    found = [word in offices.OFFICES for word in folded]
    last = len(parts) - 1
    if last > 0 and folded[last] in offices.SURNAMES and _may_be_given(parts[last - 1], folded[last - 1]):
        found[last] = False
    if last > 0 and folded[0] in offices.GIVEN and folded[1] not in offices.PREPOSITIONS:
        found[0] = False
    return found


def _may_be_given(part: str, folded: str) -> bool:
    if folded in offices.HONORIFICS or folded in offices.TITLES:
        return True
    known = folded in offices.QUALIFYING or folded in offices.BODIES or folded in offices.BINDERS
    return part.istitle() and not known and folded not in offices.BEFORE_HONORIFICS and folded not in offices.OFFICES


def is_person(text: str) -> bool:
    """Two names or more, or a form of address and a name; no office, no country."""
    parts = text.split()
    if len(parts) < FULL_NAME:
        return text.endswith(offices.ADDRESS_SIGNS) and len(text) > FULL_NAME
    if any(offices_in(parts)) or not is_name(parts):
        return False
    if plain_word(parts[0]) in offices.HONORIFICS:
        return True
    return is_no_place(parts)


def is_name(parts: Sequence[str]) -> bool:
    """Capitalised words, or words of a script without capitals, with nothing but particles between them."""
    names = [part for part in parts if plain_word(part) not in offices.HONORIFICS]
    if not 1 <= len(names) <= MAX_NAMES or not _begins_name(names[-1]):
        return False
    return all(_begins_name(part) or plain_word(part) in offices.PARTICLES or _is_degree(part) for part in names) and (
        offices.JOINS.isdisjoint(plain_word(part) for part in names if len(part) > 1)
    )


def _begins_name(part: str) -> bool:
    """`Li`, `LI`, `d'Arc`, `al-Li`, and any word of a script without capitals."""
    return part[:1].isalpha() and not part.islower()


def _is_degree(part: str) -> bool:
    """`Dr. h. c. Jo Li`."""
    return part.endswith(".") and part.islower()


def is_no_place(parts: Sequence[str]) -> bool:
    """No word of a country, a body or a field: not `South Africa`, not `Investor Relations`."""
    folded = [plain_word(part) for part in parts]
    return offices.BODIES.isdisjoint(folded) and offices.BINDERS.isdisjoint(folded)


def is_initials(text: str) -> bool:
    """`MBS`: capitals that stand for names."""
    return len(text) <= MAX_INITIALS and text.isalpha() and text.isupper()


def initials_of(text: str) -> str:
    """First letters of all names, small: `mbs` for `Mary B. Smith`."""
    names = [word for word in map(plain_word, text.split()) if word not in offices.HONORIFICS]
    return plain("".join(word[:1] for word in names))
