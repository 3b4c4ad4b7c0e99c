"""Which layout explains a document best: what each one makes of it, and the one that is believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from turnstream.models import Line
from turnstream.parse.evidence import speaker_marks
from turnstream.parse.given import GIVEN, REASON, given_marks, unspoken
from turnstream.parse.layouts import READINGS
from turnstream.parse.marks import Mark, read_marks
from turnstream.parse.times import BEFORE, time_alone
from turnstream.parse.weights import FEWEST, MOSTLY, TIMED, weigh

#: Styles whose sign alone begins a turn.
CHEVRONS = frozenset((">>", ">>>"))
#: Layouts of captions, besides; what marks speakers on paper is a sentence cut in two there.
IN_CUES = frozenset(("bracket",))
#: `Label: text`, the layout that needs least evidence.
LABEL_LINE = "label_line"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A layout, the marks that open its turns, by line, and how well they explain the document.

    ``reasons`` are bounded words, for the layout where ``score`` is above 0, else against it.
    ``facts`` are the counts and shares that the score is made of.
    """

    layout: str
    marks: Mapping[int, Mark]
    score: float
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    def breaks(self, lines: Sequence[Line]) -> frozenset[int]:
        """Return the numbers of lines that a program wrote between turns: with a time, as all marks, and no label.

        A time alone above a mark is one.  Where the format says who speaks, it is those of which it says nobody.
        """
        if self.layout == GIVEN:
            return unspoken(lines, self.marks)
        above = {number - 1 for number in self.marks} - self.marks.keys() - {min(self.marks, default=0) - 1}
        alone = frozenset(number for number in above if time_alone(lines[number].text))
        stamped = sum(BEFORE.match(lines[number].text) is not None for number in self.marks)
        if stamped < FEWEST or stamped < MOSTLY * len(self.marks):
            return alone
        numbers = range(min(self.marks), len(lines))
        return alone | {n for n in numbers if n not in self.marks and BEFORE.match(lines[n].text)}


class Sheet(NamedTuple):
    """The lines of a document, the numbers of those that are page marks and the like, and of the first to be read.

    ``first`` is the one after front matter, ``cue`` the first that a format gives a time or a speaker, or their count.
    """

    lines: Sequence[Line]
    nobodys: frozenset[int] = frozenset()
    first: int = 0
    cue: int = 0

    @property
    def has_cues(self) -> bool:
        """Whether each line is a paragraph, and none is of paper."""
        return self.cue < len(self.lines)


def best_layout(sheet: Sheet, without: Container[str] = ()) -> Hypothesis:
    """Return what explains the lines best; without any marks if nothing does.

    Args:
        sheet: the document.
        without: names of layouts that are not tried.

    """
    best = Hypothesis(LABEL_LINE, {}, 0.0)
    if sheet.has_cues and (given := given_marks(sheet.lines)):
        return _said(given)
    for read in _readings(sheet, without):
        # No score is higher than there are marks.
        if len(read.marks) > best.score:
            best = max(best, read.weighed(sheet), key=attrgetter("score"))
    return best


def hypotheses(sheet: Sheet) -> Iterator[Hypothesis]:
    """Yield what each layout makes of the lines, believed (``score`` above 0) or not."""
    if sheet.has_cues and (given := given_marks(sheet.lines)):
        yield _said(given)
        return
    for read in _readings(sheet, ()):
        yield read.weighed(sheet)


def _said(given: Mapping[int, Mark]) -> Hypothesis:
    return Hypothesis(GIVEN, given, float(len(given)), (REASON,), {"marks": len(given)})


class _Reading(NamedTuple):
    """The lines that one layout reads as marks, all written in one ``style``."""

    layout: str
    style: str
    marks: Sequence[Mark]

    def weighed(self, sheet: Sheet) -> Hypothesis:
        lines, cues = sheet.lines, sheet.has_cues
        if not self.style and self.layout == LABEL_LINE:
            believed, reasons = speaker_marks(lines, sheet.first, self.marks)
            return Hypothesis(LABEL_LINE, believed, float(len(believed)), reasons, {"marks": len(self.marks)})
        weight = weigh(lines, _openings(self.marks) if cues else self.marks)
        marks = _repeated(self.marks, weight.marks) if cues else weight.marks
        marked = {mark.line: mark for mark in (*marks, *_unnamed(lines, self.style, marks))}
        return Hypothesis(f"{self.layout} {self.style}".strip(), marked, weight.score, weight.reasons, weight.facts)


def _readings(sheet: Sheet, without: Container[str]) -> Iterator[_Reading]:
    lines, nobodys, first, _ = sheet
    numbers = (n for n in range(first, len(lines)) if n not in nobodys or time_alone(lines[n].text))
    somebodys = [(number, lines[number]) for number in numbers]
    if LABEL_LINE not in without:
        labelled = read_marks(somebodys)
        yield _Reading(LABEL_LINE, "", [mark for mark in labelled if mark.style in ("", TIMED)])
        yield from _by_style(LABEL_LINE, (mark for mark in labelled if mark.style))
    for reading in READINGS:
        if reading.name not in without and (not sheet.has_cues or reading.name in IN_CUES):
            yield from _by_style(reading.name, reading.read(somebodys))


def _by_style(name: str, marks: Iterable[Mark]) -> Iterator[_Reading]:
    styles: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        styles[mark.style].append(mark)
    for style, alike in styles.items():
        if len(alike) >= FEWEST:
            yield _Reading(name, style, alike)


def _openings(marks: Sequence[Mark]) -> Sequence[Mark]:
    """The first of marks that follow each other and are alike: where every cue has its label, a turn has many."""
    return [*marks[:1], *(mark for before, mark in pairwise(marks) if before.label != mark.label)]


def _repeated(marks: Sequence[Mark], believed: Sequence[Mark]) -> Sequence[Mark]:
    labels = {mark.label for mark in believed}
    return [mark for mark in marks if mark.label in labels]


def _unnamed(lines: Sequence[Line], style: str, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Captions tell a change of speaker by chevrons, with or without a name behind them."""
    if style not in CHEVRONS or not marks:
        return
    named = {mark.line for mark in marks}
    for number in range(marks[0].line, len(lines)):
        text = lines[number].text
        if number not in named and text.startswith(style):
            yield Mark(number, "", len(text) - len(text.lstrip("> ")), style=style)
