"""What a ZIP is: a document of Word or OpenDocument, or something of which its sender is told what it is."""

from __future__ import annotations

from turnstream.errors import EmptyFile, UnsupportedFormat
from turnstream.extract.office import docx, odt
from turnstream.extract.office.package import Package
from turnstream.extract.pieces import Reading

#: Media types of OpenDocument text (ODF 1.3 part 2, appendix A), and what else has a member `mimetype`.
_TEXT = ("application/vnd.oasis.opendocument.text", "application/x-vnd.oasis.opendocument.text")
_TYPES = (
    ("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet"),
    ("application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation"),
    ("application/vnd.oasis.opendocument", "an OpenDocument file without running text"),
    ("application/vnd.sun.xml", "an OpenOffice 1 file; save it as .odt"),
    ("application/epub+zip", "an EPUB book"),
)
#: Members that only one kind of file has.
_MEMBERS = (
    ("xl/workbook.xml", "an Excel workbook"),
    ("xl/workbook.bin", "an Excel workbook"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("visio/document.xml", "a Visio drawing"),
    ("index/document.iwa", "a file of Apple Pages or Keynote; export it as .docx"),
    ("androidmanifest.xml", "an Android program"),
    ("meta-inf/manifest.mf", "a Java archive"),
)
_MACROS = "vbaproject.bin"
#: Libraries of macros in OpenDocument, and their lists, which are there without any.
_LIBRARIES, _LISTS = ("basic/", "scripts/"), ("/", "script-lc.xml", "script-lb.xml")


def read(raw: bytes) -> Reading:
    """Read the document that a ZIP is.

    Raises:
        UnsupportedFormat: another kind of ZIP, or one that carries macros.
        PermanentError: it is damaged, encrypted or too large.

    """
    package = Package(raw)
    media_type = next(package.read("mimetype"), b"")[:100].decode("ascii", "replace").strip()
    if media_type.startswith(_TEXT):
        _refuse_macros(package)
        return odt.read(package)
    for beginning, what in _TYPES:
        if media_type.startswith(beginning):
            raise UnsupportedFormat(what)
    if main := docx.main_part(package):
        _refuse_macros(package)
        return docx.read(package, main)
    for member, what in _MEMBERS:
        if member in package.names:
            raise UnsupportedFormat(what)
    if not package.names:
        raise EmptyFile("a ZIP without files")
    raise UnsupportedFormat("a ZIP archive; unpack it and drop the files in it")


def _refuse_macros(package: Package) -> None:
    for name in package.names:
        if name.endswith(_MACROS) or (name.startswith(_LIBRARIES) and not name.endswith(_LISTS)):
            raise UnsupportedFormat("carries macros; save it without them, as .docx or .odt")
