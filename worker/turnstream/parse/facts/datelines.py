"""Lines that say when, and where: `Berlin, Freitag, den 4. Dezember 2009`, `Meeting of 5 May 2020`."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from turnstream.parse.facts import words as fact_words
from turnstream.parse.facts.dates import dates_in
from turnstream.parse.facts.months import WEEKDAYS
from turnstream.parse.facts.places import looks_like_place
from turnstream.parse.shapes import fold

#: Code points of such a line; a longer one is prose.
MAX_DATELINE = 160

#: Code points of a line that is a time of day: `(12:00 noon – 12:00 midnight CEST)`.
MAX_TIME = 40

#: Words before or after a date that are looked at.
MAX_BESIDE = 9

_TIME = re.compile(
    r"\(?(?:at |um |à |a las |в )?\d{1,2}(?:[:.]\d{2}(?::\d{2})?|h\d{0,2})?"
    r" ?(?:[ap]\.? ?m\.?|uhr|h|hrs|noon|midnight)?\.?(?: ?\(?[A-Z]{1,4}T\)?)?\)?",
    re.IGNORECASE,
)
_IS_TIME = re.compile(rf"{_TIME.pattern}(?: ?(?:-|–|—|to|bis) ?{_TIME.pattern})?", re.IGNORECASE)
_TRIM = " \t,;.:|/()[]{}<>*_#–—-·•（）【】、，。："
_AROUND = " ()[]{}<>*_#"
_PARTING = (",", "，", "、", "|", "–", "—", " -")
_AT = re.compile(r"(?<!\w)(?:in|at|im|en|à|a|в|w)(?!\w)", re.IGNORECASE)


class Dateline(NamedTuple):
    """What a line says of when and where; ``only`` where it says nothing else."""

    day: date
    place: str | None
    only: bool


def read_dateline(text: str, language: str = "") -> Dateline | None:
    """What a short line of the head says; ``None`` where its date is about something else, or a publication."""
    found = dates_in(text, language) if len(text) <= MAX_DATELINE else []
    if len({one.day for one in found}) != 1 or says_published(text[: found[0].start]):
        return None
    day, before, after = found[0].day, _bare(text[: found[0].start]), _bare(text[found[-1].end :])
    rests = [rest for rest in (_rest(before), _rest(after)) if rest]
    if not rests:
        return Dateline(day, None, only=True)
    if any(held in f" {before.casefold()}" for held in fact_words.HELD):
        return Dateline(day, _held_at(before, after), only=False)
    if len(rests) > 1:
        return None
    parted = before.endswith(_PARTING) or after.startswith(_PARTING) or _TIME.match(after) is not None
    # `Alice Holt, 5 May 2020` may be anybody's line: a place must look like one.
    if parted and looks_like_place(rests[0]):
        return Dateline(day, rests[0], only=True)
    on = text[: found[0].start].split()[-1:]
    return Dateline(day, None, only=False) if _is_happening(rests[0], parted=parted, on=on) else None


def day_of_title(title: str, language: str = "") -> date | None:
    """The date that a title begins with, or ends with after a comma, dash, bracket, or `Meeting of`."""
    found = dates_in(title, language)
    if len({one.day for one in found}) != 1 or says_published(title[: found[0].start]):
        return None
    before, after = _bare(title[: found[0].start]), _bare(title[found[-1].end :])
    begins = not before.strip(_TRIM)
    parted = before.endswith((*_PARTING, "-", ":")) or title[: found[0].start].endswith(("(", "["))
    ends = not begins and not _rest(after) and (parted or _is_happening(before, parted=False))
    return found[0].day if begins or ends else None


def says_published(text: str) -> bool:
    """Whether the words before a date say that something was published then."""
    folded = text.casefold()
    return any(word in folded for word in fact_words.PUBLISHED)


def is_time(text: str) -> bool:
    """Whether a line is a time of day: `12:16 P.M. EST`, `14 Uhr`."""
    return len(text) <= MAX_TIME and not text.isdigit() and _IS_TIME.fullmatch(text) is not None


def _is_happening(text: str, *, parted: bool, on: Collection[str] = ()) -> bool:
    """`Press conference, …`, `Meeting of …`, `Hearing in the House on …`; not `A word on the hearing after …`."""
    folded = [fold(word) for word in text.split(maxsplit=MAX_BESIDE)[:MAX_BESIDE]]
    if parted:
        return not fact_words.HAPPENINGS.isdisjoint(folded)
    return folded[-1] in fact_words.HAPPENINGS or (
        folded[0] in fact_words.HAPPENINGS and not fact_words.ON.isdisjoint(on)
    )


def _bare(text: str) -> str:
    """What stands beside a date but for its weekday and small words; a comma that parts it stays."""
    kept = [word for word in text.strip(_AROUND).split() if word.casefold().strip(_TRIM) not in WEEKDAYS]
    while kept and (kept[-1] in fact_words.BESIDE_DATES or (len(kept) == 1 and _is_small(kept[0]))):
        kept.pop()
    while kept and kept[0].strip(",") in fact_words.BESIDE_DATES:
        if kept[0].endswith(",") and len(kept) > 1:
            return ", " + " ".join(kept[1:])
        kept.pop(0)
    return " ".join(kept)


def _is_small(word: str) -> bool:
    return word.casefold() in fact_words.BESIDE_DATES


def _rest(text: str) -> str:
    """… and its time."""
    kept = [
        word for word in _TIME.sub(" ", text).split() if word.strip(_TRIM).casefold() not in fact_words.BESIDE_TIMES
    ]
    return " ".join(kept).strip(_TRIM)


def _held_at(before: str, after: str) -> str | None:
    """`Hearing held in Bonn, 9 June 2010`, `recorded on 9 June 2010 in Bonn`."""
    text, said = (after.rstrip("."), _AT.match(after)) if _rest(after) else (before, _AT.search(before))
    place = _rest(text[said.end() :]) if said else ""
    return place if looks_like_place(place) else None
