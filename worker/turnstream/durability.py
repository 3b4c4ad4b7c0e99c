"""What a server must promise: that it keeps what it acknowledged."""

from __future__ import annotations

import redis

from turnstream.connect import translated
from turnstream.errors import BadConfiguration, NoServer, ServerRefused, ServerUnavailable
from turnstream.log import say
from turnstream.settings import ServerSettings

#: Settings without which an acknowledged write can be lost: the safe value, and what another one costs.
DURABLE_SETTINGS = {
    "appendonly": ("yes", "a restart loses the records"),
    "appendfsync": ("always", "a power cut loses acknowledged records"),
    "no-appendfsync-on-rewrite": ("no", "a power cut during a rewrite loses acknowledged records"),
    "maxmemory-policy": ("noeviction", "a full memory evicts the ledger"),
}
OLDEST_VERSION = (7, 0)


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
