"""Cues and utterances: where the format itself says who speaks, nothing is inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from turnstream.models import Line
from turnstream.parse.lines import is_direction
from turnstream.parse.marks import Mark

#: The name of this layout, and why it is believed.
GIVEN, REASON = "given", "format_says"


def first_cue(lines: Sequence[Line]) -> int:
    """Number of the first line that is a cue: no fact of the head stands from there on."""
    return next((n for n, line in enumerate(lines) if line.speaker is not None or line.start_s is not None), len(lines))


def given_marks(lines: Sequence[Line]) -> Mapping[int, Mark]:
    """The marks that the format says, by line; a label is as the format has it."""
    return {
        number: Mark(number, line.speaker, len(line.speaker) + len(": "), line.start_s)
        for number, line in enumerate(lines)
        if line.speaker
    }


def unspoken(lines: Sequence[Line], marks: Mapping[int, Mark]) -> frozenset[int]:
    """Numbers of the lines of which the format says no speaker, remarks in brackets left out: they are nobody's."""
    return frozenset(
        n for n, line in enumerate(lines) if line.speaker is None and n not in marks and not is_direction(line.text)
    )
