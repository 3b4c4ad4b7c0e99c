"""What is never taken, by its name or kind: ignored names, links, devices, folders, files without their marker."""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path

from turnstream.explain.states import Explanation, State
from turnstream.models import printable
from turnstream.settings import WatchSettings
from turnstream.watch.scan import ignore_pattern, scan

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO (named pipe)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}
_COPY = "Put a copy of the file itself there: only regular files are taken."


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing stands there (any more)."""


def passed_over(path: str, drop: Path, settings: WatchSettings) -> Explanation | Gone | os.stat_result:
    """Return why a path below ``drop/`` is never taken as it is; its facts if it is a file to take."""
    names = path.split("/") if path else []
    for depth in range(len(names)):
        here = "/".join(names[: depth + 1])
        is_last = depth == len(names) - 1
        try:
            facts = os.lstat(drop / here)
        except PermissionError as error:
            return _unreadable(drop, "/".join(names[:depth]), error)
        except (OSError, ValueError):
            return Gone()
        fault = _fault(names[depth], here, facts, is_last=is_last, drop=drop, settings=settings)
        if fault is not None:
            return fault
        if is_last and stat.S_ISREG(facts.st_mode):
            return _marker(path, drop, settings.done_marker) or facts
    return _folder(path, drop, settings)


def _fault(
    name: str, here: str, facts: os.stat_result, *, is_last: bool, drop: Path, settings: WatchSettings
) -> Explanation | None:
    if pattern := next((glob for glob in settings.ignore if ignore_pattern([glob]).fullmatch(name)), None):
        return _ignored(name, here, pattern, is_last=is_last)
    kind = _KINDS.get(stat.S_IFMT(facts.st_mode))
    return _other(kind, here, drop, is_last=is_last) if kind else None


def _ignored(name: str, here: str, pattern: str, *, is_last: bool) -> Explanation:
    whose = "its name" if is_last else f"the name of its folder drop/{printable(here)}"
    return Explanation(
        State.IGNORED,
        f"It is not taken: {whose} matches the ignore pattern {pattern}.",
        "If it is complete, rename it; if such names are to be taken, change watch.ignore.",
        facts={"pattern": pattern, "component": printable(name)},
    )


def _other(kind: str, here: str, drop: Path, *, is_last: bool) -> Explanation:
    what = "It is" if is_last else f"Its folder drop/{printable(here)} is"
    facts = {"kind": kind.partition(" ")[2].partition(" (")[0]}
    if kind == _KINDS[stat.S_IFLNK]:
        facts["target"] = printable(os.readlink(drop / here))  # noqa: PTH115 - an fs string
        kind += f" to {facts['target']}"
    return Explanation(State.NOT_A_FILE, f"{what} {kind}, which is never opened or followed.", _COPY, facts=facts)


def _marker(path: str, drop: Path, marker: str) -> Explanation | None:
    if not marker:
        return None
    if path.endswith(marker):
        why = f"It is a done marker ({marker}) and goes away together with its file."
        return Explanation(State.IGNORED, why, facts={"pattern": f"*{marker}", "component": path.rpartition("/")[2]})
    if os.path.lexists(drop / (path + marker)):
        return None
    name = printable(path.rpartition("/")[2] + marker)
    return Explanation(
        State.AWAITING_MARKER,
        f"It is taken once a file {name} stands beside it (watch.done_marker).",
        "When the file is complete, make the marker:",
        shlex.join(["touch", "--", f"{drop}/{path}{marker}"]),
        facts={"marker": f"drop/{printable(path + marker)}"},
    )


def _folder(path: str, drop: Path, settings: WatchSettings) -> Explanation:
    sight = scan(drop / path if path else drop, ignore_pattern(settings.ignore))
    if why := sight.refused.get(""):
        return _unreadable(drop, path, PermissionError(0, why))
    ignored = sum(bool(ignore_pattern(settings.ignore).fullmatch(file.rpartition("/")[2])) for file in sight.files)
    facts = {
        "kind": "folder",
        "files": len(sight.files) - ignored,
        "ignored": ignored,
        "others": len(sight.others),
        "unreadable_folders": sorted(map(printable, sight.refused)),
    }
    extras = [
        f"{count} {what}"
        for count, what in (
            (ignored, "with an ignored name"),
            (len(sight.others), "links, pipes or devices"),
            (len(sight.refused), "folders that cannot be read"),
        )
        if count
    ]
    why = (
        f"It is a folder; {facts['files']} files in it are to be taken{', beside ' * bool(extras)}{', '.join(extras)}."
    )
    return Explanation(State.NOT_A_FILE, why, "Ask about a file in it, or see `turnstream status`.", facts=facts)


def _unreadable(drop: Path, folder: str, error: OSError) -> Explanation:
    shown = f"drop/{printable(folder)}".rstrip("/")
    facts: dict[str, object] = {
        "folder": shown,
        "errno": error.errno or None,
        "detail": error.strerror,
        "as_uid": os.geteuid(),
    }
    try:
        found = (drop / folder).stat()
        facts |= {"mode": stat.filemode(found.st_mode), "owner_uid": found.st_uid}
    except OSError:
        pass
    return Explanation(
        State.UNREADABLE_FOLDER,
        f"The folder {shown} cannot be read or entered ({error.strerror}), so nobody can say what lies in it.",
        f"Let the account of watcher and worker read and enter it: chmod u+rwx, or chown, on {shown}.",
        facts=facts,
    )


def refused_by_watcher(refusal: str) -> Explanation:
    """Explain a file in a folder that this account may read and the watcher may not."""
    return Explanation(
        State.UNREADABLE_FOLDER,
        f"The watcher cannot read its folder ({refusal}).",
        "Let the account of watcher and worker read and enter that folder.",
        facts={"detail": refusal},
    )
