"""Which of a document's possible marks are speakers: no label is judged by its looks alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from turnstream.models import Line
from turnstream.parse.lines import is_break, is_rule
from turnstream.parse.marks import Mark
from turnstream.parse.names import names_somebody
from turnstream.parse.shapes import Shape, outside_brackets, shape_of

#: A text this long after its label reads as speech even without a closing period.
LONG_TEXT = 60

#: … and this long where its paragraph goes on in the next line.
WRAPPED_TEXT = 40

#: Lines before the first turn, at most, when its label is a bare name that never comes back.
HEAD = 12

#: Text that is wrapped by hand or by a program keeps within this width.
WRAP_WIDTH = 120

#: Of the lines from the first mark on, when every line is marked but no label recurs.
DENSE = 0.8

#: These say nothing by themselves: only company makes them speakers.
_WEAK: frozenset[Shape] = frozenset(("name", "caps", "initials", "word", "uncased"))

#: A label that stands once is believed beside recurring ones of these shapes.
_COMPANY: Mapping[Shape, frozenset[Shape]] = {
    "name": frozenset(("name", "office", "caps")),
    "caps": frozenset(("caps", "office")),
    "initials": frozenset(("initials",)),
    "word": frozenset(("word",)),
    "uncased": frozenset(("uncased",)),
}

_SENTENCE_END = re.compile(r"[.?!…。？！—–-][\"'”’»)\]]*$")


@dataclass(slots=True)
class Candidate:
    """One label with all the lines it stands on."""

    shape: Shape
    marks: list[Mark] = field(default_factory=list)
    opening: int = 0
    spoken: int = 0
    after_rule: bool = False

    @property
    def plausible(self) -> bool:
        """Begins a paragraph at least once, and sentences follow it often enough."""
        return self.opening > 0 and self.spoken * 3 >= len(self.marks)

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


def speaker_marks(lines: Sequence[Line], marks: Sequence[Mark]) -> tuple[dict[int, Mark], tuple[str, ...]]:
    """The marks that open turns, by line, and the reasons for believing them."""
    candidates = _candidates(lines, marks)
    plausible = _without_lone_answers([candidate for candidate in candidates if candidate.plausible])
    reasons = tuple(_reasons(lines, marks, plausible))
    if not reasons:
        return {}, ()
    settled = {one.shape for one in plausible if one.recurs or one.stands_alone or "dense" in reasons}
    chosen = [mark for one in plausible if _believed(one, settled) for mark in one.marks]
    return {mark.line: mark for mark in chosen}, reasons


def _candidates(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Candidate]:
    found: dict[str, Candidate | None] = {}
    for mark in marks:
        label = outside_brackets(mark.label)
        if label not in found:
            shape = shape_of(label)
            found[label] = Candidate(shape) if shape else None
        if candidate := found[label]:
            candidate.marks.append(mark)
    shaped = [candidate for candidate in found.values() if candidate]
    _weigh(shaped, lines)
    return shaped


def _weigh(candidates: Sequence[Candidate], lines: Sequence[Line]) -> None:
    marked = {mark.line for candidate in candidates for mark in candidate.marks}
    wrapped = is_wrapped(lines)
    for candidate in candidates:
        for mark in candidate.marks:
            candidate.opening += not wrapped or _opens_paragraph(lines, mark.line)
            candidate.spoken += _is_spoken(lines, mark, marked)
            candidate.after_rule |= 0 < mark.line < HEAD and is_rule(lines[mark.line - 1].text)


def is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether paragraphs may go over several lines: hardly a line is longer than a terminal is wide."""
    return sum(len(line.text) > WRAP_WIDTH for line in lines) * 10 < len(lines)


def _opens_paragraph(lines: Sequence[Line], number: int) -> bool:
    """False for a line that goes on with the sentence of the line before it."""
    if number == 0 or lines[number].blank_before:
        return True
    before = lines[number - 1].text
    return number == 1 or before[-1] in ":,)]>" or is_break(before) or ends_sentence(before)


def ends_sentence(text: str) -> bool:
    """Whether a line ends as sentences do."""
    return bool(_SENTENCE_END.search(text, max(0, len(text) - 6)))


def _is_spoken(lines: Sequence[Line], mark: Mark, marked: set[int]) -> bool:
    text = lines[mark.line].text
    if mark.at >= len(text):
        return mark.line + 1 < len(lines) and mark.line + 1 not in marked
    if ends_sentence(text) or (text[mark.at] == "(" and text[-1] == ")"):
        return True
    return mark.line > 0 and (len(text) - mark.at >= LONG_TEXT or _goes_on(lines, mark, marked))


def _goes_on(lines: Sequence[Line], mark: Mark, marked: set[int]) -> bool:
    """After a salutation (`Colleagues,`), or where the paragraph is wrapped."""
    below = mark.line + 1
    if below >= len(lines) or below in marked:
        return False
    text = lines[mark.line].text
    return text[-1] in ",:" or (len(text) - mark.at >= WRAPPED_TEXT and not lines[below].blank_before)


def _reasons(lines: Sequence[Line], marks: Sequence[Mark], plausible: list[Candidate]) -> Iterable[str]:
    """Bounded words; none when the document shows no dialogue."""
    shapes = {one.shape for one in plausible}
    if any(one.stands_alone for one in plausible):
        yield "office_and_name"
    if {"question", "answer"} <= shapes:
        yield "question_and_answer"
    if _recurrence(marks, plausible):
        yield "labels_recur"
    if _is_dense(lines, plausible):
        yield "dense"


def _without_lone_answers(plausible: list[Candidate]) -> list[Candidate]:
    """Answers that nobody asked for and nobody else speaks between are a list of frequent questions."""
    if any(one.shape == "question" or (one.recurs and one.shape != "answer") for one in plausible):
        return plausible
    return [one for one in plausible if one.shape != "answer"]


def _recurrence(marks: Sequence[Mark], plausible: list[Candidate]) -> bool:
    """Somebody comes back, somebody else speaks too, and most lines with a colon are theirs."""
    if not any(one.recurs for one in plausible):
        return False
    if len(plausible) == 1:
        return plausible[0].shape not in _WEAK
    return sum(len(one.marks) for one in plausible) * 2 >= len(marks)


def _is_dense(lines: Sequence[Line], plausible: list[Candidate]) -> bool:
    marks = [mark.line for one in plausible for mark in one.marks]
    ended = all(ends_sentence(lines[number].text) for number in marks)
    return ended and len(plausible) > 1 and len(marks) >= DENSE * (len(lines) - min(marks))


def _believed(one: Candidate, settled: set[Shape]) -> bool:
    if one.recurs or one.shape not in _WEAK:
        return True
    return one.spoken > 0 and not settled.isdisjoint(_COMPANY[one.shape])
