"""Editions: which texts are one transcript that grows, which of two counts, and what a new one is to the last.

A transcript that is published while people still speak comes again and again, each time
longer.  Its editions share publisher, title and opening; a title alone proves nothing.
The *head* of a transcript is its greatest published edition.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from turnstream.models import Parsed, Revision

#: Letters and digits at the beginning of the text that editions share; a shorter text takes no part.
OPENING_LETTERS = 200
#: Bytes of a key: some 3 × 10^14 (2^48) transcripts before two of them are likely to share one.
KEY_BYTES = 12
#: Version of the rule that makes a key.
_KEY_VERSION = b"\x01"
_NO_LETTER = re.compile(r"[\W_]")
#: The same of ASCII, which bytes.translate drops in a third of the time.
_ASCII_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a transcript; ``key`` is what all of them share, ``length`` counts letters and digits."""

    key: bytes
    length: int
    partial: bool
    document_id: str

    @property
    def rank(self) -> tuple[int, bool, str]:
        """What editions of one key are compared by: a total order, the same wherever it is asked for."""
        return self.length, not self.partial, self.document_id


@dataclass(frozen=True, slots=True)
class Head:
    """The greatest published edition of its key: revision ``number``, entry ``entry_id`` of the stream."""

    edition: Edition
    number: int
    entry_id: str

    @property
    def event_id(self) -> str:
        """The id of its event."""
        return f"{self.edition.document_id}.{self.number}"


def edition_of(canonical: str, parsed: Parsed, document_id: str) -> Edition | None:
    """Return which edition a text is; ``None`` without title, publisher or enough of an opening."""
    if parsed.title is None or parsed.publisher is None:
        return None
    body = canonical[slice(*parsed.body)].encode().translate(None, _ASCII_NO_LETTERS).decode()
    letters = body if body.isascii() else _NO_LETTER.sub("", body)
    if len(letters) < OPENING_LETTERS:
        return None
    facts = (parsed.publisher, parsed.title, letters[:OPENING_LETTERS].casefold())
    key = hashlib.sha256(_KEY_VERSION + "\0".join(facts).encode()).digest()[:KEY_BYTES]
    return Edition(key, len(letters), parsed.status == "partial", document_id)


def revision_after(edition: Edition, head: Head | None) -> Revision | None:
    """Return what a new edition is where ``head`` is the last; ``None`` where that supersedes it.

    ``publish.lua`` decides by the same rule, and its word counts.
    """
    if head is None:
        return Revision()
    if edition.rank > head.edition.rank:
        if head.edition.partial:
            return Revision(number=head.number + 1, supersedes=head.event_id, cause="continued")
        return Revision()
    return None if edition.partial else Revision()
