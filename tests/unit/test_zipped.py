"""ZIPs and compound files: documents are read, everything else is named with what to do."""

from __future__ import annotations

import struct
import zipfile
from contextlib import suppress

import pytest

from tests import office
from turnstream.errors import Damaged, EmptyFile, Encrypted, PermanentError, UnsupportedFormat
from turnstream.extract import extract


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"a.txt": "Nora: Yes."}, "a ZIP archive; unpack it"),
        ({"[Content_Types].xml": "", "xl/workbook.xml": ""}, "Excel workbook"),
        ({"_rels/.rels": office.relations({"officeDocument": "xl/workbook.xml"}), "xl/workbook.xml": ""}, "Excel"),
        ({"ppt/presentation.xml": ""}, "PowerPoint"),
        ({"mimetype": "application/epub+zip"}, "EPUB"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "spreadsheet"),
        ({"mimetype": "application/vnd.oasis.opendocument.presentation"}, "presentation"),
        ({"mimetype": "application/vnd.oasis.opendocument.graphics"}, "without running text"),
        ({"mimetype": "application/vnd.sun.xml.writer"}, "save it as .odt"),
        ({"META-INF/MANIFEST.MF": ""}, "Java"),
        ({"Index/Document.iwa": ""}, "Pages"),
        (office.parts(office.p("Yes.")) | {"word/vbaProject.bin": "x"}, "carries macros"),
        ({"mimetype": office.ODT, "content.xml": office.content(""), "Basic/Standard/M.xml": ""}, "carries macros"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_kind_of_zip_is_named(members: dict[str, str], detail: str) -> None:
    with pytest.raises(UnsupportedFormat, match=detail):
        extract(office.zipped(members))


def test_lists_of_macros_without_any_are_no_macros() -> None:
    lists = {"Basic/script-lc.xml": "", "Basic/Standard/script-lb.xml": ""}
    assert extract(office.odt("<text:p>Yes.</text:p>", more=lists)).canonical == "Yes."


def test_a_zip_without_files_is_empty() -> None:
    with pytest.raises(EmptyFile):
        extract(office.zipped({}))


def test_a_locked_member_is_encrypted() -> None:
    raw = bytearray(office.teams())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := raw.find(sign, place + 1)) >= 0:
            raw[place + at] |= 1
    with pytest.raises(Encrypted):
        extract(bytes(raw))


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2], ids=["LZMA", "bzip2"])
def test_a_packing_that_office_files_never_have_is_refused(packing: int) -> None:
    with pytest.raises(UnsupportedFormat, match="packed by method"):
        extract(office.zipped(office.parts(office.p("Yes.")), packing))


def test_names_with_backslashes_and_other_letters_are_found() -> None:
    members = {
        name.replace("/", "\\").replace("word", "Word"): data for name, data in office.parts(office.p("Yes.")).items()
    }
    assert extract(office.zipped(members)).canonical == "Yes."


def test_a_member_that_begins_where_there_is_none_is_damaged() -> None:
    raw = bytearray(office.teams())
    place = raw.index(b"PK\x01\x02")
    while place >= 0:
        raw[place + 42 : place + 46] = (1 << 30).to_bytes(4, "little")
        place = raw.find(b"PK\x01\x02", place + 1)
    with pytest.raises(PermanentError):
        extract(bytes(raw))


def test_a_member_that_begins_beyond_any_file_is_damaged() -> None:
    raw = office.teams()
    place = raw.rindex(b"PK\x01\x02")
    entry = bytearray(raw[place : raw.index(b"PK\x05\x06")])
    end = bytearray(raw[raw.index(b"PK\x05\x06") :])
    entry[42:46] = b"\xff" * 4
    entry[30:32] = (12).to_bytes(2, "little")
    entry += struct.pack("<HHQ", 1, 8, (1 << 64) - 1)
    begin = raw.index(b"PK\x01\x02")
    directory = raw[begin:place] + entry
    end[12:16] = len(directory).to_bytes(4, "little")
    with suppress(PermanentError):
        extract(raw[:begin] + directory + end)


def test_a_zip_cut_off_is_damaged() -> None:
    with pytest.raises(Damaged, match="without its end"):
        extract(b"PK\x03\x04" + bytes(100))


@pytest.mark.parametrize(
    ("streams", "error", "detail"),
    [
        (("EncryptionInfo", "EncryptedPackage"), Encrypted, "password"),
        (("WordDocument", "1Table"), UnsupportedFormat, r"\(.doc\); save it as .docx"),
        (("Workbook",), UnsupportedFormat, "Excel"),
        (("PowerPoint Document",), UnsupportedFormat, "PowerPoint"),
        (("__properties_version1.0",), UnsupportedFormat, "Outlook"),
        ((), UnsupportedFormat, "old Office file"),
    ],
    ids=["locked", "doc", "xls", "ppt", "msg", "other"],
)
def test_a_compound_file_is_named(streams: tuple[str, ...], error: type[PermanentError], detail: str) -> None:
    with pytest.raises(error, match=detail):
        extract(office.compound(*streams))


def test_a_text_about_encrypted_packages_in_an_old_file_does_not_lock_it() -> None:
    with pytest.raises(UnsupportedFormat):
        extract(office.compound("WordDocument") + "EncryptedPackage is a stream.".encode("utf-16-le"))
