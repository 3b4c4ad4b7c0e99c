"""Bytes to characters by evidence: byte order mark, strict UTF-8, then statistics.

The order is by how little each can be wrong: a mark says it, text that is valid UTF-8
by chance practically does not exist, and only then is the language of the bytes asked.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from turnstream.errors import Undecodable, UnsupportedFormat

#: Longest marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: First bytes of formats that people drop by mistake (their specifications' signatures), each
#: long enough that no text begins so: "RIFF" alone would refuse a speaker called Riffat.
_SIGNATURES = (
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"PK\x03\x04"), "ZIP or Office file"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "PNG image"),
    (re.compile(rb"\xff\xd8\xff"), "JPEG image"),
    (re.compile(rb"GIF8[79]a"), "GIF image"),
    (re.compile(rb"\x1f\x8b"), "gzip archive"),
    (re.compile(rb"\x7fELF"), "program"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "old Office file"),
    (re.compile(rb"ID3[\x02-\x04]"), "MP3 audio"),
    (re.compile(rb"OggS\0"), "Ogg audio"),
    (re.compile(rb"RIFF.{4}(?:WAVE|AVI |WEBP)", re.DOTALL), "RIFF audio, video or image"),
)
#: Control characters that no text has (tab, line ends, form feed, DOS end of file and escape left out).
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
#: Share of control characters above which something is data, not text.
_CONTROL_SHARE = 0.01
#: Bytes looked at for the pattern of zero bytes in unmarked UTF-16.
_SAMPLE_BYTES = 4096


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text of ``raw`` and the name of its encoding.

    Raises:
        Undecodable: marked or recognised as an encoding that its bytes break, or unknown.
        UnsupportedFormat: a known binary format, or more control characters than text has.

    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _checked(_strictly(raw[len(mark) :], encoding)), encoding
    for signature, name in _SIGNATURES:
        if signature.match(raw):
            raise UnsupportedFormat(f"looks like a {name}")
    unmarked = _unmarked_utf16(raw)
    if unmarked:
        return _checked(_strictly(raw, unmarked)), unmarked
    try:
        return _checked(raw.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        return _by_statistics(raw)


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Undecodable(f"broken {encoding} at byte {error.start}: {error.reason}") from error


def _unmarked_utf16(raw: bytes) -> str | None:
    sample = raw[: _SAMPLE_BYTES & ~1]
    half = len(sample) // 2
    if not half or b"\0" not in sample:
        return None
    # Western text in UTF-16 has a zero in nearly every pair, always on the same side.
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    if low > half * 0.4 and high < half * 0.05:
        return "utf-16-le"
    if high > half * 0.4 and low < half * 0.05:
        return "utf-16-be"
    return None


def _by_statistics(raw: bytes) -> tuple[str, str]:
    if b"\0" in raw:
        raise UnsupportedFormat("binary data: zero bytes, and no encoding that has them")
    best = from_bytes(raw).best()
    if best is None:
        raise Undecodable("no known encoding fits the bytes")
    return _checked(str(best)), best.encoding.replace("_", "-")


def _checked(text: str) -> str:
    controls = sum(1 for _ in _CONTROLS.finditer(text)) if _CONTROLS.search(text) else 0
    if "\0" in text or controls > len(text) * _CONTROL_SHARE:
        raise UnsupportedFormat(f"binary data: {controls} control characters in {len(text)}")
    return text
