"""What is ruled out at a glance is what would not be found."""

from __future__ import annotations

import re
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from turnstream.extract.canonical import lines_of
from turnstream.parse import attendance, lines, page, shapes, voices
from turnstream.parse.facts import dates
from turnstream.parse.facts import words as fact_words
from turnstream.parse.layouts import own_line

DATED = (
    "2019",
    "1499",
    "2200",
    "5",
    "06",
    "19",
    "3rd",
    "May",
    "mai",
    "Januar",
    "ngày",
    "tháng",
    "năm",
    "de",
    "元",
    "年",
)
BESIDE = (
    " ",
    ". ",
    ", ",
    "-",
    "/",
    ".",
    "–",
    "月",
    "日",
    "년 ",
    "월 ",
    "일",
    "令和",
    "三十一",
    "ko ",
    " gada ",
    "٣",
    "²",
)
LABELS = (
    "Speaker",
    "Q",
    "Guest",
    "Host",
    "Mr. Li",
    "İ",
    "ß",
    "主持人",
    "a",
    "b",
    "1",
    "12",
    "٣",
    "²",
    "#",
    "_",
    "-",
    " ",
    "(",
    ")",
)
SAID = (
    "we",
    "We.",
    "let's",
    "I'm",
    "lets",
    "你",
    "trade",
    "?",
    "!",
    " ",
    "\x1f",
    "ます",
    "。",
    "…",
    ")",
    '"',
    "”",
    "]",
    "-",
)
DRESSED = ("#", "*", "_", "**", "[", "]", "<", ">", "【", "】", " ", "Jo", "1", "12")


def of(*pieces: str) -> st.SearchStrategy[str]:
    """Texts of such pieces, with something else now and then."""
    return st.lists(st.sampled_from(pieces) | st.text(max_size=2), max_size=12).map("".join)


@given(of(*DATED, *BESIDE))
@example("6 May 2020")
@example("2020ko maiatzaren 5a")
@example("令和元年五月一日")
@example("ngày 5 tháng 3 năm 2020")
def test_a_date(text: str) -> None:
    found = dates.dates_in(text)
    with patch.object(dates, "_DATED", re.compile("")):
        assert dates.dates_in(text) == found


@given(of(*LABELS))
def test_the_number_of_a_label(label: str) -> None:
    assert shapes._may_be_numbered(label) or not shapes._NUMBERED.fullmatch(label)


@given(of(*LABELS))
@example("\u1e9e.Li ﬀ (İ)")
def test_words_that_are_folded_together_are_as_each_by_itself(label: str) -> None:
    together = [part.strip(shapes._AROUND) for part in label.casefold().split()]
    assert together == [shapes.fold(part) for part in label.split()]


@given(of(*SAID))
@example("let's")
def test_a_voice(text: str) -> None:
    found = voices.has_voice(text)
    with patch.object(voices, "_BETWEEN_BLANKS", frozenset()):
        assert voices.has_voice(text) == found


@given(of(*SAID))
def test_the_end_of_a_sentence(text: str) -> None:
    whole = re.compile(r"[.?!…。？！—–-][\"'”’»)\]]*\Z")
    assert lines.ends_sentence(text) == (whole.search(text, max(0, len(text) - 6)) is not None)


@given(of(*fact_words.FIELDS, *LABELS, *(label.title() for label in fact_words.FIELDS)), st.sampled_from(("Jo Li", "")))
@example("Host", "Jo Li")
@example("Q1. Interviewer", "Jo Li")
def test_who_a_head_names_with_a_label(label: str, name: str) -> None:
    text, _ = lines_of(f"{label}: {name}")
    found = attendance.attendance_of(text)
    with patch.object(attendance, "_may_say_who", lambda _: True):
        assert attendance.attendance_of(text) == found


@given(of(".", " ", "..", "12"))
def test_an_entry_of_contents(text: str) -> None:
    assert page._is_entry(text) == (page._LEADER.search(text) is not None)


@given(of(*DRESSED).filter(bool))
def test_what_a_label_is_written_in(text: str) -> None:
    if text[0] not in own_line._DRESSED and text[-1] != "]":
        assert own_line._undressed(text, "") == ("", text)
