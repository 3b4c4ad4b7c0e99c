"""OpenDocument text (ODF 1.3 part 3).

Left out are deletions, hidden text, running heads, notes, comments, numbers of lists.
Warning: `damaged`, the document ends in the middle or does not have the checksum that it should; what came before is
read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from turnstream.errors import Encrypted
from turnstream.extract.office import blocks
from turnstream.extract.office.blocks import Block, Paragraph
from turnstream.extract.office.docx_styles import HEADINGS, heading_of
from turnstream.extract.office.markup import walk
from turnstream.extract.office.package import Package
from turnstream.extract.pieces import Reading

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
PREFIXES = {
    f"{_ODF}{namespace}:1.0": prefix
    for prefix, namespace in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "svg": "svg-compatible",
        "fo": "xsl-fo-compatible",
        "manifest": "manifest",
    }.items()
}
#: What is in these elements is not the text of the page.
_LEFT_OUT = frozenset(
    (
        "office:annotation",
        "office:binary-data",
        "office:event-listeners",
        "office:forms",
        "draw:object",
        "svg:desc",
        "svg:title",
        "table:covered-table-cell",
        "text:hidden-paragraph",
        "text:hidden-text",
        "text:note",
        "text:number",
        "text:ruby-text",
        "text:script",
        "text:tracked-changes",
    )
)
_SPACE = re.compile(r"[ \t\r\n]+")
#: Least weight of a font that is bold, where it is a number.
_BOLD = 600
#: Styles that are based on one another, and blanks that one element stands for.
_MOST_BASED, _MOST_BLANKS = 20, 200
#: A number with more digits than this is as good as this one.
_DIGITS = 4


def read(package: Package) -> Reading:
    """Read the document of a package.

    Raises:
        Encrypted: a password opens it.
        Damaged: nothing of it can be read.
        PermanentError: it is too large.

    """
    manifest = _Manifest()
    walk(package.read("meta-inf/manifest.xml"), PREFIXES, manifest)
    if manifest.encrypted or "encrypted-package" in package.names:
        raise Encrypted("an OpenDocument file that a password opens")
    styles = Styles()
    walk(package.read("styles.xml"), PREFIXES, styles)
    body = Body(styles)
    whole = walk(package.read("content.xml"), PREFIXES, body) and not package.broken
    return blocks.reading("odt", body.blocks(), whole=whole)


class _Manifest:
    """Whether a member is encrypted (ODF 1.3 part 2, 4.8)."""

    encrypted = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        self.encrypted = self.encrypted or name == "manifest:encryption-data"

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


class _Look(NamedTuple):
    based_on: str
    bold: bool | None = None
    hidden: bool | None = None


class Styles:
    """What the styles of a document say, by family and name; a handler of its XML.

    Those that a document's own text is in come after those of running heads, which may have the same names.
    """

    def __init__(self) -> None:
        self._looks: dict[tuple[str, str], _Look] = {}
        self._at: tuple[str, str] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a style's properties."""
        if name == "style:style":
            self._at = attributes.get("style:family", ""), attributes.get("style:name", "")
            self._looks[self._at] = _Look(attributes.get("style:parent-style-name", ""))
        elif name == "style:text-properties" and self._at:
            weight, display = attributes.get("fo:font-weight"), attributes.get("text:display")
            self._looks[self._at] = self._looks[self._at]._replace(
                bold=None if weight is None else _is_bold(weight), hidden=None if display is None else display == "none"
            )

    def end(self, name: str) -> None:
        """Leave a style."""
        if name == "style:style":
            self._at = None

    def text(self, data: str) -> None:
        """Styles have no text."""

    def bold(self, family: str, name: str) -> bool | None:
        """Whether text in a style is bold; ``None`` if nothing says so."""
        return next((look.bold for look in self._chain(family, name) if look.bold is not None), None)

    def hidden(self, family: str, name: str) -> bool:
        """Whether it is not shown."""
        return next((look.hidden for look in self._chain(family, name) if look.hidden is not None), False)

    def is_title(self, name: str) -> bool:
        """Whether a paragraph's style is the title's, or based on it."""
        return heading_of(name) == 1 or any(look.based_on == "Title" for look in self._chain("paragraph", name))

    def _chain(self, family: str, name: str) -> list[_Look]:
        found: list[_Look] = []
        while (look := self._looks.get((family, name))) and len(found) < _MOST_BASED:
            found.append(look)
            name = look.based_on
        return found


def _is_bold(weight: str) -> bool:
    return weight == "bold" or (weight.isascii() and weight.isdigit() and int(weight[:_DIGITS]) >= _BOLD)


@dataclass(slots=True)
class _Open:
    """A paragraph that has begun; ``beside`` are the paragraphs of text boxes in it, ``spans`` the styles within it."""

    paragraph: Paragraph
    style: str
    hidden: bool
    spans: list[str] = field(default_factory=list)
    blank: bool = True
    beside: list[Block] = field(default_factory=list)


