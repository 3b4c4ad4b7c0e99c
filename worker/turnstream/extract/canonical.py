"""The canonical text: what is hashed, and what every span refers to.

Two files that say the same in other encodings, line ends, spaces or composed
characters have the same canonical text.  A change of this rule is a new
``CANONICAL_VERSION``, as it changes every document id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import accumulate

from turnstream.extract.pieces import Piece
from turnstream.models import Line

#: Version of the rule below; stands in every record.
CANONICAL_VERSION = 1

#: A column ends at one of these: what is wider than a blank between words.
_GAP = re.compile(r"\s{2,}|[\t\u3000]")
#: Wide blanks kept of a line, and the columns that they are looked for in: labels stand at its beginning.
MAX_GAPS = 3
GAP_COLUMNS = 160

#: What divides the paragraphs of an utterance.
_PARAGRAPHS = re.compile(r"\n\s*\n")

#: Characters without width that carry no text: soft hyphen, BOM, zero-width space, word
#: joiner, Mongolian vowel separator, bidi marks and embeddings (Unicode 16, Cf and Bidi_Control).
#: ZWNJ and ZWJ stay: Persian, Indic scripts and emoji are spelt with them.
_DROPPED = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
#: Printable characters of ASCII, and the line end.
_PRINTABLE = bytes((*range(0x20, 0x7F), 0x0A))


def lines_of(text: str) -> tuple[tuple[Line, ...], str]:
    r"""Split decoded text into canonical lines; the second value is their join by ``\\n``.

    Each run of white space (``str.isspace``) becomes one space, lines are trimmed, blank
    ones dropped and noted on the next, everything is NFC.
    """
    text = _composed(text)
    lines: list[Line] = []
    start, blank = 0, False
    printable = _is_printable(text)
    for raw in text.splitlines():
        # Most lines are canonical: the only white space that is printable is a blank (``str.isprintable``).
        if (printable or raw.isprintable()) and "  " not in raw and raw == raw.strip(" ") != "":
            line = Line(raw, start, 0, blank)
        elif words := raw.split():
            shown = " ".join(words)
            line = Line(shown, start, _indent(raw), blank, _gaps(raw.strip(), shown))
        else:
            blank = True
            continue
        lines.append(line)
        start, blank = start + len(line.text) + 1, False
    return tuple(lines), "\n".join([line.text for line in lines])


def lines_of_pieces(pieces: Iterable[Piece]) -> tuple[tuple[Line, ...], str]:
    """The same for the pieces of a format.

    A paragraph of a cue is one line, and who speaks stands before the first as a label: `Jo Li: Yes.`.
    """
    lines: list[Line] = []
    start, blank = 0, False
    for piece in pieces:
        for line in _cue(piece) if piece.is_cue else _paragraph(piece):
            if line is None:
                blank = True
                continue
            # Half the time of ``_replace``; from ``gaps`` on as it was.
            lines.append(Line(line.text, start, line.indent, blank or line.blank_before, *line[4:]))
            start, blank = lines[-1].end + 1, False
    return tuple(lines), "\n".join(line.text for line in lines)


def _cue(piece: Piece) -> Iterator[Line | None]:
    speaker = " ".join(_composed(piece.speaker or "").split())
    parts = _PARAGRAPHS.split(piece.text) if "\n" in piece.text else [piece.text]
    texts = [text for part in parts if (text := " ".join(_composed(part).split()))]
    for number, text in enumerate(texts):
        first, last = number == 0, number == len(texts) - 1
        yield Line(
            f"{speaker}: {text}" if speaker and first else text,
            0,
            blank_before=True,
            speaker=(speaker or None) if first else "",
            start_s=piece.start_s if first else None,
            end_s=piece.end_s if last else None,
        )


def _paragraph(piece: Piece) -> Iterator[Line | None]:
    opening = " ".join(_composed(piece.opening).split()) if piece.opening else ""
    for raw in _composed(f"{piece.opening}{piece.text}").splitlines() or [""]:
        shown = " ".join(raw.split())
        if not shown:
            yield None
            continue
        bold = len(opening) if shown.startswith(opening) else 0
        if raw == shown:
            yield Line(shown, 0, bold=bold, style=piece.style)
        else:
            yield Line(shown, 0, _indent(raw), gaps=_gaps(raw.strip(), shown), bold=bold, style=piece.style)
        opening = ""


def _composed(text: str) -> str:
    if text.isascii():
        return text
    # The commonest other blank at once: its lines are then as most are.
    text = _DROPPED.sub("", text).replace("\xa0", " ")
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _is_printable(text: str) -> bool:
    """Whether a text is ASCII of printable characters in all of its lines, which is seen sooner than of each."""
    return text.isascii() and not text.encode().translate(None, _PRINTABLE)


def _gaps(raw: str, shown: str) -> tuple[int, ...]:
    if len(raw) == len(shown) and "\t" not in raw and "\u3000" not in raw:
        return ()
    *columns, _ = _GAP.split(raw[:GAP_COLUMNS], MAX_GAPS)
    widths = (len(" ".join(column.split())) for column in columns)
    return tuple(accumulate(widths, lambda at, width: at + 1 + width))


def _indent(raw: str) -> int:
    first = raw[0]
    if not first.isspace():
        return 0
    expanded = raw.expandtabs()
    return len(expanded) - len(expanded.lstrip())
