"""Files as word processors and transcription tools write them; ``python -m tests.office`` makes the samples anew."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.golden import SAMPLES

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_MORE = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODF = " ".join(
    f'xmlns:{prefix}="{_ODF}{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "svg": "svg-compatible",
        "fo": "xsl-fo-compatible",
    }.items()
)
ODT = "application/vnd.oasis.opendocument.text"

#: A conversation that nobody had.
TALK = (
    ("Nora Webb", "Good morning, everyone. Shall we begin with the harbour?"),
    ("Omar Reyes", "Yes, please. The new crane came on Monday, and it works."),
    ("Nora Webb", "That is good news. What did it cost us in the end?"),
    ("Omar Reyes", "Less than we feared: I have the bill here, and it says 40,000."),
    ("Carl Day", "May I ask who pays for the repairs?"),
    ("Nora Webb", "The town does. We agreed on that in March, didn’t we?"),
    ("Omar Reyes", "We did – it is in the minutes."),
    ("Carl Day", "Thank you. I have no more questions."),
)
STARTS = (2, 7, 13, 19, 28, 33, 41, 64)


def zipped(members: Mapping[str, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP, the same at any time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else packed
            archive.writestr(info, data)
    return file.getvalue()


def relations(targets: Mapping[str, str], more: str = "") -> str:
    """Return the part that leads from a part to others, by kind."""
    found = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return (
        f'{_XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{found}{more}</Relationships>"
    )


def document(body: str, namespace: str = WORD) -> str:
    """Return the main part of a Word document."""
    return f'{_XML}<w:document xmlns:w="{namespace}" {_MORE}><w:body>{body}<w:sectPr/></w:body></w:document>'


def styles(found: str = "") -> str:
    """Return the part with the styles."""
    return f'{_XML}<w:styles xmlns:w="{WORD}">{found}</w:styles>'


def parts(body: str, style: str = "", namespace: str = WORD) -> dict[str, str]:
    """Return the members of a Word file."""
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations({"officeDocument": "word/document.xml"}),
        "word/document.xml": document(body, namespace),
        "word/_rels/document.xml.rels": relations({"styles": "styles.xml"}),
        "word/styles.xml": styles(style),
    }


def docx(body: str, style: str = "", namespace: str = WORD) -> bytes:
    """Return a Word file."""
    return zipped(parts(body, style, namespace))


def run(text: str, look: str = "") -> str:
    """Return a run; a tab and a line end are elements, ``look`` its properties."""
    said = escape(text).replace("\t", "</w:t><w:tab/><w:t xml:space='preserve'>")
    said = said.replace("\n", "</w:t><w:br/><w:t xml:space='preserve'>")
    return f"<w:r><w:rPr>{look}</w:rPr><w:t xml:space='preserve'>{said}</w:t></w:r>"


def bold(text: str) -> str:
    """Return a run in bold."""
    return run(text, "<w:b/>")


def p(*runs: str, look: str = "") -> str:
    """Return a paragraph of runs, or of plain text."""
    found = "".join(one if one.startswith("<") else run(one) for one in runs)
    return f"<w:p><w:pPr>{look}</w:pPr>{found}</w:p>"


def style(name: str) -> str:
    """Return the property of a paragraph that has a style."""
    return f'<w:pStyle w:val="{name}"/>'


def table(rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell is paragraphs, or plain text."""
    cells = (
        "".join(f"<w:tc><w:tcPr/>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in cells)
        for cells in rows
    )
    return f"<w:tbl><w:tblPr/>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def content(body: str, automatic: str = "") -> str:
    """Return the main part of an OpenDocument text."""
    return (
        f'{_XML}<office:document-content {ODF} office:version="1.3">'
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def odt(body: str, automatic: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """Return an OpenDocument text."""
    manifest = f'{_XML}<manifest:manifest xmlns:manifest="{_ODF}manifest:1.0"/>'
    members = {"mimetype": ODT, "content.xml": content(body, automatic), "META-INF/manifest.xml": manifest}
    return zipped(members | dict(more or {}))


def fodt(body: str, automatic: str = "") -> str:
    """Return an OpenDocument text in one file."""
    return (
        f'{_XML}<office:document {ODF} office:version="1.3" office:mimetype="{ODT}">'
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        "<office:master-styles><style:master-page><style:header><text:p>Running head</text:p></style:header>"
        "</style:master-page></office:master-styles>"
        f"<office:body>\n <office:text>\n{body}</office:text></office:body></office:document>"
    )


def rtf(body: str, fonts: str = r"{\f0\fswiss\fcharset0 Arial;}", head: str = r"\ansi\ansicpg1252\deff0") -> bytes:
    """Return an RTF file; what is beyond ASCII is written as Word does."""
    written = "".join(sign if sign.isascii() else _unicode(sign) for sign in body)
    return f"{{\\rtf1{head}{{\\fonttbl{fonts}}}{{\\info{{\\title A title}}}}\n{written}}}".encode("ascii")


def _unicode(sign: str) -> str:
    units = sign.encode("utf-16-le")
    pairs = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(f"\\u{value}?" for value in pairs)


def clock(seconds: int, *, hours: bool = False) -> str:
    """Return a time as exports have it: `0:12`, `00:00:12`."""
    return f"00:{seconds // 60:02}:{seconds % 60:02}" if hours else f"{seconds // 60}:{seconds % 60:02}"


def compound(*streams: str) -> bytes:
    """Return the directory of a compound file (OLE), at the place where it would be."""
    entries = (
        (name := stream.encode("utf-16-le")).ljust(64, b"\0") + struct.pack("<H", len(name) + 2) + bytes(62)
        for stream in ("Root Entry", *streams)
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(entries)


HEADINGS = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:basedOn w:val="Standard"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="Standard"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/>'
    '<w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:type="character" w:styleId="Fett"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
)


def teams() -> bytes:
    """A transcript as Teams has exported it since 2023: name in bold, time in grey, the text below in one paragraph."""
    said = (
        p(bold(name), run(f"   {clock(at)}", '<w:color w:val="616161"/>'), run(f"\n{text}"))
        for (name, text), at in zip(TALK, STARTS, strict=True)
    )
    head = (
        p(bold("Harbour committee-20240311_100000-Meeting Recording")),
        p("March 11, 2024, 9:00AM"),
        p("1m 12s"),
        p(f"{bold('Nora Webb')}{run(' started transcription')}"),
    )
    return docx("".join((*head, *said, p(f"{bold('Nora Webb')}{run(' stopped transcription')}"))))


def teams_cues() -> bytes:
    """… and before: each paragraph a cue of three lines, milliseconds without zeros before them."""
    said = (
        p(
            f"0:0:{at}.{at} --> 0:1:{at}.500\n{name}\n{text}"
            if at < 60
            else f"0:1:{at - 60}.0 --> 0:1:9.80\n{name}\n{text}"
        )
        for (name, text), at in zip(TALK, STARTS, strict=True)
    )
    return docx("".join(said))


def transcribe() -> bytes:
    """What Word's own Transcribe adds to a document: file, heading, a time and a speaker above each text."""
    people = {"Nora Webb": "Speaker 1", "Omar Reyes": "Speaker 2", "Carl Day": "Speaker 3"}
    said = (
        p(f"{clock(at, hours=True)} {people[name]}") + p(text) for (name, text), at in zip(TALK, STARTS, strict=True)
    )
    head = (
        p("Audio file", look=style("berschrift1")),
        f"<w:p><w:hyperlink>{run('harbour.wav')}</w:hyperlink></w:p>",
        p("Transcript", look=style("berschrift1")),
    )
    return docx("".join((*head, *said)), HEADINGS)


def otter() -> bytes:
    """An export of Otter: title, date, key words, speakers, then a name and a time above each text."""
    said = (
        p(bold(name), run(f"  {clock(at).zfill(5)}")) + p(text) + p("")
        for (name, text), at in zip(TALK, STARTS, strict=True)
    )
    head = (
        p("Harbour committee", look=style("Titel")),
        p("Mon, Mar 11, 2024 9:00AM • 1:12"),
        p("SUMMARY KEYWORDS", look=style("berschrift2")),
        p("harbour, crane, repairs, town"),
        p("SPEAKERS", look=style("berschrift2")),
        p("Carl Day, Nora Webb, Omar Reyes"),
        p(""),
    )
    return docx("".join((*head, *said)), HEADINGS)


def zoom() -> bytes:
    """A transcript saved from Zoom and put into Word: a name in brackets and a clock, the text below."""
    said = (
        p(f"[{name}] 10:0{at // 60}:{at % 60:02}") + p(text) + p("")
        for (name, text), at in zip(TALK, STARTS, strict=True)
    )
    return docx("".join(said))


def minutes() -> bytes:
    """Minutes that people edited: a table, speakers in bold, tracked changes, a note, a text box."""
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx><w:txbxContent>"
        f"{p('Draft of 12 March')}</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent>"
        f"{p('Draft of 12 March')}</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r>"
    )
    changed = (
        '<w:ins w:id="1" w:author="A">' + run("Yes, please. ") + '</w:ins><w:del w:id="2" w:author="A"><w:r>'
        '<w:delText xml:space="preserve">Well. </w:delText></w:r></w:del>'
    )
    name, text = TALK[1]
    rows = [("Speaker", "Text"), *((f"{who}:", said) for who, said in TALK[4:])]
    body = (
        p(run("Harbour committee"), box, look=style("berschrift1")),
        p("Kell, 11 March 2024"),
        p(bold(TALK[0][0] + ":"), run(f" {TALK[0][1]}"), note),
        p(run(f"{name}:", '<w:rStyle w:val="Fett"/>'), run(" "), changed, run(text.removeprefix("Yes, please. "))),
        *(p(bold(f"{who}: "), run(said), run(" secret", "<w:vanish/>")) for who, said in TALK[2:4]),
        table(rows),
    )
    return docx("".join(body), HEADINGS)


_BOLD = (
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Standard">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)


def odt_labels() -> bytes:
    """An OpenDocument text with a heading and names in bold."""
    said = (
        f'<text:p><text:span text:style-name="T1">{name}:</text:span> {escape(text)}</text:p>' for name, text in TALK
    )
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Carl Day: Never mind.</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
    )
    head = '<text:h text:style-name="Heading_20_1" text:outline-level="1">Harbour committee</text:h>'
    return odt(f"{changes}{head}<text:p>Kell, 11 March 2024</text:p>{''.join(said)}", _BOLD)


def odt_table() -> bytes:
    """One with a row of a table for each turn: time, speaker, text."""
    rows = (
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in (name, clock(at), text))
        + "</table:table-row>"
        for (name, text), at in zip(TALK, STARTS, strict=True)
    )
    return odt(f"<text:p text:style-name='P1'>Interview</text:p><table:table>{''.join(rows)}</table:table>", _BOLD)


def fodt_names() -> bytes:
    """One in a single file, indented by the program that wrote it: names on lines of their own, in bold."""
    said = (
        f'  <text:p text:style-name="P1">{name}</text:p>\n  <text:p>{_wrapped(text)}</text:p>\n' for name, text in TALK
    )
    return fodt("".join(said), _BOLD).encode()


def _wrapped(text: str) -> str:
    return text.replace(" ", "\n    ", 2)


def rtf_word() -> bytes:
    """RTF as Word writes it in Russian: bytes of windows-1251, fonts by their character set."""
    talk = (("Председатель", "Доброе утро, коллеги. Начнём?"), ("Анна Бо", "Да, конечно. Кран работает."))
    said = "".join(
        f"{{\\rtlch\\fcs1 \\af0 \\ltrch\\fcs0 \\b\\lang1049 {_bytes(name, 'cp1251')}:}}"
        f"{{\\lang1049  {_bytes(text, 'cp1251')}}}\n\\par "
        for name, text in talk * 3
    )
    fonts = (
        r"{\f0\fbidi \froman\fcharset204\fprq2{\*\panose 02020603050405020304}Times New Roman;}"
        r"{\f37\froman\fcharset238 Times New Roman CE;}"
    )
    styled = (
        r"{\stylesheet{\ql\f0\fs24 \snext0 Normal;}{\s1\ql\b\fs32\outlinelevel0 \sbasedon0 heading 1;}"
        r"{\*\cs10 \additive Default Paragraph Font;}}"
    )
    heading = f"\\pard\\plain \\s1\\ql\\b\\fs32 {_bytes('Заседание комитета', 'cp1251')}\\par \\pard\\plain \\ql\\f0 "
    head = r"\ansi\ansicpg1251\deff0\uc1"
    return rtf(f"{styled}{{\\header \\pard Page {{\\field{{\\*\\fldinst PAGE}}}}\\par}}{heading}{said}", fonts, head)


def _bytes(text: str, codec: str) -> str:
    return "".join(sign if sign.isascii() else f"\\'{sign.encode(codec).hex()}" for sign in text)


def rtf_cocoa() -> bytes:
    """RTF as TextEdit writes it: bytes and signs by number, a backslash at the end of a line."""
    said = "".join(f"\\f1\\b {name}: \\f0\\b0 {_bytes(text, 'cp1252')}\\\n\\\n" for name, text in TALK)
    return rtf(
        f"{{\\colortbl;\\red255\\green255\\blue255;}}\n\\pard\\tx720\\f0\\fs24 \\cf0 \\uc0\\u9679 \\\n{said}",
        r"\f0\fswiss\fcharset0 Helvetica;\f1\fswiss\fcharset0 Helvetica-Bold;",
        r"\ansi\ansicpg1252\cocoartf2639",
    )


def rtf_table() -> bytes:
    """RTF with a row for each turn."""
    rows = "".join(
        f"\\trowd\\cellx2000\\cellx9000\\pard\\intbl {name}\\cell {text}\\cell\\row\n" for name, text in TALK
    )
    return rtf(f"\\pard\\b Interview\\b0\\par\n{rows}\\pard Recorded by {{\\v nobody}}the town.\\par")


MADE = {
    "minutes.docx": minutes,
    "names.fodt": fodt_names,
    "labels.odt": odt_labels,
    "otter.docx": otter,
    "table.odt": odt_table,
    "table.rtf": rtf_table,
    "teams-cues.docx": teams_cues,
    "teams.docx": teams,
    "textedit.rtf": rtf_cocoa,
    "transcribe.docx": transcribe,
    "word.rtf": rtf_word,
    "zoom.docx": zoom,
}

if __name__ == "__main__":
    for name, make in MADE.items():
        (SAMPLES / name).write_bytes(make())
