"""How a text becomes another: cut, doubled, spliced, sprinkled with what the rules look at, blown up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.invented import BETWEEN, LABELS, PIECES, transcript

#: Code points that a text may grow to.
MOST = 20_000

#: Encodings that a text may be written in; the first is meant most of the time.
ENCODINGS = (
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "cp1251",
    "koi8-r",
    "shift_jis",
    "gb18030",
    "euc-jp",
    "euc-kr",
    "big5",
    "mac-roman",
    "iso-8859-2",
)

Mutation = Callable[[Random, str], str]


def mutated(chance: Random, text: str) -> str:
    """The text changed in one to four ways, never longer than ``MOST``."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        text = chance.choice(_MUTATIONS)(chance, text)[:MOST]
    return text


def written(chance: Random, text: str) -> bytes:
    """The text as bytes: mostly UTF-8; sometimes in another encoding, cut or with wrong bytes."""
    form = chance.randint(0, 19)
    if form > 1:
        return text.encode("utf-8", "replace")
    raw = bytearray(text.encode(chance.choice(ENCODINGS), "replace"))
    if form == 0:
        for _ in range(chance.randint(1, 4)):
            if raw:
                raw[chance.randint(0, len(raw) - 1)] = chance.choice((0x00, 0x1B, 0x80, 0xE9, 0xFF))
        del raw[len(raw) - chance.randint(0, 1) :]
    return bytes(raw)


def _slice(chance: Random, text: str) -> tuple[int, int]:
    start = chance.randint(0, len(text))
    return start, min(len(text), start + chance.choice((1, 2, 8, 40, 200, 2000)))


def _delete(chance: Random, text: str) -> str:
    start, end = _slice(chance, text)
    return text[:start] + text[end:]


def _truncate(chance: Random, text: str) -> str:
    at = chance.randint(0, len(text))
    return text[:at] if chance.randint(0, 1) else text[at:]


def _duplicate(chance: Random, text: str) -> str:
    start, end = _slice(chance, text)
    return text[:start] + text[start:end] * chance.choice((2, 3, 20, 500)) + text[end:]


def _move(chance: Random, text: str) -> str:
    start, end = _slice(chance, text)
    rest = text[:start] + text[end:]
    at = chance.randint(0, len(rest))
    return rest[:at] + text[start:end] + rest[at:]


def _insert(chance: Random, text: str) -> str:
    piece = chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 4, 100, 3000))
    at = chance.randint(0, len(text))
    return text[:at] + piece + text[at:]


def _insert_at_line(chance: Random, text: str) -> str:
    piece = chance.choice((PIECES, LABELS, BETWEEN))
    lines = text.split("\n")
    at = chance.randint(0, len(lines) - 1)
    lines[at] = chance.choice(piece) + chance.choice(("", ": ", "\n")) + lines[at]
    return "\n".join(lines)


def _replace(chance: Random, text: str) -> str:
    """One sign by another, throughout or once."""
    if not text:
        return text
    old = text[chance.randint(0, len(text) - 1)]
    return text.replace(old, chance.choice(PIECES), chance.choice((-1, 1)))


def _sprinkle(chance: Random, text: str) -> str:
    """A piece at every line, before or behind."""
    piece = chance.choice(PIECES)
    return "\n".join(piece + line if chance.randint(0, 3) else line + piece for line in text.split("\n"))


def _shuffle(chance: Random, text: str) -> str:
    lines = text.split("\n")
    for number in range(len(lines) - 1, 0, -1):
        other = chance.randint(0, number)
        lines[number], lines[other] = lines[other], lines[number]
    return "\n".join(lines)


def _flatten(chance: Random, text: str) -> str:
    return text.replace("\n", chance.choice(("", " ", "\t", "\u2028", "\\n")))


def _recase(chance: Random, text: str) -> str:
    recased: Sequence[str] = (text.upper(), text.lower(), text.title(), text.swapcase())
    return chance.choice(recased)


def _number(chance: Random, text: str) -> str:
    """Every line with its number, as in depositions."""
    return "\n".join(f"{number % 25 + 1:2}   {line}" for number, line in enumerate(text.split("\n")))


def _splice(chance: Random, text: str) -> str:
    other = transcript(chance)
    return text[: chance.randint(0, len(text))] + other[chance.randint(0, len(other)) :]


def _weave(chance: Random, text: str) -> str:
    """The lines of two texts in turn."""
    lines, others = text.split("\n"), transcript(chance).split("\n")
    return "\n".join(line for pair in zip(lines, others, strict=False) for line in pair)


_MUTATIONS: Sequence[Mutation] = (
    _delete,
    _truncate,
    _duplicate,
    _move,
    _insert,
    _insert,
    _insert_at_line,
    _insert_at_line,
    _replace,
    _sprinkle,
    _shuffle,
    _flatten,
    _recase,
    _number,
    _splice,
    _weave,
)
