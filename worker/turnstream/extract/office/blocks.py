"""Paragraphs and table rows of a document, as pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from turnstream.errors import Damaged
from turnstream.extract.pieces import Piece, Reading

#: The lines of a paragraph.
Block = list[Piece]

#: A million empty paragraphs take no room.
_EMPTY: Block = [Piece("")]

#: Code points of a table cell that may be a label.
MAX_LABEL = 160
#: What sentences end in, and what may follow.
_STOPS, _QUOTES = (".", "?", "!", "…", "。", "？", "！"), '"”’»)'
#: Fewer rows do not show which column says who speaks.
_FEWEST_ROWS = 4
#: Of the paragraphs that follow another without an empty one between, so many begin small where each is only a line …
_SMALL = 0.3
#: … and no longer than this, of which a few may be; fewer tell nothing.
_WIDTH, _LONGER, _FEWEST = 120, 0.1, 6
_TIME = re.compile(r"[\[(]?\d{1,3}(?::\d{1,2}){1,2}(?:[.,]\d{1,3})?(?: ?(?:-->|[-–—]) ?[\d:.,]{4,12})?[\])]?")


class Paragraph:
    """A paragraph while it is read: parts of text, each bold or not; ``heading`` is its level."""

    __slots__ = ("_parts", "heading")

    def __init__(self, heading: int | None = None) -> None:
        self.heading = heading
        self._parts: list[tuple[str, bool]] = []

    def add(self, text: str, *, bold: bool = False) -> None:
        r"""Append text; ``\\n`` breaks the line."""
        if text:
            self._parts.append((text, bold))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was added."""
        return not self._parts

    def go_on(self, other: Paragraph) -> None:
        """Put another paragraph, which no mark ends, before this one."""
        self._parts[:0] = other._parts

    def lines(self) -> Block:
        """Return the lines, each with what is bold in it."""
        if not self._parts:
            return _EMPTY
        line: list[tuple[str, bool]] = []
        lines = [line]
        for text, bold in self._parts:
            first, *others = text.split("\n")
            line.append((first, bold))
            for other in others:
                line = [(other, bold)]
                lines.append(line)
        return [_piece(line, self.heading) for line in lines]


def _piece(line: Sequence[tuple[str, bool]], heading: int | None) -> Piece:
    text = "".join(part for part, _ in line)
    if not text.strip():
        return Piece("")
    if heading:
        return Piece(text, style=f"heading {heading}")
    opening = 0
    for part, bold in line:
        if not bold and part.strip():
            break
        opening += len(part)
    else:
        return Piece(text, style="bold")
    return Piece(text[opening:], opening=text[:opening]) if text[:opening].strip() else Piece(text)


def table(rows: Sequence[Sequence[Sequence[Block]]]) -> list[Block]:
    """Return the paragraphs of a table, row by row; where who speaks stands last, it is read as if it stood before."""
    said = _said_before(rows)
    if said is None:
        return [block for cells in rows for block in row(cells)]
    columns = len(rows[-1])
    return [
        block
        for cells in rows
        for block in row([*cells[:said], *cells[said + 1 :], cells[said]] if len(cells) == columns else cells)
    ]


def _said_before(rows: Sequence[Sequence[Sequence[Block]]]) -> int | None:
    """The column with most text, if that is sentences, and the last one has only short labels that come back."""
    columns = len(rows[-1]) if rows else 0
    full = [[" ".join(map(_line, cell)) for cell in cells] for cells in rows if len(cells) == columns]
    if columns <= 1 or len(full) < _FEWEST_ROWS:
        return None
    *others, last = zip(*full, strict=True)
    lengths = [sum(map(len, column)) for column in others]
    most = lengths.index(max(lengths))
    sentences = sum(text.rstrip(_QUOTES).endswith(_STOPS) for text in others[most])
    labels = all(len(text) <= MAX_LABEL for text in last) and len(set(last)) * 2 <= len(last)
    return most if labels and sentences * 2 >= len(last) and lengths[most] > 2 * sum(map(len, last)) else None


def row(cells: Iterable[Sequence[Block]]) -> list[Block]:
    """Return the paragraphs of a table row: short cells stand before the last one, a tab between, as labels do."""
    filled = [kept for cell in cells if (kept := [block for block in cell if any(map(_shown, block))])]
    if len(filled) <= 1 or not all(map(_is_label, filled[:-1])):
        return [block for cell in filled for block in cell]
    *labels, (said, *further) = filled
    begin = next(number for number, piece in enumerate(said) if _shown(piece))
    first = Piece(_shown(said[begin]), opening="".join(f"{label}\t" for label in _labels(labels)))
    return [[first, *said[begin + 1 :]], *further]


def _is_label(cell: Sequence[Block]) -> bool:
    """One short paragraph, a time above or below it left out."""
    shown = [text for text in map(_line, cell) if not _TIME.fullmatch(text)]
    return len(shown) <= 1 and sum(map(len, shown)) <= MAX_LABEL


def _labels(cells: Sequence[Sequence[Block]]) -> list[str]:
    """What labels consist of; whatever its column or line, a time stands first, where labels have one."""
    times: list[str] = []
    others: list[str] = []
    for cell in cells:
        shown = [text for block in cell for piece in block if (text := " ".join(_shown(piece).split()))]
        times += filter(_TIME.fullmatch, shown)
        others += filter(None, [" ".join(text for text in shown if not _TIME.fullmatch(text))])
    return times + others


def _line(block: Block) -> str:
    return " ".join(" ".join(map(_shown, block)).split())


def _shown(piece: Piece) -> str:
    text = f"{piece.opening}{piece.text}"
    return text if text.strip() else ""


def apart(blocks: Iterable[Block]) -> Iterator[Piece]:
    """Yield the lines of paragraphs with a blank one after each, unless the paragraphs are a typist's lines."""
    blocks = list(blocks)
    typed = _are_lines(blocks)
    for block in blocks:
        yield from block
        if not typed:
            yield Piece("")


def _are_lines(blocks: Sequence[Block]) -> bool:
    shown = [_line(block) for block in blocks]
    following = [below for above, below in pairwise(shown) if above and below]
    small = sum(text[0].islower() for text in following)
    longer = sum(len(text) > _WIDTH for text in following)
    return len(following) >= _FEWEST and small >= _SMALL * len(following) and longer <= _LONGER * len(following)


def reading(name: str, blocks: Sequence[Block], *, whole: bool, cues: Iterable[Piece] | None = None) -> Reading:
    """Return what was found in a document of a format; `damaged` warns that it is not whole.

    Raises:
        Damaged: nothing was found, and it is not whole.

    """
    if not whole and not any(map(_line, blocks)):
        raise Damaged("the text of the document cannot be read")
    return Reading(name, cues or apart(blocks), () if whole else ("damaged",))
