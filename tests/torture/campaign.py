"""A campaign: documents and faults of one seed, a time to heal, and the verdict."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import orjson

from tests.torture import plan
from tests.torture.difference import WRONG, tell_difference
from tests.torture.dropper import Dropper
from tests.torture.faults import FAULTS, IS_ROOT, NEED_ROOT, Scene, kinds_here
from tests.torture.services import Services
from turnstream.errors import BadConfiguration

#: Seconds without progress after which what lies in drop/ counts as stuck; of a broken build fewer will do.
PATIENCE, PATIENCE_IF_BROKEN = 90.0, 20.0
#: Documents for each fault, if not said.
DOCUMENTS_PER_FAULT = 100


@dataclass(frozen=True)
class Order:
    """What is to be done: so many faults of these kinds, so many files, all from one seed.

    ``broken`` is what is broken on purpose, see `broken.py`; ``mounts`` puts the data root on a
    small file system of its own.
    """

    seed: int
    faults: int
    documents: int
    kinds: Sequence[str] = field(default_factory=kinds_here)
    broken: str = ""
    mounts: bool = IS_ROOT


def torture(order: Order, out: TextIO = sys.stdout) -> int:
    """Torture; return 0 if nothing was lost, doubled or stuck, else 1 with the first difference told."""
    base = Path(tempfile.mkdtemp(prefix=f"torture-{order.seed}-"))
    say = Say(out)
    say(f"seed {order.seed}: {order.faults} faults, {order.documents:,} documents")
    if left_out := [f"{name} ({why})" for name, why in NEED_ROOT.items() if name not in order.kinds]:
        say(f"left out: {'; '.join(left_out)}")
    try:
        with _small_file_system(base) if order.mounts else contextlib.nullcontext():
            return _verdict(base, order, say)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _verdict(base: Path, order: Order, say: Say) -> int:
    (base / "root").mkdir()
    began = time.monotonic()
    done = _run(base, order, say)
    told = _verified(base)
    told["stuck"] += done["stuck"]
    told["wrong"] += done["wrong"]
    counts = ", ".join(f"{name} {number}" for name, number in sorted(done["faults"].items()))
    say(
        f"seed {order.seed}  faults {sum(done['faults'].values())} ({done['kills']} SIGKILLs; {counts})  "
        f"documents {done['documents']:,}  lost {len(told['lost'])} doubled {len(told['doubled'])} "
        f"stuck {len(told['stuck'])}  ({time.monotonic() - began:.0f} s, {done['restarts']} restarts, "
        f"{told['hidden']} hidden leftovers)"
    )
    if not any(told[kind] for kind in WRONG):
        return 0
    tell_difference(base, told, say)
    kept = base.with_name(base.name + "-kept")
    shutil.copytree(base, kept, symlinks=True, ignore=lambda _, names: [n for n in names if n.startswith("server")])
    say(f"all of it is in {kept}; again: make torture FAULTS={order.faults} SEED={order.seed}")
    return 1


class Say:
    """Writes lines at once."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __call__(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()


@contextlib.contextmanager
def _small_file_system(base: Path) -> Iterator[None]:
    """Put the data root on a file system of its own, that can be filled."""
    # The folder beside it too, as droppers move in from there.
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500m", "torture", base], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", base], check=True)


def _run(base: Path, order: Order, say: Say) -> dict[str, Any]:
    environment = {"TORTURE_BREAK": order.broken} if order.broken else {}
    services = Services(base, environment)
    strikes = list(plan.strikes(order.seed, order.faults, order.kinds))
    seconds = strikes[-1].at if strikes else order.documents / DOCUMENTS_PER_FAULT
    drops = plan.drops(order.seed, seconds, order.documents)
    began = time.monotonic()
    dropper = Dropper(services.run.root, base / "inputs.jsonl", drops, began, order.seed)
    scene = Scene(services, dropper)
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    with (base / "faults.jsonl").open("w") as log:
        dropper.start()
        for strike in strikes:
            # Faults that took longer than planned put off the next: the order stays that of the seed.
            time.sleep(max(began + strike.at - time.monotonic(), 0))
            line = {"at": time.time(), "after_s": round(time.monotonic() - began, 3), "fault": strike.kind}
            log.write(json.dumps(line) + "\n")
            log.flush()
            FAULTS[strike.kind](scene, strike.dice)
            counts[strike.kind] += 1
            if not services.is_running():
                code = services.run.process.returncode if services.run.process else None
                # One that just starts may refuse a root whose folders refuse it; its supervisor starts it again.
                wrong += [] if code == BadConfiguration.exit_code else [f"`run` ended with {code} after {strike.kind}"]
                services.restart()
            if sum(counts.values()) % 50 == 0:
                say(f"  {time.monotonic() - began:.0f} s: {sum(counts.values())} faults, {dropper.dropped:,} documents")
    dropper.join()
    if dropper.error is not None:
        raise dropper.error
    services.heal()
    stuck = _drain(services, PATIENCE_IF_BROKEN if order.broken else PATIENCE)
    with (base / "stream.jsonl").open("wb") as dump:
        for entry, fields in services.entries():
            data = orjson.loads(fields[b"data"])
            told = {"entry": entry.decode(), "id": data["id"], "title": data["data"]["title"]}
            dump.write(orjson.dumps(told) + b"\n")
    held = _holds_after(services, 8.0)
    left = services.stop()
    wrong += [f"a worker still holds {held}"] if held else []
    wrong += [f"process {pid} is left" for pid in left]
    wrong += _not_json(services.run.log)
    # A watcher or worker that starts while a folder refuses says so in a sentence, and is started again.
    said = [line for line in services.run.errors.read_text().splitlines() if "the data root" not in line]
    wrong += [f"on stderr: {line!r}" for line in said[:3]]
    return {
        "faults": counts,
        "kills": scene.kills,
        "documents": dropper.dropped,
        "restarts": services.restarts,
        "stuck": stuck,
        "wrong": wrong,
    }


def _drain(services: Services, patience: float) -> list[str]:
    """Wait until drop/ is empty; return what stays for long without any progress."""
    last, since = -1, time.monotonic()
    while True:
        left = [path for path in (services.run.root / "drop").rglob("*") if path.is_file() and path.name[0] != "."]
        if not left:
            return []
        if len(left) != last:
            last, since = len(left), time.monotonic()
        if time.monotonic() - since > patience:
            return [f"{path.relative_to(services.run.root)} stays" for path in left[:20]]
        time.sleep(0.2)


def _holds_after(services: Services, seconds: float) -> list[Any]:
    deadline = time.monotonic() + seconds
    while (held := services.holds()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return held


def _not_json(log: Path) -> list[str]:
    wrong = []
    for line in log.read_bytes().splitlines():
        try:
            orjson.loads(line)
        except ValueError:
            wrong.append(f"a line of the log is no JSON: {line[:200]!r}")
    # A process killed in the middle of a line leaves a part of it, and the next line follows it.
    return wrong[50:]


def _verified(base: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.verifier", str(base)], capture_output=True, check=True, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
