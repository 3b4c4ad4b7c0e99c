"""Bytes to characters by evidence: byte order mark, strict UTF-8, what they say of themselves, what they look like.

The order is by how little each can be wrong: a mark says it, text that is valid UTF-8
by chance practically does not exist, a page or an XML file may name its encoding (and
be wrong: it was saved again), and only then is the language of the bytes asked.
Nothing is repaired: what cannot be read shows as U+FFFD, and what was spoilt before it
came here stays as it is; both are told as warnings.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import NamedTuple

from turnstream.errors import Undecodable, UnsupportedFormat
from turnstream.extract.damage import LOST, is_mojibake, tolerable
from turnstream.extract.declared import declared
from turnstream.extract.legacy import Guess, guess
from turnstream.extract.unmarked import unmarked_utf

#: Longest marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ANY_MARK = tuple(mark for mark, _ in _MARKS)
#: First bytes of formats that people drop by mistake (their specifications' signatures), each
#: long enough that no text begins so: "RIFF" alone would refuse a speaker called Riffat.
_SIGNATURES = (
    (rb"\x89PNG\r\n\x1a\n", "PNG image"),
    (rb"\xff\xd8\xff", "JPEG image"),
    (rb"GIF8[79]a", "GIF image"),
    (rb"\x7fELF", "program"),
    (rb"ID3[\x02-\x04]", "MP3 audio"),
    (rb"OggS\0", "Ogg audio"),
    (rb"RIFF.{4}(?:WAVE|AVI |WEBP)", "RIFF audio, video or image"),
)
_SIGNED = re.compile(b"|".join(b"(%s)" % signature for signature, _ in _SIGNATURES), re.DOTALL)
#: With it ISO 2022 goes from ASCII to other writing, all in seven bits.
_ESCAPE = b"\x1b"
_HIGH = bytes(range(0x80, 0x100))
#: Control characters that no text has (tab, line ends, form feed, DOS end of file and escape left out).
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\x0b\x0c\r\x1a\x1b"})
#: Share of control characters above which something is data, not text.
_CONTROL_SHARE = 0.01


class Decoded(NamedTuple):
    """The text of a file; ``encoding`` is a name that Python knows, written with hyphens."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(raw: bytes) -> Decoded:
    """Return the text of ``raw``, its encoding, and what is wrong with it.

    Warnings: ``replacement_characters``, the text has U+FFFD, its own or in the place of broken
    bytes; ``mojibake``, it was read in a wrong encoding before it was saved as it came here;
    ``encoding_uncertain``, another encoding fits its bytes as well.

    Raises:
        Undecodable: marked or recognised as an encoding that its bytes break, or unknown.
        UnsupportedFormat: a known binary format, or more control characters than text has.

    """
    text, encoding, certain = _read(raw)
    utf8 = raw if encoding == "utf-8" else text.encode()
    controls = len(utf8) - len(utf8.translate(None, _CONTROLS))
    if controls and (b"\0" in utf8 or controls > len(text) * _CONTROL_SHARE):
        raise UnsupportedFormat(f"binary data: {controls} control characters in {len(text)}")
    if text.isascii():
        return Decoded(text, encoding)
    told = (
        (LOST in text, "replacement_characters"),
        (is_mojibake(text, utf8), "mojibake"),
        (not certain, "encoding_uncertain"),
    )
    return Decoded(text, encoding, tuple(word for so, word in told if so))


def _read(raw: bytes) -> Guess:
    for mark, encoding in _MARKS if raw.startswith(_ANY_MARK) else ():
        if raw.startswith(mark):
            return _marked(raw[len(mark) :], encoding)
    signed = _SIGNED.match(raw)
    if signed and signed.lastindex:
        raise UnsupportedFormat(f"looks like a {_SIGNATURES[signed.lastindex - 1][1]}")
    if b"\0" in raw:
        unmarked = unmarked_utf(raw)
        if not unmarked:
            raise UnsupportedFormat("binary data: zero bytes, and no encoding that has them")
        return _marked(raw, unmarked)
    return _of_bytes(raw)


def _of_bytes(raw: bytes) -> Guess:
    """Read what has no zero bytes: UTF-8, whole or nearly so, or something older."""
    try:
        text: str | None = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _damaged_utf8(raw)
    if text is None:
        guessed = _declared(raw) or guess(raw)
        if not guessed:
            raise Undecodable("no known encoding fits the bytes")
        return guessed
    if _ESCAPE in raw and text.isascii():
        guessed = guess(raw)
        if guessed and guessed.encoding.startswith("iso2022"):
            return guessed
    return Guess(text, "utf-8")


def _declared(raw: bytes) -> Guess | None:
    """Decode what names its encoding, if all of it is in that."""
    encoding = declared(raw)
    with suppress(UnicodeDecodeError):
        return Guess(raw.decode(encoding), encoding.replace("_", "-")) if encoding else None
    return None


def _marked(raw: bytes, encoding: str) -> Guess:
    """Decode what says its encoding; UTF-8 alone survives a broken byte, in the others all that follows is shifted."""
    try:
        return Guess(raw.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        damaged = _damaged_utf8(raw) if encoding == "utf-8" else None
        if damaged is None:
            raise Undecodable(f"broken {encoding} at byte {error.start}: {error.reason}") from error
        return Guess(damaged, encoding)


def _damaged_utf8(raw: bytes) -> str | None:
    """Return UTF-8 with U+FFFD in the place of its broken bytes, if what is whole proves that it is UTF-8."""
    text = raw.decode("utf-8", "replace")
    broken = text.count(LOST) - raw.count(LOST.encode())
    whole = len(text) - len(raw.translate(None, _HIGH)) - broken
    cut = text.endswith(LOST)  # in a character, at its end: says nothing
    return text if tolerable(broken - cut, whole) else None
