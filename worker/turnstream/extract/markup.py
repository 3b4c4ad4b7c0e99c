"""XML as a stream, for the readers of its vocabularies: what is an element to each, and no more than the file itself.

Nothing is drawn in from elsewhere, and no entity grows: one may be declared as a few characters, as `&pound;` is.
Text beyond what XML allows is mended where its meaning is certain: a bare `&`, HTML's names of characters, controls.
Where it breaks all the same, what stood before is read.  Warning: ``damaged``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html.entities import html5
from typing import ClassVar
from xml.parsers import expat

from turnstream.errors import Damaged, UnsupportedFormat
from turnstream.extract.limits import MAX_DEPTH
from turnstream.extract.pieces import Piece, Reading, utterances

#: Characters of an entity's text: more is a bomb's, or a part of a document.
MAX_ENTITY = 16
#: What XML 1.0 forbids (2.2): controls, halves of pairs, two that are no characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: An ampersand that begins no reference that XML knows, and what is left alone.
_AMPERSAND = re.compile(
    r"(?s)<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#\d|#x[\da-fA-F]|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z]\w{1,30});)?"
)
#: What ends a label: a colon, or a period that no abbreviation ends in.
_LABEL_END = re.compile(r"(?:\s*[:：]|(?<!\b\w)(?<!\bJr)(?<!\bSr)\.)\s*$")
_PAIRS = {"(": ")", "[": "]", "（": "）", "【": "】"}


@dataclass(slots=True)
class Element:
    """An open element: its name without a prefix, its attributes, and how much of the text stands before it."""

    name: str
    attributes: dict[str, str]
    at: int = 0


class Scribe:
    """Writes the pieces down while a document goes by; a vocabulary says in ``opened`` and ``closed`` what is what.

    ``speaker`` and the times are those of the paragraph that is written.
    """

    #: Elements that are left out, with all that is in them.
    skipped: ClassVar[frozenset[str]] = frozenset()
    #: Elements that are a label: one that is cut off says nothing.
    labels: ClassVar[frozenset[str]] = frozenset()
    #: Elements that are paragraphs, or hold some; in all others text runs on.
    blocks: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.open: list[Element] = []
        self.speaker: str | None = None
        self.start_s: float | None = None
        self.end_s: float | None = None
        self._text: list[str] = []
        self._skipping = 0
        self._remarked = False

    def opened(self, element: Element) -> None:
        """Take note of an element that begins; its parent is the last that is open."""

    def closed(self, element: Element) -> None:
        """Take note of an element that ends; its parent is the last that is open."""

    def is_skipped(self, element: Element) -> bool:
        """Whether an element is left out."""
        return element.name in self.skipped

    def is_block(self, element: Element) -> bool:
        """Whether a new paragraph begins with an element, and another one behind it."""
        return element.name in self.blocks

    def is_label(self, element: Element) -> bool:
        """Whether an element is a label."""
        return element.name in self.labels

    def is_in(self, *names: str) -> bool:
        """Whether an element of one of the names is open."""
        return any(element.name in names for element in self.open)

    def add(self, text: str) -> None:
        """Go on with the paragraph."""
        if self._remarked and text[:1].isalnum():
            self._text.append(" ")
        self._remarked = False
        self._text.append(text)

    def text_of(self, element: Element) -> str:
        """Return the text of an element that ends, and take it out of the paragraph."""
        text = _even("".join(self._text[element.at :]))
        del self._text[element.at :]
        return text

    def has_text(self) -> bool:
        """Whether anything is written of the paragraph."""
        return any(not part.isspace() for part in self._text if part)

    def drop_label(self) -> None:
        """Leave out the label that is being written, if any."""
        for element in self.open:
            if self.is_label(element):
                self.text_of(element)
                return

    def end_paragraph(self) -> None:
        """Write a paragraph down, if there is any, as what the speaker says."""
        text = _even("".join(self._text))
        self._text.clear()
        for element in self.open:
            element.at = 0
        if text and self.speaker:
            self.pieces.append(Piece(text, self.speaker, self.start_s, self.end_s))
        elif text:
            self.write(text)

    def write(self, text: str, style: str | None = None) -> None:
        """Write down what nobody says: a heading, a remark, narration."""
        if text:
            self.pieces += (Piece(""), Piece(text, style=style))

    def remark(self, text: str, *, inline: bool) -> None:
        """Write a remark down in brackets: in the paragraph, or apart from it."""
        if not text:
            return
        if not (text[0] in _PAIRS and text.rstrip(".")[-1:] == _PAIRS[text[0]]):
            text = f"({text})"
        if inline:
            self.add(f" {text}")
            self._remarked = True
        else:
            self.end_paragraph()
            self.write(text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Hear of an element that begins, as expat tells it."""
        if len(self.open) + self._skipping >= MAX_DEPTH:
            raise Damaged(f"XML of more than {MAX_DEPTH} levels")
        element = Element(name.rpartition(":")[2], attributes)
        if self._skipping or self.is_skipped(element):
            self._skipping += 1
            return
        if self.is_block(element):
            self.end_paragraph()
        element.at = len(self._text)
        self.opened(element)
        self.open.append(element)

    def end(self, _name: str) -> None:
        """Hear of one that ends."""
        if self._skipping:
            self._skipping -= 1
            return
        element = self.open.pop()
        self.closed(element)
        if self.is_block(element):
            self.end_paragraph()

    def characters(self, text: str) -> None:
        """Hear of text."""
        if not self._skipping:
            self.add(text)


