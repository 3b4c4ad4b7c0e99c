"""What one document may take of its worker process: memory, and processor time.

Both are measured at the process itself: a machine that is busy, stood still, or has no
memory left blames no document.  The kernel keeps the memory limit; at it Python raises
``MemoryError``.  Of the time there are two: at the first an exception ends the document,
and a process in which none can be raised, as in a C function that does not return, is
ended by the kernel (SIGXCPU) a little later.
"""

from __future__ import annotations

import math
import mmap
import os
import resource
import signal
import time
import traceback
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Literal

from turnstream.errors import MemoryOverrun, MemoryShort, TimeOverrun

#: Bytes of a document that the time limit is for; a larger one has it once for each such part.
_TIMED_BYTES = 1 << 24
#: Times the limit after which the kernel ends the process, at the soonest and at the latest, and between exceptions
#: that the code may swallow.
_LAST, _LATEST, _AGAIN = 1.5, 2.0, 0.1
#: Seconds of processor time that what follows a document has in any case.
_REST_SECONDS = 10
#: Share of the machine's memory, or of the limit, that counts as all of it.
_MACHINE_SHARE, _ALL_SHARE = 0.75, 0.9
#: Bytes beyond the limit for telling that it was reached.
_SPARE_BYTES = 1 << 24
_KIB = 1 << 10


class Limits:
    """The limits of a process's documents: ``memory_bytes`` for the process, seconds of processor time for each."""

    def __init__(self, memory_kib: int, document_seconds: float) -> None:
        self.memory_bytes = min(memory_kib * _KIB, int(_machine_bytes() * _MACHINE_SHARE))
        self.document_seconds = document_seconds
        self._imposed = self._armed = False
        self._seconds = self._until = 0.0
        #: Seconds of processor time at which the timer fires, and at which the kernel ends the process.
        self._ticks_at = self._ended_at = math.inf

    def impose(self) -> None:
        """Put this process under the limits, for its main thread; without it time has none and memory the machine's."""
        _set_soft(resource.RLIMIT_DATA, self.memory_bytes)
        signal.signal(signal.SIGPROF, self._overran)
        self._imposed = True

    def document(self, size: int) -> AbstractContextManager[None]:
        """Read a document of ``size`` bytes within.

        Raises:
            TimeOverrun: it took too long.
            MemoryOverrun: it wanted more than the process may have.
            MemoryShort: the machine had no more to give.

        """
        return _Document(self, self.document_seconds * max(math.ceil(size / _TIMED_BYTES), 1))

    def fault(self, error: MemoryError) -> MemoryOverrun | MemoryShort:
        """Let go of what filled the memory, and tell whose fault it was."""
        self._set_memory(self.memory_bytes + _SPARE_BYTES)
        try:
            used = _data_bytes()
            traceback.clear_frames(error.__traceback__)
            # What is raised in its stead keeps it, as its context.
            error.__traceback__ = error.__context__ = error.__cause__ = None
        finally:
            self._set_memory(self.memory_bytes)
        if used < self.memory_bytes * _ALL_SHARE and not self._machine_has_room():
            return MemoryShort(f"{used} bytes in use, {self.memory_bytes} allowed")
        return MemoryOverrun(used, self.memory_bytes)

    def _machine_has_room(self) -> bool:
        # Only asked for, not used: would there be all that the limit allows?
        room = int((self.memory_bytes - _data_bytes()) * _ALL_SHARE)
        try:
            mmap.mmap(-1, max(room, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
        except OSError:
            return False
        return True

    def _set_memory(self, size: int) -> None:
        if self._imposed:
            _set_soft(resource.RLIMIT_DATA, size)

    def start(self, seconds: float) -> None:
        """Begin a document that may take so long."""
        if not self._imposed:
            return
        now = time.process_time()
        self._seconds, self._until = seconds, now + seconds
        self._let_kernel_end(now, seconds)
        self._armed = True
        # One that fires too early is put right then: that is seldom, and each document would cost a call of the kernel.
        if self._until < self._ticks_at:
            self._tick(seconds)

    def stop(self) -> None:
        """End a document: what follows, until ``rest``, has time enough."""
        try:
            self._armed = False
        finally:
            # Reached also when the time ran out at this very moment.
            self._armed = False
            if self._ended_at < time.process_time() + _REST_SECONDS:
                self._let_run()

    def rest(self) -> None:
        """End the reading of a batch: what follows may take however long."""
        self._armed = False
        if self._imposed:
            self._tick(0)
            self._let_run()

    def _let_run(self) -> None:
        _set_soft(resource.RLIMIT_CPU, resource.RLIM_INFINITY)
        self._ended_at = math.inf

    def _let_kernel_end(self, now: float, seconds: float) -> None:
        # As above: a limit that is about right stays, which is most often that of the document before.
        least, most = math.ceil(now + seconds * _LAST), math.ceil(now + seconds * _LATEST)
        if not least <= self._ended_at <= most:
            self._ended_at = most
            _set_soft(resource.RLIMIT_CPU, most)

    def _tick(self, seconds: float) -> None:
        signal.setitimer(signal.ITIMER_PROF, seconds, self._seconds * _AGAIN)
        self._ticks_at = time.process_time() + seconds if seconds else math.inf

    def _overran(self, *_: object) -> None:
        if not self._armed:
            self._tick(0)
        elif (left := self._until - time.process_time()) > 0:
            self._tick(left)
        else:
            raise TimeOverrun(f"the limit is {self.document_seconds:g} s of processor time for each 16 MiB begun")


class _Document(AbstractContextManager[None]):
    """One document within the limits.  Not by a generator: entered for every file, that takes as long as all of it."""

    def __init__(self, limits: Limits, seconds: float) -> None:
        self.limits = limits
        self.seconds = seconds

    def __enter__(self) -> None:
        self.limits.start(self.seconds)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> Literal[False]:
        self.limits.stop()
        if isinstance(error, MemoryError):
            raise self.limits.fault(error)
        return False


def _set_soft(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = hard if value == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, hard))


def _data_bytes() -> int:
    """Return what the kernel compares with the limit: heap and private mappings of this process (Linux; else 0)."""
    with suppress(OSError), open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - there is hardly any memory
        return int(file.read().split()[5]) * mmap.PAGESIZE
    return 0


def _machine_bytes() -> int:
    """Return the memory of the machine, or what the control groups around us allow of it."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    with suppress(OSError):
        below = Path("/proc/self/cgroup").read_text().rpartition("::")[2].strip()
        group = Path("/sys/fs/cgroup") / below.lstrip("/")
        for folder in (group, *group.parents[: len(Path(below).parts) - 1]):
            with suppress(OSError, ValueError):
                found.append(int((folder / "memory.max").read_text()))
    return min(found)
