"""A label that a period ends: `The Chairman. We begin.`, `Mr. Lee. Thank you.`, `El señor LI.- Gracias.`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.shapes import MAX_WORDS, fold, has_office
from turnstream.parse.voices import is_said

#: The period, and a dash that may follow it.
_END = re.compile(r"\.(?:[-–—]{1,2} ?| [-–—]{1,2} | |$)")
#: What is said of the speaker, `[presiding]`.
_REMARK = re.compile(r"\[[a-z][a-z ]{0,40}\] ")
#: Signs that end a label in another layout.
_DASHED = re.compile(r" (?:--?|[–—])(?: |$)")
#: Words of a short sentence that somebody says.
MAX_SAID = 4
#: Not the end of a label, though a period follows.
_SHORT = frozenset(("st", "gen", "col", "lt", "maj", "sgt", "capt", "gov", "sen", "rep", "messrs", "no", "vs"))


def read(lines: Iterable[tuple[int, Line]]) -> Iterator[Mark]:
    """The marks at the start of lines, up to the first period that ends no abbreviation."""
    for number, line in lines:
        if line.text.find(".", 0, MAX_LABEL) > 0 and (mark := _mark(number, line)):
            yield mark


def _mark(number: int, line: Line) -> Mark | None:
    text = line.text
    if not text[0].isalpha() or text[0].islower():
        return None
    after = 0
    while match := _END.search(text, after, MAX_LABEL):
        label, after = text[: match.start()], match.end()
        last = fold(label.rpartition(" ")[2])
        if last in words.HONORIFICS or last in _SHORT or (len(last) == 1 and label != last):
            continue
        if not _fits(label):
            return None
        style = "dash" if match[0].strip(". ") else ""
        remark = _REMARK.match(text, after) if text.startswith("[", after) else None
        return Mark(number, label, remark.end() if remark else after, style=style)
    return None


def _is_dashed(label: str) -> bool:
    return ("-" in label or "–" in label or "—" in label) and _DASHED.search(label) is not None


def _fits(label: str) -> bool:
    """Nothing that people say as a sentence of its own: `Thank you.` is."""
    blanks = label.count(" ")
    if ":" in label or blanks >= MAX_WORDS or _is_dashed(label):
        return False
    if blanks >= MAX_SAID:
        return True
    folded = [fold(part) for part in label.split(" ")]
    return has_office(folded) or not is_said(label)
