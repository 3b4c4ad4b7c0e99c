"""Why a file was left in ``drop/`` by a worker: blocked, suspected, deferred."""

from __future__ import annotations

import errno
import re
import shutil

from turnstream.errors import DisposeBlocked, ParseTimeout, TransientError, WorkerCrashed
from turnstream.explain.scene import Scene
from turnstream.explain.states import Explanation, State
from turnstream.models import Answer, Deferral

#: What to change, by the error of the file system; ``{where}`` is the path that it refused.
_REMEDIES = {
    errno.ENOSPC: "Free disk space on {root}: delete or move what is not needed, old files of archive/ first.",
    errno.EDQUOT: "The account of the worker used up its quota on {root}: free space or raise it.",
    errno.EACCES: "Give the account of the worker write permission on drop/, the file's folder in it, and {where}.",
    errno.EPERM: "Something is immutable (lsattr), or sticky and of another account (ls -ld): look at drop/, {where}.",
    errno.EROFS: "The file system of {root} is mounted read-only: look at the kernel's log, mount it for writing.",
    errno.EXDEV: "drop/ and {where} lie on different file systems: mount them together.",
    errno.ENAMETOOLONG: "The path is too long for {where}: shorten its folders in drop/.",
    errno.EIO: "The disk under {root} fails: look at the kernel's log.",
}
_CODE = re.compile(r"\((?:errno )?(\w+)\)")


def stays(mark: Deferral, answer: Answer | None, scene: Scene) -> Explanation:
    """Explain a file that a worker left where it is."""
    if mark.reason == DisposeBlocked.reason:
        explanation = _blocked(mark, scene)
    elif mark.crashes or mark.reason in (WorkerCrashed.reason, ParseTimeout.reason):
        explanation = _suspected(mark, scene)
    else:
        explanation = _deferred(mark)
    facts: dict[str, object] = {
        "reason": mark.reason,
        "detail": mark.detail,
        "tries": mark.tries,
        "last_try_at": mark.at,
    }
    if answer is not None and answer.place == "waiting" and answer.until:
        facts["next_try_at"] = answer.until
    explanation.facts = facts | explanation.facts
    hindrance = scene.hindrance()
    if hindrance:
        explanation.facts["held_back_by"] = hindrance.cause
        explanation.notes.append(f"It is not tried again for now: {hindrance.why}. {hindrance.next_step}")
    return explanation


def _blocked(mark: Deferral, scene: Scene) -> Explanation:
    code = _errno(mark.detail)
    where = mark.detail.partition(": ")[0].partition("/")[0] or "its folder"
    remedy = _REMEDIES.get(code or 0, DisposeBlocked.hint).format(root=scene.root.path, where=f"{where}/")
    facts: dict[str, object] = {"errno": errno.errorcode.get(code) if code else None}
    if code in (errno.ENOSPC, errno.EDQUOT):
        facts["free_bytes"] = shutil.disk_usage(scene.root.path).free
    return Explanation(
        State.DISPOSE_BLOCKED,
        f"What becomes of it is decided, but it cannot be moved out of drop/: {mark.detail}.",
        f"{remedy} It is tried again by itself.",
        facts=facts,
    )


def _suspected(mark: Deferral, scene: Scene) -> Explanation:
    most = scene.settings.work.max_attempts
    happened = "overran its time" if mark.reason == ParseTimeout.reason else "died"
    times = max(mark.crashes, len(mark.deaths))
    if times:
        why = f"A worker process {happened} while it worked on this file alone, {mark.crashes} of {most} times; "
        why += f"at {most} it goes to quarantine."
        if times > mark.crashes:
            why = f"A worker process {happened} while it worked on this file alone, {times} times so far; that counts "
            why += f"{mark.crashes}, as kills from outside count half, and at {most} it goes to quarantine."
        step = "Look at the worker's memory and at the size of the file; else nothing to do."
    elif mark.alone:
        why = f"A worker process {happened} on the batch that it was in; now it is tried alone."
        step = "Nothing to do: only if it was to blame it is counted."
    else:
        why = f"A worker process {happened} on another file of the batch that it was in; it is tried again."
        step = "Nothing to do: nothing is counted against it."
    facts: dict[str, object] = {"crashes": mark.crashes, "max_attempts": most}
    facts["signal"] = mark.deaths[-1].signal if mark.deaths else None
    return Explanation(State.SUSPECTED, why, step, facts=facts)


def _deferred(mark: Deferral) -> Explanation:
    kinds = (kind for kind in TransientError.__subclasses__() if kind.reason == mark.reason)
    hint = next((kind.hint for kind in kinds), "")
    detail = f" ({mark.detail})" if mark.detail else ""
    why = f"A worker could not take it, {mark.tries} times so far: {mark.reason}{detail}."
    return Explanation(State.DEFERRED, why, f"{hint} It is tried again by itself.".strip())


def _errno(detail: str) -> int | None:
    for word in reversed(_CODE.findall(detail)):
        if word.isdigit():
            return int(word)
        if code := getattr(errno, word, None):
            return int(code)
    return None
