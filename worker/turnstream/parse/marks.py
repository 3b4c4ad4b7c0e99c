"""A label that a colon ends, the text behind it or below: `Jo Li: Yes.`, `**Jo Li:**`, `- [00:12] Jo Li: Yes.`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from turnstream.models import Line
from turnstream.parse.times import AFTER, ALONE, BEFORE, BEHIND, seconds, time_alone

#: Code points of a label, brackets included; longer ones are sentences.
MAX_LABEL = 160

#: Round or square brackets, one level nested. Possessive, as all here: a line that is no mark fails in one pass.
GROUP = r"\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)|\[[^\[\]]*+\]|（[^（）]*+）"

_MARK = re.compile(
    r"(?:#{1,6} |> )?(?:\*\*|__)?+(?:[A-Z]?\d{1,3}\. (?:\[\d+\] )?)?"
    rf"(?P<label>\w[^:：()\[\]]*+(?:(?:{GROUP})[^:：()\[\]]*+)*+)(?P<colon>[:：])(?:\*\*|__)?+ ?"
)
#: What may stand before a label, every time or never: a bullet, the chevrons of captions, a mark of minutes.
_SIGN = re.compile(r"(?:[-–—*•·] |>{2,3} ?|[○◯●■◆▲△□◇☆★] ?)")
#: What a time may begin with, besides a digit.
_TIME_BEGINS = ("(", "[", "<")


class Mark(NamedTuple):
    """A possible speaker's mark: ``label`` as written, the turn's text from ``at`` on in line ``line``.

    A time beside the label belongs to neither: it is ``start_s``.  Marks of one ``style`` are
    written alike; what it says is the layout's own.  One with ``at`` at the end of its line may
    take ``further`` lines, such as a role.
    """

    line: int
    label: str
    at: int
    start_s: float | None = None
    style: str = ""
    further: int = 0

    @property
    def last(self) -> int:
        """Number of the last line that is the mark's, and perhaps no text's."""
        return self.line + self.further


def read_marks(lines: Iterable[tuple[int, Line]]) -> list[Mark]:
    """All of some lines, each with its number, that begin like a mark, plausible or not; a time may stand above."""
    marks: list[Mark] = []
    above, text_above = -1, ""
    for number, line in lines:
        if mark := (line.gaps and _questioner(number, line)) or read_mark(number, line.text):
            is_below = mark.start_s is None and above == number - 1
            stamp = time_alone(text_above) if is_below and text_above else None
            marks.append(mark._replace(start_s=seconds(stamp)) if stamp else mark)
        above, text_above = number, line.text
    return marks


def _questioner(number: int, line: Line) -> Mark | None:
    """`Q    Why?`: in a column of its own it needs no colon."""
    if line.text[: line.gaps[0]] in {"Q", "A", "Q.", "A."}:
        return Mark(number, line.text[0], line.gaps[0] + 1)
    return None


def read_mark(number: int, text: str) -> Mark | None:
    """The mark at the start of a line, when its colon is one of speech."""
    window = MAX_LABEL + 40
    if text.find(":", 0, window) < 0 and text.find("：", 0, window) < 0:
        return None
    at, style, stamp = 0, "", None
    if not text[0].isalpha():
        sign = _SIGN.match(text)
        at, style = (sign.end(), sign[0].strip()) if sign else (0, "")
        stamp = BEFORE.match(text, at)
        at = stamp.end() if stamp else at
    match = _MARK.match(text, at, at + window)
    if not match:
        return None
    label = match["label"].rstrip(" *_")
    if not 0 < len(label) <= MAX_LABEL or not _is_speech_colon(text, match.end("colon"), label):
        return None
    if text[0] == "#" and match.end() < len(text):
        return None
    style = style or ("timed" if stamp else "")
    return _timed(Mark(number, label, match.end(), seconds(stamp) if stamp else None, style), text)


def _timed(mark: Mark, text: str) -> Mark:
    """`Jo Li (00:45:11):` and `Jo Li: 00:45:11` say when, with the words below; `Jo Li: [00:45:11] Yes.`, behind it."""
    if text[mark.at : mark.at + 1].isdigit() or text.startswith(_TIME_BEGINS, mark.at):
        if time := ALONE.fullmatch(text, mark.at):
            return mark._replace(at=len(text), start_s=seconds(time))
        if time := BEHIND.match(text, mark.at):
            start = seconds(time) if mark.start_s is None else mark.start_s
            return mark._replace(at=time.end(), start_s=start)
    if mark.label[-1].isdigit() or mark.label[-1] in ")]":
        time = AFTER.search(mark.label)
        if time and time.start():
            return mark._replace(label=mark.label[: time.start()], start_s=seconds(time))
    return mark


def _is_speech_colon(text: str, after: int, label: str) -> bool:
    """False for `10:30`, `http://`, `a::b`, `key:value`; `Jo Li:Yes` lacks a blank, no more."""
    following = text[after : after + 1]
    if not following or following in " *_" or text[after - 1] == "：":
        return True
    return following.isupper() or (following.isalpha() and label[-1] in ")]")
