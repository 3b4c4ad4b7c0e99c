"""The story of a batch: open → extract → identify → parse → normalise → publish → journal → move.

Publish strictly before journal, journal before move; every step can be repeated.  A
file that fails does not touch the others of its batch: it ends rejected (its fault) or
left (nobody's), each with its reason.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from turnstream import __version__
from turnstream.errors import DocumentError, ParserFailed, PermanentError, TransientError, WorkerCrashed
from turnstream.extract import CANONICAL_VERSION, extract
from turnstream.folder import Destination, Hands, Taken
from turnstream.identify import Identity, arrival_id, declared_by_name, identify
from turnstream.journal import Journal
from turnstream.models import Extracted, FileRef, OutcomeKind, Record, from_wire, printable, to_wire
from turnstream.normalise import Source, envelope, normalise
from turnstream.parse import PARSER_VERSION, parse
from turnstream.publish import Answer, Claimant, Duplicate, Ledger, Original, Publication, entry_time
from turnstream.root import Root, RootState

ERROR_SUFFIX = ".error.json"
DUPLICATE_SUFFIX = ".duplicate.json"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a batch works with.  ``interrupts`` are exceptions that end a batch, not a file."""

    root: Root
    ledger: Ledger
    journal: Journal
    use_leases: bool
    max_file_bytes: int
    max_crashes: int
    interrupts: tuple[type[BaseException], ...] = ()


@dataclass(slots=True)
class Arrival:
    """One file on its way; what is ``None`` has not been reached."""

    ref: FileRef
    path: str
    began: float
    received_at: datetime
    taken: Taken | None = None
    arrival_id: str | None = None
    identity: Identity | None = None
    extracted: Extracted | None = None
    publication: Publication | None = None
    answer: Answer | None = None
    error: DocumentError | None = None
    stage: str = "open"
    destination: Destination | None = None
    original: Original | None = None
    moved: bool = False
    duration_s: float = 0.0

    @property
    def outcome(self) -> OutcomeKind | None:
        """What became of it, as far as is known; ``None`` while it is on its way or left."""
        if self.answer is not None:
            return OutcomeKind.DUPLICATE if isinstance(self.answer, Duplicate) else OutcomeKind.PUBLISHED
        return OutcomeKind.REJECTED if isinstance(self.error, PermanentError) else None


Step = Callable[[Arrival], None]


def process(files: Iterable[FileRef], tools: Tools) -> list[Arrival]:
    """Take a batch from open to move; return what became of each file.

    Raises:
        TransientError: the server or the journal failed for the whole batch.

    """
    state = tools.root.state()
    with Hands(tools.root.path, tools.use_leases) as hands:
        arrivals = [_begin(ref) for ref in files]
        step = _Steps(tools, hands, state)
        _each(arrivals, step.open, tools)
        _each(_going(arrivals), step.extract_and_identify, tools)
        step.look_up(_going(arrivals))
        _each(_new(arrivals), step.parse_and_normalise, tools)
        step.publish(_new(arrivals))
        step.dispose([arrival for arrival in arrivals if arrival.outcome])
    return arrivals


def record_of(extracted: Extracted, source: Source, received_at: datetime) -> Record:
    """Parse and normalise: the pure middle of the pipeline, also what `turnstream parse` shows."""
    return normalise(extracted, parse(extracted), source, received_at)


def source_of(path: str, identity: Identity, size: int, mtime_ns: int) -> Source:
    """Gather what the record says of its file."""
    sequence, declared_id = declared_by_name(os.path.basename(path))  # noqa: PTH119 - an fs string
    return Source(
        path=path,
        size=size,
        mtime_ns=mtime_ns,
        sequence=sequence,
        declared_id=declared_id,
        content_sha256=identity.content_sha256,
        source_sha256=identity.source_sha256,
        document_id=identity.document_id,
        parser_version=PARSER_VERSION,
        canonical_version=CANONICAL_VERSION,
    )


