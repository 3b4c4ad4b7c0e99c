"""PDF with a text layer, by pypdf (extra `pdf`): what stands where on its pages, put back into lines.

A page that is evidently set in two columns is read one after the other.  A running head or foot without a
number is left out; one with page numbers stays, as the parser knows it for what it is, and so do line numbers and
hyphens.  Warnings: ``damaged``, a part of the file is broken, and what could be read of it was;
``replacement_characters``, a font does not say which characters it shows.
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from turnstream.errors import Damaged, EmptyFile, Encrypted, FileTooLarge, TurnstreamError, UnsupportedFormat
from turnstream.extract.columns import Chunk, Row, rows_of
from turnstream.extract.damage import LOST
from turnstream.extract.limits import MAX_RATIO, RATIO_FROM, check_expanded
from turnstream.extract.pages import pieces_of
from turnstream.extract.pieces import Reading

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

#: What pypdf passes for a matrix: [a b c d x y] (ISO 32000-1, 8.3.3).
_Matrix = Sequence[float]
#: Letters that are one sign in print, as TeX sets them, and what stands for a character that its font does not name.
_CHARACTERS = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ſt", "ﬆ": "st", "\0": LOST})
#: Bytes that one stream may expand to in any case; one of a small file may less.
_MAX_STREAM = 75_000_000
#: Bytes that an operator of a page counts as, however short it is: each has its cost.
_OPERATOR_BYTES = 8
#: Pages beyond the limits that are left out; each takes seconds.
_MOST_BEYOND = 3
#: How pypdf shows a reference, and begins to tell of a circle, which is a limit to it.
_REFERENCE = re.compile(r"IndirectObject\((\d+), (\d+), \d+\)")
_CIRCLE = "Detected"
#: pypdf tells what it repairs by logging it.
_LOGGER = logging.getLogger("pypdf")


def read(raw: bytes) -> Reading:
    """Read the text layer of a PDF.

    Raises:
        Damaged: none of its pages can be found.
        Encrypted: it takes a password, or a cipher that is not read here.
        EmptyFile: it has pages, and no text on any of them: a scan.
        FileTooLarge: its text is more than a transcript's, or its streams are bombs.
        UnsupportedFormat: pypdf is not installed.

    """
    try:
        import pypdf  # noqa: PLC0415 - an extra
    except ImportError:
        raise UnsupportedFormat("reading PDF takes the extra 'pdf': pip install 'turnstream[pdf]'") from None
    repairs = _Repairs()
    _LOGGER.propagate = False
    _LOGGER.addHandler(repairs)
    most = min(_MAX_STREAM, max(RATIO_FROM, MAX_RATIO * len(raw)))
    try:
        with pypdf.apply_configuration(
            array_based_stream_maximum_output_length=most,
            lzw_maximum_output_length=most,
            run_length_maximum_output_length=most,
            zlib_maximum_output_length=most,
        ):
            pages, broken = _pages(raw, repairs)
    finally:
        _LOGGER.removeHandler(repairs)
    if not any(rows for rows in pages):
        if broken:
            raise Damaged(f"a PDF of {len(pages)} pages, none of which can be read")
        raise EmptyFile(f"a PDF of {len(pages)} pages without a text layer: a scan, which has to go through OCR first")
    lost = any(LOST in row.text for rows in pages for row in rows)
    told = ((broken, "damaged"), (lost, "replacement_characters"))
    return Reading("pdf", pieces_of(pages), tuple(word for so, word in told if so))


class _Repairs(logging.Handler):
    """Counts what pypdf repairs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - the signature is logging's
        """Count one."""
        self.count += 1


