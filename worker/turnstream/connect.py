"""Clients of the server, where to find it, and what it must promise.

One factory makes every client, one table turns redis-py's errors into ours, and one
check refuses a server that may lose what it acknowledged.
"""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
import redis
from redis import exceptions as replies
from redis.backoff import NoBackoff
from redis.retry import Retry

from turnstream.errors import BadConfiguration, NoServer, ServerRefused, ServerUnavailable, TransientError
from turnstream.log import say
from turnstream.settings import SERVER_SCHEMES, ServerSettings, Settings

#: Seconds a pooled connection may idle before a PING must prove it; finds half-open ones.
HEALTH_CHECK_SECONDS = 5
#: Seconds between two looks at a server that is not ready; short at first, as one starts in some 40 ms.
POLL_SECONDS, POLL_MAX_SECONDS = 0.005, 0.25

#: Options of a URL that redis-py and kombu read alike, beside the database; of others kombu drops some in silence.
TLS_OPTIONS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"})

#: Settings without which an acknowledged write can be lost: the safe value, and what another one costs.
DURABLE_SETTINGS = {
    "appendonly": ("yes", "a restart loses the records"),
    "appendfsync": ("always", "a power cut loses acknowledged records"),
    "no-appendfsync-on-rewrite": ("no", "a power cut during a rewrite loses acknowledged records"),
    "maxmemory-policy": ("noeviction", "a full memory evicts the ledger"),
}
OLDEST_VERSION = (7, 0)

#: What redis-py's errors mean; the refusals first, as redis-py counts some of them as lost connections.
#: An error that is in neither is a fault of ours and must show.
LOCKED_OUT = (
    replies.AuthenticationError,
    replies.AuthenticationWrongNumberOfArgsError,
    replies.AuthorizationError,
    replies.ExternalAuthProviderError,
    replies.NoPermissionError,
)
REFUSED = (
    *LOCKED_OUT,
    replies.OutOfMemoryError,
    replies.ReadOnlyError,
    replies.ExecAbortError,
    replies.AskError,
    replies.ClusterCrossSlotError,
)
AWAY = (
    replies.ConnectionError,
    replies.TimeoutError,
    replies.InvalidResponse,
    replies.ClusterError,
    replies.TryAgainError,
)
#: The same by the first word of a reply that redis-py has no class for.
REFUSED_WORDS = ("DENIED", "MISCONF", "NOREPLICAS")
AWAY_WORDS = ("BUSY", "UNBLOCKED")


def normalised(url: str) -> str:
    """The URL for redis-py: ``redis://``, ``rediss://`` or ``unix://``.

    Raises:
        BadConfiguration: it cannot be read, or has an option that redis-py and kombu do not read alike.

    """
    return _rewritten(url, "unix://{place}?db={database}")


def broker_url(url: str) -> str:
    """The URL for kombu: ``redis://``, ``rediss://`` or ``redis+socket://``.

    Raises:
        BadConfiguration: as for ``normalised``.

    """
    return _rewritten(url, "redis+socket://{place}?virtual_host={database}")


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
        meaning = _meaning(error)
        if meaning is None:
            raise
        raise meaning(f"{type(error).__name__}: {_reply(error)}") from error


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
        start = f"turnstream run --root {shlex.quote(str(settings.root))}"
        raise NoServer(f"no server is known for {settings.root}: start `{start}`, or name a server with --server URL")
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
    began, told = time.monotonic(), set[str]()
    while trouble := _trouble(server):
        check()
        waited = time.monotonic() - began
        if waited >= seconds:
            raise NoServer(f"the server does not answer after {seconds:g} s ({trouble.detail})") from trouble
        event = "server.loading" if isinstance(trouble.__cause__, redis.BusyLoadingError) else "server.unavailable"
        if event not in told:
            told.add(event)
            said(event)
        time.sleep(min(max(POLL_SECONDS, waited / 10), POLL_MAX_SECONDS))


