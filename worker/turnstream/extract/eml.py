"""A mail (RFC 5322, MIME) with a transcript in it: an attachment of a kind that is read here, else what it says.

What is inside is told by its content again; text is given in UTF-8, whatever the mail has it in.  A page that was
saved with all that belongs to it (MHTML) is a mail, too.
"""

from __future__ import annotations

import base64
import email
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email.errors import InvalidBase64LengthDefect
from email.headerregistry import ContentTypeHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from itertools import count
from typing import Any, NamedTuple

from turnstream.errors import Damaged, Encrypted, UnsupportedFormat
from turnstream.extract.declared import meant
from turnstream.extract.html.markup import Markup

__all__ = ["unpack"]

#: Extensions of transcripts that are attached, the surest first.
_TRANSCRIPTS = (
    *("vtt", "srt", "ttml", "dfxp", "sbv", "lrc", "json", "jsonl", "docx", "odt", "rtf", "md", "txt", "text"),
    *("html", "htm", "tei", "xml", "pdf", "eml", "gz", "bz2", "xz", "zst"),
)
#: … and of attachments that have no such name.
_KINDS = {
    "application/json": "json",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/ttml+xml": "ttml",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/x-subrip": "srt",
    "text/html": "html",
    "text/markdown": "md",
    "text/plain": "txt",
    "text/rtf": "rtf",
    "text/vtt": "vtt",
}
#: What servers put in the place of parts that they cut off.
_LEFTOVER = re.compile(r"ATT\d+\.")
#: Parts of a mail, characters of a header field: more is nobody's mail, and takes its reader long.
_MAX_PARTS, _MAX_FIELD = 1000, 4000
_NEXT_MAIL = re.compile(rb"^From \S+ [^\n]*+\n(?=[!-9;-~]+:)", re.MULTILINE)
#: A plain text with less than this share of the page beside it only says that there is one.
_STUB = 0.3
_SIGNATURE = "-- "
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


class _Bounded(EmailPolicy):
    """The default policy, but for fields of any length: the time that it takes for one grows with its square."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MAX_FIELD]


class _Part(NamedTuple):
    """A part of a mail: its type, the extension of what is attached (or nothing), its bytes."""

    kind: str
    extension: str
    content: bytes


def unpack(raw: bytes) -> bytes:
    """Return the transcript in a mail.

    Raises:
        Encrypted: only who has the key can read it.
        Damaged: its parts are nested deeper than anybody writes.
        UnsupportedFormat: it is a folder of mails, has several transcripts, no text, or more parts than any.

    """
    begin = raw.find(b"\n") + 1 if raw.startswith(b"From ") else 0
    if begin and _NEXT_MAIL.search(raw, begin):
        raise UnsupportedFormat("a mailbox of several mails: save them one by one")
    try:
        message = email.message_from_bytes(raw[begin:], _class=_counted(), policy=_Bounded())
        parts = list(_parts(message.walk()))
    except RecursionError as error:
        raise Damaged("a mail whose parts are nested deeper than anybody writes") from error
    except (LookupError, ValueError) as error:  # the library's own, on mail that nobody wrote
        raise UnsupportedFormat(f"a mail that cannot be read: {type(error).__name__}") from error
    return _attached(parts) or _said(parts)


def _counted() -> Callable[..., EmailMessage]:
    """What makes the parts of one mail, and refuses to make too many."""
    made = count()  # the parser tries once how to call it

    def part(*arguments: Any, **options: Any) -> EmailMessage:
        if next(made) > _MAX_PARTS:
            raise UnsupportedFormat(f"a mail of more than {_MAX_PARTS} parts")
        return EmailMessage(*arguments, **options)

    return part


def _parts(walked: Iterable[object]) -> Iterator[_Part]:
    for part in walked:
        if not isinstance(part, EmailMessage):
            continue
        kind = part.get_content_type()
        if kind == "multipart/encrypted" or (kind == "application/pkcs7-mime" and _is_sealed(part)):
            raise Encrypted("an encrypted mail")
        if part.is_multipart():
            continue
        content = _content(part)
        name = part.get_filename() or ""
        if isinstance(content, bytes) and content.strip() and not _LEFTOVER.match(name):
            yield _Part(kind, _extension(part, name, kind), _in_utf8(part, content, kind))


def _content(part: EmailMessage) -> object:
    """What a part holds; of base64 that is cut off, what is whole."""
    content = part.get_payload(decode=True)
    if isinstance(content, bytes) and any(isinstance(one, InvalidBase64LengthDefect) for one in part.defects):
        letters = _NO_BASE64.sub(b"", content)
        return base64.b64decode(letters[: len(letters) // 4 * 4])
    return content


def _is_sealed(part: EmailMessage) -> bool:
    return _params(part).get("smime-type") != "signed-data"


def _params(part: EmailMessage) -> Mapping[str, str]:
    """What the type of a part is said with."""
    field = part["content-type"]
    return field.params if isinstance(field, ContentTypeHeader) else {}


def _extension(part: EmailMessage, name: str, kind: str) -> str:
    extension = name.rpartition(".")[2].lower()
    if extension in _TRANSCRIPTS:
        return extension
    is_attached = part.is_attachment() or not kind.startswith("text/")
    return _KINDS.get(kind, "") if is_attached and not name else ""


def _in_utf8(part: EmailMessage, content: bytes, kind: str) -> bytes:
    """Text in UTF-8; as it is where the mail names no encoding that it is in."""
    if not kind.startswith("text/"):
        return content
    params = _params(part)
    codec = meant(params.get("charset", "")) if content.isascii() or not _is_utf8(content) else None
    try:
        text = content.decode(codec or "utf-8")
    except UnicodeDecodeError:
        return content
    if params.get("format", "").lower() == "flowed" and kind == "text/plain":
        text = _unflowed(text, joint="" if params.get("delsp", "").lower() == "yes" else " ")
    return text.encode()


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unflowed(text: str, joint: str) -> str:
    """Put lines together that a program wrapped (RFC 3676): they end in a blank; quoted ones stay."""
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        shown = line.removeprefix(" ")
        flows = shown.endswith(" ") and shown != _SIGNATURE and not shown.startswith(">")
        paragraphs[-1].append(f"{shown[:-1]}{joint}" if flows else shown)
        if not flows:
            paragraphs.append([])
    return "\n".join(map("".join, paragraphs))


def _attached(parts: Sequence[_Part]) -> bytes | None:
    """The attachment that is surest to be a transcript."""
    found = [part for part in parts if part.extension]
    if not found:
        return None
    best = min((part.extension for part in found), key=_TRANSCRIPTS.index)
    contents = {part.content for part in found if part.extension == best}
    if len(contents) > 1:
        raise UnsupportedFormat(f"a mail with {len(contents)} attachments .{best}: save them one by one")
    return contents.pop()


def _said(parts: Sequence[_Part]) -> bytes:
    """What the mail itself says: its plain text, unless that stands for a page."""
    plain = b"\n\n".join(part.content for part in parts if part.kind == "text/plain")
    page = max((part.content for part in parts if part.kind == "text/html"), key=len, default=b"")
    if b"-----BEGIN PGP MESSAGE-----" in plain[:4096]:
        raise Encrypted("an encrypted mail")
    if page and len(plain) < _STUB * _length(page):
        return page
    if not plain and not page:
        raise UnsupportedFormat("a mail without text")
    return plain or page


def _length(page: bytes) -> int:
    """Characters of the words of a page."""
    tokens = Markup(page.decode("utf-8", "replace"))
    return sum(len(" ".join(words.split())) for words in tokens if isinstance(words, str))
