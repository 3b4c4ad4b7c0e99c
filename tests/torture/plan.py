"""What is dropped, and how, and which fault comes when: all from one seed."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

#: Seconds between the end of a fault and the next one, on average.
FAULT_SECONDS = 0.6
#: Documents in one drop, on average.
DROP_DOCUMENTS = 55

#: How many of a thousand documents are of each kind.
_KINDS = {"new": 800, "again": 80, "twin": 70, "equal": 20, "broken": 25, "large": 1, "odd time": 4}
#: How many of a hundred drops come each way.
_WAYS = {"rename": 40, "in place": 25, "slowly": 10, "folder": 25}
#: What users do to some of the files that they dropped, in a thousand.
_DEEDS = {"": 965, "rewrite": 8, "replace": 8, "delete": 8, "rename": 8, "link": 3}


@dataclass(frozen=True)
class Document:
    """One file: its bytes, its text's name (``None`` where it has no text), and what its user does to it later."""

    name: str
    data: bytes
    text: str | None
    deed: str = ""
    mtime: float | None = None


@dataclass(frozen=True)
class Drop:
    """Documents that come together at an instant (seconds from the start), one way, into a folder below ``drop/``."""

    at: float
    way: str
    folder: str
    documents: tuple[Document, ...]


@dataclass(frozen=True)
class Strike:
    """The n-th fault, so many seconds after the one before, with dice of its own."""

    number: int
    pause: float
    kind: str
    dice: random.Random = field(compare=False)


def strikes(seed: int, kinds: Sequence[str]) -> Iterator[Strike]:
    """Yield faults without end, each kind as often as it is in ``kinds``."""
    dice = random.Random(f"{seed} faults")
    for number in itertools.count(1):
        pause = dice.expovariate(1 / FAULT_SECONDS)
        yield Strike(number, pause, dice.choice(kinds), random.Random(dice.getrandbits(64)))


def drops(seed: int, seconds: float, documents: int) -> Iterator[Drop]:
    """Yield what is dropped within some seconds."""
    dice = random.Random(f"{seed} drops")
    count = max(documents // DROP_DOCUMENTS, 1)
    moments = sorted(dice.uniform(0, seconds) for _ in range(count))
    texts = _Texts(seed, dice)
    made = 0
    for number, at in enumerate(moments):
        if made == documents:
            return  # early drops were large
        left = (documents - made) / (count - number)
        size = (
            max(1, min(documents - made, round(dice.expovariate(1 / left)))) if number < count - 1 else documents - made
        )
        made += size
        way = _pick(dice, _WAYS)
        folder = (
            dice.choice(("", "", f"folder {dice.randrange(6)}", f"new {number}"))
            if way != "folder"
            else f"moved {number}"
        )
        yield Drop(at, way, folder, tuple(texts.document(number, place) for place in range(size)))


def content(data: bytes) -> str:
    """Return the SHA-256 of what a text says, by the rule for canonical texts as far as texts are made here."""
    lines = (" ".join(line.split()) for line in data.decode("utf-8-sig").splitlines())
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).hexdigest()


class _Texts:
    """Makes documents; remembers what came before, so that it can come again."""

    def __init__(self, seed: int, dice: random.Random) -> None:
        self.seed = seed
        self.dice = dice
        self.known: list[tuple[str, bytes]] = []
        self.last: tuple[str, bytes] | None = None

    def document(self, drop: int, place: int) -> Document:
        dice = self.dice
        kind = _pick(dice, _KINDS)
        name = f"{drop:05d}-{place:04d}.txt"
        mtime = dice.choice((1.0, 4102444800.0, 86400.0 * 365 * 20)) if kind == "odd time" else None
        if kind == "broken":
            data = dice.choice(
                (b"\x89PNG\r\n\x1a\n\x00\x00" + name.encode(), b"", b"\x89PNG\r\n\x1a\n\x00\x01" + name.encode())
            )
            return Document(name, data, None, _pick(dice, _DEEDS))
        if kind == "again" and self.known:
            text, data = dice.choice(self.known)
        elif kind == "twin" and self.known:
            text, data = dice.choice(self.known)
            data = dice.choice((b"\xef\xbb\xbf" + data, data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"  \n")))
        elif kind == "equal" and self.last:
            text, data = self.last
        else:
            text = f"{self.seed}-{drop}-{place}"
            data = _talk(text, 4000 if kind == "large" else dice.randrange(2, 12), dice)
            self.known.append((text, data))
            self.last = (text, data)
        return Document(name, data, text, _pick(dice, _DEEDS), mtime)


def _talk(text: str, turns: int, dice: random.Random) -> bytes:
    lines = [f"Talk {text}", ""]
    for turn in range(turns):
        words = " ".join(
            dice.choices(("water", "ice", "steam", "snow", "rain", "river", "lake"), k=dice.randrange(4, 20))
        )
        lines += [f"{('Anna', 'Ben')[turn % 2]}: {words}."]
    return ("\n".join(lines) + "\n").encode()


def _pick(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]
