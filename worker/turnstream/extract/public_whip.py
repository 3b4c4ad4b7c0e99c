"""The debates of TheyWorkForYou and the Public Whip: British parliaments and assemblies."""

from __future__ import annotations

from typing import ClassVar

from turnstream.extract.markup import Element, Scribe, label_of, read_markup
from turnstream.extract.pieces import Reading

#: Elements that hold what somebody says, or what is done.
_SPEECHES = frozenset(("ques", "reply", "speech"))
#: Headings, by their rank.
_HEADINGS = {"oral-heading": 1, "major-heading": 2, "minor-heading": 3}


def read(text: str) -> Reading:
    """Read a document of debates, statements or written answers.

    Raises:
        Damaged: it breaks before anything is said.
        UnsupportedFormat: see ``read_markup``.

    """
    return read_markup(text, _Scribe, "public_whip")


class _Scribe(Scribe):
    skipped: ClassVar[frozenset[str]] = frozenset(("gidredirect",))
    blocks: ClassVar[frozenset[str]] = (
        _SPEECHES | _HEADINGS.keys() | {"division", "li", "lord", "mpname", "msp", "p", "td", "th", "tr"}
    )

    def opened(self, element: Element) -> None:
        """Take note of who speaks; a procedural speech is nobody's."""
        if element.name in _SPEECHES:
            self.speaker = label_of(element.attributes.get("speakername", "").strip()) or None
        elif element.name == "br":
            self.add(" ")

    def closed(self, element: Element) -> None:
        """Take note of headings and of the end of a speech."""
        if element.name in _SPEECHES:
            self.end_paragraph()
            self.speaker = None
        elif rank := _HEADINGS.get(element.name):
            self.write(self.text_of(element), f"heading {rank}")
