"""Subtitles: the same words in five formats are the same turns, and broken or hostile files do no harm."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.in_formats import TALK, WRITERS
from turnstream.errors import Damaged, DocumentError, EmptyFile, FileTooLarge, UnsupportedFormat
from turnstream.extract import extract
from turnstream.models import Extracted, Parsed
from turnstream.parse import parse

SAID = [
    ("Maria Keller", "Good morning, and welcome to the meeting."),
    ("Maria Keller", "Shall we begin?"),
    ("Tom Brand", "Yes, I have read the report."),
    ("Maria Keller", "And what do you think of it?"),
    ("Tom Brand", "It is long, & it is good."),
]
TTML = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"{}>{}</tt>'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def voices() -> str:
    cues = (f"00:0{n}.000 --> 00:0{n + 1}.000\n<v {who}>{escaped(text)}</v>\n" for n, (who, text) in enumerate(SAID))
    return "WEBVTT\n\n" + "\n".join(cues)


def labels_in_vtt() -> str:
    cues = (f"{n}\n00:0{n}.000 --> 00:0{n + 1}.000\n{who}: {escaped(text)}\n" for n, (who, text) in enumerate(SAID))
    return "WEBVTT\n\n" + "\n".join(cues)


def srt() -> str:
    return "\n".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{who}: {text}\n" for n, (who, text) in enumerate(SAID)
    )


def sbv() -> str:
    return "\n".join(f"0:00:0{n}.000,0:00:0{n + 1}.000\n{who}: {text}\n" for n, (who, text) in enumerate(SAID))


def lrc() -> str:
    return "[re:made]\n" + "\n".join(f"[00:0{n}.00]{who}: {text}" for n, (who, text) in enumerate(SAID))


def ttml() -> str:
    agents = "".join(
        f'<ttm:agent xml:id="{who[0]}" type="person"><ttm:name type="full">{who}</ttm:name></ttm:agent>'
        for who in ("Maria Keller", "Tom Brand")
    )
    paragraphs = "".join(
        f'<p begin="{n}s" dur="1s" ttm:agent="{who[0]}">{escaped(text)}</p>' for n, (who, text) in enumerate(SAID)
    )
    return TTML.format("", f"<head>{agents}</head><body><div>{paragraphs}</div></body>")


def plain() -> str:
    return "\n".join(f"{who}: {text}" for who, text in SAID)


def read(text: str) -> tuple[Extracted, Parsed]:
    extracted = extract(text.encode())
    return extracted, parse(extracted)


def lines(text: str) -> list[tuple[str | None, str]]:
    return [(line.speaker, line.text) for line in extract(text.encode()).lines]


@pytest.mark.parametrize("write", [voices, labels_in_vtt, srt, sbv, lrc, ttml])
def test_the_same_words_are_the_same_turns(write: Callable[[], str]) -> None:
    _, parsed = read(write())
    assert [(turn.label, " ".join(turn.paragraphs)) for turn in parsed.turns] == [
        ("Maria Keller", "Good morning, and welcome to the meeting. Shall we begin?"),
        ("Tom Brand", "Yes, I have read the report."),
        ("Maria Keller", "And what do you think of it?"),
        ("Tom Brand", "It is long, & it is good."),
    ]
    assert [turn.start_s for turn in parsed.turns] == [0.0, 2.0, 3.0, 4.0]
    assert [speaker.name for speaker in parsed.speakers] == ["Maria Keller", "Tom Brand"]


def test_who_is_known_from_the_format_is_the_same_document_in_each() -> None:
    assert extract(voices().encode()).canonical == extract(ttml().encode()).canonical


@pytest.mark.parametrize("end", ["\r", "\r\n"])
@pytest.mark.parametrize("write", [voices, srt, sbv, lrc])
def test_a_file_is_the_same_whatever_its_line_ends(write: Callable[[], str], end: str) -> None:
    assert extract(write().replace("\n", end).encode()) == extract(write().encode())


def test_labels_in_cues_are_the_same_document_as_lines_of_text() -> None:
    for write in (labels_in_vtt, srt, sbv, lrc):
        assert extract(write().encode()).canonical == extract(plain().encode()).canonical


@pytest.mark.parametrize(
    ("write", "name"), [(voices, "vtt"), (srt, "srt"), (sbv, "sbv"), (lrc, "lrc"), (ttml, "ttml"), (plain, "text")]
)
def test_the_format_is_told_by_content(write: Callable[[], str], name: str) -> None:
    for text in (write(), "\n\n" + write(), write().replace("\n", "\r\n")):
        assert extract(text.encode()).format == name
    assert extract(write().encode("utf-16")).format == name


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTTS are files.\n",
        "WEBVTTX\n\n00:01.000 --> 00:02.000\nHello.\n",
        "[00:12] Jo Li: Good morning.\n[00:15] Ann Ray: Good morning.\n",
        "[00:12.50] Jo Li:\nGood morning.\nHow are you?\n[00:15.20] Ann Ray:\nFine.\nReally.\n",
        "[00:12:50] Good morning.\n",
        "1\n2\n3\n",
        "1. 00:00:01 we begin\n",
        "12:30 --> it was late\n",
        "10:30,11:30 two talks\n",
        "<tt>code</tt> is old markup.\n",
        "[by the way] this is text\n",
    ],
)
def test_plain_text_stays_plain(text: str) -> None:
    assert extract(text.encode()).format == "text"


def test_captions_without_speakers_have_times_and_no_turns() -> None:
    extracted, parsed = read(
        "1\n00:00:01,000 --> 00:00:02,500\nThe bees\nare back.\n\n2\n00:00:03,000 --> 00:00:04,000\nYes.\n"
    )
    assert [(line.text, line.start_s, line.end_s) for line in extracted.lines] == [
        ("The bees are back.", 1.0, 2.5),
        ("Yes.", 3.0, 4.0),
    ]
    assert (parsed.turns, parsed.warnings, parsed.title) == ((), ("no_turns",), None)


def test_a_title_that_the_file_says_is_one() -> None:
    head = "<head><metadata><ttm:title>The Bees\n of Riga</ttm:title></metadata></head>"
    for text in (ttml().replace("<head>", head + "<head>"), "[ti:The Bees of Riga]\n" + lrc()):
        _, parsed = read(text)
        assert parsed.title == "The Bees of Riga" and len(parsed.turns) == 4


def test_a_first_cue_is_no_title() -> None:
    _, parsed = read("WEBVTT\n\n00:01.000 --> 00:02.000\nThe History of Bees\n\n" + srt().replace(",000", ".000"))
    assert parsed.title is None and len(parsed.turns) == 4


# WebVTT


def test_voices_of_one_cue_are_a_piece_each() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Jo>Yes.</v>\n<v.loud Ann><i>No!</i></v> <c.red>(Laughter)</c>\n"
    assert lines(text) == [("Jo", "Jo: Yes."), ("Ann", "Ann: No!"), (None, "(Laughter)")]


def test_a_voice_that_is_a_number_is_a_speaker_with_one() -> None:
    assert lines("WEBVTT\n\n00:01.000 --> 00:02.000\n<v 0>Yes.\n") == [("Speaker 0", "Speaker 0: Yes.")]


def test_webex_says_who_speaks_above_the_times() -> None:
    assert lines('WEBVTT\n\n1 "Jo Li" (1234)\n00:01.000 --> 00:02.000\nYes.\n') == [("Jo Li", "Jo Li: Yes.")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_arrow_that_somebody_writes_is_text(end: str) -> None:
    cue = "00:01.000 --> 00:02.000\n<v Jo Li>From a --> b.\nSo --> it is."
    text = f"WEBVTT\n\n{cue}\n00:03.000 --> 00:04.000\n<v Jo Li>Yes.\n"
    assert lines(text.replace("\n", end)) == [("Jo Li", "Jo Li: From a --> b. So --> it is. Yes.")]


def test_an_arrow_alone_is_nobodys_word() -> None:
    with pytest.raises(EmptyFile):
        extract(b"WEBVTT\n\n00:01.000 --> 00:02.000\n-->\n")


def test_who_speaks_under_a_time_that_nobody_can_read_is_known() -> None:
    text = "WEBVTT\n\n00:01.000 --> soon\n<v Jo Li>Yes.</v>\n<v Ann Ray>No.\n\n00:03.000 --> 00:04.000\n<v Jo Li>So.\n"
    assert lines(text) == [("Jo Li", "Jo Li: Yes."), ("Ann Ray", "Ann Ray: No."), ("Jo Li", "Jo Li: So.")]


def test_words_that_a_player_would_not_show_are_kept_and_told() -> None:
    text = (
        "WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,000\nwith commas\n\n2\nsoon --> later\nwithout times\n\n"
        "below a blank line\n\nNOTE\nnobody's\n\nWEBVTT\nX-TIMESTAMP-MAP=LOCAL:0\n\n3\n"
    )
    extracted = extract(text.encode())
    assert [(line.text, line.start_s) for line in extracted.lines] == [
        ("with commas", 1.0),
        ("without times", None),
        ("below a blank line", None),
    ]
    assert extracted.warnings == ("damaged",)


def test_a_file_that_has_only_a_head_is_empty() -> None:
    with pytest.raises(EmptyFile):
        extract(b"WEBVTT\n\nNOTE nothing yet\n")


@pytest.mark.parametrize("form", ["[{}]: {}", "[{}] {}", "({}) {}", ">> {}: {}", "{}: {}"])
def test_every_cue_may_have_its_label(form: str) -> None:
    said = [
        (who, part)
        for who in ("SPEAKER_00", "SPEAKER_01") * 2
        for part in ("I say that", "we have to", "go there now.")
    ]
    text = "\n".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{form.format(*one)}\n" for n, one in enumerate(said)
    )
    _, parsed = read(text)
    assert [(turn.label, turn.start_s, turn.end_s) for turn in parsed.turns] == [
        ("SPEAKER_00", 0.0, 3.0),
        ("SPEAKER_01", 3.0, 6.0),
        ("SPEAKER_00", 6.0, 9.0),
        ("SPEAKER_01", 9.0, 12.0),
    ]
    assert {turn.paragraphs for turn in parsed.turns} == {("I say that we have to go there now.",)}


# Captions that roll


def test_automatic_captions_have_every_word_once() -> None:
    text = """WEBVTT
