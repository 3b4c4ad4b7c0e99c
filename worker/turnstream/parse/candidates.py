"""Possible speakers: the marks of each label, weighed by where they stand and what follows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from turnstream.models import Line
from turnstream.parse.lines import ends_sentence, is_break, is_rule
from turnstream.parse.marks import Mark
from turnstream.parse.names import names_somebody
from turnstream.parse.shapes import Shape, outside_brackets, shapes_of
from turnstream.parse.voices import beginning, has_voice

#: A text this long after its label reads as speech even without a closing period.
LONG_TEXT = 60

#: … and this long where its paragraph goes on in the next line.
WRAPPED_TEXT = 40

#: Lines before the first turn, at most, when its label is a bare name that never comes back.
HEAD = 12

#: No program wraps a line as short as this.
SHORT_LINE = 20

#: Text that is wrapped by hand or by a program keeps within this width.
WRAP_WIDTH = 120


@dataclass(slots=True)
class Candidate:
    """One label with all the lines it stands on."""

    label: str
    shape: Shape
    marks: list[Mark] = field(default_factory=list)
    opening: int = 0
    spoken: int = 0
    after_rule: bool = False

    @property
    def plausible(self) -> bool:
        """Begins a paragraph at least once, and sentences follow it often enough."""
        return self.opening > 0 and (self.shape == "numbered" or self.spoken * 3 >= len(self.marks))

    @property
    def recurs(self) -> bool:
        """Whether the label stands more than once."""
        return len(self.marks) > 1

    @property
    def stands_alone(self) -> bool:
        """Strong enough to be a document's only mark: office and name, or a name after the rule that ends the head."""
        if not self.spoken:
            return False
        if self.shape == "office":
            return self.recurs or names_somebody(self.marks[0].label)
        return self.shape == "name" and self.after_rule


def candidates_of(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Candidate]:
    """One candidate for each label that looks like a speaker's, in order of first appearance."""
    shapes = shapes_of(outside_brackets(mark.label) for mark in marks)
    found = {label: Candidate(label, shape) for label, shape in shapes.items() if shape}
    for mark in marks:
        if candidate := found.get(outside_brackets(mark.label)):
            candidate.marks.append(mark)
    candidates = list(found.values())
    _weigh(candidates, lines)
    return candidates


def _weigh(candidates: Sequence[Candidate], lines: Sequence[Line]) -> None:
    marked = {mark.line for candidate in candidates for mark in candidate.marks}
    wrapped = is_wrapped(lines)
    for candidate in candidates:
        for mark in candidate.marks:
            candidate.opening += not wrapped or opens_paragraph(lines, mark.line)
            candidate.spoken += _is_spoken(lines, mark, marked)
            candidate.after_rule |= 0 < mark.line < HEAD and is_rule(lines[mark.line - 1].text)


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether paragraphs may go over several lines: hardly a line is longer than a terminal is wide."""
    return sum(len(line.text) > WRAP_WIDTH for line in lines) * 10 < len(lines)


def opens_paragraph(lines: Sequence[Line], number: int) -> bool:
    """Whether a line does not go on with the sentence of the line before it."""
    if number == 0 or lines[number].blank_before:
        return True
    if lines[number].indent > lines[number - 1].indent:
        return True
    before = lines[number - 1].text
    if len(before) < SHORT_LINE:
        return True
    return number == 1 or before[-1] in ":,)]>" or is_break(before) or ends_sentence(before)


def _is_spoken(lines: Sequence[Line], mark: Mark, marked: set[int]) -> bool:
    text = lines[mark.line].text
    if mark.at >= len(text):
        return mark.line + 1 < len(lines) and mark.line + 1 not in marked
    if ends_sentence(text) or (text[mark.at] == "(" and text[-1] == ")"):
        return True
    if mark.line > 0 and (len(text) - mark.at >= LONG_TEXT or _goes_on(lines, mark, marked)):
        return True
    return has_voice(beginning(lines, mark))


def _goes_on(lines: Sequence[Line], mark: Mark, marked: set[int]) -> bool:
    """After a salutation (`Colleagues,`), or where the paragraph is wrapped."""
    below = mark.line + 1
    if below >= len(lines) or below in marked:
        return False
    text = lines[mark.line].text
    if text[-1] in ",:":
        return True
    begun = mark.at if not lines[below].text[0].islower() else 0
    return len(text) - begun >= WRAPPED_TEXT and not lines[below].blank_before
