"""Everything that is asked once for all files: root, server, watcher; and what holds all of them back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from turnstream.agreement import disagreement
from turnstream.connect import await_url, client
from turnstream.errors import BadConfiguration, NoServer, ServerRefused, TransientError
from turnstream.explain.mailbox import Mail, Message, fetch, messages
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.settings import Settings


class Cause(StrEnum):
    """What holds every file back: the fact ``held_back_by``."""

    SERVER_UNAVAILABLE = "server_unavailable"
    SERVER_REFUSED = "server_refused"
    LEDGER_HELD = "ledger_held"
    NO_WATCHER = "no_watcher"
    NO_WORKER = "no_worker"
    QUEUE_PAUSED = "queue_paused"


class Hindrance(NamedTuple):
    """A cause, a part of a sentence, what to do, and the command for that."""

    cause: Cause
    why: str
    next_step: str
    command: str | None = None


@dataclass(slots=True)
class Scene:
    """What is the same for all files that are asked about; ``trouble`` is the server's."""

    settings: Settings
    root: Root
    root_id: str
    ledger: Ledger | None = None
    trouble: Hindrance | None = None
    mail: Mail = field(default_factory=Mail)

    def ask(self, paths: Sequence[str]) -> None:
        """Ask server and watcher about files of ``drop/``; without an answer ``trouble`` says why."""
        if self.ledger is None:
            return
        try:
            self.mail = fetch(self.ledger, paths)
            detail = disagreement(self.root, self.ledger)
        except TransientError as error:
            self.fail(error)
        else:
            if detail:
                why = f"the server's ledger is not the one that this root knows, so nothing is published: {detail}"
                step = "Nothing to do: the watcher rebuilds it. Its log says how far, or why it cannot (ledger.held)."
                self.trouble = Hindrance(Cause.LEDGER_HELD, why, step)

    def messages(self) -> list[Message]:
        """Return the messages under way; none if the server cannot be asked."""
        if self.ledger is None:
            return []
        try:
            return messages(self.ledger)
        except TransientError as error:
            self.fail(error)
            return []

    def fail(self, error: TransientError | NoServer | BadConfiguration) -> None:
        """Remember that the server cannot be asked, and why."""
        self.ledger = None
        if isinstance(error, ServerRefused):
            why = f"the server answers but refuses ({error.detail})"
            step = "Look at the server's memory, disk and role; files are taken by themselves afterwards."
            self.trouble = Hindrance(Cause.SERVER_REFUSED, why, step)
            return
        detail = error.detail if isinstance(error, TransientError) else str(error).partition(": start")[0]
        own = not self.settings.server.url.get_secret_value()
        step = "Start it" if own else "See that the server runs and can be reached"
        self.trouble = Hindrance(
            Cause.SERVER_UNAVAILABLE,
            f"the server cannot be asked ({detail})",
            f"{step}; files are taken by themselves once it answers.",
            self.command("run") if own else None,
        )

    def hindrance(self) -> Hindrance | None:
        """Return what holds every file back, the server's trouble first."""
        if self.trouble:
            return self.trouble
        roles = (("watcher", Cause.NO_WATCHER, "watch"), ("worker", Cause.NO_WORKER, "work"))
        for role, cause, command in roles:
            if not self.mail.has(role):
                step = (
                    f"Start one (`turnstream run` brings server, watcher and worker, `turnstream {command}` only this)."
                )
                return Hindrance(cause, f"no {role} gives a sign of life", step, self.command("run"))
        if pause := self.mail.pause:
            step = f"{pause.remedy[0].upper()}{pause.remedy[1:]}; files are taken by themselves afterwards."
            return Hindrance(Cause.QUEUE_PAUSED, pause.what, step)
        return None

    def command(self, *words: str) -> str:
        """Return a command of ours for this root, as a shell takes it."""
        return shlex.join(["turnstream", *words, "--root", str(self.root.path)])

    def notes(self, said: Cause | None) -> list[str]:
        """Say what could not be asked, unless it was said as what holds the file back."""
        if said and self.trouble and said is self.trouble.cause:
            return []
        if self.trouble and self.trouble.cause is not Cause.LEDGER_HELD:
            return [f"This is told from folders and journal alone, as {self.trouble.why}."]
        if self.mail.watcher_is_silent:
            return ["The watcher lives but did not answer in time: this is told without it."]
        return []


def look_around(settings: Settings) -> Scene:
    """Read who this root is and connect to its server if it answers.

    Raises:
        BadConfiguration: this is no data root.

    """
    root = Root(settings.root)
    scene = Scene(settings, root, root.state().root_id)
    try:
        scene.ledger = Ledger(client(await_url(settings, 0.0), settings.server), settings.server.key_prefix)
    except (NoServer, BadConfiguration, TransientError) as error:
        scene.fail(error)
    return scene
