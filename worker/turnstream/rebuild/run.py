"""The story of a rebuild: hold, restore, publish again, let go.  Each step may be the last before a kill."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from turnstream.agreement import disagreement, is_own, is_rebuilding
from turnstream.alive import living
from turnstream.errors import BadConfiguration, LedgerHeld
from turnstream.journal import Journal, Line
from turnstream.log import say
from turnstream.models import Event, printable
from turnstream.publish import CALL_BYTES, EntryId, Ledger
from turnstream.rebuild.again import Gone, event_of, seems_whole
from turnstream.rebuild.past import Fact, published
from turnstream.rebuild.restore import CALL_FACTS, Restorer
from turnstream.root import Root
from turnstream.trimmed import trimmed_below

#: Entries published again between two signs of life.
_AGAIN = 50
#: Contents that cannot be published again and are named in the log; the rest is counted.
_NAMED = 100


@dataclass(slots=True)
class Report:
    """What a rebuild did, or would do: publications in the journal by what became of them.

    ``why`` is what was wrong, ``None`` if nothing.  ``known``: the server had it.
    ``restored``: its entry is on the stream, or was trimmed from it.  ``republished``: its
    entry was lost and was made again from archive/.  ``waiting``: its file is still in
    drop/ and is published from there.  ``unrecoverable``: its entry is lost, and its file.
    """

    why: str | None
    known: int = 0
    restored: int = 0
    republished: int = 0
    waiting: int = 0
    unrecoverable: int = 0
    lost: list[str] = field(default_factory=list)


def rebuild(root: Root, ledger: Ledger, *, dry_run: bool = False) -> Iterator[Report]:
    """Make the ledger what the journal says it was; yield after each small step, the last time when it is done.

    With nothing wrong it only restores single claims that went, beside working workers.

    Raises:
        BadConfiguration: the server's ledger is another root's.
        LedgerHeld: another process rebuilds it or works with it, or the journal cannot be read.
        TransientError: the server does not answer, or the disk refuses: begin again later.

    """
    restorer = Restorer(ledger, root.state().root_id)
    try:
        if not dry_run:
            restorer.lock()
        yield from _Story(root, ledger, restorer, write=not dry_run).tell()
    except OSError as error:
        raise LedgerHeld(f"it cannot be rebuilt: {error.strerror or error}") from error
    finally:
        restorer.unlock()


class _Story:
    def __init__(self, root: Root, ledger: Ledger, restorer: Restorer, *, write: bool) -> None:
        self.root = root
        self.ledger = ledger
        self.write = write
        self.restorer = restorer
        self.root_id = restorer.root_id
        self.epoch = ledger.epoch() or ""
        if not is_own(root.state(), self.epoch or None):
            raise BadConfiguration(f"the server's keys {ledger.prefix}* belong to another data root")
        self.report = Report(disagreement(root, ledger))
        self.below = trimmed_below(root.path)
        self.last: EntryId = (0, 0)

    def tell(self) -> Iterator[Report]:
        if self.report.why:
            self._require_nobody_else()
            if self.write:
                say("ledger.rebuilding", reason=self.report.why)
                self.epoch = self.restorer.hold()
        missing: dict[bytes, Fact] = {}
        for facts in _chunks(published(self.root.path / "journal"), CALL_FACTS):
            self._restore(facts, missing)
            yield self._alive()
        if self.write and self.report.why:
            self.restorer.go_on_above(self.last)
        in_order = sorted(missing.values(), key=lambda fact: fact.entry)
        for _ in self._publish_again(in_order):
            yield self._alive()
        if self.write and self.report.why:
            self._let_go()
        yield self.report

    def _require_nobody_else(self) -> None:
        # Who works with a ledger of this root that this root does not know works in a copy of this root.
        if not self.epoch or is_rebuilding(self.epoch) or self.epoch == self.root.state().epoch:
            return
        for other in living(self.ledger):
            if other.role == "watcher" and other.is_running() and not other.is_this_one():
                who = f"the watcher {other.host}:{other.pid} works with that"
                raise LedgerHeld(f"{self.report.why}, and {who}: is this a copy of its root?")

    def _alive(self) -> Report:
        if self.write:
            self.restorer.lock()
        return self.report

    def _restore(self, facts: list[Fact], missing: dict[bytes, Fact]) -> None:
        self.last = max(self.last, *(fact.entry for fact in facts))
        answers = self.restorer.claims(facts, self.epoch, self.below, write=self.write)
        heads = []
        for fact, answer in zip(facts, answers, strict=True):
            if answer == "missing":
                # Of two lines about one content the later one counts, but not where it knows less.
                before = missing.get(fact.digest, fact)
                missing[fact.digest] = replace(fact, head=fact.head or before.head)
                continue
            missing.pop(fact.digest, None)
            if fact.head:
                # A rebuild that was killed may have given it another entry than its line says.
                heads.append(replace(fact.head, entry_id=answer.partition(" ")[2] or fact.head.entry_id))
        if self.write:
            self.ledger.restore_heads(heads)
        self.report.restored += answers.count("restored")
        self.report.known += len(answers) - answers.count("restored") - answers.count("missing")

    def _publish_again(self, facts: Iterable[Fact]) -> Iterator[None]:
        made: list[tuple[Fact, Line, Event]] = []
        size = 0
        for fact in facts:
            line = fact.line()
            event = event_of(line, self.root, self.root_id) if self.write else self._look(line)
            if isinstance(event, Gone):
                self._note_gone(line, event)
            elif event is not None:
                made.append((fact, line, event))
                size += int(line["size"])
            if len(made) == _AGAIN or size > CALL_BYTES:
                self._append(made)
                made, size = [], 0
            yield
        self._append(made)

    def _append(self, made: list[tuple[Fact, Line, Event]]) -> None:
        if not made:
            return
        facts, lines, events = zip(*made, strict=True)
        answers = self.restorer.claims(facts, self.epoch, self.below, events=events)
        now, told, heads = datetime.now(UTC), [], []
        for fact, line, answer in zip(facts, lines, answers, strict=True):
            if " " not in answer and "-" in answer:
                told.append({**line, "at": now, "entry_id": answer, "rebuilt_from": line["entry_id"]})
                heads += [replace(fact.head, entry_id=answer)] if fact.head else []
        self.ledger.restore_heads(heads)
        Journal(self.root.path / "journal").append(told)
        self.report.republished += len(told)

    def _look(self, line: Line) -> Gone | None:
        if not seems_whole(line, self.root):
            made = event_of(line, self.root, self.root_id)
            if isinstance(made, Gone):
                return made
        self.report.republished += 1
        return None

    def _note_gone(self, line: Line, gone: Gone) -> None:
        if gone.waiting:
            self.report.waiting += 1
            return
        self.report.unrecoverable += 1
        if len(self.report.lost) < _NAMED:
            path = printable(str(line.get("path")))
            self.report.lost.append(path)
            if self.write:
                say(
                    "document.unrecoverable",
                    path=path,
                    document_id=line.get("document_id"),
                    entry_id=line.get("entry_id"),
                    reason=gone.why,
                    exc_info=gone.fault,
                )

    def _let_go(self) -> None:
        epoch = f"{self.root_id}:{secrets.token_hex(8)}"
        # First on disk: while the server's says "rebuilding", a kill in between only has this begun again.
        self.root.remember_epoch(epoch)
        self.restorer.finish(self.epoch, epoch)
        report = self.report
        say(
            "ledger.rebuilt",
            epoch=epoch,
            known=report.known,
            restored=report.restored,
            republished=report.republished,
            waiting=report.waiting,
            unrecoverable=report.unrecoverable,
        )


def _chunks(items: Iterable[Fact], size: int) -> Iterator[list[Fact]]:
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk
