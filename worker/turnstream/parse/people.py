"""A name as it is compared: words without case, accents, forms of address; and what else it may be shortened to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from turnstream.parse import offices
from turnstream.parse.folding import plain, plain_word
from turnstream.parse.labels import FULL_NAME
from turnstream.parse.shapes import MEMO

Words = tuple[str, ...]
Gender = Literal["male", "female"]

#: Words of a name that short forms are made of; more are none of a person's.
MAX_WORDS = 8

_GLUED = re.compile(r"\.(?=\w)")


class Person(NamedTuple):
    """Somebody as one label names him: initials are single letters, the family name comes last.

    ``notes`` are what sets apart people of one name: party, constituency, `Jr.`.
    """

    words: Words
    gender: Gender | None = None
    notes: frozenset[str] = frozenset()
    addressed: bool = False

    @property
    def rank(self) -> tuple[int, int, int]:
        """How much is said, for an order: names, words, and what stands beside them."""
        full = sum(len(word) > 1 for word in self.words)
        return full, len(self.words), bool(self.gender) + len(self.notes)


@lru_cache(MEMO)
def person_of(name: str, notes: tuple[str, ...] = ()) -> Person:
    """The person that a name means, with what its label says in brackets; remarks are written small.

    `Second messenger` describes somebody, so it is one word: its parts are nobody's family name.
    """
    first, comma, rest = name.partition(", ")
    if comma and plain_word(rest.replace(".", "")) not in offices.SUFFIXES:
        name = f"{rest} {first}"
    parts = _GLUED.sub(". ", name).split()
    address, parts = _address(parts)
    parts, place = _place(parts) if address else (parts, "")
    parts = [part for part in parts if not (part.endswith(".") and part.islower())]
    words = [plain_word(part) for part in parts]
    if any(part.islower() and word not in offices.PARTICLES for part, word in zip(parts, words, strict=True)):
        words = [" ".join(words)]
    said = [piece for note in (*notes, place) for piece in note.split(", ")]
    apart = {plain(piece) for piece in said if piece[:1].isalpha() and not piece[0].islower()}
    while len(words) > 1 and words[-1] in offices.SUFFIXES:
        apart.add(words.pop())
    return Person(_family_last(words), gender_of(address), frozenset(apart), bool(address))


def gender_of(address: Iterable[str]) -> Gender | None:
    """What forms of address say; nothing when they contradict each other."""
    male, female = (not said.isdisjoint(address) for said in (offices.MALE, offices.FEMALE))
    return None if male == female else "male" if male else "female"


def _address(parts: list[str]) -> tuple[list[str], list[str]]:
    """Forms of address, with the articles before them, and what follows."""
    found: list[str] = []
    at = 0
    for number, part in enumerate(parts[:-1]):
        word = plain_word(part)
        if word in offices.HONORIFICS:
            found.append(word)
            at = number + 1
        elif word not in offices.BEFORE_HONORIFICS and not (part.endswith(".") and part.islower()):
            break
    return found, parts[at:]


def _place(parts: list[str]) -> tuple[list[str], str]:
    """`Mr. Li of New Northland`: the place sets him apart from another Mr. Li."""
    if "of" in parts[1:]:
        at = parts.index("of", 1)
        return parts[:at], " ".join(parts[at + 1 :])
    return parts, ""


def _family_last(words: Sequence[str]) -> Words:
    """`Ли А.Б.` as `А. Б. Ли`, `Ли Анна Борисовна` as `Анна Борисовна Ли`."""
    cleaned = [_without_address_sign(word) for word in words if word]
    names = [at for at, word in enumerate(cleaned) if len(word) > 1]
    if names and names[0] == 0 and names[-1] < len(cleaned) - 1:
        last = names[-1] + 1
        cleaned = cleaned[last:] + cleaned[:last]
    elif len(cleaned) > FULL_NAME and cleaned[-1].endswith(offices.PATRONYMICS):
        cleaned = cleaned[1:] + cleaned[:1]
    return tuple(cleaned)


def _without_address_sign(word: str) -> str:
    if not word.endswith(offices.ADDRESS_SIGNS):
        return word
    sign = next(sign for sign in offices.ADDRESS_SIGNS if word.endswith(sign))
    return word.removesuffix(sign) if len(word) > len(sign) + 1 else word


def short_forms(words: Words) -> Iterator[tuple[Words, bool]]:
    """What else this name may be written as; ``True`` for the given name alone, the weakest of them."""
    count = len(words)
    if not FULL_NAME <= count <= MAX_WORDS:
        return
    given, family = words[0], words[-1]
    if given not in offices.OFFICES:
        yield (given,), True
    yield from ((words[at:], False) for at in range(1, count))
    yield from ((words[:at], False) for at in range(2, count))
    yield (given[0], family), False
    yield (family[0], given), False
    if count > FULL_NAME:
        yield (given, family), False
        yield (given, words[-2]), False
        yield (words[-2],), False
        yield (given, *(word[0] for word in words[1:-1]), family), False
        yield (*(word[0] for word in words[:-1]), family), False
        yield (*(word for word in words[:-1] if len(word) > 1), family), False


def initials(words: Words) -> set[str]:
    """First letters of a full name, also of both halves of a double one: `kjp` and `kj` for `Karin Jung-Pohl`."""
    if len(words) < FULL_NAME:
        return set()
    halves = [half for word in words for half in word.split("-") if half]
    return {"".join(word[0] for word in words), "".join(half[0] for half in halves)}
