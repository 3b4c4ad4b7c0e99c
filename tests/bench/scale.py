"""How much each scenario does: repetitions, and documents of one of them."""

from __future__ import annotations

from typing import NamedTuple


class Scale(NamedTuple):
    """Sizes of one run of the bench."""

    #: Repetitions, each in a new root; parts of what is too long to repeat.
    times: int
    #: Documents of a backlog; of one with one file a message.
    documents: int
    alone: int
    #: Documents dropped one at a time: by rename or written; where only the sweep finds them.
    drops: int
    swept: int
    #: Seconds that a rate is held, and that an idle system is watched.
    held_s: float
    idle_s: float
    #: MB (10^6 bytes) of single documents, rising; the last also as small documents.
    sizes_mb: tuple[float, ...]
    #: Bytes of the texts that are read by themselves, and of the talk in every format.
    texts: tuple[int, ...]
    talk: int
    #: Documents in the ledger; files that wait at the start; and the same of the two giants.
    remembered: int
    waiting: int
    remembered_giant: int
    waiting_giant: int
    #: Seconds that each part of the giant backlog is watched.
    watched_s: float


FULL = Scale(
    times=5,
    documents=20_000,
    alone=4_000,
    drops=100,
    swept=10,
    held_s=6,
    idle_s=12,
    sizes_mb=(1, 10, 50),
    texts=(1_000, 10_000, 100_000, 1_000_000, 5_000_000, 20_000_000),
    talk=2_000_000,
    remembered=1_000_000,
    waiting=10_000,
    remembered_giant=10_000_000,
    waiting_giant=1_000_000,
    watched_s=12,
)
QUICK = FULL._replace(
    times=3,
    documents=5_000,
    alone=1_000,
    drops=40,
    swept=5,
    held_s=3,
    idle_s=5,
    sizes_mb=(1, 10),
    texts=FULL.texts[:4],
    talk=500_000,
    remembered=100_000,
    waiting=5_000,
)
