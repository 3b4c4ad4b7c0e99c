"""Layouts by evidence: whichever way a transcript marks its speakers, the whole document bears the marks out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.test_parse import assert_covered
from turnstream.errors import UnsupportedFormat
from turnstream.extract import extract
from turnstream.models import Extracted, Parsed
from turnstream.parse import parse

TALK = (
    ("Ann Lee", "Good morning, everybody. Shall we begin?"),
    ("Bob Ray", "Yes, I have read the report."),
    ("Ann Lee", "Thank you. What do you make of it?"),
    ("Cid Fox", "It is too long. There are three reasons for that."),
    ("Bob Ray", "I think so too. We could cut the annex."),
    ("Ann Lee", "Then let us do that."),
)
CAPITALS = tuple((label.upper(), text) for label, text in TALK)
OFFICES = tuple(
    ({"Ann Lee": "The Chair", "Bob Ray": "Mr. Ray", "Cid Fox": "Ms. Fox"}[label], text) for label, text in TALK
)


def read(text: str) -> tuple[Extracted, Parsed]:
    document = extract(text.encode())
    return document, parse(document)


def turns(parsed: Parsed) -> list[tuple[str | None, str]]:
    return [(turn.label, " ".join(turn.paragraphs)) for turn in parsed.turns if turn.kind != "direction"]


def written(line: Callable[[str, str, int], str], talk: tuple[tuple[str, str], ...] = TALK, head: str = "") -> str:
    return head + "".join(line(label, text, number) for number, (label, text) in enumerate(talk))


def filled(pattern: str, label: str, text: str, number: int) -> str:
    nick = label.partition(" ")[0].lower()
    return pattern.format(label=label, text=text, n=number, rule="-" * 80, nick=nick)


#: Layout by name, and how a turn (label, text, number) is written in it.
FORMS: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "label and colon": ("label_line", "{label}: {text}\n\n", TALK),
    "time before the label": ("label_line", "[00:0{n}:10] {label}: {text}\n", TALK),
    "date and time before the label": ("label_line", "12/03/2021, 10:1{n} - {label}: {text}\n", TALK),
    "bullets": ("label_line", "- **{label}**: {text}\n", TALK),
    "chevrons": ("label_line", ">> {label}: {text}\n", CAPITALS),
    "own line": ("own_line", "{label}\n{text}\n\n", TALK),
    "own line in capitals": ("own_line", "{label}\n{text}\n", CAPITALS),
    "heading": ("own_line", "### {label}\n\n{text}\n\n", TALK),
    "bold": ("own_line", "**{label}**\n\n{text}\n\n", TALK),
    "own line with a time": ("own_line", "{label}  0:1{n}\n{text}\n\n", TALK),
    "own line between rules": ("own_line", "{rule}\n{label}  [{n}]\n{rule}\n{text}\n\n", TALK),
    "own line in brackets with a time": ("own_line", "[{label}] 0:1{n}\n{text}\n\n", TALK),
    "own line and time of day": ("own_line", "{label}  10:1{n} AM\n{text}\n", TALK),
    "own line and a time below": ("own_line", "{label}\n[00:0{n}:10.15]\n{text}\n\n", TALK),
    "own line and a time above": ("own_line", "00:0{n}:10 - 00:0{n}:50\n{label}\n{text}\n\n", TALK),
    "period": ("period", "    {label}. {text}\n", OFFICES),
    "period in capitals": ("period", "{label}. {text}\n\n", CAPITALS),
    "period and dash": ("period", "El señor {label}.- {text}\n\n", CAPITALS),
    "dash": ("dash", "{label} — {text}\n\n", TALK),
    "column": ("gap", "{label}\t{text}\n", TALK),
    "column with a time": ("gap", "00 03 12 1{n}   {label}    {text}\n\n", CAPITALS),
    "brackets": ("bracket", "[{label}] {text}\n", TALK),
    "nicknames": ("bracket", "[12:0{n}] <@{nick}> {text}\n", TALK),
    "strong": ("strong", "<p><b>{label}</b> {text}</p>\n", TALK),
    "strong behind a time": ("strong", "<p>0:1{n} <b>{label}</b> {text}</p>\n", TALK),
    "strong before a time": ("strong", "<p><b>{label}</b> (0:1{n}) {text}</p>\n", TALK),
    "sign": ("bracket", "○{label}\u3000{text}\n", TALK),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_layout_is_read(form: str) -> None:
    layout, pattern, talk = FORMS[form]

    line = partial(filled, pattern)
    head = "<p>Notes of a talk</p>" if pattern.startswith("<") else "Notes of a talk\n\n"
    document, parsed = read(written(line, talk, head))
    assert parsed.layout
    assert parsed.layout.name.partition(" ")[0] == layout
    expected = [line(label, text, 0) for label, text in talk]
    assert [text for _, text in turns(parsed)] == [text for _, text in talk]
    assert all(label and label in text for (label, _), text in zip(turns(parsed), expected, strict=True))
    assert_covered(document, parsed)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("[00:0{n}:10] {label}: {text}\n", id="before the label"),
        pytest.param("{label} (00:0{n}:10): {text}\n", id="behind it"),
        pytest.param("{label}: [00:0{n}:10] {text}\n", id="behind its colon"),
        pytest.param("[00:0{n}:10]\n{label}: {text}\n\n", id="on the line above"),
        pytest.param("00:0{n}:10\n{label}: {text}\n", id="bare, on the line above"),
        pytest.param("{label}\n[00:0{n}:10.15]\n{text}\n\n", id="between the name and the text"),
        pytest.param("{label}\n0:0{n}:10\n{text}\n", id="bare, between the name and the text"),
        pytest.param("00:0{n}:10 - 00:0{n}:50\n{label}\n{text}\n\n", id="from until, above the name"),
        pytest.param("[00:0{n}:10] {label}\n{text}\n\n", id="before the name"),
    ],
)
def test_a_time_is_that_of_its_turn_wherever_it_stands_and_nobodys_words(pattern: str) -> None:
    document, parsed = read(written(partial(filled, pattern)))
    assert [(turn.start_s, turn.paragraphs) for turn in parsed.turns] == [
        (number * 60.0 + 10, (text,)) for number, (_, text) in enumerate(TALK)
    ]
    assert_covered(document, parsed)


def test_what_somebody_says_first_is_no_time_unless_it_stands_in_brackets() -> None:
    text = "Anna: 10:30 is fine.\nBen: 11:00 suits me, too.\nAnna: Then let us meet at ten.\n"
    _, parsed = read(text)
    assert [turn.paragraphs for turn in parsed.turns] == [(line.partition(": ")[2],) for line in text.splitlines()]
    assert {turn.start_s for turn in parsed.turns} == {None}


@pytest.mark.parametrize("form", ["own line", "own line in capitals", "dash", "column", "period in capitals"])
def test_a_name_may_be_a_word_of_another_language(form: str) -> None:
    layout, pattern, talk = FORMS[form]
    named = dict(zip(dict.fromkeys(label for label, _ in talk), ("Ben Cole", "Jack Ma", "Mia Du"), strict=False))
    upper = talk[0][0].isupper()
    renamed = tuple((named[label].upper() if upper else named[label], text) for label, text in talk)
    _, parsed = read(written(partial(filled, pattern), renamed))
    assert parsed.layout
    assert parsed.layout.name.partition(" ")[0] == layout
    assert turns(parsed) == list(renamed)


def test_captions_between_times_are_no_names() -> None:
    _, parsed = read("0:00\nGood morning\n0:02\nShall we begin\n0:04\nGood morning\n0:06\nShall we begin\n0:08\nYes\n")
    assert parsed.turns == ()


@pytest.mark.parametrize("form", FORMS)
def test_without_its_layout_a_document_has_no_turns(form: str) -> None:
    layout, pattern, talk = FORMS[form]

    line = partial(filled, pattern)
    document = extract(written(line, talk).encode())
    assert parse(document, without={layout}).turns == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "Usage\nRun it.\n\nOptions\nThere are none.\n\nUsage\nRun it again.\n\nOptions\nNone.\n", id="help"
        ),
        pytest.param(
            "<ul>\n<li> You may say so.\n</ul>\n<ol>\n<li> I may not.\n</ol>\n<ul>\n<li> We do.\n</ul>\n", id="tags"
        ),
        pytest.param("(A) You may copy it.\n(B) We may not.\n(A) You may.\n(B) We do.\n", id="counted clauses"),
        pytest.param(
            "10:15:01 INFO db: are you there?\n10:15:02 WARN web: I am.\n"
            "10:15:03 INFO db: thanks\n10:15:04 WARN web: ok\n10:15:05 INFO db: are you?\n",
            id="log",
        ),
        pytest.param(
            "<p><b>Be brief.</b> You may cut what you like.</p><p><b>Be clear.</b> We do not like riddles.</p>"
            "<p><b>Be kind.</b> I know that it is hard.</p><p><b>Be brief.</b> You know why.</p>",
            id="advice in bold",
        ),
        pytest.param(
            "<p><b>Scope</b> This is what we do.</p><p><b>Terms</b> You may use it.</p>"
            "<p><b>Costs</b> It is free, and we thank you.</p><p><b>Terms</b> You may not sell it.</p>",
            id="subjects in bold",
        ),
        pytest.param("Flour\t300 g\nMilk\t200 ml\nFlour\t100 g\nMilk\t100 ml\n", id="table"),
        pytest.param("Ann Lee\nBob Ray\nCid Fox\nAnn Lee\nBob Ray\nCid Fox\n", id="names"),
        pytest.param(
            "Ann Lee -- Director\n\nBob Ray -- Analyst\n\nAnn Lee -- Director\n\nBob Ray -- Analyst\n", id="staff"
        ),
        pytest.param("Q: How much?\nIt is free.\n\nQ: How long?\nA day.\n\nQ: Who pays?\nNobody.\n", id="questions"),
        pytest.param(
            "Cope: the outer mould. It is lifted.\n\nCore: the inner mould.\n\nCrown: the top of the bell.\n",
            id="terms",
        ),
        pytest.param(
            "Thank you all.\n\nMr President:\nYou know it well.\nWe thank you.\n\n"
            "President Al Ruiz:\nBe sure that we are here.\n",
            id="somebody spoken to",
        ),
        pytest.param("Yes. I know it.\n\nYes. You know it.\n\nNo. We do not.\n\nNo. I do not.\n", id="sentences"),
    ],
)
def test_what_only_looks_like_a_layout_has_no_turns(text: str) -> None:
    _, parsed = read(text)
    assert turns(parsed) == []
    assert parsed.warnings == ("no_turns",)


@pytest.mark.parametrize(
    "text",
    [
        "- _ (x): foo bar.\n" * 5,
        "○ _ (x): foo bar.\n" * 5,
        "[00:00:01] _ (a): Hello you.\n[00:00:05] _ (b): We are.\n[00:00:07] _ (c): Yes.\n",
    ],
)
def test_a_label_of_nothing_but_brackets_is_nobodys(text: str) -> None:
    document, parsed = read(text)
    assert parsed.turns == ()
    assert_covered(document, parsed)


def test_two_who_take_turns_are_speakers_though_one_label_holds_the_other() -> None:
    text = "Nurse:\nAre you well?\n\nHead Nurse:\nI am.\n\nNurse:\nWill you stay?\n\nHead Nurse:\nI will.\n"
    _, parsed = read(text)
    assert [turn.label for turn in parsed.turns] == ["Nurse", "Head Nurse"] * 2


def test_a_first_turn_without_a_stop_is_no_field_of_the_head() -> None:
    text = "Interviewer: recording now\n\nAna: I was born here.\n\nBen: So was I.\n\nAna: We both were.\n\nBen: Yes.\n"
    _, parsed = read(text)
    assert [turn.label for turn in parsed.turns] == ["Interviewer", "Ana", "Ben", "Ana", "Ben"]


class TestOwnLines:
    def test_a_role_below_the_name_is_part_of_the_mark(self) -> None:
        text = written(lambda label, text, n: f"{label}\n{'Chief Executive Officer' if n % 2 else ''}\n{text}\n\n")
        assert turns(read(text)[1]) == [*TALK]

    def test_a_list_of_names_at_the_end_is_no_turn(self) -> None:
        names = "Participants:\n\nAnn Lee\n\nBob Ray\n\nCid Fox\n"
        _, parsed = read(written(lambda label, text, _: f"{label}\n\n{text}\n\n") + names)
        assert turns(parsed) == [*TALK]

    def test_where_most_labels_are_capitals_a_heading_is_none(self) -> None:
        text = written(
            lambda label, text, _: f"{label}\n{text}\n", CAPITALS, "Office of Minutes\nGood morning to you.\n"
        )
        assert turns(read(text)[1]) == [*CAPITALS]


class TestPeriods:
    def test_an_abbreviation_ends_no_label(self) -> None:
        text = written(lambda label, text, _: f"    Mr. J. {label.upper()} Jr. {text}\n")
        assert [label for label, _ in turns(read(text)[1])] == [f"Mr. J. {label.upper()} Jr" for label, _ in TALK]

    def test_who_is_spoken_to_opens_no_turn(self) -> None:
        text = written(lambda label, text, _: f"    {label}. {text}\n    Mr. Chairman. That is all.\n", OFFICES)
        assert [label for label, _ in turns(read(text)[1])] == [label for label, _ in OFFICES]

    def test_a_line_in_the_middle_of_a_paragraph_opens_no_turn(self) -> None:
        text = written(lambda label, text, _: f"    {label}. {text} I now yield to\nMr. Ray. He has waited.\n", OFFICES)
        assert len(turns(read(text)[1])) == len(OFFICES)


class TestPages:
    def numbered(self, lines: list[str]) -> str:
        pages = [lines[at : at + 25] for at in range(0, len(lines), 25)]
        return "\n".join(
            f"{'Page ' + str(number):>60}\n\n" + "\n".join(f"{n:>2}      {line}" for n, line in enumerate(page, 1))
            for number, page in enumerate(pages, 4)
        )

    def test_line_numbers_and_page_numbers_are_nobodys(self) -> None:
        lines = [f"{label.upper()}:  {text}" for label, text in TALK * 8]
        document, parsed = read(self.numbered(lines))
        assert turns(parsed) == [(label.upper(), text) for label, text in TALK * 8]
        assert_covered(document, parsed)

    def test_questions_and_answers_need_no_name(self) -> None:
        lines = ["MS. LEE:  We are on the record."] + ["Q.   Did you see it?", "A.   I did."] * 12
        _, parsed = read(self.numbered(lines))
        assert [turn.kind for turn in parsed.turns][1:] == ["question", "answer"] * 12

    @pytest.mark.parametrize("mark", ["[[Page {n}]]", "19 July 2011 : Column {n}", "- {n} -", "Page {n} of 60"])
    def test_a_speaker_goes_on_after_a_page_mark(self, mark: str) -> None:
        text = written(lambda label, text, n: f"{label}: {text}\n\n{mark.format(n=n + 7)}\n\nAnd so on.\n\n")
        document, parsed = read(text)
        assert {turn.speaker_id for turn in parsed.turns} == {"s1", "s2", "s3"}
        assert not any(mark.format(n=n + 7) in text for n in range(6) for _, text in turns(parsed))
        assert_covered(document, parsed)

    def test_running_heads_are_nobodys(self) -> None:
        pages = written(lambda label, text, n: f"{label}: {text}\n\nThe Talk of the Town\n{n + 1}\n\n")
        assert turns(read(pages)[1]) == [*TALK]

    def test_an_entry_of_a_table_of_contents_is_no_turn(self) -> None:
        contents = "Ann Lee: opening . . . . . . . . . 3\nBob Ray: the report . . . . . . . 7\n\n"
        _, parsed = read(written(lambda label, text, _: f"{label}: {text}\n\n", head=contents))
        assert turns(parsed) == [*TALK]

    def test_times_on_lines_of_their_own_are_nobodys(self) -> None:
        text = written(lambda label, text, n: f"[00:00:0{n}:04]\n_page : {n + 1}\n{label}: {text}\n\n")
        _, parsed = read(text)
        assert [(turn.label, " ".join(turn.paragraphs)) for turn in parsed.turns] == [*TALK]

    def test_numbered_answers_are_no_pages(self) -> None:
        text = "".join(f"Question {n}:\nShall we?\n\nAnswer {n}:\nYes, we shall.\n\n" for n in range(1, 6))
        assert len(turns(read(text)[1])) == 10


class TestParagraphs:
    WORDS = "we have read all of the report and there is nothing in it that we would not sign ".split() * 4  # noqa: SIM905

    @pytest.mark.parametrize("width", [40, 66, 79])
    @pytest.mark.parametrize("indent", [0, 4])
    def test_wrapped_lines_are_put_together_again(self, width: int, indent: int) -> None:
        said = [" ".join(["So", *self.WORDS[:length]]) + "." for length in (60, 7, 33, 51)]
        paragraphs = [f"{label}: {text}" for (label, _), text in zip(TALK, said, strict=False)]
        text = "\n".join(textwrap.fill(one, width, initial_indent=" " * indent) for one in paragraphs for _ in range(2))
        _, parsed = read(text)
        assert [turn.paragraphs for turn in parsed.turns] == [(one,) for one in said for _ in range(2)]

    def test_a_short_line_ends_its_paragraph(self) -> None:
        said = [" ".join(["So", *self.WORDS[:length]]) + "." for length in (50, 20, 43, 31)]
        text = "\n\n".join(f"Ann Lee: {textwrap.fill(one, 60)}\nShort.\nBob Ray: Yes, I see.\nSo do I." for one in said)
        _, parsed = read(text)
        assert [turn.paragraphs for turn in parsed.turns][::2] == [(one, "Short.") for one in said]
        assert [turn.paragraphs for turn in parsed.turns][1::2] == [("Yes, I see.", "So do I.")] * 4

    def test_where_every_line_is_a_paragraph_it_stays_one(self) -> None:
        said = [" ".join(["So", *self.WORDS[:length]]) + "." for length in (9, 12, 10, 11)]
        text = "\n".join(f"Ann Lee: {one}\n{one}\n{one}\nBob Ray: Yes, I see." for one in said)
        _, parsed = read(text)
        assert [turn.paragraphs for turn in parsed.turns][::2] == [(one, one, one) for one in said]


class TestNarration:
    def test_a_heading_between_turns_is_nobodys(self) -> None:
        text = written(lambda label, text, n: f"{label}: {text}\n\n{'The Second Reading' if n == 2 else ''}\n\n")
        _, parsed = read(text)
        assert turns(parsed) == [*TALK]
        assert [rest.text for rest in parsed.unattributed] == ["The Second Reading"]

    def test_a_last_word_without_a_period_stays_where_nobody_ends_sentences(self) -> None:
        text = written(lambda label, text, _: f"{label}: {text.rstrip('.?')}\n\nand so on\n\n")
        assert all(said.endswith("and so on") for _, said in turns(read(text)[1]))

    def test_lines_that_a_chat_writes_itself_are_nobodys(self) -> None:
        talk = written(
            lambda label, text, n: f"12/03/2021, 10:1{n} - {label}: {text}\n12/03/2021, 10:1{n} - Dan left\n"
        )
        _, parsed = read(talk)
        assert turns(parsed) == [*TALK]

    def test_chevrons_without_a_name_begin_somebody_elses_words(self) -> None:
        talk = written(lambda label, text, _: f">> {label}: {text}\n>> Oh, I see.\n", CAPITALS)
        _, parsed = read(talk)
        unnamed = [turn for turn in parsed.turns if turn.label is None]
        assert [(turn.speaker_id, turn.paragraphs) for turn in unnamed] == [(None, ("Oh, I see.",))] * len(TALK)


@given(st.sampled_from(sorted(FORMS)), st.integers(0, 30), st.text(max_size=40))
def test_any_text_in_any_layout_is_covered(form: str, at: int, odd: str) -> None:
    _, pattern, talk = FORMS[form]
    lines = [
        pattern.format(label=label, text=odd if n == at else text, n=n, rule="-" * 80, nick="ann")
        for n, (label, text) in enumerate(talk * 5)
    ]
    try:
        document = extract("".join(lines).encode())
    except UnsupportedFormat:  # more control characters than a text has
        return
    assert_covered(document, parse(document))


@example(["** **"])
@given(st.lists(st.text("aB1.:-–—*_#<>[]()（）○\"'/|@!? \t\u3000\u05d0漢", min_size=1, max_size=24), max_size=12))
def test_lines_of_nothing_but_signs_are_covered(lines: list[str]) -> None:
    text = "\n".join([*lines, "end"] * 3)
    document, parsed = read(text)
    assert_covered(document, parsed)


SEATS = {"Ann Lee": "(Leeds) (Con)", "Bob Ray": "(Bath) (Lab)", "Cid Fox": "(the Clerk)", "Mr Speaker": "(Joe Orr)"}


def test_what_stands_in_brackets_below_a_name_says_who_it_is() -> None:
    text = "".join(f"{label}\n\n{SEATS[label]}\n\n{said}\n\n" for label, said in TALK)
    document, parsed = read(text)
    assert turns(parsed) == list(TALK)
    assert_covered(document, parsed)


def test_a_remark_below_a_name_is_none_of_it() -> None:
    remarks = {"Ann Lee": "(Laughter.)\n\n"}
    _, parsed = read("".join(f"{label}\n\n{remarks.get(label, '')}{said}\n\n" for label, said in TALK))
    assert sum(turn.kind == "direction" for turn in parsed.turns) == len([1 for label, _ in TALK if label in remarks])


def test_who_is_spoken_to_in_a_text_may_be_a_label_on_a_line_of_its_own() -> None:
    talk = tuple((label.replace("Ann Lee", "Mr Speaker"), text) for label, text in TALK)
    _, parsed = read("".join(f"{label}\n\n{text}\n\n" for label, text in talk))
    assert turns(parsed) == list(talk)


def test_marks_of_columns_may_stand_twice_and_be_missing() -> None:
    columns = (7, 7, 8, 9, 10, 16)
    pages = zip(columns, TALK, strict=True)
    _, parsed = read("".join(f"Column {n}\n\n{label}: {text}\n\n" for n, (label, text) in pages))
    assert turns(parsed) == list(TALK)
