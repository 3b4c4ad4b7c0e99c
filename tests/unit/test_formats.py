"""The same talk in every format: the same turns, the same speakers, and mostly the same content."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import promises
from tests.in_formats import TALK, WRITERS
from turnstream.extract import extract
from turnstream.parse import parse

#: Formats with a title of their own, which is part of the text.
_TITLED = frozenset(("lrc", "tei"))


@pytest.mark.parametrize("name", WRITERS)
def test_a_talk_has_the_same_turns_and_speakers_in_every_format(name: str) -> None:
    raw = WRITERS[name](TALK)
    document, record = promises.read(raw)
    assert document.format == name
    assert [(turn.label, turn.paragraphs) for turn in record.turns] == [(one.who, (one.text,)) for one in TALK]
    assert [speaker.name for speaker in record.speakers] == ["Anna Abel", "Ben Cole", "Zoë Ünal"]
    assert list(promises.broken(document.canonical, record)) == []
    assert not set(record.warnings)


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - _TITLED))
def test_a_talk_is_one_content_in_every_format_that_adds_nothing_to_it(name: str) -> None:
    assert extract(WRITERS[name](TALK)).canonical == extract(WRITERS["text"](TALK)).canonical


@pytest.mark.parametrize("name", sorted(_TITLED))
def test_a_title_of_its_own_makes_it_another_content(name: str) -> None:
    parsed = parse(extract(WRITERS[name](TALK)))
    assert parsed.title == "The lake"


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
