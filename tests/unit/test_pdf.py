"""PDF with a text layer: rows, columns, running heads; and every way in which one may be no use."""

from __future__ import annotations

import contextlib
import io
import sys
import time
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pdf import Shown, file_of, lines, pdf
from turnstream.errors import Damaged, DocumentError, EmptyFile, Encrypted, FileTooLarge, UnsupportedFormat
from turnstream.extract import extract
from turnstream.parse import parse

pytest.importorskip("pypdf", reason="needs the extra 'pdf'")

TALK = ["Ann: Good morning.", "Bob: Good morning, Ann."]


def shown(pages: Sequence[Sequence[Shown]]) -> list[str]:
    return extract(pdf(pages)).canonical.splitlines()


def page_of(content: bytes, more: Sequence[bytes] = (), resources: bytes = b"", encoding: bytes = b"") -> bytes:
    """A file of one page with a content stream as it stands."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F0 5 0 R>>%s>>>>"
        % resources
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica%s>>" % encoding
    catalog, pages = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
    return file_of([catalog, pages, page, content, font, *more])


def flate(data: bytes) -> bytes:
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(data), data)


def test_rows_are_read_from_top_to_bottom_whatever_the_order_in_which_they_are_written() -> None:
    extracted = extract(pdf([lines(TALK)[::-1]]))
    assert extracted.canonical.splitlines() == TALK
    assert (extracted.format, extracted.encoding, extracted.warnings) == ("pdf", "binary", ())


def test_gaps_set_paragraphs_apart_and_indents_are_kept() -> None:
    found = extract(pdf([lines(["One", "two", "", "    Three", "four"])])).lines
    assert [(line.text, line.blank_before) for line in found] == [
        ("One", False),
        ("two", False),
        ("Three", True),
        ("four", False),
    ]
    assert [line.indent > 0 for line in found] == [False, False, True, False]


def test_large_and_bold_text_is_told_as_that() -> None:
    page = [
        Shown(72, 740, "The Pier", size=18),
        Shown(72, 700, "Questions", "Helvetica-Bold"),
        Shown(72, 680, "Ann:", "Helvetica-Bold"),
        Shown(100, 680, "Good morning, and let us begin with the pier."),
    ]
    found = extract(pdf([page])).lines
    assert [(line.text[:9], line.style, line.bold) for line in found] == [
        ("The Pier", "heading 1", 0),
        ("Questions", "bold", 0),
        ("Ann: Good", None, 4),
    ]


@pytest.mark.parametrize("by_row", [True, False])
def test_two_columns_are_read_one_after_the_other(by_row: bool) -> None:
    left = [f"{number} the left column goes on with these words" for number in range(12)]
    right = [f"{number} and the right one with others, as long" for number in range(12)]
    sides = lines(left, x=60), lines(right, x=330)
    body = [one for pair in zip(*sides, strict=True) for one in pair] if by_row else [*sides[0], *sides[1]]
    head = Shown(60, 750, "A headline that runs across both of the columns of this page, all the way to the end")
    assert shown([[head, *body]]) == [head.text, *left, *right]


def test_a_column_of_labels_is_no_column_of_text() -> None:
    rows = [(f"Speaker {n % 3}", "says a sentence that is as long as this one is") for n in range(12)]
    labels = lines([label for label, _ in rows], x=72)
    texts = lines([text for _, text in rows], x=290)
    found = extract(pdf([[*labels, *texts]])).lines
    assert [line.text for line in found] == [" ".join(row) for row in rows]
    assert {line.gaps for line in found} == {(len("Speaker 0"),)}


def test_running_heads_are_left_out_and_page_numbers_stay_for_the_parser() -> None:
    pages = [
        [
            Shown(72, 760, "Harbour Council"),
            *lines([f"Ann: This is line {n} of page {page}." for n in range(9)], top=700),
            Shown(300, 40, f"Page {page}"),
        ]
        for page in range(1, 5)
    ]
    found = shown(pages)
    assert "Harbour Council" not in found
    assert [line for line in found if line.startswith("Page")] == [f"Page {page}" for page in range(1, 5)]
    assert len(found) == 4 * 10


def test_text_that_short_pages_share_is_no_running_head() -> None:
    assert shown([lines(TALK)] * 3) == TALK * 3


def test_line_numbers_stand_before_their_lines() -> None:
    words = ["Q.   Where were you?", "A.   At home, all night."] * 12
    numbers = [Shown(80, 720 - 20 * n, str(n + 1), "Courier") for n in range(24)]
    texts = [Shown(130, 720 - 20 * n, text, "Courier") for n, text in enumerate(words)]
    extracted = extract(pdf([[*texts, *numbers]]))
    assert extracted.canonical.splitlines()[:2] == ["1 Q. Where were you?", "2 A. At home, all night."]
    assert [turn.kind for turn in parse(extracted).turns][:2] == ["question", "answer"]


def test_pieces_of_a_word_and_raised_letters_are_put_together() -> None:
    content = (
        b"BT /F0 12 Tf 72 700 Td (M) Tj /F0 9 Tf (INUTES of the 3) Tj ET "
        b"BT /F0 7 Tf 162 705 Td (rd) Tj ET BT /F0 12 Tf 172 700 Td (of May) Tj ET"
    )
    assert extract(page_of(flate(zlib.compress(content)))).canonical == "MINUTES of the 3 rd of May"


def test_letters_that_are_printed_as_one_sign_are_letters() -> None:
    content = b"BT /F0 12 Tf 72 700 Td (Jo Li: The \\001rst o\\002er, in e\\003ect.) Tj ET"
    raw = page_of(flate(zlib.compress(content)), encoding=b"/Encoding<</Differences[1/fi/ff/ff]>>")
    assert extract(raw).canonical == "Jo Li: The first offer, in effect."


def test_a_scan_is_told_as_one() -> None:
    with pytest.raises(EmptyFile, match="4 pages without a text layer: a scan"):
        extract(pdf([[]] * 4))


def locked(password: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([lines(TALK)]))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_lock_that_no_password_opens_is_no_hindrance_and_another_is_told() -> None:
    assert extract(locked("")).canonical.splitlines() == TALK
    with pytest.raises(Encrypted, match="password"):
        extract(locked("secret"))


def test_a_cipher_that_is_not_read_here_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    def decrypt(*_: object) -> None:
        raise DependencyError("cryptography is required for AES")

    monkeypatch.setattr(PdfReader, "decrypt", decrypt)
    with pytest.raises(Encrypted, match="AES"):
        extract(locked(""))


def test_without_pypdf_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(UnsupportedFormat, match=r"turnstream\[pdf\]"):
        extract(pdf([lines(TALK)]))


def test_what_is_repaired_is_read_and_told() -> None:
    extracted = extract(pdf([lines(TALK)]).replace(b"/Root 1 0 R", b"/Root 9 0 R"))
    assert extracted.canonical.splitlines() == TALK
    assert extracted.warnings == ("damaged",)


@pytest.mark.parametrize(
    "raw", [b"%PDF-1.7\n", pdf([lines(TALK)])[:600], pdf([lines(TALK)]).replace(b"startxref", b"")]
)
def test_what_cannot_be_is_damaged(raw: bytes) -> None:
    with pytest.raises(Damaged, match="PDF that is broken"):
        extract(raw)


KIDS = b"<</Type/Pages/Count 1/Kids[%d 0 R]>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FORM = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 64>>\nstream\n%s\nendstream"
)


@pytest.mark.parametrize(
    "raw",
    [
        page_of(b"<</Length 1073741824>>\nstream\nBT ET\nendstream"),
        page_of(flate(zlib.compress(b"[" * 10_000))),
        file_of([CATALOG, b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>"]),
        file_of([CATALOG, *(KIDS % (n + 3) for n in range(5000))]),
        page_of(b"<</Length 5>>\nstream\n/X Do\nendstream", [FORM % (6, b"/X Do ")], b"/XObject<</X 6 0 R>>"),
    ],
    ids=["a gigabyte declared", "10,000 levels", "a circle", "deep pages", "a form in itself"],
)
def test_hostile_files_end_in_a_reason(raw: bytes) -> None:
    with pytest.raises((Damaged, EmptyFile, FileTooLarge)):
        extract(raw)


#: Words at a place.
WORDS = b"BT /F0 9 Tf 72 700 Td (Anna: Hi.) Tj ET "


def of_one_stream(content: bytes, count: int) -> bytes:
    """A file of so many pages that all show one stream."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F0 3 0 R>>>>>>"
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(count))
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    pages = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)
    return file_of([CATALOG, pages, font, flate(zlib.compress(content)), *[page] * count])


