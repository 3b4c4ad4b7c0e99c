"""One talk written in every format that is read: for tests that compare, for the bench, for fuzzing.

Each writer makes what a usual program makes, as small as can be; ``parts`` of a packed one may be changed before
they are packed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
from collections.abc import Callable, Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

import orjson

from tests.pdf import lines, pdf

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class Said(NamedTuple):
    """One turn: who, what, from when to when in seconds."""

    who: str
    text: str
    start: float
    end: float


def talk(turns: Sequence[tuple[str, str]]) -> list[Said]:
    """Give turns a time, two words a second."""
    said, at = [], 0.0
    for who, text in turns:
        ends = at + len(text.split()) / 2
        said.append(Said(who, text, at, ends))
        at = ends + 0.25
    return said


TALK = talk(
    (
        ("Anna Abel", "Good morning, everybody. We begin with the lake, as we said we would."),
        ("Ben Cole", "Thank you. I have been there & I saw that the water is low: two metres below the mark."),
        ("Anna Abel", "That is more than last year, isn’t it? What do you suggest?"),
        ("Ben Cole", "We should close the weir until spring. It costs little, and the “old” mill does without."),
        ("Zoë Ünal", "I don't agree. The mill needs the water, and I have said so three times."),
        ("Anna Abel", "Then we vote on it next week. Is there anything else?"),
        ("Zoë Ünal", "No, that was all. Thank you."),
    )
)


def clock(seconds: float, mark: str = ".") -> str:
    """`00:01:02.500`, with another decimal mark if wanted."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{mark}{rest % 1000:03}"


def as_txt(said: Sequence[Said]) -> str:
    """`Anna Abel: Good morning.`, a line a turn."""
    return "".join(f"{one.who}: {one.text}\n" for one in said)


def as_vtt(said: Sequence[Said]) -> str:
    """A cue a turn, with a voice."""
    cues = (
        f"{clock(one.start)} --> {clock(one.end)}\n<v {escape(one.who, quote=False)}>{escape(one.text, quote=False)}\n"
        for one in said
    )
    return "WEBVTT\n\n" + "\n".join(cues)


def as_srt(said: Sequence[Said]) -> str:
    """A cue a turn, with a label."""
    return "\n".join(
        f"{number}\n{clock(one.start, ',')} --> {clock(one.end, ',')}\n{one.who}: {one.text}\n"
        for number, one in enumerate(said, 1)
    )


def as_sbv(said: Sequence[Said]) -> str:
    """A cue a turn, with a label."""
    return "\n".join(f"{clock(one.start)[1:]},{clock(one.end)[1:]}\n{one.who}: {one.text}\n" for one in said)


def as_lrc(said: Sequence[Said]) -> str:
    """A line a turn, with a label."""
    return "[ti:The lake]\n" + "".join(f"[{clock(one.start)[3:11]}]{one.who}: {one.text}\n" for one in said)


def as_ttml(said: Sequence[Said]) -> str:
    """Agents with names."""
    agents = {one.who: f"a{number}" for number, one in enumerate({one.who: one for one in said}.values())}
    named = "".join(
        f'<ttm:agent xml:id="{key}" type="person"><ttm:name type="full">{escape(who)}</ttm:name></ttm:agent>'
        for who, key in agents.items()
    )
    cues = "".join(
        f'<p begin="{clock(one.start)}" end="{clock(one.end)}" ttm:agent="{agents[one.who]}">'
        f"{escape(one.text, quote=False)}</p>\n"
        for one in said
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="en">'
        f"<head><metadata>{named}</metadata></head><body><div>\n{cues}</div></body></tt>\n"
    )


def as_json(said: Sequence[Said]) -> str:
    """Segments with speakers."""
    segments = [{"start": one.start, "end": one.end, "speaker": one.who, "text": f" {one.text}"} for one in said]
    return orjson.dumps({"segments": segments, "language": "en"}).decode()