Kind: captions

00:00:00.080 --> 00:00:02.389 align:start position:0%
\x20
hello<00:00:00.399><c> everyone</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
hello everyone
\x20

00:00:02.399 --> 00:00:04.550 align:start position:0%
hello everyone
to<00:00:02.560><c> the</c><00:00:02.899><c> the</c>

00:00:04.550 --> 00:00:04.560 align:start position:0%
to the the
\x20

00:00:04.560 --> 00:00:06.000 align:start position:0%
to the the
the<00:00:05.000><c> show</c>
"""
    assert [(line.text, line.start_s) for line in extract(text.encode()).lines] == [
        ("hello everyone", 0.08),
        ("to the the", 2.399),
        ("the show", 4.56),
    ]


def test_captions_that_grow_have_every_word_once() -> None:
    grown = ["we", "we are", "we are here", "we are here to", "to stay", "to stay and", "to stay and see"]
    text = "\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{said}\n" for n, said in enumerate(grown))
    assert " ".join(line.text for line in extract(text.encode()).lines) == "we are here to to stay and see"


def test_somebody_who_says_a_thing_twice_has_said_it_twice() -> None:
    said = ["No.", "No.", "What?", "No.", "Never.", "Not now."]
    text = "\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{one}\n" for n, one in enumerate(said))
    assert [line.text for line in extract(text.encode()).lines] == said


# SubRip


def test_what_players_put_up_with() -> None:
    text = (
        "0:0:1,5-->00:00:02.000 X1:40 X2:600 Y1:20 Y2:50\n{\\an8}<i>One</i> <laughs>\n\n"
        "1\n00:00:03,000 --> 00:00:04,000\n<font color='#fff'>Two</font> &amp; a half<br>\n\nThree\n2\n"
        "00:00:05,000 --> 00:00:06,000\n42\n\n3\n00:00:07,000 --> 00:00:08,000\n\n"
    )
    assert [(line.text, line.start_s, line.end_s) for line in extract(text.encode()).lines] == [
        ("One <laughs>", 1.5, 2.0),
        ("Two & a half Three", 3.0, 4.0),
        ("42", 5.0, 6.0),
    ]


def test_dashes_in_a_cue_are_a_speaker_each_and_a_label_does_without_one() -> None:
    times = "00:00:01,000 --> 00:00:02,000"
    text = f"1\n{times}\n- Who is\nthere?\n- Nobody.\n\n2\n{times}\n-Jo: You.\n- Ann: Me?\n"
    assert [line.text for line in extract(text.encode()).lines] == [
        "- Who is there?",
        "- Nobody.",
        "Jo: You.",
        "Ann: Me?",
    ]


def test_a_hyphen_of_a_label_stays() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nMs. Jean-Pierre: Hello.\n"
    assert lines(text) == [(None, "Ms. Jean-Pierre: Hello.")]


# SBV and LRC


def test_sbv_breaks_lines_in_brackets() -> None:
    assert lines("0:00:01.000,0:00:02.000\nJo: Yes.[br]Ann: No.\n") == [(None, "Jo: Yes."), (None, "Ann: No.")]


def test_lyrics_are_sung_at_each_of_their_stamps() -> None:
    text = "[ti:Bees]\n[offset:+500]\n[00:01.00][01:09.5]Bees <00:01.20>hum\n[00:03.25]and fly\n[00:00.20]\n"
    assert [(line.text, line.start_s, line.end_s) for line in extract(text.encode()).lines] == [
        ("Bees", None, None),
        ("Bees hum", 0.5, None),
        ("and fly", 2.75, None),
        ("Bees hum", 69.0, None),
    ]


# TTML


def cue_times(body: str, attributes: str = "") -> list[tuple[str, float | None, float | None]]:
    text = TTML.format(f' xmlns:ttp="http://www.w3.org/ns/ttml#parameter" {attributes}', f"<body>{body}</body>")
    return [(line.text, line.start_s, line.end_s) for line in extract(text.encode()).lines]


@pytest.mark.parametrize(
    ("time", "attributes", "seconds"),
    [
        ("00:01:02.5", "", 62.5),
        ("01:00:00", "", 3600.0),
        ("00:00:01:15", "", 1.5),
        ("00:00:01:15", 'ttp:frameRate="25"', 1.6),
        ("00:00:10:00", 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', 10.0),
        ("300f", 'ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', 10.01),
        ("1.5h", "", 5400.0),
        ("2m", "", 120.0),
        ("1500ms", "", 1.5),
        ("25f", 'ttp:frameRate="50"', 0.5),
        ("35000000t", 'ttp:tickRate="10000000"', 3.5),
        ("7t", "", 7.0),
        ("soon", "", None),
    ],
)
def test_times_of_ttml(time: str, attributes: str, seconds: float | None) -> None:
    ((_, start_s, _),) = cue_times(f'<div><p begin="{time}">a</p></div>', attributes)
    assert start_s == (None if seconds is None else pytest.approx(seconds))


def test_times_count_from_what_is_around_and_end_with_it() -> None:
    assert cue_times('<div begin="10s" end="14s"><p begin="1s" dur="2s">a</p><p begin="3s" end="9s">b</p></div>') == [
        ("a", 11.0, 13.0),
        ("b", 13.0, 14.0),
    ]


def test_a_sequence_goes_on_where_the_last_ended() -> None:
    assert cue_times(
        '<div timeContainer="seq" begin="5s"><p dur="1s">a</p><p begin="1s" dur="2s">b</p><p dur="1s">c</p></div>'
    ) == [
        ("a", 5.0, 6.0),
        ("b", 7.0, 9.0),
        ("c", 9.0, 10.0),
    ]


def test_a_paragraph_without_times_has_those_of_its_words_or_none() -> None:
    body = '<div><p><span begin="1s" end="2s">a</span> <span begin="2s" end="3s">b</span></p><p>c<br/>d</p></div>'
    assert cue_times(body) == [("a b", 1.0, 3.0), ("c d", None, None)]


def test_agents_are_inherited_and_named_as_well_as_they_are() -> None:
    head = (
        '<head><ttm:agent xml:id="a"><ttm:name type="given">Jo</ttm:name><ttm:name type="family">Li</ttm:name>'
        '</ttm:agent><ttm:agent xml:id="b"><ttm:name type="alias">B.</ttm:name><ttm:name type="full">Ann Ray'
        "</ttm:name></ttm:agent></head>"
    )
    body = (
        '<body ttm:agent="a"><div><p begin="1s">one <span ttm:agent="b">two</span></p>'
        '<p begin="2s" ttm:agent="spk_0">three</p><p begin="3s" ttm:agent="a b">four</p>'
        '<p begin="4s" ttm:agent="">(Applause)<metadata><ttm:desc>clapping</ttm:desc></metadata></p></div></body>'
    )
    assert lines(TTML.format("", head + body)) == [
        ("Jo Li", "Jo Li: one"),
        ("Ann Ray", "Ann Ray: two"),
        ("spk_0", "spk_0: three"),
        ("Jo Li, Ann Ray", "Jo Li, Ann Ray: four"),
        (None, "(Applause)"),
    ]


def test_entities_of_html_are_read_and_ruby_follows_in_brackets() -> None:
    body = '<div><p begin="1s">caf&eacute;&nbsp;<span tts:ruby="base">b</span><span tts:ruby="text">t</span></p></div>'
    assert cue_times(body, 'xmlns:tts="http://www.w3.org/ns/ttml#styling"') == [("café b(t)", 1.0, None)]


def test_half_a_document_is_read_to_where_it_ends() -> None:
    extracted = extract(ttml().encode()[:-120])
    assert extracted.warnings == ("truncated",) and "I have read the report." in extracted.canonical
    broken = extract(ttml().replace("It is long", "It </i> is long").encode())
    assert broken.warnings == ("damaged",) and "what do you think" in broken.canonical


def test_a_document_type_is_refused_before_anything_expands() -> None:
    bomb = '<!DOCTYPE tt [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    for prolog in ("", '<?xml version="1.0"?>\n<!-- x -->'):
        with pytest.raises(UnsupportedFormat):
            extract(f"{prolog}{bomb}]>{TTML.format('', '<body><p>&j;</p></body>')}".encode())


def test_ten_thousand_levels_are_refused() -> None:
    with pytest.raises(Damaged):
        extract(TTML.format("", "<div>" * 10_000).encode())


def test_a_document_that_is_broken_before_its_text_is_damaged() -> None:
    with pytest.raises(Damaged):
        extract(b'<tt xmlns="http://www.w3.org/ns/ttml"><head')


PIECES = [
    *("WEBVTT\n\n", "00:01.000 --> 00:02.000\n", "1\n", "00:00:01,000 --> 00:00:02,000\n", "0:00:01.000,0:00:02.000\n"),
    *("[00:01.00]", "[ti:x]", "<v Jo>", "</v>", "<00:00:01.000>", "<c>", "&amp;", "\n", "\n\n", "Jo: ", "- ", ">> "),
    *('<tt xmlns="x">', "<body>", '<p begin="1s" agent="a">', "<span>", "</p>", "</body>", "</tt>", "<!--", "-->", "a"),
    *('<agent id="a"><name type="full">', "</name></agent>", "<br/>", "\0", "\ufeff", "\x1a", "NOTE\n", "<?x", "]]>"),
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map("".join))
def test_anything_is_read_or_refused_by_name(text: str) -> None:
    with suppress(DocumentError):
        parse(extract(text.encode("utf-8", "replace")))


def test_a_line_of_lyrics_that_comes_back_for_ever_is_a_bomb() -> None:
    with pytest.raises(FileTooLarge):
        extract(b"[00:01.00]a\n" + (b"[00:01.00]" * 64 + b"la " * 1_500_000 + b"\n"))


def test_a_speaker_with_the_name_of_a_page_is_nobody() -> None:
    cue = f"00:01.000 --> 00:02.000\n<v {'Jo ' * 100_000}>{'a <v Ann>b</v> ' * 10_000}\n"
    assert len(extract(f"WEBVTT\n\n{cue}".encode()).canonical) < 200_000
    agent = f'<head><ttm:agent xml:id="a"><ttm:name>{"Jo " * 100_000}</ttm:name></ttm:agent></head>'
    paragraphs = '<p ttm:agent="a">x</p><p>y</p>' * 5_000
    assert len(extract(TTML.format("", f"{agent}<body>{paragraphs}</body>").encode()).canonical) < 200_000


def test_words_behind_the_times_of_a_subrip_cue_are_its_text() -> None:
    text = "00:01,000 --> 00:02,000 X1:10 X2:20\nOne.\n00:03,000 --> 00:04,000 Two, said at once.\nThree.\n"
    assert extract(text.encode()).canonical == "One.\nTwo, said at once. Three."


@pytest.mark.parametrize("name", ["srt", "sbv", "lrc"])
def test_wherever_a_file_is_cut_off_nobody_is_made_to_say_its_times(name: str) -> None:
    text = WRITERS[name](TALK).decode()
    canonical = extract(text.encode()).canonical
    for end in range(len(text) // 2, len(text)):
        part = extract(text[:end].encode())
        assert canonical.startswith(part.canonical), text[end - 30 : end]
        assert set(part.warnings) <= {"truncated"}


@pytest.mark.parametrize("last", ["1984", "3", "12:30"])
def test_a_last_line_of_digits_that_is_no_beginning_of_times_is_said(last: str) -> None:
    raw = f"1\n00:00:01,000 --> 00:00:02,000\nAnna: When was it?\n\n{last}".encode()
    assert extract(raw).canonical.split() == ["Anna:", "When", "was", "it?", last]
