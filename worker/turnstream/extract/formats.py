"""Which format a file is in, told by its content alone: under another name it is the same transcript.

A format is a module of this package, imported when the first file of it is met.  ``unpack`` of a packing returns the
bytes inside; ``read`` of a binary format takes bytes; ``read`` of one that is text takes the decoded text, and
returns ``None`` if it is plain text after all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

from turnstream.extract.pieces import Reading

#: Characters of a text by which its format is told: at its beginning, in XML and HTML behind what stands before that.
LOOKED_AT = 4096
#: A declaration, licences and other comments, a document type but HTML's.  Possessive and atomic: in linear time.
_PROLOGUE = re.compile(
    r"(?is)(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s(?!\s*html)[^\[>]*(?:\[.*?\]\s*)?>)*+",
)


class Packing(NamedTuple):
    """What another file is packed in: its name, its module, and what its bytes begin with."""

    name: str
    module: str
    opening: re.Pattern[bytes]

    def unpack(self, raw: bytes) -> bytes:
        """Return the bytes of the file inside.

        Raises:
            PermanentError: it is damaged, encrypted or too large, or holds nothing to read.

        """
        unpacked: bytes = _of(self.module, "unpack")(raw)
        return unpacked


class Binary(NamedTuple):
    """A format of bytes: its module, and what they begin with."""

    module: str
    opening: re.Pattern[bytes]

    def read(self, raw: bytes) -> Reading:
        """Read the bytes of a file.

        Raises:
            PermanentError: it is damaged, encrypted or too large.

        """
        found: Reading = _of(self.module, "read")(raw)
        return found


class Textual(NamedTuple):
    """A format of text: its module, and what it begins with, white space and what precedes markup left out."""

    module: str
    opening: re.Pattern[str]

    def read(self, text: str) -> Reading | None:
        """Read a decoded text; ``None`` if it is none of this format.

        Raises:
            PermanentError: it is damaged, or deeper than anybody writes.

        """
        found: Reading | None = _of(self.module, "read")(text)
        return found


def _xml(root: str, prefix: str = r"(?:[\w.-]+:)?") -> re.Pattern[str]:
    """What an XML document begins with whose outermost element has one of some names."""
    return re.compile(rf"<{prefix}(?:{root})[\s/>]")


#: A page begins so, or what was copied from one: a tag that begins a block.
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|base|link|style|script|main|article|section|div|p|h[1-6]|table|ul|ol"
    r"|dl|pre|blockquote|center)(?:[\s>]|/>)",
    re.IGNORECASE,
)
#: Two header fields of a mail and more, each with the lines that go on with it; one of them only a mail has.
_FIELD = rb"[!-9;-~]{1,80}+:[^\r\n]*+\r?\n(?:[ \t][^\r\n]*+\r?\n)*+"
_ONLY_MAIL = rb"(?:MIME-Version:[ \t]*[(\d]|Message-ID:[ \t]*(?:\r?\n[ \t]+)?<|Received:[ \t]*(?:from|by|with|\())"
_MAIL = re.compile(
    rb"(?i:(?:From [^\r\n]*+\r?\n)?(?=(?:Received|Return-Path|Delivered-To|MIME-Version|Date|Message-ID|Subject|From|To"
    rb"|Cc|Reply-To|Sender|Content-Type|X-[\w-]+|DKIM-Signature|ARC-[\w-]+|Authentication-Results):)"
    rb"(?=(?:" + _FIELD + rb"){2})(?:(?!" + _ONLY_MAIL + rb")" + _FIELD + rb"){0,200}" + _ONLY_MAIL + rb")"
)
#: A time of subtitles, and the names of LRC's tags.
_CLOCK = r"(?:\d{1,4}:)?\d{1,3}:\d{1,2}(?:[,.]\d{1,6})?"
_LRC_TAG = "(?:ti|ar|al|au|by|re|ve|lr|length|offset|tool|la)"
#: An object with a key, or a list of objects or lists.
_JSON = re.compile(r'\{\s*"(?:[^"\\\n]|\\.)*"\s*:|\[\s*(?:\{\s*"|\[)')

PACKINGS: tuple[Packing, ...] = (
    Packing("bzip2", "bzipped", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")),
    Packing("eml", "eml", _MAIL),
    Packing("gzip", "gzipped", re.compile(rb"\x1f\x8b\x08")),
    Packing("xz", "xz", re.compile(rb"\xfd7zXZ\0")),
    Packing("zstd", "zstd", re.compile(rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)")),
)
BINARIES: tuple[Binary, ...] = (
    Binary("office.compound", re.compile(rb"\xd0\xcf\x11\xe0")),
    Binary("office.rtf", re.compile(rb"(?:\xef\xbb\xbf)?\s{0,16}\{\\rtf(?![a-zA-Z])")),
    Binary("office.zipped", re.compile(rb"PK(?:\x03\x04|\x05\x06)")),
    Binary("pdf", re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}%PDF-\d\.\d")),
)
#: In the order in which they are asked: a page may begin like other XML.
TEXTUALS: tuple[Textual, ...] = (
    Textual("akoma_ntoso", _xml("akomaNtoso|akomantoso")),
    Textual("bundestag", _xml("dbtplenarprotokoll")),
    Textual("office.flat_opc", _xml("package", "pkg:")),
    Textual("office.fodt", _xml("document", "office:")),
    Textual("public_whip", _xml("publicwhip")),
    Textual("speech", _JSON),
    Textual("subtitles.lrc", re.compile(rf"\[(?:{_LRC_TAG}:[^\]\n]*|\d{{1,3}}:\d\d\.\d{{2,3}})\]")),
    Textual("subtitles.sbv", re.compile(rf"{_CLOCK},{_CLOCK}[^\S\r\n]*[\r\n]")),
    # Behind the times stand places at most, `X1:10`: an agenda has its points there.
    Textual(
        "subtitles.srt",
        re.compile(rf"(?:\d{{1,6}}\s*[\r\n]\s*)?{_CLOCK}\s*-{{1,2}}>\s*{_CLOCK}(?:[ \t]+\w+:\S+)*[ \t]*(?:[\r\n]|\Z)"),
    ),
    Textual("subtitles.ttml", _xml(r"tt(?=\s[^>]*\bxml(?:ns|:))")),
    Textual("subtitles.vtt", re.compile(r"WEBVTT(?=\s|\Z)")),
    Textual("tei", _xml(r"TEI|TEI\.2|teiCorpus")),
    Textual("html", _HTML),
)
#: All of them at once, a group each: nearly no text is any of them.
_PACKED = re.compile(b"|".join(b"(%s)" % one.opening.pattern for one in PACKINGS))
_BINARY = re.compile(b"|".join(b"(%s)" % one.opening.pattern for one in BINARIES))
#: The first sign of a text that may be in one of these formats, white space left out: few plain texts begin so.
_OPENINGS = frozenset("0123456789<W[{")


def packing_of(raw: bytes) -> Packing | None:
    """Return what the bytes are packed in."""
    found = _PACKED.match(raw)
    return PACKINGS[found.lastindex - 1] if found and found.lastindex else None


def binary_of(raw: bytes) -> Binary | None:
    """Return the binary format that the bytes are in."""
    found = _BINARY.match(raw)
    return BINARIES[found.lastindex - 1] if found and found.lastindex else None


def reading_of(text: str) -> Reading | None:
    """Return what the first format that can read a text makes of it; ``None`` for plain text."""
    opening = text[:LOOKED_AT].lstrip()
    if not opening or opening[0] not in _OPENINGS:
        return None
    if opening[0] == "<" and (prologue := _PROLOGUE.match(text)):
        opening = text[prologue.end() : prologue.end() + LOOKED_AT]
        if opening[:1] != "<":
            return None
    found = (one.read(text) for one in TEXTUALS if one.opening.match(opening))
    return next(filter(None, found), None)


def _of(module: str, function: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"turnstream.extract.{module}"), function)
    return found
