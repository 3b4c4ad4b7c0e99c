"""Whether the server's ledger is the one this root knows.

A server that was emptied, restored or exchanged would publish everything a second time;
nothing may be written until that is mended.  A backup has the right epoch; it is told by
the journal, which names entries that its stream never gave.
"""

from __future__ import annotations

import itertools
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from turnstream.errors import BadConfiguration, LedgerHeld
from turnstream.log import say
from turnstream.publish import EntryId, Ledger, entry_id_of, entry_id_text
from turnstream.root import Root, RootState

#: What stands in the server's epoch while its ledger is rebuilt: no worker expects it, so nobody else writes.
REBUILDING = ":rebuilding:"

#: Newest days of the journal, and bytes at the end of each file, in which the last entry is looked for.
_DAYS = 2
_TAIL_BYTES = 1_000_000
#: In JSON a quote inside a value is escaped, and a torn line lacks the last one: only a whole field matches.
_ENTRY_ID = re.compile(rb'"entry_id": ?"(\d{1,20})-(\d{1,20})"')


class JournalUnreadable(LedgerHeld):
    """Whether the ledger is whole cannot be told: the disk, or somebody, keeps the journal from us."""


def agree(root: Root, ledger: Ledger, known: EntryId | None = None) -> EntryId:
    """Begin a new root's ledger, or check that the server still has this root's; return the stream's last id.

    Args:
        root: whose ledger it must be.
        ledger: what the server has.
        known: the last id of an earlier agreement; without it the journal is asked.

    Raises:
        LedgerHeld: the server has no ledger, or another one of this root, or an old copy of it.
        BadConfiguration: the server's ledger is another root's.
        TransientError: the server does not answer.

    """
    _agree_on_epoch(root, ledger)
    # In this order: what is published meanwhile must not look as if it were missing.
    expected = known or _last_journaled(root.path / "journal")
    last = entry_id_of(ledger.last_id())
    if last < expected:
        raise LedgerHeld(_old_copy(expected, last))
    return last


def require_agreement(root: Root, ledger: Ledger) -> None:
    """Raise unless the server has this root's ledger whole.

    Raises:
        LedgerHeld: `agree` would refuse.
        TransientError: the server does not answer.

    """
    if why := disagreement(root, ledger):
        raise LedgerHeld(why)


def disagreement(root: Root, ledger: Ledger) -> str | None:
    """Return why `agree` would refuse, ``None`` if it would not; begins nothing and writes nothing.

    Raises:
        TransientError: the server does not answer.

    """
    found, state = ledger.epoch(), root.state()  # in this order: a rebuild ends on disk first
    if not is_own(state, found):
        return f"its keys {ledger.prefix}* belong to another data root"
    if is_rebuilding(found):
        return "it is being rebuilt"
    if _is_held(root, state, found):
        return _other_epoch(state, found)
    expected = _last_journaled(root.path / "journal")
    last = entry_id_of(ledger.last_id())
    return _old_copy(expected, last) if last < expected else None


def _agree_on_epoch(root: Root, ledger: Ledger) -> None:
    found, state = ledger.epoch(), root.state()
    if not is_own(state, found):
        raise BadConfiguration(
            f"the server's keys {ledger.prefix}* belong to another data root: give this one its own server.key_prefix"
        )
    if _is_held(root, state, found):
        raise LedgerHeld(_other_epoch(state, found))
    if found is None or found != state.epoch:
        # First on the server, then on disk: a crash between leaves what the next start adopts.
        epoch = ledger.begin(f"{state.root_id}:{secrets.token_hex(8)}")
        root.remember_epoch(epoch)
        say("ledger.created", root_id=state.root_id, epoch=epoch)


def is_own(state: RootState, epoch: str | None) -> bool:
    """Whether the server's epoch, if it has one, is of this root."""
    return epoch is None or epoch.partition(":")[0] == state.root_id


def is_rebuilding(epoch: str | None) -> bool:
    """Whether an epoch says that its ledger is being rebuilt."""
    return epoch is not None and REBUILDING in epoch


def _is_held(root: Root, state: RootState, found: str | None) -> bool:
    # A root that published nothing yet has lost nothing with its server.
    return state.epoch not in (None, found) and not (found is None and _nothing_published(root))


def _other_epoch(state: RootState, found: str | None) -> str:
    return f"the root knows {state.epoch}, the server has {found or 'none'}"


def _old_copy(expected: EntryId, last: EntryId) -> str:
    named, ends = entry_id_text(expected), entry_id_text(last)
    return f"the journal names entry {named}, the server's stream ends at {ends}: it is an old copy"


def _nothing_published(root: Root) -> bool:
    return not _files(root.path / "journal")


def _last_journaled(journal: Path) -> EntryId:
    """Return the highest entry id at the end of the newest days; older ones only while there is none."""
    days = itertools.groupby(_files(journal), key=lambda file: file.name[:10])
    found = (max(map(_last_in, files)) for _, files in days)
    while newest := list(itertools.islice(found, _DAYS)):
        if any(last := max(newest)):
            return last
    return 0, 0


def _files(journal: Path) -> list[Path]:
    """Return the journal's files, the newest day first."""
    try:
        # Not glob: in a folder that may not be read it finds nothing, and says nothing.
        return sorted((file for file in journal.iterdir() if file.suffix == ".jsonl"), reverse=True)
    except OSError as error:
        raise JournalUnreadable(f"{journal} cannot be read: {error.strerror}") from error


def _last_in(file: Path) -> EntryId:
    return max(_entry_ids(file), default=(0, 0))


def _entry_ids(file: Path) -> Iterator[EntryId]:
    try:
        with file.open("rb") as lines:
            lines.seek(max(os.fstat(lines.fileno()).st_size - _TAIL_BYTES, 0))
            tail = lines.read(_TAIL_BYTES)
    except FileNotFoundError:
        return
    except OSError as error:
        raise JournalUnreadable(f"{file} cannot be read: {error.strerror}") from error
    for milliseconds, sequence in _ENTRY_ID.findall(tail):
        yield int(milliseconds), int(sequence)
