"""Dates: what is sure is read in every form and language, what is not is left alone."""

from __future__ import annotations

import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.parse.facts.datelines import Dateline, day_of_title, is_time, read_dateline
from turnstream.parse.facts.dates import dates_in

DAY = date(2020, 5, 6)
NORTHAM = "Headquarters, Northam"


@pytest.mark.parametrize(
    "text",
    [
        "6 May 2020",
        "6th of May, 2020",
        "May 6, 2020",
        "MAY 6th, 2020",
        "Wednesday 6 May 2020",
        "6. Mai 2020",
        "den 6. Mai 2020",
        "6 mai 2020",
        "6 de mayo de 2020",
        "6 de maig de 2020",
        "6 de maio de 2020",
        "6 maggio 2020",
        "6 mei 2020",
        "6 maja 2020 r.",
        "6. května 2020",
        "6. mája 2020",
        "6. svibnja 2020.",
        "2020. május 6.",
        "den 6 maj 2020",
        "6. toukokuuta 2020",
        "2020. gada 6. maijs",
        "2020 m. gegužės 6 d.",
        "6 Mayıs 2020",
        "6 Μαΐου 2020",
        "6 мая 2020 года",
        "6 травня 2020 року",
        "6 май 2020 г.",
        "6 מאי 2020",
        "6 مايو 2020",
        "2020年5月6日",
        "令和2年5月6日",
        "令和二年五月六日",
        "二〇二〇年五月六日",
        "民國109年5月6日",
        "2020년 5월 6일",
        "ngày 6 tháng 5 năm 2020",
        "2020-05-06",
        "2020-05-06T10:00:00Z",
        "2020/05/06",
        "06.05.2020",
    ],
)
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert [found.day for found in dates_in(text)] == [DAY]


@pytest.mark.parametrize(("text", "day"), [("13/05/2020", 13), ("05/13/2020", 13), ("05/05/2020", 5)])
def test_a_number_that_is_no_month_settles_the_order(text: str, day: int) -> None:
    assert [found.day for found in dates_in(text)] == [date(2020, 5, day)]


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2020",
        "03-04-2020",
        "May 2020",
        "6 May",
        "6/5/20",
        "31 June 2020",
        "2020-13-01",
        "2020-02-30",
        "4-6 May 2020",
        "4 – 6 May 2020",
        "4 and 6 May 2020",
        "May 4-6, 2020",
        "30 April – 6 May 2020",
        "2 May 2020 – 6 May 2020",
        "1.5.2020 - 6.5.2020",
        "令和0年5月6日",
        "平成40年5月6日",
        "version 2020.05",
        "call 01-05-2020-77",
        "6 mails 2020",
        "",
    ],
)
def test_what_is_unsure_or_no_single_day_is_no_date(text: str) -> None:
    assert dates_in(text) == []


def test_a_month_that_two_languages_mean_differently_needs_the_language() -> None:
    assert dates_in("6 listopada 2020") == []
    assert [one.day.month for one in dates_in("6 listopada 2020", "pl")] == [11]
    assert [one.day.month for one in dates_in("6 listopada 2020", "hr")] == [10]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_every_day_is_found_where_it_stands(day: date) -> None:
    text = f"Held on {day.isoformat()}, in the morning"

    assert [(one.day, text[one.start : one.end]) for one in dates_in(text)] == [(day, day.isoformat())]


@given(st.text(alphabet="0123456789 .,/-–年月日MaytoДеmai", max_size=120))
def test_any_text_is_read_without_raising_and_dates_do_not_overlap(text: str) -> None:
    found = dates_in(text)

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Berlin, Freitag, den 6. Mai 2020", Dateline(DAY, "Berlin", only=True)),
        ("New Delhi, 6 May 2020", Dateline(DAY, "New Delhi", only=True)),
        ("May 6, 2020, The Old Castle, Northam", Dateline(DAY, "The Old Castle, Northam", only=True)),
        ("Wien, am 6. Mai 2020", Dateline(DAY, "Wien", only=True)),
        ("Brest, le mercredi 6 mai 2020", Dateline(DAY, "Brest", only=True)),
        ("Москва, 6 мая 2020 года, 14:00", Dateline(DAY, "Москва", only=True)),
        ("6 мая 2020 года, Москва", Dateline(DAY, "Москва", only=True)),
        ("(Wednesday, 6 May 2020, 9:30 a.m.)", Dateline(DAY, None, only=True)),
        ("HEARING HELD IN NORTHAM, DC, MAY 6, 2020", Dateline(DAY, "NORTHAM, DC", only=False)),
        ("The interview was recorded on May 6, 2020 in Northam.", Dateline(DAY, "Northam", only=False)),
        ("Held at Headquarters, Northam, on Wednesday, 6 May 2020, at 10 a.m.", Dateline(DAY, NORTHAM, only=False)),
        ("6 мая 2020 года 15:30 Москва", Dateline(DAY, "Москва", only=True)),
        ("6 травня 2020 року, 10 година 05 хвилин", Dateline(DAY, None, only=True)),
        ("(w dniu 6 maja 2020 r.)", Dateline(DAY, None, only=True)),
        ("Posiedzenie Senatu w dniu 6 maja 2020 r.", Dateline(DAY, None, only=False)),
        ("Speech on the anniversary of 6 May 2020", None),
        ("Meeting of 6 May 2020", Dateline(DAY, None, only=False)),
        ("令和二年五月六日（水曜日）", Dateline(DAY, None, only=True)),
        ("Press Conference, 6 May 2020", Dateline(DAY, None, only=False)),
        ("Day Two—6 May 2020", Dateline(DAY, None, only=False)),
        ("Mira Holt, 6 May 2020", None),
        ("Posted: 6 May 2020", None),
        ("Last updated on 6 May 2020", None),
        ("Veröffentlicht am 6. Mai 2020", None),
        ("6 May 2020 : Column 771", None),
        ("From 1 May 2020 to 6 May 2020", None),
        ("We met on 6 May 2020 and spoke at length of all that had happened.", None),
    ],
)
def test_a_line_says_when_and_where(text: str, expected: Dateline | None) -> None:
    assert read_dateline(text) == expected


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("May 6, 2020 Meeting Notes", DAY),
        ("2020-05-06 參訪", DAY),
        ("Conferencia de prensa | Miércoles 6 de mayo, 2020", DAY),
        ("Hearing (6 May 2020)", DAY),
        ("Press conference of 6 May 2020", DAY),
        ("A word on the anniversary of May 6, 2020", None),
        ("What 6 May 2020 changed", None),
    ],
)
def test_a_title_says_when_at_its_ends_only(title: str, day: date | None) -> None:
    assert day_of_title(title) == day


@pytest.mark.parametrize("text", ["12:16 P.M. EST", "2.45 pm", "14 Uhr", "(12:00 noon)", "11:53 A.M. EDT"])
def test_a_time_of_day(text: str) -> None:
    assert is_time(text)


@pytest.mark.parametrize("text", ["12", "Hello", "12 people", "Room 12"])
def test_what_is_no_time_of_day(text: str) -> None:
    assert not is_time(text)


@pytest.mark.parametrize("text", ["1 " * 500_000, "2011 July 1, " * 80_000, "1, May " * 100_000, "2020" * 200_000])
def test_a_long_line_takes_no_time(text: str) -> None:
    before = time.process_time()

    dates_in(text)
    read_dateline(text)
    day_of_title(text)

    assert time.process_time() - before < 0.5
