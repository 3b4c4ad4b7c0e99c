"""RTF: groups and control words by the specification, characters by code page, font and number."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import office
from tests.office import TALK, rtf
from turnstream.errors import Damaged, EmptyFile, PermanentError
from turnstream.extract import extract
from turnstream.parse import parse


def text(body: str, fonts: str = r"{\f0\fswiss\fcharset0 Arial;}", head: str = r"\ansi\ansicpg1252\deff0") -> str:
    return extract(rtf(body, fonts, head)).canonical


def test_the_same_transcript_as_text_and_as_rtf_has_one_canonical_text_and_the_same_turns() -> None:
    plain = extract("\n\n".join(f"{name}: {said}" for name, said in TALK).encode())
    found = extract(rtf("".join(f"{{\\b {name}:}} {said}\\par\n" for name, said in TALK)))
    assert found.canonical == plain.canonical
    assert parse(found).turns == parse(plain).turns
    assert parse(found).speakers == parse(plain).speakers
    assert (found.format, found.warnings) == ("rtf", ())


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"One\par Two", "One\nTwo"),
        (r"One\line two\tab three", "One\ntwo three"),
        ("One\\\ntwo", "One\ntwo"),
        ("On\r\ne", "One"),
        (r"\{a\}\\b", "{a}\\b"),
        (r"\lquote a\rquote  \ldblquote b\rdblquote\emdash c\endash\bullet", "‘a’ “b”—c–•"),
        (r"a\~b\_c\-d", "a b-cd"),
        (r"A{\footnote note}B", "AB"),
        (r"A{\header head\par}{\footerr foot\par}B", "AB"),
        (r"A{\*\unknown what}B", "AB"),
        (r"A{\pict\wmetafile8 010203}B{\*\shppict{\pict 04}}C", "ABC"),
        ("A{\\pict\\bin4 {}{{}B", "AB"),
        (r"A{\v secret}B\v also\v0 C", "ABC"),
        (r"A{\deleted gone}B", "AB"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt the page}}", "the page"),
        (r"{\listtext\tab 1.\tab}One", "One"),
        (r"{\*\bkmkstart x}A{\*\bkmkend x}", "A"),
        (r"{\object{\*\objdata 0102}{\result Shown}}", "Shown"),
        (r"{\upr{a}{\*\ud{b}}}", "a"),
        (r"A\unknown123 B", "AB"),
        (r"One\'", "One"),
    ],
)
def test_what_the_page_shows_is_read(body: str, shown: str) -> None:
    assert text(body) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"caf\'e9", "café"),
        (r"caf\u233\'e9", "café"),
        (r"caf\u233?", "café"),
        (r"\uc0 caf\u233 s", "cafés"),
        (r"\uc2 caf\u233 xxs", "cafés"),
        (r"{\uc0 caf\u233 s}\u233?", "cafésé"),
        (r"\u-3913?", "\uf0b7"),
        (r"\u-10179?\u-8704?", "😀"),
        (r"\u-10179?x", "x"),
        (r"\u-8704?", "\ufffd"),
        (r"caf\u233{s}", "cafés"),
        (r"\u99999?", "?"),
    ],
)
def test_characters_by_number_and_what_stands_for_them(body: str, shown: str) -> None:
    assert text(body) == shown


@pytest.mark.parametrize(
    ("codec", "fonts", "head", "font"),
    [
        ("cp1251", r"{\f0\fcharset204 A;}", r"\ansi\ansicpg1252\deff0", r"\f0"),
        ("cp1251", r"{\f0 A;}", r"\ansi\ansicpg1251\deff0", r"\f0"),
        ("cp1251", r"{\f0\fnil\fcharset0 A;}", r"\ansi\ansicpg1251\cocoartf1504", r"\f0"),
        ("cp1251", r"{\f0\fcharset0 A;}{\f7\fcharset204{\*\falt B} C;}", r"\ansi\ansicpg1252\deff0", r"\f7"),
        ("cp1251", r"{\f0\fcharset204 A;}", r"\ansi\deff0", r"\plain"),
        ("cp1251", r"{\f3\fcharset204 A;}", r"\ansi\deff3", r"\i"),
        ("mac-cyrillic", r"{\f0 A;}", r"\mac\ansicpg10007", ""),
        ("cp866", r"{\f0\cpg866 A;}", r"\ansi", r"\f0"),
        ("utf-8", r"{\f0 A;}", r"\ansi\ansicpg65001", ""),
    ],
)
def test_bytes_are_of_the_fonts_or_the_documents_code_page(codec: str, fonts: str, head: str, font: str) -> None:
    said = "Добрый день"
    written = "".join(f"\\'{byte:02x}" for byte in said.encode(codec))
    assert text(f"{font} {written}", fonts, head) == said
    raw = rtf(f"{font} @", fonts, head).replace(b"@", said.encode(codec))
    assert extract(raw).canonical == said


def test_a_character_of_two_bytes_may_have_a_letter_as_its_second() -> None:
    fonts = r"{\f0\fcharset128 A;}"
    assert text(r"\f0 \'83A\'83\\\'83\'5c", fonts) == "アソソ"


def test_what_a_code_page_does_not_have_is_shown_and_warned_of() -> None:
    document = extract(rtf(r"caf\'81s"))
    assert (document.canonical, document.warnings) == ("caf\ufffds", ("replacement_characters",))


def test_a_code_page_that_is_not_known_is_warned_of() -> None:
    assert extract(rtf("Yes.", head=r"\ansi\ansicpg9999")).warnings == ("encoding_uncertain",)


def test_headings_and_bold_text_are_told() -> None:
    styles = r"{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\s2 \sbasedon0 Heading 2;}{\*\cs10 heading 3;}}"
    body = (
        r"\pard\s1 One\par\pard\s2 Two\par\pard\outlinelevel3 Four\par"
        r"\pard\plain\b Five\b0\par{\b Six:} seven\par\pard\plain\b1 Eight:\plain  nine\par"
    )
    found = extract(rtf(styles + body)).lines
    assert [(one.text, one.style, one.bold) for one in found] == [
        ("One", "heading 1", 0),
        ("Two", "heading 2", 0),
        ("Four", "heading 4", 0),
        ("Five", "bold", 0),
        ("Six: seven", None, len("Six:")),
        ("Eight: nine", None, len("Eight:")),
    ]


def test_a_table_is_read_row_by_row() -> None:
    document = extract(office.rtf_table())
    turns = parse(document).turns
    assert [(turn.label, turn.paragraphs[0]) for turn in turns] == list(TALK)
    assert document.canonical.endswith("Recorded by the town.")


def test_a_cell_of_several_paragraphs_goes_on_below() -> None:
    row = r"\trowd\cellx1\cellx2\pard\intbl Nora:\cell One.\par Two.\cell\row\pard After\par"
    assert text(row) == "Nora: One.\nTwo.\nAfter"


def test_a_table_in_a_table_is_read_row_by_row() -> None:
    def nested(*cells: str) -> str:
        said = "".join(f"\\pard\\intbl\\itap2 {cell}\\nestcell" for cell in cells)
        return said + r"{\*\nesttableprops\trowd\cellx1\nestrow}{\nonesttables\par}"

    inner = nested("Nora:", "One.") + nested("Omar:", "Two.")
    assert text(rf"\trowd\pard\intbl Above\par{inner}\pard\intbl\itap1 Below\cell\row\pard After\par") == (
        "Above\nNora: One.\nOmar: Two.\nBelow\nAfter"
    )


def test_a_text_box_is_read_below_its_paragraph() -> None:
    box = r"{\shp{\*\shpinst\shpleft1{\sp{\sn a}{\sv 1}}{\shptxt \pard Beside\par}}{\shprslt{\*\do 1}}}"
    assert text(rf"One{box} two\par Three") == "One two\nBeside\nThree"


@pytest.mark.parametrize("cut", [1, 20])
def test_a_file_that_ends_in_the_middle_is_read_so_far_with_a_warning(cut: int) -> None:
    raw = rtf(r"One.\par {\b Two} and a half of the third paragraph")
    document = extract(raw[:-cut])
    assert document.canonical.startswith("One.\nTwo and")
    assert document.warnings == ("damaged",)


def test_what_stands_behind_the_document_is_nothing_of_it() -> None:
    assert extract(rtf("Yes.") + b"\0\0} {\\rtf1 No.}").canonical == "Yes."


def test_a_mark_or_a_blank_may_stand_before_it_and_a_text_that_only_looks_alike_is_a_text() -> None:
    assert extract(b"\xef\xbb\xbf" + rtf("Yes.")).format == "rtf"
    assert extract(b"\r\n" + rtf("Yes.")).format == "rtf"
    assert extract(rb"{\rtfm} is what Nora: says").format == "text"


def test_a_document_without_text_is_empty_or_damaged() -> None:
    with pytest.raises(EmptyFile):
        extract(rtf(""))
    with pytest.raises(Damaged):
        extract(b"{\\rtf1\\ansi{\\fonttbl{\\f0")


def test_ten_thousand_groups_are_refused() -> None:
    with pytest.raises(Damaged, match="levels"):
        extract(rtf("{" * 10_000 + "deep" + "}" * 10_000))


@pytest.mark.parametrize("number", [-5, 10**9, 10**10 - 1])
def test_a_gigabyte_of_bytes_that_are_not_there_is_the_end(number: int) -> None:
    document = extract(rtf(f"One.\\par{{\\pict\\bin{number} x}}"))
    assert document.canonical.startswith("One.")


@pytest.mark.parametrize("part", [r"\b", "{", "}", r"\'e9", r"\u233?", "a", r"{\pict ", r"\cell ", r"\shptxt ", "\\\n"])
def test_any_control_word_again_and_again_is_read_in_linear_time(part: str) -> None:
    begin = time.process_time()
    with suppress(PermanentError):
        extract(b"{\\rtf1 " + part.encode() * (200_000 // len(part)))
    assert time.process_time() - begin < 5


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from([*r"{}\ab1 '-*", r"\u", r"\uc0", r"\cell", r"\row", r"\shptxt", r"\par", r"\bin", "é"]))
)
def test_whatever_stands_in_it_the_error_has_a_type(parts: list[str]) -> None:
    with suppress(PermanentError):
        parse(extract(b"{\\rtf1" + "".join(parts).encode()))


def test_a_character_that_is_none_is_left_out() -> None:
    assert extract(rb"{\rtf1 Jo\u0? Li: I s\'00ay.\par}").canonical == "Jo Li: I say."
