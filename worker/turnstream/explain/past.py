"""What the journal says of arrivals: looked up by a path or by an id."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from urllib.parse import quote_from_bytes

import orjson

from turnstream.errors import BadConfiguration
from turnstream.explain.subject import InDrop, Told
from turnstream.history import has_arrived, is_at, lines_with
from turnstream.identify import declared_by_name
from turnstream.journal import Line
from turnstream.models import from_wire, to_wire
from turnstream.root import Root

#: Arrivals told of at most: the newest ones.
MOST = 20
#: Lines of one arrival that are compared with where its file is.
_LINES_OF_ONE = 5
#: Fields of a line that an id may be of: those of the text, and those of the file.
_OF_TEXT = ("document_id", "content_sha256", "event_id", "entry_id")
_OF_FILE = ("arrival_id", "source_sha256")
_SHORTEST = 8


def unreadable(error: OSError) -> BadConfiguration:
    """Return what is said where the journal cannot be read: without it every answer may be wrong."""
    return BadConfiguration(f"{error.filename} cannot be read ({error.strerror}): use the account that runs Turnstream")


class Past:
    """Searches the journal of one root."""

    def __init__(self, root: Root, root_id: str) -> None:
        self.root = root
        self.root_id = root_id

    def at_place(self, place: str) -> Line | None:
        """Return the newest line of the file that lies at a place below the root."""
        wire = to_wire(place)
        needles = [b'"to":' + orjson.dumps(wire)]
        lines = self._lines(needles, lambda line: line.get("to") == wire)
        return next((line for line in lines if has_arrived(self.root, self.root_id, line)), None)

    def of_paths(self, places: Collection[str]) -> list[Told | InDrop]:
        """Return what became of what lay at places below the root, the newest last."""
        wires = {to_wire(place) for place in places}
        dropped = {to_wire(place.removeprefix("drop/")) for place in places}
        needles = [b'"to":' + orjson.dumps(wire) for wire in wires]
        needles += [b'"path":' + orjson.dumps(wire) for wire in dropped]
        return self._told(needles, lambda line: line.get("to") in wires or line.get("path") in dropped)

    def of_name(self, name: str) -> list[Told | InDrop]:
        """Return what became of files of a name, in whatever folder, or that declare this id by their name."""
        raw = os.fsencode(name)
        needles = [orjson.dumps(to_wire(name).removeprefix("//"))[1:], quote_from_bytes(raw).encode() + b'"']
        if re.fullmatch(rb"[0-9a-fA-F]{16}", raw):
            needles += [b"_" + raw + b".", b"_" + raw.lower() + b"."]

        def is_meant(line: Line) -> bool:
            path = line.get("path")
            last = from_wire(path).rpartition("/")[2] if isinstance(path, str) else ""
            return name == last or name.lower() == declared_by_name(last)[1]

        return self._told(needles, is_meant)

    def of_id(self, wanted: str) -> list[Told | InDrop]:
        """Return the arrivals of an arrival, document, event or entry id, or of (the beginning of) a digest."""
        whole = re.fullmatch(r"\d+-\d+|[0-9a-f]{16}\.\d+", wanted) is not None
        if not whole and not re.fullmatch(rf"[0-9a-f]{{{_SHORTEST},64}}", wanted):
            return []

        def has(line: Line, fields: Collection[str]) -> bool:
            values = (line.get(field) for field in fields)
            return any(isinstance(v, str) and (v == wanted if whole else v.startswith(wanted)) for v in values)

        needle = b'"' + wanted.encode() + (b'"' if whole else b"")
        return self._told([needle], lambda line: has(line, _OF_TEXT + _OF_FILE), lambda line: has(line, _OF_TEXT))

    def _told(
        self,
        needles: Collection[bytes],
        is_meant: Callable[[Line], bool],
        means_text: Callable[[Line], bool] = lambda _: False,
    ) -> list[Told | InDrop]:
        arrivals: dict[str, list[Line]] = {}
        for line in self._lines(needles, is_meant):
            arrival = str(line.get("arrival_id"))
            if arrival not in arrivals and len(arrivals) == MOST:
                break
            lines = arrivals.setdefault(arrival, [])
            if len(lines) < _LINES_OF_ONE:
                lines.append(line)
        return [self._standing(lines, as_text=means_text(lines[0])) for lines in reversed(arrivals.values())]

    def _lines(self, needles: Collection[bytes], is_meant: Callable[[Line], bool]) -> Iterator[Line]:
        try:
            yield from lines_with(self.root.path / "journal", needles, is_meant)
        except OSError as error:
            raise unreadable(error) from error

    def _standing(self, lines: list[Line], *, as_text: bool) -> Told | InDrop:
        """Return the line that counts; the file itself where it is in ``drop/`` (again)."""
        for line in lines:
            if has_arrived(self.root, self.root_id, line):
                return Told(line, as_text)
        path = from_wire(str(lines[0].get("path")))
        if is_at(self.root.drop / path, self.root_id, str(lines[0].get("arrival_id")), path):
            return InDrop(path)
        return Told(lines[0], as_text)
