"""Which names of one document mean the same person: a short form belongs to the only fuller one that it fits.

Nothing is guessed: what fits two people, or what two contradicting short forms claim, stays for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from turnstream.parse.labels import FULL_NAME
from turnstream.parse.people import Gender, Person, Words, initials, short_forms

#: A short form that so many people share is ambiguous, whatever else is known; and time stays linear.
MANY = 16

#: `Mr Li` may leave `Ms Li` only one whom she can be; that often it is looked again.
ROUNDS = 3


class Known:
    """One person, with everything that was found to mean them: ``members`` are places in the list that was given."""

    __slots__ = ("gender", "has_alias", "members", "notes", "words")

    def __init__(self, words: Words) -> None:
        """Somebody of this name, the fullest there is."""
        self.words = words
        self.gender: Gender | None = None
        self.notes: frozenset[str] = frozenset()
        self.members: list[int] = []
        self.has_alias = False

    def admits(self, person: Person) -> bool:
        """False when form of address or brackets contradict: a party alone may be somebody's, two seats are not."""
        if person.gender and self.gender and person.gender != self.gender:
            return False
        return person.notes <= self.notes or person.notes >= self.notes

    def add(self, person: Person, members: Iterable[int]) -> None:
        """Take another of this person's names."""
        self.gender = self.gender or person.gender
        self.notes |= person.notes
        self.members.extend(members)


class Matcher:
    """Gathers ``people``, the fullest names first.

    ``aliases`` are the initials that the document gives for each, and ``apart`` says of two groups of places in
    ``people`` that they can't be one person.
    """

    def __init__(
        self,
        people: Sequence[Person],
        aliases: Sequence[Sequence[str]],
        apart: Callable[[Sequence[int], Sequence[int]], bool],
    ) -> None:
        """Know nobody yet."""
        self._people, self._aliases, self._apart = people, aliases, apart
        self._known: list[Known] = []
        self._exact: dict[Words, list[Known]] = defaultdict(list)
        self._given: dict[Words, list[Known]] = defaultdict(list)
        self._alias: dict[str, list[Known]] = defaultdict(list)
        self._initials: dict[str, list[Known]] = defaultdict(list)

    def match(self) -> list[Known]:
        """Everybody whom they mean."""
        nodes: dict[Person, list[int]] = defaultdict(list)
        for number, person in enumerate(self._people):
            nodes[person].append(number)
        if len(nodes) == 1:
            ((person, members),) = nodes.items()
            self._known.append(Known(person.words))
            self._join(self._known[0], person, members)
            return self._known
        ranked = groupby(sorted(nodes, key=lambda one: one.rank, reverse=True), key=lambda one: one.rank)
        levels = [tuple(level) for _, level in ranked]
        for level in levels:
            earlier = len(self._known)
            self._settle({one: nodes[one] for one in level})
            if level is not levels[-1]:  # only those of a lower rank may mean them
                for known in self._known[earlier:]:
                    self._enter_forms(known)
        return self._known

    def _settle(self, level: dict[Person, list[int]]) -> None:
        """Names of one rank: each joins the only person that it fits, or is somebody new."""
        fresh: dict[Words, list[Person]] = defaultdict(list)
        lone: list[Person] = []
        unsure: Sequence[Person] = list(level)
        for _ in range(ROUNDS):
            fitting = {person: self._fitting(person, level[person]) for person in unsure}
            claims: dict[Known, list[Person]] = defaultdict(list)
            for person in unsure:
                if len(fitting[person]) == 1:
                    claims[fitting[person][0]].append(person)
                elif not fitting[person]:
                    fresh[person.words].append(person)
            lone += self._claim(claims, level)
            unsure = [person for person in unsure if len(fitting[person]) > 1]
            if not claims:
                break
        for same in fresh.values():
            for group in [same] if _agree(same) else [[one] for one in same]:
                self._open(group, level)
        for one in [*lone, *unsure]:
            self._open([one], level)

    def _claim(
        self,
        claims: Mapping[Known, Sequence[Person]],
        level: Mapping[Person, Sequence[int]],
    ) -> Iterator[Person]:
        """Let names join whom they fit; those that contradict each other are given back."""
        for known, claimants in claims.items():
            if not _agree(claimants):
                yield from claimants
                continue
            for person in claimants:
                self._join(known, person, level[person])

    def _open(self, group: Sequence[Person], level: dict[Person, list[int]]) -> None:
        known = Known(group[0].words)
        self._known.append(known)
        for person in group:
            self._join(known, person, level[person])

    def _enter_forms(self, known: Known) -> None:
        _enter(self._exact[known.words], known)
        for form, is_given in short_forms(known.words):
            _enter((self._given if is_given else self._exact)[form], known)
        for letters in initials(known.words):
            _enter(self._initials[letters], known)

    def _join(self, known: Known, person: Person, members: Sequence[int]) -> None:
        known.add(person, members)
        for member in members:
            for alias in self._aliases[member]:
                known.has_alias = True
                _enter(self._alias[alias], known)

    def _fitting(self, person: Person, members: Sequence[int]) -> Sequence[Known]:
        """Everybody whom a name can mean, as far as two are enough to say that it is ambiguous."""
        words = person.words
        alone = len(words) == 1 and not person.addressed
        if alone and (called := self._alias.get(words[0])):
            return called
        found = list(self._exact.get(words, ()))
        if len(words) > FULL_NAME and len(words[0]) == 1:
            found += (one for one in self._exact.get((words[0], words[-1]), ()) if len(one.words) == FULL_NAME)
        weak = [*self._given.get(words, ()), *self._abbreviated(words[0])] if alone else []
        fitting = [one for one in dict.fromkeys([*found, *weak]) if one.admits(person)]
        if len(fitting) == 1 and fitting[0] not in found and self._apart(members, fitting[0].members):
            return ()
        return fitting if len(found) + len(weak) < MANY else (fitting * 2)[:2]

    def _abbreviated(self, letters: str) -> Iterator[Known]:
        """Everybody with these initials whom the document doesn't abbreviate in another way."""
        return (one for one in self._initials.get(letters, ()) if not one.has_alias)


def _enter(people: list[Known], known: Known) -> None:
    if len(people) < MANY and known not in people:
        people.append(known)


def _agree(people: Sequence[Person]) -> bool:
    """Whether nothing in them contradicts: one form of address, and one that says all that any brackets say."""
    most = max((one.notes for one in people), key=len)
    return len({one.gender for one in people} - {None}) <= 1 and all(one.notes <= most for one in people)
