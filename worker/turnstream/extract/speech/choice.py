"""Which lists of a JSON file are its transcript: the same words often stand in several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from turnstream.extract.limits import MAX_DEPTH
from turnstream.extract.pieces import Piece, utterances
from turnstream.extract.speech.fields import label, names_of
from turnstream.extract.speech.keys import GUESSES
from turnstream.extract.speech.lists import Evidence, Utterances, pieces_of, said_by, spans_of, utterances_of
from turnstream.extract.speech.objects import Said
from turnstream.extract.speech.tools import plain
from turnstream.extract.speech.values import Fields, Json, folded, rows, too_deep

#: Letters by which two texts are told to be the same.
_OPENING = 60
#: Share of the longest text from which another may stand for it.
_SHARE = 0.5
#: Tables of speakers: where they stand, how deep, and in how many objects of a list.
_TABLES = frozenset(("speakers", "participants", "users", "people", "speakernames", "speakermap"))
_TABLES_DEPTH, _TABLES_IN = 6, 8
#: Where each of several speaks on a recording of their own.
_CHANNELS = "channels"
#: Share of a file that a list must have in which only names and texts stand: others have them, too.
_NAMED_SHARE = 0.25
#: Where a whole transcript is one text, and the fewest characters of it.
_PROSE = frozenset(("transcript", "transcription", "fulltranscript", "transcripttext"))
_SHORTEST_PROSE = 30
_LONGEST_TITLE = 250
_NESTED = (dict, list)
#: The same again in another language.
_TRANSLATED = "translat"


class _Node(NamedTuple):
    value: Json
    path: tuple[str, ...]
    titles: tuple[str, ...]
    depth: int
    channel: str = ""


@dataclass(slots=True)
class _Source:
    """All lists under the same keys: of each section its turns, of each channel its words."""

    lists: list[Utterances] = field(default_factory=list)
    titles: list[tuple[str, ...]] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)

    @property
    def says_who(self) -> bool:
        return any(one.has_speakers for one in self.lists)

    @property
    def are_channels(self) -> bool:
        return len(set(self.channels)) > 1 and not self.says_who

    @property
    def has_speakers(self) -> bool:
        return self.says_who or self.are_channels

    @property
    def count(self) -> int:
        return sum(len(one.said) for one in self.lists)

    @property
    def characters(self) -> int:
        return sum(one.characters for one in self.lists)

    @property
    def texts(self) -> set[str]:
        return {said.text or "" for one in self.lists for said in one.said}

    @property
    def is_sure(self) -> bool:
        return any(one.are_timed or one.evidence is not Evidence.NAMES for one in self.lists)

    @property
    def opening(self) -> str:
        texts = (said.text or "" for one in self.lists for said in one.said)
        letters = (sign for text in texts for sign in text.casefold() if sign.isalnum())
        return "".join(islice(letters, _OPENING))


@dataclass(slots=True)
class _Found:
    """What a walk through a value met."""

    sources: dict[tuple[str, ...], _Source] = field(default_factory=dict)
    spans: list[Said] = field(default_factory=list)
    prose: dict[tuple[str, ...], list[str]] = field(default_factory=dict)


def transcript_of(value: Json, size: int) -> list[Piece]:
    """Return the cues of the transcript in a value that took ``size`` characters; none if it is no transcript.

    Raises:
        Damaged: nested deeper than ``limits.MAX_DEPTH``.

    """
    found = _walk(value, _names(value))
    chosen = _chosen(found)
    if chosen and (any(source.is_sure for source in chosen) or _characters(chosen) >= _NAMED_SHARE * size):
        title = _title([titles for source in chosen for titles in source.titles])
        return [*title, *utterances(piece for source in chosen for piece in _cues(source, found.spans))]
    prose = next(iter(found.prose.values()), [])
    return [Piece(text) for text in prose] if _is_prose(" ".join(prose)) else []


def _is_prose(text: str) -> bool:
    """An address of a text is none."""
    return len(text) >= _SHORTEST_PROSE and not (text.isascii() and len(text.split()) == 1)


def _cues(source: _Source, spans: Sequence[Said]) -> Iterable[Piece]:
    if not source.are_channels:
        return (piece for one in source.lists for piece in pieces_of(one, spans))
    channels = zip(source.channels, source.lists, strict=True)
    pieces = (piece._replace(speaker=name) for name, one in channels for piece in pieces_of(one, ()))
    return sorted(pieces, key=lambda piece: piece.start_s or 0.0)


def _chosen(found: _Found) -> list[_Source]:
    """The sources of one form that say most of who speaks, in the fewest parts; without their copies."""
    forms: dict[tuple[object, ...], dict[str, _Source]] = defaultdict(dict)
    for source in sorted(found.sources.values(), key=lambda source: source.count):
        forms[source.lists[0].form].setdefault(source.opening, source)
    if not forms:
        return []
    every = [_without_excerpts([*alike.values()]) for alike in forms.values()]
    longest = max(map(_characters, every))
    long = [alike for alike in every if _characters(alike) >= _SHARE * longest]
    if found.spans and not any(source.has_speakers for alike in long for source in alike):
        best = max(long, key=_count)
    else:
        best = min(long, key=lambda alike: (not alike[0].has_speakers, _count(alike)))
    kept = set(map(id, best))
    return [source for source in found.sources.values() if id(source) in kept]


def _without_excerpts(alike: list[_Source]) -> list[_Source]:
    """Leave out what only repeats utterances of a longer list: highlights, findings."""
    kept: list[_Source] = []
    seen: set[str] = set()
    for source in sorted(alike, key=lambda source: -source.characters):
        if source.characters < _OPENING or not source.texts <= seen:
            kept.append(source)
            seen |= source.texts
    return kept


def _characters(sources: list[_Source]) -> int:
    return sum(source.characters for source in sources)


def _count(sources: list[_Source]) -> int:
    return sum(source.count for source in sources)


def _walk(value: Json, names: Mapping[str, str]) -> _Found:
    found = _Found()
    nodes = [_Node(value, (), (), 0)]
    while nodes:
        node = nodes.pop()
        if node.depth > MAX_DEPTH:
            raise too_deep()
        if isinstance(node.value, dict):
            nodes.extend(reversed([*_members(node, node.value, found)]))
        elif isinstance(node.value, list) and not _take(node, found, names):
            nodes.extend(reversed([*_elements(node, node.value)]))
    return found


def _take(node: _Node, found: _Found, names: Mapping[str, str]) -> bool:
    """Whether a list is a part of the transcript."""
    objects = rows(node.value)
    key = node.path[-1] if node.path else ""
    if not objects or key in GUESSES or key == _CHANNELS:
        return False
    said = said_by(objects, names)
    if utterances := utterances_of(key, said):
        source = found.sources.setdefault(node.path, _Source())
        source.lists.append(utterances)
        source.titles.append(node.titles)
        source.channels.append(node.channel)
        return True
    spans = spans_of(said)
    found.spans.extend(spans)
    return bool(spans)


def _elements(node: _Node, value: list[Json]) -> Iterator[_Node]:
    key = node.path[-1] if node.path else ""
    for number, one in enumerate(value[:1] if key in GUESSES else value):
        if one and isinstance(one, _NESTED):
            channel = _channel(one, number) if key == _CHANNELS else node.channel
            yield _Node(one, node.path, node.titles, node.depth + 1, channel)


def _channel(value: Json, number: int) -> str:
    named = value.get("channel_label") if isinstance(value, dict) else None
    return label(named, {}) or f"Channel {number}"


def _members(node: _Node, value: Fields, found: _Found) -> Iterator[_Node]:
    titles = node.titles
    title = value.get("title")
    if isinstance(title, str) and 0 < len(title.strip()) <= _LONGEST_TITLE:
        titles = (*titles, " ".join(title.split()))
    for key, one in plain(value).items():
        if isinstance(one, str) and (fold := folded(key)) and (fold in _PROSE or (fold == "text" and not node.depth)):
            found.prose.setdefault((*node.path, fold), []).append(one)
        elif one and isinstance(one, _NESTED) and not (fold := folded(key)).startswith(_TRANSLATED):
            yield _Node(one, (*node.path, fold), titles, node.depth + 1, node.channel)


def _title(paths: list[tuple[str, ...]]) -> list[Piece]:
    """The title that stands over all of it, not over a section."""
    shared = [titles[0] for titles in zip(*paths, strict=False) if len(set(titles)) == 1]
    return [Piece(shared[-1], style="heading 1"), Piece("")] if shared else []


def _names(value: Json) -> dict[str, str]:
    names: dict[str, str] = {}
    nodes: list[tuple[Json, int]] = [(value, 0)]
    while nodes:
        one, depth = nodes.pop()
        if isinstance(one, list) and depth < _TABLES_DEPTH:
            nodes.extend((below, depth + 1) for below in one[:_TABLES_IN])
        if not isinstance(one, dict) or depth > _TABLES_DEPTH:
            continue
        for key, below in one.items():
            if folded(key) in _TABLES:
                names |= names_of(_table(below))
            nodes.append((below, depth + 1))
    return names


def _table(value: Json) -> list[Fields]:
    """Rows of a table that may be an object by id, of names or of objects."""
    if not isinstance(value, dict):
        return rows(value)
    return [{"id": key, **(one if isinstance(one, dict) else {"name": one})} for key, one in value.items()]
