"""Who is who: labels of one document gathered into speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, Protocol

from turnstream.models import Speaker
from turnstream.parse.folding import plain
from turnstream.parse.labels import is_initials
from turnstream.parse.match import Known, Matcher
from turnstream.parse.names import Reading
from turnstream.parse.people import Person, person_of
from turnstream.parse.posts import Holders, Post, post_of
from turnstream.parse.readings import readings_of


class Listed(Protocol):
    """Somebody whom the document lists as present."""

    @property
    def name(self) -> str:
        """As listed."""

    @property
    def role(self) -> str | None:
        """Office or affiliation."""

    @property
    def initials(self) -> str | None:
        """What the document calls this person instead of the name."""


class Mention(NamedTuple):
    """One place where the document names somebody: a label, or an entry (without one) in the list of those present.

    ``said`` when the document itself says that this person holds the post of ``role``.
    """

    label: str | None
    name: str
    person: Person
    role: str | None
    initials: tuple[str, ...]
    said: bool


Key = Known | Post | str


def speakers_of(labels: Iterable[str], listed: Iterable[Listed] = ()) -> tuple[tuple[Speaker, ...], Mapping[str, str]]:
    """Speakers in order of first appearance, and the speaker's id of each label.

    ``labels`` are those of all turns, in order: two that follow each other are hardly one person's.  Who is
    ``listed`` as present gives names to initials and short forms, and is no speaker unless a label means him.
    """
    sequence, present = tuple(labels), tuple(listed)
    readings = readings_of(tuple(dict.fromkeys(sequence)), [one.name for one in present])
    mentions = [*_mentions(readings), *map(_listed, present)]
    gathered: dict[Key, list[str]] = defaultdict(list)
    for label, key in _keys(sequence, readings, mentions).items():
        gathered[key].append(label)
    speakers = tuple(
        _speaker(number, key, tuple(group), readings[group[0]], mentions)
        for number, (key, group) in enumerate(gathered.items(), 1)
    )
    return speakers, {label: speaker.id for speaker in speakers for label in speaker.labels}


def _mentions(readings: Mapping[str, Reading]) -> Iterator[Mention]:
    for label, one in readings.items():
        if one.name and not one.is_crowd:
            initials = tuple(plain(note) for note in one.notes if is_initials(note))
            yield Mention(label, one.name, person_of(one.name, one.notes), one.role, initials, said=one.held)


def _listed(one: Listed) -> Mention:
    initials = (plain(one.initials),) if one.initials else ()
    return Mention(None, one.name, person_of(one.name), one.role, initials, said=True)


def _keys(sequence: Sequence[str], readings: Mapping[str, Reading], mentions: Sequence[Mention]) -> dict[str, Key]:
    """Whom each label means, in order: a person, a post that nobody is known to hold, a crowd."""
    apart = _Apart(sequence, mentions)
    holders = Holders()
    people: dict[str, Known] = {}
    for known in Matcher([one.person for one in mentions], [one.initials for one in mentions], apart.are).match():
        for mention in map(mentions.__getitem__, known.members):
            for role in _posts(mention):
                holders.add(role, known, said=mention.said)
            if mention.label is not None:
                people[mention.label] = known
    keys: dict[str, Key] = {}
    for label, one in readings.items():
        keys[label] = people.get(label) or (plain(label) if one.is_crowd else _holder(label, one, holders, apart))
    return keys


def _posts(mention: Mention) -> Iterator[str]:
    """The role, and what a list says last: `Jo Li, Northland, Chairman` holds the chair."""
    if mention.role:
        yield mention.role
        if mention.label is None and ", " in mention.role:
            yield mention.role.rpartition(", ")[2]


def _holder(label: str, reading: Reading, holders: Holders, apart: _Apart) -> Key:
    post = post_of(reading.role or label)
    holder, is_said = holders.holder_of(post)
    return holder if holder and (is_said or not apart.is_beside(label, holder.members)) else post


class _Apart:
    """What the order of labels says against one speaker for two of them."""

    def __init__(self, sequence: Sequence[str], mentions: Sequence[Mention]) -> None:
        self._labels = [mention.label for mention in mentions]
        self._beside: dict[str, set[str]] = defaultdict(set)
        for one, other in pairwise(sequence):
            if one != other:
                self._beside[one].add(other)
                self._beside[other].add(one)
        self._sequence = sequence

    @cached_property
    def _first(self) -> dict[str, int]:
        return {label: at for at, label in reversed(tuple(enumerate(self._sequence)))}

    @cached_property
    def _last(self) -> dict[str, int]:
        return {label: at for at, label in enumerate(self._sequence)}

    def are(self, members: Sequence[int], others: Sequence[int]) -> bool:
        """Whether two groups of mentions follow each other, or alternate: a short form takes over for good."""
        labels = [label for at in members if (label := self._labels[at])]
        if any(self.is_beside(one, others) for one in labels):
            return True
        taken = [label for at in others if (label := self._labels[at])]
        if not labels or not taken:
            return False
        ends = [max(map(self._last.__getitem__, group)) for group in (labels, taken)]
        starts = [min(map(self._first.__getitem__, group)) for group in (labels, taken)]
        return starts[0] < ends[1] and starts[1] < ends[0]

    def is_beside(self, label: str, members: Sequence[int]) -> bool:
        """Whether a label and one of these mentions' follow each other: labels change because the speaker does."""
        return not self._beside[label].isdisjoint(other for at in members if (other := self._labels[at]))


def _speaker(number: int, key: Key, labels: tuple[str, ...], first: Reading, mentions: Sequence[Mention]) -> Speaker:
    if not isinstance(key, Known):
        return Speaker(id=f"s{number}", name=first.name, role=first.role, labels=labels)
    meant = [mentions[at] for at in sorted(key.members)]
    name = max(meant, key=lambda one: (one.person.rank[:2], len(one.name))).name
    role = next((one.role for one in meant if one.role), None)
    return Speaker(id=f"s{number}", name=name, role=role, labels=labels)
