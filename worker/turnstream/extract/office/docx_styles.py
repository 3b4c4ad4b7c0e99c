"""What the styles of a Word document say of its text: bold, hidden, a heading (ISO 29500-1, 17.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from turnstream.extract.office.markup import XML

#: Namespaces of a document, as Word writes it and as ISO 29500 Strict does.
PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    XML: "xml",
}
#: Names of styles are English in every Word; ids are not.
_HEADING = re.compile(r"heading ?([1-6])")
#: Values that switch a property off (17.17.4).
_OFF = frozenset(("0", "false", "off", "none"))
#: Styles that are based on one another; Word allows 11.
_MOST_BASED = 20
#: Levels of headings that are told apart.
HEADINGS = 6


def is_on(attributes: Mapping[str, str]) -> bool:
    """Whether a property that an element stands for is switched on."""
    return attributes.get("w:val", "1") not in _OFF


def heading_of(name: str) -> int | None:
    """Return the level of a heading's style by its name or id."""
    name = name.casefold()
    match = _HEADING.fullmatch(name)
    return int(match[1]) if match else 1 if name == "title" else None


def level_of(attributes: Mapping[str, str]) -> int | None:
    """Return the level of a heading by its outline level, which counts from 0; 9 is body text."""
    value = attributes.get("w:val", "")
    return int(value) + 1 if value.isascii() and value.isdigit() and int(value) < HEADINGS else None


class Look(NamedTuple):
    """What a style says; ``None`` where it says nothing."""

    bold: bool | None = None
    hidden: bool | None = None
    heading: int | None = None

    def over(self, other: Look) -> Look:
        """Return this with what it does not say as another has it."""
        return Look(
            other.bold if self.bold is None else self.bold,
            other.hidden if self.hidden is None else self.hidden,
            self.heading or other.heading,
        )


class Styles:
    """The styles of a document by id; a handler of its XML."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}
        self._based_on: dict[str, str] = {}
        self._resolved: dict[str, Look] = {}
        self._path: list[str] = []
        self._id: str | None = None

    def look(self, style: str | None) -> Look:
        """Return how text in a style looks, with all that it is based on."""
        if style is None:
            return Look()
        look = self._resolved.get(style)
        if look is None:
            look, based_on = Look(heading=heading_of(style)) if style not in self._looks else Look(), style
            for _ in range(_MOST_BASED):
                look = look.over(self._looks.get(based_on, Look()))
                based_on = self._based_on.get(based_on, "")
            self._resolved[style] = look
        return look

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a style's properties."""
        self._path.append(name)
        if name == "w:style":
            self._id = attributes.get("w:styleId")
            if self._id is not None:
                self._looks[self._id] = Look()
        elif self._id is not None:
            self._take(self._id, name, attributes)

    def _take(self, style: str, name: str, attributes: Mapping[str, str]) -> None:
        look, value = self._looks[style], attributes.get("w:val", "")
        match self._path[-2:]:
            case ["w:style", "w:name"]:
                self._looks[style] = look._replace(heading=heading_of(value) or look.heading)
            case ["w:style", "w:basedOn"]:
                self._based_on[style] = value
            case ["w:pPr", "w:outlineLvl"]:
                self._looks[style] = look._replace(heading=look.heading or level_of(attributes))
            case ["w:rPr", "w:b" | "w:vanish"] if self._path[-3] == "w:style":
                key = "bold" if name == "w:b" else "hidden"
                self._looks[style] = look._replace(**{key: is_on(attributes)})
            case _:
                pass

    def end(self, name: str) -> None:
        """Leave an element."""
        self._path.pop()
        if name == "w:style":
            self._id = None

    def text(self, data: str) -> None:
        """Styles have no text."""
