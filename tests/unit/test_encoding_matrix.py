"""How often bytes are read right: transcripts in 24 languages × the encodings that hold them × lengths."""

from __future__ import annotations

import unicodedata

import pytest

from tests.unit.encoding_matrix import LENGTHS, UNICODE, samples
from turnstream.errors import DocumentError
from turnstream.extract.encoding import Decoded, decode

#: Length to the share of old encodings' samples that is read exactly right: what was measured.
#: A line of a few accents fits several encodings; a page has to be right.
FLOORS = {40: 0.967, 300: 1.0, 3000: 1.0}


def read(raw: bytes) -> Decoded | None:
    try:
        return decode(raw)
    except DocumentError:
        return None


@pytest.mark.parametrize("length", LENGTHS)
def test_transcripts_in_every_language_and_encoding_are_read_as_written(length: int) -> None:
    wrong: list[str] = []
    wrong_unicode: list[str] = []
    total = 0
    for sample in samples(length):
        decoded = read(sample.raw)
        total += sample.encoding not in UNICODE
        if decoded is None or unicodedata.normalize("NFC", decoded.text) != sample.text:
            misses = wrong_unicode if sample.encoding in UNICODE else wrong
            misses.append(f"{sample.language} in {sample.encoding} read as {decoded and decoded.encoding}")
        else:  # a good text is never called spoilt
            assert {"mojibake", "replacement_characters"}.isdisjoint(decoded.warnings), sample
    assert not wrong_unicode
    assert 1 - len(wrong) / total >= FLOORS[length], wrong
