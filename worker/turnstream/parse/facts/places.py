"""What can be the name of a place: capitalised words, and what says that they are one."""

from __future__ import annotations

import re

from turnstream.parse import words
from turnstream.parse.facts import words as fact_words
from turnstream.parse.facts.months import MONTHS, WEEKDAYS
from turnstream.parse.shapes import fold

#: Code points and words of a place.
MAX_PLACE = 80
MAX_PLACE_WORDS = 9

#: Words of each part of `Rio de Janeiro, Brazil`.
MAX_PART_WORDS = 3

#: Letters of a one-word place: `DC` alone is an abbreviation of anything.
MIN_PLACE = 3

_DASH = re.compile(r" ?(?:--|—|–| - | -(?=\w))")
_BRACKETS = re.compile(r" ?\([^()]{0,40}\)")
_THINGS = (
    *(fact_words.HAPPENINGS, fact_words.DOCUMENTS, words.OFFICES, words.HONORIFICS, words.ROLES, words.FIELDS),
    *(words.HEADINGS - fact_words.PLACE_STARTS, WEEKDAYS, frozenset(MONTHS)),
)
#: Words that end so name no place: `Erklärung`, `Introduction`.
_ABSTRACT = (
    *(*words.NOUN_ENDINGS, "ung", "heit", "keit", "schaft"),
    *("rede", "konferenz", "gespräch", "protokoll", "bericht"),
)
_NO_STARTS = (fact_words.HAPPENINGS | fact_words.DOCUMENTS | words.STARTERS) - fact_words.PLACE_STARTS


def opening_capitals(text: str) -> str | None:
    """The capitals that a paragraph opens with before a dash: `WASHINGTON, D.C., Jan. 20 – …`, `SUMMARY – …`."""
    if text[1:2].islower():
        return None
    window = text[:MAX_PLACE]
    dash = _DASH.search(window)
    if not dash or dash.start() < MIN_PLACE or not window[0].isupper() or dash.end() >= len(text):
        return None
    parts = [part.strip() for part in _BRACKETS.sub("", window[: dash.start()]).split(",")]
    kept = [part for part in parts if part and not any(map(str.isdigit, part)) and not _is_month(part)]
    opening = ", ".join(kept)
    plain = all(sign.isalpha() or sign in " .,-'" for sign in opening)
    return opening if plain and opening.isupper() and kept == parts[: len(kept)] else None


def looks_like_place(text: str) -> bool:
    """Whether capitalised words beside a date can name a place: one word, or several that look like one."""
    parts = _parts_of(text)
    flat = [fold(word) for part in parts for word in part]
    if not flat or _is_no_place(flat):
        return False
    if _has_kind(parts):
        return True
    if not _is_no_thing(flat):
        return False
    if len(parts) > 1:
        return all(len(part) <= MAX_PART_WORDS for part in parts)
    return flat[0] in fact_words.PLACE_STARTS or (len(flat) == 1 and len(flat[0]) >= MIN_PLACE)


def is_place(text: str) -> bool:
    """Whether a line says by itself that it names a place: `The Kremlin, Moscow`, `State Dining Room`."""
    parts = _parts_of(text)
    return bool(parts) and not _is_no_place([fold(word) for word in parts[0]]) and _has_kind(parts)


def _parts_of(text: str) -> list[list[str]]:
    """The words of each part of `The Kremlin, Moscow`; none where they are no name."""
    if not text or len(text) > MAX_PLACE or text[-1] in ":;?!" or any(map(str.isdigit, text)):
        return []
    if text[-1] == "." and "." not in text.rsplit(maxsplit=1)[-1][:-1]:
        return []
    parts = [part.split() for part in text.split(", ")]
    capitals = all(word[0].isupper() or fold(word) in words.JOINS for word in text.split() if word[0].isalnum())
    return parts if capitals and all(parts) and sum(map(len, parts)) <= MAX_PLACE_WORDS else []


def _has_kind(parts: list[list[str]]) -> bool:
    firsts, lasts = {fold(part[0]) for part in parts}, {fold(part[-1]) for part in parts}
    return not fact_words.PLACES.isdisjoint(lasts | (firsts - fact_words.BODIES))


def _is_no_place(folded: list[str]) -> bool:
    return folded[0] in _NO_STARTS and folded[0] != "the"


def _is_no_thing(folded: list[str]) -> bool:
    """No office, no heading, no abstract noun, no day."""
    return all(those.isdisjoint(folded) for those in _THINGS) and not any(word.endswith(_ABSTRACT) for word in folded)


def _is_month(part: str) -> bool:
    return part.split(maxsplit=1)[0].strip(".").lower() in MONTHS
