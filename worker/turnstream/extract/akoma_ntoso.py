"""Akoma Ntoso (OASIS LegalDocML) debates, and what SayIt exports.

A speaker is called as `from` shows it, else by the name of the person that `by` refers to, else by that reference.
"""

from __future__ import annotations

from typing import ClassVar

from turnstream.extract.markup import Element, Scribe, first_of, label_of, read_markup
from turnstream.extract.pieces import Reading

#: Elements that hold what somebody says.
_SPEECHES = frozenset(("answer", "question", "speech", "speechGroup"))
#: The top of a document, in the words of its publisher.
_TOP = ("coverPage", "preface")


def read(text: str) -> Reading:
    """Read an Akoma Ntoso document.

    Raises:
        Damaged: it breaks before anything is said.
        UnsupportedFormat: see ``read_markup``.

    """
    return read_markup(text, _Scribe, "akoma_ntoso")


class _Scribe(Scribe):
    skipped: ClassVar[frozenset[str]] = frozenset((
        "analysis", "classification", "identification", "lifecycle", "notes", "presentation", "publication",
        "recordedTime", "temporalData", "workflow",
    ))  # fmt: skip
    labels: ClassVar[frozenset[str]] = frozenset(("from",))
    blocks: ClassVar[frozenset[str]] = _SPEECHES | frozenset((
        "address", "adjournment", "administrationOfOath", "attachments", "block", "blockList", "communication",
        "conclusions", "container", "coverPage", "debateBody", "debateSection", "declarationOfVote", "from", "heading",
        "item", "li", "longTitle", "listIntroduction", "ministerialStatements", "narrative", "nationalInterest",
        "noticesOfMotion", "num", "oralStatements", "other", "p", "papers", "personalStatements", "petitions",
        "pointOfOrder", "prayers", "preface", "proceduralMotions", "questions", "resolutions", "rollCall", "scene",
        "subheading", "summary", "td", "th", "tr", "writtenStatements",
    ))  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._people: dict[str, str] = {}
        self._speakers: list[str | None] = []

    def opened(self, element: Element) -> None:
        """Take note of people and speeches."""
        match element.name:
            case "TLCPerson" | "TLCRole" | "TLCOrganization" if shown := element.attributes.get("showAs", "").strip():
                for key in ("id", "eId"):
                    self._people.setdefault(element.attributes.get(key, ""), shown)
            case name if name in _SPEECHES:
                outer = self._speakers[-1] if self._speakers else None
                self._speakers.append(first_of((self._name(element), outer)))
                self.speaker = self._speakers[-1]
            case "br" | "eol":
                self.add(" ")
            case _:
                pass

    def closed(self, element: Element) -> None:
        """Take note of labels, headings and remarks."""
        match element.name:
            case name if name in _SPEECHES:
                self.end_paragraph()
                self._speakers.pop()
                self.speaker = self._speakers[-1] if self._speakers else None
            case "meta":
                self.text_of(element)
            case "from" if self._speakers:
                label = label_of(self.text_of(element))
                self._speakers[-1] = self.speaker = label or self.speaker
            case "docTitle" if self.is_in(*_TOP):
                self.write(self.text_of(element), "heading 1")
            case "heading" | "subheading" if not self._speakers:
                depth = sum(one.name == "debateSection" for one in self.open)
                self.write(self.text_of(element), f"heading {min(1 + max(depth, 1), 6)}")
            case "remark":
                self.remark(self.text_of(element), inline=self.has_text() or self.open[-1].name not in _SPEECHES)
            case _:
                pass

    def _name(self, element: Element) -> str | None:
        reference = element.attributes.get("by", "").strip()
        key = reference.rpartition("#")[2]
        return first_of((self._people.get(key) if key else None, f"Speaker {key}" if key.isdecimal() else key))