def as_json_lines(said: Sequence[Said]) -> str:
    """An utterance a line."""
    return "".join(
        orjson.dumps({"speaker": one.who, "text": one.text, "start": one.start}).decode() + "\n" for one in said
    )


def as_html(said: Sequence[Said]) -> str:
    """Paragraphs with a bold label."""
    paragraphs = "".join(f"<p><b>{escape(one.who)}:</b> {escape(one.text)}</p>\n" for one in said)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><style>p { margin: 0 }</style></head>\n'
        f"<body><nav><a href='/'>Home</a></nav><main>\n{paragraphs}</main></body></html>\n"
    )


def as_rtf(said: Sequence[Said]) -> str:
    """Paragraphs with a bold label; what is not ASCII by its number."""
    lines = "".join(rf"{{\b {_rtf(one.who)}:}} {_rtf(one.text)}\par" + "\n" for one in said)
    return r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Calibri;}}\uc1\f0\fs22 " + "\n" + lines + "}"


def _rtf(text: str) -> str:
    return "".join(char if char.isascii() else rf"\u{ord(char)}?" for char in text)


def as_tei(said: Sequence[Said]) -> str:
    """Speeches of a play or a protocol."""
    speeches = "".join(
        f"<sp><speaker>{escape(one.who)}</speaker><p>{escape(one.text, quote=False)}</p></sp>\n" for one in said
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc>'
        "<titleStmt><title>The lake</title></titleStmt></fileDesc></teiHeader>"
        f"<text><body><div>\n{speeches}</div></body></text></TEI>\n"
    )


def as_akoma_ntoso(said: Sequence[Said]) -> str:
    """Speeches of a debate."""
    keys = {who: f"p{number}" for number, who in enumerate(dict.fromkeys(one.who for one in said))}
    people = "".join(f'<TLCPerson eId="{key}" href="/p/{key}" showAs="{who}"/>' for who, key in keys.items())
    speeches = "".join(
        f'<speech by="#{keys[one.who]}"><from>{one.who}</from><p>{escape(one.text, quote=False)}</p></speech>\n'
        for one in said
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><debate name="hansard"><meta>'
        f'<references source="#s">{people}</references></meta><debateBody><debateSection name="lake">\n'
        f"{speeches}</debateSection></debateBody></debate></akomaNtoso>\n"
    )


def as_public_whip(said: Sequence[Said]) -> str:
    """Speeches of a day in a parliament of Britain, as scrapers write them."""
    speeches = "".join(
        f'<speech id="uk.org.publicwhip/debate/2026-03-03a.1.{number}" speakername="{escape(one.who)}"'
        f' time="{clock(one.start)[:8]}"><p pid="a1.{number}/1">{escape(one.text, quote=False)}</p></speech>\n'
        for number, one in enumerate(said)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<publicwhip scraperversion="a">\n{speeches}</publicwhip>\n'


def as_bundestag(said: Sequence[Said]) -> str:
    """Speeches of a sitting of the Bundestag."""
    speeches = "".join(
        f'<rede id="ID{number}"><p klasse="redner"><redner id="1{number}"/>{escape(one.who)}:</p>\n'
        f'<p klasse="J_1">{escape(one.text, quote=False)}</p></rede>\n'
        for number, one in enumerate(said)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE dbtplenarprotokoll SYSTEM "dbtplenarprotokoll.dtd">\n'
        '<dbtplenarprotokoll><sitzungsverlauf><tagesordnungspunkt top-id="TOP 1">\n'
        f"{speeches}</tagesordnungspunkt></sitzungsverlauf></dbtplenarprotokoll>\n"
    )


#: Code points of a line, and lines of a page, that are printed.
_WIDTH, _LINES = 80, 45


def pdf_pages(said: Sequence[Said]) -> list[list[str]]:
    """The lines of printed pages: wrapped, with a gap between turns, in the letters that the fonts have."""
    rows: list[str] = []
    for one in said:
        text = f"{one.who}: {one.text}".encode("cp1252", "replace").decode("cp1252")
        rows += (*wrap(text, _WIDTH), "")
    return [rows[at : at + _LINES] for at in range(0, len(rows), _LINES)]


def as_pdf(said: Sequence[Said]) -> bytes:
    """Pages as a word processor prints them."""
    return pdf(lines(page) for page in pdf_pages(said))


def docx_parts(said: Sequence[Said]) -> dict[str, str]:
    """The members of a Word file."""
    paragraphs = "".join(
        f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{one.who}:</w:t></w:r>"
        f'<w:r><w:t xml:space="preserve"> {escape(one.text, quote=False)}</w:t></w:r></w:p>\n'
        for one in said
    )
    word, package = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml",
        "http://schemas.openxmlformats.org",
    )
    return {
        "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{package}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/></Types>',
        "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{package}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{package}/officeDocument/2006/relationships/officeDocument"'
        ' Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{package}/wordprocessingml/2006/main"><w:body>\n{paragraphs}</w:body></w:document>',
    }


