"""The encoding that a text says it is in: an XML declaration, a page's `<meta charset>`."""

from __future__ import annotations

import codecs
import re

#: Bytes in which it stands, by the HTML standard (section 13.2.3.2).
LOOKED_AT = 1024
_XML = re.compile(rb"""\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.:-]{2,40})["']""")
_META = re.compile(rb"""<meta\s[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
#: Names by which a larger encoding is meant (the Encoding standard, section 4.2).
_MEANT = {
    **dict.fromkeys(("ascii", "iso8859-1", "latin-1"), "cp1252"),
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
#: Codecs that no text is kept in; UTF-8 is tried before.
_NEVER = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7", "utf-8", "utf-8-sig"))


def declared(raw: bytes) -> str | None:
    """Return the encoding that ``raw`` names at its beginning, if Python has it and it may be true.

    A name that is written in ASCII is not in UTF-16 or UTF-32.
    """
    opening = raw[:LOOKED_AT]
    match = _XML.match(opening) or (_META.search(opening) if b"<" in opening[:64] else None)
    return meant(match[1].decode("ascii")) if match else None


def meant(name: str) -> str | None:
    """Return the codec that is meant by the name of an encoding; ``None`` for one that is no text's or not known."""
    try:
        codec = codecs.lookup(name.lower().removeprefix("x-")).name
        "".encode(codec)  # not those from bytes to bytes
    except (LookupError, UnicodeError, ValueError):
        return None
    never = codec.startswith(("utf-16", "utf-32")) or codec.replace("_", "-") in _NEVER
    return None if never else _MEANT.get(codec, codec)
