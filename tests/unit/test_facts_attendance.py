"""Who is listed as present: read where the list is clear, left alone where it is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnstream.extract.canonical import lines_of
from turnstream.parse.attendance import Attendance, attendance_of


def listed(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(one.name, one.role, one.initials) for one in attendance_of(lines_of(text)[0])]


def names(text: str) -> list[str]:
    return [one.name for one in attendance_of(lines_of(text)[0])]


def test_names_after_a_heading_come_with_their_initials() -> None:
    text = (
        "Meeting notes\n\n**Remote attendees:** Mira Holt (MH), Jon A. Bell (JBL) and Théo Caron (TC)\n\nMH: Hello.\n"
    )

    assert listed(text) == [("Mira Holt", None, "MH"), ("Jon A. Bell", None, "JBL"), ("Théo Caron", None, "TC")]


def test_an_organisation_in_brackets_is_neither_initials_nor_role() -> None:
    assert listed("Present: Mira Holt (XYZ), Jon Bell (Chair)\n") == [
        ("Mira Holt", None, None),
        ("Jon Bell", "Chair", None),
    ]


def test_a_name_a_line_with_its_role_ends_at_the_first_line_that_is_none() -> None:
    text = (
        "Call participants:\n\nMira Holt -- Vice President, Sales\n\nJon Bell -- Some Bank -- Analyst\n\n"
        "Sam -- Analyst\n\nMore of this analysis\n\nTheo Caron\n"
    )

    assert listed(text) == [
        ("Mira Holt", "Vice President, Sales", None),
        ("Jon Bell", "Some Bank -- Analyst", None),
        ("Sam", "Analyst", None),
    ]


def test_a_list_without_blank_lines_ends_at_the_first_of_them() -> None:
    assert names("Attendees\n- Mira Holt\n- Jon Bell\n\n- Green Apples\n") == ["Mira Holt", "Jon Bell"]


def test_an_office_before_the_name_is_a_role() -> None:
    assert listed("Members present:\nChair: Mira Holt\nTreasurer: Jon Bell\nDr. Theo Caron, Secretary\n") == [
        ("Mira Holt", "Chair", None),
        ("Jon Bell", "Treasurer", None),
        ("Dr. Theo Caron", "Secretary", None),
    ]


def test_an_office_after_a_comma_is_what_the_person_before_it_is() -> None:
    assert listed("Also present: Mira Holt, Town Planner, Jon Bell\n") == [
        ("Mira Holt", "Town Planner", None),
        ("Jon Bell", None, None),
    ]


def test_below_a_bullet_stands_what_the_person_is() -> None:
    text = "Corporate Participants\n* Mira Holt\nSome Company - CEO\n* Jon Bell\nSome Company - CFO\n\nPresentation\n"

    assert listed(text) == [("Mira Holt", "Some Company - CEO", None), ("Jon Bell", "Some Company - CFO", None)]


def test_a_label_of_the_head_says_who_somebody_is() -> None:
    assert listed("A talk\nInterviewer: Mira Holt\nInterviewee: Jon Bell\n\nHOST: Hello.\n") == [
        ("Mira Holt", "Interviewer", None),
        ("Jon Bell", "Interviewee", None),
    ]


def test_semicolons_part_entries_that_hold_commas() -> None:
    assert listed("Present: Mira Holt, Chair; Jon Bell, Secretary of State\n") == [
        ("Mira Holt", "Chair", None),
        ("Jon Bell", "Secretary of State", None),
    ]


def test_a_table_of_names_gives_initials_and_roles() -> None:
    text = (
        "## Attendees\n\n| Name | Abbreviation | Role |\n|:-----|---|---|\n"
        "| Mira Holt | MHT | Editor |\n| Jon Bell | | |\n| HE Li-Jun | HLJ | |\n\nText.\n"
    )

    assert listed(text) == [("Mira Holt", "Editor", "MHT"), ("Jon Bell", None, None), ("HE Li-Jun", None, "HLJ")]


def test_a_table_without_heading_needs_initials() -> None:
    assert names("Prices\n\n| Name | Price |\n|---|---|\n| Green Apple | 3 |\n") == []
    assert names("Notes\n\n| Name | Initials |\n|---|---|\n| Mira Holt | MH |\n") == ["Mira Holt"]


def test_a_wrapped_list_goes_on_after_a_comma() -> None:
    found = attendance_of(lines_of("Present: Mira Holt,\nJon Bell,\nAnn Roe.\nJon left early.\n")[0])

    assert [(one.name, one.line) for one in found] == [("Mira Holt", 0), ("Jon Bell", 1), ("Ann Roe", 2)]


def test_initials_beside_every_name_make_a_list_without_heading() -> None:
    assert listed("Notes\n-----\nMira Holt (MH), Jon Bell (JBL), Theo Caron (TCN), Kyle\n") == [
        ("Mira Holt", None, "MH"),
        ("Jon Bell", None, "JBL"),
        ("Theo Caron", None, "TCN"),
        ("Kyle", None, None),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Teilnehmer: Mira Holt, Jörg Weiß\n", ["Mira Holt", "Jörg Weiß"]),
        ("Teilnehmerinnen und Teilnehmer:\nMira Holt\nJörg Weiß\n", ["Mira Holt", "Jörg Weiß"]),
        ("Присутствовали: Мира Холт, Иван Белов\n", ["Мира Холт", "Иван Белов"]),
        ("Étaient présents : Mira Holt, Éloi Caron\n", ["Mira Holt", "Éloi Caron"]),
        ("Lista de asistentes:\n- Mira Holt\n- José Peña\n", ["Mira Holt", "José Peña"]),
        ("出席者:田中花子、山田太郎\n", ["田中花子", "山田太郎"]),
        ("出席人員：王小明、李大華\n", ["王小明", "李大華"]),
    ],
)
def test_headings_of_other_languages(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Present: the costs of all this are rising, and nobody says why.\n",
        "Present value:\n\nA sum that is worth less later.\n",
        "Participants:\n\nMira Holt: Good morning.\nJon Bell: Hello.\n",
        "Presenter: Now we turn to the weather.\n",
        "MODERATOR: Thank you all.\nMira Holt: Yes.\n",
        "Absent: Mira Holt, Jon Bell\n",
        "* Call Participants\n\nPrepared Remarks\n\nOperator\n",
        "Speakers:\n\nRolf\n\nGood morning, everybody.\n",
        "Guests:",
        "|\n||\n",
    ],
)
def test_what_is_no_clear_list_names_nobody(text: str) -> None:
    assert names(text) == []


def test_a_name_that_is_listed_twice_counts_once_with_all_that_is_said_of_it() -> None:
    assert attendance_of(lines_of("Present: Mira Holt, Jon Bell\n\nPresenter: Mira Holt (MH)\n")[0]) == (
        Attendance("Mira Holt", None, "MH", 0),
        Attendance("Jon Bell", None, None, 0),
    )


@given(st.text(alphabet="Present:;,()|-# \nABab出席者、", max_size=200))
@example("Present:" + "(" * 50)
def test_any_text_is_read_without_raising(text: str) -> None:
    lines = lines_of(text)[0]
    for one in attendance_of(lines):
        assert one.name
        assert 0 <= one.line < len(lines)


@pytest.mark.parametrize(
    "line",
    ["Present\n", "Present: Jo Li,\n", "Present: " + "(" * 900 + "\n", "| Name | Initials |\n", "Jo Li (JL), " * 80],
)
def test_time_is_linear_in_the_text(line: str) -> None:
    lines = lines_of(line * (300_000 // len(line)))[0]
    before = time.process_time()

    attendance_of(lines)

    assert time.process_time() - before < 2
