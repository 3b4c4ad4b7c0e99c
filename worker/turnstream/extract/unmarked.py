"""UTF-16 and UTF-32 without a byte order mark, told by their zero bytes and by what they say."""

from __future__ import annotations

import unicodedata

#: Bytes looked at; a multiple of four.
_SAMPLE_BYTES = 4096
#: Share of characters that are none (controls, unassigned, private) above which a sample is data.
_NONSENSE = 0.02
#: ASCII in UTF-16 has a zero in each pair; records that end in a zero byte have it in fewer.
_ASCII_ZEROS = 0.75
_ASCII = bytes([*b"\t\n\r", *range(0x20, 0x7F)])


def unmarked_utf(raw: bytes) -> str | None:
    """Return ``utf-16-le`` … ``utf-32-be`` if ``raw``, which has zero bytes and no mark, is one of them."""
    sample = raw[:_SAMPLE_BYTES]
    if not sample.translate(None, _ASCII).strip(b"\0"):
        return _ascii_only(sample)
    for encoding in ("utf-32-le", "utf-32-be"):
        if _text(sample[: len(sample) & ~3], encoding):
            return encoding
    readings = ((encoding, _text(sample[: len(sample) & ~1], encoding)) for encoding in ("utf-16-le", "utf-16-be"))
    likely = [(_likeness(text), encoding) for encoding, text in readings if text]
    return max(likely)[1] if likely else None


def _ascii_only(sample: bytes) -> str | None:
    for unit, order in ((4, "utf-32"), (2, "utf-16")):
        for place, suffix in ((0, "le"), (unit - 1, "be")):
            letters = sample[place::unit]
            zeros = len(sample) - len(sample.replace(b"\0", b""))
            if letters and 0 not in letters and zeros >= len(sample) * (unit - 1) / unit * _ASCII_ZEROS:
                return f"{order}-{suffix}"
    return None


def _text(sample: bytes, encoding: str) -> str | None:
    """Decode the sample, if it reads as a text."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(sample):  # else only the cut of the sample
            return None
        text = sample[: error.start].decode(encoding)
    counts = {char: text.count(char) for char in set(text)}
    nonsense = sum(n for char, n in counts.items() if unicodedata.category(char)[0] == "C" and char not in "\t\n\r")
    letters = sum(n for char, n in counts.items() if unicodedata.category(char)[0] in "LM")
    sensible = "\0" not in counts and nonsense <= len(text) * _NONSENSE and letters * 3 >= len(text)
    return text if sensible else None


def _likeness(text: str) -> float:
    """How much a text in one of two byte orders looks like text: it has ASCII signs and few blocks of letters."""
    common = sum(map(text.count, " \n,.:;()-0123456789"))
    return common / len(text) - len({ord(char) >> 8 for char in text}) / len(set(text))
