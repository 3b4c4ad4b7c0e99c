"""Structured logs: one JSON object a line, events from a closed list.

``say(event, **fields)`` is the only way our code logs; the event gives the level.
What libraries log (Celery, kombu, watchdog, warnings) comes out as ``library.logged``
through the same renderer.  A line is written by one ``write`` of at most
``LINE_BYTES``, so that lines of several processes on one pipe never mix.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, NamedTuple

import orjson
import structlog

from turnstream.settings import LogSettings

#: Bytes that Linux writes to a pipe in one piece (PIPE_BUF, pipe(7)).
LINE_BYTES = 4096
#: Bytes that a field keeps in a line that would be longer, bytes that one character may take
#: as JSON, and bytes kept for the braces and the note that something was left out.
CUT_BYTES, ESCAPED_BYTES, RESERVED_BYTES = 600, 6, 64

EventDict = MutableMapping[str, Any]


class EventSpec(NamedTuple):
    """Level, what the event means, and what its reader should do."""

    level: int
    meaning: str
    action: str = "none"


_D, _I, _W, _E = logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR

#: Every event we log.  ``<noun>.<verb, past tense>``.
EVENTS: dict[str, EventSpec] = {
    "document.published": EventSpec(_I, "a new content is on the stream; its file was moved to archive/"),
    "document.duplicate": EventSpec(_I, "a content already on the stream; its file was moved to duplicates/"),
    "document.rejected": EventSpec(_W, "the file was moved to quarantine/", "read hint; `turnstream quarantine show`"),
    "document.deferred": EventSpec(_I, "the file stays in drop/ and is tried again later", "see reason and detail"),
    "document.blocked": EventSpec(
        _W, "the file's outcome is known but it cannot be moved", "free space, give permission"
    ),
    "document.gone": EventSpec(_D, "a file was already handled, or taken away by its user"),
    "document.suspected": EventSpec(_W, "a worker process died or overran its time on this batch"),
    "batch.refused": EventSpec(_E, "a message was not ours to work on", "give each root its own server.key_prefix"),
    "batch.abandoned": EventSpec(_W, "a batch ended early; its files are sent again", "see reason and detail"),
    "files.ignored": EventSpec(_D, "a name in drop/ matches an ignore pattern or is no regular file"),
    "server.started": EventSpec(_I, "the embedded server answers"),
    "server.loading": EventSpec(_I, "the server is reading its data and will answer soon"),
    "server.unavailable": EventSpec(_W, "the server does not answer; said once per outage", "files wait in drop/"),
    "server.available": EventSpec(_I, "the server answers again"),
    "server.weak": EventSpec(_W, "the server may lose acknowledged writes and that was allowed", "appendfsync always"),
    "ledger.created": EventSpec(_I, "a new root began its ledger"),
    "ledger.held": EventSpec(_E, "the server lost or exchanged its ledger; nothing is published", "restore the server"),
    "watch.started": EventSpec(_I, "the watcher looks at drop/"),
    "watch.stopped": EventSpec(_I, "the watcher ended"),
    "watch.degraded": EventSpec(_W, "file events do not work; the sweep finds files all the same", "see remedy"),
    "watch.repaired": EventSpec(_I, "file events work again"),
    "stream.trimmed": EventSpec(_D, "old entries left the stream; they are in archive/"),
    "worker.started": EventSpec(_I, "the Celery worker takes batches"),
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

#: Libraries whose informational lines repeat what our own events say.
QUIETED = (
    "celery.apps.worker",
    "celery.app.trace",
    "celery.worker.consumer.connection",
    "celery.worker.strategy",
    "watchdog",
)
#: Parts of library records that tell an operator nothing: advice that we follow or decided against.
POINTLESS = (
    "running the worker with superuser privileges",  # its reason is pickle; our messages are JSON only
    "worker_cancel_long_running_tasks_on_connection_loss",
    "Skipping prefetch count reduction",
    "already exists for watch",  # watchdog, when a folder is renamed: it overwrites, which is right
)


def say(event: str, **fields: object) -> None:
    """Log one event of ``EVENTS`` at its level.

    Raises:
        KeyError: the event is not in the list.

    """
    level = EVENTS[event].level
    if level >= _threshold:
        structlog.get_logger().log(level, event, **fields)


def configure(settings: LogSettings, role: str, *, stream: Literal["stdout", "stderr"] = "stdout") -> None:
    """Send our events and everybody else's records to ``stream`` in one form.

    Args:
        settings: format and level.
        role: which of our processes this is, field ``role``.
        stream: services log to stdout, one-shot commands to stderr.

    """
    global _threshold  # noqa: PLW0603 - one per process, set once
    _threshold = logging.getLevelNamesMapping()[settings.level.upper()]
    descriptor = {"stdout": 1, "stderr": 2}[stream]
    as_json = settings.format == "json" or (settings.format == "auto" and not os.isatty(descriptor))
    identity = {"service": "turnstream", "role": role, "host": socket.gethostname()}
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Identity(identity),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=8)
        ),
    ]
    renderer = render_json if as_json else structlog.dev.ConsoleRenderer(colors=os.isatty(descriptor))
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_threshold),
        logger_factory=lambda *_: _LineLogger(descriptor),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_as_library_event, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    _capture_libraries(_LineHandler(descriptor, formatter))


def render_json(_logger: object, _method: str, event: EventDict) -> str:
    """Render one line of at most ``LINE_BYTES`` bytes: the time first, long texts cut if they must be."""
    ordered = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    ordered.update(event)
    try:
        line = orjson.dumps(ordered, default=str)
    except TypeError:  # no UTF-8, a number too large, a key that is no text: never a reason to lose a line
        line = orjson.dumps(_plain(ordered))
    if len(line) >= LINE_BYTES:
        line = orjson.dumps(_shortened(ordered))
    return line.decode()


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    return _text(value)


def _text(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()


def _shortened(event: Mapping[str, Any]) -> dict[str, Any]:
    short: dict[str, Any] = {}
    left = LINE_BYTES - RESERVED_BYTES
    for key, value in _plain(event).items():
        item = orjson.dumps({key[:CUT_BYTES]: value})
        if len(item) > CUT_BYTES:
            text = value if isinstance(value, str) else orjson.dumps(value).decode()
            item = orjson.dumps({key[:CUT_BYTES]: text[: CUT_BYTES // ESCAPED_BYTES]})
        if len(item) <= left:
            left -= len(item)
            short |= orjson.loads(item)
    return {**short, "truncated": True}


class _Identity:
    """Adds who is speaking; the pid is read each time, as worker processes are forked."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        event.update(self.fields)
        event["pid"] = os.getpid()
        return event


