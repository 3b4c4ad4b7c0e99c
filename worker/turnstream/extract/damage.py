"""Signs that a text was spoilt: before it came here, or by bytes that nobody can read.

They are sought in UTF-8 and by single characters where that is possible: a good text pays
a few microseconds.
"""

from __future__ import annotations

import re

#: What stands where a character is lost.
LOST = "\ufffd"
#: So many whole characters (beyond ASCII) for each broken one prove an encoding.  An old encoding
#: read as UTF-8 breaks more than half of them; one bad byte, or a file cut in a character, a few.
_WHOLE_PER_BROKEN = 4


def tolerable(broken: int, whole: int) -> bool:
    """Whether an encoding is right although ``broken`` of its characters beyond ASCII are not."""
    return 0 < whole >= broken * _WHOLE_PER_BROKEN


def _one_of(characters: str) -> bytes:
    return b"(?:" + b"|".join(re.escape(char.encode()) for char in characters) + b")"


def _after_c3(characters: str) -> bytes:
    return b"[" + b"".join(re.escape(char.encode()[1:]) for char in characters) + b"]"


#: What the later bytes of a UTF-8 character look like in windows-1252 and Latin-1, but for quotes,
#: dashes, blanks and letters: those follow a capital in good text, too ("MENÜ“", "IRMÃ –").
_LATER = _one_of("".join({*map(chr, range(0x80, 0xC0)), *"€ƒ†‡ˆ‰˜™•"} - {*"«»·\u00a0\u00ad"}))
#: Quotes and dashes, what all Chinese, Japanese, Korean, Thai and Hindi has, and a byte order mark.
_WHOLE = ("â€", "â\x80", "ã€", "ã\x80", "ã\x81", "ã‚", "ã\x82", "ï¼", "ë‹", "ë\x8b", "à¸", "à¤", "ï»")
#: UTF-8 read as windows-1252 or Latin-1.  The first byte shows as Â to ï: in UTF-8 all begin with C3.
_WESTERN = re.compile(
    b"\xc3(?:"
    + b"|".join(
        (
            _after_c3("ÂÃÄÅÎÏÐÑØÙ") + _LATER,
            _after_c3("Ã") + _one_of("ŸœšŠŒž"),
            _after_c3("×") + _LATER + "×".encode() + _LATER,  # once is good: "3×½"
            *(sign.encode()[1:] for sign in _WHOLE),
        )
    )
    + b")"
)
#: UTF-8 read as MacRoman: é shows as √©.
_MAC = re.compile("√[©®±≥¥´ß°¢§•¶™¨≠ÆØ∞∂∑∏π∫ªºΩæø]|‚Ä[ôúùîìò¶]")
#: UTF-8 read as windows-1251: a dash shows as вЂ“, the letter р as СЂ.
_CYRILLIC = ("вЂ", "СЂ")


def is_mojibake(text: str, utf8: bytes) -> bool:
    """Whether characters of ``text``, which is ``utf8`` too, are the bytes of UTF-8 read in another encoding."""
    return (
        _WESTERN.search(utf8) is not None
        or (("√" in text or "‚" in text) and _MAC.search(text) is not None)
        or ("Ђ" in text and any(sign in text for sign in _CYRILLIC))
    )
