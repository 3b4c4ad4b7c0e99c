"""The contract, version 1: the record, the CloudEvent around it, the task message.

Within v1 fields are only added; nothing is renamed, removed or narrowed.  What a
source does not say is ``None`` or empty: nothing is invented.

Spans are ``(start, end)`` in code points of the canonical text, end excluded.  All
spans of ``spans``, ``turns`` and ``unattributed`` together cover every character of
the canonical text but its line ends, each once.  A line has one owner: a field owns the
whole lines that say it, and one read from a line that another owns (a place beside the
date, a day in the title, participants in their list) has no span of its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from pydantic import BaseModel, ConfigDict, Field

EVENT_TYPE = "io.turnstream.transcript.published.v1"
#: … of an edition that continues an earlier one.
REVISED_TYPE = "io.turnstream.transcript.revised.v1"
SCHEMA_URI = "urn:turnstream:schema:transcript:v1"

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ShortId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Span = tuple[int, int]


class Model(BaseModel):
    """Immutable.  Who reads must ignore fields that it does not know, as we do with messages.

    A value that a reader does not know in ``kind`` or ``status`` is to be taken for
    ``speech`` or ``partial``.
    """

    model_config = ConfigDict(frozen=True)


class Speaker(Model):
    """A person or role that speaks, with every label the source uses for it."""

    id: str
    name: str | None
    role: str | None
    labels: tuple[str, ...]


class Participant(Model):
    """Somebody whom the source lists as present."""

    name: str
    role: str | None = None


class Turn(Model):
    """What one speaker says without interruption; ``paragraphs`` hold no label and no line ends."""

    index: int
    speaker_id: str | None
    label: str | None
    kind: Literal["speech", "question", "answer", "direction"]
    paragraphs: tuple[str, ...]
    start_s: float | None = None
    end_s: float | None = None
    span: Span


_TURN_FIELDS = set(Turn.model_fields)


def lean(turn: Turn) -> Turn:
    """Return a turn that shares pydantic's note of which fields were given: its own takes more room than its text."""
    object.__setattr__(turn, "__pydantic_fields_set__", _TURN_FIELDS)
    return turn


class Unattributed(Model):
    """Text that belongs to nobody: rules, closing marks, narration."""

    text: str
    span: Span


class Revision(Model):
    """Which edition of the transcript this is; the first supersedes nothing.

    ``supersedes`` is the id of the event whose transcript this one takes the place of, and
    ``cause`` why: ``continued``, the earlier text was partial and this one goes on.
    """

    number: int = 1
    supersedes: str | None = None
    cause: str | None = None


class Layout(Model):
    """How the transcript marks its speakers, and why the parser thinks so."""

    name: str
    reasons: tuple[str, ...] = ()


class Provenance(Model):
    """Where the record came from; ``path`` is relative to ``drop/``.

    ``arrival_id`` is the file's in journal and logs.
    ``path_bytes`` is the base64 of the path where it is no valid UTF-8 (``path`` then
    shows escapes), else ``None``.  ``sequence`` and ``declared_id`` are the sender's.
    """

    arrival_id: ShortId
    path: str
    path_bytes: str | None
    name: str
    sequence: int | None
    declared_id: str | None
    size: int
    mtime: datetime
    received_at: datetime
    format: str
    encoding: str
    layout: Layout | None
    parser_version: str
    canonical_version: int


class Record(Model):
    """One structured transcript; ``spans`` says where its own fields (``title`` …) stand in the text.

    ``language`` is a BCP 47 code, ``und`` when the text is short, mixed or in no language known here.
    """

    document_id: ShortId
    content_sha256: Digest
    source_sha256: Digest
    title: str | None
    publisher: str | None
    summary: str | None
    occurred_on: date | None
    place: str | None
    language: str | None
    status: Literal["complete", "partial"]
    participants: tuple[Participant, ...]
    speakers: tuple[Speaker, ...]
    turns: tuple[Turn, ...]
    unattributed: tuple[Unattributed, ...]
    spans: dict[str, tuple[Span, ...]]
    revision: Revision
    provenance: Provenance
    warnings: tuple[str, ...]


