"""OpenDocument texts, zipped and flat: what the page shows as running text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import office
from tests.office import TALK, fodt, odt
from turnstream.errors import Damaged, EmptyFile, Encrypted, FileTooLarge, PermanentError
from turnstream.extract import extract
from turnstream.parse import parse

BOLD = office._BOLD
HIDDEN = (
    '<style:style style:name="T2" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="P2" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
)


def lines(body: str, automatic: str = "") -> list[str]:
    zipped, flat = extract(odt(body, automatic)), extract(fodt(body, automatic).encode())
    assert zipped.lines == flat.lines
    assert (zipped.format, zipped.encoding) == ("odt", "binary")
    assert (flat.format, flat.encoding) == ("odt", "utf-8")
    return zipped.canonical.split("\n")


def test_the_same_transcript_as_text_and_as_opendocument_has_one_canonical_text_and_the_same_turns() -> None:
    text = extract("\n\n".join(f"{name}: {said}" for name, said in TALK).encode())
    found = extract(odt("".join(f"<text:p>{name}: {said}</text:p>" for name, said in TALK)))
    assert found.canonical == text.canonical
    assert parse(found).turns == parse(text).turns
    assert parse(found).speakers == parse(text).speakers


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<text:p>One<text:tab/>two<text:s text:c='3'/>three</text:p>", "One two three"),
        ("<text:p>\n  One\n  two\n</text:p>", "One two"),
        ("<text:p>See <text:a>the page</text:a>.</text:p>", "See the page."),
        ("<text:p>A<text:note><text:note-citation>1</text:note-citation></text:note>B</text:p>", "AB"),
        ("<text:p>A<office:annotation><text:p>No!</text:p></office:annotation>B</text:p>", "AB"),
        ("<text:tracked-changes><text:p>No!</text:p></text:tracked-changes><text:p>A</text:p>", "A"),
        ('<text:p>A<text:span text:style-name="T2"> secret</text:span></text:p>', "A"),
        ('<text:p text:style-name="P2">secret</text:p><text:p>A</text:p>', "A"),
        ('<text:section text:display="none"><text:p>secret</text:p></text:section><text:p>A</text:p>', "A"),
        ("<text:p>A<draw:frame><svg:title>A frame</svg:title></draw:frame>B</text:p>", "AB"),
        (
            "<text:p><text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>かん</text:ruby-text></text:ruby></text:p>",
            "漢",
        ),
        (
            "<text:list><text:list-item><text:number>1.</text:number><text:p>A</text:p></text:list-item></text:list>",
            "A",
        ),
        ("<text:p>A<text:s text:c='1000000000000'/>B</text:p>", "A B"),
    ],
    ids=[
        *("blanks", "white space", "link", "note", "comment", "deletion", "hidden", "hidden paragraph"),
        *("hidden section", "title of a frame", "ruby", "list", "a trillion blanks"),
    ],
)
def test_what_the_page_shows_is_read(body: str, shown: str) -> None:
    assert lines(body, HIDDEN) == [shown]


def test_a_flat_file_is_read_in_the_encoding_that_it_comes_in() -> None:
    flat = fodt("<text:p>Да, “so”.</text:p>")
    for codec in ("utf-8", "utf-16"):
        document = extract(flat.replace("UTF-8", codec).encode(codec))
        assert (document.canonical, document.format) == ("Да, “so”.", "odt")


def test_headings_titles_and_bold_text_are_told() -> None:
    body = (
        '<text:p text:style-name="Title">One</text:p><text:h text:outline-level="2">Two</text:h>'
        '<text:p text:style-name="P1">Three</text:p>'
        '<text:p><text:span text:style-name="T1">Four:</text:span> five</text:p>'
    )
    found = extract(odt(body, BOLD)).lines
    assert [(one.text, one.style, one.bold) for one in found] == [
        ("One", "heading 1", 0),
        ("Two", "heading 2", 0),
        ("Three", "bold", 0),
        ("Four: five", None, len("Four:")),
    ]


def test_bold_may_come_from_the_common_style_that_one_is_based_on() -> None:
    common = (
        f'<office:document-styles {office.ODF}><office:styles><style:style style:name="Strong" style:family="text">'
        '<style:text-properties fo:font-weight="700"/></style:style></office:styles></office:document-styles>'
    )
    own = '<style:style style:name="T1" style:family="text" style:parent-style-name="Strong"/>'
    body = '<text:p><text:span text:style-name="T1">Nora:</text:span> Yes.</text:p>'
    assert extract(odt(body, own, {"styles.xml": common})).lines[0].bold == len("Nora:")


def test_styles_based_on_each_other_in_a_circle_end() -> None:
    circle = "".join(
        f'<style:style style:name="{name}" style:family="text" style:parent-style-name="{other}"/>'
        for name, other in ("AB", "BA")
    )
    assert lines('<text:p><text:span text:style-name="A">Yes.</text:span></text:p>', circle) == ["Yes."]


def test_a_text_box_is_read_below_its_paragraph() -> None:
    box = "<draw:frame><draw:text-box><text:p>Beside</text:p></draw:text-box></draw:frame>"
    assert lines(f"<text:p>One{box} two</text:p>") == ["One two", "Beside"]


def test_a_table_is_read_row_by_row() -> None:
    turns = parse(extract(office.odt_table())).turns
    assert [(turn.label, turn.start_s, turn.paragraphs) for turn in turns] == [
        (name, at, (said,)) for (name, said), at in zip(TALK, office.STARTS, strict=True)
    ]


@pytest.mark.parametrize(
    "more",
    [
        {
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            "<m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
        },
        {"encrypted-package": "x"},
    ],
    ids=["members", "whole"],
)
def test_a_locked_file_is_encrypted(more: dict[str, str]) -> None:
    with pytest.raises(Encrypted):
        extract(odt("<text:p>x</text:p>", more=more))


def test_a_file_that_ends_in_the_middle_is_read_so_far_with_a_warning() -> None:
    flat = fodt("<text:p>One.</text:p><text:p>Two.</text:p><text:p>Three.</text:p>")
    document = extract(flat[: flat.index("ree.")].encode())
    assert (document.canonical, document.warnings) == ("One.\nTwo.\nTh", ("damaged",))


def test_a_file_without_its_content_is_damaged_and_one_without_text_empty() -> None:
    with pytest.raises(Damaged):
        extract(office.zipped({"mimetype": office.ODT}))
    with pytest.raises(EmptyFile):
        extract(odt("<text:p/>"))


def test_other_xml_is_plain_text_as_before() -> None:
    document = extract(b'<?xml version="1.0"?><office:document-meta><a>b</a></office:document-meta>')
    assert document.format == "text"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<text:section>" * 10_000 + "<text:p>x</text:p>" + "</text:section>" * 10_000, Damaged),
        (f"<text:p>{' ' * 50_000_000}</text:p>", FileTooLarge),
    ],
    ids=["deep", "bomb"],
)
def test_what_nobody_writes_is_refused(body: str, error: type[PermanentError]) -> None:
    with pytest.raises(error):
        extract(odt(body))


def test_declared_entities_are_refused() -> None:
    bomb = fodt("<text:p>&a;</text:p>").replace("?>\n", '?>\n<!DOCTYPE d [<!ENTITY a "aaaa">]>\n', 1)
    with pytest.raises(Damaged, match="document type"):
        extract(office.zipped({"mimetype": office.ODT, "content.xml": bomb}))


@settings(max_examples=150)
@given(st.integers(0, 1 << 16), st.text("</>textspano:=\"'& \x00", min_size=1, max_size=20))
def test_whatever_is_in_the_xml_the_error_has_a_type(at: int, other: str) -> None:
    xml = office.fodt_names().decode()
    at %= len(xml)
    with suppress(PermanentError):
        parse(extract((xml[:at] + other + xml[at:]).encode()))
