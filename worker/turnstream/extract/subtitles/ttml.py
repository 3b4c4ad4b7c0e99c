"""TTML and DFXP: paragraphs with times, and the agents who speak them.

After https://www.w3.org/TR/ttml2/ , by local names, as there were several namespaces.  A document type is refused:
nobody needs one here but who wants entities to expand.

Warnings: ``truncated``, it ends before its last element does; ``damaged``, it is no XML from somewhere on.  What stands
before that is kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from turnstream.errors import Damaged, UnsupportedFormat
from turnstream.extract.limits import MAX_DEPTH
from turnstream.extract.pieces import Reading
from turnstream.extract.subtitles.cues import Cue, Spoken, named, spoken
from turnstream.extract.subtitles.cut import pieces_of, title_of
from turnstream.extract.subtitles.ttml_times import Interval, Rates, interval_of

#: Elements that have times, and hand them and their agents down.
_CONTENT = frozenset(("body", "div", "p", "span"))
#: Elements whose text is about the text.
_ABOUT = frozenset(("metadata", "title", "desc", "copyright", "agent", "name", "actor", "item"))
#: Agents of one text; others are not named.
_MAX_AGENTS = 8
#: Kinds of an agent's names that are whole, the best first; others are parts.
_WHOLE, _PARTS = ("full", "alias", "other"), ("given", "family")
#: XML knows five; pages that subtitles are made from know more.
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w{1,31};")
_SPACES = re.compile(r"[\t\r\n ]+")
#: What expat says of a document that isn't over yet.
_UNFINISHED = frozenset(
    expat.errors.codes[said]
    for said in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class _Element(NamedTuple):
    """An open element, and what it hands down; ``agents`` are identifiers, ``closing`` ends its text."""

    name: str = ""
    interval: Interval = Interval()
    agents: str = ""
    is_text: bool = False
    in_sequence: bool = False
    closing: str = ""


class _Run(NamedTuple):
    """Text of a paragraph under one element."""

    text: str
    agents: str
    interval: Interval


class _Paragraph(NamedTuple):
    interval: Interval
    runs: list[_Run]


def read(text: str) -> Reading:
    """Read a TTML document.

    Raises:
        Damaged: nothing of it can be read, or it is deeper than anybody writes.
        UnsupportedFormat: it declares a document type.

    """
    reader = _Reader()
    warning = reader.read(text)
    if warning and not reader.paragraphs:
        raise Damaged(f"XML, {warning} before its first paragraph")
    title = title_of("".join(reader.title))
    return Reading("ttml", chain(title, pieces_of(reader.cues())), (warning,) if warning else ())


class _Reader:
    """The title and the paragraphs of a document, and the names of its agents by identifier and kind."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.paragraphs: list[_Paragraph] = []
        self._names: dict[str, dict[str, list[str]]] = {}
        self._naming: tuple[str, str] = ("", "")
        self._open: list[_Element] = [_Element()]
        #: Where the next element in each open one begins, should it be a sequence.
        self._reached: list[float] = [0.0]
        self._rates = Rates()

    def read(self, text: str) -> str | None:
        """Read a document; return what is wrong with it."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse
        try:
            parser.Parse(_ENTITY.sub(lambda found: html.unescape(found[0]), text), True)
        except expat.ExpatError as error:
            return "truncated" if error.code in _UNFINISHED else "damaged"
        return None

    def cues(self) -> Iterator[Cue]:
        """A cue for each paragraph; its times are those of its spans, if it has none itself."""
        names = {agent: _name_of(kinds) for agent, kinds in self._names.items()}
        for paragraph in self.paragraphs:
            timed = paragraph.interval if paragraph.interval.start_s is not None else _spanned(paragraph.runs)
            yield Cue(tuple(_spoken(paragraph.runs, names)), *timed)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise Damaged(f"more than {MAX_DEPTH} elements in one another")
        name = _local(name)
        said = {_local(key): value for key, value in attributes.items()}
        match name:
            case "tt":
                self._rates = Rates.of(said)
            case "agent":
                self._naming = said.get("id", ""), ""
            case "name":
                self._naming = self._naming[0], said.get("type", "other")
            case "br":
                self._add("\n")
        element = self._element(name, said)
        self._open.append(element)
        self._reached.append(element.interval.start_s or 0.0)
        if name == "p":
            self.paragraphs.append(_Paragraph(element.interval, []))
        elif said.get("ruby") == "text":
            self._add("(")
            self._open[-1] = element._replace(closing=")")

    def _element(self, name: str, said: Mapping[str, str]) -> _Element:
        around = self._open[-1]
        in_sequence = said.get("timeContainer") == "seq"
        if name not in _CONTENT:
            is_text = around.is_text and name not in _ABOUT
            return around._replace(name=name, is_text=is_text, in_sequence=in_sequence, closing="")
        within = around.interval
        if around.in_sequence and self._reached[-1]:
            within = within._replace(start_s=self._reached[-1])
        return _Element(
            name,
            interval_of(said, within, self._rates),
            said.get("agent", around.agents),
            is_text=name == "p" or around.is_text,
            in_sequence=in_sequence,
        )

    def _end(self, _: str) -> None:
        if self._open[-1].closing:
            self._add(self._open[-1].closing)
        element = self._open.pop()
        self._reached.pop()
        if element.interval.end_s is not None:
            self._reached[-1] = element.interval.end_s

    def _text(self, text: str) -> None:
        if self._open[-1].name == "title" and not self.paragraphs:
            self.title.append(text)
        elif self._open[-1].name == "name":
            agent, kind = self._naming
            self._names.setdefault(agent, {}).setdefault(kind, []).append(text)
        else:
            self._add(_SPACES.sub(" ", text))

    def _add(self, text: str) -> None:
        if self._open[-1].is_text:
            self.paragraphs[-1].runs.append(_Run(text, self._open[-1].agents, self._open[-1].interval))


def _spoken(runs: Iterable[_Run], names: Mapping[str, str | None]) -> Iterator[Spoken]:
    for agents, alike in groupby(runs, key=lambda run: run.agents):
        speakers = (names.get(agent) or named(agent) for agent in agents.split()[:_MAX_AGENTS])
        yield from spoken("".join(run.text for run in alike), ", ".join(filter(None, speakers)) or None)


def _name_of(kinds: Mapping[str, Iterable[str]]) -> str | None:
    said = {kind: named(_SPACES.sub(" ", "".join(texts)).strip()) for kind, texts in kinds.items()}
    whole = next(filter(None, map(said.get, _WHOLE)), None)
    return whole or named(" ".join(filter(None, map(said.get, _PARTS))))


def _refuse(*_: object) -> NoReturn:
    raise UnsupportedFormat("subtitles in XML that declare a document type")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _spanned(runs: Iterable[_Run]) -> Interval:
    within = [run.interval for run in runs if run.interval.start_s is not None and run.text.strip()]
    starts = [one.start_s for one in within if one.start_s is not None]
    ends = [one.end_s for one in within if one.end_s is not None]
    return Interval(min(starts, default=None), max(ends, default=None) if len(ends) == len(within) else None)
