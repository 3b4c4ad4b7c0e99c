"""Who is who: labels of one document gathered into speakers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from turnstream.models import Speaker
from turnstream.parse import words
from turnstream.parse.names import FULL_NAME, Identity, identify
from turnstream.parse.shapes import fold, outside_brackets

Key = tuple[str, str]


def speakers_of(labels: Iterable[str]) -> tuple[tuple[Speaker, ...], Mapping[str, str]]:
    """Speakers in order of first appearance, and the speaker's id of each label."""
    ordered = tuple(dict.fromkeys(labels))
    bare = {outside_brackets(label) for label in ordered}
    identities = {label: identify(label, bare) for label in ordered}
    keys = _resolve(identities)
    gathered: dict[Key, list[str]] = defaultdict(list)
    for label in ordered:
        gathered[keys[label]].append(label)
    speakers = tuple(_speaker(number, group, identities) for number, group in enumerate(gathered.values(), 1))
    return speakers, {label: speaker.id for speaker in speakers for label in speaker.labels}


def _speaker(number: int, labels: list[str], identities: Mapping[str, Identity]) -> Speaker:
    names = [identities[label].name for label in labels]
    roles = [identities[label].role for label in labels]
    name = max((name for name in names if name), key=len, default=None)
    role = next((role for role in roles if role), None)
    return Speaker(id=f"s{number}", name=name, role=role, labels=tuple(labels))


def _resolve(identities: Mapping[str, Identity]) -> dict[str, Key]:
    """The key of each label; short forms get the key of the only full form they fit."""
    holders: dict[Key, set[Key]] = defaultdict(set)
    for identity in identities.values():
        for short in _short_forms(identity):
            holders[short].add(_key(identity))
    return {label: _only(holders, _key(identity)) for label, identity in identities.items()}


def _only(holders: Mapping[Key, set[Key]], key: Key) -> Key:
    """What a short form stands for, unless that is ambiguous."""
    full = holders.get(key, set()) - {key}
    return next(iter(full)) if len(full) == 1 else key


def _key(identity: Identity) -> Key:
    if identity.name:
        return "name", identity.name.casefold()
    return "role", (identity.role or "").casefold()


def _short_forms(identity: Identity) -> list[Key]:
    """What else the document may call this person: by office, by honorific and family name."""
    if not identity.name:
        return []
    forms = [("role", identity.role.casefold())] if identity.role else []
    parts = identity.name.casefold().split()
    if fold(parts[0]) in words.HONORIFICS:
        if len(parts) > FULL_NAME:
            forms += [("name", f"{parts[0]} {parts[-1]}"), ("name", " ".join(parts[1:]))]
    elif len(parts) == FULL_NAME:
        forms += [("name", parts[-1])]
    return forms
