"""What is wrong at this moment, the gravest first; an empty list is a healthy root."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from turnstream.errors import DisposeBlocked
from turnstream.settings import Settings
from turnstream.status.facts import Problem, Status

#: Share of the disk, and bytes, below which both its free space is told of.
_LEAST_SHARE, _LEAST_BYTES = 0.05, 5 * 1024**3


def problems(status: Status, settings: Settings) -> list[Problem]:
    """Return what is wrong, and what to do."""
    return [*_of_server(status, settings), *_of_processes(status), *_of_files(status)]


def _of_server(status: Status, settings: Settings) -> Iterator[Problem]:
    server = status.server
    own = not settings.server.url.get_secret_value()
    start = (
        f"start `turnstream run --root {shlex.quote(status.root)}`" if own else "see that it runs and can be reached"
    )
    if server.state == "unavailable":
        yield Problem(f"the server cannot be asked ({server.detail.partition(': start')[0]})", start)
    if server.state == "refused":
        yield Problem(f"the server refuses ({server.detail})", "look at its memory, disk and role")
    if server.ledger == "held":
        yield Problem(
            f"the ledger is held, nothing is published: {server.ledger_detail}",
            "the watcher rebuilds it; its log says how far, or why it cannot",
        )
    if server.weaknesses:
        yield Problem(f"the server may lose records: {'; '.join(server.weaknesses)}", "set appendfsync always")


def _of_processes(status: Status) -> Iterator[Problem]:
    if status.server.state != "ok":
        return
    start = f"start `turnstream run --root {shlex.quote(status.root)}`"
    if not status.has("watcher") and not status.has("worker"):
        yield Problem("nobody works: no watcher and no worker is alive", start)
    elif not status.has("watcher"):
        yield Problem("no watcher is alive: nothing is queued", "start `turnstream watch`")
    elif not status.has("worker"):
        yield Problem("no worker is alive: batches stay queued", "start `turnstream work`")


def _of_files(status: Status) -> Iterator[Problem]:
    if status.paused:
        yield Problem(status.paused["what"], status.paused["remedy"])
    for warning in status.warnings:
        what, _, remedy = warning.rpartition(": ")
        yield Problem(what, remedy)
    if status.refused_folders and not status.warnings:
        remedy = "let the account of watcher and worker read and enter them"
        yield Problem(f"{status.refused_folders} folders in drop/ cannot be read", remedy)
    if blocked := (status.deferred or {}).get(DisposeBlocked.reason):
        yield Problem(f"{blocked} files cannot be moved out of drop/", "`turnstream explain FILE` says why")
    if status.free_bytes < min(_LEAST_SHARE * status.total_bytes, _LEAST_BYTES):
        yield Problem("the disk of the root is nearly full", "free space: files wait in drop/ once it is full")
