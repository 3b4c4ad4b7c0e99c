"""A file in ``drop/`` that is to be taken, and what server, watcher and kernel say of it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from turnstream.explain.mailbox import Message
from turnstream.explain.scene import Scene
from turnstream.explain.states import moment
from turnstream.identify import arrival_id
from turnstream.models import Answer, Deferral, to_wire
from turnstream.watch.settle import Lease, ask_lease


@dataclass(frozen=True, slots=True)
class File:
    """A file in ``drop/`` (an fs string below it), its facts, and what server and watcher say of it."""

    path: str
    place: Path
    stat: os.stat_result
    arrival_id: str
    answer: Answer | None
    mark: Deferral | None
    message: Message | None
    lease: Lease

    def facts(self) -> dict[str, object]:
        """What is told of every file."""
        return {"arrival_id": self.arrival_id, "size": self.stat.st_size, "changed_at": moment(self.stat.st_mtime)}

    def quiet_at(self, scene: Scene) -> tuple[float, str]:
        """Return when it counts as complete (Unix time) as far as its times tell, and the rule."""
        watch, changed = scene.settings.watch, max(self.stat.st_mtime, self.stat.st_ctime)
        if self.stat.st_size == 0:
            rule, pause = "an empty file waits for its content", watch.settle_seconds
        elif self.lease is Lease.UNKNOWN:
            rule, pause = "the kernel cannot say here who has it open", watch.settle_seconds
        else:
            rule, pause = "a writer may come back to it", watch.quiet_seconds
        # A time of the future tells nothing: it waits like a new file.
        return min(changed, time.time()) + pause, f"{rule}, so it must rest for {pause:g} s"


def file_of(path: str, stat: os.stat_result, scene: Scene) -> File:
    """Gather what is known of a file."""
    wire, arrival = to_wire(path), arrival_id(scene.root_id, stat, path)
    answer, mark = scene.mail.answers.get(wire), scene.mail.marks.get(wire)
    lease = ask_lease(scene.root.drop / path) if scene.settings.watch.leases else Lease.UNKNOWN
    mark = mark if mark and mark.arrival_id == arrival else None
    return File(
        path, scene.root.drop / path, stat, arrival, answer, mark, _message(path, arrival, answer, scene), lease
    )


def _message(path: str, arrival: str, answer: Answer | None, scene: Scene) -> Message | None:
    """Return the message that a worker has, else the first in line; what the watcher gave up does not count."""
    ours = [message for message in scene.mail.messages if message.carries(path, arrival)]
    if answer is None or answer.place is None:
        return next(iter(ours), None)
    if answer.place != "sent":
        return None
    last = next((message for message in ours if message.batch.id == answer.batch_id), None)
    if last is not None and last.position is not None:
        return next(message for message in ours if message.position is not None)
    return last
