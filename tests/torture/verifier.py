"""Compares inputs and outputs, and knows nothing of the program: ``python -m tests.torture.verifier BASE``.

Reads the dropper's log, the folders below the root, the journal, and the stream as it was
written down.  Of each version that came to rest and was left alone the bytes lie in
exactly one place and the journal's last line about it names that place; its content is on
the stream once, and once in archive/.  Of what its user touched again at most one.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

#: What a difference may be, the gravest first.
WRONG = ("lost", "doubled", "stuck", "wrong")
ENDS = {
    "archive": {"published"},
    "duplicates": {"duplicate", "superseded"},
    "quarantine": {"rejected"},
}
_NOTES = (".error.json", ".duplicate.json")
#: Names of temporary files that a killed process may leave; the program tidies them after an hour.
TEMPORARY = re.compile(
    r"\.[0-9a-f]{16}\.(tmp|part)|\..+\.\d+\.[0-9a-f]{8}\.tmp|\.root\.[0-9a-f]{8}\.tmp"
    r"|\.rename-[0-9a-f]{8}\.tmp(2\.tmp)?|\.canary-[0-9a-f]{16}\.tmp"
)

Found = dict[str, list[str]]


@dataclass
class _Inputs:
    """What users did: how many files with these bytes are owed, and how many may be there besides.

    ``content_of`` and ``text_of`` tell what bytes say: a digest, and the name that the plan gave it.
    """

    owed: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    content_of: dict[str, str] = field(default_factory=dict)
    text_of: dict[str, str] = field(default_factory=dict)

    def contents(self, versions: Counter[str]) -> set[str]:
        return {self.content_of[digest] for digest, count in versions.items() if count and digest in self.content_of}


def verify(base: Path) -> dict[str, Any]:
    """Return ``lost``, ``doubled``, ``stuck`` and ``wrong``: a sentence for each difference, and what was counted."""
    root = base / "root"
    inputs = _inputs(base / "inputs.jsonl")
    found: Found = {kind: [] for kind in WRONG}
    places = _places(root)
    found["wrong"] += [f"{path.relative_to(root)} is left over" for path in leftovers(root)]
    files = {
        path: _digest(path) for path in places if not TEMPORARY.fullmatch(path.name) and not path.name.endswith(_NOTES)
    }
    ended = {path: digest for path, digest in files.items() if _end(path, root) in ENDS}
    found["stuck"] += [f"{path.relative_to(root)} is still there" for path in files if path not in ended]
    _bytes(inputs, Counter(ended.values()), Counter(files[path] for path in files if path not in ended), found)
    found["wrong"] += _journal(root, ended)
    stream = [json.loads(raw) for raw in (base / "stream.jsonl").read_bytes().splitlines()]
    _stream(stream, inputs, found)
    archived = Counter(
        inputs.content_of[digest]
        for path, digest in ended.items()
        if _end(path, root) == "archive" and digest in inputs.content_of
    )
    _archive(archived, stream, inputs, found)
    found["wrong"] += [f"{path.relative_to(root)} has no note" for path in ended if not _has_note(path, root, places)]
    return {**found, "files": len(ended), "contents": len(stream)}


def leftovers(root: Path) -> list[Path]:
    """Return the temporary files of the program anywhere below a root, and the notes without the file they tell of."""
    paths = [path for path in root.rglob("*") if path.is_file()]
    return [path for path in paths if TEMPORARY.fullmatch(path.name) or _is_orphan(path)]


def _is_orphan(path: Path) -> bool:
    return any(path.name.endswith(end) and not path.with_name(path.name.removesuffix(end)).exists() for end in _NOTES)


def _inputs(log: Path) -> _Inputs:
    inputs = _Inputs()
    rested: Counter[tuple[str, str]] = Counter()
    gone: Counter[tuple[str, str]] = Counter()
    for raw in log.read_bytes().splitlines():
        line = json.loads(raw)
        version = (line["path"], line["sha256"])
        if line["text"] is not None:
            inputs.text_of[line["content"]] = line["text"]
            inputs.content_of[line["sha256"]] = line["content"]
        if line["what"] == "rest":
            rested[version] += 1
        elif line["what"] == "gone":
            gone[version] += 1
    for version, count in rested.items():
        inputs.owed[version[1]] += count - gone[version]
        inputs.touched[version[1]] += gone[version]
    return inputs


def _end(path: Path, root: Path) -> str:
    return path.relative_to(root).parts[0]


def _places(root: Path) -> set[Path]:
    return {path for folder in ("drop", *ENDS) for path in (root / folder).rglob("*") if path.is_file()}


def _has_note(path: Path, root: Path, places: set[Path]) -> bool:
    end = {"duplicates": ".duplicate.json", "quarantine": ".error.json"}.get(_end(path, root))
    return end is None or path.with_name(path.name + end) in places


def _bytes(inputs: _Inputs, have: Counter[str], waiting: Counter[str], found: Found) -> None:
    for digest in sorted(inputs.owed.keys() | inputs.touched.keys() | have.keys()):
        least, most = inputs.owed[digest], inputs.owed[digest] + inputs.touched[digest]
        if have[digest] + waiting[digest] < least:
            found["lost"].append(f"{least} files with bytes {digest} were left alone, {have[digest]} are there")
        if have[digest] > most:
            found["doubled"].append(f"{most} files with bytes {digest} were dropped, {have[digest]} are there")


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
            elif line["outcome"] not in ENDS[_end(place, root)]:
                yield f"{line['to']}: the last line of arrival {arrival} says {line['outcome']}"
    for place in ended:
        if len(named[place]) != 1:
            yield f"{len(named[place])} arrivals have their last line at {place.relative_to(root)}"


def _stream(stream: list[dict[str, Any]], inputs: _Inputs, found: Found) -> None:
    """Compare the stream with the contents that were dropped: each once, and made of bytes that somebody dropped."""
    published = Counter(entry["content_sha256"] for entry in stream)
    ids = Counter(entry["id"] for entry in stream)
    missing = inputs.contents(inputs.owed) - published.keys()
    found["lost"] += sorted(f"text {inputs.text_of[content]} is not on the stream" for content in missing)
    for content, count in published.items():
        if count > 1:
            found["doubled"].append(f"text {inputs.text_of.get(content)} ({content}) is on the stream {count} times")
    found["doubled"] += [f"event {name} is on the stream {count} times" for name, count in ids.items() if count > 1]
    for entry in stream:
        if inputs.content_of.get(entry["source_sha256"]) != entry["content_sha256"]:
            found["wrong"].append(
                f"entry {entry['entry']} ({entry['title']}) has content {entry['content_sha256']} of bytes "
                f"{entry['source_sha256']}: nobody dropped that"
            )


def _archive(archived: Counter[str], stream: list[dict[str, Any]], inputs: _Inputs, found: Found) -> None:
    """Require one file in archive/ of each content on the stream; none where its user took it away."""
    published = {entry["content_sha256"] for entry in stream}
    taken_away = inputs.contents(inputs.touched)
    for content, count in archived.items():
        if count > 1:
            found["doubled"].append(f"text {inputs.text_of[content]} has {count} files in archive/")
        if content not in published:
            found["lost"].append(f"text {inputs.text_of[content]} is in archive/ and not on the stream")
    absent = (published & inputs.text_of.keys()) - archived.keys() - taken_away
    found["wrong"] += sorted(f"text {inputs.text_of[content]} is on the stream, not in archive/" for content in absent)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    json.dump(verify(Path(sys.argv[1])), sys.stdout)
