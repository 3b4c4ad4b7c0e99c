"""Short plain transcripts, `Label: text` line by line, where only the form of the whole bears the labels out."""

from __future__ import annotations

from collections.abc import Sequence

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.candidates import VOICE_WINDOW, Candidate, has_voice
from turnstream.parse.lines import ends_sentence, is_break, is_direction, is_omission
from turnstream.parse.marks import Mark
from turnstream.parse.names import names_somebody
from turnstream.parse.segments import closing_at
from turnstream.parse.shapes import fold, is_field, is_heading

#: Longer documents have voices and sentences enough to be judged by.
MAX_MARKS = 200

#: Of so many paragraphs, one may go on without a label.
ONE_BARE_IN = 5

#: Lines before the first turn: no more than this and one for each turn.
HEAD = 2

#: Words of a value, as in `John Smith: Director of Sales`.
MAX_VALUE = 8


def is_plain(lines: Sequence[Line], first: int, marks: Sequence[Mark], candidates: Sequence[Candidate]) -> bool:
    """Whether every label from line ``first`` on is somebody's: they cover the text, and come back or are names."""
    turns = sorted(((mark.line, mark, one) for one in candidates for mark in one.marks), key=lambda turn: turn[0])
    if not 1 < len(turns) <= MAX_MARKS or len(candidates) < 2:
        return False
    spoken = [mark for _, mark, _ in turns]
    order = [one.label for _, _, one in turns]
    people = _are_people(candidates)
    return (
        (people or _come_back(order))
        and not any(is_heading(one.label, one.shape) for one in candidates)
        and not _has_fields(lines, marks, spoken[0].line)
        and _covers(lines, first, [mark.line for mark in spoken], bare=1 if people else 3)
        and not _are_records(lines, spoken, order)
        and sum(_is_fact(lines, mark) for mark in spoken) * 2 < len(spoken)
    )
