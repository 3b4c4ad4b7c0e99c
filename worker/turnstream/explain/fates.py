"""What became of arrivals that are done, or gone: as journal, notes and ledger tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turnstream.errors import PermanentError
from turnstream.explain.scene import Scene
from turnstream.explain.states import NOTHING, Explanation, State
from turnstream.explain.subject import Claimed, Told
from turnstream.explain.texts import stream_has
from turnstream.history import has_arrived
from turnstream.journal import Line
from turnstream.models import OutcomeKind, from_wire, printable
from turnstream.publish import entry_time
from turnstream.sidecars import DUPLICATE_SUFFIX, ERROR_SUFFIX, read_facts

_OF_ALL = ("arrival_id", "size", "at", "document_id", "event_id", "entry_id", "content_sha256", "source_sha256")
_STATES = {
    OutcomeKind.PUBLISHED: State.PUBLISHED,
    OutcomeKind.DUPLICATE: State.DUPLICATE,
    OutcomeKind.SUPERSEDED: State.SUPERSEDED,
    OutcomeKind.REJECTED: State.QUARANTINED,
}


def told(subject: Told, scene: Scene) -> Explanation:
    """Explain an arrival that the journal tells of."""
    return fate(
        subject.line, scene, is_there=has_arrived(scene.root, scene.root_id, subject.line), as_text=subject.as_text
    )


def fate(line: Line, scene: Scene, *, is_there: bool, as_text: bool = False) -> Explanation:
    """Explain a line of the journal, or facts of the same names; ``is_there``: its file is where it says."""
    outcome = line.get("outcome")
    makers = {
        OutcomeKind.PUBLISHED: _published,
        OutcomeKind.DUPLICATE: _duplicate,
        OutcomeKind.SUPERSEDED: _superseded,
        OutcomeKind.REJECTED: _rejected,
    }
    if outcome not in makers:
        return Explanation(State.UNKNOWN, f"The journal says {outcome} of it: a later version wrote that.")
    explanation = makers[OutcomeKind(outcome)](line, scene)
    facts: dict[str, Any] = {name: line[name] for name in _OF_ALL if line.get(name) is not None}
    explanation.facts = {**facts, "dropped_as": _shown(line.get("path")), **explanation.facts}
    place = _shown(line.get("to"))
    explanation.file = place if is_there else None
    if is_there or (as_text and explanation.state is State.PUBLISHED):
        explanation.notes += [] if is_there else ["Its file is no longer where it was moved to."]
        return explanation
    return _gone(explanation, place)


def claimed(subject: Claimed, scene: Scene) -> Explanation:
    """Explain a published content of which only the server tells."""
    return fate(
        {
            "outcome": OutcomeKind.PUBLISHED,
            "at": entry_time(subject.entry_id).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "arrival_id": subject.arrival_id,
            "document_id": subject.content_sha256[:16],
            "event_id": subject.event_id,
            "entry_id": subject.entry_id,
            "content_sha256": subject.content_sha256,
        },
        scene,
        is_there=False,
        as_text=True,
    )


def from_note(place: str, scene: Scene) -> Line | None:
    """Return what the sidecar of a file in duplicates/ or quarantine/ says, as a line of the journal."""
    folder, _, below = place.partition("/")
    suffix = {"duplicates": DUPLICATE_SUFFIX, "quarantine": ERROR_SUFFIX}.get(folder)
    facts = read_facts(scene.root.path / (place + suffix)) if suffix else None
    if facts is None:
        return None
    original = facts.get("duplicate_of")
    line = {**facts, "path": facts.get("dropped_as") or facts.get("file") or below, "to": place}
    if isinstance(original, dict):
        ids = {name: original.get(name) for name in ("document_id", "entry_id")}
        return {**line, **ids, "outcome": OutcomeKind.DUPLICATE, "original": original.get("arrival_id")}
    greater = facts.get("superseded_by")
    if isinstance(greater, dict):
        ids = {name: greater.get(name) for name in ("event_id", "entry_id")}
        return {**line, **ids, "outcome": OutcomeKind.SUPERSEDED, "superseded_by": greater.get("document_id")}
    return {**line, "outcome": OutcomeKind.REJECTED}


def _published(line: Line, scene: Scene) -> Explanation:
    stream = stream_has(line.get("entry_id"), scene)
    words = {
        "there": "",
        None: "",
        "trimmed": " The entry has since been trimmed from the stream (stream.retain_entries).",
        "missing": " But the stream does not have that entry any more: somebody deleted it.",
    }
    where = f"as entry {line.get('entry_id')}, event {line.get('event_id')}"
    why = f"It was published on {_time(line)} {where}.{words[stream]}"
    steps = {
        "trimmed": "Nothing to do; a consumer that missed it finds the text in archive/.",
        "missing": "Look at who deletes from the stream. The text is in archive/.",
    }
    step = steps.get(stream or "", f"{NOTHING} To see its record:")
    command = scene.command("show", str(line.get("document_id"))) if stream in ("there", None) else None
    return Explanation(State.PUBLISHED, why, step, command, facts={"stream": stream})


def _duplicate(line: Line, scene: Scene) -> Explanation:
    original = _noted(line, "duplicate_of", scene)
    original = {**original, "arrival_id": line.get("original"), "entry_id": line.get("entry_id")}
    original.setdefault("document_id", line.get("document_id"))
    why = f"Its text was already published{_from_where(original)}."
    command = scene.command("show", str(original["document_id"]))
    step = f"{NOTHING} To see the record:"
    return Explanation(State.DUPLICATE, why, step, command, facts={"duplicate_of": original})


def _superseded(line: Line, scene: Scene) -> Explanation:
    greater = _noted(line, "superseded_by", scene)
    ids = {name: line.get(name) for name in ("event_id", "entry_id")}
    greater = {**greater, **ids, "document_id": line.get("superseded_by")}
    why = f"A longer text of the same transcript was already published{_from_where(greater)}."
    command = scene.command("show", str(greater["document_id"]))
    step = f"{NOTHING} To see that record:"
    return Explanation(State.SUPERSEDED, why, step, command, facts={"superseded_by": greater})


def _noted(line: Line, name: str, scene: Scene) -> dict[str, Any]:
    """Return what the note beside a file in duplicates/ says of what came before it."""
    note = read_facts(scene.root.path / (from_wire(str(line.get("to"))) + DUPLICATE_SUFFIX)) if line.get("to") else None
    said = (note or {}).get(name)
    return said if isinstance(said, dict) else {}


def _from_where(earlier: Mapping[str, Any]) -> str:
    from_path = f" from {earlier['path']}" if earlier.get("path") else ""
    archived = f"; that file is {earlier['archived']}" if earlier.get("archived") else ""
    return f"{from_path} as document {earlier['document_id']}{archived}"


def _rejected(line: Line, scene: Scene) -> Explanation:
    reason = str(line.get("reason"))
    note = read_facts(scene.root.path / (from_wire(str(line.get("to"))) + ERROR_SUFFIX)) if line.get("to") else None
    hint = next((kind.hint for kind in PermanentError.__subclasses__() if kind.reason == reason), "")
    detail = f" ({line['detail']})" if line.get("detail") else ""
    retry = scene.command("quarantine", "retry", str(line.get("arrival_id")))
    return Explanation(
        State.QUARANTINED,
        f"It was rejected on {_time(line)}: {reason}{detail}.",
        f"{hint} To try it again:".strip(),
        retry,
        facts={
            "reason": reason,
            "detail": line.get("detail"),
            "hint": hint,
            "attempts": (note or {}).get("attempts", 1),
        },
    )


def _gone(explanation: Explanation, place: str | None) -> Explanation:
    was = explanation.state
    explanation.facts |= {"outcome": was, "moved_to": place}
    explanation.command = None
    where = (
        f"Its file was moved to {place} and is no longer there."
        if place
        else ("Its file was removed, renamed or replaced in drop/ before it could be moved.")
    )
    explanation.state = State.GONE
    explanation.why = f"{explanation.why} {where}"
    if was is State.QUARANTINED:
        explanation.next_step = "Nothing to do if it was discarded on purpose; else ask its sender for it again."
    elif was is State.PUBLISHED:
        explanation.next_step = (
            "Nothing to do for the stream: the record was published. Only the source file is missing."
        )
    elif was is State.SUPERSEDED:
        explanation.next_step = "Nothing to do: a longer text was published before."
    else:
        explanation.next_step = "Nothing to do: its text was published before."
    return explanation


def _time(line: Line) -> str:
    return f"{str(line.get('at'))[:19].replace('T', ' ')} UTC"


def _shown(wire: object) -> str | None:
    return printable(from_wire(wire)) if isinstance(wire, str) else None
