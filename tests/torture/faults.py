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

from tests.acceptance.harness import is_alive, stopped
from tests.torture.dropper import Dropper
from tests.torture.services import Services
from turnstream.crashpoint import POINTS

IS_ROOT = os.geteuid() == 0


class NothingToHitError(Exception):
    """What a fault is for was not there: it was not done, and does not count."""


@dataclass
class Scene:
    """Who suffers."""

    services: Services
    dropper: Dropper
    kills: int = 0

    @property
    def root(self) -> Path:
        return self.services.run.root

    def victim(self, name: str, dice: random.Random) -> int:
        """Return the process id of `watch`, of `work` or of one of its children (``child``).

        Raises:
            NothingToHitError: it is not alive.

        """
        services = self.services
        pids = services.children() if name == "child" else [services.pid_of(name)]
        alive = [pid for pid in pids if pid is not None and is_alive(pid)]
        if not alive:
            raise NothingToHitError(name)
        return dice.choice(alive)

    def kill(self, name: str, dice: random.Random) -> None:
        """Send SIGKILL, and count it."""
        try:
            os.kill(self.victim(name, dice), signal.SIGKILL)
        except ProcessLookupError as error:
            raise NothingToHitError(name) from error
        self.kills += 1

    def last(self, seconds: float, dice: random.Random) -> None:
        """Let a fault last; every other time a process dies in the middle of it."""
        first = dice.uniform(0, seconds)
        name = dice.choice(("watch", "work", "child", "", "", ""))
        time.sleep(first)
        if name:
            with contextlib.suppress(NothingToHitError):
                self.kill(name, dice)
        time.sleep(seconds - first)


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
    scene.kill("watch", dice)


@_fault(8)
def kill_worker(scene: Scene, dice: random.Random) -> None:
    scene.kill("work", dice)


@_fault(10)
def kill_child(scene: Scene, dice: random.Random) -> None:
    scene.kill("child", dice)


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
    scene.kill(dice.choice(("watch", "work", "child")), dice)
    kill_server(scene, dice)


@_fault(6)
def stand_still(scene: Scene, dice: random.Random) -> None:
    server = scene.services.server.process
    assert server
    name = dice.choice(("watch", "work", "child", "server"))
    with stopped([server.pid if name == "server" else scene.victim(name, dice)]):
        scene.last(dice.uniform(0.1, 2.5), dice)


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
    with scene.services.server.client() as client:
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
    with scene.services.server.client() as client:
        client.config_set("maxmemory", str(int(client.info("memory")["used_memory"]) + dice.choice((0, 100_000))))
        scene.last(dice.uniform(0.3, 2.0), dice)
        client.config_set("maxmemory", "0")


# --- the wire ---


@_fault(5)
def cut_connections(scene: Scene, dice: random.Random) -> None:
    scene.services.proxy.cut()


@_fault(2)
def refuse_connections(scene: Scene, dice: random.Random) -> None:
    scene.services.proxy.refusing = True
    scene.services.proxy.cut()
    scene.last(dice.uniform(0.3, 4), dice)
    scene.services.proxy.refusing = False


@_fault(3)
def slow_wire(scene: Scene, dice: random.Random) -> None:
    scene.services.proxy.delay = dice.uniform(0.01, 0.3)
    scene.last(dice.uniform(0.3, 2), dice)
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
    scene.last(dice.uniform(0.5, 2), dice)
    scene.services.clock.write_text("0")


@_fault(2)
def events_overflow(scene: Scene, dice: random.Random) -> None:
    events = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    noise = scene.root / "drop" / ".noise"
    with stopped([scene.victim("watch", dice)]):
        # Three events each at least.
        for _ in range(events // 3 + 500):
            os.close(os.open(noise, os.O_CREAT | os.O_WRONLY))
            noise.unlink()
        time.sleep(0.3)


@_fault(2)
def drop_folder_replaced(scene: Scene, dice: random.Random) -> None:
    with scene.dropper.pause:
        drop, away = scene.root / "drop", scene.root / "drop that is away"
        drop.rename(away)
        drop.mkdir()
        scene.last(dice.uniform(0.1, 2), dice)
        shutil.rmtree(drop)
        away.rename(drop)


@_fault(2, "mounts need root")
def drop_folder_mounted_over(scene: Scene, dice: random.Random) -> None:
    drop = scene.root / "drop"
    with scene.dropper.pause:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "torture", drop], check=True)
        try:
            scene.last(dice.uniform(0.1, 2), dice)
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
        scene.last(dice.uniform(0.3, 2), dice)
        ballast.unlink()
    # One that must write to disk what it acknowledges ends where it cannot.
    scene.services.server.require()


@_fault(4)
def folder_refuses(scene: Scene, dice: random.Random) -> None:
    day = f"archive/{datetime.now(UTC):%Y-%m-%d}"
    folder = scene.root / dice.choice(("archive", day, "duplicates", "quarantine", "journal", "drop"))
    if not folder.exists():
        raise NothingToHitError(folder.name)
    with scene.dropper.pause if folder.name == "drop" else contextlib.nullcontext(), _refusing(folder):
        scene.last(dice.uniform(0.3, 2), dice)


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
