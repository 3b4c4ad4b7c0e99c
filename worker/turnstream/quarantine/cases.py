"""Rejected files: found, chosen, put back, deleted.  The folder is the truth, no server is needed."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from turnstream.attempts import forget_attempts, remember_attempts
from turnstream.durable import sync_folder
from turnstream.errors import NotFound
from turnstream.history import lines_with
from turnstream.models import OutcomeKind, from_wire, printable, to_wire
from turnstream.naming import rename_exclusively
from turnstream.root import Root
from turnstream.sidecars import ERROR_SUFFIX, is_ours, read_facts
from turnstream.upkeep.days import is_of
from turnstream.upkeep.give_back import give_back, is_inside

_ARRIVAL_ID = re.compile(r"[0-9a-f]{16}")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Case:
    """One rejected file; ``path`` is below ``quarantine/``, ``facts`` are those of its sidecar."""

    path: str
    file: Path
    sidecar: Path
    facts: dict[str, Any]

    @property
    def shown(self) -> str:
        """Its path for people: a name may hold bytes that are no UTF-8."""
        return printable(self.path)

    @property
    def arrival_id(self) -> str | None:
        """Its arrival id as its sidecar tells it."""
        found = self.facts.get("arrival_id")
        return found if isinstance(found, str) and _ARRIVAL_ID.fullmatch(found) else None


def cases(root: Path, refused: Callable[[OSError], object] | None = None) -> Iterator[Case]:
    """Yield every rejected file that is still there, oldest rejection first.

    A file without its sidecar counts too: somebody deleted that.  ``refused`` is told of
    folders that cannot be read.
    """
    folder = root / "quarantine"
    found = []
    for below, _, names in os.walk(folder, onerror=refused):
        here = set(names)
        for name in here - set(_notes(here)):
            file, sidecar = Path(below, name), Path(below, name + ERROR_SUFFIX)
            if sidecar.name in here or _is_left(file):
                facts = (sidecar.name in here and read_facts(sidecar)) or {"reason": "unknown"}
                found.append(Case(os.path.relpath(file, folder), file, sidecar, facts))
    yield from sorted(found, key=_order)


def with_journal(root: Path, found: list[Case]) -> list[Case]:
    """Tell of files without a sidecar what the journal knows; it is read only if there are any."""
    unknown = {to_wire(f"quarantine/{case.path}"): case for case in found if case.facts == {"reason": "unknown"}}
    if not unknown:
        return found
    told = dict(_told(Root(root), unknown))
    found = [replace(case, facts=told.get(case.path, case.facts)) for case in found]
    return sorted(found, key=_order)


def select(root: Path, found: Sequence[Case], which: Iterable[str]) -> list[Case]:
    """Return the cases that are meant, each once.

    Args:
        root: the data root.
        found: what to choose from.
        which: arrival ids, files or folders of ``quarantine/`` (below it, below the root, or
            as a shell gives them), reasons, ``all``.

    Raises:
        NotFound: one of them is nothing in quarantine.

    """
    chosen: dict[str, Case] = {}
    for one in which:
        meant = _meant(root, found, one)
        if not meant:
            raise NotFound(f"nothing in {root / 'quarantine'} is {printable(one)}: see `turnstream quarantine list`")
        chosen |= {case.path: case for case in meant}
    return [case for case in found if case.path in chosen]


def retry(root: Path, case: Case) -> str:
    """Move a file back to ``drop/`` and take its sidecar away; return its path there, an fs string.

    Nothing is overwritten.  Whenever it is interrupted, the file is in quarantine with its
    sidecar or in ``drop/``.

    Raises:
        OSError: the file system refuses; the file is where it was.

    """
    if case.arrival_id:
        remember_attempts(root, case.arrival_id, case.facts)
    noted = _inode(case.sidecar)
    path = give_back(root, case.file, _dropped_as(case), case.arrival_id or "retry")
    _take_note_away(case.sidecar, noted)
    sync_folder(case.file.parent)
    return path


def discard(root: Path, case: Case) -> None:
    """Delete a file and its sidecar for good.

    Raises:
        OSError: the file system refuses.

    """
    case.file.unlink(missing_ok=True)
    case.sidecar.unlink(missing_ok=True)
    sync_folder(case.file.parent)
    if case.arrival_id:
        forget_attempts(root, case.arrival_id)


def _order(case: Case) -> tuple[str, str]:
    return str(case.facts.get("at")), case.path


def _notes(names: set[str]) -> Iterator[str]:
    """Yield the names that are sidecars of other names; a rejected file may be called like one."""
    for name in names:
        base = name.removesuffix(ERROR_SUFFIX)
        if base != name and base in names and name + ERROR_SUFFIX not in names:
            yield name


def _is_left(file: Path) -> bool:
    """Whether a file without a sidecar is one to tell of: no leftover, no editor's hidden file."""
    if file.name.startswith("."):
        return False
    with contextlib.suppress(OSError):
        is_orphan = file.name.endswith(ERROR_SUFFIX) and is_ours(read_facts(file))
        return stat.S_ISREG(file.lstat().st_mode) and not is_orphan
    return False


