"""Texts that are poison to a worker: what a word in a text does to the process that parses it.

The parser has no such fault, so each is brought into the real worker's process, around its parser, as the program
starts: `sitecustomize` on the interpreter's path calls ``arm``.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import re
import resource
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from turnstream.models import Extracted, Parsed

#: Where `arm` is called from, and the folder that poisons may look for files in.
PLUG = "from tests.acceptance.poisons import arm\n\narm()\n"
PLACE = "POISONS_PLACE"


def segfault() -> None:
    ctypes.string_at(0)


def eat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(1 << 20))


def loop() -> None:
    while True:
        pass


def match() -> None:
    """A regular expression that takes for ever; it looks for signals now and then."""
    re.fullmatch("(a|aa)+b", "a" * 100)


def loop_in_c() -> None:
    """A loop in which no exception can be raised, and no other thread can run."""
    deque(itertools.repeat(None), maxlen=0)


def leave() -> None:
    os._exit(3)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work() -> None:
    """An innocent that takes some seconds, until it may end."""
    place = Path(os.environ[PLACE])
    (place / f"working-{os.getpid()}").touch()
    deadline = time.monotonic() + 60
    while not (place / "enough").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def need_memory() -> None:
    """An innocent that needs 64 MiB, on a machine that has none left for as long as a file is there."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    room = hard
    if (Path(os.environ[PLACE]) / "short").exists():
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        room = pages * resource.getpagesize() + (8 << 20)
    # It stays so when the parser has ended: the worker looks for itself whether the machine is short.
    resource.setrlimit(resource.RLIMIT_AS, (room, hard))
    bytearray(64 << 20)


#: What each word does to the process that parses it.
DEEDS: dict[str, Callable[[], None]] = {
    "segfaults": segfault,
    "eats-memory": eat,
    "loops": loop,
    "matches": match,
    "loops-in-c": loop_in_c,
    "leaves": leave,
    "is-killed": be_killed,
    "works": work,
    "needs-memory": need_memory,
}


def poison(word: str, number: int = 0) -> bytes:
    """Return a transcript that does what a word says."""
    return f"Anna: Good morning, number {number}.\nBen: Poison [{word}].\n".encode()


def arm() -> None:
    """Bring the poisons into this process if it is a worker."""
    if "work" not in sys.orig_argv:
        return
    from turnstream import pipeline

    parse = vars(pipeline)["parse"]

    def poisoned(document: Extracted) -> Parsed:
        for word, deed in DEEDS.items():
            if f"[{word}]" in document.canonical:
                deed()
        parsed: Parsed = parse(document)
        return parsed

    vars(pipeline)["parse"] = poisoned