class Body:
    """The paragraphs of a document; a handler of XML in which its styles may come first."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._left_out = 0
        self._depth = 0
        self._stories: list[list[Block]] = [[]]
        self._paragraphs: list[_Open] = []
        self._tables: list[list[list[list[Block]]]] = []
        self._rows: list[list[list[Block]]] = []
        #: Whether there is a text.
        self.is_met = False

    def blocks(self) -> list[Block]:
        """Return the paragraphs; of a document that ends in the middle, those so far."""
        found = self._stories[0]
        for rows in self._tables:
            found += blocks.table(rows)
        for row in self._rows:
            found += blocks.row(row)
        for story in self._stories[1:]:
            found += story
        for one in self._paragraphs:
            found += [one.paragraph.lines(), *one.beside]
        return found

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element, or leave it out."""
        if not self._depth and name != "office:text":
            self._styles.start(name, attributes)
            return
        self._depth += 1
        self.is_met = True
        hidden = name == "text:section" and attributes.get("text:display") == "none"
        if self._left_out or hidden or name in _LEFT_OUT:
            self._left_out += 1
        elif begin := self._BEGIN.get(name):
            begin(self, attributes)

    def end(self, name: str) -> None:
        """End an element."""
        if not self._depth:
            self._styles.end(name)
            return
        self._depth -= 1
        if self._left_out:
            self._left_out -= 1
        elif finish := self._END.get(name):
            finish(self)

    def text(self, data: str) -> None:
        """Keep the text of a paragraph; white space counts once (6.1.2)."""
        if self._left_out or not self._paragraphs:
            return
        one = self._paragraphs[-1]
        text = _SPACE.sub(" ", data)
        self._add(text[1:] if one.blank and text[:1] == " " else text)
        one.blank = text[-1:] == " "

    def _add(self, text: str) -> None:
        if not self._paragraphs:
            return
        one, styles = self._paragraphs[-1], self._styles
        one.blank = False
        if one.hidden or any(styles.hidden("text", span) for span in one.spans):
            return
        says = (styles.bold("text", span) for span in reversed(one.spans))
        bold = next((said for said in says if said is not None), styles.bold("paragraph", one.style))
        one.paragraph.add(text, bold=bool(bold))

    def _begin_paragraph(self, attributes: Mapping[str, str]) -> None:
        style = attributes.get("text:style-name", "")
        heading = 1 if self._styles.is_title(style) else None
        self._paragraphs.append(_Open(Paragraph(heading), style, self._styles.hidden("paragraph", style)))

    def _begin_heading(self, attributes: Mapping[str, str]) -> None:
        self._begin_paragraph(attributes)
        level = attributes.get("text:outline-level", "1")
        if len(level) == 1 and level in "123456789" and int(level) <= HEADINGS:
            self._paragraphs[-1].paragraph.heading = int(level)

    def _end_paragraph(self) -> None:
        one = self._paragraphs.pop()
        self._stories[-1] += [one.paragraph.lines(), *one.beside]

    def _begin_span(self, attributes: Mapping[str, str]) -> None:
        if self._paragraphs:
            self._paragraphs[-1].spans.append(attributes.get("text:style-name", ""))

    def _end_span(self) -> None:
        if self._paragraphs:
            self._paragraphs[-1].spans.pop()

    def _blanks(self, attributes: Mapping[str, str]) -> None:
        count = attributes.get("text:c", "1")
        self._add(" " * (min(int(count[:_DIGITS]), _MOST_BLANKS) if count.isascii() and count.isdigit() else 1))

    def _tab(self, _: Mapping[str, str]) -> None:
        self._add("\t")

    def _break(self, _: Mapping[str, str]) -> None:
        self._add("\n")

    def _begin_story(self, _: Mapping[str, str]) -> None:
        self._stories.append([])

    def _end_box(self) -> None:
        found = self._stories.pop()
        (self._paragraphs[-1].beside if self._paragraphs else self._stories[-1]).extend(found)

    def _begin_row(self, _: Mapping[str, str]) -> None:
        self._rows.append([])

    def _end_cell(self) -> None:
        found = self._stories.pop()
        if self._rows:
            self._rows[-1].append(found)
        else:
            self._stories[-1].extend(found)

    def _end_row(self) -> None:
        row = self._rows.pop()
        if self._tables:
            self._tables[-1].append(row)
        else:
            self._stories[-1] += blocks.row(row)

    def _begin_table(self, _: Mapping[str, str]) -> None:
        self._tables.append([])

    def _end_table(self) -> None:
        self._stories[-1] += blocks.table(self._tables.pop())

    _BEGIN: ClassVar[dict[str, Callable[[Body, Mapping[str, str]], None]]] = {
        "text:p": _begin_paragraph,
        "text:h": _begin_heading,
        "text:span": _begin_span,
        "text:s": _blanks,
        "text:tab": _tab,
        "text:line-break": _break,
        "draw:text-box": _begin_story,
        "table:table": _begin_table,
        "table:table-row": _begin_row,
        "table:table-cell": _begin_story,
    }
    _END: ClassVar[dict[str, Callable[[Body], None]]] = {
        "text:p": _end_paragraph,
        "text:h": _end_paragraph,
        "text:span": _end_span,
        "draw:text-box": _end_box,
        "table:table": _end_table,
        "table:table-row": _end_row,
        "table:table-cell": _end_cell,
    }
