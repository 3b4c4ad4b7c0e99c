"""PDF written by the tests: text in places, in a few of the fonts that every reader has."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: Points: a page of US letter size.
WIDTH, HEIGHT = 612, 792
FONTS = ("Helvetica", "Helvetica-Bold", "Courier")


class Shown(NamedTuple):
    """Text at a place, in points from the left and from the bottom."""

    x: float
    y: float
    text: str
    font: str = "Helvetica"
    size: float = 11


def pdf(pages: Iterable[Iterable[Shown]], *, pressed: bool = True, tail: bytes = b"") -> bytes:
    """Return a PDF of pages; ``tail`` goes into its trailer."""
    return file_of(objects_of(pages, pressed=pressed), tail)


def objects_of(pages: Iterable[Iterable[Shown]], *, pressed: bool = True) -> list[bytes]:
    """Return the objects of a PDF of pages, as ``file_of`` takes them."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    objects += (
        b"<</Type/Font/Subtype/Type1/Encoding/WinAnsiEncoding/BaseFont/%s>>" % font.encode("ascii") for font in FONTS
    )
    fonts = b" ".join(b"/F%d %d 0 R" % (number, 3 + number) for number in range(len(FONTS)))
    kids: list[int] = []
    for page in pages:
        content = b"\n".join(_shown(one) for one in page)
        objects.append(stream_of(content, pressed=pressed))
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<<%s>>>>>>"
            % (WIDTH, HEIGHT, len(objects), fonts)
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    return objects


def file_of(objects: Sequence[bytes], tail: bytes = b"") -> bytes:
    """Return a file of objects, numbered from 1 on, the first of which is the catalog."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, tail, start)
    return bytes(out)


def stream_of(content: bytes, *, pressed: bool) -> bytes:
    """Return a stream of bytes, compressed or as they are."""
    data = zlib.compress(content) if pressed else content
    filters = b"/Filter/FlateDecode" if pressed else b""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), filters, data)


def _shown(one: Shown) -> bytes:
    text = one.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    font = FONTS.index(one.font)
    return b"BT /F%d %g Tf %g %g Td (%s) Tj ET" % (font, one.size, one.x, one.y, text)


def lines(
    texts: Iterable[str], *, x: float = 72, top: float = 720, leading: float = 14, font: str = "Helvetica"
) -> list[Shown]:
    """Return lines below each other; an empty one is a gap, leading blanks an indent."""
    return [
        Shown(x + 5.5 * (len(text) - len(text.lstrip())), top - leading * number, text.strip(), font)
        for number, text in enumerate(texts)
        if text.strip()
    ]
