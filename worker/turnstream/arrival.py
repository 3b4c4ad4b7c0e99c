"""One file on its way through the pipeline, and what is known of it so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from turnstream.claims import Answer, Original, Publication
from turnstream.edition import Edition
from turnstream.errors import DocumentError, PermanentError
from turnstream.folder import Destination
from turnstream.identify import Identity
from turnstream.models import Death, Extracted, FileRef, OutcomeKind
from turnstream.taken import Taken


@dataclass(slots=True)
class Arrival:
    """One file on its way; what is ``None`` has not been reached; not every text is an ``edition``.

    ``line`` is its last in the journal, ``given_up`` where another worker had put it as rejected.
    ``published_as`` is the arrival that it was when it was published, if names of it came or went since.
    """

    ref: FileRef
    path: str
    began: float
    received_at: datetime
    taken: Taken | None = None
    arrival_id: str | None = None
    identity: Identity | None = None
    extracted: Extracted | None = None
    publication: Publication | None = None
    edition: Edition | None = None
    answer: Answer | None = None
    error: DocumentError | None = None
    deaths: tuple[Death, ...] = ()
    stage: str = "open"
    destination: Destination | None = None
    given_up: Destination | None = None
    original: Original | None = None
    published_as: str | None = None
    line: dict[str, Any] | None = None
    moved: bool = False
    duration_s: float = 0.0

    @property
    def journaled_as(self) -> str | None:
        """The arrival id that its receipts bear: that of its earlier ones, if names of it came or went since."""
        return self.published_as or self.arrival_id

    @property
    def outcome(self) -> OutcomeKind | None:
        """What became of it, as far as is known; ``None`` while it is on its way or left."""
        if self.answer is not None:
            return self.answer.outcome
        return OutcomeKind.REJECTED if isinstance(self.error, PermanentError) else None
