"""Short plain transcripts, `Label: text` line by line, where only the form of the whole bears the labels out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from turnstream.models import Line
from turnstream.parse.candidates import Candidate
from turnstream.parse.lines import is_break, is_direction, is_omission
from turnstream.parse.marks import Mark
from turnstream.parse.names import names_somebody
from turnstream.parse.segments import closing_at
from turnstream.parse.shapes import is_field, is_heading, outside_brackets
from turnstream.parse.voices import beginning, is_fact, is_voiced

#: Nobody talks alone.
FEWEST = 2

#: Longer documents have voices and sentences enough to be judged by.
MAX_MARKS = 200

#: Lines before the first turn: no more than this and one for each turn.
HEAD = 2

#: Of so many turns, one may have a paragraph that begins without its label.
ONE_BARE_IN = 4

#: Lines that a turn has besides its first, on average, where names come back.
WRAPPED = 3


def is_plain(lines: Sequence[Line], first: int, marks: Sequence[Mark], candidates: Sequence[Candidate]) -> bool:
    """Whether the labels cover the text from line ``first`` on, and are names or come back in turn."""
    said = sorted((mark for one in candidates for mark in one.marks), key=attrgetter("line"))
    if len(candidates) < FEWEST or len(said) > MAX_MARKS:
        return False
    back = _come_back(said)
    if not (back or _are_people(candidates) or _have_voices(lines, said)):
        return False
    return _covers(lines, first, said, WRAPPED if back else 1) and not _are_data(lines, marks, said, candidates)


def _come_back(said: Sequence[Mark]) -> bool:
    """Half of the turns are of people who speak again after somebody else has."""
    order = [outside_brackets(mark.label) for mark in said]
    last = {label: number for number, label in enumerate(order)}
    back = {label for number, label in enumerate(order[:-1]) if order[number + 1] != label and last[label] > number}
    return sum(label in back for label in order) * 2 >= len(order)


def _have_voices(lines: Sequence[Line], said: Sequence[Mark]) -> bool:
    return sum(is_voiced(lines, mark) for mark in said) * 2 > len(said)


def _are_people(candidates: Sequence[Candidate]) -> bool:
    """Names; those that all share their first or last word are rather things of a kind: `Green Tea`, `Black Tea`."""
    if not all(map(_is_somebody, candidates)):
        return False
    names = [one.label.split() for one in candidates if one.shape == "name"]
    kin = len({name[0] for name in names}) == 1 or len({name[-1] for name in names}) == 1
    return not kin or len(names) < len(candidates)


def _is_somebody(one: Candidate) -> bool:
    """By the label alone: two capitalised words, an office with a name, what somebody does here."""
    if one.shape == "office":
        return names_somebody(one.marks[0].label)
    return one.shape in {"name", "role", "numbered"}


def _covers(lines: Sequence[Line], first: int, said: Sequence[Mark], further: int) -> bool:
    """Hardly a paragraph begins without a label, and few lines go on with one."""
    start, count = said[0].line, len(said)
    taken = {mark.line for mark in said}
    rest = (number for number in range(start, closing_at(lines)) if number not in taken)
    bare = [number for number in rest if not _is_nobodys(lines[number].text)]
    begun = sum(lines[number].blank_before for number in bare)
    return start - first <= HEAD + count and begun * ONE_BARE_IN <= count and len(bare) <= further * count


def _is_nobodys(text: str) -> bool:
    return is_break(text) or is_direction(text) or is_omission(text)


def _are_data(
    lines: Sequence[Line], marks: Sequence[Mark], said: Sequence[Mark], candidates: Sequence[Candidate]
) -> bool:
    return (
        any(is_heading(one.label, one.shape) for one in candidates)
        or _has_fields(lines, marks, said[0].line)
        or _are_records(lines, said)
        or sum(is_fact(beginning(lines, mark)) for mark in said) * 2 > len(said)
    )


def _has_fields(lines: Sequence[Line], marks: Sequence[Mark], start: int) -> bool:
    """Fields among the turns, or right before them; a head that stands apart may have some."""
    apart = lines[start].blank_before
    return any(is_field(mark.label) and (mark.line > start or not apart) for mark in marks)


def _are_records(lines: Sequence[Line], said: Sequence[Mark]) -> bool:
    """Blocks of several labels each, in which none comes back, and that all begin with the same."""
    blocks = list(_blocks(lines, said))
    alike = {block[0] for block in blocks}
    return len(blocks) > 1 == len(alike) and all(1 < len(block) == len(set(block)) for block in blocks)


def _blocks(lines: Sequence[Line], said: Sequence[Mark]) -> Iterator[list[str]]:
    block: list[str] = []
    for mark in said:
        if block and lines[mark.line].blank_before:
            yield block
            block = []
        block.append(outside_brackets(mark.label))
    yield block
