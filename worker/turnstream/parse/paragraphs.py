"""Lines into paragraphs: a text that a program or a typist wrapped is put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from turnstream.models import Line
from turnstream.parse.candidates import WRAP_WIDTH
from turnstream.parse.lines import ends_sentence

#: Fewer lines than this tell nothing.
FEWEST_LINES = 6
#: Of the lines that follow another without a blank one, so many begin small where paragraphs are wrapped.
SMALL = 0.3
#: Share of wrapped lines that are no longer than what the text is wrapped at; a long word may be.
WITHIN = 0.9


def wrapped_at(lines: Sequence[Line]) -> int:
    """Return the columns at which a document's paragraphs are wrapped, 0 where every line is one."""
    following = [number for number, line in enumerate(lines) if number and not line.blank_before]
    if len(following) < FEWEST_LINES:
        return 0
    small = [number for number in following if lines[number].text[0].islower()]
    if len(small) < SMALL * len(following):
        return 0
    columns = sorted(_columns(lines[number - 1]) for number in small)
    width = columns[int(WITHIN * (len(columns) - 1))]
    return width if width <= WRAP_WIDTH else 0


def paragraphs_of(lines: Sequence[Line], texts: Sequence[str], width: int) -> Iterator[str]:
    """Yield the paragraphs of lines: a line goes on with the one before if its first word did not fit there.

    Args:
        lines: the lines as they stand.
        texts: what is said on each of them; the first may lack a label.
        width: what ``wrapped_at`` said.

    """
    paragraph = ""
    for number, text in enumerate(texts):
        if paragraph and text and _goes_on(lines[number - 1], lines[number], width):
            paragraph = f"{paragraph} {text}"
            continue
        if paragraph:
            yield paragraph
        paragraph = text
    if paragraph:
        yield paragraph


def _goes_on(above: Line, line: Line, width: int) -> bool:
    if not width or line.blank_before or (line.indent > above.indent and ends_sentence(above.text)):
        return False
    columns = _columns(above)
    if line.text[0].islower() and not ends_sentence(above.text):
        return columns * 2 > width
    return columns + 1 + len(line.text.split(maxsplit=1)[0]) > width


def _columns(line: Line) -> int:
    return line.indent + line.lead + len(line.text)
