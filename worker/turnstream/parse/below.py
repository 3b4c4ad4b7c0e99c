"""What stands behind a mark and below it: its text, a rule, the role of who speaks."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from turnstream.models import Line
from turnstream.parse.candidates import LONG_TEXT
from turnstream.parse.heads import is_role
from turnstream.parse.lines import ends_sentence, is_divider
from turnstream.parse.marks import MAX_LABEL, Mark
from turnstream.parse.voices import VOICE_WINDOW, has_voice

#: Who somebody is, in brackets: a seat, a party, the name of an office's holder.
_NOTE = re.compile(r"(?:\([^\W\d_][^()]*\) ?)+")
#: Fewer of them show nothing; so many are different from each other.
FEWEST_NOTES, VARIED = 3, 0.5


def with_all_lines(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Mark]:
    """The marks with the lines that are theirs: a name with the role below it, and the rule that closes them.

    A role is an office, or what stands nowhere but below a name that also stands by itself: `Jo Li`, `A Bank`.
    """
    own = {mark.line: mark for mark in marks if mark.at == len(lines[mark.line].text)}
    alone = {mark.label for mark in own.values() if mark.line - 1 not in own}
    joined: list[Mark] = []
    for mark in marks:
        above = joined[-1] if joined else None
        below_name = above and above.line == mark.line - 1 and above.line in own and mark.line in own
        if above and below_name and _is_role_of(mark.label, above.label, alone):
            joined[-1] = above._replace(further=1)
        else:
            joined.append(mark)
    noted = _notes(lines, joined)
    return [_closed(lines, mark._replace(further=1) if mark.line in noted else mark) for mark in joined]


def _notes(lines: Sequence[Line], marks: Sequence[Mark]) -> frozenset[int]:
    """Lines of the marks with brackets below that say who it is, `(Leeds) (Con)`: remarks are more alike."""
    below = {
        mark.line: lines[mark.line + 1].text
        for mark in marks
        if mark.at == len(lines[mark.line].text) and not mark.further and mark.line + 1 < len(lines)
    }
    found = {number: text for number, text in below.items() if _NOTE.fullmatch(text) and len(text) <= MAX_LABEL}
    varied = len(found) >= FEWEST_NOTES and len(set(found.values())) >= VARIED * len(found)
    return frozenset(found) if varied else frozenset()


def _is_role_of(label: str, name: str, alone: Container[str]) -> bool:
    return not is_role(name) and (is_role(label) or (name in alone and label not in alone))


def _closed(lines: Sequence[Line], mark: Mark) -> Mark:
    below = mark.last + 1
    if mark.at < len(lines[mark.line].text) or below >= len(lines) or not is_divider(lines[below].text):
        return mark
    return mark._replace(further=mark.further + 1)


def with_text(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Mark]:
    """The marks that text follows: a list of names has none."""
    marked = {mark.line for mark in marks}

    def follows(mark: Mark) -> bool:
        if mark.at < len(lines[mark.line].text):
            return True
        below = mark.last + 1
        return below < len(lines) and below not in marked and not is_divider(lines[below].text)

    return [mark for mark in marks if follows(mark)]


def said(lines: Sequence[Line], mark: Mark, marked: Container[int]) -> str:
    """What follows a mark before the next ``marked`` line, as far as it is looked at."""
    own = lines[mark.line].text[mark.at : mark.at + VOICE_WINDOW]
    number = mark.last + 1
    if len(own) >= VOICE_WINDOW or number >= len(lines) or number in marked:
        return own
    return f"{own} {lines[number].text[:VOICE_WINDOW]}".strip()


def is_spoken(lines: Sequence[Line], mark: Mark) -> bool:
    """Whether no title or value stands behind a mark, but a sentence or nothing."""
    text = lines[mark.line].text
    return mark.at >= len(text) or _is_sentence(text, mark.at) or has_voice(text[mark.at :])


def opens_sentence(lines: Sequence[Line], mark: Mark) -> bool:
    """Whether a sentence follows: above the first speaker stand labels of fields as well."""
    text = lines[mark.line].text
    if mark.at < len(text):
        return _is_sentence(text, mark.at)
    number = mark.last + 1
    return number < len(lines) and _is_sentence(lines[number].text, 0)


def _is_sentence(text: str, at: int) -> bool:
    return ends_sentence(text) or len(text) - at >= LONG_TEXT
