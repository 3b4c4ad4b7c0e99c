"""`parse`: what a file would become, without a root, a server or a trace."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from turnstream.errors import DocumentError, ParserFailed
from turnstream.extract import extract
from turnstream.identify import identify
from turnstream.models import Record, printable
from turnstream.pipeline import record_of, source_of

_NO_ARRIVAL = "0" * 16


def dry_run(files: Iterable[Path], *, as_json: bool) -> int:
    """Parse each file and print it, in order; return 1 if any failed."""
    failed = 0
    for file in files:
        try:
            record = _record(file)
        except (DocumentError, OSError) as error:
            failed = 1
            _show_error(file, error, as_json=as_json)
        else:
            click.echo(
                _json({"file": str(file), "record": record.model_dump(mode="json")}) if as_json else _words(record)
            )
    return failed


def _record(file: Path) -> Record:
    raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    mtime_ns = 0 if str(file) == "-" else file.stat().st_mtime_ns
    try:
        return _parsed(file, raw, mtime_ns)
    except DocumentError:
        raise
    except Exception as error:
        # As in the pipeline: a fault of ours is one file's, the others go on.
        raise ParserFailed(f"{type(error).__name__}: {error}") from error


def _parsed(file: Path, raw: bytes, mtime_ns: int) -> Record:
    extracted = extract(raw)
    identity = identify(_NO_ARRIVAL, raw, extracted.canonical)
    return record_of(extracted, source_of(str(file), identity, len(raw), mtime_ns), datetime.now(UTC))


def _show_error(file: Path, error: DocumentError | OSError, *, as_json: bool) -> None:
    if isinstance(error, DocumentError):
        facts = {"reason": error.reason, "detail": error.detail, "hint": error.hint}
    else:
        facts = {"reason": "unreadable", "detail": str(error.strerror), "hint": "Check the path and its permissions."}
    if as_json:
        click.echo(_json({"file": str(file), "error": facts}))
    else:
        click.echo(f"{printable(str(file))}: {facts['reason']}: {facts['detail']}. {facts['hint']}", err=True)


_FACTS = ("title", "publisher", "summary", "occurred_on", "place", "language")


def _words(record: Record) -> str:
    names = {speaker.id: speaker.name or speaker.role for speaker in record.speakers}
    head = [
        f"{record.provenance.path}: document {record.document_id}, {record.provenance.encoding}, {record.status}",
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
