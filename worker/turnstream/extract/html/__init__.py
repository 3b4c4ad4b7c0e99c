"""HTML: the text of a page, without what stands around it.

markup    text into tags and words, as browsers do
elements  what an element is for, by its name, role, class and style
blocks    tags and words into paragraphs, headings, rows of tables
body      which of them are the text

Warning: ``truncated``, it ends within a tag, a comment or a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from turnstream.extract.html.blocks import TIME, Block, Builder, Page, Words
from turnstream.extract.html.body import body_of
from turnstream.extract.html.markup import Markup
from turnstream.extract.pieces import Piece, Reading

__all__ = ["read"]

#: What only HTML begins with; other tags may stand above a text in Markdown, too.
_DOCUMENT = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*+(?:<!doctype\s+html|<(?:html|head|body)[\s>])",
    re.IGNORECASE | re.DOTALL,
)
#: Share of the characters that may stand in no block of a fragment, and how many each of its blocks has at most.
BARE, PER_BLOCK = 0.1, 4000
#: … and above which the lines of a document are its own: somebody put tags around a plain text.
MOSTLY_BARE = 0.5
#: Characters of a text in which the title of its page is looked for.
_HEAD = 3000
#: Blocks at its top in which a heading of the second rank may be that of the page.
_ABOVE = 3


#: What HTML has, a tag that closes another or says something of the page, and a chat has not: `<P> hi`.
_CLOSED = re.compile(r"</|/>|<meta\s", re.IGNORECASE)


def read(text: str) -> Reading | None:
    """Read a page or a part of one; ``None`` if only some of it is HTML."""
    markup = Markup(text)
    page = Builder().feed(markup)
    if not _DOCUMENT.match(text) and not _is_fragment(page, len(text), is_closed=_CLOSED.search(text) is not None):
        return None
    if page.bare > len(text) * MOSTLY_BARE and page.tags * PER_BLOCK < len(text):
        page = Builder(keeps_lines=True).feed(Markup(text))
    blocks = body_of(page)
    warnings = ("truncated",) if markup.truncated else ()
    return Reading("html", [*_title(page.title, blocks), *_pieces(blocks)], warnings)


def _is_fragment(page: Page, size: int, *, is_closed: bool) -> bool:
    return page.tags > 0 and is_closed and page.bare <= size * BARE and size <= page.tags * PER_BLOCK


def _title(title: str, blocks: Sequence[Block]) -> Iterator[Piece]:
    """The page's title, if its text has none: no heading of the first rank, none above it that the title holds."""
    title = title.strip(" -–—|•·")
    if not title or any(block.style == "heading 1" for block in blocks):
        return
    known = _squeezed(title)
    above = (_squeezed(_text(block)) for block in blocks[:_ABOVE] if block.style == "heading 2")
    if known not in _squeezed(_beginning(blocks)) and not any(heading in known for heading in above):
        yield Piece(title, style="heading 1")
        yield Piece("")


def _text(block: Block) -> str:
    return " ".join("".join(words.text for words in line) for line in block.lines)


def _beginning(blocks: Sequence[Block]) -> str:
    texts: list[str] = []
    size = 0
    for block in blocks:
        texts.append(_text(block))
        size += len(texts[-1])
        if size > _HEAD:
            break
    return " ".join(texts)[:_HEAD]


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _pieces(blocks: Sequence[Block]) -> Iterator[Piece]:
    for block in blocks:
        for line in block.lines:
            yield _piece(line, block.style)
        yield Piece("")


def _piece(line: Sequence[Words], style: str | None) -> Piece:
    """A line with what is in bold at its beginning; a time may stand before that."""
    text = "".join([words.text for words in line])
    if style:
        return Piece(text, style=style)
    if not any(words.bold for words in line):
        return Piece(text)
    end, first, so_far = 0, True, ""
    for number, words in enumerate(line):
        so_far += words.text if first else ""
        if words.bold:
            first = False
        elif not words.text.isspace() and not (first and TIME.fullmatch(so_far.strip())):
            break
        if words.bold:
            end = number + 1
    opening = "".join(words.text for words in line[:end])
    rest = "".join(words.text for words in line[end:])
    if opening.strip() and not rest.strip():
        return Piece(text, style="bold")
    return Piece(rest, opening=opening)
