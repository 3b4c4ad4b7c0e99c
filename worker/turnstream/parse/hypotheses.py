"""Which layout explains a document best: what each one makes of it, and the one that is believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from turnstream.models import Line
from turnstream.parse.evidence import speaker_marks
from turnstream.parse.layouts import READINGS, Reading
from turnstream.parse.marks import Mark, read_marks
from turnstream.parse.times import BEFORE
from turnstream.parse.weights import FEWEST, MOSTLY, weigh

#: Styles whose sign alone begins a turn.
CHEVRONS = frozenset((">>", ">>>"))
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
        """Return the numbers of lines that a program wrote between turns: with a time, as all marks, and no label."""
        stamped = sum(BEFORE.match(lines[number].text) is not None for number in self.marks)
        if stamped < FEWEST or stamped < MOSTLY * len(self.marks):
            return frozenset()
        numbers = range(min(self.marks), len(lines))
        return frozenset(n for n in numbers if n not in self.marks and BEFORE.match(lines[n].text))


def best_layout(
    lines: Sequence[Line], nobodys: Container[int] = (), first: int = 0, without: Container[str] = ()
) -> Hypothesis:
    """Return what explains the lines from ``first`` on best; without any marks if nothing does.

    Args:
        lines: the document.
        nobodys: numbers of lines that are page marks and the like.
        first: number of its first line after front matter.
        without: names of layouts that are not tried.

    """
    nothing = Hypothesis(LABEL_LINE, {}, 0.0)
    return max((nothing, *hypotheses(lines, nobodys, first, without)), key=attrgetter("score"))


def hypotheses(
    lines: Sequence[Line], nobodys: Container[int] = (), first: int = 0, without: Container[str] = ()
) -> Iterator[Hypothesis]:
    """Yield what each layout makes of the lines from ``first`` on, believed (``score`` above 0) or not."""
    if LABEL_LINE not in without:
        yield from _labelled(lines, first, nobodys)
    for reading in READINGS:
        if reading.name not in without:
            yield from _by_style(reading.name, lines, _read(reading, lines, first, nobodys))


def _labelled(lines: Sequence[Line], first: int, nobodys: Container[int]) -> Iterator[Hypothesis]:
    marks = [mark for mark in read_marks(lines, first) if mark.line not in nobodys]
    believed, reasons = speaker_marks(lines, first, [mark for mark in marks if mark.style in ("", "timed")])
    yield Hypothesis(LABEL_LINE, believed, float(len(believed)), reasons, {"marks": len(marks)})
    yield from _by_style(LABEL_LINE, lines, (mark for mark in marks if mark.style))


def _read(reading: Reading, lines: Sequence[Line], first: int, nobodys: Container[int]) -> Iterator[Mark]:
    for number in range(first, len(lines)):
        if number not in nobodys and (mark := reading.read(number, lines[number])):
            yield mark


def _by_style(name: str, lines: Sequence[Line], marks: Iterable[Mark]) -> Iterator[Hypothesis]:
    styles: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        styles[mark.style].append(mark)
    for style, alike in styles.items():
        if len(alike) >= FEWEST:
            weight = weigh(lines, alike)
            marked = {mark.line: mark for mark in (*weight.marks, *_unnamed(lines, style, weight.marks))}
            yield Hypothesis(f"{name} {style}".strip(), marked, weight.score, weight.reasons, weight.facts)


def _unnamed(lines: Sequence[Line], style: str, marks: Sequence[Mark]) -> Iterator[Mark]:
    """Captions tell a change of speaker by chevrons, with or without a name behind them."""
    if style not in CHEVRONS or not marks:
        return
    named = {mark.line for mark in marks}
    for number in range(marks[0].line, len(lines)):
        text = lines[number].text
        if number not in named and text.startswith(style):
            yield Mark(number, "", len(text) - len(text.lstrip("> ")), style=style)
