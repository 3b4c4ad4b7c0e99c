"""Runs of lines into turns, and what is left over into unattributed text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from turnstream.models import Line, Span, Turn, Unattributed, lean
from turnstream.parse.marks import Mark
from turnstream.parse.paragraphs import paragraphs_of, wrapped_at
from turnstream.parse.segments import Run
from turnstream.parse.shapes import Shape, outside_brackets, shapes_of
from turnstream.unspaced import together

Kind = Literal["speech", "question", "answer", "direction"]


def turns_of(lines: Sequence[Line], runs: Iterable[Run], ids: Mapping[str, str]) -> tuple[Turn, ...]:
    """A turn per run of speech or stage direction, in order."""
    shapes = shapes_of(map(outside_brackets, ids))
    kinds = {label: _kind(shapes[outside_brackets(label)]) for label in ids}
    spoken = (run for run in runs if run.kind != "rest")
    width = wrapped_at(lines)
    return tuple(lean(_turn(index, lines, run, ids, kinds, width)) for index, run in enumerate(spoken))


def _turn(
    index: int, lines: Sequence[Line], run: Run, ids: Mapping[str, str], kinds: Mapping[str, Kind], width: int
) -> Turn:
    if run.mark is None or run.kind == "direction":
        return _direction(index, lines, run)
    label = run.mark.label
    return Turn(
        index=index,
        speaker_id=ids.get(label),
        label=(label or None) if run.labelled else None,
        kind=kinds.get(label, "speech"),
        paragraphs=tuple(_paragraphs(lines, run, run.mark, width)),
        start_s=run.mark.start_s if run.labelled and run.mark.start_s is not None else lines[run.first].start_s,
        end_s=lines[run.last].end_s,
        span=_span(lines, run),
    )


def _kind(shape: Shape | None) -> Kind:
    match shape:
        case "question" | "answer" as kind:
            return kind
        case _:
            return "speech"


def _direction(index: int, lines: Sequence[Line], run: Run) -> Turn:
    texts = tuple(line.text for line in lines[run.first : run.last + 1])
    return Turn(
        index=index,
        speaker_id=None,
        label=None,
        kind="direction",
        paragraphs=texts,
        start_s=lines[run.first].start_s,
        end_s=lines[run.last].end_s,
        span=_span(lines, run),
    )


def _paragraphs(lines: Sequence[Line], run: Run, mark: Mark, width: int) -> Iterator[str]:
    of_run = lines[run.first : run.last + 1]
    texts = [line.text for line in of_run]
    if run.labelled:
        texts[: 1 + mark.further] = [texts[0][mark.at :].strip(), *("",) * mark.further]
    for other in run.again:
        texts[other.line - run.first] = texts[other.line - run.first][other.at :].strip()
    if lines[run.first].start_s is not None:
        further = [at for at, line in enumerate(of_run) if at and line.speaker == ""]
        parts = (texts[begin:end] for begin, end in pairwise((0, *further, len(texts))))
        return filter(None, map(together, parts))
    return paragraphs_of(of_run, texts, width)


def _span(lines: Sequence[Line], run: Run) -> Span:
    return lines[run.first].begin, lines[run.last].end


def unattributed_of(
    canonical: str, lines: Sequence[Line], taken: Iterable[int], runs: Iterable[Run]
) -> Iterator[Unattributed]:
    """All lines that are no fact of the head and no turn, joined where they touch; ``runs`` go on after the head."""
    for first, last in [*_gaps(taken), *((run.first, run.last) for run in runs if run.kind == "rest")]:
        span = lines[first].begin, lines[last].end
        yield Unattributed(text=canonical[slice(*span)], span=span)


def _gaps(taken: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Runs of numbers between the ``taken`` ones; the last of these is the head's end."""
    at = 0
    for number in taken:
        if at < number:
            yield at, number - 1
        at = number + 1
