"""What a document says of itself, from its bytes' lines to the fields of the record."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.extract.canonical import lines_of
from turnstream.models import Extracted, Parsed
from turnstream.parse import parse

TALK = """\
Ann Lee: Shall we begin with the report that you all have before you?
Bob Ray: Yes, let us begin. I have read it, and I think that it is good.
Ann Lee: Good. Then we can go on with the next one.
"""
DAY = date(2020, 5, 6)


def extracted(text: str) -> Extracted:
    lines, canonical = lines_of(text)
    return Extracted(lines=lines, canonical=canonical, format="text", encoding="utf-8")


def parsed(text: str) -> Parsed:
    return parse(extracted(text))


def own_text(text: str, name: str) -> str:
    document = extracted(text)
    return document.canonical[slice(*parse(document).spans[name])]


FRONT = f"""---
title: "A talk: on time"
date: 2020-05-06
location: Northam
language: en-GB
publisher: The Northam Record
description: Two people speak
  of a report.
host: Ann Lee
speakers:
  - Bob Ray
  - Cyd Orr (Editor)
tags: [talk]
---

{TALK}"""


class TestFrontMatter:
    def test_its_fields_are_the_documents(self) -> None:
        result = parsed(FRONT)

        assert (result.title, result.publisher, result.place) == ("A talk: on time", "The Northam Record", "Northam")
        assert (result.occurred_on, result.language) == (DAY, "en-GB")
        assert result.summary == "Two people speak of a report."
        assert [(one.name, one.role) for one in result.participants] == [
            ("Ann Lee", "host"),
            ("Bob Ray", None),
            ("Cyd Orr", "Editor"),
        ]
        assert result.warnings == ()
        assert len(result.turns) == 3

    def test_a_field_owns_its_lines_and_the_rest_is_unattributed(self) -> None:
        assert own_text(FRONT, "title") == 'title: "A talk: on time"'
        assert own_text(FRONT, "summary") == "description: Two people speak\nof a report."
        left = [rest.text for rest in parsed(FRONT).unattributed]
        assert left[-1] == "host: Ann Lee\nspeakers:\n- Bob Ray\n- Cyd Orr (Editor)\ntags: [talk]\n---"

    def test_dates_of_publication_are_not_when_it_occurred(self) -> None:
        assert parsed(f"---\ntitle: x\npublish_date: 2020-05-06\nupdated: 2020-05-07\n---\n{TALK}").occurred_on is None

    def test_an_address_is_no_publisher(self) -> None:
        assert parsed(f"---\nsource: https://example.org/x\n---\n{TALK}").publisher is None

    def test_a_language_that_the_text_is_not_in_is_a_conflict(self) -> None:
        result = parsed(f"---\ntitle: x\nlang: fr\n---\n{TALK}")

        assert (result.language, result.warnings) == ("und", ("conflicting_languages",))


class TestWhen:
    @pytest.mark.parametrize(
        "head",
        [
            "The report\n\n6 May 2020\n\n",
            "The report\nNortham, 6 May 2020\n\n",
            "6 May 2020\n\nThe report\n\n",
            "Date: 6 May 2020\nThe report\n\n",
            "# May 6, 2020 Meeting Notes\n\n",
            "The report\n\nHearing held in Northam, 6 May 2020\n\n",
            "The report\n\n6 May 2020\n\nPublished: 8 May 2020\n\n",
            "The report\n\nPublished:\n8 May 2020\n\n06.05.2020\n\n",
            "---\ntitle: The report\ndate: 2020-05-06\n---\nMay 6, 2020\n\n",
        ],
    )
    def test_the_head_says_it(self, head: str) -> None:
        result = parsed(head + TALK)

        assert (result.occurred_on, result.warnings) == (DAY, ())

    @pytest.mark.parametrize(
        "head",
        [
            "The report\n\n6 May 2020\n\n8 May 2020\n\n",
            "---\ntitle: x\ndate: 2020-05-06\n---\nThe report\n\n8 May 2020\n\n",
        ],
    )
    def test_two_days_are_a_conflict(self, head: str) -> None:
        result = parsed(head + TALK)

        assert (result.occurred_on, result.warnings) == (None, ("conflicting_dates",))

    @pytest.mark.parametrize(
        "head", ["The report\n\n03/04/2020\n\n", "The report\n\nPosted: 6 May 2020\n\n", "The report\n\n"]
    )
    def test_nothing_sure_is_nothing(self, head: str) -> None:
        result = parsed(head + TALK)

        assert (result.occurred_on, result.warnings) == (None, ())

    def test_what_is_said_in_a_turn_is_no_fact(self) -> None:
        assert parsed(TALK + "6 May 2020\n").occurred_on is None

    def test_a_line_has_one_owner(self) -> None:
        text = "The report\n\nNortham, 6 May 2020\n\n" + TALK

        assert own_text(text, "occurred_on") == "Northam, 6 May 2020"
        assert "place" not in parsed(text).spans
        assert parsed(text).place == "Northam"


class TestWhere:
    @pytest.mark.parametrize(
        ("head", "place"),
        [
            ("The report\n\n6 May 2020\nThe Old Castle, Northam\n\n", "The Old Castle, Northam"),
            ("The report\n\nGreen Room\n10:15 A.M.\n\n", "Green Room"),
            ("The report\n\nSouth Auditorium\nMain Building\n\n10:15 A.M.\n\n", "South Auditorium, Main Building"),
            ("The report\n\nPlace: Northam\n\n", "Northam"),
            ("The report\nNortham, 6 May 2020\nThe Old Castle, Northam\n\n", "The Old Castle, Northam"),
            ("The report\n\nVia Teleconference\n\n10:15 A.M.\n\n", None),
            ("The report\n\nOffice of the Secretary\n6 May 2020\n\n", None),
            ("The report\n\nHouse of Elders\n6 May 2020\n\n", None),
            ("The report\n\nMira Holt, 6 May 2020\n\n", None),
        ],
    )
    def test_beside_a_date_or_a_time(self, head: str, place: str | None) -> None:
        assert parsed(head + TALK).place == place

    def test_two_places_are_a_conflict(self) -> None:
        result = parsed("The report\n\nPlace: Southam\n\nNortham, 6 May 2020\n\n" + TALK)

        assert (result.place, result.occurred_on, result.warnings) == (None, DAY, ("conflicting_places",))

    def test_a_news_text_opens_with_it(self) -> None:
        text = "The report is out\n\nNORTHAM, N.C., May 6 – The report that many had waited for is out today.\n"

        assert parsed(text).place == "NORTHAM, N.C."

    def test_headings_in_capitals_are_no_places(self) -> None:
        text = "The report is out\n\nHIGHLIGHTS – It is long.\n\nSHORTCUTS – There are none, as nobody wanted any.\n"

        assert parsed(text).place is None


class TestTitle:
    @pytest.mark.parametrize(
        ("head", "title"),
        [
            ("A WRAPPED TITLE OF\nA LONG REPORT\n\n", "A WRAPPED TITLE OF A LONG REPORT"),
            ("**The report**\n\n", "The report"),
            ("<https://example.org>\n\n# The report\n\n", "The report"),
            ("The report\nThe Northam Record\n6 May 2020\n---\n", "The report"),
            ("6 May 2020 : Column 7\n\nThe report\n\n6 May 2020 : Column 8\n\n", "The report"),
            ("[A series]\n\nThe report\n\n", "The report"),
            ("<!DOCTYPE html>\n\n", None),
        ],
    )
    def test_what_stands_apart_above_the_text(self, head: str, title: str | None) -> None:
        assert parsed(head + TALK).title == title

    def test_a_capital_title_owns_its_lines(self) -> None:
        assert own_text("A WRAPPED TITLE OF\nA LONG REPORT\n\n" + TALK, "title") == "A WRAPPED TITLE OF\nA LONG REPORT"


class TestParticipants:
    def test_a_list_of_those_present(self) -> None:
        result = parsed("Minutes\n\nPresent: Ann Lee (Chair), Bob Ray (BR), Cyd Orr\n\n" + TALK)

        assert [(one.name, one.role) for one in result.participants] == [
            ("Ann Lee", "Chair"),
            ("Bob Ray", None),
            ("Cyd Orr", None),
        ]

    def test_nobody_is_listed(self) -> None:
        assert parsed(TALK).participants == ()


HEADS = st.lists(
    st.sampled_from(
        [
            *("---", "+++", "title: x", "date: 2020-05-06", "place: Northam", "lang: fr", "speakers:", "- Ann Lee"),
            *("# The report", "THE REPORT", "6 May 2020", "8 May 2020", "Northam, 6 May 2020", "10:15 A.M.", "* * *"),
            *("The Old Castle, Northam", "Source: The Record", "Posted: 8 May 2020", "Present: Ann Lee, Bob Ray", ""),
            *("| Name | Initials |", "| Ann Lee | AL |", "Date: 7 May 2020", "It was good.", "Ann Lee: Yes.", "END"),
        ]
    ),
    max_size=14,
)


@given(HEADS, st.booleans())
def test_facts_of_any_head_cover_it_once_and_in_order(head: list[str], talk: bool) -> None:
    document = extracted("\n".join(head) + "\n" + (TALK if talk else ""))
    result = parse(document)
    spans = [*result.spans.values(), *(turn.span for turn in result.turns)]
    owned = sorted([*spans, *(rest.span for rest in result.unattributed)])

    assert all(0 <= start < end <= len(document.canonical) for start, end in owned)
    covered = [place for start, end in owned for place in range(start, end)]
    assert len(covered) == len(set(covered))
    assert set(range(len(document.canonical))) - set(covered) <= {
        place for place, sign in enumerate(document.canonical) if sign == "\n"
    }
    assert parse(document) == result
    assert len(set(result.warnings)) == len(result.warnings)
