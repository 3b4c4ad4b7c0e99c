"""Files in archive/ or duplicates/ that nobody has read.

A worker that is killed between a move and its verification may leave a file there that
took the arrival's name in ``drop/`` at the last moment.  It is told by the journal, whose
line names another arrival and other bytes for that place (a copied root has other inodes
and the same bytes), and by its change time: within a minute after the line (hosts whose
clocks differ by more are not helped).  What somebody puts there himself in that minute
goes to ``drop/``, too; nothing is lost by that.  What is written to where it lies stays,
and so does everything in ``quarantine/``, where people mend files.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from turnstream.identify import arrival_id
from turnstream.journal import Line
from turnstream.models import from_wire, printable
from turnstream.root import Root
from turnstream.upkeep.days import Days, is_of, moment
from turnstream.upkeep.give_back import give_back, is_inside
from turnstream.upkeep.walk import Tally

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: Seconds; a move comes at most so long after its line, and is verified so soon after.
_MOVE_SECONDS, _VERIFY_SECONDS = 60.0, 5.0
#: Bytes at the end of a day's journal that are looked through after a start.
_TAIL_BYTES = 32 << 20
#: Files looked into in one pass.
_AT_ONCE = 1000
_DAY_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class Unread:
    """Files that the journal's newest lines name, and that are not the arrivals they should be."""

    root: Root
    now: float
    tally: Tally
    read_until: dict[str, int]

    def bring_back(self) -> Iterator[None]:
        """Look through the lines that are new since the last look, and bring back what they show."""
        root_id = self.root.state().root_id
        suspects: dict[str, Line] = {}
        days = Days(
            self.root.path, tail=_TAIL_BYTES, read_until=self.read_until, fresh_from=self.now - 2 * _MOVE_SECONDS
        )
        for line in days.lines_since(self.now - _DAY_SECONDS):
            if line and len(suspects) < _AT_ONCE and self._is_unread(line, root_id):
                suspects[line["to"]] = line
            yield
        if not suspects:
            return
        # A name that was taken between a line and its move is another arrival's, whose own line says so.
        for line in Days(self.root.path, tail=_TAIL_BYTES).lines_since(self.now - 2 * _DAY_SECONDS):
            if line and isinstance(to := line.get("to"), str) and to in suspects:
                with contextlib.suppress(OSError):
                    if is_of(line, root_id, (self.root.path / from_wire(to)).lstat()):
                        del suspects[to]
            yield
        for line in suspects.values():
            if self._is_unread(line, root_id) and self._has_other_bytes(line):
                self._bring_back(line, root_id)
            yield

    def _is_unread(self, line: Line, root_id: str) -> bool:
        to = line.get("to")
        if not isinstance(to, str) or not to.startswith(("archive/", "duplicates/")) or not self._is_below(to):
            return False
        try:
            facts = (self.root.path / from_wire(to)).lstat()
        except (OSError, ValueError):
            return False
        # A file that was written to where it lies has one time for both; a rename came after the last write.
        if not stat.S_ISREG(facts.st_mode) or is_of(line, root_id, facts) or facts.st_mtime_ns >= facts.st_ctime_ns:
            return False
        moved = facts.st_ctime
        return -_VERIFY_SECONDS <= moved - moment(line) <= _MOVE_SECONDS and self.now - moved >= _VERIFY_SECONDS

    def _is_below(self, to: str) -> bool:
        """Whether a place is really in its folder: reached by no ``..`` and by no link that somebody made there."""
        path = from_wire(to)
        if not is_inside(path):
            return False
        end, *folders = path.split("/")[:-1]
        here = self.root.path / end  # the root's own folders may be links, as the operator made them
        for folder in folders:
            here /= folder
            if here.is_symlink():
                return False
        return True

    def _has_other_bytes(self, line: Line) -> bool:
        """Whether a file holds something else than what was read: only that was never published."""
        digest = line.get("source_sha256")
        if not isinstance(digest, str):
            return False
        try:
            with open(os.open(self.root.path / from_wire(line["to"]), _READ), "rb") as file:  # noqa: PTH123 - a descriptor
                return hashlib.file_digest(file, "sha256").hexdigest() != digest
        except OSError:
            return False

    def _bring_back(self, line: Line, root_id: str) -> None:
        to, path = from_wire(line["to"]), from_wire(str(line.get("path")))
        file = self.root.path / to
        try:
            mark = arrival_id(root_id, file.lstat(), path)
            back = give_back(self.root.path, file, path if is_inside(path) else file.name, mark)
        except OSError as error:
            self.tally.fault("drop", to, error)
        else:
            self.tally.returned.append((printable(to), printable(back)))
