"""The same talk in every format: the same turns, the same speakers, and mostly the same content."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from tests import promises
from tests.in_formats import (
    TALK,
    WRITERS,
    Said,
    as_akoma_ntoso,
    as_html,
    as_json,
    as_json_lines,
    as_rtf,
    as_tei,
    as_txt,
)
from turnstream.extract import extract
from turnstream.parse import parse

#: Formats with a title of their own, which is part of the text.
_TITLED = frozenset(("lrc", "tei"))
#: … and the one in which a paragraph is wrapped where the page ends: its lines are kept, as a label may begin one.
_WRAPPED = frozenset(("pdf",))


@pytest.mark.parametrize("name", WRITERS)
def test_a_talk_has_the_same_turns_and_speakers_in_every_format(name: str) -> None:
    raw = WRITERS[name](TALK)
    document, record = promises.read(raw)
    assert document.format == name
    assert [(turn.label, turn.paragraphs) for turn in record.turns] == [(one.who, (one.text,)) for one in TALK]
    assert [speaker.name for speaker in record.speakers] == ["Anna Abel", "Ben Cole", "Zoë Ünal"]
    assert list(promises.broken(document.canonical, record)) == []
    assert not set(record.warnings)


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - _TITLED - _WRAPPED))
def test_a_talk_is_one_content_in_every_format_that_adds_nothing_to_it(name: str) -> None:
    assert extract(WRITERS[name](TALK)).canonical == extract(WRITERS["text"](TALK)).canonical


@pytest.mark.parametrize("name", sorted(_WRAPPED))
def test_lines_that_a_page_wraps_make_it_another_content_of_the_same_words(name: str) -> None:
    wrapped, text = extract(WRITERS[name](TALK)).canonical, extract(WRITERS["text"](TALK)).canonical
    assert wrapped != text
    assert wrapped.split() == text.split()


@pytest.mark.parametrize("name", sorted(_TITLED))
def test_a_title_of_its_own_makes_it_another_content(name: str) -> None:
    parsed = parse(extract(WRITERS[name](TALK)))
    assert parsed.title == "The lake"


#: How a format that has paragraphs begins another one within a turn.
_PARAGRAPHS: dict[str, tuple[Callable[[Sequence[Said]], str], str]] = {
    "text": (as_txt, "\n\n"),
    "json": (as_json, r"\n\n"),
    "jsonl": (as_json_lines, r"\n \n"),
    "html": (as_html, "</p>\n<p>"),
    "rtf": (as_rtf, "\\par "),
    "tei": (as_tei, "</p><p>"),
    "akoma_ntoso": (as_akoma_ntoso, "</p><p>"),
}


@pytest.mark.parametrize("name", _PARAGRAPHS)
def test_paragraphs_of_a_turn_are_kept_in_every_format_that_has_them(name: str) -> None:
    write, mark = _PARAGRAPHS[name]
    long = [one._replace(text=f"{one.text}¶That is all. There is no more.¶I thank you.") for one in TALK]
    pilcrow = "\\u182?" if name == "rtf" else "¶"
    raw = write(long).replace(pilcrow, mark).encode()
    document, record = promises.read(raw)
    assert document.format == name
    assert [(turn.label, turn.paragraphs) for turn in record.turns] == [
        (one.who, tuple(one.text.split("¶"))) for one in long
    ]
    assert list(promises.broken(document.canonical, record)) == []
    if name not in _TITLED:
        assert document.canonical == extract(as_txt(long).replace("¶", "\n\n").encode()).canonical


@pytest.mark.parametrize("times", ['"start": 1.5, "end": 9, ', ""])
def test_a_remark_between_paragraphs_is_nobodys_and_the_speaker_goes_on(times: str) -> None:
    said = r"One.\n\n(Applause.)\n\n***\n\nTwo."
    record = promises.read(
        f'{{"segments": [{{{times}"speaker": "Anna", "text": "{said}"}}, {{{times}"speaker": "Ben", "text": "No."}},'
        f'{{{times}"speaker": "Anna", "text": "So it is."}}]}}'.encode()
    )[1]
    spoken = [(turn.kind, turn.speaker_id, turn.paragraphs) for turn in record.turns]
    assert spoken == [
        ("speech", "s1", ("One.",)),
        ("direction", None, ("(Applause.)",)),
        ("speech", "s1", ("***", "Two.")),
        ("speech", "s2", ("No.",)),
        ("speech", "s1", ("So it is.",)),
    ]


@pytest.mark.parametrize(
    ("cues", "text"),
    [
        pytest.param(("今日は", "いい天気", "ですね。", "そう"), "今日はいい天気ですね。そう", id="Japanese"),
        pytest.param(("我们从", "今天开始，", "好吗？"), "我们从今天开始，好吗？", id="Chinese"),
        pytest.param(("สวัสดี", "ครับ"), "สวัสดีครับ", id="Thai"),
        pytest.param(("ສະບາຍ", "ດີ"), "ສະບາຍດີ", id="Lao"),
        pytest.param(("សួស្តី", "បង"), "សួស្តីបង", id="Khmer"),
        pytest.param(("𠮷野", "家"), "𠮷野家", id="beyond the first plane"),
        pytest.param(("使用", "Python", "和", "3"), "使用 Python 和 3", id="beside other writing"),
        pytest.param(("안녕", "하세요"), "안녕 하세요", id="Korean"),
        pytest.param(("Good", "morning"), "Good morning", id="English"),
    ],
)
def test_what_goes_on_in_the_next_cue_is_joined_as_it_is_written(cues: tuple[str, ...], text: str) -> None:
    times = [(f"00:0{number}.000", f"00:0{number + 1}.000") for number in range(len(cues))]
    timed = [(f"{start} --> {end}", one) for (start, end), one in zip(times, cues, strict=True)]
    segments = ",".join(
        f'{{"speaker": "A", "start": {n}, "end": {n + 1}, "text": "{one}"}}' for n, one in enumerate(cues)
    )
    lines = "\n".join(cues)
    for raw in (
        "WEBVTT\n\n" + "".join(f"{when}\n<v A>{one}\n\n" for when, one in timed),
        f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>{lines}\n",
        f'{{"segments": [{segments}]}}',
    ):
        document = extract(raw.encode())
        assert document.canonical == f"A: {text}"
    talk = "".join(f"{when}\nA: {one}\n\n" for when, one in timed[:1]) + "".join(f"{w}\n{o}\n\n" for w, o in timed[1:])
    other = "01:00.000 --> 01:01.000\nB: Yes.\n\n01:02.000 --> 01:03.000\nA: Yes.\n"
    assert parse(extract(f"WEBVTT\n\n{talk}{other}".encode())).turns[0].paragraphs == (text,)


@pytest.mark.parametrize("name", ["vtt", "srt", "sbv", "ttml", "json"])
def test_the_times_of_a_format_are_those_of_its_turns(name: str) -> None:
    turns = parse(extract(WRITERS[name](TALK))).turns
    assert [turn.start_s for turn in turns] == pytest.approx([one.start for one in TALK], abs=0.001)
    assert [turn.end_s for turn in turns] == pytest.approx([one.end for one in TALK], abs=0.001)


def test_who_only_saw_text_has_imported_no_other_format() -> None:
    program = (
        "import sys; from turnstream import pipeline; from turnstream.extract import extract\n"
        "extract('Anna: Good morning.\\nBen: And to you, “Anna”.'.encode())\n"
        "print(*sorted(name for name in sys.modules if name.startswith(('turnstream.extract', 'pypdf'))))"
    )
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    text = ("canonical", "damage", "declared", "encoding", "formats", "legacy", "limits", "pieces", "unmarked")
    assert set(found) == {"turnstream.extract", *(f"turnstream.extract.{name}" for name in text)}


@pytest.mark.parametrize(
    "text",
    [
        "10:00 -> 10:30 Bob: welcome\n10:30 -> 11:00 Anna: thanks",
        "10:00 --> 10:30 Bob: welcome\n10:30 --> 11:00 Anna: thanks",
        "Date: 3 May\nSubject: lake\nBob: hello\nAnna: hi\nReceived: thanks\nBen: bye",
        "WEBVTT and how we use it\nBob: hi\nAnna: hello",
        "<P> hi all\n<Anna> hi\n<P> how are you?\n<Anna> fine, thanks.",
        "<Link> hi all\n<Anna> hi\n<Link> how are you?",
        "BZh9 is a name.\nPK: We begin.",
        '{"note": "x"} Bob: hi\nAnna: hello',
    ],
)
def test_a_text_that_only_begins_like_another_format_is_read_as_it_is(text: str) -> None:
    document = extract(text.encode())
    assert (document.format, document.canonical) == ("text", text)
