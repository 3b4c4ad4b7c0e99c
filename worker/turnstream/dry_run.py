"""`parse`: what a file would become, without a root, a server or a trace."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from turnstream.errors import DocumentError, ParserFailed
from turnstream.extract import BINARY, extract
from turnstream.identify import identify
from turnstream.models import Record, printable
from turnstream.parse import Hypothesis, layouts
from turnstream.pipeline import record_of, source_of

#: Labels shown of a layout.
SHOWN_LABELS = 8
#: Facts shown, where there are any.
_FACTS = ("title", "publisher", "summary", "occurred_on", "place", "language")
_NO_ARRIVAL = "0" * 16


def dry_run(files: Iterable[Path], *, as_json: bool, explained: bool = False) -> int:
    """Parse each file and print it, in order, with what each layout makes of it if wished; return 1 if any failed."""
    failed = 0
    for file in files:
        try:
            record, tried = _parsed(file, explained=explained)
        except (DocumentError, OSError) as error:
            failed = 1
            _show_error(file, error, as_json=as_json)
        else:
            show = _as_json if as_json else _as_words
            click.echo(show(file, record, tried))
    return failed


def _parsed(file: Path, *, explained: bool) -> tuple[Record, Sequence[Hypothesis]]:
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    mtime_ns = 0 if str(file) == "-" else file.stat().st_mtime_ns
    try:
        extracted = extract(raw)
        identity = identify(_NO_ARRIVAL, raw, extracted.canonical)
        source = source_of(str(file), identity, len(raw), mtime_ns)
        return record_of(extracted, source, datetime.now(UTC)), layouts(extracted) if explained else ()
    except DocumentError:
        raise
    except Exception as error:
        # As in the pipeline: a fault of ours is one file's, the others go on.
        raise ParserFailed(f"{type(error).__name__}: {error}") from error


def _show_error(file: Path, error: DocumentError | OSError, *, as_json: bool) -> None:
    if isinstance(error, DocumentError):
        facts = {"reason": error.reason, "detail": error.detail, "hint": error.hint}
    else:
        facts = {"reason": "unreadable", "detail": str(error.strerror), "hint": "Check the path and its permissions."}
    if as_json:
        click.echo(_json({"file": str(file), "error": facts}))
    else:
        click.echo(f"{printable(str(file))}: {facts['reason']}: {facts['detail']}. {facts['hint']}", err=True)


def _as_json(file: Path, record: Record, layouts: Sequence[Hypothesis]) -> str:
    value: dict[str, Any] = {"file": str(file), "record": record.model_dump(mode="json")}
    if layouts:
        value["layouts"] = [
            {
                "name": one.layout,
                "score": round(one.score, 3),
                "reasons": one.reasons,
                "facts": {name: round(share, 3) for name, share in one.facts.items()},
                "labels": _labels(one),
            }
            for one in layouts
        ]
    return _json(value)


def _labels(one: Hypothesis) -> list[str]:
    return list(dict.fromkeys(mark.label for mark in one.marks.values() if mark.label))[:SHOWN_LABELS]


def _kind(record: Record) -> str:
    """Its format, and of a text in which encoding."""
    said = record.provenance
    return said.format if said.encoding == BINARY else f"{said.format} in {said.encoding}"


def _as_words(_file: Path, record: Record, layouts: Sequence[Hypothesis]) -> str:
    told = [
        f"  layout {one.layout}: score {one.score:.1f}, {', '.join(one.reasons) or 'no marks'}"
        f" ({', '.join(f'{name} {share:.3g}' for name, share in one.facts.items())})"
        f"{': ' if one.marks else ''}{' | '.join(_labels(one))}"
        for one in layouts
    ]
    return "\n".join([_words(record), *told])


def _words(record: Record) -> str:
    names = {speaker.id: speaker.name or speaker.role for speaker in record.speakers}
    head = [
        f"{record.provenance.path}: document {record.document_id}, {_kind(record)}, {record.status}",
        *(f"  {name}: {value}" for name in _FACTS if (value := getattr(record, name))),
        *(f"  present: {one.name}{f', {one.role}' if one.role else ''}" for one in record.participants),
    ]
    turns = [
        f"  [{turn.index}] {names.get(turn.speaker_id or '', turn.kind)}: {' / '.join(turn.paragraphs)[:100]}"
        for turn in record.turns
    ]
    loose = [f"  (nobody's) {part.text[:100]}" for part in record.unattributed]
    return "\n".join([*head, *turns, *loose, *(f"  warning: {warning}" for warning in record.warnings)])


def _json(value: dict[str, Any]) -> str:
    value["file"] = printable(value["file"])
    return orjson.dumps(value).decode()
