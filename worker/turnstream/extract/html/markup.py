"""HTML text into tags and words, as a browser would read it, whatever is broken; in linear time.

The standard library's parser is not used: 3.11.7's takes 81 seconds for 96 KB of `<a `.  Here nothing is searched
twice: what does not end is given up once for the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import NamedTuple

#: Elements whose content is no markup up to their end tag; those in which entities count; those that go on to the
#: end of the text if nothing ends them: what they hold is never words.
RAW = frozenset(("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"))
_WITH_ENTITIES = frozenset(("textarea", "title"))
_SWALLOWING = frozenset(("script", "style"))

_NAME = r"[a-zA-Z][^\s/>]*+"
_KEY = r"[^\s/>][^\s/>=]*+"
_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+"
_ATTRIBUTE = re.compile(rf"[\s/]*+({_KEY})(?:\s*+=\s*+({_VALUE}))?+")
_TAG = re.compile(rf"<(/?)({_NAME})((?:[\s/]*+{_KEY}(?:\s*+=\s*+(?:{_VALUE}))?+)*+)[\s/]*+>")
#: … where a quote in one of them is never closed: it ends at the first sign that can end it.
_SIMPLE_TAG = re.compile(rf"<(/?)({_NAME})([^<>]*+)>")
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

#: A character's number with more digits than any has: Python would refuse to read thousands of them.
_HUGE = re.compile(r"&#(?:\d{9,}|[xX][\da-fA-F]{9,});?")


class Start(NamedTuple):
    """A start tag, its name in small letters, what stands behind the name as it is written."""

    name: str
    rest: str


class End(NamedTuple):
    """An end tag."""

    name: str


class Raw(NamedTuple):
    """The content of an element of ``RAW``, which has no tags of its own."""

    name: str
    text: str


def attributes(rest: str) -> dict[str, str]:
    """Return the attributes of a start tag by name; the first of a name counts, one without a value has ``""``."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(rest):
        key, value = match[1].lower(), match[2] or ""
        if key not in found:
            found[key] = unescaped(value[1:-1] if value[:1] in {'"', "'"} else value)
    return found


def unescaped(text: str) -> str:
    """Return text with the characters that its entities stand for."""
    return unescape(_HUGE.sub("\ufffd", text)) if "&" in text else text


class Markup:
    """The tokens of a text, once; ``truncated`` says afterwards whether it ends within a tag, a comment, a script."""

    def __init__(self, text: str) -> None:
        self.truncated = False
        self._text = text
        self._tag = _TAG
        self._given_up: set[str] = set()

    def __iter__(self) -> Iterator[str | Start | End | Raw]:
        text, at = self._text, 0
        while (sign := text.find("<", at)) >= 0:
            if sign > at:
                yield unescaped(text[at:sign])
            following = text[sign + 1 : sign + 3]
            if following[:1] in _LETTERS or (following[:1] == "/" and following[1:] in _LETTERS):
                token, at = self._tag_at(sign)
            elif following[:1] in {"!", "?", "/"}:
                token, at = self._declared(sign)
            else:
                token, at = "<", sign + 1
            if token:
                yield token
            if isinstance(token, Start) and token.name in RAW:
                raw, at = self._raw(token.name, at)
                yield raw
        if at < len(text):
            yield unescaped(text[at:])

    def _tag_at(self, sign: int) -> tuple[str | Start | End, int]:
        """The tag that begins at a sign, and where it ends; a sign if it is none, nothing if the text ends in it."""
        match = self._tag.match(self._text, sign)
        if not match and self._tag is _TAG:
            self._tag = _SIMPLE_TAG
            match = self._tag.match(self._text, sign)
        if match:
            name = match[2].lower()
            return End(name) if match[1] else Start(name, match[3]), match.end()
        if self._text.find("<", sign + 1) < 0:
            self.truncated = True
            return "", len(self._text)
        return "<", sign + 1

    def _declared(self, sign: int) -> tuple[str, int]:
        """The words of a comment or declaration (only CDATA has any), and where it ends."""
        for opening, pattern in (("<!--", _COMMENT), ("<![CDATA[", _CDATA)):
            if opening not in self._given_up and self._text.startswith(opening, sign):
                if match := pattern.match(self._text, sign):
                    return match[1] if match.lastindex else "", match.end()
                self._given_up.add(opening)
                self.truncated = True
        end = self._text.find(">", sign)
        if end < 0:
            self.truncated = True
            return "", len(self._text)
        return "", end + 1

    def _raw(self, name: str, at: int) -> tuple[Raw, int]:
        """The content of such an element, and where it ends."""
        match = None if name in self._given_up else _end_of(name).search(self._text, at)
        end = match.start() if match else at
        if not match:
            self._given_up.add(name)
            self.truncated = True
            if name in _SWALLOWING:
                end = len(self._text)
        content = self._text[at:end]
        return Raw(name, unescaped(content) if name in _WITH_ENTITIES else content), end


@cache
def _end_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
