"""Word files: what the page shows as running text, with what is bold, a heading, a row of a table."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import office
from tests.office import TALK, bold, docx, p, run, style, table
from turnstream.errors import Damaged, EmptyFile, FileTooLarge, PermanentError
from turnstream.extract import extract
from turnstream.models import Extracted, Line
from turnstream.parse import parse


def lines(body: str, styles: str = "") -> list[str]:
    return extract(docx(body, styles)).canonical.split("\n")


def line(body: str, styles: str = "") -> Line:
    found = extract(docx(body, styles)).lines
    assert len(found) == 1
    return found[0]


def transcript(document: Extracted) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(turn.label, turn.paragraphs) for turn in parse(document).turns]


def test_the_same_transcript_as_text_and_as_word_file_has_one_canonical_text_and_the_same_turns() -> None:
    text = extract("\n\n".join(f"{name}: {said}" for name, said in TALK).encode())
    word = extract(docx("".join(p(f"{name}: {said}") for name, said in TALK)))
    marked = extract(docx("".join(p(bold(f"{name}:"), run(f" {said}")) for name, said in TALK)))
    assert text.canonical == word.canonical == marked.canonical
    assert parse(text).turns == parse(word).turns == parse(marked).turns
    assert parse(text).speakers == parse(word).speakers == parse(marked).speakers
    assert (word.format, word.encoding, word.warnings) == ("docx", "binary", ())


def test_paragraphs_stand_apart_and_line_breaks_do_not() -> None:
    found = extract(docx(p("One\nTwo") + p("Three"))).lines
    assert [(one.text, one.blank_before) for one in found] == [("One", False), ("Two", False), ("Three", True)]


def test_a_typists_lines_are_put_together_again() -> None:
    said = (
        *("I said that the bridge", "would be built by the", "town, and nobody here", "has ever doubted that"),
        *("in all of these years", "since it was agreed on", "by all of us together."),
    )
    spoken = ("\n".join((f"{name}: {said[0]}", *said[1:])) for name in ("NORA WEBB", "OMAR REYES") * 2)
    body = p("").join("".join(map(p, one.split("\n"))) for one in spoken)
    turns = parse(extract(docx(body))).turns
    assert [turn.paragraphs for turn in turns] == [(" ".join(said),)] * 4


@pytest.mark.parametrize(
    ("name", "level"),
    [("berschrift1", 1), ("berschrift2", 2), ("Titel", 1), ("Heading3", 3), ("Standard", None), ("Heading7", None)],
)
def test_a_heading_is_told_by_the_english_name_of_its_style(name: str, level: int | None) -> None:
    found = line(p("Opening", look=style(name)), office.HEADINGS)
    assert found.style == (f"heading {level}" if level else None)


def test_a_heading_is_told_by_its_outline_level() -> None:
    assert line(p("Opening", look='<w:outlineLvl w:val="2"/>')).style == "heading 3"
    assert line(p("Opening", look='<w:outlineLvl w:val="9"/>')).style is None


@pytest.mark.parametrize(
    ("runs", "bold", "style"),
    [
        (bold("Nora Webb") + run(" Yes."), len("Nora Webb"), None),
        (bold("Nora ") + bold("Webb:") + run(" Yes."), len("Nora Webb:"), None),
        (bold("Nora Webb"), 0, "bold"),
        (run("Nora Webb", '<w:b w:val="0"/>') + run(" Yes."), 0, None),
        (run("Nora Webb", '<w:rStyle w:val="Fett"/>') + run(" Yes."), len("Nora Webb"), None),
        (run("Yes, ") + bold("no."), 0, None),
        (run("נורה", "<w:rtl/><w:bCs/>") + run(" Yes."), 4, None),
        (run("Nora", "<w:rPrChange><w:rPr><w:b/></w:rPr></w:rPrChange>") + run(" Yes."), 0, None),
    ],
    ids=["direct", "two runs", "all", "off", "style", "later", "right to left", "was bold"],
)
def test_bold_text_is_told(runs: str, bold: int, style: str | None) -> None:
    found = line(p(runs), office.HEADINGS)
    assert (found.bold, found.style) == (bold, style)


def test_a_name_in_bold_above_its_text_in_one_paragraph_is_a_line_in_bold() -> None:
    found = extract(docx(p(bold("Nora Webb\n"), run("Yes.")))).lines
    assert [(one.text, one.style) for one in found] == [("Nora Webb", "bold"), ("Yes.", None)]


def test_bold_of_a_paragraphs_style_and_of_a_runs_take_each_other_away() -> None:
    found = line(
        p(run("One", '<w:rStyle w:val="Fett"/>'), run(" two."), look=style("Strong1")),
        office.HEADINGS.replace(
            "</w:style>", "</w:style><w:style w:styleId='Strong1'><w:rPr><w:b/></w:rPr></w:style>", 1
        ),
    )
    assert (found.bold, found.style) == (0, None)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (p(run("Yes"), f"<w:ins>{run(', we can')}</w:ins>", run(".")), "Yes, we can."),
        (p(run("Yes"), "<w:del><w:r><w:delText>no</w:delText></w:r></w:del>", run(".")), "Yes."),
        (p(run("Yes"), f"<w:moveFrom>{run(' away')}</w:moveFrom>", run(".")), "Yes."),
        (p(run("Yes"), f"<w:moveTo>{run(' here')}</w:moveTo>", run(".")), "Yes here."),
        (p(run("Yes", "<w:del/>"), look="<w:rPr><w:del/></w:rPr>") + p(" and no."), "Yes and no."),
        (p(run("Yes"), run(" secret", "<w:vanish/>"), run(".")), "Yes."),
        (p(run("Yes"), run(" shown", '<w:vanish w:val="false"/>')), "Yes shown"),
        (p(run("See "), f"<w:hyperlink>{run('the page')}</w:hyperlink>", run(".")), "See the page."),
        (p(run("A"), '<w:r><w:footnoteReference w:id="1"/></w:r>', "<w:r><w:t>B</w:t></w:r>"), "AB"),
        (p("<w:r><w:t>one</w:t><w:noBreakHyphen/><w:t>two</w:t><w:softHyphen/><w:t>s</w:t></w:r>"), "one-twos"),
        (p("<w:r><w:sym w:font='Wingdings' w:char='F0E0'/></w:r>", run(" this")), "→ this"),
        (p("<w:r><w:sym w:font='Wingdings' w:char='F021'/></w:r>", run(" this")), "\ufffd this"),
        (p("<w:r><w:sym w:font='Arial' w:char='00E9'/></w:r>", run("t")), "ét"),
        (
            p(*(f"<w:r><w:sym w:font='Symbol' w:char='{code}'/></w:r>" for code in ("F061", "DE", "2228", "D800"))),
            "α⇒∨\ufffd",
        ),
        (p(f"<w:fldSimple w:instr='DATE'>{run('12 May')}</w:fldSimple>"), "12 May"),
        (p("<w:r><w:instrText>DATE</w:instrText></w:r>", run("12 May")), "12 May"),
        (p("<w:ruby><w:rt>" + run("かん") + "</w:rt><w:rubyBase>" + run("漢") + "</w:rubyBase></w:ruby>"), "漢"),
        (p("<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>", run(" is 1")), "x is 1"),
        ("<w:sdt><w:sdtPr><w:rPr><w:b/></w:rPr></w:sdtPr><w:sdtContent>" + p("In") + "</w:sdtContent></w:sdt>", "In"),
        (
            p("Yes")
            + "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
            + p("Click")
            + "</w:sdtContent></w:sdt>",
            "Yes",
        ),
        (p("<w:r><w:t>\n  Yes\n  and no.\n</w:t></w:r>"), "Yes and no."),
    ],
    ids=[
        *("insertion", "deletion", "moved away", "moved here", "deleted mark", "hidden", "shown", "link", "note"),
        *(
            "hyphens",
            "symbol",
            "unknown symbol",
            "letter as symbol",
            "signs",
            "field",
            "instruction",
            "ruby",
            "formula",
        ),
        *("control", "placeholder", "white space"),
    ],
)
def test_what_the_page_shows_is_read(body: str, shown: str) -> None:
    assert lines(body) == [shown]


def test_a_text_box_is_read_once_and_below_its_paragraph() -> None:
    inner = f"<w:txbxContent>{p('Beside')}</w:txbxContent>"
    box = f"<mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent>"
    assert lines(p(run("One"), f"<w:r>{box}</w:r>", run(" two"))) == ["One two", "Beside"]


def test_properties_may_have_alternatives_too() -> None:
    other = "<mc:AlternateContent><mc:Choice><w:b/></mc:Choice></mc:AlternateContent>"
    assert lines(p(run("Yes.", other), look=other)) == ["Yes."]


def test_what_has_no_alternative_here_is_read_in_its_fallback() -> None:
    box = f"<mc:AlternateContent><mc:Fallback>{run('plain')}</mc:Fallback></mc:AlternateContent>"
    assert lines(p(box)) == ["plain"]


def test_two_columns_are_a_label_and_its_text() -> None:
    found = extract(docx(table(TALK)))
    assert found.canonical.startswith("Nora Webb Good morning")
    assert transcript(found) == [(name, (said,)) for name, said in TALK]


def test_a_time_in_any_column_stands_before_the_label() -> None:
    rows = [(name, office.clock(at), said) for (name, said), at in zip(TALK, office.STARTS, strict=True)]
    parsed = parse(extract(docx(table(rows))))
    assert [(turn.label, turn.start_s) for turn in parsed.turns] == [
        (name, at) for (name, _), at in zip(TALK, office.STARTS, strict=True)
    ]


def test_who_speaks_may_stand_in_the_last_column() -> None:
    rows = [(office.clock(at), said, name) for (name, said), at in zip(TALK, office.STARTS, strict=True)]
    turns = parse(extract(docx(table(rows)))).turns
    assert [(turn.label, turn.start_s, turn.paragraphs) for turn in turns] == [
        (name, at, (said,)) for (name, said), at in zip(TALK, office.STARTS, strict=True)
    ]


def test_a_time_below_a_name_in_its_cell_stands_before_it() -> None:
    assert lines(table([(p("Nora") + p("0:12"), "One.")])) == ["0:12 Nora One."]
    assert lines(table([(p("Nora Webb\nChair"), "One.")])) == ["Nora Webb Chair One."]


def test_a_cell_of_several_paragraphs_goes_on_below() -> None:
    assert lines(table([("Nora:", p("One.") + p("Two."))])) == ["Nora: One.", "Two."]


def test_a_table_that_only_lays_a_page_out_is_its_paragraphs() -> None:
    assert lines(table([(p("One.") + p("Two."),)])) == ["One.", "Two."]
    assert lines(table([(p("One.") + table([("Three:", "Four.")]), "Five.")])) == ["One.", "Three: Four.", "Five."]


def test_a_deleted_row_is_left_out() -> None:
    rows = table([("Nora:", "One."), ("Omar:", "Two.")]).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 1)
    assert lines(rows) == ["Omar: Two."]


def test_strict_and_flat_files_are_read_alike() -> None:
    body = p("Title", look=style("berschrift1")) + "".join(p(f"{name}: {said}") for name, said in TALK)
    plain = extract(docx(body, office.HEADINGS))
    strict = extract(docx(body, office.HEADINGS.replace(office.WORD, office.STRICT), office.STRICT))
    package = "http://schemas.microsoft.com/office/2006/xmlPackage"
    inside = "".join(
        f'<pkg:part pkg:name="/word/{name}.xml"><pkg:xmlData>{xml.removeprefix(office._XML)}</pkg:xmlData></pkg:part>'
        for name, xml in (
            ("header1", f'<w:hdr xmlns:w="{office.WORD}">{p("Running head")}</w:hdr>'),
            ("document", office.document(body)),
            ("styles", office.styles(office.HEADINGS)),
        )
    )
    flat = (
        f'{office._XML}<?mso-application progid="Word.Document"?>\n'
        f'<pkg:package xmlns:pkg="{package}">{inside}</pkg:package>'
    )
    assert extract(flat.encode()).lines == plain.lines == strict.lines
    assert extract(flat.encode()).format == "docx"


def test_the_document_is_where_the_package_says_and_nothing_outside_of_it_is_followed() -> None:
    outside = '<Relationship Type="/styles" TargetMode="External" Target="https://example.org/styles.xml"/>'
    members = office.parts(p("Yes."))
    members["word/document2.xml"] = members.pop("word/document.xml")
    members["_rels/.rels"] = office.relations({"officeDocument": "/word/document2.xml"})
    members["word/_rels/document2.xml.rels"] = office.relations({}, outside)
    assert extract(office.zipped(members)).canonical == "Yes."


def test_the_cues_of_an_old_export_of_teams_have_their_speakers_and_times() -> None:
    document = extract(office.teams_cues())
    assert document.canonical == "\n".join(f"{name}: {said}" for name, said in TALK)
    assert [line.start_s for line in document.lines[:3]] == [2.002, 7.007, 13.013]


@pytest.mark.parametrize("make", [office.teams, office.transcribe, office.otter, office.zoom])
def test_the_exports_of_tools_have_all_turns(make: object) -> None:
    assert callable(make)
    turns = parse(extract(make())).turns
    assert [turn.paragraphs for turn in turns] == [(said,) for _, said in TALK]
    assert [turn.start_s for turn in turns] == [at + 36000.0 * (make is office.zoom) for at in office.STARTS]


def test_a_file_that_ends_in_the_middle_of_its_xml_is_read_so_far_with_a_warning() -> None:
    members = office.parts(p("One.") + p("Two.") + table([("Nora:", "Three."), ("Omar:", "Four.")]))
    xml = members["word/document.xml"]
    cut = office.zipped(members | {"word/document.xml": xml[: xml.index("Four") + 2]})
    document = extract(cut)
    assert document.canonical == "One.\nTwo.\nNora: Three.\nOmar:\nFo"
    assert document.warnings == ("damaged",)


def test_a_flipped_bit_of_text_is_a_warning() -> None:
    raw = bytearray(office.zipped(office.parts("".join(p(f"{n}: {s}") for n, s in TALK * 20)), zipfile.ZIP_STORED))
    at = raw.index(b"Good morning")
    raw[at] ^= 1
    assert extract(bytes(raw)).warnings == ("damaged",)


@pytest.mark.parametrize("cut", [30, 200, -1, -30, -200])
def test_a_truncated_file_is_damaged(cut: int) -> None:
    with pytest.raises(Damaged):
        extract(office.teams()[:cut])


def test_a_file_whose_document_is_no_xml_is_damaged() -> None:
    with pytest.raises(Damaged, match="cannot be read"):
        extract(office.zipped(office.parts("") | {"word/document.xml": "no xml"}))


@pytest.mark.parametrize("encoding", ["UPD-8", "shift-jis", "utf-7"])
def test_a_file_in_an_encoding_that_office_never_writes_is_damaged(encoding: str) -> None:
    xml = office.document(p("Yes.")).replace("UTF-8", encoding)
    with pytest.raises(Damaged, match="cannot be read"):
        extract(office.zipped(office.parts("") | {"word/document.xml": xml}))


def test_a_file_in_utf_16_is_read() -> None:
    xml = office.document(p("Да.")).replace("UTF-8", "UTF-16").encode("utf-16")
    assert extract(office.zipped(office.parts("") | {"word/document.xml": xml})).canonical == "Да."


@pytest.mark.parametrize("giant", ["<!--{}-->", "<w:x a='{}'/>"])
def test_a_tag_or_comment_of_megabytes_is_refused(giant: str) -> None:
    noise = "".join(map(str, range(1_000_000)))
    with pytest.raises(Damaged, match="longer than"):
        extract(docx(giant.format(noise)))


def test_a_document_without_text_is_empty() -> None:
    with pytest.raises(EmptyFile):
        extract(docx(p("") + p(" ")))


def test_declared_entities_are_refused_before_any_expands() -> None:
    bomb = '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "&a{n - 1 or ""};&a{n - 1 or ""};">' for n in range(1, 40)
    )
    xml = office.document(p("&a39;")).replace("?>\n", f"?>\n{bomb}]>")
    with pytest.raises(Damaged, match="document type"):
        extract(office.zipped(office.parts("") | {"word/document.xml": xml}))


def test_an_outer_entity_is_not_fetched() -> None:
    xml = office.document(p("&e;")).replace(
        "?>\n", '?>\n<!DOCTYPE w:document [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    )
    with pytest.raises(Damaged, match="document type"):
        extract(office.zipped(office.parts("") | {"word/document.xml": xml}))


def test_ten_thousand_levels_are_refused() -> None:
    deep = "<w:sdt>" * 10_000 + p("Deep.") + "</w:sdt>" * 10_000
    with pytest.raises(Damaged, match="levels"):
        extract(docx(deep))


def test_a_bomb_is_refused_while_it_expands() -> None:
    with pytest.raises(FileTooLarge, match="expand"):
        extract(docx(p(" " * 50_000_000)))


def test_a_declared_size_is_not_trusted() -> None:
    raw = bytearray(office.teams())
    entry = re.search(rb"PK\x01\x02.{42}word/document\.xml", raw, re.DOTALL)
    assert entry
    raw[entry.start() + 24 : entry.start() + 28] = (1 << 30).to_bytes(4, "little")
    document = extract(bytes(raw))
    assert "Good morning" in document.canonical


def test_a_million_members_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", b"PK\x01\x02" * 10_001)
    with pytest.raises(FileTooLarge, match="10000 files"):
        extract(file.getvalue())


@settings(max_examples=150)
@given(st.integers(0, 1 << 16), st.binary(min_size=1, max_size=8), st.sampled_from([office.teams(), office.minutes()]))
def test_whatever_is_broken_the_error_has_a_type(at: int, other: bytes, raw: bytes) -> None:
    at %= len(raw)
    with suppress(PermanentError):
        parse(extract(raw[:at] + other + raw[at + len(other) :]))


@settings(max_examples=150)
@given(st.integers(0, 1 << 16), st.text("</>wptrbc:&;= \"'a\x00", min_size=1, max_size=20))
def test_whatever_is_in_the_xml_the_error_has_a_type(at: int, other: str) -> None:
    xml = office.parts(p(run("One"), bold("two")) + table([("Nora:", "Three.")]))["word/document.xml"]
    at %= len(xml)
    with suppress(PermanentError):
        parse(extract(office.zipped(office.parts("") | {"word/document.xml": xml[:at] + other + xml[at:]})))
