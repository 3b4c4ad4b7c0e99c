"""What redis-py's errors mean to us."""

from __future__ import annotations

import redis
from redis import exceptions

from turnstream.errors import ServerRefused, ServerUnavailable, TransientError

#: The refusals are looked up first, as redis-py counts some of them as lost connections.
#: An error that is in neither is a fault of ours and must show.
LOCKED_OUT = (
    exceptions.AuthenticationError,
    exceptions.AuthenticationWrongNumberOfArgsError,
    exceptions.AuthorizationError,
    exceptions.ExternalAuthProviderError,
    exceptions.NoPermissionError,
)
REFUSED = (
    *LOCKED_OUT,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    exceptions.ExecAbortError,
    exceptions.AskError,
    exceptions.ClusterCrossSlotError,
)
AWAY = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.InvalidResponse,
    exceptions.ClusterError,
    exceptions.TryAgainError,
)
#: The same by the first word of a reply that redis-py has no class for.
REFUSED_WORDS = ("DENIED", "MISCONF", "NOREPLICAS")
AWAY_WORDS = ("BUSY", "UNBLOCKED")


def meaning(error: redis.RedisError) -> type[TransientError] | None:
    """The error of ours that it is; ``None`` for a fault of the program."""
    word = reply(error).partition(" ")[0]
    if isinstance(error, REFUSED) or word in REFUSED_WORDS:
        return ServerRefused
    return ServerUnavailable if isinstance(error, AWAY) or word in AWAY_WORDS else None


def reply(error: redis.RedisError) -> str:
    """What the server said, without the command: redis-py puts that of a pipeline before it, and with it a document."""
    return str(error).rpartition(" of pipeline caused error: ")[2]
