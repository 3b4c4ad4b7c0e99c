"""JSON and JSON Lines to values, and how to look into values that may be of any shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from turnstream.errors import Damaged
from turnstream.extract.limits import MAX_DEPTH

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"
Fields: TypeAlias = "Mapping[str, Json]"

#: Digits of an integer that is one; Python refuses longer ones, and none is a time or a number of somebody.
_MAX_DIGITS = 18
#: Keys whose folded form is kept, and characters of the longest of them; no key that says anything here is longer.
_MAX_FOLDED, LONGEST_KEY = 1000, 40
_FOLDED: dict[str, str] = {}
#: Between the values of JSON Lines.
_BETWEEN = re.compile(r"\s*")
_LINE = re.compile(r"[^\n]+")
#: A string, or one that has no end; a sign.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
#: A string or a word that the end of the text cuts off, or nothing.
_CUT = re.compile(r'"(?:[^"\\]|\\.)*+\\?\Z|[\w.+-]*\s*\Z', re.DOTALL)
_CLOSER = {"[": "]", "{": "}"}


class Values(NamedTuple):
    """The values of a text, one but in JSON ``lines``; ``warnings`` as in the package."""

    values: list[Json]
    lines: bool
    warnings: tuple[str, ...] = ()


def values_of(text: str) -> Values | None:
    """Parse a text; ``None`` if it does not begin with JSON.

    Of duplicate keys the last counts (as in ECMA-262); numbers that are none (``NaN``) are ``None``.

    Raises:
        Damaged: nested deeper than ``MAX_DEPTH``.

    """
    begin = _after_blanks(text, 0)
    try:
        first, end = _value(text, begin)
    except json.JSONDecodeError as error:
        return _begun(text, begin, error.pos)
    if _after_blanks(text, end) == len(text):
        return Values([first], lines=False)
    values: list[Json] = [first]
    broken = [*_lines(text, end, values)] if "\n" not in text[begin:end] else [*_stream(text, end, values)]
    if not broken:
        return Values(values, lines=True)
    followed = len(values) == 1 and isinstance(first, list)
    return Values(values, lines=not followed, warnings=("truncated" if broken == [len(text)] else "damaged",))


def _lines(text: str, at: int, values: list[Json]) -> Iterator[int]:
    """Parse a value a line; yield the ends of broken lines."""
    for line in _LINE.finditer(text, at):
        begin = _after_blanks(line[0], 0)
        if begin == len(line[0]):
            continue
        try:
            values.append(_value(line[0], begin)[0])
        except json.JSONDecodeError:
            yield len(text) if _after_blanks(text, line.end()) == len(text) else line.end()


def _stream(text: str, at: int, values: list[Json]) -> Iterator[int]:
    """Parse value after value; yield the end of the text where one is broken."""
    while (at := _after_blanks(text, at)) < len(text):
        try:
            value, at = _value(text, at)
        except json.JSONDecodeError as error:
            yield len(text) if _CUT.match(text, error.pos) else at
            return
        values.append(value)


def _after_blanks(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int) -> tuple[Json, int]:
    if text[at] not in _CLOSER:
        raise json.JSONDecodeError("neither object nor list", text, at)
    try:
        found: tuple[Json, int] = _DECODER.raw_decode(text, at)
    except RecursionError as error:
        raise too_deep() from error
    return found


def _begun(text: str, at: int, broken_at: int) -> Values | None:
    """What is whole of a value that breaks off: up to its last comma or bracket, and all that is open closed."""
    opened: list[str] = []
    end, depth = at, 0
    for token in _TOKEN.finditer(text, at, broken_at):
        match token[0]:
            case "[" | "{" as bracket:
                opened.append(_CLOSER[bracket])
                continue
            case "]" | "}" if opened:
                opened.pop()
                end = token.end()
            case ",":
                end = token.start()
            case _:
                continue
        depth = len(opened)
    if depth > MAX_DEPTH:
        raise too_deep()
    try:
        value, _ = _value(text[at:end] + "".join(reversed(opened[:depth])), 0)
    except (json.JSONDecodeError, IndexError):
        return None
    return Values([value], lines=False, warnings=("truncated" if _CUT.match(text, broken_at) else "damaged",))


def too_deep() -> Damaged:
    """Nobody writes a transcript so."""
    return Damaged(f"JSON nested deeper than {MAX_DEPTH} levels")


def _integer(digits: str) -> float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


#: Control characters in strings pass: many programs write them.
_DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=lambda _: None, strict=False)


def rows(value: Json) -> list[Fields]:
    """Return the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def first_of(value: Json) -> Fields:
    """Return the first object of a list, its best guess where a tool lists several."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def folded(key: str) -> str:
    """Return a key without the ways that keys are spelt in: ``speaker_name``, ``speakerName``, ``Speaker Name``."""
    return _FOLDED.get(key) or _fold(key)


def _fold(key: str) -> str:
    fold = "".join(filter(str.isalnum, key)).casefold()
    if len(_FOLDED) < _MAX_FOLDED and len(key) <= LONGEST_KEY:
        _FOLDED[key] = fold
    return fold
