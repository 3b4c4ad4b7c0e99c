"""A campaign: documents and faults of one seed, a time to heal, and the verdict."""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import orjson

from tests.torture import plan
from tests.torture.difference import tell_difference
from tests.torture.dropper import Dropper, Pace
from tests.torture.faults import FAULTS, IS_ROOT, NEED_ROOT, NothingToHitError, Scene, kinds_here
from tests.torture.services import SETTINGS, Services
from tests.torture.verifier import WRONG
from turnstream.errors import BadConfiguration

#: Seconds without progress after which what lies in drop/ counts as stuck; of a broken build fewer will do.
PATIENCE, PATIENCE_IF_BROKEN = 90.0, 20.0
#: Seconds after which a worker that is idle shows no sign of life on a batch: the time to live of one, and some more.
HOLD_PATIENCE = 20.0
#: Documents for each fault, if not said.
DOCUMENTS_PER_FAULT = 100
#: Faults after which it is said how far we are.
SAID_EVERY = 50


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
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)

    def command(self) -> str:
        """Return the command that does it again."""
        words = ["python", "-m", "tests.torture", "--seed", str(self.seed), "--faults", str(self.faults)]
        words += ["--documents", str(self.documents)]
        words += [] if self.mounts else ["--portable"]
        words += ["--only", *self.kinds] if list(self.kinds) != kinds_here(root=self.mounts) else []
        words += ["--broken", self.broken] if self.broken else []
        others = dict(self.settings)
        if SETTINGS.items() <= others.items():
            others = {name: value for name, value in others.items() if name not in SETTINGS}
        else:
            words += ["--defaults"]
        words += ["--set", *(f"{name}={value}" for name, value in others.items())] if others else []
        return shlex.join(words)


@dataclass
class _Done:
    """What was done: faults by kind, those that found nothing to hit, and differences that were seen meanwhile."""

    faults: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    kills: int = 0
    documents: int = 0
    differences: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in WRONG})


def torture(order: Order, out: TextIO = sys.stdout) -> int:
    """Torture; return 0 if nothing was lost, doubled or stuck, else 1 with the first difference told."""
    base = Path(tempfile.mkdtemp(prefix=f"torture-{order.seed}-"))
    say = Say(out)
    say(f"seed {order.seed}: {order.faults} faults, {order.documents:,} documents; again: {order.command()}")
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
    for kind in WRONG:
        told[kind] += done.differences[kind]
    counts = ", ".join(f"{name} {number}" for name, number in sorted(done.faults.items()))
    say(
        f"seed {order.seed}  faults {done.faults.total()} ({done.kills} SIGKILLs; {counts})  "
        f"documents {done.documents:,}  lost {len(told['lost'])} doubled {len(told['doubled'])} "
        f"stuck {len(told['stuck'])}  ({time.monotonic() - began:.0f} s, {done.missed} faults found nothing to hit)"
    )
    if not any(told[kind] for kind in WRONG):
        return 0
    tell_difference(base, told, say)
    kept = base.with_name(base.name + "-kept")
    shutil.copytree(base, kept, symlinks=True, ignore=lambda _, names: [n for n in names if n.startswith("server")])
    say(f"all of it is in {kept}; again: {order.command()}")
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


def _run(base: Path, order: Order, say: Say) -> _Done:
    broken = {"TORTURE_BREAK": order.broken} if order.broken else {}
    services = Services(base, {**order.settings, **broken})
    seconds = order.faults * plan.FAULT_SECONDS or order.documents / DOCUMENTS_PER_FAULT
    pace = Pace(seconds, order.faults)
    drops = plan.drops(order.seed, seconds, order.documents)
    dropper = Dropper(services.run.root, base / "inputs.jsonl", drops, pace, order.seed)
    scene = Scene(services, dropper)
    done = _Done()
    dropper.start()
    _strike(order, scene, pace, done, say)
    dropper.join()
    if dropper.error is not None:
        raise dropper.error
    services.heal()
    wrong = done.differences["wrong"]
    done.differences["stuck"] = _drain(services, PATIENCE_IF_BROKEN if order.broken else PATIENCE)
    wrong += [f"a worker still holds {held}" for held in _holds_after(services, HOLD_PATIENCE)]
    if not order.broken:
        wrong += [f"{path.relative_to(base)} is left, though its time is over" for path in services.tidy(PATIENCE)]
    _write_stream(services, base / "stream.jsonl")
    code, left = services.stop()
    wrong += [f"`run` ended with {code} when it was asked to stop"] if code else []
    wrong += [f"process {pid} is left" for pid in left]
    # A process killed in the middle of a line, or a full disk, leaves a part of it, and the next line follows it.
    wrong += _not_json(services.run.log)[scene.kills + done.faults["disk full"] :]
    # A watcher or worker that starts while a folder refuses says so in a sentence, and is started again.
    said = [line for line in services.run.errors.read_text().splitlines() if not line.startswith("turnstream: ")]
    wrong += [f"on stderr: {line!r}" for line in said[:3]]
    done.kills, done.documents = scene.kills, dropper.dropped
    return done


def _strike(order: Order, scene: Scene, pace: Pace, done: _Done, say: Say) -> None:
    """Do all faults, one after the other: what one hits may still be recovering from the last one."""
    services = scene.services
    strikes = plan.strikes(order.seed, order.kinds)
    with (services.base / "faults.jsonl").open("w") as log:
        while pace.done < order.faults:
            strike = next(strikes)
            time.sleep(strike.pause)
            line = {"number": strike.number, "fault": strike.kind, "after_s": round(pace.wall(), 3), "at": time.time()}
            try:
                FAULTS[strike.kind](scene, strike.dice)
            except NothingToHitError as nothing:
                line["missed"] = str(nothing)
                done.missed += 1
            else:
                done.faults[strike.kind] += 1
                pace.done += 1
            log.write(json.dumps({**line, "until_s": round(pace.wall(), 3)}) + "\n")
            log.flush()
            done.differences["wrong"] += _mended(services, strike)
            if pace.done % SAID_EVERY == 0 and "missed" not in line:
                say(f"  {pace.wall():.0f} s: {pace.done} faults, {scene.dropper.dropped:,} documents")


def _mended(services: Services, strike: plan.Strike) -> list[str]:
    """Start again what a fault ended for good; return what should not have ended."""
    if services.is_running():
        return []
    code = services.run.process.returncode if services.run.process else None
    services.restart()
    # One that just starts may refuse a root whose folders refuse it; its supervisor starts it again.
    return [] if code == BadConfiguration.exit_code else [f"`run` ended with {code} in fault {strike}"]


def _write_stream(services: Services, dump: Path) -> None:
    with dump.open("wb") as file:
        for entry, fields in services.entries():
            data = orjson.loads(fields[b"data"])
            told = {name: data["data"][name] for name in ("title", "content_sha256", "source_sha256")}
            file.write(orjson.dumps({"entry": entry.decode(), "id": data["id"], **told}) + b"\n")


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
    return wrong


def _verified(base: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.verifier", str(base)], capture_output=True, check=True, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
