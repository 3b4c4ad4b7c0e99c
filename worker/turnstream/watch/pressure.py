"""Backpressure: while a consumer group is too far behind, or the server's memory nearly full, files wait in ``drop/``.

What is queued already is worked off.  It is looked at anew with every sign of life, and goes on by itself.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from turnstream.connect import translated
from turnstream.consumers import Group, groups
from turnstream.errors import ServerRefused
from turnstream.log import say
from turnstream.models import Pause
from turnstream.publish import Ledger
from turnstream.settings import StreamSettings

#: Share of a limit at which a pause ends: without room below the limit it would come and go.
_RELEASE = 0.9


class Pressure:
    """Whether the queue may be topped up; says once that it may not, and once that it may again."""

    def __init__(self, ledger: Ledger, settings: StreamSettings) -> None:
        self.ledger = ledger
        self.settings = settings
        self.pause: Pause | None = None

    def look(self) -> None:
        """Ask the server how far its consumers are and how full it is.

        Raises:
            TransientError: the server does not answer.

        """
        found = {(pause.reason, pause.group): pause for pause in self._pressing()}
        before = self.pause
        # Of several the one that was told: another one takes its place only once it is over.
        told = found.get((before.reason, before.group)) if before else None
        self.pause = told or next(iter(found.values()), None)
        if self.pause and not told:
            facts = self.pause.model_dump(exclude={"what", "remedy"}, exclude_none=True)
            say("queue.paused", **facts, detail=self.pause.what, hint=self.pause.remedy)
        if before and not self.pause:
            say("queue.resumed", **before.model_dump(include={"reason", "group"}, exclude_none=True))

    def words(self) -> dict[str, str]:
        """Say for `status` and `explain` why the queue is not topped up."""
        return {"paused": self.pause.model_dump_json() if self.pause else ""}

    def _pressing(self) -> Iterator[Pause]:
        if self.settings.max_backlog:
            for group in sorted(groups(self.ledger), key=lambda group: -group.behind):
                if group.behind >= self._limit(self.settings.max_backlog, "slow_group", group.name):
                    yield self._slow(group)
        used, most = self._memory()
        if most and used >= self._limit(self.settings.max_memory_share * most, "memory"):
            yield self._full(used, most)

    def _limit(self, limit: float, reason: str, group: str | None = None) -> float:
        is_told = self.pause is not None and (self.pause.reason, self.pause.group) == (reason, group)
        return limit * _RELEASE if is_told else limit

    def _memory(self) -> tuple[int, int]:
        """Return the bytes that the server uses and may use, 0 where it has no limit or does not tell."""
        try:
            with translated():
                facts: dict[str, Any] = self.ledger.client.info("memory")
        except ServerRefused:
            # Not allowed to ask, as on some hosted servers: they watch their memory themselves.
            return 0, 0
        return facts.get("used_memory", 0), facts.get("maxmemory", 0)

    def _slow(self, group: Group) -> Pause:
        count = f"{'' if group.is_exact else 'up to '}{group.behind:,}"
        reader = "" if group.consumers else " and has no consumer"
        return Pause(
            reason="slow_group",
            group=group.name,
            lag=group.behind,
            limit=self.settings.max_backlog,
            what=f"nothing is queued: the consumer group {group.name} is {count} entries behind{reader}",
            remedy="read it and acknowledge, or delete the group with "
            + shlex.join(["XGROUP", "DESTROY", self.ledger.key("documents"), group.name]),
        )

    def _full(self, used: int, most: int) -> Pause:
        return Pause(
            reason="memory",
            used_bytes=used,
            limit=most,
            what=f"nothing is queued: the server uses {used:,} of the {most:,} bytes that it may (maxmemory)",
            remedy="raise maxmemory, lower stream.retain_entries, or have the slowest group acknowledge what it read",
        )
