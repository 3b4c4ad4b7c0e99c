"""Clients of the server, where to find it, and whether it answers.

One factory makes every client, and one place turns redis-py's errors into ours.
"""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import orjson
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from turnstream.address import normalised
from turnstream.errors import BadConfiguration, NoServer, ServerRefused, ServerUnavailable
from turnstream.log import say
from turnstream.replies import LOCKED_OUT, meaning, reply
from turnstream.settings import ServerSettings, Settings

Found = TypeVar("Found")

#: Seconds a pooled connection may idle before a PING must prove it; finds half-open ones.
HEALTH_CHECK_SECONDS = 5
#: Seconds between two looks at a server that is not ready; short at first, as one starts in some 40 ms.
POLL_SECONDS, POLL_MAX_SECONDS = 0.005, 0.25
#: Seconds that a start may take before ``await_url`` says that it waits.
QUIET_SECONDS = 2.0


def client(url: str, settings: ServerSettings) -> redis.Redis:
    """A client that replies in bytes and whose calls all end within the timeouts of ``settings``.

    A call on a broken connection is sent once more on a new one, as our commands may be
    repeated; one that timed out is not, as the patience is used up.  A blocking read
    must therefore block for less than ``response_timeout_seconds``.

    Raises:
        BadConfiguration: the URL cannot be read.

    """
    return redis.Redis.from_url(
        normalised(url),
        protocol=2,  # stream replies have another shape under RESP3
        decode_responses=False,
        socket_connect_timeout=settings.connect_timeout_seconds,
        socket_timeout=settings.response_timeout_seconds,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn redis-py's errors into ours, here and nowhere else; a decorator as well.

    Raises:
        ServerUnavailable: no answer, or not yet.
        ServerRefused: an answer that refuses: memory, disk, role, permission.

    """
    try:
        yield
    except redis.RedisError as error:
        ours = meaning(error)
        if ours is None:
            raise
        raise ours(f"{type(error).__name__}: {reply(error)}") from error


def server_file(root: Path) -> Path:
    """Where the embedded server of a root says how to reach it; holds a password, mode 0600."""
    return root / "state" / "server.json"


def read_server_file(root: Path) -> str | None:
    """URL of the root's embedded server; ``None`` if there never was one.

    Raises:
        NoServer: the file is there but may not be read.

    """
    path = server_file(root)
    try:
        return str(orjson.loads(path.read_bytes())["url"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    except OSError as error:
        raise NoServer(f"{path} cannot be read ({error.strerror}): use the account that runs the server") from error


def find_url(settings: Settings) -> str:
    """URL of the server to use: the configured one, else the root's embedded one.

    Raises:
        NoServer: there is neither.

    """
    url = settings.server.url.get_secret_value() or read_server_file(settings.root)
    if not url:
        raise _not_started(settings, f"no server is known for {settings.root}")
    return url


def wait_ready(
    server: redis.Redis,
    seconds: float,
    said: Callable[[str], object] = say,
    check: Callable[[], object] = lambda: None,
) -> None:
    """Wait until the server answers a PING.

    Args:
        server: a client of it.
        seconds: how long to wait at most.
        said: called with ``server.unavailable`` and ``server.loading``, once each, where that is so.
        check: called between two looks; what it raises ends the wait.

    Raises:
        NoServer: it does not answer in time.
        BadConfiguration: it does not let us in.

    """
    _wait(lambda: _require_answer(server), seconds, said, check)


def await_url(settings: Settings, seconds: float) -> str:
    """URL of the server to use once it answers a PING; found anew at each look, as a start may change it.

    Args:
        settings: which server, or which root's.
        seconds: how long to wait at most; 0 is one look.

    Raises:
        NoServer: there is none, or it does not answer in time.
        BadConfiguration: the configured one does not let us in.

    """
    try:
        return _wait(lambda: _answering_url(settings), seconds, say, quiet_seconds=QUIET_SECONDS)
    except NoServer as error:
        if settings.server.url.get_secret_value() or not isinstance(error.__cause__, ServerUnavailable):
            raise
        raise _not_started(settings, f"the server of {settings.root} does not answer") from error


def _wait(
    look: Callable[[], Found],
    seconds: float,
    said: Callable[[str], object],
    check: Callable[[], object] = lambda: None,
    quiet_seconds: float = 0.0,
) -> Found:
    began, told = time.monotonic(), set[str]()
    while True:
        try:
            return look()
        except (NoServer, ServerUnavailable) as error:
            trouble = error
        check()
        waited = time.monotonic() - began
        if waited >= seconds:
            if isinstance(trouble, NoServer):
                raise trouble
            waiting = f" after {seconds:g} s" if seconds else ""
            raise NoServer(f"the server does not answer{waiting} ({trouble.detail})") from trouble
        event = "server.loading" if isinstance(trouble.__cause__, redis.BusyLoadingError) else "server.unavailable"
        if waited >= quiet_seconds and event not in told:
            told.add(event)
            said(event)
        time.sleep(min(max(POLL_SECONDS, waited / 10), POLL_MAX_SECONDS))


def _answering_url(settings: Settings) -> str:
    url = find_url(settings)
    try:
        with client(url, settings.server) as server:
            _require_answer(server)
    except BadConfiguration as error:
        if settings.server.url.get_secret_value():
            raise
        # The file of a former run: its port may be another root's by now, until a start writes it anew.
        raise _not_started(settings, f"{server_file(settings.root)} is out of date ({error})") from error
    return url


def _require_answer(server: redis.Redis) -> None:
    try:
        with translated():
            server.ping()
    except ServerRefused as error:
        # Any other refusal (PING gets MISCONF on a full disk) is an answer, and may pass.
        if isinstance(error.__cause__, LOCKED_OUT):
            raise BadConfiguration(f"the server does not let us in ({error.detail}): look at its URL") from error


def _not_started(settings: Settings, reason: str) -> NoServer:
    start = f"turnstream run --root {shlex.quote(str(settings.root))}"
    return NoServer(f"{reason}: start `{start}`, or name a server with --server URL")