def _pages(raw: bytes, repairs: _Repairs) -> tuple[list[list[Row]], bool]:
    """The rows of each page, and whether something was broken."""
    from pypdf.errors import LimitReachedError  # noqa: PLC0415 - an extra

    pages: list[list[Row]] = []
    beyond: list[LimitReachedError] = []
    work = _Work(len(raw))
    found = _opened(raw)
    broken = repairs.count > 0
    for page in found:
        rows: list[Row] = []
        try:
            rows = rows_of(list(_chunks(page, work)))
        except (TurnstreamError, MemoryError):
            raise
        except LimitReachedError as error:
            beyond.append(error)
        except Exception:  # noqa: BLE001 - whatever pypdf runs into, the other pages may be whole
            broken = True
        pages.append(rows)
        if len(beyond) > _MOST_BEYOND:
            break
    if beyond and (len(beyond) > _MOST_BEYOND or not any(pages)):
        raise FileTooLarge(f"a PDF of {len(raw)} bytes with pages beyond all limits: {_words_of(beyond[0])}")
    return pages, broken or bool(beyond)


class _Work:
    """What the pages of a file have us do, in bytes of their content; many may share one stream."""

    def __init__(self, packed: int) -> None:
        self._packed, self._bytes = packed, 0

    def add(self, count: int) -> None:
        """Count more bytes.

        Raises:
            FileTooLarge: they are more than its size accounts for.

        """
        self._bytes += count
        check_expanded(self._bytes, self._packed)


def _opened(raw: bytes) -> list[PageObject]:
    """All pages of a PDF, opened with no password if that opens it."""
    from pypdf import PdfReader  # noqa: PLC0415 - an extra
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(raw))
        _unlock(reader)
        # One that the tree has again and again is there once.
        return list({getattr(page.indirect_reference, "idnum", page): page for page in reader.pages}.values())
    except (TurnstreamError, MemoryError):
        raise
    except (FileNotDecryptedError, DependencyError) as error:
        raise Encrypted(f"a PDF that is locked: {_words_of(error)}") from error
    except LimitReachedError as error:
        if str(error).startswith(_CIRCLE):
            raise Damaged(f"a PDF that leads back to itself: {_words_of(error)}") from error
        raise FileTooLarge(f"a PDF of {len(raw)} bytes beyond all limits: {_words_of(error)}") from error
    except Exception as error:
        raise Damaged(f"a PDF that is broken: {type(error).__name__}: {_words_of(error)}") from error


def _words_of(error: Exception) -> str:
    """What pypdf says, the same each time: it shows a reference with the place of its reader in memory."""
    return _REFERENCE.sub(r"\1 \2 R", str(error))[:250]


def _unlock(reader: PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Encrypted("a PDF that takes a password")


def _chunks(page: PageObject, work: _Work) -> Iterator[Chunk]:
    found: list[tuple[str, _Matrix, _Matrix, Any, float]] = []
    contents = page.get_contents()
    if contents is not None:
        work.add(len(contents.get_data()))
    page.extract_text(
        visitor_operand_before=lambda *_: work.add(_OPERATOR_BYTES), visitor_text=lambda *told: found.append(told)
    )
    blank, order = "", 0
    for shown, outer, inner, font, size in found:
        text = shown.translate(_CHARACTERS)
        if text.strip():
            order += 1
            yield _chunk(blank + text, outer, inner, font, size)._replace(order=order)
            blank = ""
        elif text:
            blank = " "


def _chunk(text: str, outer: _Matrix, inner: _Matrix, font: Any, size: float) -> Chunk:
    """A chunk with its place along its own direction of writing, so that turned pages read as others do."""
    a, b, c, d = (
        inner[0] * outer[0] + inner[1] * outer[2],
        inner[0] * outer[1] + inner[1] * outer[3],
        inner[2] * outer[0] + inner[3] * outer[2],
        inner[2] * outer[1] + inner[3] * outer[3],
    )
    x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
    y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
    length = math.hypot(a, b) or 1.0
    along, across = a / length, b / length
    return Chunk(
        text=text,
        x=x * along + y * across,
        y=y * along - x * across,
        size=abs(size) * math.hypot(c, d) or 1.0,
        bold="bold" in str((font or {}).get("/BaseFont", "")).lower(),
        turned=round(math.degrees(math.atan2(across, along))),
    )
