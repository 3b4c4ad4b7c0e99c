"""What is asked about: a path as somebody types it, and where it lies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from turnstream.journal import Line
from turnstream.root import MOVING, Root


@dataclass(frozen=True, slots=True)
class InDrop:
    """Something below ``drop/`` (an fs string; ``""`` is the folder itself)."""

    path: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Something in another folder of the root; ``place`` is below the root."""

    place: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that lies elsewhere."""

    path: Path


@dataclass(frozen=True, slots=True)
class Told:
    """An arrival that the journal tells of; ``as_text`` if its text is meant, not its file."""

    line: Line
    as_text: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """A published content that only the server tells of."""

    content_sha256: str
    arrival_id: str
    entry_id: str
    event_id: str


Place = InDrop | Kept | Outside
Subject = Place | Told | Claimed


def places(argument: str, root: Root) -> list[Place]:
    """Return what stands at a path: relative to the working folder, the root or ``drop/``, or absolute."""
    found: dict[Place, None] = {}
    for path in _readings(argument, root):
        place = _place(path, root)
        # A folder outside that may not be entered says nothing of a path that is perhaps not meant there.
        if _is_there(path, refused=isinstance(place, InDrop | Kept) or argument.startswith("/")):
            found[place] = None
    return list(found)


def missing(argument: str, root: Root) -> list[str]:
    """Return the paths below the root that a path means at which nothing stands, most likely first."""
    found = dict.fromkeys(_below(path, root) for path in _readings(argument, root))
    return [place for place in found if place]


def _readings(argument: str, root: Root) -> Iterator[str]:
    for base in (os.getcwd(), str(root.path), str(root.drop)):  # noqa: PTH109 - fs strings throughout
        yield os.path.normpath(os.path.join(base, argument))  # noqa: PTH118


def _is_there(path: str, *, refused: bool) -> bool:
    """Whether something stands at a path; ``refused``: what to say where that may not be looked at."""
    try:
        os.lstat(path)
    except PermissionError:
        return refused
    except (OSError, ValueError):
        return False
    return True


def _place(path: str, root: Root) -> Place:
    place = _below(path, root)
    if place is None:
        return Outside(Path(path))
    folder, _, rest = place.partition("/")
    return InDrop(rest) if folder == "drop" else Kept(place)


def _below(path: str, root: Root) -> str | None:
    """Return a path relative to the root, ``""`` for the root; ``None`` if it lies outside."""
    parent, name = os.path.split(path)
    # As typed first: a link inside drop/ is what it is, wherever it leads.  The root's own folders may be links.
    for candidate in (path, os.path.join(os.path.realpath(parent), name)):  # noqa: PTH118
        for base, at in _bases(root):
            if candidate == base or candidate.startswith(f"{base}/"):
                return f"{at}{candidate[len(base) :]}".removeprefix("/")
    return None


def _bases(root: Root) -> Iterator[tuple[str, str]]:
    yield str(root.path), ""
    yield os.path.realpath(root.path), ""
    for folder in MOVING:
        yield os.path.realpath(root.path / folder), folder
