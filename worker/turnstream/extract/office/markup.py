"""XML as events: no document type and so no entities, nothing outside, no deeper than anybody writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from turnstream.errors import Damaged
from turnstream.extract.limits import MAX_DEPTH

#: The namespace of ``xml:space``.
XML = "http://www.w3.org/XML/1998/namespace"
#: Different names whose short form is remembered; a document has a few hundred.
_MEMO = 4096
#: What the parser raises for an encoding that it does not know, or that has characters of several bytes.
_OF_ENCODING = (LookupError, ValueError)
#: Bytes of a tag or comment that comes in parts: expat begins it anew with each of them.
_LONGEST = 1 << 22


class Handler(Protocol):
    """Told of elements and text in the order of the document."""

    def start(self, name: str, attributes: Mapping[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str, /) -> None:
        """It ends."""

    def text(self, data: str, /) -> None:
        """Text inside of it; a paragraph's may come in parts."""


def walk(source: Iterable[bytes | str], prefixes: Mapping[str, str], handler: Handler) -> bool:
    """Tell a handler what is in an XML document; return whether it is whole.

    Args:
        source: the document in parts; its encoding is the declared one, if it is bytes.
        prefixes: by namespace, what its names begin with here; names of others begin with `?:`, attributes
            without a namespace have no prefix.
        handler: is told.

    Raises:
        Damaged: the document declares a type or entities, which no office format allows, or is nested too deeply.

    """
    telling = _Telling(prefixes, handler)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = telling.start
    parser.EndElementHandler = telling.end
    parser.CharacterDataHandler = handler.text
    at, waiting = -1, 0
    try:
        for part in source:
            parser.Parse(part, False)
            at, waiting = parser.CurrentByteIndex, waiting + len(part) if parser.CurrentByteIndex == at else 0
            if waiting > _LONGEST:
                raise Damaged(f"a tag or comment in its XML is longer than {_LONGEST} bytes")
        parser.Parse(b"", True)
    except expat.ExpatError:
        return False
    except (LookupError, ValueError) as error:
        if type(error) not in _OF_ENCODING:
            raise
        return False
    return True


def _refuse(*_: object) -> None:
    raise Damaged("its XML declares a document type")


class _Telling:
    """Short names, and how deep it is."""

    def __init__(self, prefixes: Mapping[str, str], handler: Handler) -> None:
        self._prefixes = prefixes
        self._handler = handler
        self._short: dict[str, str] = {}
        self._depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Damaged(f"its XML is nested more than {MAX_DEPTH} levels deep")
        shortened = {self._name(key): value for key, value in attributes.items()} if attributes else attributes
        self._handler.start(self._name(name), shortened)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(self._name(name))

    def _name(self, name: str) -> str:
        short = self._short.get(name)
        if short is None:
            namespace, _, local = name.rpartition(" ")
            short = f"{self._prefixes.get(namespace, '?')}:{local}" if namespace else local
            if len(self._short) < _MEMO:
                self._short[name] = short
        return short