class _Steps:
    """The steps of one batch, each for one arrival or for all of them."""

    def __init__(self, tools: Tools, hands: Hands, state: RootState) -> None:
        self.tools = tools
        self.hands = hands
        self.root_id = state.root_id
        self.epoch = state.epoch or "none yet"

    def open(self, arrival: Arrival) -> None:
        arrival.taken = self.hands.take(arrival.path)
        arrival.arrival_id = arrival_id(self.root_id, arrival.taken.stat)
        if arrival.ref.crashes >= self.tools.max_crashes and arrival.ref.arrival_id == arrival.arrival_id:
            raise WorkerCrashed(f"{arrival.ref.crashes} worker processes died on it")

    def extract_and_identify(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.arrival_id
        arrival.stage = "extract"
        raw = self.hands.read(arrival.taken, self.tools.max_file_bytes)
        arrival.extracted = extract(raw)
        arrival.identity = identify(arrival.arrival_id, raw, arrival.extracted.canonical)

    def look_up(self, arrivals: Sequence[Arrival]) -> None:
        claimants = [Claimant(*_digest_and_arrival(arrival)) for arrival in arrivals]
        if claimants:
            for arrival, answer in zip(arrivals, self.tools.ledger.look_up(claimants, self.epoch), strict=True):
                arrival.answer = answer

    def parse_and_normalise(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.identity and arrival.extracted
        arrival.stage = "parse"
        facts = arrival.taken.stat
        source = source_of(arrival.path, arrival.identity, facts.st_size, facts.st_mtime_ns)
        record = record_of(arrival.extracted, source, arrival.received_at)
        event = envelope(record, self.root_id, datetime.now(UTC))
        arrival.publication = Publication(
            *_digest_and_arrival(arrival), event.id, event.subject, event.model_dump_json().encode()
        )

    def publish(self, arrivals: Sequence[Arrival]) -> None:
        publications = [arrival.publication for arrival in arrivals if arrival.publication]
        for arrival, answer in zip(arrivals, self.tools.ledger.publish(publications, self.epoch), strict=True):
            arrival.answer = answer

    def dispose(self, arrivals: Sequence[Arrival]) -> None:
        # Originals before their duplicates, so that a sidecar can say where the original is.
        arrivals = sorted(arrivals, key=lambda arrival: arrival.outcome == OutcomeKind.DUPLICATE)
        self._find_originals(arrivals)
        _each(arrivals, self._place, self.tools)
        placed = [arrival for arrival in arrivals if arrival.destination]
        self.tools.journal.append(map(_journal_line, placed))
        _each(placed, self._move, self.tools)
        self.hands.sync()
        # What could not be moved is not where its line says: the last line counts.
        self.tools.journal.append(_journal_line(arrival) for arrival in placed if not arrival.moved)

    def _find_originals(self, arrivals: Sequence[Arrival]) -> None:
        duplicates = [arrival for arrival in arrivals if isinstance(arrival.answer, Duplicate)]
        entries = [arrival.answer.entry_id for arrival in duplicates if arrival.answer]
        for arrival, original in zip(duplicates, self.tools.ledger.originals(entries), strict=True):
            arrival.original = original

    def _place(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.arrival_id
        arrival.stage = "journal"
        folder, suffix = _folder_of(arrival)
        arrival.destination = self.hands.place(folder, arrival.taken, arrival.arrival_id, suffix)

    def _move(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.destination
        arrival.stage = "move"
        _, suffix = _folder_of(arrival)
        self._write_sidecar(arrival, suffix)
        try:
            while not self.hands.move(arrival.taken, arrival.destination):
                # Somebody took the name between journal and move: the last line counts.
                self.hands.remove_beside(arrival.destination, suffix)
                self._place(arrival)
                self.tools.journal.append([_journal_line(arrival)])
                self._write_sidecar(arrival, suffix)
        except TransientError:
            self.hands.remove_beside(arrival.destination, suffix)
            raise
        arrival.moved = True
        arrival.duration_s = time.monotonic() - arrival.began

    def _write_sidecar(self, arrival: Arrival, suffix: str) -> None:
        assert arrival.destination
        if suffix:
            words = _error_sidecar(arrival) if suffix == ERROR_SUFFIX else _duplicate_sidecar(arrival, self.tools.root)
            data = orjson.dumps(words, default=str, option=orjson.OPT_INDENT_2) + b"\n"
            self.hands.write_beside(arrival.destination, suffix, data, durable=suffix == ERROR_SUFFIX)


def _going(arrivals: Iterable[Arrival]) -> list[Arrival]:
    return [arrival for arrival in arrivals if arrival.error is None]


def _new(arrivals: Iterable[Arrival]) -> list[Arrival]:
    return [arrival for arrival in _going(arrivals) if arrival.answer is None]


def _begin(ref: FileRef) -> Arrival:
    return Arrival(ref, from_wire(ref.path), time.monotonic(), datetime.now(UTC))


def _each(arrivals: Iterable[Arrival], step: Step, tools: Tools) -> None:
    for arrival in arrivals:
        try:
            step(arrival)
        except DocumentError as error:
            _end(arrival, error)
        except Exception as error:  # a fault in a stage is one file's, and told with its traceback
            if isinstance(error, (MemoryError, *tools.interrupts)):
                raise
            fault = ParserFailed(f"{type(error).__name__} in {arrival.stage}")
            fault.__cause__ = error
            _end(arrival, fault)


def _end(arrival: Arrival, error: DocumentError) -> None:
    arrival.error = error
    arrival.duration_s = time.monotonic() - arrival.began
    if isinstance(error, TransientError):
        arrival.destination = None


def _digest_and_arrival(arrival: Arrival) -> tuple[str, str]:
    assert arrival.identity
    return arrival.identity.content_sha256, arrival.identity.arrival_id


def _folder_of(arrival: Arrival) -> tuple[str, str]:
    if arrival.outcome == OutcomeKind.REJECTED:
        return "quarantine", ERROR_SUFFIX
    if arrival.outcome == OutcomeKind.DUPLICATE:
        return "duplicates", DUPLICATE_SUFFIX
    assert arrival.answer
    return f"archive/{entry_time(arrival.answer.entry_id):%Y-%m-%d}", ""


def _journal_line(arrival: Arrival) -> dict[str, Any]:
    assert arrival.taken
    identity, answer = arrival.identity, arrival.answer
    return {
        "v": 1,
        "at": datetime.now(UTC),
        "outcome": arrival.outcome,
        "arrival_id": arrival.arrival_id,
        "path": to_wire(arrival.path),
        "to": arrival.destination and to_wire(arrival.destination.path),
        "size": arrival.taken.stat.st_size,
        "mtime_ns": arrival.taken.stat.st_mtime_ns,
        "document_id": identity and identity.document_id,
        "event_id": identity and answer and f"{identity.document_id}.1",
        "content_sha256": identity and identity.content_sha256,
        "source_sha256": identity and identity.source_sha256,
        "entry_id": answer and answer.entry_id,
        "original": answer.of if isinstance(answer, Duplicate) else None,
        "reason": arrival.error and arrival.error.reason,
        "detail": arrival.error and arrival.error.detail,
    }


def _error_sidecar(arrival: Arrival) -> dict[str, Any]:
    assert arrival.error and arrival.taken
    return {
        "file": printable(arrival.path),
        "reason": arrival.error.reason,
        "hint": arrival.error.hint,
        "detail": arrival.error.detail,
        "at": datetime.now(UTC),
        "attempts": arrival.ref.crashes + 1,
        "arrival_id": arrival.arrival_id,
        "size": arrival.taken.stat.st_size,
        "retry": f"turnstream quarantine retry {arrival.arrival_id}",
        "version": __version__,
    }


def _duplicate_sidecar(arrival: Arrival, root: Root) -> dict[str, Any]:
    assert arrival.identity and arrival.original and isinstance(arrival.answer, Duplicate)
    original = arrival.original
    archived = f"archive/{original.published_at:%Y-%m-%d}/{original.path}" if original.path else None
    return {
        "file": printable(arrival.path),
        "duplicate_of": {
            "document_id": arrival.identity.document_id,
            "path": original.path,
            "archived": archived if archived and os.path.lexists(root.path / archived) else None,
            "published_at": original.published_at,
            "entry_id": arrival.answer.entry_id,
            "arrival_id": arrival.answer.of,
        },
        "hint": "Its text is already on the stream; nothing else needs to be done.",
        "at": datetime.now(UTC),
        "arrival_id": arrival.arrival_id,
    }
