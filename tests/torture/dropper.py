"""Drops what the plan says, and writes down what came to rest and what its user did to it.

One JSON line for each thing that a user did: ``rest`` (a version lies whole at a path),
``gone`` (a version was taken away, replaced or written over by its user).  A version is a
path and the SHA-256 of its bytes; of one that its user touched again nothing is owed, as
it may have been read or not.
"""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import orjson

from tests.torture.plan import Document, Drop, content

#: Faults that documents may be ahead of.
_AHEAD = 2


class Pace:
    """The time of the plan, in seconds: documents do not run ahead of faults that take longer.

    ``done`` is how many faults there were.
    """

    def __init__(self, seconds: float, faults: int) -> None:
        self.seconds = seconds
        self.faults = faults
        self.done = 0
        self.began = time.monotonic()

    def wall(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.began

    def now(self) -> float:
        """Return the moment of the plan that has come."""
        if not self.faults:
            return self.wall()
        return min(self.wall(), self.seconds * (self.done + _AHEAD) / self.faults)


class Dropper(threading.Thread):
    """Does what users do, until the plan ends."""

    def __init__(self, root: Path, log: Path, plan: Iterable[Drop], pace: Pace, seed: int) -> None:
        super().__init__(name="dropper", daemon=True)
        self.root = root
        self.drop = root / "drop"
        self.plan = plan
        self.pace = pace
        self.dice = random.Random(f"{seed} users")
        self.lines = log.open("ab")
        self.outside = root.with_name("outside")
        self.outside.mkdir()
        self.error: BaseException | None = None
        self.dropped = 0
        #: Set while the folder that is watched is away, full or another one: users wait then.
        self.pause = threading.Lock()

    def run(self) -> None:
        try:
            for drop in self.plan:
                while (wait := drop.at - self.pace.now()) > 0:
                    time.sleep(min(wait, 0.05))
                with self.pause:
                    self._drop(drop)
        except BaseException as error:  # noqa: BLE001 - told by who waits for the end
            self.error = error
        finally:
            self.lines.close()

    def _drop(self, drop: Drop) -> None:
        if drop.way == "folder":
            self._move_folder(drop)
        else:
            folder = self.drop / drop.folder
            folder.mkdir(exist_ok=True)
            for document in drop.documents:
                getattr(self, f"_{drop.way.replace(' ', '_')}")(folder / document.name, document)
        for document in drop.documents:
            if document.deed:
                time.sleep(self.dice.choice((0, 0, 0.01, 0.05, 0.3)))
                self._deed(self.drop / drop.folder / document.name, document)
        self.dropped += len(drop.documents)

    def _move_folder(self, drop: Drop) -> None:
        folder = self.outside / drop.folder
        folder.mkdir()
        for document in drop.documents:
            self._write(folder / document.name, document)
        for document in drop.documents:
            self._note("rest", self.drop / drop.folder / document.name, document.data, document.text)
        folder.rename(self.drop / drop.folder)

    def _rename(self, path: Path, document: Document) -> None:
        part = self.outside / "coming"
        self._write(part, document)
        self._note("rest", path, document.data, document.text)
        part.rename(path)

    def _in_place(self, path: Path, document: Document) -> None:
        # An open file is no file at rest: what is closed in the end is noted before it is.
        with path.open("wb") as file:
            file.write(document.data)
            self._note("rest", path, document.data, document.text)
        self._set_time(path, document)

    def _slowly(self, path: Path, document: Document) -> None:
        half = len(document.data) // 2
        with path.open("wb") as file:
            file.write(document.data[:half])
            file.flush()
            time.sleep(self.dice.uniform(0, 0.02))
            file.write(document.data[half:])
            self._note("rest", path, document.data, document.text)
        self._set_time(path, document)

    def _write(self, path: Path, document: Document) -> None:
        path.write_bytes(document.data)
        self._set_time(path, document)

    def _set_time(self, path: Path, document: Document) -> None:
        if document.mtime is not None and path.exists():
            try:
                os.utime(path, (document.mtime, document.mtime))
            except FileNotFoundError:
                return  # it was taken already

    def _deed(self, path: Path, document: Document) -> None:
        getattr(self, f"_then_{document.deed}")(path, document)

    def _then_rewrite(self, path: Path, document: Document) -> None:
        data, text = _another(document, "rewritten")
        try:
            descriptor = os.open(path, os.O_WRONLY)
        except OSError:
            return
        with os.fdopen(descriptor, "wb") as file:
            # Opened, it may be the old file in its new place by now: then nothing new is in drop/.
            if self._is(path, descriptor):
                self._note("gone", path, document.data, document.text)
                self._note("rest", path, data, text)
                file.truncate(0)
                file.write(data)

    def _then_replace(self, path: Path, document: Document) -> None:
        data, text = _another(document, "replaced")
        part = self.outside / "coming"
        part.write_bytes(data)
        # Often the first one was taken before: then it is owed as well, and the archive has its name already.
        deadline = time.monotonic() + self.dice.choice((0, 1.0))
        while path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        if path.exists():
            self._note("gone", path, document.data, document.text)
        self._note("rest", path, data, text)
        part.rename(path)

    def _then_delete(self, path: Path, document: Document) -> None:
        self._note("gone", path, document.data, document.text)
        path.unlink(missing_ok=True)

    def _then_rename(self, path: Path, document: Document) -> None:
        to = path.with_name(f"renamed {path.name}")
        try:
            path.rename(to)
        except FileNotFoundError:
            return  # taken before
        self._note("renamed", to, document.data, document.text)

    def _then_link(self, path: Path, document: Document) -> None:
        to = path.with_name(f"linked {path.name}")
        try:
            os.link(path, to)
        except FileNotFoundError:
            return
        self._note("rest", to, document.data, document.text)

    def _is(self, path: Path, descriptor: int) -> bool:
        try:
            return os.path.samestat(path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def _note(self, what: str, path: Path, data: bytes, text: str | None) -> None:
        line = {
            "what": what,
            "path": str(path.relative_to(self.drop)),
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "text": text,
            "content": None if text is None else content(data),
        }
        self.lines.write(orjson.dumps(line) + b"\n")
        self.lines.flush()


def _another(document: Document, mark: str) -> tuple[bytes, str | None]:
    """Return other bytes with a text of their own."""
    if document.text is None:
        return document.data + b"\x00" + mark.encode(), None
    text = f"{mark}-{document.name}"
    return f"Talk {text}\n\nAnna: It was {mark}.\nBen: So it was {mark}.\nAnna: Good.\n".encode(), text
