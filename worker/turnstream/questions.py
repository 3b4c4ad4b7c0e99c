"""Asking the watcher: it alone knows what it waits for.  A question never waits for long, nor for ever."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from turnstream.connect import translated
from turnstream.errors import ServerUnavailable
from turnstream.models import Answer, Question
from turnstream.publish import Ledger

#: Paths in one question.
PATHS = 200
#: Questions kept while nobody reads them, and for how many seconds.
_QUESTIONS, _QUESTION_SECONDS = 100, 30
#: Seconds that a wait leaves of the patience with the server.
_MARGIN_SECONDS = 0.5

_ANSWERS = TypeAdapter(list[Answer])


def ask(ledger: Ledger, wires: Sequence[str], seconds: float) -> list[Answer] | None:
    """Ask the watcher about files (wire paths, at most ``PATHS``), and have it say anew how it stands itself.

    Returns:
        An answer for each; ``None`` if none came in time.

    Raises:
        TransientError: the server does not answer.

    """
    question = Question(id=secrets.token_hex(8), paths=tuple(wires))
    pipeline = ledger.client.pipeline(transaction=True)
    pipeline.rpush(ledger.key("questions"), question.model_dump_json())
    # Without a watcher nobody reads them.
    pipeline.ltrim(ledger.key("questions"), -_QUESTIONS, -1)
    pipeline.expire(ledger.key("questions"), _QUESTION_SECONDS)
    ledger.execute(pipeline)
    patience = ledger.client.connection_pool.connection_kwargs["socket_timeout"] - _MARGIN_SECONDS
    try:
        with translated():
            reply: Any = ledger.client.blpop([ledger.key(f"answers:{question.id}")], min(seconds, patience))
        return _ANSWERS.validate_json(reply[1]) if reply else None
    except (ServerUnavailable, ValidationError):
        return None
