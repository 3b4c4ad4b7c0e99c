"""Marks of one layout, weighed by how well they bear one another out.

No line is believed by its looks: labels come back, take turns, stand in one column and
are followed by speech; and most lines that look like marks of this layout are some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.below import is_spoken, opens_sentence, said, with_all_lines, with_text
from turnstream.parse.candidates import is_wrapped, opens_paragraph
from turnstream.parse.heads import head_of
from turnstream.parse.marks import Mark
from turnstream.parse.names import names_somebody
from turnstream.parse.shapes import Shape, fold, is_field, is_heading, shapes_of
from turnstream.parse.voices import has_voice, is_fact, is_said

#: Fewer marks, or labels, than this show no layout.
FEWEST, FEWEST_LABELS = 3, 2
#: Least shares of a layout's marks: whose labels come back (of strong shapes, fewer need to), that change the speaker,
#: that somebody speaks to somebody after, that a sentence follows.
RECURRENT, RECURRENT_STRONG, ALTERNATE, VOICED, SPOKEN = 0.5, 0.2, 0.4, 0.25, 0.5
#: Least share of marks among the lines that read like some, from the first mark on.
FIT, FIT_STRONG = 0.5, 0.25
#: Largest share that facts follow.
FACTUAL = 0.5
#: What counts as most.
MOSTLY = 0.8
#: Share of marks that look like most, below which looks say nothing.
ALIKE = 0.7
#: Marks whose turns are read to see whether somebody speaks in them.
LOOKED_AT = 60
#: Words of what is said rather than a label: `Thank you, Jo.`
MAX_SAID = 4

#: Style of marks with a time.
TIMED = "timed"
#: Styles in which hardly anything but a label is written, whatever it looks like; of so many words at most.
SIGNS, MAX_SIGNED = frozenset((TIMED, "<", *"○◯●■◆▲△□◇☆★")), 6
#: … in which it is one word.
NICKNAMES = "<"
#: Of so many nicknames, one may be markup that is closed again.
MARKUP_ONE_IN = 5
#: What programs and sentences have, and labels have not.
NO_NAME = frozenset('="?!;{}<>/')

#: Facts are not called out.
_CALLS = frozenset("!¡！")
#: Shapes that are hardly anything but a speaker's, and those that a sentence may begin like.
_STRONG: frozenset[Shape] = frozenset(("question", "answer", "numbered", "role", "office", "caps"))
_WEAK: frozenset[Shape] = frozenset(("name", "word", "initials", "uncased"))


class Weight(NamedTuple):
    """The marks that are believed, the score (0 where none is), the reasons for or against, and what they rest on."""

    marks: Sequence[Mark]
    score: float
    reasons: tuple[str, ...]
    facts: Mapping[str, float]


def weigh(lines: Sequence[Line], marks: Sequence[Mark]) -> Weight:
    """Weigh at least ``FEWEST`` marks that are written alike."""
    if marks[0].style == NICKNAMES and _is_markup(lines, marks):
        return Weight((), 0.0, ("markup",), {"marks": len(marks)})
    heads = {mark.line: head_of(mark.label) for mark in marks}
    signed = marks[0].style in SIGNS
    shapes = _shapes(heads, marks[0].style)
    shaped = [
        mark
        for mark in marks
        if shapes[mark.line]
        and (signed or _may_speak(heads[mark.line], shapes[mark.line], alone=_is_alone(lines, mark)))
    ]
    if len(shaped) < FEWEST:
        return Weight((), 0.0, ("few",), {"marks": len(shaped)})
    placed = _alike(_in_place(lines, with_all_lines(lines, shaped)), heads)
    labels = Counter(heads[mark.line].casefold() for mark in placed)
    back = min((mark.line for mark in placed if labels[heads[mark.line].casefold()] > 1), default=0)
    believed = [
        mark
        for mark in placed
        if (mark.line >= back or opens_sentence(lines, mark))
        and (signed or labels[heads[mark.line].casefold()] > 1 or _is_somebody(mark, shapes[mark.line]))
    ]
    if len(believed) < FEWEST:
        return Weight((), 0.0, ("few",), {"marks": len(believed)})
    facts = _facts(lines, marks, believed, [heads[mark.line].casefold() for mark in believed], labels)
    facts["strong"] = sum(shapes[mark.line] in _STRONG for mark in believed) / len(believed)
    facts["spoken"] = 1.0 if signed else facts["spoken"]
    if against := tuple(_against(facts)):
        return Weight(believed, 0.0, against, facts)
    score = len(believed) * (0.5 + facts["recurrent"] / 2) * (0.5 + facts["fit"] / 2)
    return Weight(believed, score, ("labels_recur",), facts)


def _is_markup(lines: Sequence[Line], marks: Sequence[Mark]) -> bool:
    """What is opened in a program's text is closed as well: `<p>`, `</p>`."""
    return sum("</" in line.text for line in lines) * MARKUP_ONE_IN >= len(marks)


