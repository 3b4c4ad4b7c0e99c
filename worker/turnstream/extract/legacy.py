"""Encodings older than Unicode, told by statistics and by what no text looks like.

The statistics (chardet's models of neighbouring bytes) are sure of a page but not of a line
with one accent in it.  There, and wherever two encodings are close, it decides how people
write: no letter of another alphabet inside a word, no sign in the middle of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import chardet

from turnstream.extract.damage import LOST, tolerable

#: What people's old files are written in.  chardet knows more: what is left out is so rare (Urdu,
#: Tajik, mainframes) that it wins more short texts of others than it has of its own.
_CANDIDATES = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *(
        "iso8859-1",
        "iso8859-2",
        "iso8859-3",
        "iso8859-5",
        "iso8859-6",
        "iso8859-7",
        "iso8859-8",
        "iso8859-9",
        "iso8859-13",
    ),
    *("iso8859-15", "koi8-r", "koi8-u", "tis-620"),
    *("cp932", "euc_jis_2004", "gb18030", "big5hkscs", "cp949", "euc_kr"),
    *("iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_ext", "iso2022_kr"),
    *("mac-roman", "mac-latin2", "mac-cyrillic", "mac-greek", "mac-turkish"),
    *("cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp862", "cp865", "cp866", "cp1125"),
)
#: The usual codec where chardet names a rarer one, if the bytes allow it.
_USUAL = {
    "euc_jis_2004": "euc_jp",
    "big5hkscs": "cp950",
    "euc_kr": "cp949",
    "iso2022_jp_2": "iso2022_jp",
    "iso2022_jp_2004": "iso2022_jp",
    "iso2022_jp_ext": "iso2022_jp",
}
#: Most old files are in windows-1252.  That counts for so much while there is little else to go by:
#: half of it after so many characters beyond ASCII.
_WESTERN, _HEAD_START, _HALVED_AFTER = "cp1252", 0.05, 12
#: Evidence is taken from around the bytes that are not ASCII: so much of it, in so large pieces,
#: with so much before and after each such byte.
_EVIDENCE_BYTES = 32 * 1024
_LEAST_BYTES, _PIECE_BYTES = 512, 8 * 1024
_BEFORE, _AFTER = 64, 256
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
#: Bytes that are no part of a longer character in any encoding.
_BETWEEN_CHARACTERS = re.compile(rb"[\t\n\r -/]")

_CAPITAL = "".join(char for char in map(chr, range(0xC0, 0x530)) if char.isupper())
_SMALL = "".join(char for char in map(chr, range(0xC0, 0x530)) if char.islower())
_OTHER = "\u0370-\u06ff"  # the alphabets that never share a word with Latin letters
_CONTEXT = re.compile(r".?[^\0-\x7f].?")
#: All that ``_ODD`` needs to see: it finds nothing where all is ASCII.
_NEAR = re.compile(r"(?:.{0,2}[^\0-\x7f]+)+.{0,2}", re.DOTALL)
_LETTER = r"[^\W\d_]"
#: What no text has, or hardly any.
_ODD = re.compile(
    "|".join(
        (
            rf"[A-Za-z][{_OTHER}]|[{_OTHER}][A-Za-z]",  # two alphabets in one word
            rf"\b[{_OTHER}]\b",  # a word of one letter, where there are few others
            rf"[a-z{_SMALL}][{_CAPITAL}]|[{_SMALL}](?=[A-Z])",  # a capital after a small letter
            r"[A-Za-z][\u3400-\uffef](?=[a-z])",  # an ideograph in a word
            rf"{_LETTER}[¡-©¬®-±´-¶¸¿×÷‚„†‡•‰‹€ˆ˜-˝∀-⋿](?={_LETTER})",  # a sign in a word …
            rf"{_LETTER}[‚„ˆ˜•†]|[a-z][–“”«»…](?=[a-z])",  # … or at its end
            rf"[¤¬]|[¶¼-¾•](?={_LETTER})| Ð ",  # signs where other encodings have letters or the euro
            r"[†‡€‰‹›•™√ƒ≈∆÷№‚»…–—”’ЂЃЉЊЋЌЏ](?=[а-яё])",  # … or Cyrillic capitals
            r"[\x80-\x9f─-◿\ue000-\uf8ff]",  # control characters of ISO 8859, boxes, private use
        )
    )
)
#: Share of the best score below which an encoding is not looked at.
_HOPELESS = 0.5
#: Of so many characters in a piece one may be broken without saying anything against an encoding:
#: the piece counts for it with this share of what the best has there.
_PER_SCRATCH, _LENT = 200, 0.98
#: With at most so many different characters beyond ASCII, an encoding that scores at least this share of the
#: winner's score and reads otherwise makes the winner uncertain.  More characters are rarely wrong.
_FEW, _CLOSE = 12, 0.95
#: A score below which the winner is only the least bad.  Right ones have 0.1 and more, 0.025 where
#: nearly all is ASCII; what is in none of the encodings, or was spoilt before, has less.
_POOR = 0.02


class Guess(NamedTuple):
    """A text and its encoding (with hyphens); ``certain`` is whether no other is as likely."""

    text: str
    encoding: str
    certain: bool = True


def guess(raw: bytes) -> Guess | None:
    """Return ``raw`` in the encoding that it is most likely in, or ``None`` if no known one fits."""
    pieces = list(_evidence(raw))
    scores = _sums([dict(_scores(piece)) for piece in pieces], pieces)
    ranking = sorted(scores, key=lambda encoding: -scores[encoding])
    for place, encoding in enumerate(ranking):
        name, text = _decoded(raw, encoding)
        if text is not None:
            poor = scores[encoding] < _POOR * len(pieces)
            rivals = [rival for rival in ranking[place + 1 :] if scores[rival] >= scores[encoding] * _CLOSE]
            return Guess(text, name.replace("_", "-"), not poor and _is_certain(b"".join(pieces), name, rivals))
    return None


def _sums(found: list[dict[str, float]], pieces: list[bytes]) -> dict[str, float]:
    """Add up the scores of the pieces, for each encoding that has one."""

    def score_of(encoding: str, scores: dict[str, float], piece: bytes) -> float:
        if encoding not in scores and _is_scratched(piece, encoding):
            return max(scores.values(), default=0.0) * _LENT
        return scores.get(encoding, 0.0)

    encodings = {encoding: None for scores in found for encoding in scores}
    return {
        encoding: sum(score_of(encoding, scores, piece) for scores, piece in zip(found, pieces, strict=True))
        for encoding in encodings
    }


def _is_scratched(piece: bytes, encoding: str) -> bool:
    """Whether only a bad byte keeps the piece out of the encoding."""
    text = piece.decode(encoding, "replace")
    broken = text.count(LOST)
    return 0 < broken <= max(1, _beyond_ascii(text) // _PER_SCRATCH)


def _evidence(raw: bytes) -> Iterator[bytes]:
    """Yield pieces of what is around the bytes that are not ASCII, wherever in the file they are."""
    if raw.isascii():  # seven bits: what they mean depends on all escapes before
        escape = raw.find(b"\x1b")
        yield raw[max(escape, 0) : escape + _PIECE_BYTES]
        return
    parts: list[bytes] = []
    size = total = at = 0
    enough = min(max(len(raw) // 4, _LEAST_BYTES), _PIECE_BYTES)
    while total < _EVIDENCE_BYTES and (found := _BEYOND_ASCII.search(raw, at)):
        start = max(at, found.start() - _BEFORE)
        cut = _BETWEEN_CHARACTERS.search(raw, found.start() + _AFTER, found.start() + _PIECE_BYTES)
        end = cut.end() if cut else found.start() + _PIECE_BYTES
        parts += b"\n", raw[start:end]  # no piece begins like a binary format
        size += end - start
        total += end - start
        at = end
        if size >= enough:
            yield b"".join(parts)
            parts, size = [], 0
        if not cut:  # what follows may begin in the middle of a character
            break
    if parts:
        yield b"".join(parts)


def _scores(piece: bytes) -> Iterator[tuple[str, float]]:
    """Yield encodings with their scores, those that have no chance left out."""
    best, odd = 0.0, dict[str, float]()
    for result in chardet.detect_all(
        piece, ignore_threshold=True, max_bytes=len(piece), compat_names=False, include_encodings=_CANDIDATES
    ):
        encoding, score = result["encoding"], result["confidence"]
        if not encoding or score < best * _HOPELESS:
            continue
        text = piece.decode(encoding, "replace")
        if encoding == _WESTERN:
            score *= 1 + _HEAD_START * _HALVED_AFTER / (_HALVED_AFTER + _variety(text))
        if text not in odd:  # several encodings read a piece alike
            odd[text] = _oddities(text) / max(_beyond_ascii(text), 1)
        score *= max(1 - odd[text], 0.01)
        best = max(best, score)
        yield encoding, score


def _oddities(text: str) -> int:
    return sum(1 for _ in _ODD.finditer("\n".join(_NEAR.findall(text))))


def _decoded(raw: bytes, encoding: str) -> tuple[str, str | None]:
    """Decode by the usual codec of that kind, by itself, or, where few bytes are broken, with U+FFFD there."""
    for name in filter(None, (_USUAL.get(encoding), encoding)):
        try:
            return name, raw.decode(name)
        except UnicodeDecodeError:
            continue
    text = raw.decode(encoding, "replace")
    broken = text.count(LOST)
    return encoding, text if tolerable(broken, _beyond_ascii(text) - broken) else None


def _is_certain(evidence: bytes, encoding: str, rivals: list[str]) -> bool:
    text = evidence.decode(encoding, "replace")
    return _variety(text) > _FEW or all(evidence.decode(rival, "replace") == text for rival in rivals)


def _variety(text: str) -> int:
    """How many different characters beyond ASCII there are, each with its neighbours: one name often is no news."""
    return len(set(_CONTEXT.findall(text)))


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
