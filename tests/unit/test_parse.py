"""Plain text into title, publisher, summary, speakers and turns; what is unsure stays unattributed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnstream.models import Extracted, Line, Parsed
from turnstream.parse import PARSER_VERSION, parse

# From "Meeting with Prime Minister of Israel Benyamin Netanyahu", kremlin.ru, CC BY 4.0; shortened.
SEED = """\
Meeting with Prime Minister of Israel Benyamin Netanyahu

Source: President of Russia – The Kremlin – English

Further development of bilateral cooperation was the subject of discussion.
* * *
President of Russia Vladimir Putin: Mr Prime Minister, colleagues, I would like to warmly welcome you to Russia.
Last year we recorded a considerable, at least a substantial, growth in trade.
These are serious losses.
To be continued.
"""

DIALOGUE = """\
Ann Lee: Shall we begin?
Bob Ray: Yes, let us begin.
Ann Lee: Good.
"""


def extracted(text: str) -> Extracted:
    """Canonical lines as the stage before hands them over."""
    lines: list[Line] = []
    start, blank = 0, False
    for raw in unicodedata.normalize("NFC", text).splitlines():
        words = " ".join(raw.split())
        if words:
            lines.append(Line(words, start, blank_before=blank))
            start += len(words) + 1
        blank = not words
    return Extracted(tuple(lines), "\n".join(line.text for line in lines), "text", "utf-8")


def parsed(text: str) -> Parsed:
    return parse(extracted(text))


def labels(result: Parsed) -> list[str | None]:
    return [turn.label for turn in result.turns]


def who(result: Parsed) -> list[tuple[str | None, str | None]]:
    return [(speaker.name, speaker.role) for speaker in result.speakers]


def assert_covered(document: Extracted, result: Parsed) -> None:
    """Every character but line ends belongs to exactly one span."""
    spans = [
        *result.spans.values(),
        *(turn.span for turn in result.turns),
        *(rest.span for rest in result.unattributed),
    ]
    expected = 0
    for start, end in sorted(spans):
        assert start == expected
        assert end > start
        expected = end + 1
    assert expected == (len(document.canonical) + 1 if document.canonical else 0)
    for _, end in spans:
        assert end == len(document.canonical) or document.canonical[end] == "\n"


def test_the_parser_has_a_version() -> None:
    assert PARSER_VERSION == "4"


class TestTheKremlinLayout:
    """Title, source, summary, rule, office and name."""

    def test_the_head_is_told_apart(self) -> None:
        result = parsed(SEED)
        assert result.title == "Meeting with Prime Minister of Israel Benyamin Netanyahu"
        assert result.publisher == "President of Russia – The Kremlin – English"
        assert result.summary == "Further development of bilateral cooperation was the subject of discussion."
        assert result.occurred_on is None

    def test_one_speaker_has_name_role_and_label(self) -> None:
        (speaker,) = parsed(SEED).speakers
        assert (speaker.id, speaker.name, speaker.role) == ("s1", "Vladimir Putin", "President of Russia")
        assert speaker.labels == ("President of Russia Vladimir Putin",)

    def test_one_turn_has_every_paragraph_and_no_label_in_them(self) -> None:
        (turn,) = parsed(SEED).turns
        assert (turn.index, turn.kind, turn.speaker_id) == (0, "speech", "s1")
        assert turn.label == "President of Russia Vladimir Putin"
        assert len(turn.paragraphs) == 3
        assert turn.paragraphs[0].startswith("Mr Prime Minister")
        assert turn.paragraphs[-1] == "These are serious losses."

    def test_rule_and_closing_mark_belong_to_nobody(self) -> None:
        result = parsed(SEED)
        assert [rest.text for rest in result.unattributed] == ["* * *", "To be continued."]
        assert result.status == "partial"

    def test_the_layout_gives_its_reasons(self) -> None:
        layout = parsed(SEED).layout
        assert layout is not None
        assert (layout.name, layout.reasons) == ("label_line", ("office_and_name",))

    def test_spans_tile_the_text(self) -> None:
        document = extracted(SEED)
        result = parse(document)
        assert_covered(document, result)
        start, end = result.turns[0].span
        assert document.canonical[start:end].startswith("President of Russia Vladimir Putin: Mr")
        assert document.canonical[slice(*result.spans["publisher"])].startswith("Source: ")

    def test_a_later_bare_name_is_the_same_speaker(self) -> None:
        result = parsed(SEED.replace("These are", "Question: How are they?\nVladimir Putin: These are"))
        assert [turn.speaker_id for turn in result.turns] == ["s1", "s2", "s1"]
        assert result.speakers[0].labels == ("President of Russia Vladimir Putin", "Vladimir Putin")


@pytest.mark.parametrize(
    "label",
    [
        pytest.param("Ann Lee", id="name"),
        pytest.param("Ms. Elizabeth May (Saanich, GP)", id="name with a bracket"),
        pytest.param("The Acting Chair (Mrs. Ann Lee (Saanich, Lib.))", id="nested brackets"),
        pytest.param("Ludwig van der Berg", id="particles"),
        pytest.param("MODERATOR", id="capitals"),
        pytest.param("MR. LEE", id="honorific in capitals"),
        pytest.param("SENIOR ADMINISTRATION OFFICIAL", id="office in capitals"),
        pytest.param("MBS", id="initials"),
        pytest.param("Speaker 1", id="numbered"),
        pytest.param("Shinobi", id="one word"),
        pytest.param("Анна Петрова", id="Cyrillic"),
        pytest.param("Präsident Dr. Norbert Weiß", id="German office"),
        pytest.param("王小明", id="Chinese"),
        pytest.param("דנה כהן", id="Hebrew"),
    ],
)
def test_a_recurring_label_in_any_script_opens_turns(label: str) -> None:
    result = parsed(f"{label}: Shall we begin?\nZoe Fox: Yes, please.\n{label}: Good.\nZoe Fox: Thanks.\n")
    assert labels(result) == [label, "Zoe Fox", label, "Zoe Fox"]
    assert [turn.paragraphs for turn in result.turns][2] == ("Good.",)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        # Labels that come back in turn and cover the text.
        (
            "Weekly sync\n\nAlice: The report is done.\nBob: Good work.\nAlice: Next item is the budget.",
            "Alice Bob Alice",
        ),
        ("Anna: one\nBen: two\nAnna: three\nBen: four", "Anna Ben Anna Ben"),
        ("Anna: one\nBen: two\nAnna: three", "Anna Ben Anna"),
        ("Anna: one\n\nBen: two\n\nAnna: three\n\nBen: four", "Anna Ben Anna Ben"),
        ("Anna: one\nBen: Are you sure?\nAnna: three\nCid: sure", "Anna Ben Anna Cid"),
        ("Anna: one\n(Laughter.)\nBen: two\nAnna: three\nTo be continued.", "Anna Ben Anna"),
        ("ALICE: The report is done.\nBOB: Good work.\nALICE: The budget.", "ALICE BOB ALICE"),
        ("A: yes\nB: no\nA: maybe", "A B A"),
        ("User: list the files\nAssistant: here they are\nUser: sort them", "User Assistant User"),
        ("MODERATOR: Welcome.\nPANELIST: Thanks.\nMODERATOR: First topic.", "MODERATOR PANELIST MODERATOR"),
        ("Q: Why?\nA: Because.", "Q A"),
        ("Question 1: Why?\nAnswer 1: Because.", "Question_1 Answer_1"),
        # Numbered speakers need nothing else.
        ("Speaker 1: one two three", "Speaker_1"),
        ("Speaker 1: one two three\nSpeaker 2: four five", "Speaker_1 Speaker_2"),
        ("Speaker A: one two three\nSpeaker B: four five", "Speaker_A Speaker_B"),
        (
            "SPEAKER_00: the quick brown fox\nSPEAKER_01: jumps over\nSPEAKER_00: the lazy dog",
            "SPEAKER_00 SPEAKER_01 SPEAKER_00",
        ),
        ("spk_0: hi\nspk_1: ho", "spk_0 spk_1"),
        ("Interviewer: go on\nParticipant 1: it was fine", "Interviewer Participant_1"),
        # Names that cover the text.
        ("Alice Smith: text 1 of document 7\nBob Stone: text 2 of document 7", "Alice_Smith Bob_Stone"),
        ("Title 7\n\nAlice Smith: text 1 of 7\n\nBob Stone: text 2 of 7", "Alice_Smith Bob_Stone"),
        ("Jane Doe: First.\nJohn Roe: Second.\nJane Doe: Third.", "Jane_Doe John_Roe Jane_Doe"),
        (
            "Notes\n\nJohn Smith: The meeting is open.\n\nMary Jones: The minutes were approved.",
            "John_Smith Mary_Jones",
        ),
        ("Title: Notes\nDate: 2020-05-01\n\nJane Doe: The first.\nJohn Roe: The second.", "Jane_Doe John_Roe"),
        # Somebody speaks to somebody, in any script.
        ("Shinobi: I'm sitting down with you\nMary Jones: Yes you are", "Shinobi Mary_Jones"),
        ("Иван: Привет.\nМария: Здравствуй.\nИван: Пока.", "Иван Мария Иван"),
        ("唐鳳：你好。\n李昇憲：您好。", "唐鳳 李昇憲"),
        ("José: Hola.\nMaría: Buenas.", "José María"),
        ("أحمد: مرحبا.\nسارة: أهلا.", "أحمد سارة"),
    ],
)
def test_a_short_plain_transcript_is_all_turns(text: str, spoken: str) -> None:
    document = extracted(text)
    result = parse(document)
    assert [label.replace(" ", "_") for label in labels(result) if label] == spoken.split()
    assert_covered(document, result)


def test_a_short_plain_transcript_has_its_title() -> None:
    result = parsed("Weekly sync\n\nAlice: The report is done.\nBob: Good work.\nAlice: The budget.")
    assert (result.title, result.unattributed) == ("Weekly sync", ())
    assert result.layout is not None
    assert result.layout.reasons == ("labels_cover",)


def test_two_names_that_stand_once_keep_paragraphs_and_role() -> None:
    result = parsed(
        "Title 5\n\nPresident Jane Doe: Paragraph one here.\nMore words in paragraph two.\nJohn Roe: The answer."
    )
    assert result.title == "Title 5"
    assert [len(turn.paragraphs) for turn in result.turns] == [2, 1]
    assert who(result) == [("Jane Doe", "President"), ("John Roe", None)]


def test_an_a_beside_a_b_is_no_answer() -> None:
    result = parsed("A: yes\nB: no\nA: maybe")
    assert {turn.kind for turn in result.turns} == {"speech"}
    assert who(result) == [("A", None), ("B", None)]


@pytest.mark.parametrize(
    "line",
    [
        "This is why this is a programme with multiple goals: schools, roads, parks.",
        "Let me be clear: we will go on.",
        "I said: this cannot be.",
        "So, like the President of Ruritania mentioned: we need it.",
        "Meet at 10:30 in the hall.",
        "10:30 is when we begin.",
        "http://example.org/page is where it stands.",
        "Note: this is important.",
        "- Ann Fox: a list item.",
        "Three Reasons: cost, time, and people.",
        "My Dear Friends: welcome.",
        "Herr Präsident, eine kurze Frage: geht das?",
        "(Ann Fox: Hear, hear!)",
        '"Hear, Hear": that is what they shouted.',
        "std::vector is a class.",
    ],
)
def test_a_body_sentence_with_a_colon_opens_no_turn(line: str) -> None:
    result = parsed(f"{DIALOGUE}{line}\nBob Ray: Yes.\n")
    assert labels(result)[:3] == ["Ann Lee", "Bob Ray", "Ann Lee"]
    assert [label for label in labels(result) if label] == ["Ann Lee", "Bob Ray", "Ann Lee", "Bob Ray"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("One plain sentence.", id="a sentence"),
        pytest.param(
            "---\ntitle: 'A talk'\ndate: '2023-08-11'\n---\n\nThe text of it: all prose.\n", id="front matter"
        ),
        pytest.param("Duration: 49 minutes\nSource: A Site\nDefinition: A thing.\n", id="fields"),
        pytest.param("Name: Ann\nAge: 30\nName: Bob\nAge: 31\nName: Cid\nAge: 32\n", id="records"),
        pytest.param("Flour: 300 g\nMilk: 200 ml\nFlour: 100 g\n", id="ingredients"),
        pytest.param("ERROR: no such table\nDETAIL: x\nSTATEMENT: SELECT 1\nERROR: no such table\n", id="log"),
        pytest.param("How much?\n\n**Answer:** Nothing.\n\nHow long?\n\n**Answer:** A day.\n", id="frequent questions"),
        pytest.param("# Notes\n\nKey Points: These matter a lot.\n\nSome prose goes on here.\n", id="one bold point"),
        pytest.param("Added: an option.\nFixed: a crash.\n\nAdded: a flag.\nFixed: a bug.\n", id="list of changes"),
        pytest.param("Atom: The smallest unit.\nCell: The unit of life.\nGene: A unit of heredity.\n", id="glossary"),
        pytest.param("USA: 3 points.\nUK: 2 points.\nUSA: 1 point.\n", id="scores"),
        # One voice alone has nobody to be told from: it could be a note, a caption, a key with its value.
        pytest.param("Bob: Only one line here.", id="one line"),
        pytest.param("Atom: The smallest unit.\nCell: The unit of life.\nAtoms bind.\n", id="glossary that goes on"),
        pytest.param("Machine Art: A field of study.\nDeep Sea: A kind of water.\n", id="terms of two words"),
        pytest.param("Green Tea: Soak for two minutes.\nBlack Tea: Soak for four.\n", id="things of a kind"),
        pytest.param("Data Collection: We gathered it.\nData Analysis: We ran it.\n", id="headings"),
        pytest.param("Pros: It is fast.\nCons: It is dear.\nPros: It is small.\n", id="pros and cons"),
        pytest.param("INFO: Started.\nWARN: Slow.\nINFO: Done.\n", id="log levels"),
        pytest.param("Shade: red\nWood: oak\n\nShade: blue\nWood: elm\n", id="records of unknown fields"),
        pytest.param("Anna: 5\nBen: 7\nAnna: 3\n", id="numbers"),
        pytest.param("Jane Doe: +1 555 1234\nJohn Roe: jr@example.org\n", id="addresses"),
        pytest.param("Cast\n\nJohn Smith: Hamlet\nMary Jones: Ophelia\n", id="cast"),
        pytest.param("John Smith: Director of Sales\nMary Jones: Chief Executive Officer\n", id="staff"),
        pytest.param("Speaker 1: Jane Doe\nSpeaker 2: John Roe\n", id="legend"),
        pytest.param("Question 1: What is two and two?\nQuestion 2: Name the capital.\n", id="questions alone"),
        pytest.param("Project: X\nOwner: Ann\nProject: Y\nOwner: Ben\n", id="keys and values"),
        pytest.param("Flour: Sift it.\nMilk: Warm it.\nOven: Heat it.\n", id="recipe"),
        pytest.param("From: Ann Lee\nTo: Bob Ray\nSubject: Noon\n\nDear Bob,\n\nPlease note: at noon.\n", id="mail"),
        pytest.param("Re: Your letter\nSubject: Noon\n\nThe meeting is at noon.\n", id="letter"),
        pytest.param(
            "Jane Doe: The first.\nJohn Roe: The second.\n\nAll prose.\n\nMore prose.\n\nAnd more.\n",
            id="names, then prose",
        ),
        pytest.param("Minister Ann Lee: She leads it.\nMinister Bob Ray: He served before.\n", id="appointments"),
        pytest.param("She edits the\nEconomic Journal: Macro and the\nEconomic Journal: Micro.\n", id="wrapped prose"),
    ],
)
def test_a_text_without_speakers_has_no_turns_and_says_so(text: str) -> None:
    document = extracted(text)
    result = parse(document)
    assert (result.turns, result.speakers, result.layout) == ((), (), None)
    assert result.warnings == ("no_turns",)
    assert_covered(document, result)


class TestTurns:
    def test_lines_without_a_label_are_further_paragraphs(self) -> None:
        result = parsed("Ann Lee: One.\nTwo.\n\nThree.\nBob Ray: Four.\nAnn Lee: Five.\n")
        assert [turn.paragraphs for turn in result.turns] == [("One.", "Two.", "Three."), ("Four.",), ("Five.",)]

    def test_a_label_may_stand_on_a_line_of_its_own(self) -> None:
        result = parsed("Ann Lee:\nOne.\nTwo.\n\nBob Ray:\nThree.\n\nAnn Lee:\nFour.\n")
        assert labels(result) == ["Ann Lee", "Bob Ray", "Ann Lee"]
        assert result.turns[0].paragraphs == ("One.", "Two.")

    def test_two_short_lines_are_a_dialogue(self) -> None:
        assert labels(parsed("Alice: Hello there.\nBob: Hello, Alice.\n")) == ["Alice", "Bob"]

    def test_a_fullwidth_colon_needs_no_blank(self) -> None:
        result = parsed("王小明：你好。\n李大華：你好。\n王小明：再見。\n")
        assert [turn.paragraphs for turn in result.turns] == [("你好。",), ("你好。",), ("再見。",)]

    @pytest.mark.parametrize("line", ["**{}:** Yes.", "**{}**: Yes.", "> {}: Yes.", "{}:Yes."])
    def test_markup_around_a_label_is_no_part_of_it(self, line: str) -> None:
        result = parsed("\n".join(line.format(name) for name in ("Ann Lee", "Bob Ray", "Ann Lee")))
        assert labels(result) == ["Ann Lee", "Bob Ray", "Ann Lee"]
        assert {turn.paragraphs for turn in result.turns} == {("Yes.",)}

    @pytest.mark.parametrize("line", ["{} (00:01:05): Yes.", "{}: 00:01:05\nYes.", "**{}:** [01:05]\nYes."])
    def test_a_time_beside_a_label_is_when_the_turn_starts(self, line: str) -> None:
        result = parsed("\n".join(line.format(name) for name in ("Ann Lee", "Bob Ray", "Ann Lee")))
        assert labels(result) == ["Ann Lee", "Bob Ray", "Ann Lee"]
        assert {(turn.start_s, turn.paragraphs) for turn in result.turns} == {(65.0, ("Yes.",))}

    def test_somebody_who_speaks_once_is_believed_in_company(self) -> None:
        assert labels(parsed(DIALOGUE + "Cid Fox: May I?\nBob Ray: Yes.\n"))[3] == "Cid Fox"

    @pytest.mark.parametrize(
        ("question", "answer"), [("Q", "A"), ("Question", "Answer"), ("PREGUNTA", "RESPUESTA"), ("Вопрос", "Ответ")]
    )
    def test_questions_and_answers_are_told_apart(self, question: str, answer: str) -> None:
        result = parsed(f"{question}: Why?\n{answer}: Because.\nIt is so.\n{question}: Sure?\n{answer}: Yes.\n")
        assert [turn.kind for turn in result.turns] == ["question", "answer", "question", "answer"]

    def test_a_remark_in_brackets_is_a_direction_and_the_speaker_goes_on(self) -> None:
        result = parsed("Ann Lee: One.\n(Laughter.)\nTwo.\nBob Ray: Three.\n[applause]\nAnn Lee: Four.\n")
        assert [turn.kind for turn in result.turns] == [
            "speech", "direction", "speech", "speech", "direction", "speech",
        ]  # fmt: skip
        assert [turn.speaker_id for turn in result.turns] == ["s1", None, "s1", "s2", None, "s1"]
        assert labels(result) == ["Ann Lee", None, None, "Bob Ray", None, "Ann Lee"]
        assert [turn.index for turn in result.turns] == list(range(6))

    @pytest.mark.parametrize("rule", ["* * *", "***", "---", "⁂", "- - -", "## Next item"])
    def test_text_after_a_rule_belongs_to_nobody(self, rule: str) -> None:
        result = parsed(f"{DIALOGUE}{rule}\nThen they all went home.\nBob Ray: We did.\n")
        assert [rest.text for rest in result.unattributed] == [f"{rule}\nThen they all went home."]

    @pytest.mark.parametrize("omission", ["<…>", "<...>", "[…]", "…"])
    def test_after_an_omission_the_same_speaker_goes_on(self, omission: str) -> None:
        result = parsed(f"{DIALOGUE}{omission}\nAnd so on.\n")
        assert [rest.text for rest in result.unattributed] == [omission]
        assert (result.turns[-1].speaker_id, result.turns[-1].label) == ("s1", None)

    @pytest.mark.parametrize(
        ("mark", "status"),
        [
            ("To be continued.", "partial"),
            ("(To be continued…)", "partial"),
            ("[To be continued]", "partial"),
            ("*To be continued.*", "partial"),
            ("(Continued)", "partial"),
            ("[More to follow]", "partial"),
            ("Transcript to follow.", "partial"),
            ("(Full transcript to follow)", "partial"),
            ("The full transcript will be published later.", "partial"),
            ("The transcript is being updated.", "partial"),
            ("This is a partial transcript.", "partial"),
            ("Продолжение следует.", "partial"),
            ("Окончание следует…", "partial"),
            ("Стенограмма обновляется", "partial"),
            ("Полная стенограмма будет опубликована позднее.", "partial"),
            ("Далі буде", "partial"),
            ("Fortsetzung folgt …", "partial"),
            ("(Wird fortgesetzt.)", "partial"),
            ("À suivre", "partial"),
            ("(à suivre…)", "partial"),
            ("Continuará…", "partial"),
            ("Ciąg dalszy nastąpi.", "partial"),
            ("(c.d.n.)", "partial"),
            ("(continua)", "partial"),
            ("（未完待续）", "partial"),
            ("END", "complete"),
            ("END 3:12 P.M. EDT", "complete"),
            ("<…>", "complete"),
        ],
    )
    def test_a_closing_mark_belongs_to_nobody(self, mark: str, status: str) -> None:
        result = parsed(DIALOGUE + mark)
        assert [rest.text for rest in result.unattributed] == [mark]
        assert result.status == status

    @pytest.mark.parametrize(
        "said",
        [
            "To be continued, as they say.",
            "This work is to be continued.",
            "Continued",
            "More to follow.",
            "Continua.",
            "I was told that the transcript is being updated.",
            "The transcript will be published.",
            "The transcript was updated.",
            "A full transcript of the meeting will be published later.",
            "Let me say it in one word: продолжение.",
            "Suite",
            "CDN.",
            "“To be continued.”",
        ],
    )
    def test_a_sentence_at_the_end_is_no_mark(self, said: str) -> None:
        result = parsed(f"{DIALOGUE}{said}")
        assert result.status == "complete"
        assert result.turns[-1].paragraphs[-1] == said

    @pytest.mark.parametrize("mark", ["Partial transcript", "[This is a partial transcript.]", "TRANSCRIPT TO FOLLOW"])
    @pytest.mark.parametrize("head", ["A talk\n\n{}\n\n", "A talk\n\nSource: The Office\n\n{}\n* * *\n"])
    def test_a_mark_above_the_text_says_so_too(self, head: str, mark: str) -> None:
        result = parsed(head.format(mark) + DIALOGUE)
        assert (result.title, result.summary, result.status) == ("A talk", None, "partial")
        assert result.unattributed[0].text.startswith(mark)

    @pytest.mark.parametrize("line", ["To be continued.", "Partial transcript of the press conference", "Continued"])
    def test_not_every_line_above_the_text_does(self, line: str) -> None:
        assert parsed(f"A talk\n\n{line}\n\n{DIALOGUE}").status == "complete"

    def test_a_mark_in_the_middle_is_speech(self) -> None:
        for said in ("The transcript is being updated.", "Partial transcript", "(Continued)"):
            result = parsed(f"{DIALOGUE}{said}\nBob Ray: Go on.\nAnn Lee: I do.\n")
            assert result.status == "complete"

    def test_the_body_is_what_stands_between_head_and_closing_marks(self) -> None:
        head, closing = "A talk\n\nSource: The Office\n\nIt was long.\n* * *\n", "* * *\nTo be continued."
        document = extracted(f"{head}{DIALOGUE}{closing}")
        assert document.canonical[slice(*parse(document).body)] == DIALOGUE.strip()
        prose = extracted(f"{head}Partial transcript\nIt rained.\n{closing}")
        assert prose.canonical[slice(*parse(prose).body)].endswith("It rained.")
        assert "Partial" not in prose.canonical[slice(*parse(prose).body)]
        assert parsed("To be continued.").body == (0, 0)

    def test_to_be_continued_in_the_middle_is_speech(self) -> None:
        result = parsed("Ann Lee: One.\nTo be continued.\nBob Ray: Two.\nAnn Lee: Three.\n")
        assert result.turns[0].paragraphs == ("One.", "To be continued.")
        assert result.status == "complete"


class TestTheHead:
    def test_a_label_line_is_no_title(self) -> None:
        result = parsed(DIALOGUE)
        assert (result.title, result.spans) == (None, {})

    def test_a_title_may_hold_a_colon(self) -> None:
        assert parsed(f"The Arctic: Territory of Dialogue\n\n{DIALOGUE}").title == "The Arctic: Territory of Dialogue"

    def test_a_heading_mark_is_no_part_of_the_title(self) -> None:
        assert parsed(f"# A talk\n\n{DIALOGUE}").title == "A talk"

    def test_front_matter_is_no_title_and_no_turn(self) -> None:
        result = parsed(f"---\nlayout: x\nspeakers:\n- Ann Lee\n---\n\nA talk\n\n{DIALOGUE}")
        assert result.title == "A talk"
        assert result.unattributed[0].text == "---\nlayout: x\nspeakers:\n- Ann Lee\n---"

    @pytest.mark.parametrize("line", ["Welcome to all of you.", "in small letters", "https://example.org/talk"])
    def test_what_does_not_read_as_a_title_is_unattributed(self, line: str) -> None:
        result = parsed(f"{line}\n\n{DIALOGUE}")
        assert result.title is None
        assert [rest.text for rest in result.unattributed] == [line]

    def test_more_prose_than_one_paragraph_is_no_summary(self) -> None:
        result = parsed(f"A talk\n\nSource: A Site\n\nThis is one.\n\nThis is two.\n\n{DIALOGUE}")
        assert (result.publisher, result.summary) == ("A Site", None)
        assert [rest.text for rest in result.unattributed] == ["This is one.\nThis is two."]

    def test_prose_without_source_or_rule_is_no_summary(self) -> None:
        result = parsed(f"A talk\n\nThis is one.\n\n{DIALOGUE}")
        assert (result.title, result.summary) == ("A talk", None)


@pytest.mark.parametrize(
    ("label", "name", "role"),
    [
        ("President of Ruritania Ann Lee", "Ann Lee", "President of Ruritania"),
        (
            "President of the Republic of Ruritania Ann Lee (retranslated)",
            "Ann Lee",
            "President of the Republic of Ruritania",
        ),
        ("President of South Ruritania Ann Lee", "Ann Lee", "President of South Ruritania"),
        ("Minister of Foreign Affairs Ann Lee", "Ann Lee", "Minister of Foreign Affairs"),
        ("CEO and Chairman of the Board of Acme Ann Lee", "Ann Lee", "CEO and Chairman of the Board of Acme"),
        ("Acme CEO Ann Lee", "Ann Lee", "Acme CEO"),
        ("Präsident Dr. Anna Weiß", "Dr. Anna Weiß", "Präsident"),
        ("Ann Lee -- Vice President, Investor Relations", "Ann Lee", "Vice President, Investor Relations"),
        ("ANN LEE, DIRECTORA GENERAL DE SALUD", "ANN LEE", "DIRECTORA GENERAL DE SALUD"),
        ("PRESIDENTA DE RURITANIA, ANA LEE RUIZ", "ANA LEE RUIZ", "PRESIDENTA DE RURITANIA"),
        ("TV anchor Ann Lee, moderator of the session", "Ann Lee", "TV anchor, moderator of the session"),
        (
            "The Secretary of State for Home Affairs (Mr Bob Ray)",
            "Mr Bob Ray",
            "The Secretary of State for Home Affairs",
        ),
        ("Hon. Ann Lee (Minister of Seniors)", "Hon. Ann Lee", "Minister of Seniors"),
        ("Ms. Ann Lee (Saanich, GP)", "Ms. Ann Lee", None),
        ("MODERATOR", None, "MODERATOR"),
        ("THE PRESIDENT", None, "THE PRESIDENT"),
        ("Q", None, "Q"),
        ("MR. LEE", "MR. LEE", None),
        # Where name and office can't be told apart by their words, the label stays whole.
        ("President of Ruritania Ann Bea Lee", "President of Ruritania Ann Bea Lee", None),
        ("Ambassador Lee", "Ambassador Lee", None),
        ("Director Product Marketing", "Director Product Marketing", None),
        ("Minister of Foreign Affairs Lee", "Minister of Foreign Affairs Lee", None),
        ("Президент России Анна Ли", "Президент России Анна Ли", None),
    ],
)
def test_name_and_role_are_taken_apart_only_when_sure(label: str, name: str | None, role: str | None) -> None:
    assert who(parsed(f"{label}: One.\nZoe Fox: Two.\n{label}: Three.\nZoe Fox: Four.\n"))[0] == (name, role)


class TestWhoIsWho:
    def test_a_bare_label_elsewhere_shows_where_the_name_begins(self) -> None:
        result = parsed(
            "Director of Ruritanian Air Lines Ann Bea Lee: One.\nBob Ray: Two.\nAnn Bea Lee: Three.\nBob Ray: Four.\n"
        )
        assert who(result) == [("Ann Bea Lee", "Director of Ruritanian Air Lines"), ("Bob Ray", None)]

    def test_an_office_stands_for_the_only_person_who_holds_it(self) -> None:
        result = parsed("The Chair (Ms. Ann Lee): One.\nMr. Ray: Two.\nThe Chair: Three.\nMr. Ray: Four.\n")
        assert result.speakers[0].labels == ("The Chair (Ms. Ann Lee)", "The Chair")

    def test_an_office_that_two_have_held_stays_apart(self) -> None:
        result = parsed("The Chair (Ms. Ann Lee): One.\nThe Chair (Mr. Bob Ray): Two.\nThe Chair: Three.\n")
        assert len(result.speakers) == 3

    def test_honorific_and_family_name_stand_for_the_only_one_of_that_name(self) -> None:
        result = parsed(
            "Mr Bob Ray (Delyn): I agree.\nMr Ray: Two.\nMs Ann Lee: Do you?\nMs Eve Lee: Four.\nMs Lee: Five.\n"
        )
        assert [speaker.labels for speaker in result.speakers] == [
            ("Mr Bob Ray (Delyn)", "Mr Ray"), ("Ms Ann Lee",), ("Ms Eve Lee",), ("Ms Lee",),
        ]  # fmt: skip

    def test_a_bracketed_remark_stays_in_the_label_and_out_of_the_name(self) -> None:
        result = parsed("Ann Lee: One.\nBob Ray: Two.\nAnn Lee (translates): Three.\nBob Ray: Four.\n")
        assert result.speakers[0].name == "Ann Lee"
        assert result.speakers[0].labels == ("Ann Lee", "Ann Lee (translates)")

    def test_ids_follow_the_first_appearance(self) -> None:
        assert [speaker.id for speaker in parsed(DIALOGUE).speakers] == ["s1", "s2"]


# Pieces that the rules look at, so that random documents reach every one of them.
PIECES = st.sampled_from(
    [
        *SEED.splitlines(),
        *DIALOGUE.splitlines(),
        "(Laughter.)",
        "<…>",
        "---",
        "# Head",
        "END",
        "Q: Why?",
        "A:",
        "王小明：好。",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=30), st.just("")), max_size=20).map("\n".join)


@given(TEXTS)
@example("A:")
@example(":")
@example("---\n:\n---")
@example("***\nAnn Lee: Yes.")
def test_every_character_belongs_to_exactly_one_span(text: str) -> None:
    document = extracted(text)
    result = parse(document)
    assert_covered(document, result)
    assert {turn.speaker_id for turn in result.turns} - {None} == {speaker.id for speaker in result.speakers}


@given(st.text(alphabet="AaB: .()[]*#-1:：\n?", max_size=200))
def test_parsing_never_raises(text: str) -> None:
    document = extracted(text)
    assert_covered(document, parse(document))


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", ["(", "A(", "* ", "Ann Lee: ", "a:", "[(", "Mr. ", "…", "1. "])
def test_a_huge_line_takes_no_time(unit: str) -> None:
    document = extracted(unit * (3_000_000 // len(unit)))
    assert_covered(document, parse(document))


@pytest.mark.timeout(20)
def test_many_lines_take_linear_time() -> None:
    document = extracted("Ann Lee: Hello there.\nBob Ray: Hello.\nThis is why: it is.\n" * 20_000)
    assert len(parse(document).turns) == 40_000