class Event(Model):
    """The CloudEvent 1.0 (structured JSON) that stands in the stream field ``data``."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str = EVENT_TYPE
    subject: ShortId
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str = SCHEMA_URI
    data: Record


class OutcomeKind(StrEnum):
    """What became of an arrival."""

    PUBLISHED = "published"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


class FileRef(Model):
    """One file of a task message; ``path`` is below ``drop/``, see ``to_wire``.

    ``crashes`` counts the workers that died on this arrival alone, and ``reason`` is what the
    last one was reported as; ``tries`` is how often it was deferred before, so that its mark of
    deferral can be taken away.
    """

    path: str
    arrival_id: ShortId
    crashes: int = 0
    tries: int = 0
    reason: str | None = None


class Death(Model):
    """What ended a worker process, or what it refused, while it worked on the batch of a file.

    ``reason`` is what the file is rejected as if it happens too often.  The memory is that of
    the process at its end and what it was allowed; what is ``None`` is not known.
    """

    at: datetime
    batch_id: str
    reason: Literal["worker_crashed", "parse_timeout"]
    detail: str = ""
    signal: str | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None


class Deferral(Model):
    """Why an arrival is still in ``drop/``: kept in the hash ``deferred`` under its wire path.

    ``deaths`` are the last ones that it was alone at; ``crashes`` is what they count.
    """

    arrival_id: ShortId
    reason: str
    detail: str = ""
    at: datetime
    tries: int = 1
    crashes: int = 0
    alone: bool = False
    deaths: tuple[Death, ...] = ()


class Question(Model):
    """What `explain` asks the watcher: how it stands with these files (wire paths)."""

    id: ShortId
    paths: tuple[str, ...]


class Answer(Model):
    """What the watcher knows of a file; ``place`` is ``waiting``, ``due``, ``sent`` or ``None`` for a stranger.

    ``position`` and ``total`` are its place in the line of those that are due; of a stranger, ``total`` is how many
    files wait that the watcher has no room for yet.  ``refused`` is why
    the watcher cannot read a folder on the way to it.  A later version may say more.
    """

    path: str
    place: str | None = None
    reason: str = ""
    until: datetime | None = None
    position: int | None = None
    total: int | None = None
    batch_id: str | None = None
    sent_at: datetime | None = None
    arrival_id: str | None = None
    tries: int = 0
    crashes: int = 0
    refused: str | None = None


class Pause(Model):
    """Why the watcher does not top the queue up, for people, with a remedy; a field of the hash ``watcher``.

    ``reason`` is ``slow_group`` (``lag`` and ``limit`` are entries) or ``memory`` (``used_bytes``, ``limit``).
    """

    reason: str
    what: str
    remedy: str
    group: str | None = None
    lag: int | None = None
    used_bytes: int | None = None
    limit: int | None = None


class Batch(Model):
    """A task message, version 1: a hint that these files of this root are due."""

    v: Literal[1] = 1
    id: str
    root_id: ShortId
    files: tuple[FileRef, ...]


def to_wire(path: str) -> str:
    """Return an fs string (PEP 383) as text that JSON can carry.

    Valid UTF-8 stays as it is; anything else becomes ``//`` and percent escapes, which no
    relative path begins with.
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "//" + quote_from_bytes(os.fsencode(path))
    return path


def from_wire(path: str) -> str:
    """Return the fs string that ``to_wire`` was given."""
    return os.fsdecode(unquote_to_bytes(path[2:])) if path.startswith("//") else path


def printable(path: str) -> str:
    r"""Return an fs string for people: bytes that are no UTF-8 as ``\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def visible(text: str) -> str:
    r"""Return text in which nothing moves a terminal's cursor or turns the writing: such characters as ``\x1b``."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# --- between the stages: plain and fast, never on the wire ---


class Line(NamedTuple):
    """One line of canonical text, with what its source showed beside the words.

    ``start`` is its offset in the canonical text (code points); ``indent`` the columns
    of white space before it; ``gaps`` the offsets in ``text`` of the first blanks that stand for a
    tab or for several blanks; ``lead`` counts the characters before ``text`` on its line that
    are nobody's words, such as a line number; ``bold`` those at the beginning of ``text`` that stand out;
    ``style`` is ``bold`` or ``heading 1`` to ``heading 6``; ``speaker`` and the times are what a cue or a
    JSON format says, its text then begins with `speaker: `; an empty ``speaker`` is that of the line above, of which
    this is another paragraph.
    """

    text: str
    start: int
    indent: int = 0
    blank_before: bool = False
    gaps: tuple[int, ...] = ()
    lead: int = 0
    bold: int = 0
    style: str | None = None
    speaker: str | None = None
    start_s: float | None = None
    end_s: float | None = None

    @property
    def begin(self) -> int:
        """Offset of the line, its lead included, in the canonical text."""
        return self.start - self.lead

    @property
    def end(self) -> int:
        """Offset just after the line in the canonical text."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Extracted:
    """What ``extract`` yields: lines, and the canonical text that they join to."""

    lines: tuple[Line, ...]
    canonical: str
    format: str
    encoding: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What ``parse`` yields: the transcript's own facts, nothing about its file.

    ``body`` is what stands between the head and the closing marks.
    """

    title: str | None = None
    publisher: str | None = None
    summary: str | None = None
    occurred_on: date | None = None
    place: str | None = None
    language: str | None = None
    status: Literal["complete", "partial"] = "complete"
    participants: tuple[Participant, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    turns: tuple[Turn, ...] = ()
    unattributed: tuple[Unattributed, ...] = ()
    spans: dict[str, Span] = field(default_factory=dict)
    body: Span = (0, 0)
    layout: Layout | None = None
    warnings: tuple[str, ...] = ()
