"""Which of a document's possible marks are speakers: no label is judged by its looks alone."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.candidates import LONG_TEXT, Candidate, candidates_of
from turnstream.parse.lines import ends_sentence
from turnstream.parse.marks import Mark
from turnstream.parse.plain import is_plain
from turnstream.parse.shapes import Shape, fold, is_heading
from turnstream.parse.voices import beginning, has_voice, is_value, is_voiced

#: Of the lines from the first mark on, when every line is marked but no label recurs.
DENSE = 0.8

#: Where labels could head facts as well, somebody speaks in one turn of so many.
ONE_VOICE_IN = 4

#: These say nothing by themselves: only company makes them speakers.
_WEAK: frozenset[Shape] = frozenset(("name", "caps", "initials", "word", "uncased"))

#: Headings of facts look like these too: `Added: …`, `USA: 3 points.`
_HEADINGS: frozenset[Shape] = frozenset(("word", "initials", "caps"))

#: A label that stands once is believed beside recurring ones of these shapes.
_COMPANY: Mapping[Shape, frozenset[Shape]] = {
    "name": frozenset(("name", "office", "caps")),
    "caps": frozenset(("caps", "office")),
    "initials": frozenset(("initials",)),
    "word": frozenset(("word",)),
    "uncased": frozenset(("uncased",)),
}


def speaker_marks(lines: Sequence[Line], first: int, marks: Sequence[Mark]) -> tuple[dict[int, Mark], tuple[str, ...]]:
    """Those of the marks from line ``first`` on that open turns, by line, and the reasons for believing them."""
    candidates = candidates_of(lines, marks)
    plausible = _without_lone_answers([candidate for candidate in candidates if candidate.plausible])
    if _is_spoken_to(lines, plausible):
        return {}, ()
    reasons = tuple(_reasons(lines, marks, plausible))
    chosen = _chosen(lines, plausible, reasons)
    if len(chosen) < len(candidates) and is_plain(lines, first, marks, candidates):
        chosen, reasons = candidates, ("labels_cover",)
    begun = min((one.marks[0].line for one in chosen if one.recurs), default=0)
    marked = {mark.line for mark in marks}
    chosen = [one for one in chosen if not _is_of_the_head(lines, one, begun, marked)]
    return {mark.line: mark for one in chosen for mark in one.marks}, reasons if chosen else ()


def _is_spoken_to(lines: Sequence[Line], plausible: list[Candidate]) -> bool:
    """One person under several names, each once, on a line of its own: `President:`, `President Ana Ruiz:`."""
    if any(one.recurs or mark.at < len(lines[mark.line].text) for one in plausible for mark in one.marks[:1]):
        return False
    names = sorted((frozenset(map(fold, one.label.split())) - words.HONORIFICS for one in plausible), key=len)
    return len(names) > 1 and all(name <= names[-1] for name in names)


def _chosen(lines: Sequence[Line], plausible: list[Candidate], reasons: Collection[str]) -> list[Candidate]:
    if not reasons or not ("numbered_speakers" in reasons or _has_voices(lines, plausible)):
        return []
    settled = {one.shape for one in plausible if one.recurs or one.stands_alone or "dense" in reasons}
    return [one for one in plausible if _believed(one, settled)]


def _reasons(lines: Sequence[Line], marks: Sequence[Mark], plausible: list[Candidate]) -> Iterable[str]:
    """Bounded words; none when the document shows no dialogue."""
    shapes = {one.shape for one in plausible}
    if any(one.stands_alone for one in plausible):
        yield "office_and_name"
    if any(one.shape == "numbered" and not _is_legend(lines, one) for one in plausible):
        yield "numbered_speakers"
    if {"question", "answer"} <= shapes:
        yield "question_and_answer"
    if _recurrence(marks, plausible):
        yield "labels_recur"
    if _is_dense(lines, plausible):
        yield "dense"


def _is_legend(lines: Sequence[Line], one: Candidate) -> bool:
    """`Speaker 1: Jo Li` says who it is."""
    texts = [beginning(lines, mark) for mark in one.marks]
    return all(" " in text and is_value(text) for text in texts)


def _without_lone_answers(plausible: list[Candidate]) -> list[Candidate]:
    """Questions alone, or answers that nobody asked for and nobody else speaks between, are a list of frequent ones."""
    if {one.shape for one in plausible} == {"question"}:
        return []
    if any(one.shape == "question" or (one.recurs and one.shape != "answer") for one in plausible):
        return plausible
    return [one for one in plausible if one.shape != "answer"]


def _recurrence(marks: Sequence[Mark], plausible: list[Candidate]) -> bool:
    """Somebody comes back, somebody else speaks too, and most lines with a colon are theirs."""
    if not any(one.recurs for one in plausible):
        return False
    if len(plausible) == 1:
        return plausible[0].shape not in _WEAK and not plausible[0].label.islower()
    return sum(len(one.marks) for one in plausible) * 2 >= len(marks)


def _is_dense(lines: Sequence[Line], plausible: list[Candidate]) -> bool:
    marks = [mark.line for one in plausible for mark in one.marks]
    ended = all(ends_sentence(lines[number].text) for number in marks)
    defined = sum(lines[mark.line].text[mark.at : mark.at + 1].islower() for one in plausible for mark in one.marks)
    if defined * 2 > len(marks) or any(is_heading(one.label, one.shape) for one in plausible):
        return False
    return ended and len(plausible) > 1 and len(marks) >= DENSE * (len(lines) - min(marks))


def _believed(one: Candidate, settled: set[Shape]) -> bool:
    if one.recurs or one.shape not in _WEAK:
        return True
    return one.spoken > 0 and not settled.isdisjoint(_COMPANY[one.shape])


def _is_of_the_head(lines: Sequence[Line], one: Candidate, begun: int, marked: Container[int]) -> bool:
    """A field above the first who comes back: no sentence follows its label."""
    mark = one.marks[0]
    if one.recurs or mark.line >= begun:
        return False
    if one.shape == "role":
        return _tells_who(lines, mark, marked)
    if one.shape not in _WEAK:
        return False
    if mark.at < len(lines[mark.line].text):
        return one.spoken == 0
    below = lines[mark.line + 1].text if mark.line + 1 < len(lines) else ""
    return not ends_sentence(below) and len(below) < LONG_TEXT


def _tells_who(lines: Sequence[Line], mark: Mark, marked: Container[int]) -> bool:
    """`Guest: Jo Li, author of a book`: no sentence, nobody speaks, and nothing goes on below."""
    text, below = beginning(lines, mark), mark.line + 1
    ends = below in marked or (below < len(lines) and lines[below].blank_before)
    return ends and " " in text and not (text[0].islower() or ends_sentence(text) or has_voice(text))


def _has_voices(lines: Sequence[Line], plausible: list[Candidate]) -> bool:
    """`Added: an option.` recurs as speakers do, but nobody speaks in it."""
    shapes = {one.shape for one in plausible}
    if any(one.recurs for one in plausible) and not shapes <= _HEADINGS:
        return True
    marks = [mark for one in plausible for mark in one.marks]
    return sum(is_voiced(lines, mark) for mark in marks) * ONE_VOICE_IN >= len(marks)
