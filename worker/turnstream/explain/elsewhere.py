"""Files that are not in ``drop/``: those that we keep, and those of somebody else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from turnstream.errors import PermanentError
from turnstream.explain.fates import claimed, fate, from_note, told
from turnstream.explain.past import Past
from turnstream.explain.scene import Scene
from turnstream.explain.states import Explanation, State
from turnstream.explain.subject import Kept, Outside, Told
from turnstream.explain.texts import claims_of, identity_of
from turnstream.identify import Identity
from turnstream.models import OutcomeKind, printable
from turnstream.sidecars import DUPLICATE_SUFFIX, ERROR_SUFFIX

_ENDS = ("archive", "duplicates", "quarantine")


def kept(subject: Kept, scene: Scene, past: Past) -> Explanation:
    """Explain what lies in the root, but not in ``drop/``."""
    place = subject.place
    folder = place.partition("/")[0]
    if folder not in _ENDS:
        why = "It is Turnstream's own: only what lies in drop/ is taken."
        return Explanation(State.IGNORED, why, file=printable(place) or ".", facts={"folder": folder})
    try:
        facts = os.lstat(scene.root.path / place)
    except OSError as error:
        return _unreadable(printable(place), error)
    if not stat.S_ISREG(facts.st_mode):
        return _no_file(printable(place))
    for suffix in (ERROR_SUFFIX, DUPLICATE_SUFFIX):
        base = place.removesuffix(suffix)
        if base != place and os.path.lexists(scene.root.path / base):
            explanation = kept(Kept(base), scene, past)
            explanation.notes.append("You asked about the note beside this file.")
            return explanation
    line = past.at_place(place) or from_note(place, scene)
    if line is not None:
        return fate(line, scene, is_there=True)
    return _by_text(scene.root.path / place, printable(place), scene, past)


def outside(subject: Outside, scene: Scene, past: Past) -> Explanation:
    """Explain a file outside of the root by its text."""
    shown = printable(str(subject.path))
    try:
        facts = subject.path.stat()
    except PermissionError as error:
        return _unreadable(shown, error)
    except OSError:
        return _no_file(shown)
    if not stat.S_ISREG(facts.st_mode):
        return _no_file(shown)
    return _by_text(subject.path, shown, scene, past)


def _by_text(file: Path, shown: str, scene: Scene, past: Past) -> Explanation:
    is_inside = not shown.startswith("/")
    try:
        identity = identity_of(file, scene.settings.work.max_file_bytes)
    except OSError as error:
        return _unreadable(shown, error)
    except PermanentError as error:
        why = f"It lies outside of drop/, and would be rejected as it is: {error}."
        return Explanation(State.UNKNOWN, why, error.hint, file=shown, facts={"reason": error.reason})
    facts = {name: getattr(identity, name) for name in ("document_id", "content_sha256", "source_sha256")}
    found = _published(identity, scene, past)
    if found is not None:
        lies = "this file itself is unknown to the journal" if is_inside else "this file lies outside of the root"
        found.notes.append(
            f"Found by its text; {lies}." + (f" The published file is {found.file}." if found.file else "")
        )
        found.file, found.facts = shown, {**found.facts, **facts}
        return found
    if scene.ledger is None:
        why = (
            "Its text is in no line of the journal, and the server, which knows every published text, cannot be asked."
        )
        step = scene.trouble.next_step if scene.trouble else "Ask again."
        return Explanation(State.UNKNOWN, why, step, file=shown, facts=facts)
    why = "Its text was never published, and it does not lie in drop/."
    command = scene.command("ingest", str(file))
    return Explanation(State.UNKNOWN, why, "To publish it, copy it into drop/:", command, file=shown, facts=facts)


def _published(identity: Identity, scene: Scene, past: Past) -> Explanation | None:
    digest = identity.content_sha256
    claims = claims_of(digest, scene)
    lines = [item for item in past.of_id(digest) if isinstance(item, Told)] if claims or scene.ledger is None else []
    for item in lines:
        if item.line.get("outcome") == OutcomeKind.PUBLISHED:
            return told(item, scene)
    return claimed(claims[0], scene) if claims else None


def _unreadable(shown: str, error: OSError) -> Explanation:
    why = f"It cannot be read: {error.strerror}."
    return Explanation(State.UNKNOWN, why, "Ask with an account that may read it.", file=shown)


def _no_file(shown: str) -> Explanation:
    why = "It is a folder, a link that leads nowhere, or no regular file."
    return Explanation(State.NOT_A_FILE, why, "Ask about a file.", file=shown)
