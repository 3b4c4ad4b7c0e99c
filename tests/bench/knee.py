"""Where latency bends as the rate rises: decided from what was measured at each rate.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.bench.figures import percentile

#: A latency bends above so many times the idle system's.
BENT = 5.0
#: Share of the rate asked for that must come about, and of what came in the second half that must have left by its end.
KEPT, WORKED_OFF = 0.95, 0.95


class Step(NamedTuple):
    """One rate that was held: files a second asked for and come about, and what became of them.

    ``worked_off`` is what was published in the second half as a share of what was dropped in it: below 1 the backlog
    grows.
    """

    rate: float
    reached: float
    latencies_ms: tuple[float, ...]
    worked_off: float

    @property
    def p99_ms(self) -> float:
        """The latency that one file in a hundred exceeds."""
        return percentile(self.latencies_ms, 99)

    @property
    def was_kept(self) -> bool:
        """Whether files were dropped as fast as they were to be: if not, it says nothing about this rate."""
        return self.reached >= self.rate * KEPT

    def bends(self, idle_p99_ms: float) -> bool:
        """Whether it is beyond the knee of a system with this latency at idle."""
        return self.p99_ms > BENT * idle_p99_ms or self.worked_off < WORKED_OFF


class Rise(NamedTuple):
    """The last step before the knee, ``None`` where the lowest rate is beyond it, and the first that was not passed."""

    knee: Step | None
    beyond: Step | None


def rise(rates: Iterable[float], hold: Callable[[float], Step], idle_p99_ms: float) -> Rise:
    """Hold one rate after the other until latency bends, or the rate cannot be kept, twice at the same one."""
    last: Step | None = None
    for rate in rates:
        # A machine may hiccup once.
        for _ in range(2):
            step = hold(rate)
            if step.was_kept and not step.bends(idle_p99_ms):
                break
        else:
            return Rise(last, step)
        last = step
    return Rise(last, None)


def made_of(rate: float, dropped: list[float], arrived: list[float]) -> Step:
    """Return the step of files that were dropped, in this order, and arrived at these times (s)."""
    count, began = len(dropped), dropped[0]
    ended = began + count / rate
    half = began + (ended - began) / 2
    late = sum(half <= at for at in dropped)
    left = sum(half <= at < max(ended, dropped[-1]) for at in arrived)
    return Step(
        rate,
        (count - 1) / (dropped[-1] - began),
        tuple((to - since) * 1000 for since, to in zip(dropped, arrived, strict=True)),
        left / late,
    )
