"""Labels that only say what somebody is: `The Chair`, `Operator`; and whom of the document they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from turnstream.parse import offices, unnamed
from turnstream.parse.folding import plain_word
from turnstream.parse.match import Known
from turnstream.parse.people import Gender, gender_of
from turnstream.parse.shapes import MEMO

#: One post in several forms.
_SAME = dict.fromkeys(("chairman", "chairwoman", "chairperson"), "chair")


class Post(NamedTuple):
    """An office as it is compared; `Madam Deputy Speaker` and `Mr Deputy Speaker` are two people's."""

    words: tuple[str, ...]
    gender: Gender | None


@lru_cache(MEMO)
def post_of(role: str) -> Post:
    """The post that a role means: without articles, forms of address and case."""
    folded = [word for part in role.split() if (word := plain_word(part))]
    address = {word for word in folded if word in offices.HONORIFICS}
    at = 0
    while at < len(folded) - 1 and (folded[at] in offices.BEFORE_HONORIFICS or folded[at] in offices.HONORIFICS):
        at += 1
    return Post(tuple(_SAME.get(word, word) for word in folded[at:]), gender_of(address))


def is_certain(post: Post) -> bool:
    """Whether a post can mean one certain person; `Question`, `Speaker 1`, `Analyst` mean whoever it is."""
    numbered = any(sign.isdigit() for word in post.words for sign in word)
    return not numbered and not unnamed.ANONYMOUS.issuperset(post.words)


_Held = dict[tuple[str, ...], list[tuple[Gender | None, Known]]]


class Holders:
    """Who holds which post: as the document says it, or as their own labels name it."""

    def __init__(self) -> None:
        """Nobody holds any yet."""
        self._said: _Held = defaultdict(list)
        self._named: _Held = defaultdict(list)

    def add(self, role: str, holder: Known, *, said: bool) -> None:
        """Note that somebody holds a post."""
        post = post_of(role)
        (self._said if said else self._named)[post.words].append((post.gender or holder.gender, holder))

    def holder_of(self, post: Post) -> tuple[Known | None, bool]:
        """The only one who can hold a post, and whether the document says so."""
        if not is_certain(post):
            return None, False
        if said := _admitted(self._said.get(post.words, ()), post.gender):
            return (said[0] if len(said) == 1 else None), True
        named = _admitted(self._named.get(post.words, ()), post.gender)
        return (named[0] if len(named) == 1 else None), False


def _admitted(held: Iterable[tuple[Gender | None, Known]], gender: Gender | None) -> list[Known]:
    return list(dict.fromkeys(holder for said, holder in held if not (said and gender) or said == gender))