class _LineLogger:
    """The end of structlog's chain: one write per line."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def msg(self, line: str) -> None:
        _write_line(self.descriptor, line)

    debug = info = warning = error = critical = log = msg


class _LineHandler(logging.Handler):
    """The same end for the records of libraries."""

    def __init__(self, descriptor: int, formatter: logging.Formatter) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.setFormatter(formatter)
        self.addFilter(_WorthSaying(_threshold))

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; a broken one is reported by logging itself, on stderr."""
        try:
            record.msg, record.args = _message(record), ()
            _write_line(self.descriptor, self.format(record))
        except Exception:  # noqa: BLE001 - a log line must never end the program
            self.handleError(record)


class _WorthSaying(logging.Filter):
    """Drops what tells nothing, and lets a reconnecting library complain once per outage, not per try."""

    REPEATED = ("Cannot connect to", "Connection to broker lost", "Trying again")

    def __init__(self, threshold: int) -> None:
        super().__init__()
        self.threshold = threshold
        self.complained = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop repeats until the library reports that it is connected."""
        text = _message(record)
        if any(part in text for part in POINTLESS):
            return False
        if "Connected to" in text:
            self.complained = False
        quiet = record.levelno < logging.WARNING and record.name.startswith(QUIETED)
        if record.levelno < self.threshold or quiet:
            return False
        if any(part in text for part in self.REPEATED):
            repeated, self.complained = self.complained, True
            return not repeated
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit the format: the library's fault, told as it is
        return f"{record.msg} {record.args}"


def _write_line(descriptor: int, line: str) -> None:
    data = line.encode("utf-8", "replace") + b"\n"
    # A log reader that went away must not end a worker, and there is nobody left to tell.
    with contextlib.suppress(BrokenPipeError):
        while data:
            data = data[os.write(descriptor, data) :]


def _as_library_event(_logger: object, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    return {**event, "message": event["event"], "event": "library.logged", "logger": getattr(record, "name", None)}


def _capture_libraries(handler: logging.Handler) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Not higher: that a library is connected again must be noticed to hear its next complaint.
    root.setLevel(logging.INFO)
    for name in ("celery", "celery.task", "celery.redirected", "kombu", "watchdog", "py.warnings"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # billiard takes this one off the tree of loggers when it first logs.
    processes = logging.getLogger("multiprocessing")
    processes.handlers[:] = [handler]
    processes.propagate = False
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda kind, error, trace: say("process.crashed", exc_info=(kind, error, trace))
    threading.excepthook = lambda args: say(
        "process.crashed", thread=args.thread.name if args.thread else None, exc_info=args.exc_value
    )


_threshold = logging.INFO