@pytest.mark.parametrize(
    "raw",
    [
        page_of(flate(zlib.compress(b"0" * (1 << 27)))),
        page_of(flate(zlib.compress(WORDS + b" " * 50_000_000))),
        page_of(flate(zlib.compress(WORDS + b"q Q " * 2_000_000))),
        of_one_stream(WORDS + b" " * 1_000_000, 500),
        of_one_stream(WORDS + b"q Q " * 50_000, 500),
    ],
    ids=["no text", "blanks", "operators", "blanks of many pages", "operators of many"],
)
def test_streams_that_grow_beyond_what_the_file_accounts_for_are_told_before_they_take_long(raw: bytes) -> None:
    began = time.process_time()
    with pytest.raises(FileTooLarge):
        extract(raw)
    assert time.process_time() - began < 30


def test_a_page_beyond_the_limits_is_left_out_and_told_and_many_are_no_transcript() -> None:
    beyond = flate(zlib.compress(b" " * 5_000_000))
    fonts = b"<</Font<</F0 4 0 R>>>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources" + fonts + b">>"

    def of(count: int) -> bytes:
        kids = b" ".join(b"%d 0 R" % number for number in (6, *range(8, 8 + count)))
        pages = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count + 1, kids)
        font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
        words = b"<</Length %d>>\nstream\n%s\nendstream" % (len(WORDS), WORDS)
        return file_of([CATALOG, pages, beyond, font, words, page % 5, b"null", *[page % 3] * count])

    extracted = extract(of(1))
    assert (extracted.canonical, extracted.warnings) == ("Anna: Hi.", ("damaged",))
    with pytest.raises(FileTooLarge, match="beyond all limits"):
        extract(of(4))


