"""What every record keeps, whatever the file: the promises of ``models`` as a check that names what is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from turnstream.extract import extract
from turnstream.identify import identify
from turnstream.models import Extracted, Parsed, Record, Span, Turn
from turnstream.normalise import normalise
from turnstream.parse import parse
from turnstream.pipeline import source_of

#: Bytes to the text and its record.
Reader = Callable[[bytes], tuple[Extracted, Record]]

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_NO_ARRIVAL = "0" * 16
#: Of a text that a message shows.
_SHOWN = 40


def read(raw: bytes, parse: Callable[[Extracted], Parsed] = parse) -> tuple[Extracted, Record]:
    """Return a file's canonical text and its record, as the pipeline makes them.

    Raises:
        DocumentError: the file is refused.

    """
    extracted = extract(raw)
    identity = identify(_NO_ARRIVAL, raw, extracted.canonical)
    source = source_of("transcript", identity, len(raw), 0)
    return extracted, normalise(extracted, parse(extracted), source, _NOW)


def broken(canonical: str, record: Record) -> Iterator[str]:
    """Yield a sentence for each promise that the record of a text breaks."""
    yield from _uncovered(canonical, _spans(record))
    for rest in record.unattributed:
        if rest.text != canonical[slice(*rest.span)]:
            yield f"unattributed text at {rest.span} is not that of its span"
    for name, spans in record.spans.items():
        if getattr(record, name, None) in (None, ()):
            yield f"{name} has spans {spans} but no value"
    yield from _misplaced(canonical, record.turns)
    yield from _unknown(record)


def _spans(record: Record) -> list[Span]:
    fields = (span for spans in record.spans.values() for span in spans)
    turns = (turn.span for turn in record.turns)
    return sorted([*fields, *turns, *(rest.span for rest in record.unattributed)])


def _uncovered(canonical: str, spans: Iterable[Span]) -> Iterator[str]:
    """Every character but line ends in one span, each once."""
    at = 0
    for start, end in spans:
        if start >= end:
            yield f"the span {start}-{end} is empty"
        if start < at:
            yield f"{start}-{at} stands in two spans: {canonical[start:at][:_SHOWN]!r}"
        elif canonical[at:start].strip("\n"):
            yield f"{at}-{start} stands in no span: {canonical[at:start][:_SHOWN]!r}"
        at = max(at, end)
    if at > len(canonical):
        yield f"a span ends at {at}, the text at {len(canonical)}"
    if canonical[at:].strip("\n"):
        yield f"{at}-{len(canonical)} stands in no span: {canonical[at:][:_SHOWN]!r}"


def _misplaced(canonical: str, turns: Iterable[Turn]) -> Iterator[str]:
    """Turns in the order of the text; label and paragraphs inside their span, in order."""
    last = 0
    for number, turn in enumerate(turns):
        if turn.index != number:
            yield f"turn {number} has the index {turn.index}"
        if turn.span[0] < last:
            yield f"turn {number} begins at {turn.span[0]}, before the end of the one before it"
        last = turn.span[1]
        strange = _missing(canonical[slice(*turn.span)], (turn.label or "", *turn.paragraphs))
        if strange is not None:
            yield f"turn {number} says {strange[:_SHOWN]!r}, which its span at {turn.span[0]} does not"


def _missing(text: str, parts: Sequence[str]) -> str | None:
    """The first word of ``parts`` that a text does not hold after those before it; line ends may have broken words."""
    at = 0
    words = [word for part in parts for word in part.split()]
    for word in words:
        found = text.find(word, at)
        if found < 0:
            return None if _are_in_order("".join(words), text) else word
        at = found + len(word)
    return None


def _are_in_order(letters: str, text: str) -> bool:
    at = 0
    for letter in letters:
        at = text.find(letter, at) + 1
        if at == 0:
            return False
    return True


def _unknown(record: Record) -> Iterator[str]:
    """Every turn's speaker is listed with its label, every listed speaker speaks."""
    labels = {speaker.id: speaker.labels for speaker in record.speakers}
    if len(labels) != len(record.speakers):
        yield "two speakers have one id"
    for turn in record.turns:
        if turn.speaker_id is not None and turn.speaker_id not in labels:
            yield f"turn {turn.index} is by {turn.speaker_id}, who is not listed"
        if turn.label is not None and turn.label not in labels.get(turn.speaker_id or "", ()):
            yield f"turn {turn.index} has the label {turn.label!r}, which its speaker does not"
    for silent in labels.keys() - {turn.speaker_id for turn in record.turns}:
        yield f"{silent} is listed and says nothing"
