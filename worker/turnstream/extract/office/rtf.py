r"""RTF (Rich Text Format Specification 1.9.1), read once from its beginning to its end.

Left out are deletions, hidden text, running heads, notes, comments, numbers of lists.
Warnings: `damaged`, groups that are open at the end; `replacement_characters`, bytes that their code page does not
have show as U+FFFD; `encoding_uncertain`, the code page is one that is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from turnstream.errors import Damaged
from turnstream.extract.damage import LOST
from turnstream.extract.limits import MAX_DEPTH
from turnstream.extract.office import blocks
from turnstream.extract.office.blocks import Block, Paragraph
from turnstream.extract.office.docx_styles import HEADINGS, heading_of
from turnstream.extract.office.rtf_codes import DEFAULT, SETS, SIGNS, SYMBOLS, charset, page
from turnstream.extract.pieces import Reading

_TOKEN = re.compile(
    rb"\\(?:(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|'(?P<hex>[0-9a-fA-F]{2})|(?P<symbol>[^a-zA-Z]))"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}]+)",
    re.DOTALL,
)
#: No text: lines of the file end anywhere.
_ENDS = b"\r\n\0"
#: Groups of what is not the text of the page.
_LEFT_OUT = frozenset(
    (
        "aftncn",
        "aftnsep",
        "aftnsepc",
        "annotation",
        "atnauthor",
        "atnid",
        "colortbl",
        "comment",
        "datafield",
        "do",
        "falt",
        "fldinst",
        "footer",
        "footerf",
        "footerl",
        "footerr",
        "footnote",
        "ftncn",
        "ftnsep",
        "ftnsepc",
        "header",
        "headerf",
        "headerl",
        "headerr",
        "info",
        "listtext",
        "nonesttables",
        "nonshppict",
        "objclass",
        "objdata",
        "panose",
        "pict",
        "pntext",
        "private",
        "rxe",
        "shprslt",
        "sp",
        "tc",
        "tcn",
        "template",
        "themedata",
        "txe",
        "xe",
    )
)
#: … and of those that a reader may leave out, the ones with the text of a box and the end of a nested row.
_KEPT = frozenset(("nesttableprops", "shpinst"))
#: Units of UTF-16, from 32768 on written as negative numbers, and the halves of a character that takes two.
_UNITS, _HIGH, _LOW = range(-0x8000, 0x10000), range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_MOST_FALLBACKS = 16

Destination = Literal["text", "fonts", "styles", "nothing"]


def read(raw: bytes) -> Reading:
    """Read a document.

    Raises:
        Damaged: it is nested more deeply than anybody writes, or nothing of it can be read.

    """
    reader = _Reader()
    whole = reader.read(raw)
    found = blocks.reading("rtf", reader.blocks(), whole=whole)
    return Reading(found.format, found.pieces, (*found.warnings, *sorted(reader.warnings)))


class _State(NamedTuple):
    """What a group has of the one around it, and changes for itself."""

    destination: Destination = "text"
    font: int | None = None
    fallbacks: int = 1
    bold: bool = False
    hidden: bool = False
    deleted: bool = False


@dataclass(slots=True)
class _Row:
    """A table row while it is read: its cells, and the paragraphs of the one that has not ended."""

    cells: list[list[Block]] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)

    def end_cell(self) -> None:
        self.cells.append(self.cell)
        self.cell = []

    def end(self) -> list[list[Block]]:
        found = [*self.cells, self.cell] if self.cell else self.cells
        self.cells, self.cell = [], []
        return found


@dataclass(slots=True)
class _Story:
    """What holds paragraphs: the document, or a text box, which ends with a group; a ``nested`` row is in another."""

    groups: int = 0
    paragraph: Paragraph = field(default_factory=Paragraph)
    beside: list[Block] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rows: list[list[list[Block]]] = field(default_factory=list)
    row: _Row = field(default_factory=_Row)
    nested: _Row = field(default_factory=_Row)

    def end_paragraph(self, heading: int | None, depth: int) -> None:
        """End a paragraph that stands in so many tables; deeper ones than two are as if they were not."""
        self.paragraph.heading = heading
        if depth == 0:
            self.end_table()
        target = self.nested.cell if depth > 1 else self.row.cell if depth else self.blocks
        target += [self.paragraph.lines(), *self.beside]
        self.paragraph, self.beside = Paragraph(), []

    def end_row(self) -> None:
        self.end_nested_row()
        self.rows.append(self.row.end())

    def end_nested_row(self) -> None:
        self.row.cell += blocks.row(self.nested.end())

    def end_table(self) -> None:
        self.end_row()
        self.blocks += blocks.table(list(filter(None, self.rows)))
        self.rows = []

    def close(self, depth: int = 0) -> list[Block]:
        if not self.paragraph.is_empty or self.beside:
            self.end_paragraph(None, depth)
        self.end_table()
        return self.blocks


class _Reader:
    """The document as far as it is read."""

    def __init__(self) -> None:
        self.warnings: set[str] = set()
        self._groups: list[_State] = []
        self._state = _State()
        self._stories = [_Story()]
        self._bytes = bytearray()
        self._skipped = 0
        self._high: int | None = None
        self._starred = False
        self._codec = DEFAULT
        self._fonts: dict[int, str | None] = {}
        self._font = 0
        self._default_font = 0
        self._is_cocoa = False
        self._headings: dict[int, int | None] = {}
        self._style = 0
        self._name = ""
        self._heading: int | None = None
        self._tables = 0

    def read(self, raw: bytes) -> bool:
        """Read to the end of the outermost group; return whether it comes."""
        at = 0
        while token := _TOKEN.match(raw, at):
            at = token.end()
            if token["text"] is not None:
                self._text(token["text"].translate(None, _ENDS))
            elif token["hex"] is not None:
                self._text(bytes.fromhex(token["hex"].decode()))
            elif token["word"] is not None:
                at += self._word(token["word"].decode(), token["number"])
            elif token["symbol"] is not None:
                self._symbol(token["symbol"].decode("latin-1"))
            elif token["brace"] == b"{":
                self._begin_group()
            else:
                self._end_group()
                if not self._groups:
                    return True
        return False

    def blocks(self) -> list[Block]:
        """Return the paragraphs so far."""
        self._flush()
        for story in reversed(self._stories[1:]):
            self._stories[0].beside += story.close()
        return self._stories[0].close(self._tables)

    def _begin_group(self) -> None:
        self._flush()
        self._skipped = 0
        self._groups.append(self._state)
        if len(self._groups) > MAX_DEPTH:
            raise Damaged(f"its groups are nested more than {MAX_DEPTH} levels deep")

    def _end_group(self) -> None:
        self._flush()
        self._skipped, self._starred = 0, False
        if self._state.destination == "styles" and self._name:
            self._headings[self._style] = heading_of(self._name.strip(" ;"))
            self._name, self._style = "", 0
        if len(self._stories) > 1 and self._stories[-1].groups == len(self._groups):
            found = self._stories.pop().close()
            self._stories[-1].beside += found
        if self._groups:
            self._state = self._groups.pop()

    def _text(self, data: bytes) -> None:
        if self._state.destination in ("text", "styles"):
            skipped = min(self._skipped, len(data))
            self._skipped -= skipped
            self._bytes += data[skipped:]

    def _flush(self) -> None:
        if self._bytes:
            font = self._default_font if self._state.font is None else self._state.font
            text = self._bytes.decode(self._fonts.get(font) or self._codec, "replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        state, text = self._state, text.replace("\0", "")
        if state.destination == "styles":
            self._name += text
        elif state.destination == "text" and not state.hidden and not state.deleted:
            if LOST in text:
                self.warnings.add("replacement_characters")
            self._stories[-1].paragraph.add(text, bold=state.bold)

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self._starred = True
            return
        if symbol in "\\{}":  # perhaps the second byte of a character
            self._text(symbol.encode())
            return
        self._flush()
        if self._skipped:
            self._skipped -= 1
        elif symbol in "\r\n":
            self._end_paragraph()
        elif symbol in SYMBOLS:
            self._add(SYMBOLS[symbol])

    def _word(self, word: str, number: bytes | None) -> int:
        """Do what a control word says; return how many bytes behind it are no text."""
        self._flush()
        self._skipped = 0
        value = None if number is None else int(number)
        starred, self._starred = self._starred, False
        if word == "bin":
            return max(value or 0, 0)
        if self._state.destination == "nothing":
            return 0
        if word in _LEFT_OUT or (starred and word not in _KEPT):
            self._state = self._state._replace(destination="nothing")
        elif word in SIGNS:
            self._add(SIGNS[word])
        elif word in SETS:
            self._codec = SETS[word]
        elif act := self._WORDS.get(word):
            act(self, value)
        return 0

    def _set_bold(self, value: int | None) -> None:
        self._state = self._state._replace(bold=value != 0)

    def _set_hidden(self, value: int | None) -> None:
        self._state = self._state._replace(hidden=value != 0)

    def _set_deleted(self, value: int | None) -> None:
        self._state = self._state._replace(deleted=value != 0)

    def _unicode(self, value: int | None) -> None:
        if value is None or value not in _UNITS:
            return
        value, high = value % _UNITS.stop, self._high
        self._skipped = self._state.fallbacks
        self._high = value if value in _HIGH else None
        if value in _LOW:
            self._add(chr(0x10000 + (high - _HIGH.start) * 0x400 + value - _LOW.start) if high else LOST)
        elif not self._high:
            self._add(chr(value))

    def _set_fallbacks(self, value: int | None) -> None:
        self._state = self._state._replace(fallbacks=min(max(1 if value is None else value, 0), _MOST_FALLBACKS))

    def _set_font(self, value: int | None) -> None:
        if self._state.destination == "fonts":
            self._font = value or 0
        else:
            self._state = self._state._replace(font=value or 0)

    def _set_charset(self, value: int | None) -> None:
        if self._state.destination == "fonts" and value is not None:
            # What Cocoa writes says 0 of every font, whatever the code page of its text.
            self._fonts[self._font] = None if self._is_cocoa and value == 0 else charset(value)

    def _set_font_page(self, value: int | None) -> None:
        if self._state.destination == "fonts" and value:
            self._fonts[self._font] = page(value)

    def _set_page(self, value: int | None) -> None:
        codec = page(value or 0)
        self._codec = codec or self._codec
        if not codec:
            self.warnings.add("encoding_uncertain")

    def _set_default_font(self, value: int | None) -> None:
        self._default_font = value or 0

    def _set_cocoa(self, _: int | None) -> None:
        self._is_cocoa = True

    def _begin_fonts(self, _: int | None) -> None:
        self._state = self._state._replace(destination="fonts")

    def _begin_styles(self, _: int | None) -> None:
        self._state = self._state._replace(destination="styles")

    def _begin_box(self, _: int | None) -> None:
        self._stories.append(_Story(len(self._groups)))

    def _plain(self, _: int | None) -> None:
        self._state = self._state._replace(font=None, bold=False, hidden=False, deleted=False)

    def _plain_paragraph(self, _: int | None) -> None:
        self._heading, self._tables = None, 0

    def _set_style(self, value: int | None) -> None:
        if self._state.destination == "styles":
            self._style = value or 0
        else:
            self._heading = self._headings.get(value or 0) or self._heading

    def _set_level(self, value: int | None) -> None:
        if value is not None and 0 <= value < HEADINGS and self._state.destination == "text":
            self._heading = value + 1

    def _set_in_table(self, _: int | None) -> None:
        self._tables = max(self._tables, 1)

    def _set_table_depth(self, value: int | None) -> None:
        self._tables = max(1 if value is None else value, 0)

    def _break(self, _: int | None) -> None:
        self._add("\n")

    def _end_paragraph(self, _: int | None = None) -> None:
        if self._state.destination == "text":
            self._stories[-1].end_paragraph(self._heading, self._tables)

    def _end_cell(self, _: int | None) -> None:
        if self._state.destination == "text":
            story = self._stories[-1]
            story.end_paragraph(self._heading, 1)
            story.row.end_cell()

    def _end_nested_cell(self, _: int | None) -> None:
        if self._state.destination == "text":
            story = self._stories[-1]
            story.end_paragraph(self._heading, 2)
            story.nested.end_cell()

    def _end_row(self, _: int | None) -> None:
        if self._state.destination == "text":
            self._stories[-1].end_row()

    def _end_nested_row(self, _: int | None) -> None:
        if self._state.destination == "text":
            self._stories[-1].end_nested_row()

    _WORDS: ClassVar[dict[str, Callable[[_Reader, int | None], None]]] = {
        "ansicpg": _set_page,
        "b": _set_bold,
        "cell": _end_cell,
        "cocoartf": _set_cocoa,
        "cpg": _set_font_page,
        "deff": _set_default_font,
        "deleted": _set_deleted,
        "f": _set_font,
        "fcharset": _set_charset,
        "fonttbl": _begin_fonts,
        "intbl": _set_in_table,
        "itap": _set_table_depth,
        "nestcell": _end_nested_cell,
        "nestrow": _end_nested_row,
        "outlinelevel": _set_level,
        "page": _break,
        "par": _end_paragraph,
        "pard": _plain_paragraph,
        "plain": _plain,
        "row": _end_row,
        "s": _set_style,
        "sect": _end_paragraph,
        "shptxt": _begin_box,
        "stylesheet": _begin_styles,
        "u": _unicode,
        "uc": _set_fallbacks,
        "v": _set_hidden,
    }
