"""Documents of a format: made up, broken as texts before they are packed, or as bytes after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from tests.fuzz.mutate import MOST, mutated
from tests.in_formats import WRITERS, Said, docx_parts, odt_parts, pdf_pages, talk, zipped
from tests.invented import LABELS, SAID
from tests.pdf import file_of, lines, objects_of, stream_of

#: Turns of a made-up talk, and bytes that are broken at once, at most.
_TURNS, _BROKEN = 8, 6
#: Archives are broken in their members: a broken archive only says that it is one.
_PARTS: Mapping[str, Callable[[Sequence[Said]], dict[str, str]]] = {"docx": docx_parts, "odt": odt_parts}


def document(chance: Random, name: str) -> bytes:
    """A document of a format (a name of ``WRITERS``), whole or broken."""
    said = talk([(chance.choice(LABELS), chance.choice(SAID)) for _ in range(chance.randint(1, _TURNS))])
    way = chance.randint(0, 3)
    if way == 0:
        return WRITERS[name](said)
    if parts := _PARTS.get(name):
        members = parts(said)
        member = chance.choice([*members])
        raw = zipped({**members, member: mutated(chance, members[member])})
        return raw if way > 1 else _scratched(chance, raw)
    if name == "pdf":
        raw = _pdf(chance, said)
        return raw if way > 1 else _scratched(chance, raw)
    raw = WRITERS[name](said)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return _scratched(chance, raw)
    return mutated(chance, text).encode("utf-8", "replace")[:MOST] if way > 1 else _scratched(chance, raw)


def _pdf(chance: Random, said: Sequence[Said]) -> bytes:
    """A PDF of which one object or the words of a page were broken before all were put together."""
    objects = objects_of((lines(page) for page in pdf_pages(said)), pressed=False)
    number = chance.randint(0, len(objects) - 1)
    head, mark, rest = objects[number].partition(b"\nstream\n")
    content = rest.removesuffix(b"\nendstream")
    if mark and chance.randint(0, 2):
        objects[number] = stream_of(_broken(chance, content), pressed=bool(chance.randint(0, 1)))
    else:
        objects[number] = _broken(chance, head) + mark + rest
    return file_of(objects)


def _broken(chance: Random, content: bytes) -> bytes:
    if chance.randint(0, 1):
        return _scratched(chance, content)
    return mutated(chance, content.decode("cp1252", "replace")).encode("cp1252", "replace")


def _scratched(chance: Random, raw: bytes) -> bytes:
    """The bytes with some changed, a piece left out, doubled, or all cut off from somewhere."""
    broken = bytearray(raw)
    for _ in range(chance.randint(1, _BROKEN)):
        at = chance.randint(0, max(len(broken) - 1, 0))
        match chance.randint(0, 4):
            case 0 | 1 if broken:
                broken[at] = chance.randint(0, 255)
            case 2:
                del broken[at : at + chance.choice((1, 2, 4, 16, 256))]
            case 3:
                broken[at:at] = broken[at : at + chance.choice((1, 4, 64))]
            case _:
                if chance.randint(0, 3) == 0:
                    del broken[at:]
    return bytes(broken)
