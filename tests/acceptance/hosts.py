"""Three hosts on one machine, in namespaces of their own: network, host name, mounts."""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Host:
    """A host: its name, its address, and the wire's end that can be pulled."""

    name: str
    address: str
    plug: str

    def within(self, bind: tuple[Path, Path] | None = None) -> tuple[str, ...]:
        """Return the words before a command that runs on it, with a folder bound to another path if asked for."""
        source, target = (shlex.quote(str(folder)) for folder in bind) if bind else ("", "")
        mount = f"mkdir -p {target} && mount --bind {source} {target} && " if bind else ""
        script = f'hostname {self.name} && {mount}exec "$@"'
        return ("ip", "netns", "exec", self.name, "unshare", "--uts", "--mount", "sh", "-c", script, "sh")

    def pull(self) -> None:
        """Cut it off: nothing is refused, nothing answers."""
        _ip("link", "set", self.plug, "down")

    def plug_in(self) -> None:
        """Heal it."""
        _ip("link", "set", self.plug, "up")


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """Make hosts on a wire of their own, and take all of it away whatever happens."""
    mark = secrets.token_hex(2)
    bridge = f"ts{mark}"
    made = [Host(f"ts{mark}-{number}", f"10.99.0.{number}", f"ts{mark}p{number}") for number in range(1, count + 1)]
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("link", "set", bridge, "up")
        for host in made:
            _ip("netns", "add", host.name)
            _ip("link", "add", host.plug, "type", "veth", "peer", "name", "eth0", "netns", host.name)
            _ip("link", "set", host.plug, "master", bridge, "up")
            for words in (
                ("link", "set", "lo", "up"),
                ("addr", "add", f"{host.address}/24", "dev", "eth0"),
                ("link", "set", "eth0", "up"),
            ):
                _ip("-n", host.name, *words)
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            for host in made:
                _ip("netns", "del", host.name)
            _ip("link", "del", bridge)


def _ip(*words: str) -> None:
    program = shutil.which("ip", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    assert program
    subprocess.run([program, *words], check=True, capture_output=True)
