"""Each kind of fault, done and undone.  A fault is a function of the services and dice of its own."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import redis

from tests.acceptance.harness import is_alive
from tests.torture.dropper import Dropper
from tests.torture.services import Services
from turnstream.crashpoint import POINTS

IS_ROOT = os.geteuid() == 0


@dataclass
class Scene:
    """Who suffers."""

    services: Services
    dropper: Dropper
    kills: int = 0

    @property
    def root(self) -> Path:
        return self.services.run.root

    def kill(self, pid: int | None) -> None:
        """Send SIGKILL, and count it."""
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1


Fault = Callable[[Scene, random.Random], None]
FAULTS: dict[str, Fault] = {}
#: Faults that need root, with the reason that is told where there is none.
NEED_ROOT: dict[str, str] = {}
_WEIGHTS: dict[str, int] = {}


def _fault(weight: int = 2, need_root: str = "") -> Callable[[Fault], Fault]:
    def add(fault: Fault) -> Fault:
        name = fault.__name__.replace("_", " ")
        FAULTS[name], _WEIGHTS[name] = fault, weight
        if need_root:
            NEED_ROOT[name] = need_root
        return fault

    return add


def kinds_here(*, root: bool = IS_ROOT) -> list[str]:
    """Return the names of the faults that can be done here, each as often as it weighs.

    Args:
        root: false leaves out what needs root, and what only an immutable flag can do to root.

    """
    hard = {*NEED_ROOT, *(("folder refuses",) if IS_ROOT else ())}
    return [name for name, weight in _WEIGHTS.items() if root or name not in hard for _ in range(weight)]


# --- processes ---


@_fault(8)
def kill_watcher(scene: Scene, dice: random.Random) -> None:
    scene.kill(scene.services.pid_of("watch"))


@_fault(8)
def kill_worker(scene: Scene, dice: random.Random) -> None:
    scene.kill(scene.services.pid_of("work"))


@_fault(10)
def kill_child(scene: Scene, dice: random.Random) -> None:
    children = scene.services.children()
    scene.kill(dice.choice(children) if children else None)


@_fault(5)
def kill_server(scene: Scene, dice: random.Random) -> None:
    scene.services.server.kill()
    scene.kills += 1
    time.sleep(dice.choice((0, 0, 0.2, 1.0, 2.0)))
    scene.services.server.start()


@_fault(2)
def kill_everything(scene: Scene, dice: random.Random) -> None:
    scene.services.restart()
    scene.kills += 1


@_fault(2)
def two_at_once(scene: Scene, dice: random.Random) -> None:
    scene.kill(scene.services.pid_of(dice.choice(("watch", "work"))))
    kill_server(scene, dice)


@_fault(6)
def stand_still(scene: Scene, dice: random.Random) -> None:
    server = scene.services.server.process
    assert server
    choices = [scene.services.pid_of("watch"), scene.services.pid_of("work"), *scene.services.children(), server.pid]
    pid = dice.choice(choices)
    if pid is None or not is_alive(pid):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    time.sleep(dice.uniform(0.1, 2.5))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


@_fault(3)
def die_at_a_crash_point(scene: Scene, dice: random.Random) -> None:
    """For some seconds every pool process dies at the n-th passing of a point."""
    scene.services.restart(TURNSTREAM_CRASH_AT=f"{dice.choice(POINTS)}:{dice.randrange(20, 300)}")
    scene.kills += 1
    time.sleep(dice.uniform(3, 5))
    scene.services.restart()
    scene.kills += 1


# --- the server's data, and the queue ---


@_fault(4)
def lose_unsynced_bytes(scene: Scene, dice: random.Random) -> None:
    """Cut the server's file anywhere behind what was acknowledged, as a power cut may."""
    services = scene.services
    services.proxy.mute()
    # From here on no answer reaches anybody: what is written behind this size is acknowledged to nobody.
    time.sleep(0.01)
    log = services.server.log()
    size = log.stat().st_size
    time.sleep(dice.uniform(0.01, 0.2))
    services.server.kill()
    scene.kills += 1
    if services.server.log() == log:
        os.truncate(log, dice.randint(size, log.stat().st_size))
    services.proxy.cut()
    services.proxy.speak()
    services.server.start()


@_fault(3)
def lose_messages(scene: Scene, dice: random.Random) -> None:
    with contextlib.suppress(redis.RedisError), scene.services.server.client() as client:
        what = dice.choice(("one", "queue", "all", "reports"))
        if what == "one":
            client.lpop("turnstream:q:ingest")
        elif what == "queue":
            client.delete("turnstream:q:ingest")
        elif what == "reports":
            client.delete("turnstream:reports", "turnstream:deferred")
        else:
            client.delete(*client.scan_iter("turnstream:q:*"), "turnstream:alive")