def _told(root: Root, unknown: dict[str, Case]) -> Iterator[tuple[str, dict[str, Any]]]:
    root_id = root.state().root_id
    needles = [orjson.dumps(place) for place in unknown]
    for line in lines_with(root.path / "journal", needles, lambda line: line.get("to") in unknown):
        case = unknown.get(line["to"])
        if case is None or line.get("outcome") != OutcomeKind.REJECTED:
            continue
        with contextlib.suppress(OSError):
            if is_of(line, root_id, case.file.lstat()):
                del unknown[line["to"]]
                names = ("reason", "detail", "at", "arrival_id", "size")
                file = printable(from_wire(line["path"]))
                yield case.path, {"file": file, **{name: line.get(name) for name in names}}
        if not unknown:
            return


def _meant(root: Path, found: Sequence[Case], which: str) -> list[Case]:
    # The first reading that is true of any file, never two: what is deleted for good must be what was meant.
    readings = (_from_here(root / "quarantine", which), which, which.removeprefix("quarantine/"))
    by_id = [case for case in found if case.arrival_id == which]
    by_path = (_at(found, reading.rstrip("/")) for reading in readings)
    shown = [case for case in found if case.shown == which]
    # A file that is named like a reason is meant as the file.
    by_reason = [case for case in found if which in ("all", case.facts.get("reason"))]
    return by_id or next(filter(None, by_path), []) or shown or by_reason


def _at(found: Sequence[Case], path: str) -> list[Case]:
    """Return the file of a path, the one of a sidecar's, or all below a folder's."""
    if path in ("", ".", ".."):
        return []
    exact = [case for case in found if case.path == path]
    noted = [case for case in found if case.path == path.removesuffix(ERROR_SUFFIX)]
    return exact or noted or [case for case in found if case.path.startswith(path + "/")]


def _from_here(quarantine: Path, which: str) -> str:
    """Return what a path as a shell gives it is below ``quarantine/``; both may be reached by links."""
    path = Path(which)
    return os.path.relpath(path.parent.resolve() / path.name, quarantine.resolve())


def _dropped_as(case: Case) -> str:
    """Return the path that the file was dropped as; in quarantine it may have got another name."""
    told = case.facts.get("dropped_as")
    path = from_wire(told) if isinstance(told, str) else case.path
    return path if is_inside(path) else case.path


def _inode(path: Path) -> int | None:
    with contextlib.suppress(OSError):
        return path.lstat().st_ino
    return None


def _take_note_away(sidecar: Path, noted: int | None) -> None:
    """Delete the sidecar that was there before the file left; a worker may have rejected the file again by now."""
    taken = sidecar.with_name(f".{secrets.token_hex(8)}.tmp")
    with contextlib.suppress(FileNotFoundError):
        sidecar.rename(taken)
        if _inode(taken) == noted:
            taken.unlink()
        else:
            _give_back(taken, sidecar)


def _give_back(taken: Path, sidecar: Path) -> None:
    folder = os.open(sidecar.parent, _FOLDER)
    try:
        rename_exclusively(folder, taken.name, folder, sidecar.name)
    except FileExistsError:
        taken.unlink()
    finally:
        os.close(folder)