def weaknesses(server: redis.Redis) -> list[str]:
    """Why the server may lose an acknowledged write, a sentence each; what cannot be read is a reason.

    Raises:
        ServerUnavailable: it does not answer.

    """
    found = [_weak_version(server), *(_weak_setting(server, name) for name in DURABLE_SETTINGS)]
    return [sentence for sentence in found if sentence]


def require_durable(server: redis.Redis, settings: ServerSettings) -> None:
    """Refuse a server that may lose acknowledged writes, or log it where that is allowed.

    Raises:
        BadConfiguration: it is weak and ``allow_weak_durability`` is off.
        NoServer: it does not answer.

    """
    try:
        found = weaknesses(server)
    except ServerUnavailable as error:
        raise NoServer(f"the server does not answer ({error.detail})") from error
    if found and not settings.allow_weak_durability:
        remedy = "Change that, or accept losses with server.allow_weak_durability = true"
        raise BadConfiguration(f"the server is not safe: {'; '.join(found)}. {remedy}")
    if found:
        say("server.weak", weaknesses=found)


def _rewritten(url: str, socket_url: str) -> str:
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        in_path = parts.path.strip("/") if parts.scheme != "redis+socket" else ""
        database = int(parts.fragment or options.pop("db", "") or options.pop("virtual_host", "") or in_path or 0)
        _ = parts.port
    except ValueError:
        # Neither chained nor quoted: what urllib complains about may be half of a password.
        raise BadConfiguration("server.url cannot be read: special characters in it must be %-encoded") from None
    unknown = set(options) - (TLS_OPTIONS if parts.scheme == "rediss" else set())
    if unknown or parts.scheme not in SERVER_SCHEMES:
        wrong = f"options that are not known: {', '.join(sorted(unknown))}" if unknown else "an unknown scheme"
        raise BadConfiguration(f"server.url has {wrong}")
    if parts.scheme == "redis+socket":
        return socket_url.format(place=parts.netloc + parts.path, database=database)
    scheme = "redis" if parts.scheme == "valkey" else parts.scheme
    return f"{scheme}://{parts.netloc}/{database}{_tls(options) if scheme == 'rediss' else ''}"


def _tls(options: dict[str, str]) -> str:
    # Without ssl_cert_reqs kombu takes any certificate; its spelling CERT_REQUIRED redis-py does not know.
    level = options.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    return "?" + urlencode({**options, "ssl_cert_reqs": level})


def _meaning(error: redis.RedisError) -> type[TransientError] | None:
    word = _reply(error).partition(" ")[0]
    if isinstance(error, REFUSED) or word in REFUSED_WORDS:
        return ServerRefused
    return ServerUnavailable if isinstance(error, AWAY) or word in AWAY_WORDS else None


def _reply(error: redis.RedisError) -> str:
    # redis-py puts the command of a pipeline before the reply, and with it a document.
    return str(error).rpartition(" of pipeline caused error: ")[2]


def _trouble(server: redis.Redis) -> ServerUnavailable | None:
    try:
        with translated():
            server.ping()
    except ServerUnavailable as error:
        return error
    except ServerRefused as error:
        # Any other refusal (PING gets MISCONF on a full disk) is an answer, and may pass.
        if isinstance(error.__cause__, LOCKED_OUT):
            raise BadConfiguration(f"the server does not let us in ({error.detail}): look at its URL") from error
    return None


def _weak_version(server: redis.Redis) -> str | None:
    try:
        with translated():
            version = str(server.info("server")["redis_version"])
    except (ServerRefused, redis.ResponseError, KeyError):
        return "its version cannot be read (INFO)"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_VERSION:
        return f"version {version} is older than {'.'.join(map(str, OLDEST_VERSION))}"
    return None


def _weak_setting(server: redis.Redis, name: str) -> str | None:
    safe, cost = DURABLE_SETTINGS[name]
    try:
        with translated():
            value = server.config_get(name).get(name)
    except (ServerRefused, redis.ResponseError):
        value = None
    if value is None:
        return f"{name} cannot be read (CONFIG GET)"
    return None if value == safe else f"{name} is {value}, not {safe}: {cost}"
