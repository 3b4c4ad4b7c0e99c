"""Front matter read by a tolerant reader of our own: scalars and lists, of YAML (`---`) or TOML (`+++`).

No anchors, no tags, no nesting: what it does not know is passed over.  Linear in the lines it may take.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from turnstream.models import Line

#: Lines that front matter may take.
MAX_LINES = 200

#: Code points of a value; the rest of a longer one is not looked at.
MAX_VALUE = 4000

#: Items of a list that are read.
MAX_ITEMS = 1000

_FENCES = {"---": ({"---", "..."}, ":"), "+++": ({"+++"}, "=")}
_KEY = re.compile(r"(?P<key>[^\W\d][\w -]{0,40}?) ?[:=](?: (?P<value>.*))?", re.DOTALL)
_ITEM = re.compile(r"-(?: (?:(?:name|title|value): )?(?P<value>.*))?", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {
    "n": " ",
    "t": " ",
    "r": " ",
    "_": " ",
    "N": " ",
    "L": " ",
    "P": " ",
    "0": " ",
    "b": " ",
    "a": " ",
    "e": " ",
}
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_LAST_CODE_POINT, _SURROGATES = 0x10FFFF, range(0xD800, 0xE000)


@dataclass(slots=True)
class Entry:
    """A key with its values and their lines; it stands on the lines ``first`` to ``last``."""

    key: str
    first: int
    last: int
    values: list[tuple[str, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its scalar, empty for a list of several."""
        return self.values[0][0] if len(self.values) == 1 else ""


def front_matter_end(lines: Sequence[Line]) -> int:
    """Number of the first line after front matter, 0 without any."""
    if len(lines) < 2 or lines[0].text not in _FENCES:  # noqa: PLR2004 - a fence and something
        return 0
    closing, sign = _FENCES[lines[0].text]
    for number in range(1, min(len(lines), MAX_LINES)):
        if lines[number].text in closing:
            return number + 1 if sign in lines[1].text else 0
    return 0


def read_front_matter(lines: Sequence[Line], end: int) -> tuple[Entry, ...]:
    """The entries between the fences of front matter that ends before line ``end``, in order."""
    entries: list[Entry] = []
    raw: list[str] = []
    opened: Entry | None = None
    outer = lines[1].indent if end else 0
    for number in range(1, end - 1):
        line = lines[number]
        text = line.text[:MAX_VALUE]
        key = None if line.indent > outer or _is_open(raw) else _KEY.fullmatch(text)
        if key:
            _close(opened, raw)
            opened = Entry(normal_key(key["key"]), number, number)
            entries.append(opened)
            raw = [key["value"] or ""]
        elif opened:
            opened.last = number
            _go_on(opened, raw, text, number)
    _close(opened, raw)
    return tuple(entry for entry in entries if entry.values)


def normal_key(key: str) -> str:
    """`Date of event`, `date-of-event` and `date_of_event` are one key."""
    return key.strip(" *_").casefold().replace(" ", "_").replace("-", "_")


def _go_on(entry: Entry, raw: list[str], text: str, number: int) -> None:
    """A line that is no key: an item of a list, or more of the scalar."""
    item = _ITEM.fullmatch(text) if raw[0] in {"", "["} or entry.values else None
    if item:
        if len(entry.values) < MAX_ITEMS and (value := _scalar(item["value"] or "")):
            entry.values.append((value, number))
    elif raw[0].startswith("[") or (raw[0] and not entry.values):
        raw.append(text)


def _is_open(raw: Sequence[str]) -> bool:
    """Inside a quoted scalar or a list in brackets, nothing is a key."""
    if not raw or not raw[0]:
        return False
    sign, last = raw[0][0], raw[-1]
    closing = {'"': '"', "'": "'", "[": "]"}.get(sign)
    if closing is None:
        return False
    return not (last.endswith(closing) and (len(raw) > 1 or len(last) > 1) and not last.endswith("\\" + closing))


def _close(entry: Entry | None, raw: Sequence[str]) -> None:
    if entry is None or entry.values or not raw[0]:
        return
    if raw[0].startswith("["):
        listed = " ".join(raw).strip().strip("[]")[:MAX_VALUE]
        entry.values = [(value, entry.first) for part in _split(listed) if (value := _scalar(part))]
    elif value := _scalar(_joined(raw)):
        entry.values = [(value, entry.first)]


def _joined(raw: Sequence[str]) -> str:
    """A scalar over several lines: folded; a backslash at the end of a quoted line joins without a blank."""
    first, *rest = raw[1:] if raw[0] in {"|", ">", "|-", ">-", "|+", ">+"} and len(raw) > 1 else raw
    text = first
    for part in rest:
        text = text[:-1] + part if raw[0][:1] == '"' and text.endswith("\\") else f"{text} {part}"
        if len(text) > MAX_VALUE:
            break
    return text


def _split(listed: str) -> list[str]:
    """The items of a list in brackets; a comma within quotes parts nothing."""
    parts, quote, start = [], "", 0
    for place, sign in enumerate(listed):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'" and not listed[start:place].strip():
            quote = sign
        elif sign == ",":
            parts.append(listed[start:place])
            start = place + 1
    return [*parts, listed[start:]][:MAX_ITEMS]


def _scalar(text: str) -> str:
    """A scalar's text: quotes and escapes undone, white space as canonical text has it."""
    text = text.strip()[:MAX_VALUE]
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1].replace("''", "'")
    elif len(text) > 1 and text[0] == text[-1] == '"':
        text = _ESCAPE.sub(_unescaped, text[1:-1])
    elif " #" in text:
        text = text[: text.index(" #")]
    text = " ".join(_WITHOUT_WIDTH.sub("", text).split())
    return "" if text in {"~", "null", "[]", "{}", "|", ">"} else text


def _unescaped(match: re.Match[str]) -> str:
    if match[4]:
        return _ESCAPED.get(match[4], match[4])
    code = int(match[1] or match[2] or match[3], 16)
    if code > _LAST_CODE_POINT or code in _SURROGATES:
        return " "
    sign = chr(code)
    return sign if sign.isprintable() else "" if unicodedata.category(sign) == "Cf" else " "
