"""What follows a label: speech, or what is said about something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.lines import ends_sentence
from turnstream.parse.marks import Mark
from turnstream.parse.shapes import fold

#: Of a turn, what is read to see whether somebody speaks in it.
VOICE_WINDOW = 300

#: Words of a value, as in `Director of Sales`.
MAX_VALUE = 6

_WORD = re.compile(r"\w+|[?？؟]")
_BETWEEN_BLANKS = frozenset(filter(_WORD.fullmatch, words.VOICE))

#: Endings that Japanese and Korean use to somebody, not about something.
_POLITE = re.compile("ます|です|ません|ました|でした|でしょう|ください|下さい|니다|니까|세요|군요|지요|네요")

#: What a sentence may begin with besides a letter.
_OPENING = frozenset("\"'“«„‘¿¡….([*_—–-")


def is_voiced(lines: Sequence[Line], mark: Mark) -> bool:
    """Whether somebody speaks for himself or to somebody on the mark's line or the one below."""
    below = lines[mark.line + 1].text if mark.line + 1 < len(lines) else ""
    return has_voice(beginning(lines, mark)) or has_voice(below[:VOICE_WINDOW])


def beginning(lines: Sequence[Line], mark: Mark) -> str:
    """What follows the label on its line, as far as it is looked at."""
    return lines[mark.line].text[mark.at : mark.at + VOICE_WINDOW]


def is_said(label: str) -> bool:
    """Whether a short label is what people say: `Thank you`; beside another name, `Ma` is one."""
    parts = label.split()
    said = words.VOICE.intersection(map(fold, parts))
    is_name = len(parts) > 1 and all(part[:1].isupper() for part in parts)
    return bool(said - words.NAMESAKES if is_name else said)


def has_voice(text: str) -> bool:
    """First and second persons, greetings, questions: what speech has and lists of facts lack."""
    small = text.casefold()
    # One of them mostly stands between blanks: that is seen sooner.
    if not _BETWEEN_BLANKS.isdisjoint(small.split()) or not words.VOICE.isdisjoint(_WORD.findall(small)):
        return True
    return not text.isascii() and (not words.VOICE_SIGNS.isdisjoint(text) or _POLITE.search(text) is not None)


def is_fact(text: str) -> bool:
    """`300 g`, `Director of Sales`, `She leads it.`: about the label, not by it."""
    if not text:
        return False
    if "@" in text or not (text[0].isalpha() or text[0] in _OPENING):
        return True
    return not has_voice(text) and (fold(text.split(maxsplit=1)[0]) in words.ABOUT or is_value(text))


def is_value(text: str) -> bool:
    """No sentence, but capitalised throughout save for joining words: a name, an office, an address."""
    parts = text.split(maxsplit=MAX_VALUE)
    if len(parts) > MAX_VALUE or ends_sentence(text):
        return False
    return all(part[0].isupper() or fold(part) in words.JOINS for part in parts)
