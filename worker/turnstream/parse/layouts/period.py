"""A label that a period ends: `The Chairman. We begin.`, `Mr. Lee. Thank you.`, `El señor LI.- Gracias.`."""

from __future__ import annotations

import re

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.shapes import MAX_WORDS, fold, has_office

#: The period, and a dash that may follow it.
_END = re.compile(r"\.(?:[-–—]{1,2} ?| [-–—]{1,2} | |$)")
#: What is said of the speaker, `[presiding]`.
_REMARK = re.compile(r"\[[a-z][a-z ]{0,40}\] ")
#: Signs that end a label in another layout.
_DASHES = frozenset(("-", "–", "—", "--"))
#: Words of a short sentence that somebody says.
MAX_SAID = 4
#: Not the end of a label, though a period follows.
_SHORT = frozenset(("st", "gen", "col", "lt", "maj", "sgt", "capt", "gov", "sen", "rep", "messrs", "no", "vs"))


def read(number: int, line: Line) -> Mark | None:
    """The mark at the start of a line, up to the first period that ends no abbreviation."""
    text = line.text
    if not text[0].isalpha() or text[0].islower() or text.find(".", 0, MAX_LABEL) < 0:
        return None
    for match in _END.finditer(text, 0, MAX_LABEL):
        label = text[: match.start()]
        last = fold(label.rpartition(" ")[2])
        if last in words.HONORIFICS or last in _SHORT or (len(last) == 1 and label != last):
            continue
        style = "dash" if match[0].strip(". ") else ""
        remark = _REMARK.match(text, match.end())
        return Mark(number, label, remark.end() if remark else match.end(), style=style) if _fits(label) else None
    return None


def _fits(label: str) -> bool:
    """Nothing that people say as a sentence of its own: `Thank you.` is."""
    parts = label.split()
    if ":" in label or len(parts) > MAX_WORDS or not _DASHES.isdisjoint(parts):
        return False
    if len(parts) > MAX_SAID:
        return True
    folded = [fold(part) for part in parts]
    return has_office(folded) or words.VOICE.isdisjoint(folded)
