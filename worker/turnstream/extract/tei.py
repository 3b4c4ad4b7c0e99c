"""TEI (P4, P5): plays (`sp`), transcribed speech (`u`, ISO 24624 `annotationBlock`), Parla-CLARIN and ParlaMint.

A speaker is called as the text shows it (`speaker`, `note` of type `speaker`), else by the name of the person that
`who` refers to, else by that reference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from turnstream.extract.markup import Element, Scribe, first_of, label_of, read_markup
from turnstream.extract.pieces import Reading

#: Seconds of the units that a timeline may be in.
_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
#: Elements that hold what somebody says, and those that are a remark on how, or on what happens meanwhile.
_SPEECHES = frozenset(("annotationBlock", "sp", "u"))
_REMARKS = frozenset(("gap", "incident", "kinesic", "note", "stage", "vocal", "writing"))
#: Parts that are no text, but say who is who and when.
_ASIDE = frozenset(("standOff", "teiHeader"))
#: What an editor puts beside the words that stand there.
_EDITED = frozenset(("corr", "expan", "reg"))
#: People that one speech is said by, each by name; a crowd has an id of its own.
_MOST_NAMES = 20
#: Parts of a name in the order in which they are spoken.
_GIVEN, _LINK, _FAMILY = "forename", "nameLink", "surname"


def read(text: str) -> Reading:
    """Read a TEI document.

    Raises:
        Damaged: it breaks before anything is said.
        UnsupportedFormat: see ``read_markup``.

    """
    return read_markup(text, _Scribe, "tei")


@dataclass(slots=True)
class _Speech:
    """Who speaks by reference and by label, and when."""

    who: str = ""
    label: str | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(slots=True)
class _Person:
    """A name as a whole, and its parts."""

    whole: str = ""
    parts: dict[str, list[str]] = field(default_factory=dict)

    def name(self) -> str:
        """Return the name as it is spoken."""
        if _FAMILY in self.parts:
            return " ".join(word for part in (_GIVEN, _LINK, _FAMILY) for word in self.parts.get(part, ()))
        return self.whole


class _Scribe(Scribe):
    skipped: ClassVar[frozenset[str]] = frozenset((
        "encodingDesc", "fw", "listOrg", "listRelation", "publicationStmt", "respStmt", "revisionDesc", "sourceDesc",
        "spanGrp", "textClass",
    ))  # fmt: skip
    labels: ClassVar[frozenset[str]] = frozenset(("speaker",))
    blocks: ClassVar[frozenset[str]] = _SPEECHES | frozenset((
        "ab", "argument", "back", "body", "byline", "castItem", "closer", "dateline", "div", "docAuthor", "docDate",
        "docImprint", "epigraph", "front", "head", "imprimatur", "item", "opener", "p", "postscript", "row",
        "salute", "set", "signed", "text", "titlePart", "trailer",
    ))  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._titled = False
        self._people: dict[str, _Person] = {}
        self._person = _Person()
        self._shown: dict[str, str] = {}
        self._label: str | None = None
        self._speeches: list[_Speech] = []
        self._times: dict[str, float] = {}
        self._unit = 1.0
        self._joined = False

    def is_skipped(self, element: Element) -> bool:
        """Whether an element is none of the text: left out by all, or an editor's beside another's."""
        if element.name in _EDITED and self.open and self.open[-1].name == "choice":
            return True
        return super().is_skipped(element)

    def is_block(self, element: Element) -> bool:
        """Whether an element is a paragraph; a segment of speech is one."""
        return super().is_block(element) or (element.name == "seg" and bool(self.open) and self.open[-1].name == "u")

    def characters(self, text: str) -> None:
        """Hear of text; between words that are joined, blanks are the file's."""
        if self._joined and text.isspace():
            return
        self._joined = False
        super().characters(text)

    def opened(self, element: Element) -> None:
        """Take note of speeches, people and times."""
        match element.name:
            case name if name in _SPEECHES:
                self._begin(element)
            case "person" | "personGrp":
                self._person = self._people.setdefault(_id(element), _Person())
            case "timeline":
                self._unit = _UNITS.get(element.attributes.get("unit", ""), 1.0)
            case "when":
                self._when(element)
            case "anchor" if self._speeches:
                self._meanwhile(self._time(element, "synch"))
            case "lb" | "l" | "cb" | "pb" | "cell" if element.attributes.get("break") != "no":
                self.add(" ")
            case _:
                pass

    def closed(self, element: Element) -> None:
        """Take note of labels, remarks, headings and names."""
        match element.name:
            case name if name in _SPEECHES:
                self.end_paragraph()
                self._speeches.pop()
                self._speak()
            case "w" | "pc":
                self._joined = element.attributes.get("join") in {"right", "both"}
            case name if name in _ASIDE:
                self.text_of(element)
            case _ if self.is_in(*_ASIDE):
                self._of_header(element)
            case "speaker":
                self._called(label_of(self.text_of(element)))
            case "note" if element.attributes.get("type") == "speaker":
                self._called(label_of(self.text_of(element)))
            case name if name in _REMARKS:
                self._remark(element)
            case "head":
                depth = sum(one.name.startswith("div") for one in self.open)
                self.write(self.text_of(element), f"heading {min(1 + max(depth, 1), 6)}")
            case _:
                pass

    def _begin(self, element: Element) -> None:
        outer = self._speeches[-1] if self._speeches else _Speech()
        start, end = (self._time(element, name) for name in ("start", "end"))
        self._speeches.append(
            _Speech(
                element.attributes.get("who") or outer.who,
                self._label or outer.label,
                outer.start_s if start is None else start,
                outer.end_s if end is None else end,
            )
        )
        self._label = None
        self._speak()

    def _called(self, label: str) -> None:
        """A label: of the speech that it stands in, or of the next."""
        if self._speeches:
            speech = self._speeches[-1]
            speech.label = label or speech.label
            self._speak()
        else:
            self._label = label or None

    def _speak(self) -> None:
        speech = self._speeches[-1] if self._speeches else _Speech()
        if speech.label and speech.who:
            self._shown.setdefault(speech.who, speech.label)
        self.speaker = first_of((speech.label, self._name(speech.who)))
        self.start_s, self.end_s = speech.start_s, speech.end_s

    def _name(self, who: str) -> str | None:
        return ", ".join(map(self._one_name, who.split()[:_MOST_NAMES])) or self._shown.get(who)

    def _one_name(self, reference: str) -> str:
        key = reference.rpartition("#")[2] or reference
        person = self._people.get(key)
        shown = person.name() if person else self._shown.get(reference)
        return shown or (f"Speaker {key}" if key.isdecimal() else key)

    def _remark(self, element: Element) -> None:
        text = self.text_of(element)
        if self._speeches:
            inside = self.open[-1].name not in {"annotationBlock", "u"} or self.has_text()
            self.remark(text, inline=inside)
        elif self.has_text():
            self.add(f" {text} ")
        elif element.name == "note":
            self.write(text)
        elif element.name != "gap":
            self.remark(text, inline=False)

    def _of_header(self, element: Element) -> None:
        """What the header says: a title, a day, names; all else in it is about the file."""
        text = self.text_of(element)
        match element.name:
            case "title" if self.open[-1].name == "titleStmt" and text and not self._titled:
                self._titled = True
                self.write(text, "heading 1")
            case "date" if self.is_in("settingDesc"):
                self.write(text or element.attributes.get("when", ""))
            case "persName" | "name" if not self._person.whole and self.is_in("person", "personGrp"):
                self._person.whole = text or " ".join(map(" ".join, self._person.parts.values()))
            case "forename" | "nameLink" | "surname" if not self._person.whole and self.is_in("person"):
                self._person.parts.setdefault(element.name, []).append(text)
            case _:
                pass

    def _when(self, element: Element) -> None:
        """A point of the timeline, by its distance from one before, or from the beginning."""
        key = _id(element)
        try:
            interval = float(element.attributes.get("interval", "0")) * self._unit
        except ValueError:
            return
        if since := element.attributes.get("since", "").rpartition("#")[2]:
            if since not in self._times:
                return
            interval += self._times[since]
        if 0 <= interval < math.inf and ("interval" in element.attributes or not self._times):
            self._times[key] = interval

    def _time(self, element: Element, name: str) -> float | None:
        return self._times.get(element.attributes.get(name, "").rpartition("#")[2])

    def _meanwhile(self, time: float | None) -> None:
        """A point of time in a speech: it begins then, unless it says when, and ends there if no other follows."""
        speech = self._speeches[-1]
        if time is None:
            return
        if speech.start_s is None and not self.has_text():
            speech.start_s = time
        elif speech.end_s is None or time > speech.end_s:
            speech.end_s = time
        self._speak()


def _id(element: Element) -> str:
    return element.attributes.get("xml:id") or element.attributes.get("id", "")
