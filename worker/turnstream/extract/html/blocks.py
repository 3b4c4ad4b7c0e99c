"""Tags and words into blocks: paragraphs, headings, rows of tables, each with the part of the page that it is in.

Elements that are not closed are closed where a browser closes them: by what cannot stand inside of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from turnstream.extract.html import elements
from turnstream.extract.html.elements import Part
from turnstream.extract.html.markup import End, Raw, Start, attributes

#: Elements that may be open at once; what is deeper counts as if it stood beside.
MAX_OPEN = 1 << 14
#: Characters of the name of somebody who speaks; longer ones are text.
MAX_NAME = 160

#: A time alone.
TIME = re.compile(r"[(\[]?(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[)\]]?")
_SPACE = re.compile(r"[ \t\n\r\f]+")
#: Before these, a name or a time that ends without a blank is a column of its own.
_OPENS = frozenset("“„«‹([¿¡‘—–") | {'"'}
#: Elements within which an end tag, or the beginning of the next item, looks for what it ends.
_SCOPES = ("table", "td", "th", "caption")
_ITEMS = {
    "li": (("li",), ("ul", "ol", "menu", "dir", *_SCOPES)),
    "dt": (("dt", "dd"), ("dl", *_SCOPES)),
    "dd": (("dt", "dd"), ("dl", *_SCOPES)),
    "option": (("option",), ("select",)),
    "td": (("td", "th"), ("table",)),
    "th": (("td", "th"), ("table",)),
    "tr": (("tr",), ("table",)),
    "tbody": (("tr", "thead", "tbody", "tfoot"), ("table",)),
    "thead": (("tr", "thead", "tbody", "tfoot"), ("table",)),
    "tfoot": (("tr", "thead", "tbody", "tfoot"), ("table",)),
    **{heading: (tuple(elements.HEADINGS), _SCOPES) for heading in elements.HEADINGS},
}
_WHOLE = frozenset(("html", "body"))
_OF_TABLES = frozenset(("table", "tbody", "td", "tfoot", "th", "thead", "tr"))


class Words(NamedTuple):
    """Words of a line, and how they are written."""

    text: str
    bold: bool = False
    link: bool = False


class Block(NamedTuple):
    """Lines that stand apart from others; ``region`` is the number of the part of the page, ``cell`` of the cell."""

    lines: list[list[Words]]
    region: int
    style: str | None
    cell: int = 0


@dataclass(slots=True)
class Page:
    """The blocks of a page in order, the regions that they stand in, its title.

    Of each region: the number of the one around it, what it is for, and by which sign.
    ``bare`` counts the characters that stand in no block, ``tags`` the blocks and lines that tags begin.
    """

    blocks: list[Block] = field(default_factory=list)
    around: list[int] = field(default_factory=lambda: [-1])
    parts: list[Part | None] = field(default_factory=lambda: [None])
    signs: list[str] = field(default_factory=lambda: [""])
    title: str = ""
    bare: int = 0
    tags: int = 0


@dataclass(slots=True, eq=False)
class _Open:
    """An open element, and what it does to the words inside."""

    name: str
    depth: int
    part: tuple[Part, str] | None = None
    region: int = -1
    bold: bool = False
    link: bool = False
    unseen: bool = False
    keeps: bool = False
    names: bool = False
    columns: bool = False
    closed: bool = False
    named_outside: int = 0
    first_block: int = -1
    plain: bool = True


class Builder:
    """Takes the tokens of a page, once; with ``keeps_lines`` its line ends are shown everywhere."""

    def __init__(self, *, keeps_lines: bool = False) -> None:
        self.page = Page()
        self._stack: list[_Open] = []
        self._open: defaultdict[str, list[_Open]] = defaultdict(list)
        self._beyond: Counter[str] = Counter()
        self._containers: list[_Open] = []
        self._blocks = self._bold = self._link = self._unseen = self._named = 0
        self._keeps = int(keeps_lines)
        self._bold_classes: frozenset[str] = frozenset()
        self._lines: list[list[Words]] = [[]]
        self._column_ends = False
        self._cells = 0
        self._styled: str | None = None

    def feed(self, tokens: Iterable[str | Start | End | Raw]) -> Page:
        """Return the page that these tokens make."""
        for token in tokens:
            if isinstance(token, str):
                self._words(token)
            elif isinstance(token, Start):
                self._start(token)
            elif isinstance(token, End):
                self._end(token.name)
            else:
                self._raw(token)
        while self._stack:
            self._pop()
        self._break()
        return self.page

    # --- words

    def _words(self, text: str) -> None:
        if self._unseen or not text or (self._open["button"] and not self._says_more(text)):
            return
        if self._keeps:
            first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._add(first)
            for other in others:
                self._lines.append([])
                self._add(other)
            return
        text = _SPACE.sub(" ", text)
        line = self._lines[-1]
        if self._column_ends and line and (text[0].isalnum() or text[0] in _OPENS) and line[-1].text[-1].isalnum():
            text = f" {text}"
        if not line or line[-1].text[-1] == " ":
            text = text.lstrip(" ")
        self._add(text)

    def _says_more(self, text: str) -> bool:
        """Whether what stands on a button is a heading that unfolds a text, or a time to go to."""
        return TIME.fullmatch(text.strip()) is not None or any(self._open[name] for name in elements.HEADINGS)

    def _add(self, text: str) -> None:
        if not text:
            return
        self._column_ends = False
        self._lines[-1].append(Words(text, bool(self._bold or self._named), bool(self._link)))
        if not self._blocks:
            self.page.bare += len(text)

    def _break(self) -> None:
        """End the block, if there is one."""
        lines = self._lines
        self._column_ends = False
        if len(lines) == 1 and not lines[0]:
            return
        self._lines = [[]]
        while lines and _is_blank(lines[-1]):
            lines.pop()
        begin = next((number for number, line in enumerate(lines) if not _is_blank(line)), len(lines))
        if begin == len(lines):
            return
        cell = self._cells if self._open["td"] or self._open["th"] else 0
        self.page.blocks.append(Block(lines[begin:], self._region(), self._style(), cell))

    def _style(self) -> str | None:
        """How a block is written by the element that it is in: its first, as few others stand in one on purpose."""
        styled = self._styled
        self._styled = None
        return elements.STYLES[styled] if styled and self._open[styled] else None

    def _region(self) -> int:
        """The number of the innermost part that is open; parts get theirs when they have words."""
        at = len(self._containers)
        while at and self._containers[at - 1].region < 0:
            at -= 1
        around = self._containers[at - 1].region if at else 0
        for container in self._containers[at:]:
            self.page.around.append(around)
            part, sign = container.part or (None, "")
            self.page.parts.append(part)
            self.page.signs.append(sign)
            around = container.region = len(self.page.parts) - 1
        return around

    # --- tags

    def _start(self, tag: Start) -> None:
        name = tag.name
        if name == "br":
            self.page.tags += 1
            self._lines.append([])
        elif name == "hr":
            self._break()
        elif name not in elements.VOID:
            self._close_before(name)
            if len(self._stack) >= MAX_OPEN:
                self._beyond[name] += 1
                if name in elements.BLOCKS:
                    self._break()
                return
            self._push(name, attributes(tag.rest) if len(tag.rest) > 1 else {})

    def _close_before(self, name: str) -> None:
        """Close what cannot hold such an element."""
        if self._open["p"] and name in elements.BLOCKS and name not in elements.INSIDE_PARAGRAPHS:
            self._close_within(("p",), _SCOPES)
        if item := _ITEMS.get(name):
            self._close_within(*item)
        elif name == "a" and self._open["a"]:
            self._end_inline(self._open["a"][-1])

    def _close_within(self, names: Iterable[str], scopes: Iterable[str]) -> None:
        """Close the outermost open element of these names that is inside of the innermost of the scopes."""
        limit = max((self._open[scope][-1].depth for scope in scopes if self._open[scope]), default=-1)
        open_ones = [self._open[name][-1].depth for name in names if self._open[name]]
        if inside := [depth for depth in open_ones if depth > limit]:
            self._pop_to(min(inside))

    def _push(self, name: str, found: dict[str, str]) -> None:
        is_block = name in elements.BLOCKS
        one = _Open(name, len(self._stack), unseen=name in elements.WORDLESS, columns=name == "time")
        one.bold, one.keeps = name in elements.BOLD, name in elements.PREFORMATTED
        if found:
            self._describe(one, found, is_block=is_block)
        elif name in elements.PARTS:
            one.part = elements.part_of(name, found, within=self._is_within())
        if is_block:
            self._begin_block(one)
        elif one.columns:
            self._column_ends = True
        self._stack.append(one)
        self._open[name].append(one)
        self._count(one, 1)

    def _describe(self, one: _Open, found: dict[str, str], *, is_block: bool) -> None:
        """Say of an element what its attributes do."""
        one.bold = elements.is_bold(one.name, found, self._bold_classes)
        one.keeps = elements.keeps_lines(one.name, found)
        one.names = elements.names_speaker(found)
        one.columns |= one.names
        one.link = one.name == "a" and elements.navigates(found.get("href", ""))
        if is_block:
            one.part = elements.part_of(one.name, found, within=self._is_within())
        else:
            one.unseen |= elements.is_hidden(found)

    def _is_within(self) -> bool:
        return any(self._open[section] for section in elements.SECTIONS)

    def _begin_block(self, one: _Open) -> None:
        self._break()
        self._blocks += one.name not in _WHOLE
        self.page.tags += one.name not in _WHOLE
        one.named_outside, self._named = self._named, 0
        if one.name in elements.STYLES:
            self._styled = one.name
        if one.name in elements.CONTAINERS or one.part:
            self._containers.append(one)
        if one.name == "tr":
            one.first_block = len(self.page.blocks)
        elif one.name in {"td", "th"}:
            self._cells += 1
        elif (one.name == "table" or one.name in elements.HEADINGS) and self._open["tr"]:
            self._open["tr"][-1].plain = False

    def _count(self, one: _Open, step: int) -> None:
        self._bold += step * one.bold
        self._link += step * one.link
        self._unseen += step * one.unseen
        self._keeps += step * one.keeps
        self._named = max(0, self._named + step * one.names)

    def _end(self, name: str) -> None:
        if name in {"br", "p"} and not self._open[name]:
            self._lines.append([])
        elif self._beyond[name]:
            self._beyond[name] -= 1
            if name in elements.BLOCKS:
                self._break()
        elif name in elements.HEADINGS:
            self._close_within(elements.HEADINGS, _SCOPES)
        elif not self._open[name]:
            return
        elif name not in elements.BLOCKS:
            self._end_inline(self._open[name][-1])
        elif name in _OF_TABLES:
            self._close_within((name,), () if name == "table" else ("table",))
        else:
            self._close_within((name,), _SCOPES)

    def _end_inline(self, one: _Open) -> None:
        """End an inline element wherever it was begun: blocks that began in it stay open."""
        if one.depth == len(self._stack) - 1:
            self._pop()
        else:
            self._close(one)

    def _pop_to(self, depth: int) -> None:
        while len(self._stack) > depth:
            self._pop()

    def _pop(self) -> None:
        one = self._stack[-1]
        if one.name in elements.BLOCKS:
            self._break()
        self._stack.pop()
        if not one.closed:
            self._close(one)
        if one.name not in elements.BLOCKS:
            return
        self._blocks -= one.name not in _WHOLE
        self._named = one.named_outside
        if self._containers and self._containers[-1] is one:
            self._containers.pop()
        if one.name == "tr" and one.plain:
            _join_cells(self.page.blocks, one.first_block)

    def _close(self, one: _Open) -> None:
        one.closed = True
        self._open[one.name].pop()
        self._count(one, -1)
        self._column_ends |= one.columns and one.name not in elements.BLOCKS

    def _raw(self, raw: Raw) -> None:
        if raw.name == "title" and not self.page.title and not self._unseen:
            self.page.title = " ".join(raw.text.split())
        elif raw.name == "style":
            self._bold_classes |= elements.bold_classes_of(raw.text)
        elif raw.name in elements.PREFORMATTED:
            self._words(raw.text)


def _is_blank(line: list[Words]) -> bool:
    return all(not words.text or words.text.isspace() for words in line)


def _join_cells(blocks: list[Block], first: int) -> None:
    """Put a row of a table on one line, with tabs: all its cells but the last are a short line each."""
    cells: dict[int, list[Block]] = {}
    for block in blocks[first:]:
        cells.setdefault(block.cell, []).append(block)
    *columns, last = cells.values() if len(cells) > 1 else ([], [])
    if not columns or not all(len(column) == 1 and _is_short(column[0]) for column in columns):
        return
    line: list[Words] = []
    for column in columns:
        line += [*column[0].lines[0], Words("\t")]
    head = last[0]
    blocks[first:] = [head._replace(lines=[[*line, *head.lines[0]], *head.lines[1:]], style=None), *last[1:]]


def _is_short(block: Block) -> bool:
    return len(block.lines) == 1 and sum(len(words.text) for words in block.lines[0]) <= MAX_NAME
