"""The loop: make a text up, break it, check it; keep what breaks something, cut down to what is needed for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.check import BrokenError, Check
from tests.fuzz.mutate import MOST, mutated, written
from tests.invented import transcript

#: Kinds of fault after which a campaign has said enough.
_ENOUGH = 10
#: Tries to make a finding smaller, and seconds.
_CUTS, _CUTTING_S = 400, 10.0
#: One input in so many is timed, which takes ten times as long as all else.
_TIMED_IN = 4
_STRICT = Check()
#: Texts that are kept to be changed further.
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that breaks something."""

    raw: bytes
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.detail or self.kind}\n    {self.raw[:300]!r}"


@dataclass(slots=True)
class Campaign:
    """How many inputs were tried, and what was found."""

    seed: int
    tried: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, raw: bytes, check: Check, *, timed: bool) -> None:
        """Try an input; keep it if it breaks what none before it broke."""
        self.tried += 1
        fault = check.fault(raw, timed=timed)
        if fault and fault.kind not in {finding.kind for finding in self.findings}:
            self.findings.append(_finding(raw, fault, check))

    def __str__(self) -> str:
        head = f"seed {self.seed}: {self.tried} inputs, {len(self.findings)} findings"
        return "\n".join((head, *(f"  {finding}" for finding in self.findings)))


def campaign_of(make: Callable[[Random], bytes], seconds: float, seed: int, check: Check = _STRICT) -> Campaign:
    """Try documents of one format for so long (clock time), as ``make`` makes and breaks them; each in time."""
    chance, done = Random(seed), Campaign(seed)
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(done.findings) < _ENOUGH:
        done.add(make(chance), check, timed=False)
    return done


def campaign(
    seconds: float, seed: int, texts: Sequence[str] = (), check: Check = _STRICT, enough: int = _ENOUGH
) -> Campaign:
    """Try inputs for so long (clock time); ``texts`` are broken as invented ones are."""
    chance = Random(seed)
    done = Campaign(seed)
    pool = [text[:MOST] for text in texts]
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(done.findings) < enough:
        text = chance.choice(pool) if pool and chance.randint(0, 2) else transcript(chance)
        if chance.randint(0, 5):
            text = mutated(chance, text)
        if chance.randint(0, 9) == 0:
            _keep(chance, pool, text)
        raw = written(chance, text)
        done.add(raw, check, timed=done.tried % _TIMED_IN == 0)
    return done


def shrunk(raw: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """A part of an input that still fails: halves are left out, then quarters, and so on."""
    cuts, size = 0, len(raw) // 2
    until = time.monotonic() + _CUTTING_S
    while size and cuts < _CUTS:
        at = 0
        while at < len(raw) and cuts < _CUTS and time.monotonic() < until:
            smaller = raw[:at] + raw[at + size :]
            cuts += 1
            if fails(smaller):
                raw = smaller
            else:
                at += size
        size //= 2
    return raw


def _finding(raw: bytes, fault: BrokenError, check: Check) -> Finding:
    """An input and what it breaks, cut down to what is needed for it."""
    timed = check.fault(raw, timed=False) is None

    def fails(part: bytes) -> bool:
        found = check.fault(part, timed=timed)
        return found is not None and found.kind == fault.kind

    small = shrunk(raw, fails)
    return Finding(small, fault.kind, str(check.fault(small, timed=timed) or fault))


def _keep(chance: Random, pool: list[str], text: str) -> None:
    if len(pool) < _KEPT:
        pool.append(text)
    else:
        pool[chance.randint(0, _KEPT - 1)] = text
