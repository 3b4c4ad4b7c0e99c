"""Compound files (OLE): Office before 2007, and newer files that are locked with a password ([MS-OFFCRYPTO] 2.3.4)."""

from __future__ import annotations

import struct
from typing import NoReturn

from turnstream.errors import Encrypted, UnsupportedFormat
from turnstream.extract.pieces import Reading

#: A stream's name in the directory has so many bytes, zeros behind it ([MS-CFB] 2.6.1).
_NAME_BYTES = 64
#: By the stream that only it has: what a file is, and what to do.
_KINDS = (
    ("WordDocument", "an old Word file (.doc); save it as .docx"),
    ("Workbook", "an old Excel file (.xls); save the transcript as .docx or plain text"),
    ("Book", "an old Excel file (.xls); save the transcript as .docx or plain text"),
    ("PowerPoint Document", "an old PowerPoint file (.ppt); save the transcript as .docx or plain text"),
    ("__properties_version1.0", "an Outlook message (.msg); save the transcript in it as a file"),
)


def read(raw: bytes) -> Reading:
    """Say what it is; none of these is read.

    Raises:
        Encrypted: locked with a password.
        UnsupportedFormat: anything else.

    """
    _refuse(raw)


def _refuse(raw: bytes) -> NoReturn:
    if _has(raw, "EncryptedPackage"):
        raise Encrypted("an Office file that a password opens")
    what = (said for stream, said in _KINDS if _has(raw, stream))
    raise UnsupportedFormat(next(what, "an old Office file; save it as .docx"))


def _has(raw: bytes, stream: str) -> bool:
    name = stream.encode("utf-16-le")
    return name.ljust(_NAME_BYTES, b"\0") + struct.pack("<H", len(name) + 2) in raw
