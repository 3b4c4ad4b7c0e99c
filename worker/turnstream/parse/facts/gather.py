"""All facts of a document: what its front matter, its head and its lists say, and where they disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from turnstream.models import Extracted, Line, Participant, Span
from turnstream.parse.facts import words as fact_words
from turnstream.parse.facts.front_matter import Entry, read_front_matter
from turnstream.parse.facts.language import UNKNOWN, agreed_language, declared_language, language_of
from turnstream.parse.facts.scene import MAX_TITLE_PAGE, MAX_TOP, agreed_day, agreed_place, scene_of
from turnstream.parse.head import Fact, labelled, read_head
from turnstream.parse.roster import Attendance


@dataclass(slots=True)
class Facts:
    """The facts; ``owned`` are the lines that are a field's own, ``text_at`` where the text may begin after them."""

    title: str | None = None
    publisher: str | None = None
    summary: str | None = None
    occurred_on: date | None = None
    place: str | None = None
    language: str = UNKNOWN
    participants: tuple[Participant, ...] = ()
    text_at: int = 0
    spans: dict[str, Span] = field(default_factory=dict)
    owned: set[int] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


def facts_of(document: Extracted, first: int, turns_at: int, attendance: Sequence[Attendance]) -> Facts:
    """The facts of a document whose front matter ends before line ``first``; turns begin at ``turns_at`` or never."""
    lines = document.lines
    said = _said(lines, first, turns_at)
    facts = Facts(participants=tuple(Participant(name=one.name, role=one.role) for one in attendance), text_at=first)
    head = read_head(lines, first, turns_at, said)
    for fact in head:
        _own(facts, lines, fact.field, (fact.line, fact.last))
        facts.text_at = max(facts.text_at, fact.last + 1)
    values = {fact.field: fact.value for fact in head}
    facts.title, facts.publisher, facts.summary = (values.get(name) for name in ("title", "publisher", "summary"))
    _read_language(facts, document, said, turns_at if turns_at < len(lines) else facts.text_at)
    _read_scene(facts, lines, first, turns_at, said, next((fact for fact in head if fact.field == "title"), None))
    return facts


def _said(lines: Sequence[Line], first: int, turns_at: int) -> Mapping[str, list[Entry]]:
    """Entries of front matter and labelled lines of the head, by what they name."""
    said: dict[str, list[Entry]] = defaultdict(list)
    for entry in (*read_front_matter(lines, first), *labelled(lines, first, turns_at)):
        if name := fact_words.FIELDS.get(entry.key):
            said[name].append(entry)
    return said


def _own(facts: Facts, lines: Sequence[Line], name: str, place: tuple[int, int]) -> None:
    """Give a field the lines it stands on, unless another has one of them."""
    numbers = range(place[0], place[1] + 1)
    if facts.owned.isdisjoint(numbers):
        facts.owned.update(numbers)
        facts.spans[name] = (lines[place[0]].start, lines[place[1]].end)


def _read_language(facts: Facts, document: Extracted, said: Mapping[str, Sequence[Entry]], text_at: int) -> None:
    lines = document.lines
    facts.language = language_of(document.canonical, lines[text_at].start if text_at < len(lines) else 0)
    for entry in said.get("language", ()):
        declared = declared_language(entry.text)
        if declared is None:
            continue
        _own(facts, lines, "language", (entry.first, entry.last))
        agreed = agreed_language(declared, facts.language)
        if agreed is None:
            facts.warnings.append("conflicting_languages")
        facts.language = agreed or UNKNOWN
        return


def _read_scene(
    facts: Facts,
    lines: Sequence[Line],
    first: int,
    turns_at: int,
    said: Mapping[str, Sequence[Entry]],
    title: Fact | None,
) -> None:
    page = MAX_TITLE_PAGE if turns_at < len(lines) else MAX_TOP
    head = range(first, min(turns_at, first + page))
    scene = scene_of(lines, head, said, title, facts.language)
    day, place = agreed_day(scene.days), agreed_place(scene.places)
    facts.occurred_on, facts.place = day and day.value, place and place.value
    for name, claim, claims in (("occurred_on", day, scene.days), ("place", place, scene.places)):
        if claim is not None and claim.last is not None:
            _own(facts, lines, name, (claim.line, claim.last))
        if claim is None and claims:
            facts.warnings.append("conflicting_dates" if name == "occurred_on" else "conflicting_places")