def read_markup(text: str, vocabulary: Callable[[], Scribe], name: str) -> Reading:
    """Read a document in a vocabulary.

    Raises:
        Damaged: it breaks before anything is said, or is deeper than anybody writes.
        UnsupportedFormat: it draws in other files, or declares entities that are documents.

    """
    scribe = vocabulary()
    broken = _parse(text, scribe)
    if broken:
        scribe = vocabulary()
        broken = _parse(_AMPERSAND.sub(_mended, _FORBIDDEN.sub(" ", text)), scribe)
    if broken:
        scribe.drop_label()
    scribe.end_paragraph()
    if broken and not scribe.pieces:
        raise Damaged(f"broken XML: {broken}")
    return Reading(name, utterances(scribe.pieces, are_paragraphs=True), ("damaged",) if broken else ())


def label_of(text: str) -> str:
    """Return a label without what ends it: `HAMLET.`, `Petra Pau:`."""
    return _LABEL_END.sub("", text)


def first_of(names: Iterable[str | None]) -> str | None:
    """Return the first of several names that there is."""
    return next(filter(None, names), None)


def _parse(text: str, scribe: Scribe) -> str:
    """Let a scribe hear a document; return what breaks it."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = scribe.start
    parser.EndElementHandler = scribe.end
    parser.CharacterDataHandler = scribe.characters
    parser.EntityDeclHandler = _allow_entity
    parser.SkippedEntityHandler = lambda name, parameter: None if parameter else scribe.characters(_character(name))
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        parser.buffer_text = False  # hands over the text that is still held back
        return str(error)
    return ""


def _allow_entity(name: str, _parameter: int, value: str | None, *_elsewhere: str | None) -> None:
    if value is None:
        raise UnsupportedFormat("XML that draws in other files")
    if len(value) > MAX_ENTITY or "&" in value or "<" in value:
        raise UnsupportedFormat(f"XML that declares an entity of more than a few characters: {name[:40]}")


def _mended(found: re.Match[str]) -> str:
    if found[0][0] == "<":
        return found[0]
    return _character(found[1]).replace("&", "&amp;").replace("<", "&lt;") if found[1] else "&amp;"


def _character(name: str) -> str:
    return html5.get(f"{name};", f"&{name};")


def _even(text: str) -> str:
    return " ".join(text.split())
