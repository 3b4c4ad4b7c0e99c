"""What the processes of a `turnstream run` cost, as the kernel counts it (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MB = 1 << 20
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
#: What our commands are called; whatever else belongs to a run is its server.
_COMMANDS = (b"run", b"watch", b"work")


@dataclass(frozen=True, slots=True)
class Process:
    """One process: ``role`` is ``run``, ``server``, ``watch``, ``work`` or ``child``, a worker process of the pool."""

    pid: int
    role: str

    def cpu_s(self) -> float:
        """Processor time that it has used, in seconds."""
        # After the name, which may hold anything: fields 14 and 15 of proc_pid_stat(5).
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def resident_mb(self) -> float:
        """Memory that it has resident, in MB (2^20 bytes)."""
        return self._figure_mb("status", "VmRSS")

    def peak_mb(self) -> float:
        """The most that it ever had resident, in MB."""
        return self._figure_mb("status", "VmHWM")

    def data_mb(self) -> float:
        """What the kernel compares with RLIMIT_DATA, in MB."""
        return self._figure_mb("status", "VmData")

    def share_mb(self) -> float:
        """Its proportional share of memory (PSS), in MB: what several processes have in common counts once in all."""
        return self._figure_mb("smaps_rollup", "\nPss")

    def data_limit_mb(self) -> float:
        """Its soft RLIMIT_DATA, in MB."""
        (line,) = [line for line in self._read("limits").splitlines() if line.startswith("Max data size")]
        return int(line.split()[3]) / _MB

    def _figure_mb(self, file: str, name: str) -> float:
        return int(self._read(file).partition(f"{name}:")[2].split()[0]) * 1024 / _MB

    def _read(self, file: str) -> str:
        return Path(f"/proc/{self.pid}/{file}").read_text("utf-8", "replace")


def family(pid: int, parent: str = "") -> Iterator[Process]:
    """Yield a process and all below it."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    role = next((word.decode() for word in words if word in _COMMANDS), "server")
    if role == parent == "work":
        role = "child"
    yield Process(pid, role)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
        yield from family(int(child), role)
