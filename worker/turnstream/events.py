"""Every event that we log: a closed list, ``<noun>.<verb, past tense>``."""

from __future__ import annotations

import logging
from typing import NamedTuple


class EventSpec(NamedTuple):
    """Level, what the event means, and what its reader should do."""

    level: int
    meaning: str
    action: str = "none"


_D, _I, _W, _E = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR

EVENTS: dict[str, EventSpec] = {
    "document.published": EventSpec(_I, "a new content is on the stream; its file was moved to archive/"),
    "document.duplicate": EventSpec(_I, "a content already on the stream; its file was moved to duplicates/"),
    "document.superseded": EventSpec(
        _I, "a longer text of the same transcript is on the stream; the file was moved to duplicates/"
    ),
    "document.rejected": EventSpec(_W, "the file was moved to quarantine/", "read hint; `turnstream quarantine show`"),
    "document.deferred": EventSpec(_I, "the file stays in drop/ and is tried again later", "see reason and detail"),
    "document.blocked": EventSpec(
        _W, "the file's outcome is known but it cannot be moved", "free space, give permission"
    ),
    "document.gone": EventSpec(_D, "a file was already handled, or taken away by its user"),
    "document.returned": EventSpec(
        _W, "a process was killed while it moved a file that nobody had read; the file is back in drop/"
    ),
    "edition.lost": EventSpec(
        _W, "a text published before cannot be parsed now: a longer one may not be told to continue it", "report it"
    ),
    "document.suspected": EventSpec(_W, "a worker process died or overran its time on this batch"),
    "batch.refused": EventSpec(_E, "a message was not ours to work on", "give each root its own server.key_prefix"),
    "batch.abandoned": EventSpec(
        _W, "a batch ended early; its files are sent again.  Said once while the reason stays", "see reason and detail"
    ),
    "files.ignored": EventSpec(_D, "a name in drop/ matches an ignore pattern or is no regular file"),
    "files.expired": EventSpec(_I, "files past the ages of section `retention` were deleted; counts by folder"),
    "files.kept": EventSpec(_W, "for a day nothing is deleted by age: the clock is not trusted", "check the clock"),
    "files.tidied": EventSpec(_I, "what killed processes had left behind was deleted; counts by kind"),
    "files.undeletable": EventSpec(
        _W, "what is past its age or left behind cannot be looked at or deleted", "give the watcher write permission"
    ),
    "server.started": EventSpec(_I, "the embedded server answers"),
    "server.loading": EventSpec(_I, "the server is reading its data and will answer soon"),
    "server.unavailable": EventSpec(_W, "the server does not answer; said once per outage", "files wait in drop/"),
    "server.available": EventSpec(_I, "the server answers again"),
    "server.weak": EventSpec(_W, "the server may lose acknowledged writes and that was allowed", "appendfsync always"),
    "ledger.created": EventSpec(_I, "a new root began its ledger"),
    "ledger.rebuilding": EventSpec(
        _W, "the server lost its ledger; it is made anew from journal and archive, nothing is published meanwhile"
    ),
    "ledger.rebuilt": EventSpec(
        _I, "the ledger is whole again; counts of publications in the journal by what became of them"
    ),
    "document.unrecoverable": EventSpec(
        _E, "the server lost an entry, and its file is gone: it cannot be published again", "drop its file again"
    ),
    "ledger.held": EventSpec(
        _E, "the server lost or exchanged its ledger; nothing is published", "wait for ledger.rebuilt, or see detail"
    ),
    "watch.started": EventSpec(_I, "the watcher looks at drop/"),
    "watch.stopped": EventSpec(_I, "the watcher ended"),
    "watch.degraded": EventSpec(
        _W, "the watch does not see all at once: `fault` and reason; the sweep finds files", "see remedy"
    ),
    "watch.repaired": EventSpec(_I, "what `fault` and reason name is over"),
    "queue.paused": EventSpec(
        _W, "a consumer group is too far behind, or the server's memory nearly full: files wait in drop/", "see hint"
    ),
    "queue.resumed": EventSpec(_I, "files are queued again"),
    "stream.trimmed": EventSpec(_D, "old entries left the stream; they are in archive/"),
    "stream.unnoted": EventSpec(_W, "what was trimmed could not be noted in state/trimmed.json", "see hint"),
    "worker.started": EventSpec(_I, "the Celery worker takes batches"),
    "worker.deaf": EventSpec(
        _E, "the worker took nothing any more and ended itself; its supervisor starts it again", "report it"
    ),
    "worker.stopping": EventSpec(_I, "the worker finishes its batches and ends"),
    "worker.stopped": EventSpec(_I, "the worker ended"),
    "process.started": EventSpec(_I, "`run` started one of its processes"),
    "process.exited": EventSpec(_W, "one of the processes of `run` ended by itself and is started again"),
    "process.killed": EventSpec(_W, "a process did not end in time and was killed"),
    "process.crashed": EventSpec(_E, "an unexpected error ended a process", "please report it"),
    "run.ready": EventSpec(_I, "server, watcher and worker are up: drop files"),
    "run.stopping": EventSpec(_I, "`run` stops its processes in order"),
    "run.stopped": EventSpec(_I, "`run` ended"),
    "library.logged": EventSpec(_I, "a library's own message, at its own level, in `message`"),
}
