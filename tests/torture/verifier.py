"""Compares inputs and outputs, and knows nothing of the program: ``python -m tests.torture.verifier BASE``.

Reads the dropper's log, the folders below the root, the journal, and the stream as it was
written down.  Of each version that came to rest and was left alone the bytes lie in
exactly one place, the journal's last line about it names that place, and its text is on
the stream once.  Of what its user touched again at most one.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ENDS = {
    "archive": {"published"},
    "duplicates": {"duplicate", "superseded"},
    "quarantine": {"rejected"},
}
_NOTES = (".error.json", ".duplicate.json")
#: Names of temporary files that a killed process may leave: tidied by the program after an hour.
_TEMPORARY = re.compile(
    r"\.[0-9a-f]{16}\.(tmp|part)|\..+\.\d+\.[0-9a-f]{8}\.tmp"
    r"|\.rename-[0-9a-f]{8}\.tmp(2\.tmp)?|\.canary-[0-9a-f]{16}\.tmp"
)


def verify(base: Path) -> dict[str, Any]:
    """Return ``lost``, ``doubled``, ``stuck`` and ``wrong``: a sentence for each difference, and what was counted."""
    root = base / "root"
    owed, touched, texts, loose = _inputs(base / "inputs.jsonl")
    found: dict[str, list[str]] = {kind: [] for kind in ("lost", "doubled", "stuck", "wrong")}
    places = _places(root)
    hidden = [path for path in places if _TEMPORARY.fullmatch(path.name)]
    files = {path: _digest(path) for path in places if path not in hidden and not _is_note(path, places)}
    ended = {path: digest for path, digest in files.items() if path.relative_to(root).parts[0] in ENDS}
    found["stuck"] += [f"{path.relative_to(root)} is still there" for path in files if path not in ended]
    have = Counter(ended.values())
    waiting = Counter(digest for path, digest in files.items() if path not in ended)
    for digest in sorted(owed.keys() | touched.keys() | have.keys()):
        least, most = owed[digest], owed[digest] + touched[digest]
        if have[digest] + waiting[digest] < least:
            found["lost"].append(f"{least} files with bytes {digest} were left alone, {have[digest]} are there")
        if have[digest] > most:
            found["doubled"].append(f"{most} files with bytes {digest} were dropped, {have[digest]} are there")
    found["wrong"] += _journal(root, ended)
    _stream(base / "stream.jsonl", texts, loose, found)
    found["wrong"] += [f"{path.relative_to(root)} has no note" for path in ended if not _has_note(path, root, places)]
    return {**found, "files": len(ended), "texts": len(texts), "hidden": len(hidden)}


def _inputs(log: Path) -> tuple[Counter[str], Counter[str], set[str], set[str]]:
    """Return how many files with these bytes are owed, how many may be there besides; texts that must, and may, be."""
    rested: Counter[tuple[str, str]] = Counter()
    gone: Counter[tuple[str, str]] = Counter()
    text_of: dict[str, str | None] = {}
    for raw in log.read_bytes().splitlines():
        line = json.loads(raw)
        version = (line["path"], line["sha256"])
        text_of[line["sha256"]] = line["text"]
        if line["what"] == "rest":
            rested[version] += 1
        elif line["what"] == "gone":
            gone[version] += 1
    owed: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    for version, count in rested.items():
        owed[version[1]] += count - gone[version]
        touched[version[1]] += gone[version]
    texts = {text for digest, text in text_of.items() if text is not None and owed[digest] > 0}
    return owed, touched, texts, {text for text in text_of.values() if text is not None}


def _places(root: Path) -> set[Path]:
    return {path for folder in ("drop", *ENDS) for path in (root / folder).rglob("*") if path.is_file()}


def _is_note(path: Path, places: set[Path]) -> bool:
    return any(path.name.endswith(end) and path.with_name(path.name.removesuffix(end)) in places for end in _NOTES)


def _has_note(path: Path, root: Path, places: set[Path]) -> bool:
    end = {"duplicates": ".duplicate.json", "quarantine": ".error.json"}.get(path.relative_to(root).parts[0])
    return end is None or path.with_name(path.name + end) in places


def _last_lines(root: Path) -> dict[str, dict[str, Any]]:
    last: dict[str, dict[str, Any]] = {}
    for file in sorted((root / "journal").iterdir()):
        for raw in file.read_bytes().splitlines():
            try:
                line = json.loads(raw)
            except ValueError:
                continue  # torn by a kill or a full disk
            last[line["arrival_id"]] = line
    return last


def _journal(root: Path, ended: dict[Path, str]) -> Iterator[str]:
    named: dict[Path, list[str]] = defaultdict(list)
    for arrival, line in _last_lines(root).items():
        if line["to"] is not None:
            place = root / (unquote(line["to"][2:]) if line["to"].startswith("//") else line["to"])
            named[place].append(arrival)
            if place not in ended:
                yield f"arrival {arrival} is not at {line['to']}, where its last line says"
            elif line["source_sha256"] not in (None, ended[place]):
                yield f"{line['to']} holds other bytes than the last line of arrival {arrival} says"
            elif line["outcome"] not in ENDS[place.relative_to(root).parts[0]]:
                yield f"{line['to']}: the last line of arrival {arrival} says {line['outcome']}"
    for place in ended:
        if len(named[place]) != 1:
            yield f"{len(named[place])} arrivals have their last line at {place.relative_to(root)}"


def _stream(dump: Path, texts: set[str], loose: set[str], found: dict[str, list[str]]) -> None:
    published: Counter[str] = Counter()
    for raw in dump.read_bytes().splitlines():
        published[json.loads(raw)["title"].removeprefix("Talk ")] += 1
    found["lost"] += [f"text {text} is not on the stream" for text in sorted(texts - published.keys())]
    found["doubled"] += [
        f"text {text} is on the stream {count} times" for text, count in published.items() if count > 1
    ]
    found["wrong"] += [f"text {text} is on the stream and nobody dropped it" for text in published.keys() - loose]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    json.dump(verify(Path(sys.argv[1])), sys.stdout)
