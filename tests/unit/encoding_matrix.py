"""Transcripts in every language × encoding × length, to measure how often their bytes are read right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import cycle, islice
from typing import NamedTuple

from tests.unit.languages import SPEECHES

#: About so many characters: a note, a page, a short meeting.
LENGTHS = (40, 300, 3000)

_WEST = ("cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437")
_CENTRE = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
_CYRILLIC = ("cp1251", "iso8859-5", "mac-cyrillic")
#: The encodings that people of a language wrote its texts in; beside them all have Unicode's.
ENCODINGS = {
    **dict.fromkeys(("en", "de", "fr", "es", "pt", "it", "sv"), _WEST),
    **dict.fromkeys(("pl", "cs", "hu"), _CENTRE),
    "ru": (*_CYRILLIC, "koi8-r", "cp866"),
    "uk": (*_CYRILLIC, "koi8-u", "cp1125"),
    "bg": (*_CYRILLIC, "cp866"),
    "lt": ("cp1257", "iso8859-13", "cp775"),
    "el": ("cp1253", "iso8859-7", "cp737", "mac-greek"),
    "he": ("cp1255", "iso8859-8", "cp862"),
    "ar": ("cp1256", "iso8859-6", "cp720"),
    "tr": ("cp1254", "iso8859-9", "cp857", "mac-turkish"),
    "vi": ("cp1258",),
    "th": ("cp874",),
    "ja": ("shift_jis", "cp932", "euc_jp", "iso2022_jp"),
    "zh-Hans": ("gb2312", "gb18030"),
    "zh-Hant": ("big5", "gb18030"),
    "ko": ("euc_kr", "cp949"),
}
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")


class Sample(NamedTuple):
    """A transcript in bytes, and what it says (NFC)."""

    language: str
    encoding: str
    length: int
    raw: bytes
    text: str


def samples(length: int) -> Iterator[Sample]:
    """Yield transcripts of about ``length`` characters that are not ASCII alone, each once per encoding."""
    for language, encodings in ENCODINGS.items():
        for encoding in (*encodings, *UNICODE):
            for text in sorted(set(_transcripts(language, encoding, length))):
                if not text.isascii():
                    yield Sample(language, encoding, length, _encoded(text, encoding), text)


def _transcripts(language: str, encoding: str, length: int) -> Iterator[str]:
    """Transcripts with the speakers' own names, and as a machine writes them, with much ASCII."""
    names, speech = SPEECHES[language]
    lines = [line for line in speech.splitlines() if _holds(encoding, line)]
    own = names if _holds(encoding, "".join(names)) else ("Chair", "Mr X")
    machine = ("[00:12:07] Speaker 1", "[00:12:31] Speaker 2")
    shapes = [(labels, start) for labels in (own, machine) for start in range(0, len(lines), 1 + length // 200)]
    for labels, start in shapes[: 1 if length > 1000 else None]:
        spoken = islice(zip(cycle(labels), cycle(lines[start:] + lines[:start])), 1 + length // 40)
        text = "".join(f"{label}: {line}\n" for label, line in spoken)
        yield _cut(text, length if labels is own else length + 20)


def _cut(text: str, length: int) -> str:
    """Cut at the last blank before ``length``, if there is one after the label."""
    if len(text) <= length:
        return text
    end = text.rfind(" ", text.find(": ") + 2, length)
    return text[: end if end > 0 else length]


def _holds(encoding: str, text: str) -> bool:
    try:
        _encoded(text, encoding)
    except UnicodeEncodeError:
        return False
    return True


def _encoded(text: str, encoding: str) -> bytes:
    if encoding == "cp1258":  # tone marks are characters of their own there, vowels with a hat are not
        text = "".join(_windows_vietnamese(char) for char in text)
    return text.encode(encoding)


def _windows_vietnamese(char: str) -> str:
    parts = unicodedata.normalize("NFD", char)
    tone = next((mark for mark in parts[1:] if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "") if tone else parts) + tone
