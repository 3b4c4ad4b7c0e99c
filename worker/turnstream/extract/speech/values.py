"""JSON and JSON Lines to values, and how to look into values that may be of any shape."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from turnstream.errors import Damaged
from turnstream.extract.limits import MAX_DEPTH

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"
Fields: TypeAlias = "Mapping[str, Json]"

#: Broken lines that are passed over in JSON Lines: each may be looked through to the end of the text.
_MAX_BROKEN = 16
#: Digits of an integer that is one; Python refuses longer ones, and none is a time or a number of somebody.
_MAX_DIGITS = 18
#: Between the values of JSON Lines, and what RFC 7464 puts before each.
_BETWEEN = re.compile(r"[\s\x1e]*")
#: A string, or one that has no end; a sign.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},]', re.DOTALL)
#: A string or a word that the end of the text cuts off, or nothing.
_CUT = re.compile(r'"(?:[^"\\]|\\.)*+\\?\Z|[\w.+-]*\s*\Z', re.DOTALL)
_CLOSER = {"[": "]", "{": "}"}


class Values(NamedTuple):
    """The values of a text, one but in JSON Lines; ``warnings`` as in the package."""

    values: list[Json]
    warnings: tuple[str, ...] = ()


def values_of(text: str) -> Values | None:
    """Parse a text; ``None`` if it does not begin with JSON.

    Of duplicate keys the last counts (as in ECMA-262); numbers that are none (``NaN``) are ``None``.

    Raises:
        Damaged: nested deeper than ``MAX_DEPTH``.

    """
    values: list[Json] = []
    broken, at = 0, _BETWEEN.match(text, 0).end()  # type: ignore[union-attr]
    while at < len(text) and broken < _MAX_BROKEN:
        try:
            value, end = _value(text, at)
        except json.JSONDecodeError as error:
            if not values:
                return _begun(text, at, error.pos)
            broken += 1
            end = text.find("\n", at) + 1 or len(text)
            truncated = end == len(text)
        else:
            values.append(value)
            truncated = False
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
    warnings = (("truncated",) if truncated and broken == 1 else ("damaged",)) if broken else ()
    return Values(values, warnings) if values else None


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
    return Values([value], ("truncated" if _CUT.match(text, broken_at) else "damaged",))


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
    if len(_FOLDED) < _MAX_FOLDED:
        _FOLDED[key] = fold
    return fold


_FOLDED: dict[str, str] = {}
_MAX_FOLDED = 1000
