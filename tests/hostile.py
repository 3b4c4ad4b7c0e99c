"""Files that are broken, and files made to harm who reads them: of every format, each about a word of its own.

``BROKEN`` and the others map names to what makes a file; no two of them hold the same text.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import struct
import zlib
from collections.abc import Callable

from tests import office
from tests.in_formats import WRITERS, Said, as_txt, talk, zstandard
from tests.pdf import file_of, lines, objects_of, pdf, stream_of

#: Levels of a nested file, bytes that a small packed one grows to, bytes that one says it has.
LEVELS, GROWN, DECLARED = 10_000, 100_000_000, 1 << 30
#: Characters of a long cue, and attributes or entities of a page.
LONG, MANY = 10_000_000, 1_000_000

#: What makes a file about a word.
Maker = Callable[[str], bytes]
#: Formats that are text through and through.
_TEXTS = ("vtt", "srt", "sbv", "lrc", "html")
_MARKUP = ("akoma_ntoso", "bundestag", "public_whip", "tei")


def said(word: str) -> list[Said]:
    """A talk about a word."""
    turns = (
        ("Anna", f"This is about {word}, as we agreed."),
        ("Ben", "Thank you, Anna, and good morning."),
        ("Anna", "And what of the lake?"),
        ("Ben", "It is deep, as it was last year, and cold."),
    )
    return talk(turns)


def _written(name: str) -> Maker:
    return lambda word: WRITERS[name](said(f"{word} {name}"))


def _fodt(word: str) -> bytes:
    return office.fodt(_paragraphs(f"{word} fodt")).encode()


def _paragraphs(word: str) -> str:
    return "".join(f"<text:p>{one.who}: {one.text}</text:p>\n" for one in said(word))


def _cut(make: Maker, share: float = 0.8) -> Maker:
    def cut(word: str) -> bytes:
        whole = make(word)
        return whole[: int(len(whole) * share)]

    return cut


def _with(name: str, old: str, new: str) -> Maker:
    """A talk in a format of text in which one thing stands for another, once."""

    def changed(word: str) -> bytes:
        whole = WRITERS[name](said(f"{word} {name} {len(new)}")).decode()
        assert old in whole
        return whole.replace(old, new, 1).encode()

    return changed


def _mail(kind: str, body: str) -> bytes:
    head = "MIME-Version: 1.0\r\nFrom: Anna <anna@example.org>\r\nMessage-ID: <1@example.org>\r\n"
    return f"{head}{kind}\r\n{body}".encode()


def _cut_base64(word: str) -> bytes:
    text = base64.encodebytes(as_txt(said(f"{word} base64")).encode()).decode()
    return _mail("Content-Transfer-Encoding: base64\r\n", text[: len(text) * 4 // 5])


def _parts_in_parts(word: str) -> bytes:
    around = (f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(LEVELS))
    return _mail("".join(around) + "Content-Type: text/plain\r\n", as_txt(said(f"{word} parts")))


def _bomb_attached(word: str) -> bytes:
    bomb = base64.encodebytes(gzip.compress(b"Anna: " + word.encode() + bytes(GROWN))).decode()
    head = 'Content-Type: application/gzip; name="talk.txt.gz"\r\nContent-Transfer-Encoding: base64\r\n'
    return _mail(head, bomb)


def _missing_line(word: str) -> bytes:
    """JSON Lines of which one in the middle is cut off."""
    whole = WRITERS["jsonl"](said(f"{word} line")).splitlines()
    return b"\n".join((*whole[:1], whole[1][:25], *whole[2:]))


def _declares(word: str) -> bytes:
    """A Word file whose members say that they are a gigabyte each."""
    raw = bytearray(office.docx("".join(office.p(f"{one.who}: {one.text}") for one in said(f"{word} declared"))))
    for mark, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.find(mark)
        while at >= 0:
            struct.pack_into("<I", raw, at + size, DECLARED)
            at = raw.find(mark, at + 4)
    return bytes(raw)


def _zstd_declares(word: str) -> bytes:
    """A frame of one block that says it holds, and so needs, a gigabyte (RFC 8878, 3.1.1)."""
    text = as_txt(said(f"{word} frame")).encode()
    head = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", DECLARED)
    return head + (len(text) << 3 | 1).to_bytes(3, "little") + text


def _deep(name: str) -> Maker:
    return _with(name, "And what", "<i>" * LEVELS + "And what")


def _multiplying(name: str) -> Maker:
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))

    def made(word: str) -> bytes:
        head, mark, rest = WRITERS[name](said(f"{word} entities {name}")).decode().partition("?>\n")
        rest = rest.removeprefix('<!DOCTYPE dbtplenarprotokoll SYSTEM "dbtplenarprotokoll.dtd">\n')
        declared = f'<!DOCTYPE x [<!ENTITY a0 "{word}">{grown}]>\n'
        return f"{head}{mark}{declared}{rest.replace('the lake', '&a9;')}".encode()

    return made


def _office_entities(word: str) -> bytes:
    """A flat ODT that declares what no office format may."""
    head, mark, rest = _fodt(word).decode().partition("?>\n")
    return f'{head}{mark}<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>{rest.replace("the lake", "&b;")}'.encode()


def _page_of(word: str, content: bytes, *, head: bytes = b"") -> bytes:
    """A PDF of which the first page shows something else, its stream begun in another way if so wanted."""
    objects = objects_of([lines([f"Anna: This is about {word}."])])
    objects[5] = head + content if head else stream_of(content, pressed=True)
    return file_of(objects)


def _packed_objects(word: str) -> bytes:
    """A PDF whose catalog lies in a stream of objects that grows (ISO 32000-1, 7.5.7)."""
    grown = zlib.compress(b"1 0 %" + word.encode() + b"\n" + b" " * GROWN)
    out = bytearray(b"%PDF-1.7\n")
    places = [len(out)]
    out += b"3 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\n" % len(grown)
    out += b"stream\n%s\nendstream\nendobj\n" % grown
    places.append(len(out))
    rows = ((0, 0, 0), (2, 3, 0), (2, 3, 1), (1, places[0], 0), (1, places[1], 0))
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    out += b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Length %d>>\n" % len(table)
    return bytes(out) + b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, places[1])


def _pages_in_a_circle(word: str) -> bytes:
    objects = objects_of([lines([f"Anna: This is about {word}."])])
    objects[1] = b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>"
    return file_of(objects)


def _locked_pdf(word: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([lines([f"Anna: This is about {word}."])]))))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


_MARKED: dict[str, Maker] = {name: _cut(_written(name)) for name in _MARKUP}
#: Cut off in the middle, in a tag, in a line of times: what stood before is read …
CUT: dict[str, Maker] = {
    **{name: _cut(_written(name)) for name in _TEXTS},
    "eml": _cut_base64,
}
#: … and it is told, where the format tells that something is missing.
CUT_AND_TOLD: dict[str, Maker] = {
    **_MARKED,
    "rtf": _cut(_written("rtf")),
    "binary.rtf": _with("rtf", "deep", r"deep{\pict\bin1000000000 x}"),
    "fodt": _cut(_fodt, 0.9),
    "jsonl": _missing_line,
}
#: What no part can be read of when another is missing, or is not allowed.
CUT_AND_LOST: dict[str, Maker] = {
    **{name: _cut(_written(name)) for name in ("odt", "docx", "pdf")},
    **{name: _cut(_written(name), 0.5) for name in ("text+gzip", "text+bzip2", "text+xz", "text+zstd")},
    "entities.fodt": _office_entities,
}
#: More than anybody writes, and all the same read: megabytes of one cue, attributes, entities …
HUGE: dict[str, Maker] = {
    **{
        f"cue.{name}": _with(name, "And what", "And so on, " * (LONG // 11) + "and what")
        for name in ("vtt", "srt", "sbv", "lrc", "ttml")
    },
    "attributes.html": _with("html", "<main>", f"<main {' '.join(f'a{number}=x' for number in range(MANY))}>"),
    "entities.html": _with("html", "And what", "&amp;" * MANY + " And what"),
}
#: … and what only takes little: nested tags, times, sizes that are declared.
ODD: dict[str, Maker] = {
    **{f"tags.{name}": _with(name, "And what", "<b>" * LEVELS + "And what") for name in ("vtt", "srt", "html")},
    "times.vtt": _with("vtt", "00:00:00.000 -->", "99999999999:00:00.000 -->"),
    "times.srt": _with("srt", "--> 00:00:", "--> 9999:99:"),
    "times.sbv": _with("sbv", "0:00:00.000,", "9999:59:59.999,"),
    "times.lrc": _with("lrc", "[00:00.00]", "[999:99.99]"),
    "size.docx": _declares,
    "blanks.odt": lambda word: office.odt(
        _paragraphs(f"{word} blanks").replace("deep", 'deep<text:s text:c="1000000000"/>')
    ),
}
#: Nested ten thousand levels deep.
DEEP: dict[str, Maker] = {
    **{name: _deep(name) for name in (*_MARKUP, "ttml")},
    "rtf": _with("rtf", "And what", "{" * LEVELS + "And what"),
    "odt": lambda word: office.odt(_paragraphs(f"{word} odt") + "<text:section>" * LEVELS),
    "docx": lambda word: office.docx(office.p(f"Anna: {word}") + "<w:sdt><w:sdtContent>" * LEVELS),
    "fodt": lambda word: office.fodt(_paragraphs(f"{word} fodt") + "<text:section>" * LEVELS).encode(),
    "json": lambda word: b'{"speaker": "Anna", "text": "%s", "a": ' % word.encode() + b'{"a": ' * LEVELS,
    "jsonl": lambda word: WRITERS["jsonl"](said(f"{word} jsonl")) + b'{"a": ' * LEVELS + b"1" + b"}" * LEVELS,
    "eml": _parts_in_parts,
}
#: Entities that multiply.
ENTITIES: dict[str, Maker] = {name: _multiplying(name) for name in (*_MARKUP, "ttml")}
#: A few bytes that grow, or say that they are a gigabyte.
BOMBS: dict[str, Maker] = {
    "bomb.gz": lambda word: gzip.compress(b"Anna: " + word.encode() + bytes(GROWN)),
    "bomb.bz2": lambda word: bz2.compress(b"Anna: " + word.encode() + bytes(GROWN)),
    "bomb.xz": lambda word: lzma.compress(b"Anna: " + word.encode() + bytes(GROWN)),
    "bomb.zst": lambda word: zstandard(b"Anna: " + word.encode() + bytes(GROWN)),
    "declared.zst": _zstd_declares,
    "bomb.docx": lambda word: office.docx(office.p(word + " " * GROWN)),
    "bomb.odt": lambda word: office.odt(_paragraphs(word) + " " * GROWN),
    "bomb.eml": _bomb_attached,
    "words.pdf": lambda word: _page_of(word, b"BT /F0 9 Tf 72 700 Td (Anna: Yes.) Tj ET " + b" " * GROWN),
    "operators.pdf": lambda word: _page_of(word, b"q Q " * (GROWN // 4)),
    "objects.pdf": _packed_objects,
    "declared.pdf": lambda word: _page_of(
        word, b"BT (%s) Tj ET\nendstream" % word.encode(), head=b"<</Length %d>>\nstream\n" % DECLARED
    ),
}
#: Pages that lead back to themselves.
CIRCLES: dict[str, Maker] = {"pages.pdf": _pages_in_a_circle}
#: Only who has the password can read it.
LOCKED: dict[str, Maker] = {
    "locked.docx": lambda word: office.compound("EncryptionInfo", "EncryptedPackage", word),
    "locked.pdf": _locked_pdf,
}
