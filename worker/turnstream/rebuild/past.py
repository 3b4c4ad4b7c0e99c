"""What the journal says was published, oldest first, as little of each as a ledger of millions allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from turnstream.edition import Head
from turnstream.journal import Line, parsed
from turnstream.models import OutcomeKind, Revision
from turnstream.packed import Claim, pack_claim
from turnstream.publish import EntryId, entry_id_of
from turnstream.receipts import journaled_head, journaled_revision

_DIGEST, _SHORT, _ENTRY = (re.compile(pattern) for pattern in (r"[0-9a-f]{64}", r"[0-9a-f]{16}", r"\d{1,15}-\d{1,10}"))
#: Only lines that hold this are parsed.
_MARK = b'"published"'


@dataclass(frozen=True, slots=True)
class Fact:
    """A published content: its digest, its claim as it was, its entry, and where the journal says so.

    ``head`` is what its edition would be as one; ``file`` and ``offset`` (bytes) find the line again.
    """

    digest: bytes
    claim: bytes
    entry: EntryId
    head: Head | None
    file: Path
    offset: int

    def line(self) -> Line:
        """Return the line of the journal.

        Raises:
            OSError: it cannot be read.

        """
        with self.file.open("rb") as lines:
            lines.seek(self.offset)
            found = parsed(lines.readline())
        if found is None:
            raise OSError(f"{self.file} changed while it was read")
        return found


def published(journal: Path) -> Iterator[Fact]:
    """Yield every publication that the journal tells of, day by day.

    Raises:
        OSError: the journal cannot be read.

    """
    for file in sorted(file for file in journal.iterdir() if file.suffix == ".jsonl"):
        offset = 0
        with file.open("rb") as lines:
            for raw in lines:
                if _MARK in raw and (line := parsed(raw)) and (fact := _fact(line, file, offset)):
                    yield fact
                offset += len(raw)


def _fact(line: Line, file: Path, offset: int) -> Fact | None:
    if line.get("outcome") != OutcomeKind.PUBLISHED:
        return None
    digest, arrival, entry = (str(line.get(name)) for name in ("content_sha256", "arrival_id", "entry_id"))
    if not (_DIGEST.fullmatch(digest) and _SHORT.fullmatch(arrival) and _ENTRY.fullmatch(entry)):
        return None
    try:
        revision, head = journaled_revision(line), journaled_head(line)
    except ValueError:  # another version's: the text was published all the same
        revision, head = Revision(), None
    claim = Claim(arrival, entry, revision.number, revision.supersedes)
    return Fact(bytes.fromhex(digest), pack_claim(claim), entry_id_of(entry), head, file, offset)
