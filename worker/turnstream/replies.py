"""What redis-py's errors mean to us."""

from __future__ import annotations

import redis
from redis import exceptions as replies

from turnstream.errors import ServerRefused, ServerUnavailable, TransientError

#: The refusals are looked up first, as redis-py counts some of them as lost connections.
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


def meaning(error: redis.RedisError) -> type[TransientError] | None:
    """The error of ours that it is; ``None`` for a fault of the program."""
    word = reply(error).partition(" ")[0]
    if isinstance(error, REFUSED) or word in REFUSED_WORDS:
        return ServerRefused
    return ServerUnavailable if isinstance(error, AWAY) or word in AWAY_WORDS else None


def reply(error: redis.RedisError) -> str:
    """What the server said, without the command: redis-py puts that of a pipeline before it, and with it a document."""
    return str(error).rpartition(" of pipeline caused error: ")[2]
