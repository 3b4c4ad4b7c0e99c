"""``bare FOLDER OUT``: our function and nothing around it, a process per core: no peer, but the most that any could do.

Each process reads all files, and takes those whose content falls to it: so no two of them make one record.
"""

from __future__ import annotations

import time

BEGAN = time.monotonic()

import multiprocessing  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from hashlib import sha256  # noqa: E402
from pathlib import Path  # noqa: E402

from tests.bench.bound import event_of_bytes  # noqa: E402
from tests.bench.peers.told import tell  # noqa: E402
from turnstream.garbage import collect_seldom  # noqa: E402


def main(folder: str, out: str) -> None:
    cores = len(os.sched_getaffinity(0))
    Path(out).mkdir()
    context = multiprocessing.get_context("fork")
    workers = [
        context.Process(target=_work, args=(Path(folder), Path(out) / f"part-{number}", number, cores))
        for number in range(cores)
    ]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        sys.exit("a process failed")
    tell(BEGAN, began)


def _work(folder: Path, part: Path, number: int, cores: int) -> None:
    collect_seldom()
    seen = set[bytes]()
    with part.open("wb") as records:
        for file in sorted(folder.iterdir()):
            raw = file.read_bytes()
            digest = sha256(raw).digest()
            if int.from_bytes(digest[:8]) % cores == number and digest not in seen:
                seen.add(digest)
                records.write(event_of_bytes(raw, file.name, file.stat().st_mtime_ns) + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
