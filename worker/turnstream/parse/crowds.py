"""Labels that stand for several people: `DE, SYG`, `Anna and Ben`, `ALL`, `Several members`."""

from __future__ import annotations

import re
from collections.abc import Collection

from turnstream.parse import offices, unnamed
from turnstream.parse.folding import plain, plain_word
from turnstream.parse.labels import is_initials, is_name, is_person
from turnstream.parse.office_first import cut_office

_LIST = re.compile(r", | ?[/+] ?")
_PARTS = frozenset(",/+")
#: Somebody, what joins them, and somebody else.
FEWEST_JOINED = 3

#: Beside a word for a crowd: `A number of hon. members`, `Voces a coro`.
_AROUND = frozenset(
    ("a", "the", "of", "number", "hon", "honourable", "opposition", "government", "de", "las", "los", "и")
)


def is_crowd(head: str, known: Collection[str]) -> bool:
    """Whether a label (outside its brackets) means more than one person; ``known`` are all of them, ``plain``."""
    return is_nameless_crowd(head) or _is_list(head, known) or _is_joined(head, known)


def is_nameless_crowd(head: str) -> bool:
    """`ALL`, `Several hon. members`: nobody by name."""
    folded = [plain_word(word) for word in head.split()]
    if not folded or unnamed.CROWD.isdisjoint(folded):
        return False
    others = [word for word in folded if word not in unnamed.CROWD and word not in _AROUND]
    return not others or (len(others) == 1 and folded[0] in unnamed.CROWD and head.rsplit(maxsplit=1)[-1].islower())


def _is_list(head: str, known: Collection[str]) -> bool:
    if _PARTS.isdisjoint(head):
        return False
    pieces = _LIST.split(head)
    if len(pieces) == 1:
        return False
    return all(map(is_initials, pieces)) or all(plain(piece) in known for piece in pieces)


def _is_joined(head: str, known: Collection[str]) -> bool:
    words = head.split()
    if len(words) < FEWEST_JOINED:
        return False
    joints = [at for at, word in enumerate(words) if plain(word) in unnamed.AND or plain(word) in unnamed.AND_IN_NAMES]
    if not joints or joints[0] == 0 or joints[-1] == len(words) - 1:
        return False
    sure = any(plain(words[at]) in unnamed.AND for at in joints)
    bounds = zip([-1, *joints], [*joints, len(words)], strict=True)
    pieces = [piece for one, other in bounds for piece in _LIST.split(" ".join(words[one + 1 : other]))]
    return all(_is_somebody(piece, known, alone=sure) for piece in pieces)


def _is_somebody(piece: str, known: Collection[str], *, alone: bool) -> bool:
    """One of those that are joined; ``alone`` when a single unknown name may be one: `Anna and Ben`."""
    parts = piece.split()
    if plain(piece) in known or is_person(piece):
        return True
    if len(parts) == 1:
        return alone and (is_name(parts) or plain_word(piece) in offices.HONORIFICS) and _is_no_office(piece)
    name, role = cut_office(parts)
    return bool(name and role)


def _is_no_office(word: str) -> bool:
    folded = plain_word(word)
    return folded not in offices.OFFICES and folded not in offices.BODIES and folded not in unnamed.ANONYMOUS
