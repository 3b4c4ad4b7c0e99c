"""Where the name begins after an office: `President of Russia Vladimir Putin`, `Chief Justice Li`."""

from __future__ import annotations

from collections.abc import Sequence

from turnstream.parse import offices
from turnstream.parse.folding import plain_word
from turnstream.parse.labels import FULL_NAME, is_name, is_no_place, offices_in

#: Names that may follow an office at once, save for initials and particles: `ANA MARÍA LÓPEZ DE LA CRUZ RUIZ`.
MAX_WEIGHT = 5

#: Between an office and a form of address: `Senator the Hon. Jo Li`.
_ARTICLES = frozenset(("the", "el", "la", "der", "die", "le"))


def cut_office(parts: Sequence[str]) -> tuple[str | None, str | None]:
    """Name and role of a label without brackets and commas."""
    if not parts:
        return None, None
    folded = [plain_word(part) for part in parts]
    start = _honorific(folded)
    found = [at for at, office in enumerate(offices_in(parts)) if office]
    if not found:
        return _office_last(parts) if not start else (" ".join(parts[start:]), None)
    name = _name_after_office(parts, folded, found[-1] + 1)
    if name is None:
        return " ".join(parts), None
    role = [*parts[: name.start], *parts[name.stop :]]
    while len(name) and role and plain_word(role[-1]) in _ARTICLES:
        role.pop()
    return " ".join(parts[name.start : name.stop]) or None, " ".join(role)


def _honorific(folded: Sequence[str]) -> int:
    """Index of a form of address that only articles stand before: `El señor Li`."""
    for at, word in enumerate(folded):
        if word in offices.HONORIFICS:
            return 0 if folded[at - 1 : at] == ["right"] else at
        if word not in offices.BEFORE_HONORIFICS:
            break
    return 0


def _office_last(parts: Sequence[str]) -> tuple[str | None, str | None]:
    """`王小明 議員`, `김철수 위원`: where words have no capitals, the office may follow."""
    if len(parts) == 1 and parts[0] in offices.OFFICE_SIGNS:
        return None, parts[0]
    if len(parts) == FULL_NAME:
        first, last = (part.endswith(offices.OFFICE_SIGNS) for part in parts)
        if first != last:
            return (parts[0], parts[1]) if last else (parts[1], parts[0])
    return " ".join(parts), None


def _name_after_office(parts: Sequence[str], folded: Sequence[str], tail: int) -> range | None:
    """Where the name stands; empty at the end when there is only an office."""
    end = len(parts)
    for at in range(tail, end):
        if folded[at] in offices.HONORIFICS and is_name(parts[at:]):
            return range(at, end)
    while tail < end and folded[tail] in offices.QUALIFYING:
        tail += 1
    leads = [at for at in range(tail, end) if _leads(parts, folded, at, tail)]
    if not leads:
        return range(tail, end) if tail == end or _may_follow(parts, folded, tail, end) else None
    if leads[0] > tail and _may_follow(parts, folded, tail, leads[0]):
        return range(tail, leads[0])
    start = _name_after_object(parts, folded, leads[-1] + 1)
    return range(start, end) if start is not None else None


def _name_after_object(parts: Sequence[str], folded: Sequence[str], start: int) -> int | None:
    """… of what begins at ``start``: `Russia Vladimir Putin`, `Foreign Affairs`."""
    while start < len(parts) and folded[start] in offices.BINDERS and not _is_state(parts, folded, start):
        start += 1
    if len(parts) - start <= 1:
        return len(parts)
    at = start if _is_plain_word(parts[start - 1], folded[start - 1]) else start + 1
    at = max([at, *(body + 1 for body in range(at, len(parts)) if folded[body] in offices.BODIES)])
    return at if _weight(parts[at:]) == FULL_NAME and _is_full_name(parts[at:]) else None


def _is_state(parts: Sequence[str], folded: Sequence[str], at: int) -> bool:
    """`State Jo Li` after `Secretary of` is whole, `State Council Jo Li` after `Chairman of the` is not."""
    return folded[at] == "state" and _weight(parts[at + 1 :]) == FULL_NAME


def _leads(parts: Sequence[str], folded: Sequence[str], at: int, tail: int) -> bool:
    """Something that the office is of begins after this word; `von` in `Kanzlerin Anna von Berg` leads nothing."""
    if folded[at] in offices.PREPOSITIONS:
        return at == tail or not _is_inside_name(parts, folded, at, tail)
    return parts[at][0].islower() and folded[at] not in offices.PARTICLES


def _is_inside_name(parts: Sequence[str], folded: Sequence[str], at: int, tail: int) -> bool:
    return (
        folded[at] in offices.PARTICLES
        and parts[tail][0].isupper()
        and offices.PREPOSITIONS.isdisjoint(folded[tail:at])
    )


def _is_plain_word(part: str, folded: str) -> bool:
    """A small word that takes no object: the name follows it at once."""
    return part.islower() and folded not in offices.JOINS and folded not in offices.PARTICLES


def _may_follow(parts: Sequence[str], folded: Sequence[str], at: int, end: int) -> bool:
    """`CEO Jo Li`; one word may be a field (`Director Sales`), three may hold a country (`Президент России …`)."""
    if not _is_full_name(parts[at:end]):
        return False
    match _weight(parts[at:end]):
        case 1:
            return _is_among(offices.TITLES, folded, at) and len(folded[at]) > 1
        case weight if weight == FULL_NAME:
            return True
        case weight:
            return 0 < weight <= MAX_WEIGHT and _is_among(offices.NAMED, folded, at)


def _is_among(titles: frozenset[str], folded: Sequence[str], at: int) -> bool:
    """Whether what stands before the name is one of these titles."""
    before = folded[:at]
    while before and before[-1] in offices.QUALIFYING and before[-1] not in titles:
        before = before[:-1]
    return bool(before) and before[-1] in titles and offices.DIRECTORS.isdisjoint(before[-2:-1])


def _weight(parts: Sequence[str]) -> int:
    """Names without initials, particles and what follows: 2 for `John F. Li`, `Anna von der Aue`."""
    folded = [plain_word(part) for part in parts]
    return sum(len(word) > 1 and word not in offices.PARTICLES and word not in offices.SUFFIXES for word in folded)


def _is_full_name(parts: Sequence[str]) -> bool:
    return is_name(parts) and is_no_place(parts)