def test_an_object_that_leads_back_to_itself_is_told_in_the_same_words_each_time() -> None:
    raw = b"%PDF-1.7\n1 0 obj<<///Pages 2 0 R>2 0 objtrailer<</Size 8/Root 1 0 R>\nstartxref2\n%%"
    with pytest.raises(Damaged, match=r"itself: .* 2 0 R\.$") as first:
        extract(raw)
    with pytest.raises(Damaged) as second:
        extract(raw)
    assert first.value.detail == second.value.detail


def test_a_page_that_is_listed_ten_thousand_times_is_there_once() -> None:
    kids = b"<</Type/Pages/Count 10000/Kids[%s]>>" % (b"3 0 R " * 10_000)
    raw = page_of(b"<</Length 34>>\nstream\nBT /F0 9 Tf 72 700 Td (Hi.) Tj ET \nendstream")
    assert extract(raw.replace(b"<</Type/Pages/Count 1/Kids[3 0 R]>>", kids)).canonical == "Hi."


@settings(max_examples=60)
@given(at=st.integers(0, 900), noise=st.binary(min_size=1, max_size=30))
def test_any_damage_has_an_outcome(at: int, noise: bytes) -> None:
    raw = pdf([lines(TALK)], pressed=False)
    with contextlib.suppress(DocumentError):
        extract(b"%PDF-1.7" + raw[8 : 8 + at] + noise + raw[8 + at + len(noise) :])


def test_a_character_that_its_font_does_not_name_is_lost_and_told() -> None:
    document = extract(pdf([[Shown(72, 700, "Jo Li: I s\0y.")]]))
    assert document.canonical == "Jo Li: I s\ufffdy."
    assert document.warnings == ("replacement_characters",)