def odt_parts(said: Sequence[Said]) -> dict[str, str]:
    """The members of an OpenDocument text."""
    paragraphs = "".join(
        f'<text:p><text:span text:style-name="B">{one.who}:</text:span> {escape(one.text, quote=False)}</text:p>\n'
        for one in said
    )
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in {"office": "office", "text": "text", "style": "style", "fo": "xsl-fo-compatible"}.items()
    )
    kind = "application/vnd.oasis.opendocument.text"
    return {
        "mimetype": kind,
        "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}>'
        '<office:automatic-styles><style:style style:name="B" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
        f"<office:body><office:text>\n{paragraphs}</office:text></office:body></office:document-content>",
    }


def zipped(parts: dict[str, str]) -> bytes:
    """An archive of these members; as an OpenDocument wants it, its `mimetype` stands first and as it is."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), text, kind)
    return packed.getvalue()


def as_eml(said: Sequence[Said]) -> str:
    """A mail with the transcript as its body."""
    return (
        "Received: from a.example by b.example; Tue, 3 Mar 2026 10:00:00 +0000\r\n"
        "From: Anna Abel <anna@example.org>\r\nTo: archive@example.org\r\nSubject: The lake\r\n"
        "Date: Tue, 3 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ) + as_txt(said).replace("\n", "\r\n")


def zstandard(data: bytes) -> bytes:
    """Compressed as `.zst`."""
    return zstd.compress(data)


#: Every format, by the name that the record gives it, and how the talk is written in it.
WRITERS: dict[str, Callable[[Sequence[Said]], bytes]] = {
    "text": lambda said: as_txt(said).encode(),
    "vtt": lambda said: as_vtt(said).encode(),
    "srt": lambda said: as_srt(said).encode(),
    "sbv": lambda said: as_sbv(said).encode(),
    "lrc": lambda said: as_lrc(said).encode(),
    "ttml": lambda said: as_ttml(said).encode(),
    "json": lambda said: as_json(said).encode(),
    "jsonl": lambda said: as_json_lines(said).encode(),
    "html": lambda said: as_html(said).encode(),
    "rtf": lambda said: as_rtf(said).encode(),
    "tei": lambda said: as_tei(said).encode(),
    "akoma_ntoso": lambda said: as_akoma_ntoso(said).encode(),
    "public_whip": lambda said: as_public_whip(said).encode(),
    "bundestag": lambda said: as_bundestag(said).encode(),
    "docx": lambda said: zipped(docx_parts(said)),
    "odt": lambda said: zipped(odt_parts(said)),
    "pdf": as_pdf,
    "text+eml": lambda said: as_eml(said).encode(),
    "text+gzip": lambda said: gzip.compress(as_txt(said).encode()),
    "text+bzip2": lambda said: bz2.compress(as_txt(said).encode()),
    "text+xz": lambda said: lzma.compress(as_txt(said).encode()),
    "text+zstd": lambda said: zstandard(as_txt(said).encode()),
}
