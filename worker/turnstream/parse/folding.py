"""Words as they are compared: without case, accents and the period of an abbreviation."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: Latin, Greek and Cyrillic accents; the marks of Japanese kana make other letters and stay.
_FIRST_ACCENT, _LAST_ACCENT = "\u0300", "\u036f"

#: Words whose plain form is remembered: labels are made of the same ones again and again.
MEMO = 4096

_QUOTES = str.maketrans("’ʼ״”“″׳", '\'\'""""\'')


def plain(text: str) -> str:
    """A text without case and accents, in compatible forms: `PÉREZ` and `Perez` are one."""
    if text.isascii():
        return text.casefold()
    bare = unicodedata.normalize("NFKD", text.casefold()).translate(_QUOTES)
    return unicodedata.normalize("NFC", "".join(sign for sign in bare if not _FIRST_ACCENT <= sign <= _LAST_ACCENT))


@lru_cache(MEMO)
def plain_word(word: str) -> str:
    """A word as it is compared, and as the vocabularies of ``offices`` hold it."""
    return plain(word.strip(".,;()"))
