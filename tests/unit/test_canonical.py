"""The canonical text: one text for everything that says the same, and spans that fit it."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnstream.extract.canonical import CANONICAL_VERSION, lines_of

LINE_ENDS = ("\r\n", "\r", "\x0b", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
SPACES = ("\t", "\x1f", "\xa0", "\u1680", "\u2003", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000")
DROPPED = ("\xad", "\ufeff", "\u200b", "\u2060", "\u180e", "\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2069")

#: Any text, with what the rule is about far more often than by chance.
texts = st.text(
    st.one_of(
        st.sampled_from([" ", "\n", "\u0301", "e", "\u00e9", "\u1100", "\u1161", *LINE_ENDS[1:], *SPACES, *DROPPED]),
        st.characters(codec="utf-8"),
    )
)


def canonical(text: str) -> str:
    return lines_of(text)[1]


@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_every_line_end_is_one_line_feed(end: str) -> None:
    assert canonical(f"one{end}two{end}") == "one\ntwo"


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_every_kind_of_space_is_one_space(space: str) -> None:
    assert canonical(f"{space}one{space}two {space}{space}three{space}") == "one two three"


@pytest.mark.parametrize("character", DROPPED, ids=ascii)
def test_characters_without_width_are_dropped_wherever_they_stand(character: str) -> None:
    assert canonical(f"{character}co{character}-op {character} now{character}\n{character}\nend") == "co-op now\nend"


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u06cc\u200c\u0631\u0648\u0645",  # Persian "I go" is spelt with ZWNJ
        "\u0915\u094d\u200d\u0937",  # Devanagari, half form by ZWJ
        "\U0001f469\u200d\U0001f4bb",  # woman technologist
        "x\ufe0f",  # a variation selector
        "\ufffd \ue000",  # replacement and private use: not ours to judge
    ],
    ids=["ZWNJ", "ZWJ", "emoji", "variation selector", "private use"],
)
def test_what_words_are_spelt_with_is_kept(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cafe\u0301", "Caf\u00e9"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00"),  # Hangul from jamo
        ("\u212b", "\u00c5"),  # Angstrom sign
        ("e\u200b\u0301", "\u00e9"),  # what stood between them is dropped first
        ("\ufb01", "\ufb01"),  # a ligature is compatible, not equal
        ("\u2460 \u00bd", "\u2460 \u00bd"),
    ],
    ids=["accent", "hangul", "angstrom", "across a dropped one", "ligature", "numbers"],
)
def test_composed_and_decomposed_are_the_same_and_compatible_is_not(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ufeff", "\u200b\r\n\t\u3000\n", "\xad"], ids=ascii)
def test_a_text_of_nothing_visible_has_no_lines(text: str) -> None:
    assert lines_of(text) == ((), "")


@pytest.mark.parametrize(
    ("text", "indents"),
    [
        ("a\n  b", [0, 2]),
        ("\ta", [8]),
        ("  \ta", [8]),
        ("\t  a", [10]),
        ("\xa0\xa0a", [2]),
        ("\u3000a", [1]),
        ("\ufeff  a", [2]),
        ("a \t b", [0]),
    ],
    ids=ascii,
)
def test_the_indent_is_the_columns_of_white_space_before_a_line(text: str, indents: list[int]) -> None:
    assert [line.indent for line in lines_of(text)[0]] == indents


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        ("a\nb", [False, False]),
        ("a\n\nb", [False, True]),
        ("a\r\n\r\nb", [False, True]),
        ("a\n\n\n\nb\nc", [False, True, False]),
        ("\n\na", [True]),
        ("a\n \t\u3000\nb", [False, True]),
        ("a\n\u200b\nb", [False, True]),
        ("a\n\n", [False]),
    ],
    ids=ascii,
)
def test_blank_lines_are_dropped_and_noted_on_the_next(text: str, blanks: list[bool]) -> None:
    assert [line.blank_before for line in lines_of(text)[0]] == blanks


def test_the_rule_of_a_version_never_changes() -> None:
    """Every document id hangs on it: a change of what comes out here needs a new version."""
    text = "".join(
        f"{number}{space}a{end}{dropped}Cafe\u0301\xa0\x1f!"
        for number, (space, end, dropped) in enumerate(zip(SPACES, LINE_ENDS, DROPPED, strict=False))
    )
    assert CANONICAL_VERSION == 1
    assert hashlib.sha256(canonical(text).encode()).hexdigest() == (
        "d4160fff0a308a60e3866cc8c3d3d8ff453bdaad6e327e7f9e291a6201433e79"
    )


@given(texts)
@example("a\u3000\u3099")
@example("\u1100\n\u1161")
def test_the_canonical_text_of_a_canonical_text_is_itself(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once


@given(texts)
def test_lines_tile_the_text(text: str) -> None:
    lines, whole = lines_of(text)
    position = 0
    for line in lines:
        assert line.start == position
        assert whole[line.start : line.end] == line.text
        position = line.end + 1
    assert position == (len(whole) + 1 if lines else 0)
    assert whole.split("\n") == ([line.text for line in lines] or [""])


@given(texts)
def test_only_single_spaces_and_line_feeds_are_left_between_words(text: str) -> None:
    whole = canonical(text)
    assert {character for character in whole if character.isspace()} <= {" ", "\n"}
    for gap in ("  ", "\n\n", " \n", "\n "):
        assert gap not in whole
    assert whole == whole.strip()
    assert unicodedata.is_normalized("NFC", whole)
    assert not set(whole) & set(DROPPED)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cf"])))
def test_no_visible_character_is_lost(text: str) -> None:
    def visible(some: str) -> str:
        return "".join(unicodedata.normalize("NFD", some).split())

    assert visible(canonical(text)) == visible(text)


@given(texts)
def test_how_a_text_is_typed_does_not_change_it(text: str) -> None:
    expected = canonical(text)
    assert canonical(unicodedata.normalize("NFD", text)) == expected
    assert canonical(text.replace("\n", "\r\n")) == expected
    assert canonical(text.replace(" ", " \u3000\t")) == expected
    assert canonical("\ufeff" + text) == expected


@given(st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1), min_size=1))
def test_other_words_are_another_text(words: list[str]) -> None:
    words = [unicodedata.normalize("NFC", word) for word in words]
    assert canonical(" \t".join(words)) == " ".join(words)
    assert canonical("\r\n\r\n".join(words)) == "\n".join(words)
