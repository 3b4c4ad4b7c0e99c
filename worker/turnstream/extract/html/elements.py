"""What elements are for: by name, role, class and style, as far as it decides what is text and whose."""

from __future__ import annotations

import re
from typing import Literal

#: What a part of a page is for: its main part, one of its articles, a text that its class calls so; what surrounds
#: them, what readers wrote below them, what is not shown.
Part = Literal["main", "article", "text", "around", "comments", "hidden"]


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


HEADINGS = {f"h{rank}": f"heading {rank}" for rank in range(1, 7)}
#: … and of a list of terms, which are who speaks.
STYLES = {**HEADINGS, "dt": "bold"}
#: Elements that begin a line of their own (the HTML standard, section 15.3).
CONTAINERS = _set(
    "address article aside blockquote body center details dialog dir div dl fieldset figure footer form header hgroup "
    "html main menu nav ol section table ul"
)
BLOCKS = CONTAINERS.union(
    HEADINGS,
    _set("caption dd dt figcaption legend li listing option p pre summary tbody td textarea tfoot th thead tr xmp"),
)
#: Blocks that a paragraph may stand open before, and that do not end it.
INSIDE_PARAGRAPHS = frozenset(("caption", "option", "tbody", "td", "tfoot", "th", "thead", "tr"))
VOID = _set("area base basefont bgsound col embed frame img input link meta param source track wbr")
#: Elements without words of the text: other media, what stands in for them, what a reader chooses from, how
#: characters are read.
WORDLESS = _set("audio canvas datalist noscript object rp rt select svg template video")
PREFORMATTED = frozenset(("listing", "pre", "textarea", "xmp"))
BOLD = frozenset(("b", "strong", "th"))

#: Elements that are parts of a page.
PARTS: dict[str, Part] = {
    "aside": "around",
    "fieldset": "around",
    "footer": "around",
    "header": "around",
    "nav": "around",
    "article": "article",
    "main": "main",
}
_OF_SECTIONS = frozenset(("footer", "header"))
#: Elements that make a section, or a part that may have a header of its own.
SECTIONS = ("article", "aside", "blockquote", "main", "section")
_PARTS_BY_ROLE: dict[str, Part] = {
    "article": "article",
    "banner": "around",
    "complementary": "around",
    "contentinfo": "around",
    "main": "main",
    "menu": "around",
    "menubar": "around",
    "navigation": "around",
    "search": "around",
}
#: First or last words of a class or an id: `site-footer`, `shareButtons`.
_AROUND = _set(
    "ad ads advert advertisement banner breadcrumb breadcrumbs consent cookie cookies footer gdpr menu modal nav "
    "navbar navigation newsletter noprint pager pagination popup promo related share sharing sidebar social "
    "subscribe tags toolbar"
)
_COMMENTS = frozenset(("comments", "commentlist", "disqus", "respond"))
_HIDDEN = frozenset(
    ("d-none", "element-invisible", "hidden", "screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden")
)
_TEXT = re.compile(r"(?:article|entry|post|story|page|e)[-_]?(?:content|body|text)|.*transcript.*", re.IGNORECASE)
_NEGATED = frozenset(("has", "is", "no", "with", "without"))
#: A class or an item property of the name of somebody who speaks.
_SPEAKER = _set("attribution author by interlocutor name participant person speaker who")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
#: Of a class or an id so much is looked at.
_LOOKED_AT = 400

_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WEIGHT = re.compile(r"font(?:-weight)?\s*:[^;]*?\b(bold(?:er)?|[6-9]00|normal|lighter|[1-5]00)\b", re.IGNORECASE)
_KEEPS_LINES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_RULE = re.compile(r"\.([\w-]{1,64})\s*\{([^{}]{1,2000})\}")
_NAVIGATES = re.compile(r"(?!#|javascript:|[^#]*[?&#]t=)", re.IGNORECASE)


def part_of(name: str, found: dict[str, str], *, within: bool) -> tuple[Part, str] | None:
    """What an element's part of the page is for, and by which sign: an element, a role, a class.

    ``within`` an article or a section a header or footer is a part of that (the HTML standard, section 4.3.8).
    """
    if is_hidden(found) or name in {"body", "html"}:
        return ("hidden", "hidden") if is_hidden(found) else None
    marks = f"{found.get('class', '')} {found.get('id', '')}"[:_LOOKED_AT].split()
    ends = [(word, mark) for mark in marks for word in _ends_of(mark)]
    if any(word in _COMMENTS for word, _ in ends):
        return "comments", "comments"
    role = found.get("role", "").lower()
    if part := _PARTS_BY_ROLE.get(role) or (None if within and name in _OF_SECTIONS else PARTS.get(name)):
        return part, f"<{role or name}>"
    if around := next((mark for word, mark in ends if word in _AROUND), None):
        return "around", f".{around}"
    is_text = found.get("itemprop") in {"articleBody", "transcript"} or any(map(_TEXT.fullmatch, marks))
    return ("text", "text") if is_text else None


def _ends_of(mark: str) -> tuple[str, ...]:
    """The first and the last word of a class or an id, unless it says what is not there."""
    words = _WORDS.findall(mark)
    return (words[0].lower(), words[-1].lower()) if words and words[0] not in _NEGATED else ()


def is_hidden(found: dict[str, str]) -> bool:
    """Whether an element is not shown."""
    if "hidden" in found or _NOT_SHOWN.search(found.get("style", "")[:_LOOKED_AT]):
        return True
    return not _HIDDEN.isdisjoint(found.get("class", "")[:_LOOKED_AT].split())


def names_speaker(found: dict[str, str]) -> bool:
    """Whether an element is said to hold who speaks: `class="transcript__speaker"`."""
    marks = f"{found.get('class', '')} {found.get('itemprop', '')}"[:_LOOKED_AT]
    return any(word.lower() in _SPEAKER for word in _WORDS.findall(marks))


def is_bold(name: str, found: dict[str, str], bold_classes: frozenset[str]) -> bool:
    """Whether an element is in bold by its name, its style or its class."""
    if match := _WEIGHT.search(found.get("style", "")[:_LOOKED_AT]):
        return _is_heavy(match[1])
    return name in BOLD or not bold_classes.isdisjoint(found.get("class", "")[:_LOOKED_AT].split())


def keeps_lines(name: str, found: dict[str, str]) -> bool:
    """Whether the line ends and blanks in an element are shown as they are."""
    return name in PREFORMATTED or bool(_KEEPS_LINES.search(found.get("style", "")[:_LOOKED_AT]))


def bold_classes_of(style: str) -> frozenset[str]:
    """Classes that a style sheet writes in bold: word processors that export HTML have no other bold."""
    weights = ((rule[1], _WEIGHT.search(rule[2])) for rule in _RULE.finditer(style))
    return frozenset(name for name, weight in weights if weight and _is_heavy(weight[1]))


def navigates(address: str) -> bool:
    """Whether a link leads away: not to a place or a time in the same page."""
    return bool(address) and bool(_NAVIGATES.match(address))


def _is_heavy(weight: str) -> bool:
    return weight.lower().startswith("bold") or weight[0] in "6789"
