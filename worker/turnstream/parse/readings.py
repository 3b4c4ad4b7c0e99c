"""What each label of a document says, read beside all the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from turnstream.parse.crowds import is_crowd, is_nameless_crowd
from turnstream.parse.folding import plain, plain_word
from turnstream.parse.labels import offices_in, pieces_of
from turnstream.parse.names import Reading, read_label
from turnstream.parse.offices import BODIES, OFFICES
from turnstream.parse.people import Person, Words, person_of
from turnstream.parse.shapes import outside_brackets, shapes_of


class Names(NamedTuple):
    """All full names of a document, and all family names."""

    full: frozenset[Words]
    family: frozenset[str]


def readings_of(labels: Sequence[str], others: Iterable[str]) -> dict[str, Reading]:
    """Name and role of each label, in order; ``others`` are people whom the document names elsewhere."""
    heads = {plain(pieces_of(label).head) for label in labels}
    found = {label: _crowd(label, heads) or _alone(label, labels) for label in labels}
    called = [one.name for one in found.values() if one.name and not one.is_crowd and not _has_office(one.name)]
    names = _names_of(map(person_of, [*called, *others]))
    return {label: _by_known_name(label, one, names) for label, one in found.items()}


def _alone(label: str, labels: Sequence[str]) -> Reading:
    """`A` beside `B` is no answer."""
    if label == "A" and shapes_of(map(outside_brackets, labels))["A"] == "initials":
        return Reading(label, None)
    return read_label(label)


def _crowd(label: str, heads: Collection[str]) -> Reading | None:
    head = pieces_of(label).head
    if not is_crowd(head, heads):
        return None
    return Reading(None, head, is_crowd=True) if is_nameless_crowd(head) else Reading(head, None, is_crowd=True)


def _has_office(name: str) -> bool:
    return any(offices_in(name.split()))


def _names_of(people: Iterable[Person]) -> Names:
    """The names of people; the single word of `Mr Li` is a family name."""
    full: set[Words] = set()
    family: set[str] = set()
    for person in people:
        if len(person.words) > 1:
            full.add(person.words)
        if len(person.words) > 1 or person.addressed:
            family.update(person.words[-1:])
    return Names(frozenset(full), frozenset(family))


def _by_known_name(label: str, reading: Reading, names: Names) -> Reading:
    """`Head of Ruritanian Air Lines Jo Bea Li` is cut where a name begins that the document uses by itself."""
    if reading.role or reading.is_crowd:
        return reading
    parts = pieces_of(label).head.split()
    offices = [at for at, is_office in enumerate(offices_in(parts)) if is_office]
    if not offices:
        return reading
    folded = tuple(map(plain_word, parts))
    for at in range(offices[0] + 1, len(parts)):
        if _begins_known(folded, at, names):
            return reading._replace(name=" ".join(parts[at:]), role=" ".join(parts[:at]))
    for at in reversed(offices):
        if folded[:at] in names.full:
            return reading._replace(name=" ".join(parts[:at]), role=" ".join(parts[at:]))
    return reading


def _begins_known(folded: Words, at: int, names: Names) -> bool:
    """A known full name, or initials of one, or a family name right after an office or its field."""
    tail = folded[at:]
    if tail in names.full or (len(tail) > 1 and (*(word[:1] for word in tail[:-1]), tail[-1]) in names.full):
        return True
    return len(tail) == 1 and tail[0] in names.family and (folded[at - 1] in OFFICES or folded[at - 1] in BODIES)
