"""What language a document is in: what it declares and what its text shows, ``und`` where they disagree.

Codes are of BCP 47.
"""

from __future__ import annotations

import re
from collections.abc import Container

from turnstream.parse.facts import tongues
from turnstream.parse.facts.guess import MIN_KNOWN_INFLECTED, guess, words_of

UNKNOWN = "und"

#: Parts of a text that are looked at, spread evenly over it, and their code points.
PARTS = 4
PART = 220

#: Languages that their words hardly tell apart: what is declared counts.
_FAMILIES = (frozenset(("no", "nb", "nn", "da")), frozenset(("hr", "sr", "bs", "sh", "cnr")), frozenset(("id", "ms")))

_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?:-(?P<script>[A-Za-z]{4}))?(?:-(?P<region>[A-Za-z]{2}|\d{3}))?")


def language_of(text: str, start: int = 0) -> str:
    """The language of a text from ``start`` on, by parts from all over it: ``und`` where they disagree."""
    length = len(text) - start
    if length <= PART * PARTS:
        parts = [text[start + at : start + at + PART] for at in range(0, length, PART)]
    else:
        parts = [text[at : at + PART] for at in range(start, len(text) - PART + 1, (length - PART) // (PARTS - 1))]
    best = guess(" ".join(parts))
    if best is None:
        return UNKNOWN
    own = words_of(best)
    doubtful = [part for part in parts if not _is_known(part, own)] if len(parts) > 1 else []
    foreign = sum(_is_foreign(part, best) for part in doubtful) if len(doubtful) * 3 > len(parts) else 0
    return best if foreign * 3 <= len(parts) else UNKNOWN


def _is_known(part: str, own: Container[str]) -> bool:
    """Whether a part is seen at a glance to be in a language: most are."""
    words = part.casefold().split()
    return sum(map(own.__contains__, words)) >= len(words) * MIN_KNOWN_INFLECTED


def _is_foreign(part: str, code: str) -> bool:
    """Whether a part is in another language for sure."""
    other = guess(part)
    return other is not None and other.partition("-")[0] != code.partition("-")[0]


def declared_language(text: str) -> str | None:
    """The code of a language that front matter declares: `en-US`, `pt_BR`, `Deutsch`; ``None`` if it is no language."""
    text = text.strip()
    if text.casefold() in tongues.NAMES:
        return tongues.NAMES[text.casefold()]
    tag = _TAG.fullmatch(text.replace("_", "-"))
    if not tag:
        return None
    parts = [tag["language"].lower(), (tag["script"] or "").title(), (tag["region"] or "").upper()]
    return "-".join(filter(None, parts))


def agreed_language(declared: str, found: str) -> str | None:
    """The more exact of the two, ``None`` when the text is in another language than was declared."""
    if found == UNKNOWN:
        return declared
    one, other = (code.partition("-")[0] for code in (declared, found))
    if one == other:
        return found if found.startswith(declared) else declared
    return declared if any({one, other} <= family for family in _FAMILIES) else None
