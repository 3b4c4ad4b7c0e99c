"""The document cut into runs of lines: what each run is, and whose."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from turnstream.models import Line, Span
from turnstream.parse.head import MAX_HEAD
from turnstream.parse.lines import is_break, is_continued, is_direction, is_divider, is_omission, is_part, is_rule
from turnstream.parse.marks import Mark

RunKind = Literal["turn", "direction", "rest"]


@dataclass(slots=True)
class Run:
    """Lines ``first`` to ``last``; ``mark`` says whose, ``labelled`` whether it stands on the first of them.

    ``again`` are the marks on further lines, where every cue has its own.
    """

    kind: RunKind
    first: int
    last: int
    mark: Mark | None = None
    labelled: bool = False
    again: list[Mark] = field(default_factory=list)


def runs_of(
    lines: Sequence[Line],
    marks: Mapping[int, Mark],
    first: int,
    closing: int,
    nobodys: Container[int] = (),
    breaks: Container[int] = (),
) -> Iterator[Run]:
    """Every line from ``first`` on in exactly one run, in order; nobody speaks from line ``closing`` on.

    Lines of ``nobodys`` and ``breaks`` are nobody's; after the former, and after a rule as wide
    as the page, the same speaker goes on.
    """
    run: Run | None = None
    speaking: Mark | None = None
    for number in range(first, len(lines)):
        mark = marks.get(number)
        between = number in nobodys or (is_divider(lines[number].text) and not is_rule(lines[number].text))
        kind: RunKind = "turn" if mark else "rest"
        if not mark and not between and number not in breaks and number < closing:
            kind = _kind(lines[number], speaking)
        if not between and (mark or not _resumes(lines[number].text, kind)):
            speaking = mark or speaking if kind != "rest" else None
        if run and run.mark and run.first <= number <= run.mark.last and not mark:
            speaking, run.last = run.mark, number
            continue
        if run and run.kind == kind != "direction" and not mark:
            run.last = number
            continue
        if run:
            yield run
        run = Run(kind, number, number, speaking, labelled=mark is not None)
    if run:
        yield run


def _kind(line: Line, speaking: Mark | None) -> RunKind:
    goes_on = line.speaker is not None
    if speaking is None or (not goes_on and (is_break(line.text) or is_omission(line.text))):
        return "rest"
    return "direction" if is_direction(line.text) else "turn"


def _resumes(text: str, kind: RunKind) -> bool:
    """After an omission the same speaker goes on."""
    return kind == "rest" and is_omission(text)


def joined(runs: Iterable[Run]) -> Iterator[Run]:
    """The runs of a document of cues: those that follow each other under one label are one."""
    last: Run | None = None
    for run in runs:
        same = last and last.mark and run.mark and last.mark.label == run.mark.label
        if last and same and last.kind == run.kind == "turn" and last.labelled and run.labelled and run.mark:
            last.last = run.last
            last.again.append(run.mark)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def closing_at(lines: Sequence[Line]) -> int:
    """Number of the first of the closing marks that end the document."""
    number = len(lines)
    while number and _closes(lines[number - 1].text):
        number -= 1
    return number


def _closes(text: str) -> bool:
    return is_continued(text) or is_break(text) or is_omission(text)


def is_partial(lines: Sequence[Line], first: int, opening: int, closing: int) -> bool:
    """Whether the closing marks, or a line of the head, say that more is to come."""
    head = lines[first : min(opening, first + MAX_HEAD)]
    return any(is_continued(line.text) for line in lines[closing:]) or any(is_part(line.text) for line in head)


def body_of(lines: Sequence[Line], first: int, closing: int) -> Span:
    """The text from line ``first`` on, without marks that say that it is a part, above or below."""
    while first < closing and (is_part(lines[first].text) or is_rule(lines[first].text)):
        first += 1
    return (lines[first].start, lines[closing - 1].end) if first < closing else (0, 0)
