"""Texts that go on, put together as they are written: with a blank between, or without one where words have none."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: Writing without blanks between words: Thai and Lao, Burmese, Khmer, kana, Han and their marks, full width.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u312f\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff9f"
    "\U00020000-\U0003ffff]"
)


def goes_on(before: str, after: str) -> bool:
    """Whether no blank belongs between two texts: the one ends and the other begins in such writing."""
    return bool(_UNSPACED.match(before[-1:]) and _UNSPACED.match(after[:1]))


def together(texts: Iterable[str]) -> str:
    """The texts as one; empty ones are left out."""
    parts: list[str] = []
    for text in filter(None, texts):
        if parts and not goes_on(parts[-1], text):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)
