"""Rejected files: list, show, put back, delete.  Works on the folder alone, no server needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from turnstream.durable import sync_folder
from turnstream.errors import BadConfiguration
from turnstream.models import printable
from turnstream.naming import free_name, rename_exclusively
from turnstream.receipts import ERROR_SUFFIX


@dataclass(frozen=True, slots=True)
class Case:
    """One rejected file; ``path`` is below ``quarantine/``."""

    path: str
    file: Path
    sidecar: Path
    facts: dict[str, Any]

    @property
    def shown(self) -> str:
        """Its path for people: a name may hold bytes that are no UTF-8."""
        return printable(self.path)


def cases(root: Path) -> Iterator[Case]:
    """Yield every rejected file that is still there, oldest rejection first."""
    folder = root / "quarantine"
    found = []
    for below, _, names in os.walk(folder):
        for name in names:
            file = Path(below, name.removesuffix(ERROR_SUFFIX))
            if name.endswith(ERROR_SUFFIX) and os.path.lexists(file):
                sidecar = Path(below, name)
                found.append(Case(os.path.relpath(file, folder), file, sidecar, _facts(sidecar)))
    yield from sorted(found, key=lambda case: str(case.facts.get("at")))


def listing(root: Path, *, as_json: bool) -> Iterator[str]:
    """Yield a line for each rejected file."""
    for case in cases(root):
        if as_json:
            yield orjson.dumps({"path": case.shown, **case.facts}).decode()
        else:
            facts = case.facts
            yield (f"{str(facts.get('at'))[:19]}  {facts.get('arrival_id')}  {facts.get('reason')!s:<20}  {case.shown}")


def select(root: Path, which: str) -> list[Case]:
    """Return the cases of an arrival id, a path, a reason, or ``all``.

    Raises:
        BadConfiguration: nothing in quarantine is that.

    """
    wanted = which.removeprefix("quarantine/")
    there = list(cases(root))
    # A file that is named like a reason is meant as the file.
    found = [case for case in there if wanted in (case.facts.get("arrival_id"), case.shown)]
    found = found or [case for case in there if which in ("all", case.facts.get("reason"))]
    if not found:
        raise BadConfiguration(f"nothing in {root / 'quarantine'} is {which}: see `turnstream quarantine list`")
    return found


def retry(root: Path, case: Case) -> str:
    """Move a file back to ``drop/`` and drop its sidecar; return its name there.

    Raises:
        BadConfiguration: the file system refuses.

    """
    try:
        return _put_back(root, case)
    except OSError as error:
        raise BadConfiguration(f"{case.shown} cannot be put back into drop/: {error.strerror}") from error


def _put_back(root: Path, case: Case) -> str:
    target = root / "drop" / Path(case.path).parent
    target.mkdir(parents=True, exist_ok=True)
    descriptors = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in (case.file.parent, target)]
    try:
        name = free_name(descriptors[1], case.file.name, str(case.facts.get("arrival_id") or "retry"))
        rename_exclusively(descriptors[0], case.file.name, descriptors[1], name)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    case.sidecar.unlink(missing_ok=True)
    sync_folder(target)
    sync_folder(case.file.parent)
    return printable(os.path.relpath(target / name, root / "drop"))


def discard(case: Case) -> None:
    """Delete a file and its sidecar for good."""
    case.file.unlink(missing_ok=True)
    case.sidecar.unlink(missing_ok=True)
    sync_folder(case.file.parent)


def _facts(sidecar: Path) -> dict[str, Any]:
    try:
        found = orjson.loads(sidecar.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        found = None
    return found if isinstance(found, dict) else {"reason": "unknown"}