@_fault(3)
def fill_memory(scene: Scene, dice: random.Random) -> None:
    with contextlib.suppress(redis.RedisError), scene.services.server.client() as client:
        client.config_set("maxmemory", str(int(client.info("memory")["used_memory"]) + dice.choice((0, 100_000))))
        time.sleep(dice.uniform(0.3, 2.0))
        client.config_set("maxmemory", "0")


# --- the wire ---


@_fault(5)
def cut_connections(scene: Scene, dice: random.Random) -> None:
    scene.services.proxy.cut()


@_fault(2)
def refuse_connections(scene: Scene, dice: random.Random) -> None:
    scene.services.proxy.refusing = True
    scene.services.proxy.cut()
    time.sleep(dice.uniform(0.3, 4))
    scene.services.proxy.refusing = False


@_fault(3)
def slow_wire(scene: Scene, dice: random.Random) -> None:
    scene.services.proxy.delay = dice.uniform(0.01, 0.3)
    time.sleep(dice.uniform(0.3, 2))
    scene.services.proxy.delay = 0.0


@_fault(3)
def lose_answers(scene: Scene, dice: random.Random) -> None:
    """The server does what it is asked, and who asked never hears of it."""
    scene.services.proxy.mute()
    time.sleep(dice.uniform(0.01, 0.3))
    scene.services.proxy.cut()
    scene.services.proxy.speak()


# --- clock, events, folders ---


@_fault(2)
def clock_jumps(scene: Scene, dice: random.Random) -> None:
    scene.services.clock.write_text(str(dice.choice((-86400, -3600, -5, 5, 3600, 86400))))
    time.sleep(dice.uniform(0.5, 2))
    scene.services.clock.write_text("0")


@_fault(2)
def events_overflow(scene: Scene, dice: random.Random) -> None:
    watcher = scene.services.pid_of("watch")
    if watcher is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(watcher, signal.SIGSTOP)
    # Three events each, and the kernel keeps 16,384.
    noise = scene.root / "drop" / ".noise"
    for _ in range(6000):
        os.close(os.open(noise, os.O_CREAT | os.O_WRONLY))
        noise.unlink()
    time.sleep(0.3)
    with contextlib.suppress(ProcessLookupError):
        os.kill(watcher, signal.SIGCONT)


@_fault(2)
def drop_folder_replaced(scene: Scene, dice: random.Random) -> None:
    with scene.dropper.pause:
        drop, away = scene.root / "drop", scene.root / "drop that is away"
        drop.rename(away)
        drop.mkdir()
        time.sleep(dice.uniform(0.1, 2))
        shutil.rmtree(drop)
        away.rename(drop)


@_fault(2, "mounts need root")
def drop_folder_mounted_over(scene: Scene, dice: random.Random) -> None:
    drop = scene.root / "drop"
    with scene.dropper.pause:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "torture", drop], check=True)
        try:
            time.sleep(dice.uniform(0.1, 2))
        finally:
            subprocess.run(["umount", "--lazy", drop], check=True)


@_fault(3, "a small file system needs a mount, and mounts need root")
def disk_full(scene: Scene, dice: random.Random) -> None:
    ballast = scene.root / "state" / "ballast"
    with scene.dropper.pause:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * (1 << 20)):
                pass
        with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
            while file.write(b"\0" * 4096):
                pass
        time.sleep(dice.uniform(0.3, 2))
        ballast.unlink()


@_fault(4)
def folder_refuses(scene: Scene, dice: random.Random) -> None:
    day = f"archive/{datetime.now(UTC):%Y-%m-%d}"
    folder = scene.root / dice.choice(("archive", day, "duplicates", "quarantine", "journal", "drop"))
    if not folder.exists():
        return
    with scene.dropper.pause if folder.name == "drop" else contextlib.nullcontext(), _refusing(folder):
        time.sleep(dice.uniform(0.3, 2))


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    """Let nothing be made in, or taken out of, a folder; no permission holds root back, only an immutable flag."""
    mode = folder.stat().st_mode & 0o7777
    if IS_ROOT:
        subprocess.run(["chattr", "+i", folder], check=True)
    else:
        folder.chmod(0o555)
    try:
        yield
    finally:
        if IS_ROOT:
            subprocess.run(["chattr", "-i", folder], check=True)
        else:
            folder.chmod(mode)
