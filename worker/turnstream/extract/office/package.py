"""The members of a ZIP: by streaming, whatever sizes it declares, and only those that are asked for."""

from __future__ import annotations

import copy
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from turnstream.errors import Damaged, Encrypted, FileTooLarge, UnsupportedFormat
from turnstream.extract.limits import check_expanded

#: What the entry of a member in the directory begins with (APPNOTE 4.3.12).
_ENTRY = b"PK\x01\x02"
#: Members of the largest document; a directory of a million takes more memory than any text.
MAX_MEMBERS = 10_000
#: The two ways of packing that office formats allow (ISO 29500-2, 6.2.2; ODF 1.3 part 2, 2.2).
_PACKINGS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_LOCKED = 0x1
#: What the library raises of a broken file, apart from its own error; the overflow, of a place beyond any file.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, OSError, OverflowError, ValueError),
)
_CHUNK = 1 << 16


class Package:
    """A ZIP; ``names`` are its members, in small letters as readers compare them (ISO 29500-2, 6.2.2.3).

    ``broken`` becomes true when a member that was read did not hold all it should.

    Raises:
        Damaged: it has no directory of members.
        FileTooLarge: it has more members than any document.

    """

    def __init__(self, raw: bytes) -> None:
        if raw.count(_ENTRY) > MAX_MEMBERS:
            raise FileTooLarge(f"a ZIP of more than {MAX_MEMBERS} files")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except _BROKEN as error:
            raise Damaged(f"a ZIP without its end: {error}") from error
        self._members = {one.filename.replace("\\", "/").lower(): one for one in self._zip.infolist()}
        self._size = len(raw)
        self._expanded = 0
        self.broken = False

    @property
    def names(self) -> frozenset[str]:
        """What is in it."""
        return frozenset(self._members)

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a member in parts, as far as they are whole; none if there is no such member.

        Raises:
            Encrypted: it is locked.
            UnsupportedFormat: packed in a way that office formats do not know.
            FileTooLarge: a bomb.

        """
        member = self._members.get(name.lower())
        if member is None:
            return
        if member.flag_bits & _LOCKED:
            raise Encrypted(f"{name} is locked with a password")
        if member.compress_type not in _PACKINGS:
            raise UnsupportedFormat(f"{name} is packed by method {member.compress_type}; save the document again")
        checksum = 0
        try:
            with self._zip.open(_unchecked(member)) as file:
                while part := file.read(_CHUNK):
                    self._expanded += len(part)
                    check_expanded(self._expanded, self._size)
                    checksum = zlib.crc32(part, checksum)
                    yield part
            self.broken = self.broken or checksum != member.CRC
        except _BROKEN:
            self.broken = True


def _unchecked(member: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """A member of which the last part is given before its checksum is found to be wrong."""
    other = copy.copy(member)
    del other.CRC
    return other
