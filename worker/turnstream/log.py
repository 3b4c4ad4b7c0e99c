"""Structured logs: one JSON object a line, events from a closed list.

``say(event, **fields)`` is the only way our code logs; the event gives the level.
What libraries log (Celery, kombu, watchdog, warnings) comes out as ``library.logged``
through the same renderer.  A line is written by one ``write`` of at most
``LINE_BYTES``, so that lines of several processes on one pipe never mix.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from turnstream.events import EVENTS
from turnstream.line import EventDict, render_json, write_line
from turnstream.settings import LogSettings


@contextmanager
def _not_loading(package: str) -> Iterator[None]:
    is_loaded = package in sys.modules
    if not is_loaded:
        sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if not is_loaded:
            del sys.modules[package]


# structlog loads it, where it is there, for tracebacks that we show otherwise: 4 MB in each of our processes.
with _not_loading("rich"):
    import structlog

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
    "Couldn't ack",  # what the server was not told is given back later, and finds its files gone
    "already exists for watch",  # watchdog, when a folder is renamed: it overwrites, which is right
    "Inotify queue overflowed",  # watchdog, each time; the watcher says it once, with its remedy
)


def say(event: str, **fields: object) -> None:
    """Log one event of ``EVENTS`` at its level.

    Raises:
        KeyError: the event is not in the list.

    """
    level = EVENTS[event].level
    if level >= _threshold:
        _logger.log(level, event, **fields)


def configure(settings: LogSettings, role: str, *, stream: Literal["stdout", "stderr"] = "stdout") -> None:
    """Send our events and everybody else's records to ``stream`` in one form.

    Args:
        settings: format and level.
        role: which of our processes this is, field ``role``.
        stream: services log to stdout, one-shot commands to stderr.

    """
    global _threshold, _logger  # noqa: PLW0603 - one per process, set once
    _threshold = logging.getLevelNamesMapping()[settings.level.upper()]
    descriptor = {"stdout": 1, "stderr": 2}[stream]
    as_json = settings.format == "json" or (settings.format == "auto" and not os.isatty(descriptor))
    identity = {"service": "turnstream", "role": role, "host": socket.gethostname()}
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Identity(identity),
    ]
    renderer: Any
    if as_json:
        frames = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=8)
        shared.append(structlog.processors.ExceptionRenderer(frames))
        renderer = render_json
    else:
        plain = structlog.dev.plain_traceback  # without the values of variables: some are texts
        renderer = structlog.dev.ConsoleRenderer(colors=os.isatty(descriptor), exception_formatter=plain)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_threshold),
        logger_factory=lambda *_: _LineLogger(descriptor),
    )
    # Bound here: each call would bind it anew, for a third of what a line costs.
    _logger = structlog.get_logger().bind()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_as_library_event, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    _capture_libraries(_LineHandler(descriptor, formatter))


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
        write_line(self.descriptor, line)

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
            write_line(self.descriptor, self.format(record))
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
_logger: Any = structlog.get_logger()