def _shapes(heads: Mapping[int, str], style: str) -> dict[int, Shape | None]:
    found = shapes_of(heads.values())
    most = 1 if style == NICKNAMES else MAX_SIGNED if style in SIGNS else 0
    for head, shape in found.items():
        if shape is None and 0 < len(head.split()) <= most and not _is_program(head, style):
            found[head] = "word"
    return {line: found[head] for line, head in heads.items()}


def _is_program(head: str, style: str) -> bool:
    """What a program calls itself in a log, `INFO db`, `kernel`, or a tag."""
    first, *others = map(fold, head.split())
    logged = bool(others) and (first in words.FIELDS or first in words.HEADINGS)
    small = style == TIMED and head.islower() and head.isascii()
    return logged or small or not NO_NAME.isdisjoint(head)


def _in_place(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Mark]:
    """Marks that begin a paragraph, in the column where most do, with text behind them."""
    wrapped = is_wrapped(lines)
    placed = [mark for mark in marks if mark.style or not wrapped or opens_paragraph(lines, mark.line)]
    placed = with_text(lines, placed)
    if not placed or not wrapped:
        return placed
    column, count = Counter(lines[mark.line].indent for mark in placed).most_common(1)[0]
    return [mark for mark in placed if lines[mark.line].indent == column] if count >= ALIKE * len(placed) else placed


def _alike(marks: list[Mark], heads: Mapping[int, str]) -> list[Mark]:
    """Those in capitals, where most are."""
    capitals = [mark for mark in marks if heads[mark.line].isupper()]
    return capitals if len(capitals) >= ALIKE * len(marks) else marks


def _is_alone(lines: Sequence[Line], mark: Mark) -> bool:
    return mark.at == len(lines[mark.line].text)


def _may_speak(head: str, shape: Shape | None, *, alone: bool) -> bool:
    folded = [fold(part) for part in head.split()]
    if (is_field(head) and shape != "initials") or (shape in _WEAK and folded[0] in words.STARTERS):
        return False
    if shape != "office" and len(folded) <= MAX_SAID and is_said(head):
        return False
    # Somebody is spoken to: `Mr. Chairman.`
    is_address = (
        not alone and len(folded) > 1 and folded[0] in words.HONORIFICS and words.OFFICES.issuperset(folded[1:])
    )
    return shape is not None and not (is_address or is_heading(head, shape))


def _is_somebody(mark: Mark, shape: Shape | None) -> bool:
    return shape in _STRONG or shape == "name" or names_somebody(mark.label)


def _facts(
    lines: Sequence[Line], read: Sequence[Mark], marks: Sequence[Mark], labels: Sequence[str], counts: Mapping[str, int]
) -> dict[str, float]:
    marked = {mark.line for mark in marks}
    texts = [said(lines, mark, marked) for mark in marks[:: max(1, len(marks) // LOOKED_AT)]]
    return {
        "marks": len(marks),
        "labels": len(set(labels)),
        "recurrent": sum(counts[label] > 1 for label in labels) / len(labels),
        "people": sum(names_somebody(mark.label) for mark in marks) / len(marks),
        "alternate": sum(a != b for a, b in pairwise(labels)) / (len(labels) - 1),
        "fit": len(marks) / sum(mark.line >= marks[0].line for mark in read),
        "voiced": sum(has_voice(text) or not _CALLS.isdisjoint(text) for text in texts) / len(texts),
        "factual": sum(map(is_fact, texts)) / len(texts),
        "spoken": sum(is_spoken(lines, mark) for mark in marks) / len(marks),
    }


def _against(facts: Mapping[str, float]) -> Iterator[str]:
    strong = facts["strong"] >= MOSTLY
    if facts["labels"] < FEWEST_LABELS:
        yield "one_label"
    if facts["recurrent"] < (RECURRENT_STRONG if strong else RECURRENT) and facts["people"] < MOSTLY:
        yield "labels_do_not_recur"
    if facts["alternate"] < ALTERNATE:
        yield "labels_do_not_alternate"
    if facts["fit"] < (FIT_STRONG if strong else FIT):
        yield "others_look_alike"
    if facts["voiced"] < VOICED:
        yield "nobody_speaks"
    if facts["factual"] > FACTUAL or facts["spoken"] < SPOKEN:
        yield "facts_follow"
