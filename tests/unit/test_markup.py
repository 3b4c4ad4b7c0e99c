"""XML of parliaments and plays: who speaks as the file says it; what is hostile or broken has an outcome."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.in_formats import TALK, WRITERS
from turnstream.errors import Damaged, DocumentError, EmptyFile, UnsupportedFormat
from turnstream.extract import extract
from turnstream.parse import parse

SP = "<sp><speaker>ANN.</speaker><p>Hello &amp; good morning.</p></sp>"


def tei(body: str, header: str = "", dtd: str = "") -> bytes:
    return f'{dtd}<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader>{header}</teiHeader><text>{body}</text></TEI>'.encode()


def canonical(raw: bytes) -> str:
    return extract(raw).canonical


def test_a_speaker_is_called_as_the_text_shows_it_without_what_ends_the_label() -> None:
    extracted = extract(tei(SP + '<sp who="#b"><speaker>Bob Jr.</speaker><l>Good</l><l>morning.</l></sp>'))
    assert extracted.canonical == "ANN: Hello & good morning.\nBob Jr.: Good morning."
    assert extracted.format == "tei"


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("#MK", "Mary Kane"),
        ("MK", "Mary Kane"),
        ("people.xml#MK", "Mary Kane"),
        ("#MK #TD", "Mary Kane, Tom Doyle"),
        ("#unknown", "unknown"),
        ("#3", "Speaker 3"),
    ],
)
def test_without_a_label_it_is_the_person_or_what_refers_to_them(who: str, name: str) -> None:
    people = (
        '<listPerson><person xml:id="MK"><persName><surname>Kane</surname><forename>Mary</forename>'
        "<roleName>Dr</roleName></persName><persName>Kane, M.</persName></person>"
        '<person xml:id="TD"><persName>Tom Doyle</persName></person></listPerson>'
    )
    assert canonical(tei(f'<u who="{who}"><seg>Yes.</seg></u>', people)) == f"{name}: Yes."


def test_a_note_names_the_speaker_of_the_next_utterance_and_of_those_by_the_same() -> None:
    body = '<note type="speaker">THE CHAIR:</note><u who="#a"><seg>Yes.</seg><seg>No.</seg></u><u who="#a">So.</u>'
    assert canonical(tei(body)) == "THE CHAIR: Yes.\nNo.\nSo."


def test_remarks_stand_in_brackets_in_a_speech_and_apart_between_its_paragraphs() -> None:
    play = "<sp><speaker>Ann</speaker><stage>laughs</stage><p>No<stage>(Exit.)</stage>!</p></sp><stage>Night.</stage>"
    assert canonical(tei(play)) == "Ann: (laughs) No (Exit.)!\n(Night.)"
    debate = '<u who="#a"><seg>One <note>laughs</note>two.</seg><note>(Applause.)</note><seg>Three.</seg></u>'
    assert canonical(tei(debate)) == "a: One (laughs) two.\n(Applause.)\na: Three."


@pytest.mark.parametrize("interval", ["1e400", "inf", "nan", "-1", "soon"])
def test_what_is_no_time_is_none(interval: str) -> None:
    timeline = f'<timeline unit="s"><when xml:id="T0"/><when xml:id="T1" interval="{interval}"/></timeline>'
    turns = parse(extract(tei(f'{timeline}<u who="#A" start="#T0" end="#T1">Yes.</u><u who="#B">No.</u>'))).turns
    assert [(turn.start_s, turn.end_s) for turn in turns] == [(0.0, None), (None, None)]


def test_times_come_from_the_timeline() -> None:
    body = (
        '<timeline unit="ms" origin="#T0"><when xml:id="T0"/><when xml:id="T1" interval="4500" since="#T0"/>'
        '<when xml:id="T2" interval="500" since="#T1"/><when xml:id="X" interval="1" since="#nowhere"/></timeline>'
        '<annotationBlock who="#a" start="#T0" end="#T1"><u>Yes.</u></annotationBlock>'
        '<u who="#b"><anchor synch="#T1"/>No.<anchor synch="#T2"/></u><u who="#c" start="#X">So.</u>'
    )
    lines = extract(tei(body)).lines
    assert [(line.speaker, line.start_s, line.end_s) for line in lines] == [
        ("a", 0.0, 4.5),
        ("b", 4.5, 5.0),
        ("c", None, None),
    ]


def test_words_marked_as_joined_are() -> None:
    body = '<u who="#a"><seg><s><w join="right">Hello</w>\n<pc>,</pc>\n<w>all</w></s></seg></u>'
    assert canonical(tei(body)) == "a: Hello, all"


def test_of_what_an_editor_put_side_by_side_the_source_is_read() -> None:
    body = "<sp><speaker>Ann</speaker><p><choice><sic>thier</sic><corr>their</corr></choice> boat</p></sp>"
    assert canonical(tei(body)) == "Ann: thier boat"


def test_the_header_gives_title_and_day() -> None:
    header = (
        "<fileDesc><titleStmt><title>Harbour Council</title><title>Again</title></titleStmt>"
        "<publicationStmt><publisher>Nobody</publisher></publicationStmt></fileDesc><profileDesc><settingDesc>"
        '<setting><date when="2015-03-03"/></setting></settingDesc></profileDesc>'
    )
    parsed = parse(extract(tei(SP, header)))
    assert (parsed.title, str(parsed.occurred_on)) == ("Harbour Council", "2015-03-03")
    assert parsed.layout
    assert parsed.layout.name == "given"


def test_akoma_ntoso_names_speakers_by_what_is_shown_or_by_reference() -> None:
    raw = (
        b'<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><debate><meta><references>'
        b'<TLCPerson eId="mk" href="/p" showAs="Mary Kane"/></references></meta><debateBody><debateSection>'
        b'<heading>Piers</heading><speech by="#mk"><from>The Chair:</from><p>Yes.</p><p>So.</p></speech>'
        b'<question by="#mk"><p>When?</p></question>'
        b'<answer by="#td"><p>In May. <remark>Noise</remark> May.</p></answer>'
        b"<narrative><p>They left.</p></narrative></debateSection></debateBody></debate></akomaNtoso>"
    )
    extracted = extract(raw)
    assert extracted.canonical == "Piers\nThe Chair: Yes.\nSo.\nMary Kane: When?\ntd: In May. (Noise) May.\nThey left."
    assert (extracted.format, extracted.lines[0].style) == ("akoma_ntoso", "heading 2")


def test_public_whip_speeches_have_their_speakers_and_procedure_has_none() -> None:
    raw = (
        b'<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE publicwhip [<!ENTITY pound "&#163;">]>'
        b'<publicwhip><major-heading id="a">Piers</major-heading>'
        b'<speech nospeaker="true" time="14:30:00"><p>The House met.</p></speech>'
        b'<speech speakername="Mary Kane"><p>&pound;5, at the caf\xe9.</p><p>No <i>more</i>.</p></speech>'
        b'<speech speakername="Hon. Members:"><p>Hear, hear!</p></speech></publicwhip>'
    )
    extracted = extract(raw)
    assert (
        extracted.canonical == "Piers\nThe House met.\nMary Kane: £5, at the café.\nNo more.\nHon. Members: Hear, hear!"
    )
    assert all(line.start_s is None for line in extracted.lines)


def test_a_protocol_of_the_bundestag_goes_on_with_the_speaker_until_the_next_label() -> None:
    raw = """<dbtplenarprotokoll><vorspann><inhaltsverzeichnis><p>Inhalt</p></inhaltsverzeichnis></vorspann>
