"""A record as the scorer wants it: who says what, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from turnstream.models import Record


@dataclass(slots=True)
class Said:
    """One turn of a prediction."""

    speaker: str
    text: str


def said(record: Record) -> list[Said]:
    """The turns of a record by the gold's conventions.

    The label is given as written: the scorer has a figure for labels (as written) and one that also
    takes a fuller name, and only the former is right for both.  The gold's turns hold the remarks
    in brackets that interrupt them, so a direction belongs to the turn before it; and a turn
    without a label goes on with that turn, unless somebody else speaks.
    """
    turns: list[Said] = []
    speaking: str | None = None
    names = dict(_names(record))
    for turn in record.turns:
        text = "\n".join(turn.paragraphs)
        if turn.kind == "direction":
            if turns:
                turns[-1].text += f"\n{text}"
        elif turns and turn.label is None and turn.speaker_id == speaking:
            turns[-1].text += f"\n{text}"
        else:
            turns.append(Said(turn.label or names.get(turn.speaker_id or "", ""), text))
            speaking = turn.speaker_id
    return turns


def _names(record: Record) -> Iterator[tuple[str, str]]:
    for speaker in record.speakers:
        yield speaker.id, next(iter(speaker.labels), speaker.name or "")
