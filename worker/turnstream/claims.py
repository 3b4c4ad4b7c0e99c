"""What is asked of the ledger about a content, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime
from typing import ClassVar

from turnstream.edition import Edition, Head, revision_after
from turnstream.models import EVENT_TYPE, Event, OutcomeKind, Revision


@dataclass(frozen=True, slots=True)
class Known:
    """A content that became entry ``entry_id``: revision ``number``, in place of the event ``supersedes``.

    ``outcome`` is what the arrival that asked has become.
    """

    outcome: ClassVar[OutcomeKind] = OutcomeKind.PUBLISHED

    entry_id: str
    _: KW_ONLY
    number: int = 1
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Published(Known):
    """It is new."""


@dataclass(frozen=True, slots=True)
class Revised(Published):
    """It is new, and continues an earlier edition."""


@dataclass(frozen=True, slots=True)
class Yours(Known):
    """The very same arrival published it before: a redelivery."""


@dataclass(frozen=True, slots=True)
class Duplicate(Known):
    """Another arrival published it."""

    outcome: ClassVar[OutcomeKind] = OutcomeKind.DUPLICATE

    of: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """A partial text that comes after a greater edition of its transcript; it is not published."""

    outcome: ClassVar[OutcomeKind] = OutcomeKind.SUPERSEDED

    by: Head

    @property
    def entry_id(self) -> str:
        """The entry of the greater edition."""
        return self.by.entry_id


Answer = Published | Yours | Duplicate | Superseded


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks for a content: the full digest and the arrival."""

    content_sha256: str
    arrival_id: str


@dataclass(frozen=True, slots=True)
class Publication(Claimant):
    """A content to publish if nobody did.

    Of an edition the server may say that it revises another one: ``build`` then gives the event.
    """

    event_id: str
    subject: str
    event: bytes
    edition: Edition | None = None
    build: Callable[[Revision], Event] | None = None
    event_type: str = EVENT_TYPE
    revises: Head | None = None

    def after(self, head: Head | None) -> Publication:
        """Return it with the event that fits what the server has.

        Raises:
            RuntimeError: it fits already; the server asked by another rule than ours.

        """
        assert self.edition and self.build
        revision = revision_after(self.edition, head)
        revises = head if revision and revision.supersedes else None
        if revision is None or revises == self.revises:
            raise RuntimeError(f"the ledger asks again for event {self.event_id}")
        event = self.build(revision)
        return replace(
            self,
            event_id=event.id,
            event=event.model_dump_json().encode(),
            event_type=event.type,
            revises=revises,
        )


@dataclass(frozen=True, slots=True)
class Original:
    """What the stream still says of a published content; ``None`` once it was trimmed."""

    path: str | None
    published_at: datetime
    arrival_id: str | None = None
