"""The story of a batch: open → extract → identify → parse → normalise → publish → journal → move.

Publish strictly before journal, journal before move; every step can be repeated.  A
file that fails does not touch the others of its batch: it ends rejected (its fault) or
left (nobody's), each with its reason.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from turnstream.agreement import JournalUnreadable, require_agreement
from turnstream.arrival import Arrival
from turnstream.claims import Answer, Claimant, Duplicate, Publication, Superseded, Yours
from turnstream.crashpoint import passed
from turnstream.edition import edition_of
from turnstream.errors import (
    DisposeBlocked,
    DocumentError,
    ParserFailed,
    ParseTimeout,
    PermanentError,
    ReadFailed,
    TransientError,
    WorkerCrashed,
)
from turnstream.extract import CANONICAL_VERSION, extract
from turnstream.folder import AlreadyMoved, Hands
from turnstream.identify import Identity, arrival_id, declared_by_name, identify, is_arrival
from turnstream.journal import Journal
from turnstream.log import say
from turnstream.models import Extracted, FileRef, Record, from_wire, printable
from turnstream.normalise import Source, envelope, normalise
from turnstream.parse import PARSER_VERSION, parse
from turnstream.publish import Ledger
from turnstream.receipts import correction, folder_of, journal_line
from turnstream.root import Root, RootState
from turnstream.sidecars import ERROR_SUFFIX, archived_at, sidecar


@dataclass(frozen=True, slots=True)
class Tools:
    """What a batch works with.

    A file is read within ``reading`` (its reference, its size in bytes), which keeps it to its limits;
    ``rest`` is called when no more is read.  ``interrupts`` are exceptions that end a batch, not a file.
    """

    root: Root
    ledger: Ledger
    journal: Journal
    use_leases: bool
    max_file_bytes: int
    max_crashes: int
    reading: Callable[[FileRef, int], AbstractContextManager[None]]
    rest: Callable[[], None]
    interrupts: tuple[type[BaseException], ...] = ()


Step = Callable[[Arrival], None]

#: What an exception that nobody foresaw means: only what reads the text can blame the file.
_UNFORESEEN: dict[str, type[DocumentError]] = {
    "open": ReadFailed,
    "extract": ParserFailed,
    "parse": ParserFailed,
    "journal": DisposeBlocked,
    "move": DisposeBlocked,
}


def process(files: Iterable[FileRef], tools: Tools) -> list[Arrival]:
    """Take a batch from open to move; return what became of each file.

    Raises:
        TransientError: the server failed for the whole batch.

    """
    state = tools.root.state()
    with Hands(tools.root.path, tools.use_leases) as hands:
        arrivals = [_begin(ref) for ref in files]
        step = _Steps(tools, hands, state)
        _each(arrivals, step.open, tools)
        step.read(_going(arrivals), step.extract_and_identify)
        step.look_up(_going(arrivals))
        step.read(_new(arrivals), step.parse_and_normalise)
        step.publish(_new(arrivals))
        step.dispose([arrival for arrival in arrivals if arrival.outcome])
    return arrivals


def record_of(extracted: Extracted, source: Source, received_at: datetime) -> Record:
    """Parse and normalise: the pure middle of the pipeline, also what `turnstream parse` shows."""
    return normalise(extracted, parse(extracted), source, received_at)


def publication_of(
    extracted: Extracted, source: Source, received_at: datetime, root_id: str, time: datetime
) -> Publication:
    """Return what to publish of a file: the record in an event of this ``time``."""
    parsed = parse(extracted)
    record = normalise(extracted, parsed, source, received_at)
    edition = edition_of(extracted.canonical, parsed, source.document_id)
    build = functools.partial(envelope, record, root_id, time)
    event = build()
    return Publication(
        source.content_sha256,
        source.arrival_id,
        event.id,
        event.subject,
        event.model_dump_json().encode(),
        edition,
        build if edition else None,
    )


def source_of(path: str, identity: Identity, size: int, mtime_ns: int) -> Source:
    """Gather what the record says of its file."""
    sequence, declared_id = declared_by_name(os.path.basename(path))  # noqa: PTH119 - an fs string
    return Source(
        arrival_id=identity.arrival_id,
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
        arrival.arrival_id = arrival_id(self.root_id, arrival.taken.stat, arrival.path)
        if self._died_often(arrival) and not self.tools.ledger.was_published(arrival.arrival_id):
            (mark,) = self.tools.ledger.marks([arrival.ref])
            arrival.deaths = mark.deaths if mark else ()
            raise _condemned(arrival)
        passed("opened")

    def _died_often(self, arrival: Arrival) -> bool:
        return arrival.ref.crashes >= self.tools.max_crashes and arrival.ref.arrival_id == arrival.arrival_id

    def read(self, arrivals: Sequence[Arrival], step: Step) -> None:
        """Take a step that reads a text, for each within the limits of one document."""
        _each(arrivals, self.guarded(step), self.tools)
        self.tools.rest()

    def guarded(self, step: Step) -> Step:
        """Return a step that reads a text, within the limits of one document."""

        def guarded(arrival: Arrival) -> None:
            assert arrival.taken
            with self.tools.reading(arrival.ref, arrival.taken.stat.st_size):
                step(arrival)

        return guarded

    def extract_and_identify(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.arrival_id
        arrival.stage = "extract"
        raw = arrival.taken.read(self.tools.max_file_bytes)
        arrival.extracted = extract(raw)
        arrival.identity = identify(arrival.arrival_id, raw, arrival.extracted.canonical)
        passed("identified")

    def look_up(self, arrivals: Sequence[Arrival]) -> None:
        claimants = [Claimant(*_digest_and_arrival(arrival)) for arrival in arrivals]
        if claimants:
            for arrival, answer in zip(arrivals, self.tools.ledger.look_up(claimants, self.epoch), strict=True):
                arrival.answer = answer
            passed("looked_up")

    def parse_and_normalise(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.identity and arrival.extracted
        arrival.stage = "parse"
        facts = arrival.taken.stat
        source = source_of(arrival.path, arrival.identity, facts.st_size, facts.st_mtime_ns)
        arrival.publication = publication_of(
            arrival.extracted, source, arrival.received_at, self.root_id, datetime.now(UTC)
        )
        arrival.edition = arrival.publication.edition
        passed("parsed")

    def publish(self, arrivals: Sequence[Arrival]) -> None:
        publications = [arrival.publication for arrival in arrivals if arrival.publication]
        try:
            for arrival, answer in zip(arrivals, self._published(publications), strict=True):
                arrival.answer = answer
                passed("published")
        except JournalUnreadable as error:
            # As where it cannot be written: each file waits longer from time to time, and says why.
            for arrival in _new(arrivals):
                _end(arrival, DisposeBlocked(f"journal: {error.detail}"))

    def _published(self, publications: Sequence[Publication]) -> Iterator[Answer]:
        tools = self.tools
        return tools.ledger.publish(publications, self.epoch, lambda: require_agreement(tools.root, tools.ledger))

    def dispose(self, arrivals: Sequence[Arrival]) -> None:
        # A process that dies from here on dies of something else than their text.
        suspects = [arrival for arrival in arrivals if arrival.ref.tries and arrival.answer]
        self.tools.ledger.note_published([arrival.arrival_id for arrival in suspects if arrival.arrival_id])
        self._find_originals(arrivals)
        _each([arrival for arrival in arrivals if _is_redelivered(arrival)], self._recall_edition, self.tools)
        self.tools.rest()
        arrivals = [arrival for arrival in arrivals if arrival.outcome]
        # What came first before what came too late, so that a sidecar can say where that is.
        arrivals.sort(key=lambda arrival: isinstance(arrival.answer, Duplicate | Superseded))
        _each(arrivals, self._place, self.tools)
        placed = [arrival for arrival in arrivals if arrival.destination]
        try:
            self._journal(placed)
        except DisposeBlocked as error:
            # Each file waits longer from time to time, and says why, as if its own folder refused.
            for arrival in placed:
                _end(arrival, error)
            return
        _each(placed, self._move, self.tools)
        # Files have moved: what fails from here on must not cost the lines that tell of them.
        faults = [*_faults_of(self._sync), *_faults_of(lambda: self._correct(placed))]
        for fault in faults[:1]:
            say("batch.abandoned", reason=fault.reason, detail=fault.detail, files=0)

    def _journal(self, arrivals: Sequence[Arrival]) -> None:
        lines = [journal_line(arrival) for arrival in arrivals]
        self.tools.journal.append(lines)
        for arrival, line in zip(arrivals, lines, strict=True):
            arrival.line = line
        if lines:
            passed("journaled")

    def _sync(self) -> None:
        self.hands.sync()
        passed("synced")

    def _correct(self, placed: Iterable[Arrival]) -> None:
        # What we could not move is not where its line says: the last line counts.
        journal = self.tools.journal.folder
        lines = [correction(arrival, self._whereabouts(arrival), journal) for arrival in placed if not arrival.moved]
        self.tools.journal.append(line for line in lines if line)
        passed("corrected")

    def _whereabouts(self, arrival: Arrival) -> str | None:
        assert arrival.taken
        if arrival.taken.is_another(os.fstat(arrival.taken.descriptor)):
            return None  # what lies anywhere is not what was read
        return arrival.error.place if isinstance(arrival.error, AlreadyMoved) else self.hands.whereabouts(arrival.taken)

    def _find_originals(self, arrivals: Sequence[Arrival]) -> None:
        late = [arrival for arrival in arrivals if isinstance(arrival.answer, Duplicate | Superseded)]
        entries = [arrival.answer.entry_id for arrival in late if arrival.answer]
        for arrival, original in zip(late, self.tools.ledger.originals(entries), strict=True):
            arrival.original = original
            if isinstance(arrival.answer, Duplicate):
                self._recognise_itself(arrival)

    def _recognise_itself(self, arrival: Arrival) -> None:
        """Take back that a file is a duplicate of itself: names of it may have come or gone since it was published."""
        assert arrival.taken and arrival.original and isinstance(arrival.answer, Duplicate)
        said, before = arrival.answer, arrival.original.path
        is_it = functools.partial(is_arrival, said.of, self.root_id, arrival.taken.stat)
        if not is_it(arrival.path, before):
            return
        as_before = before == printable(arrival.path)
        # In this order: another worker may be moving what has that name.
        if not as_before and before and self.hands.is_at(arrival.taken, f"drop/{before}"):
            return
        archived = archived_at(arrival.original, said.of, self.tools.root.path, self.root_id)
        if archived is None or (as_before and self.hands.is_half_moved(arrival.taken, archived)):
            arrival.answer = Yours(said.entry_id, number=said.number, supersedes=said.supersedes)
            # What is told of it goes on under its old id, unless that cannot be told from its name any more.
            arrival.published_as = said.of if is_it(arrival.path) else None

    def _recall_edition(self, arrival: Arrival) -> None:
        """Tell again which edition a text is that was published before: its line says so, its claim does not."""
        if self._died_often(arrival):
            self._say_lost(arrival, "processes died on it")
            return
        assert arrival.arrival_id and isinstance(arrival.answer, Yours)
        try:
            # What dies of it is known as published all the same, and is not given up for that.
            self.tools.ledger.note_published([arrival.arrival_id])
            self.guarded(self._tell_edition)(arrival)
        except Exception as error:
            if isinstance(error, (MemoryError, *self.tools.interrupts)):
                raise
            fault = error if isinstance(error, DocumentError) else _unforeseen("parse", error)
            if isinstance(fault, TransientError):
                arrival.answer = None
                raise fault from fault.__cause__
            self._say_lost(arrival, fault.detail, fault.__cause__)
        else:
            if arrival.edition is None and arrival.answer.supersedes:
                self._say_lost(arrival, "it is read as no edition any more")

    def _say_lost(self, arrival: Arrival, detail: str | None, cause: BaseException | None = None) -> None:
        assert arrival.identity
        path, document_id = printable(arrival.path), arrival.identity.document_id
        say("edition.lost", path=path, document_id=document_id, detail=detail, exc_info=cause)

    def _tell_edition(self, arrival: Arrival) -> None:
        assert arrival.identity and arrival.extracted
        arrival.stage = "parse"
        canonical = arrival.extracted.canonical
        arrival.edition = edition_of(canonical, parse(arrival.extracted), arrival.identity.document_id)
        passed("parsed")

    def _place(self, arrival: Arrival) -> None:
        assert arrival.taken and arrival.journaled_as
        arrival.stage = "journal"
        folder, suffix = folder_of(arrival)
        place = functools.partial(self.hands.place, folder, arrival.taken, arrival.journaled_as, suffix)
        try:
            arrival.destination = place()
        except AlreadyMoved as moved:
            self._take_back(arrival, moved)
            arrival.destination = place()
        passed("placed")

    def _move(self, arrival: Arrival) -> None:
        arrival.stage = "move"
        _, suffix = folder_of(arrival)
        while not self._try_to_move(arrival, suffix):
            # Somebody took the name between journal and move: the last line counts.
            self._place(arrival)
            self._journal([arrival])
            arrival.stage = "move"
        arrival.moved = True
        passed("verified")
        if arrival.given_up and arrival.taken and arrival.arrival_id:
            self.hands.remove_beside(arrival.taken, arrival.given_up, ERROR_SUFFIX, arrival.arrival_id)
        arrival.duration_s = time.monotonic() - arrival.began

    def _try_to_move(self, arrival: Arrival, suffix: str) -> bool:
        assert arrival.taken and arrival.destination and arrival.arrival_id
        if not suffix:
            return self._move_once(arrival)
        destination, moved = arrival.destination, False
        try:
            moved = self._write_sidecar(arrival, suffix) and self._move_once(arrival)
        finally:
            if not moved:
                self.hands.remove_beside(arrival.taken, destination, suffix, arrival.arrival_id)
        if moved and not self.hands.stands_beside(destination, suffix):
            # Another worker on this batch gave up meanwhile, and took away what both wrote.
            self._write_sidecar(arrival, suffix)
        return moved

    def _move_once(self, arrival: Arrival) -> bool:
        assert arrival.taken and arrival.destination
        try:
            return self.hands.move(arrival.taken, arrival.destination)
        except AlreadyMoved as moved:
            self._take_back(arrival, moved)
            return False

    def _take_back(self, arrival: Arrival, moved: AlreadyMoved) -> None:
        """Take a file that the ledger knows out of quarantine/: another worker gave it up, or is an older version."""
        assert arrival.taken
        if arrival.answer is None or not moved.place.startswith("quarantine/"):
            raise moved
        arrival.given_up = self.hands.take_back(arrival.taken, moved.place)

    def _write_sidecar(self, arrival: Arrival, suffix: str) -> bool:
        assert arrival.destination and arrival.arrival_id
        data = sidecar(arrival, self.tools.root.path, self.root_id)
        durable = suffix == ERROR_SUFFIX
        written = self.hands.write_beside(arrival.destination, suffix, arrival.arrival_id, data, durable=durable)
        passed("noted")
        return written


def _unforeseen(stage: str, error: Exception) -> DocumentError:
    kind = _UNFORESEEN[stage]
    if kind is ParserFailed and isinstance(error, (OSError, ImportError)):
        # No text does that: out of descriptors, or a disk that fails while a module is loaded.
        kind = ReadFailed
    said = f": {error.strerror}" if isinstance(error, OSError) else ""
    fault = kind(f"{type(error).__name__} in {stage}{said}")
    fault.__cause__ = error
    return fault


def _going(arrivals: Iterable[Arrival]) -> list[Arrival]:
    return [arrival for arrival in arrivals if arrival.error is None]


def _new(arrivals: Iterable[Arrival]) -> list[Arrival]:
    return [arrival for arrival in _going(arrivals) if arrival.answer is None]


def _is_redelivered(arrival: Arrival) -> bool:
    return isinstance(arrival.answer, Yours) and arrival.publication is None


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
            _end(arrival, _unforeseen(arrival.stage, error))


def _condemned(arrival: Arrival) -> PermanentError:
    times = max(arrival.ref.crashes, len(arrival.deaths))
    last = f": {arrival.deaths[-1].detail}" if arrival.deaths else ""
    if arrival.ref.reason == ParseTimeout.reason:
        return ParseTimeout(f"{times} times{last}")
    return WorkerCrashed(f"{times} worker processes died on it{last}")


def _faults_of(finish: Callable[[], None]) -> Iterator[TransientError]:
    try:
        finish()
    except TransientError as error:
        yield error


def _end(arrival: Arrival, error: DocumentError) -> None:
    arrival.error = error
    arrival.duration_s = time.monotonic() - arrival.began
    if isinstance(error, TransientError):
        arrival.destination = None


def _digest_and_arrival(arrival: Arrival) -> tuple[str, str]:
    assert arrival.identity
    return arrival.identity.content_sha256, arrival.identity.arrival_id
