"""What the samples are read as; ``python -m tests.golden`` writes it anew, to be looked at before it is committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from turnstream.extract import extract
from turnstream.parse import parse

SAMPLES = Path(__file__).parent / "samples" / "read"
#: Code points of a turn that are compared at each end.
_SHOWN = 40


def files() -> list[Path]:
    """Return the samples that have a golden reading beside them."""
    return sorted(path for path in SAMPLES.iterdir() if path.suffix != ".json" or not path.with_suffix("").exists())


def reading(file: Path) -> dict[str, Any]:
    """Return what a sample is read as, in short."""
    parsed = parse(extract(file.read_bytes()))
    names = {speaker.id: speaker.name or speaker.role for speaker in parsed.speakers}
    return {
        "layout": parsed.layout and parsed.layout.name,
        "title": parsed.title,
        "publisher": parsed.publisher,
        "summary": parsed.summary,
        "occurred_on": parsed.occurred_on and parsed.occurred_on.isoformat(),
        "place": parsed.place,
        "language": parsed.language,
        "status": parsed.status,
        "participants": [one.name for one in parsed.participants],
        "speakers": [[one.name, one.role, list(one.labels)] for one in parsed.speakers],
        "turns": [
            [names.get(turn.speaker_id or ""), turn.label, turn.kind, turn.start_s, *map(_short, turn.paragraphs)]
            for turn in parsed.turns
        ],
        "unattributed": [_short(rest.text) for rest in parsed.unattributed],
        "warnings": list(parsed.warnings),
    }


def golden(file: Path) -> Path:
    """Return where the reading of a sample is kept."""
    return file.with_name(f"{file.name}.json")


def _short(text: str) -> str:
    return text if len(text) <= 2 * _SHOWN else f"{text[:_SHOWN]} … {text[-_SHOWN:]}"


if __name__ == "__main__":
    for path in files():
        golden(path).write_bytes(orjson.dumps(reading(path), option=orjson.OPT_INDENT_2) + b"\n")
