"""When and where a document says that it happened: every claim of its head, and what they agree on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from turnstream.models import Line
from turnstream.parse.facts.datelines import Dateline, day_of_title, is_time, read_dateline, says_published
from turnstream.parse.facts.dates import dates_in
from turnstream.parse.facts.front_matter import Entry
from turnstream.parse.facts.places import MAX_PLACE, is_place, looks_like_place, opening_capitals
from turnstream.parse.head import Fact

#: Lines before the first turn in which a date may stand: title pages are long.
MAX_TITLE_PAGE = 60

#: … where there are no turns: the text begins at once.
MAX_TOP = 20

#: Code points of a label on a line of its own.
MAX_LABEL = 24

#: Code points of a line of prose, at least.
MIN_PROSE = 60

T = TypeVar("T", date, str)


class Claim(NamedTuple, Generic[T]):
    """A value and the line that says it; ``last`` is ``None`` where that line says something else as well."""

    value: T
    line: int
    last: int | None


class Scene(NamedTuple):
    """All claims of when and where, the strongest first."""

    days: tuple[Claim[date], ...]
    places: tuple[Claim[str], ...]


def scene_of(
    lines: Sequence[Line],
    head: range,
    said: Mapping[str, Sequence[Entry]],
    title: Fact | None,
    language: str,
) -> Scene:
    """What front matter, labels, title and the lines of the ``head`` claim."""
    taken = {number for entries in said.values() for entry in entries for number in range(entry.first, entry.last + 1)}
    if title:
        taken.update(range(title.line, title.last + 1))
    free = [number for number in head if number not in taken]
    datelines = dict(_datelines(lines, free, language))
    days = [*_said_days(said.get("date", ()), language)]
    days += (Claim(one.day, number, number if one.only else None) for number, one in datelines.items())
    if title and (day := day_of_title(title.value, language)):
        days.append(Claim(day, title.line, None))
    places = [Claim(entry.text, entry.first, entry.last) for entry in said.get("place", ()) if _fits(entry.text)]
    places += (Claim(one.place, number, None) for number, one in datelines.items() if one.place)
    places += _beside(lines, free, datelines) or _opening(lines, free)
    return Scene(tuple(days), tuple(places))


def agreed_day(claims: Sequence[Claim[date]]) -> Claim[date] | None:
    """The day of all claims, ``None`` where they differ."""
    return _first_whole(claims) if len({claim.value for claim in claims}) == 1 else None


def agreed_place(claims: Sequence[Claim[str]]) -> Claim[str] | None:
    """The fullest of the places when each holds the others: `Moscow`, `The Kremlin, Moscow`."""
    fullest = max((claim.value for claim in claims), key=len, default="")
    if not all(claim.value.casefold() in fullest.casefold() for claim in claims):
        return None
    return _first_whole([claim for claim in claims if claim.value == fullest])


def _first_whole(claims: Sequence[Claim[T]]) -> Claim[T] | None:
    return next((claim for claim in claims if claim.last is not None), claims[0] if claims else None)


def _said_days(entries: Iterable[Entry], language: str) -> Iterator[Claim[date]]:
    for entry in entries:
        days = {found.day for found in dates_in(entry.text, language)}
        if len(days) == 1:
            yield Claim(days.pop(), entry.first, entry.last)


def _datelines(lines: Sequence[Line], numbers: Sequence[int], language: str) -> Iterator[tuple[int, Dateline]]:
    for number in numbers:
        one = read_dateline(lines[number].text, language)
        if one and not (number and _heads_publication(lines[number - 1].text)):
            yield number, one


def _heads_publication(text: str) -> bool:
    """`Published:` on a line of its own, its date below."""
    return len(text) <= MAX_LABEL and says_published(text)


def _fits(text: str) -> bool:
    return 0 < len(text) <= MAX_PLACE * 2 and "://" not in text


def _beside(lines: Sequence[Line], free: Sequence[int], datelines: Mapping[int, Dateline]) -> list[Claim[str]]:
    """`The Kremlin, Moscow` above or below a date or a time of day."""
    when = {number for number in free if number in datelines or is_time(lines[number].text)}
    claims = []
    for number in free:
        if number in when or not {number - 1, number + 1} & when or not is_place(lines[number].text):
            continue
        first = number
        # A hall, and below it the building.
        while first - 1 in free and not lines[first].blank_before and is_place(lines[first - 1].text):
            first -= 1
        claims.append(Claim(", ".join(line.text for line in lines[first : number + 1]), first, number))
    return claims


def _opening(lines: Sequence[Line], free: Sequence[int]) -> list[Claim[str]]:
    """`WASHINGTON – Today …`: how but one paragraph opens, as headings come in numbers."""
    opened = [(number, place) for number in free if (place := opening_capitals(lines[number].text))]
    if len(opened) != 1:
        return []
    number, place = opened[0]
    is_prose = len(lines[number].text) >= MIN_PROSE
    return [Claim(place, number, None)] if is_prose and looks_like_place(place) else []