<sitzungsverlauf><name>Präsidentin Maria Kahn:</name><p klasse="J">Guten Tag.</p><tagesordnungspunkt>
<p klasse="T_NaS">1 Antrag</p><p klasse="J">Das Wort hat er.</p><rede><p klasse="redner"><redner><name>
<titel>Dr.</titel><vorname>Tom</vorname><nachname>Dörr</nachname></name></redner>Dr. Tom Dörr (SPD):</p>
<p klasse="J_1">Danke.</p><kommentar>(Beifall)</kommentar><p klasse="J">Ja.</p></rede>
<rede><p klasse="redner"><redner><name><vorname>Eva</vorname><nachname>Aue</nachname></name></redner></p>
<p>Nein.</p></rede></tagesordnungspunkt></sitzungsverlauf></dbtplenarprotokoll>""".encode()
    assert canonical(raw).splitlines() == [
        "Präsidentin Maria Kahn: Guten Tag.",
        "1 Antrag",
        "Präsidentin Maria Kahn: Das Wort hat er.",
        "Dr. Tom Dörr (SPD): Danke.",
        "(Beifall)",
        "Dr. Tom Dörr (SPD): Ja.",
        "Eva Aue: Nein.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_any_encoding_is_read(encoding: str) -> None:
    raw = f'<?xml version="1.0" encoding="{encoding}"?><TEI><u who="#Zoë">Ça va très bien, là-bas.</u></TEI>'.encode(
        encoding
    )
    assert canonical(raw) == "Zoë: Ça va très bien, là-bas."


@pytest.mark.parametrize(
    ("declared", "text", "told"),
    [("windows-1250", "Příliš ž.", "cp1250"), ("Shift_JIS", "はい。", "cp932"), ("koi8-r", "Да.", "koi8-r")],
)
def test_an_encoding_that_little_text_cannot_tell_is_taken_as_declared(declared: str, text: str, told: str) -> None:
    raw = f'<?xml version="1.0" encoding="{declared}"?><TEI><u who="#a">{text}</u></TEI>'.encode(declared)
    extracted = extract(raw)
    assert (extracted.canonical, extracted.encoding, extracted.warnings) == (f"a: {text}", told, ())


@pytest.mark.parametrize(
    ("root", "name"),
    [
        ("<TEI><text><body><u who='#A'>Yes.</u></body></text></TEI>", "tei"),
        ("<tt xmlns='x'><body><div><p>Yes.</p></div></body></tt>", "ttml"),
        ("<!DOCTYPE html><html><body><p>Yes.</p></body></html>", "html"),
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(f"<!-- {'You may copy this. ' * 400}-->\n", id="licence"),
        pytest.param("<!-- one -->\n<?a b?>\n" * 400, id="comments"),
        pytest.param("\n" * 3000, id="blank lines"),
    ],
)
def test_a_licence_of_any_length_before_the_root_is_no_hindrance(before: str, root: str, name: str) -> None:
    document = extract(f"<?xml version='1.0'?>{before}{root}".encode())
    assert document.format == name
    assert document.canonical.endswith("Yes.")


def test_a_document_type_of_any_length_before_the_root_is_no_hindrance() -> None:
    entities = "".join(f"<!ENTITY a{number} 'b'>\n" for number in range(400))
    assert extract(f"<!DOCTYPE TEI [\n{entities}]>\n<TEI><text>A&a1;</text></TEI>".encode()).canonical == "Ab"


@pytest.mark.parametrize(
    "before", ["<!-- a -->", "<!--", "<?a?>", "<?", "<!DOCTYPE a [ ]", "<!DOCTYPE a [ ]>", "<!DOCTYPE a "]
)
def test_what_stands_before_a_root_is_passed_in_linear_time(before: str) -> None:
    began = time.process_time()
    with contextlib.suppress(DocumentError):
        extract((before * 100_000 + "<TEI>").encode())
    assert time.process_time() - began < 2.0


def test_a_text_below_a_comment_is_no_subtitles() -> None:
    text = "<!-- a note -->\nWEBVTT is a format.\nAnna: Yes -->"
    assert extract(text.encode()).canonical == text


def test_comments_and_instructions_before_the_root_are_no_hindrance() -> None:
    raw = b'\n<?xml-model href="x"?>\n<!-- a > b -->\n<!DOCTYPE TEI.2 SYSTEM "tei2.dtd">\n'
    raw += b'<TEI.2><u who="a">Hi.</u></TEI.2>'
    assert canonical(raw) == "a: Hi."


@pytest.mark.parametrize(
    "text",
    ["<rss><channel><title>TEI</title></channel></rss>", "<TEIX>a</TEIX>", "<!-- TEI -->", "<Ann> <TEI> is read here."],
)
def test_other_xml_and_texts_are_plain_text(text: str) -> None:
    extracted = extract(text.encode())
    assert (extracted.canonical, extracted.format) == (text, "text")


def test_what_is_certain_of_a_broken_file_is_read_and_told() -> None:
    raw = tei(SP + "<sp><speaker>Bob</speaker><p>I say")
    extracted = extract(raw[: raw.index(b"</text>")])
    assert extracted.canonical == "ANN: Hello & good morning.\nBob: I say"
    assert extracted.warnings == ("damaged",)
    with pytest.raises(Damaged, match="broken XML"):
        extract(b"<TEI <<<")


def test_a_bare_ampersand_and_the_names_of_characters_are_what_they_are() -> None:
    extracted = extract(tei("<u who='#a'>Q&A&nbsp;x &eacute; &unheard; \x0c &lt;</u><u who='#b'><![CDATA[R&D]]></u>"))
    assert extracted.canonical == "a: Q&A x é &unheard; <\nb: R&D"
    assert extracted.warnings == ()


def test_nothing_said_is_an_empty_file() -> None:
    with pytest.raises(EmptyFile):
        extract(b"<TEI/>")


BOMB = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("dtd", "detail"),
    [
        (f'<!DOCTYPE TEI [<!ENTITY x0 "lol">{BOMB}]>', "entity of more"),
        (f'<!DOCTYPE TEI [<!ENTITY x9 "{"a" * 2000}">]>', "entity of more"),
        ('<!DOCTYPE TEI [<!ENTITY x9 SYSTEM "file:///etc/passwd">]>', "other files"),
        ('<!DOCTYPE TEI [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>', "other files"),
    ],
    ids=["a billion laughs", "a long one", "a file", "a parameter from elsewhere"],
)
def test_entities_neither_grow_nor_draw_anything_in(dtd: str, detail: str) -> None:
    with pytest.raises(UnsupportedFormat, match=detail):
        extract(tei("<p>&x9;</p>", dtd=dtd))


@pytest.mark.parametrize("around", ["", "<fw>"])
def test_ten_thousand_levels_are_refused(around: str) -> None:
    with pytest.raises(Damaged, match="levels"):
        extract(tei(around + "<div>" * 10_000))


@pytest.mark.parametrize("name", ["akoma_ntoso", "bundestag", "public_whip", "tei"])
def test_wherever_a_file_is_cut_off_nobody_is_made_to_say_a_label(name: str) -> None:
    text = WRITERS[name](TALK).decode().strip()
    whole = canonical(text.encode())
    for end in range(len(text) // 2, len(text)):
        part = extract(text[:end].encode())
        assert whole.startswith(part.canonical), text[end - 40 : end]
        assert "damaged" in part.warnings


TAGS = [
    "<sp>",
    "</sp>",
    "<speaker>",
    "</speaker>",
    "<u who='#a'>",
    "</u>",
    "<note type='speaker'>",
    "</note>",
    "<p>",
    "</p>",
]
TAGS += [
    "<seg>",
    "</seg>",
    "<stage>",
    "</stage>",
    "<w join='right'>",
    "</w>",
    "<person xml:id='a'>",
    "</person>",
    "<head>",
]
TAGS += [
    "</head>",
    "<speech by='#a'>",
    "</speech>",
    "<from>",
    "</from>",
    "<kommentar>",
    "</kommentar>",
    "<name>",
    "</name>",
]
TAGS += [
    "<anchor synch='#a'/>",
    "<when xml:id='a' interval='1'/>",
    "<meta>",
    "</meta>",
    "&",
    "<![CDATA[",
    "Ann ",
    "x",
    " ",
]


@given(
    root=st.sampled_from(["TEI", "akomaNtoso", "publicwhip", "dbtplenarprotokoll"]),
    tags=st.lists(st.sampled_from(TAGS)),
)
def test_anything_has_an_outcome(root: str, tags: list[str]) -> None:
    with contextlib.suppress(DocumentError):
        parse(extract(f"<{root}>{''.join(tags)}</{root}>".encode()))
