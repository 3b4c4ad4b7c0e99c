"""The text of a WebVTT cue: its tags as a tree, and who speaks in it.

After the W3C's "WebVTT cue text parsing rules" and "WebVTT cue text tokenizer", sections 6.4 of
https://www.w3.org/TR/webvtt1/ : nothing is an error there, every text has a tree.  But no words are dropped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from turnstream.extract.subtitles.vtt_settings import read_timestamp

#: Tags that are nodes wherever they stand; `rt` is one in `ruby` only.
_NODES = frozenset(("c", "i", "b", "u", "ruby", "v", "lang"))
#: … of which these have an annotation.
_ANNOTATED = frozenset(("v", "lang"))
_DIGITS = tuple("0123456789")
#: A tag of WebVTT ends at the first `>`, or nowhere.
_OURS = re.compile(r"/|(?:c|i|b|u|ruby|rt|v|lang)(?=[\t\n\f .>]|\Z)|\d{2,}:")
#: One of HTML or of another program is passed over.  What else follows a `<` is somebody's words (`a < b`, `I <3 it`),
#: which the W3C's tokenizer would drop up to the next `>`.
_FOREIGN = re.compile(r"<(?:(?P<name>[A-Za-z][\w:-]*+)(?P<rest>[\s/][^<>]*+)?)?>")
_CLOSED = re.compile(r"</([A-Za-z][\w:-]*)>")
#: Name, classes behind dots, and the rest; a line end belongs to the annotation already.
_START = re.compile(r"(?P<name>[^\t\n\f .]*)(?P<classes>[^\t\n\f ]*)(?P<annotation>.*)", re.DOTALL)


@dataclass(slots=True, eq=False)
class Node:
    """A tag with what it encloses; the root has no name.  A number among the children is a time, in seconds."""

    name: str = ""
    classes: tuple[str, ...] = ()
    annotation: str = ""
    children: list[Node | str | float] = field(default_factory=list)


def read_text(text: str) -> Node:
    """Return the tree of a cue's text."""
    root = Node()
    open_: list[Node] = [root]
    at, closed = 0, frozenset(_CLOSED.findall(text))
    while (begin := text.find("<", at)) >= 0:
        _write(open_[-1], text[at:begin])
        if _OURS.match(text, begin + 1):
            end = text.find(">", begin)
            end = end if end >= 0 else len(text)
            _read_tag(open_, text[begin + 1 : end])
            at = end + 1
        elif (foreign := _FOREIGN.match(text, begin)) and not _are_words(foreign, closed):
            at = foreign.end()
        else:
            open_[-1].children.append("<")
            at = begin + 1
    _write(open_[-1], text[at:])
    return root


def _are_words(tag: re.Match[str], closed: Container[str]) -> bool:
    """`<b and not c>`: no attribute, and nothing closes it."""
    rest = (tag["rest"] or "").strip(" \t\n\f/")
    return rest != "" and "=" not in rest and tag["name"] not in closed


def _write(node: Node, text: str) -> None:
    if text:
        node.children.append(html.unescape(text))


def _read_tag(open_: list[Node], tag: str) -> None:
    if tag.startswith("/"):
        _close(open_, tag[1:])
    elif tag.startswith(_DIGITS):
        stamp = read_timestamp(tag)
        if stamp is not None:
            open_[-1].children.append(stamp)
    elif node := _opened(open_[-1], tag):
        open_[-1].children.append(node)
        open_.append(node)


def voices(root: Node) -> Iterator[tuple[str | None, str]]:
    """What is spoken by whom, in order: the annotation of the innermost voice around a text, or nobody.

    What stands above a text (`rt`) follows it in brackets.
    """
    last: list[str] = []
    voice: str | None = None
    for speaker, text in _texts(root):
        if last and speaker != voice:
            yield voice, "".join(last)
            last = []
        voice = speaker
        last.append(text)
    if last:
        yield voice, "".join(last)


def _opened(current: Node, tag: str) -> Node | None:
    start = _START.match(tag)
    name = start["name"] if start else ""
    if start is None or (name not in _NODES and not (name == "rt" and current.name == "ruby")):
        return None
    classes = tuple(filter(None, start["classes"].split(".")))
    annotation = " ".join(html.unescape(start["annotation"]).split()) if name in _ANNOTATED else ""
    return Node(name, classes, annotation)


def _close(open_: list[Node], name: str) -> None:
    """Close the innermost node, if it is of this name; the end of `ruby` ends what stands above it, too."""
    current = open_[-1].name
    if not current:
        return
    if current == name:
        open_.pop()
    elif name == "ruby" and current == "rt":
        del open_[-2:]


def _texts(root: Node) -> Iterator[tuple[str | None, str]]:
    """All texts, each with its speaker; no recursion, as tags may be nested as deep as the text is long."""
    around: list[tuple[Iterator[Node | str | float], str | None, str]] = [(iter(root.children), None, "")]
    while around:
        children, speaker, ending = around[-1]
        child = next(children, None)
        if child is None:
            around.pop()
            if ending:
                yield speaker, ending
        elif isinstance(child, str):
            yield speaker, child
        elif isinstance(child, Node):
            inner = (child.annotation or None) if child.name == "v" else speaker
            above = child.name == "rt" and bool(child.children)
            if above:
                yield inner, "("
            around.append((iter(child.children), inner, ")" if above else ""))
