"""Word documents (ISO 29500-1, WordprocessingML).

Left out are deletions, hidden text, running heads, notes, comments, automatic numbers and placeholders.
Warning: `damaged`, the document ends in the middle or does not have the checksum that it should; what came before is
read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from turnstream.extract.office import blocks, teams
from turnstream.extract.office.blocks import Block, Paragraph
from turnstream.extract.office.docx_styles import PREFIXES, Styles, is_on, level_of
from turnstream.extract.office.markup import walk
from turnstream.extract.office.package import Package
from turnstream.extract.pieces import Reading

_RELATIONS = {"http://schemas.openxmlformats.org/package/2006/relationships": "r"}
#: Folders of the other kinds of Office files.
_OTHERS = ("xl/", "ppt/", "visio/")
#: What is in these elements is not the text of the page: deletions, what properties were before they changed,
#: the reading beside a character, what a placeholder is made of.
_LEFT_OUT = frozenset(("w:moveFrom", "w:rPrChange", "w:pPrChange", "w:tblPrChange", "w:trPrChange", "w:tcPrChange"))
_LEFT_OUT |= {"w:rt", "w:sectPr"}
#: … but in these, `w:del` says that a paragraph's mark or a row is deleted.
_MARKED = {"w:rPr": "paragraph", "w:trPr": "row"}
#: What stands in these is of a paragraph or run, not in it.
_PROPERTIES = frozenset(("w:pPr", "w:rPr"))
#: Characters that have an element of their own in a run.
_CHARACTERS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_LOST = "\ufffd"
#: The signs of the font Symbol from 0x20 and from 0xA0 on (Adobe's encoding of it), and some of Wingdings.
_SYMBOL = (
    " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑",
)
_SIGNS = {
    "symbol": dict(enumerate(_SYMBOL[0], 0x20)) | dict(enumerate(_SYMBOL[1], 0xA0)),
    "wingdings": {0x4A: "☺", 0x6C: "●", 0x6E: "■", 0xA7: "▪", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xFC: "✓"},
}
_FONTS_OF_SIGNS = (*_SIGNS, "webdings", "marlett", "zapf")
#: Where such fonts have their signs, if not below; what no character is.
_PRIVATE, _SURROGATES, _LAST = range(0xF000, 0xF100), range(0xD800, 0xE000), 0xFFFF


def main_part(package: Package) -> str | None:
    """Return the name of the document in a package, if it is one of Word."""
    found = _related(package, "", "officeDocument") or "word/document.xml"
    return found if found.lower() in package.names and not found.lower().startswith(_OTHERS) else None


def read(package: Package, main: str) -> Reading:
    """Read the document of a package.

    Raises:
        Damaged: nothing of it can be read.
        PermanentError: it is encrypted or too large.

    """
    styles = Styles()
    walk(package.read(_related(package, main, "styles") or "word/styles.xml"), PREFIXES, styles)
    body = Body(styles)
    whole = walk(package.read(main), PREFIXES, body) and not package.broken
    return reading(body.blocks(), whole=whole)


def reading(found: list[Block], *, whole: bool) -> Reading:
    """Return what was found in a document, as `blocks.reading` does; the cues of one export have speakers and times."""
    return blocks.reading("docx", found, whole=whole, cues=teams.cues(found))


def _related(package: Package, part: str, kind: str) -> str | None:
    """The part of a kind, such as `styles`, that another (or the package) leads to; nothing outside of the package."""
    folder, name = posixpath.split(part)
    relations = _Relations(kind)
    walk(package.read(posixpath.join(folder, "_rels", f"{name}.rels")), _RELATIONS, relations)
    return relations.target and posixpath.normpath(posixpath.join("/", folder, relations.target)).lstrip("/")


class _Relations:
    """The first target of a kind inside of the package."""

    def __init__(self, kind: str) -> None:
        self._kind = f"/{kind}"
        self.target: str | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        wanted = name == "r:Relationship" and attributes.get("Type", "").endswith(self._kind)
        if wanted and self.target is None and attributes.get("TargetMode") != "External":
            self.target = attributes.get("Target")

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


@dataclass(slots=True)
class _Run:
    """A stretch of text of one look, while its properties are read."""

    style: str | None = None
    bold: bool | None = None
    bold_complex: bool | None = None
    hidden: bool | None = None
    is_complex: bool = False


@dataclass(slots=True)
class _Open:
    """A paragraph that has begun; ``beside`` are the paragraphs of text boxes in it."""

    paragraph: Paragraph
    style: str | None = None
    run: _Run | None = None
    joined: bool = False
    beside: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Story:
    """What holds paragraphs: the body, a cell, a text box; ``carried`` is one that its deleted mark does not end."""

    blocks: list[Block] = field(default_factory=list)
    carried: Paragraph | None = None

    def close(self) -> list[Block]:
        if self.carried:
            self.blocks.append(self.carried.lines())
            self.carried = None
        return self.blocks


@dataclass(slots=True)
class _Row:
    cells: list[list[Block]] = field(default_factory=list)
    deleted: bool = False


class Body:
    """The paragraphs of a document's body; a handler of XML in which anything may stand around it."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._path: list[str] = []
        self._left_out = 0
        self._stories = [_Story()]
        self._paragraphs: list[_Open] = []
        self._tables: list[list[list[list[Block]]]] = []
        self._rows: list[_Row] = []
        self._alternatives: list[bool] = []
        self._placeholder = False
        self._text: list[str] | None = None
        self._preserved = False
        self._inside = False
        #: Whether there is a body.
        self.is_met = False

    def blocks(self) -> list[Block]:
        """Return the paragraphs; of a document that ends in the middle, those so far."""
        self._end_text()
        found = self._stories[0].close()
        for rows in self._tables:
            found += blocks.table(rows)
        for row in self._rows:
            found += blocks.row(row.cells)
        for story in self._stories[1:]:
            found += story.close()
        for one in self._paragraphs:
            found += [one.paragraph.lines(), *one.beside]
        return found

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element, or leave it out."""
        if not self._inside:
            self._inside = name == "w:body"
            self.is_met = self.is_met or self._inside
            return
        if self._left_out or self._is_left_out(name):
            self._left_out += 1
            return
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if parent in _PROPERTIES:
            self._property(parent, name, attributes)
        elif begin := self._BEGIN.get(name):
            begin(self, attributes)
        elif parent == "w:r" and name in _CHARACTERS:
            self._add(_CHARACTERS[name])

    def end(self, name: str) -> None:
        """End an element."""
        if self._left_out:
            self._left_out -= 1
            return
        if not self._path:
            self._inside = False
            return
        self._path.pop()
        if (finish := self._END.get(name)) and not _PROPERTIES.intersection(self._path[-1:]):
            finish(self)

    def text(self, data: str) -> None:
        """Keep the text of a run."""
        if self._text is not None and not self._left_out:
            self._text.append(data)

    def _is_left_out(self, name: str) -> bool:
        if name in _LEFT_OUT:
            return True
        if name == "w:del":
            return not self._path or self._path[-1] not in _MARKED
        if name == "mc:Fallback":
            return bool(self._alternatives) and self._alternatives[-1]
        if name == "mc:Choice" and self._alternatives:
            taken, self._alternatives[-1] = self._alternatives[-1], True
            return taken
        if name == "w:sdtContent" and self._placeholder:
            self._placeholder = False
            return True
        return False

    def _property(self, parent: str, name: str, attributes: Mapping[str, str]) -> None:
        """Of a paragraph, its mark, or a run: the innermost that is open."""
        one = self._paragraphs[-1] if self._paragraphs else None
        if one is None:
            return
        if parent == "w:pPr":
            if name == "w:pStyle":
                one.style = attributes.get("w:val")
                one.paragraph.heading = one.paragraph.heading or self._styles.look(one.style).heading
            elif name == "w:outlineLvl":
                one.paragraph.heading = level_of(attributes) or one.paragraph.heading
        elif self._path[-3:-2] == ["w:pPr"]:
            one.joined = one.joined or name in ("w:del", "w:moveFrom")
        elif one.run and self._path[-3:-2] == ["w:r"]:
            _take(one.run, name, attributes)

    def _begin_paragraph(self, _: Mapping[str, str]) -> None:
        story, opened = self._stories[-1], _Open(Paragraph())
        if story.carried:
            opened.paragraph.go_on(story.carried)
            story.carried = None
        self._paragraphs.append(opened)

    def _end_paragraph(self) -> None:
        if not self._paragraphs:
            return
        one, story = self._paragraphs.pop(), self._stories[-1]
        if one.joined:
            story.carried = one.paragraph
        else:
            story.blocks.append(one.paragraph.lines())
        story.blocks += one.beside

    def _begin_run(self, _: Mapping[str, str]) -> None:
        if self._paragraphs:
            self._paragraphs[-1].run = _Run()

    def _end_run(self) -> None:
        if self._paragraphs:
            self._paragraphs[-1].run = None

    def _begin_text(self, attributes: Mapping[str, str]) -> None:
        self._text, self._preserved = [], attributes.get("xml:space") == "preserve"

    def _end_text(self) -> None:
        text, self._text = "".join(self._text or ()), None
        # White space that is not preserved is the writing program's; no break of a line.
        self._add(text if self._preserved else text.replace("\n", " "))

    def _symbol(self, attributes: Mapping[str, str]) -> None:
        self._add(_symbol(attributes.get("w:font", ""), attributes.get("w:char", "")))

    def _add(self, text: str) -> None:
        one = self._paragraphs[-1] if self._paragraphs else None
        if one is None:
            return
        run = one.run or _Run()
        around, own = self._styles.look(one.style), self._styles.look(run.style)
        hidden = run.hidden if run.hidden is not None else bool(around.hidden) != bool(own.hidden)
        bold = run.bold_complex if run.is_complex else run.bold
        if not hidden:
            # Toggles of two styles take each other away (17.7.3).
            one.paragraph.add(text, bold=bool(around.bold) != bool(own.bold) if bold is None else bold)

    def _begin_story(self, _: Mapping[str, str]) -> None:
        self._stories.append(_Story())

    def _end_box(self) -> None:
        if len(self._stories) > 1:
            found = self._stories.pop().close()
            (self._paragraphs[-1].beside if self._paragraphs else self._stories[-1].blocks).extend(found)

    def _end_cell(self) -> None:
        if len(self._stories) > 1 and self._rows:
            self._rows[-1].cells.append(self._stories.pop().close())

    def _begin_row(self, _: Mapping[str, str]) -> None:
        self._rows.append(_Row())

    def _end_row(self) -> None:
        row = self._rows.pop() if self._rows else _Row()
        if self._tables and not row.deleted:
            self._tables[-1].append(row.cells)

    def _begin_table(self, _: Mapping[str, str]) -> None:
        self._tables.append([])

    def _end_table(self) -> None:
        self._stories[-1].blocks += blocks.table(self._tables.pop())

    def _delete(self, _: Mapping[str, str]) -> None:
        if self._rows and ("w:trPr", "w:del") in pairwise(self._path[-2:]):
            self._rows[-1].deleted = True

    def _begin_alternatives(self, _: Mapping[str, str]) -> None:
        self._alternatives.append(False)

    def _end_alternatives(self) -> None:
        self._alternatives.pop()

    def _shows_placeholder(self, _: Mapping[str, str]) -> None:
        self._placeholder = True

    def _begin_control(self, _: Mapping[str, str]) -> None:
        self._placeholder = False

    _BEGIN: ClassVar[dict[str, Callable[[Body, Mapping[str, str]], None]]] = {
        "w:p": _begin_paragraph,
        "w:r": _begin_run,
        "m:r": _begin_run,
        "w:t": _begin_text,
        "m:t": _begin_text,
        "w:sym": _symbol,
        "w:tbl": _begin_table,
        "w:tr": _begin_row,
        "w:tc": _begin_story,
        "w:txbxContent": _begin_story,
        "w:del": _delete,
        "mc:AlternateContent": _begin_alternatives,
        "w:sdt": _begin_control,
        "w:showingPlcHdr": _shows_placeholder,
    }
    _END: ClassVar[dict[str, Callable[[Body], None]]] = {
        "w:p": _end_paragraph,
        "w:r": _end_run,
        "m:r": _end_run,
        "w:t": _end_text,
        "m:t": _end_text,
        "w:tbl": _end_table,
        "w:tr": _end_row,
        "w:tc": _end_cell,
        "w:txbxContent": _end_box,
        "mc:AlternateContent": _end_alternatives,
    }


def _take(run: _Run, name: str, attributes: Mapping[str, str]) -> None:
    match name:
        case "w:b":
            run.bold = is_on(attributes)
        case "w:bCs":
            run.bold_complex = is_on(attributes)
        case "w:vanish":
            run.hidden = is_on(attributes)
        case "w:rtl" | "w:cs":
            run.is_complex = is_on(attributes)
        case "w:rStyle":
            run.style = attributes.get("w:val")
        case _:
            pass


def _symbol(font: str, code: str) -> str:
    try:
        value = int(code, 16)
    except ValueError:
        return _LOST
    font = font.casefold()
    place = value - _PRIVATE.start if value in _PRIVATE else value
    if place < len(_PRIVATE) and font.startswith(_FONTS_OF_SIGNS):
        return _SIGNS.get(font, {}).get(place, _LOST)
    return chr(place) if ord(" ") <= place <= _LAST and place not in _SURROGATES else _LOST
