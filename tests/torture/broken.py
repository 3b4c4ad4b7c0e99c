"""Builds that are broken on purpose: each breaks one rule of the design, and the torture must find it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Break = Callable[[], None]
BROKEN: dict[str, Break] = {}
#: Seconds between the move that comes too early and what it should wait for.
_EARLY_SECONDS = 0.2


def _broken(break_it: Break) -> Break:
    BROKEN[break_it.__name__.replace("_", " ")] = break_it
    return break_it


def apply(name: str) -> None:
    """Break the program in this process."""
    BROKEN[name]()


@_broken
def move_before_publish() -> None:
    """A file is put away before its record is on the stream."""
    from turnstream import pipeline

    steps = pipeline._Steps
    publish = steps.publish

    def too_early(self: Any, arrivals: Any) -> None:
        for arrival in arrivals:
            folder = self.tools.root.path / "archive" / "2026-01-01"
            folder.mkdir(exist_ok=True)
            (self.tools.root.drop / arrival.path).rename(folder / Path(arrival.path).name)
        # As long as the rest of a batch takes: a kill that hits the batch hits this as often as not.
        time.sleep(_EARLY_SECONDS if arrivals else 0)
        publish(self, arrivals)
        for arrival in arrivals:
            (folder / Path(arrival.path).name).rename(self.tools.root.drop / arrival.path)

    steps.publish = too_early  # type: ignore[method-assign]


@_broken
def claim_outside_the_script() -> None:
    """The hash is claimed after the record was appended, not with it."""
    from turnstream.publish import Ledger

    ask = Ledger._ask

    def two_steps(self: Any, chunk: Any, epoch: Any, confirm: Any) -> Any:
        reply = ask(self, chunk, epoch, confirm)
        kept = {}
        for item in chunk:
            bucket = self._bucket(item)
            kept[bucket] = self.client.hgetall(bucket)
            self.client.delete(bucket)
        for bucket, claims in kept.items():
            self.client.hset(bucket, mapping=claims)
        return reply

    Ledger._ask = two_steps  # type: ignore[method-assign]


@_broken
def events_without_scan() -> None:
    """What an event tells of is looked at, and nothing else ever is."""
    from turnstream.watch import lookout, watcher

    names: Any = lookout
    survey = names.survey

    def heard_only(drop: Any, ignored: Any) -> Any:
        for part in survey(drop, ignored):
            part.files &= heard
            yield part

    heard: set[str] = set()
    note = watcher.Watcher._note_events

    def remember(self: Any, notes: Any) -> None:
        heard.update(notes)
        note(self, notes)

    names.survey = heard_only
    watcher.Watcher._note_events = remember  # type: ignore[method-assign]


@_broken
def acknowledge_before_move() -> None:
    """A message is acknowledged when it comes, and what was sent is never sent again."""
    from turnstream import app
    from turnstream.watch.backlog import Backlog

    configuration = app._configuration

    def early(settings: Any) -> Any:
        return {**configuration(settings), "task_acks_late": False}

    app._configuration = early
    Backlog.overdue = lambda *_: []  # type: ignore[method-assign]
    Backlog.doubt_sent = lambda *_: None  # type: ignore[method-assign]


@_broken
def overwrite_on_move() -> None:
    """A name that is taken is taken over."""
    from turnstream import folder, naming

    stage: Any = folder

    def over(from_folder: int, from_name: str, to_folder: int, to_name: str) -> None:
        os.rename(from_name, to_name, src_dir_fd=from_folder, dst_dir_fd=to_folder)

    naming.rename_exclusively = over
    stage.rename_exclusively = over
    stage.free_name = lambda _parent, name, *_: name
