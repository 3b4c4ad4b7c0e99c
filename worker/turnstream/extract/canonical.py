"""The canonical text: what is hashed, and what every span refers to.

Two files that say the same in other encodings, line ends, spaces or composed
characters have the same canonical text.  A change of this rule is a new
``CANONICAL_VERSION``, as it changes every document id.
"""

from __future__ import annotations

import re
import unicodedata

from turnstream.models import Line

#: Version of the rule below; stands in every record.
CANONICAL_VERSION = 1

#: Characters without width that carry no text: soft hyphen, BOM, zero-width space, word
#: joiner, Mongolian vowel separator, bidi marks and embeddings (Unicode 16, Cf and Bidi_Control).
#: ZWNJ and ZWJ stay: Persian, Indic scripts and emoji are spelt with them.
_DROPPED = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def lines_of(text: str) -> tuple[tuple[Line, ...], str]:
    r"""Split decoded text into canonical lines; the second value is their join by ``\\n``.

    Each run of white space (``str.isspace``) becomes one space, lines are trimmed, blank
    ones dropped and noted on the next, everything is NFC.
    """
    text = _DROPPED.sub("", text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    lines: list[Line] = []
    start, blank = 0, False
    for raw in text.splitlines():
        words = raw.split()
        if not words:
            blank = True
            continue
        line = Line(" ".join(words), start, _indent(raw), blank)
        lines.append(line)
        start, blank = line.end + 1, False
    return tuple(lines), "\n".join(line.text for line in lines)


def _indent(raw: str) -> int:
    first = raw[0]
    if not first.isspace():
        return 0
    expanded = raw.expandtabs()
    return len(expanded) - len(expanded.lstrip())
