"""UTF-16 and UTF-32 without a byte order mark, told by their zero bytes and by what they say."""

from __future__ import annotations

import unicodedata

from turnstream.extract.damage import LOST, tolerable

#: Bytes looked at; a multiple of four.
_SAMPLE_BYTES = 4096
#: Share of characters that are none (controls, unassigned, private) above which a sample is data.
_NONSENSE = 0.02
#: Share of letters and of signs that every text has, below which it is.
_LETTERS, _COMMON = 0.33, 0.01
#: ASCII in UTF-16 has a zero in each pair; records that end in a zero byte have it in fewer.
_ASCII_ZEROS = 0.75
#: Share of pairs of ASCII characters above which they are that, and not one character each.
_ASCII_PAIRS = 0.7
#: How much more one byte order has to look like text than the other, if both do.
_MARGIN = 0.05

_ESCAPE = 0x1B
_PRINTABLE = bytes(range(0x20, 0x7F))
_ASCII = b"\t\n\r" + _PRINTABLE
_SIGNS = " \n,.:;()-0123456789、。，：；"


def unmarked_utf(raw: bytes) -> str | None:
    """Return ``utf-16-le`` … ``utf-32-be`` if ``raw``, which has zero bytes and no mark, is one of them."""
    sample = raw[:_SAMPLE_BYTES]
    if not sample.translate(None, _ASCII).strip(b"\0"):
        return _ascii_only(sample)
    for encoding in ("utf-32-le", "utf-32-be"):
        if _likeness(sample[: len(sample) & ~3], encoding):
            return encoding
    if _is_bytewise(sample):
        return None
    little, big = (_likeness(sample[: len(sample) & ~1], encoding) for encoding in ("utf-16-le", "utf-16-be"))
    if abs(little - big) < _MARGIN:
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def _ascii_only(sample: bytes) -> str | None:
    zeros = sample.count(0)
    for unit, name in ((4, "utf-32"), (2, "utf-16")):
        if zeros >= len(sample) * (unit - 1) / unit * _ASCII_ZEROS:
            for place, order in ((0, "le"), (unit - 1, "be")):
                if 0 not in sample[place::unit]:
                    return f"{name}-{order}"
    return None


def _is_bytewise(sample: bytes) -> bool:
    """Whether it is text of single bytes or UTF-8 with zero bytes between."""
    text = sample.decode("utf-8", "replace")
    broken = text.count(LOST)
    whole = sum(map(len, text.split("\0"))) - len(text.encode("ascii", "ignore").replace(b"\0", b"")) - broken
    if whole and tolerable(broken, whole):
        return True
    ascii_places = sample.translate(bytes(byte in _PRINTABLE or byte == _ESCAPE for byte in range(256)))
    pairs = sum(map(int.__and__, ascii_places[0::2], ascii_places[1::2]))
    return pairs > len(sample) // 2 * _ASCII_PAIRS


def _likeness(sample: bytes, encoding: str) -> float:
    """How much the sample is like a text in that encoding, 0 to 2: signs that all texts have, few blocks of letters."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(sample):  # else only the cut of the sample
            return 0.0
        text = sample[: error.start].decode(encoding)
    counts = {char: text.count(char) for char in set(text)}
    kinds = {char: unicodedata.category(char)[0] for char in counts}
    nonsense = sum(n for char, n in counts.items() if kinds[char] == "C" and char not in "\t\n\r")
    letters = sum(n for char, n in counts.items() if kinds[char] in "LM")
    common = sum(counts.get(char, 0) for char in _SIGNS)
    size = len(text)
    if (
        not size
        or "\0" in counts
        or nonsense / size > _NONSENSE
        or letters / size < _LETTERS
        or common / size < _COMMON
    ):
        return 0.0
    return 1 + common / size - len({ord(char) >> 8 for char in counts}) / len(counts)
