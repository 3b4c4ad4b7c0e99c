"""Plenary protocols of the German Bundestag, in its XML since the 19th electoral term.

A label stands above what somebody says (`p` of class `redner` or `N`, `name`) and holds until the next; what is
between, the items of the agenda and who applauds or heckles, is nobody's.
"""

from __future__ import annotations

from typing import ClassVar

from turnstream.extract.markup import Element, Scribe, label_of, read_markup
from turnstream.extract.pieces import Reading

#: Classes of paragraphs that are a label.
_LABELS = frozenset(("N", "redner"))
#: What classes of paragraphs of the agenda begin with.
_AGENDA = "T_"
#: Parts of a name, in the order in which it is written.
_NAME = ("titel", "vorname", "namenszusatz", "nachname")


def read(text: str) -> Reading:
    """Read a protocol.

    Raises:
        Damaged: it breaks before anything is said.
        UnsupportedFormat: see ``read_markup``.

    """
    return read_markup(text, _Scribe, "bundestag")


class _Scribe(Scribe):
    #: The list of contents and the list of all who speak say nothing that the text does not.
    skipped: ClassVar[frozenset[str]] = frozenset(("a", "inhaltsverzeichnis", "rednerliste", "sup"))
    labels: ClassVar[frozenset[str]] = frozenset(("name", "redner"))
    blocks: ClassVar[frozenset[str]] = frozenset((
        "anlage", "anlagen", "anlagen-text", "anlagen-titel", "berichtart", "herausgeber", "kopfdaten",
        "p", "plenarprotokoll-nummer", "rede", "sitzungsbeginn", "sitzungsende", "sitzungstitel", "sitzungsverlauf",
        "tagesordnungspunkt", "td", "th", "tr", "veranstaltungsdaten", "vorspann", "zitat",
    ))  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._parts: dict[str, str] = {}
        self._speaking: str | None = None

    def is_label(self, element: Element) -> bool:
        """Whether an element is a label; a paragraph is by its class."""
        return super().is_label(element) or element.attributes.get("klasse") in _LABELS

    def opened(self, element: Element) -> None:
        """Take note of what is nobody's."""
        match element.name:
            case "p":
                nobodys = element.attributes.get("klasse", "").startswith(_AGENDA)
                self.speaker = None if nobodys else self._speaking
            case "anlagen" | "sitzungsende":
                self._speaking = None
            case "redner":
                self._parts = {}
            case _:
                pass

    def closed(self, element: Element) -> None:
        """Take note of labels and remarks."""
        match element.name:
            case name if name in _NAME and self.is_in("redner"):
                self._parts[name] = self.text_of(element)
            case "redner":
                self.text_of(element)
            case "name" if not self.is_in("redner"):
                self._called(self.text_of(element))
            case "p" if element.attributes.get("klasse") in _LABELS:
                self._called(self.text_of(element) or " ".join(filter(None, map(self._parts.get, _NAME))))
            case "kommentar":
                self.remark(self.text_of(element), inline=False)
            case "fussnote":
                self.remark(self.text_of(element), inline=True)
            case "plenarprotokoll-nummer":
                self.write(self.text_of(element), "heading 1")
            case "sitzungstitel" | "anlagen-titel":
                self.write(self.text_of(element), "heading 2")
            case _:
                pass

    def _called(self, label: str) -> None:
        self.end_paragraph()
        self._speaking = self.speaker = label_of(label) or self._speaking
