"""Hosts on one machine: each has a name, a network and a mount of its own; cables can be cut.

A host is a process that waits in namespaces of its own; what is to run on it enters
them.  Network devices are made inside of them only.  The kernel removes everything with
the last process in it, and the waiting ones end with the test: nothing is ever left.
The cables lead to a bridge, which is a host as well.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import orjson

from tests.acceptance.harness import until

#: Addresses that exist on these hosts only.
_ADDRESS = "10.231.7.{}"
_NAMESPACES = ("net", "uts", "mnt")


class Cut(Enum):
    """What is done to a host's cable."""

    SILENT = "everything is lost without a word"
    REPLIES = "what it sends arrives, what is sent to it is lost"
    UNPLUGGED = "its network card knows that there is no cable"


@dataclass(frozen=True)
class Host:
    """One host: what it is called, where it is reached, where it sees the shared folder."""

    name: str
    address: str
    process: subprocess.Popen[bytes]
    share: Path

    @property
    def within(self) -> tuple[str, ...]:
        """The command that runs another one on this host."""
        return ("nsenter", f"--target={self.process.pid}", "--net", "--uts", "--mount")

    def run(self, *command: str | Path) -> str:
        """Run a command on this host and return its output."""
        done = subprocess.run([*self.within, *command], capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout


class Network:
    """Some hosts that share a folder, and the bridge between them."""

    def __init__(self, base: Path, share: Path, names: tuple[str, ...]) -> None:
        self._stack = ExitStack()
        self._share = share
        self.hosts: dict[str, Host] = {}
        try:
            self.bridge = self._host("bridge", "", base)
            self.bridge.run("ip", "link", "add", "bridge", "type", "bridge")
            self.bridge.run("ip", "link", "set", "bridge", "up")
            for number, name in enumerate(names, 1):
                self.hosts[name] = self._host(name, _ADDRESS.format(number), base)
                self._plug(self.hosts[name])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End all hosts; what still runs on them keeps them."""
        self._stack.close()

    @contextmanager
    def cut(self, how: Cut, *names: str) -> Iterator[None]:
        """Cut hosts off for a while."""
        for name in names:
            self._cut(how, name)
        try:
            yield
        finally:
            for name in names:
                self._heal(how, name)

    def _host(self, name: str, address: str, base: Path) -> Host:
        share = base / name / self._share.name
        share.mkdir(parents=True)
        # It reads a pipe that nobody writes to, and that ends with us.
        process = subprocess.Popen(
            ["unshare", "--net", "--uts", "--mount", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        self._stack.enter_context(process)
        until(lambda: _is_apart(process.pid), f"{name} is a host of its own", 20)
        host = Host(name, address, process, share)
        host.run("hostname", name)
        host.run("mount", "--bind", self._share, share)
        host.run("ip", "link", "set", "lo", "up")
        return host

    def _plug(self, host: Host) -> None:
        there = ("netns", str(host.process.pid))
        self.bridge.run("ip", "link", "add", host.name, "type", "veth", "peer", "name", "eth0", *there)
        self.bridge.run("ip", "link", "set", host.name, "master", "bridge", "up")
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")

    def _cut(self, how: Cut, name: str) -> None:
        if how is Cut.SILENT:
            self.bridge.run("bridge", "link", "set", "dev", name, "state", "disabled")
        elif how is Cut.UNPLUGGED:
            self.bridge.run("ip", "link", "set", name, "down")
        else:
            # Frames to it are for the bridge itself, which has no use for them.
            self.bridge.run("bridge", "fdb", "replace", self._card(name), "dev", name, "master", "permanent")

    def _heal(self, how: Cut, name: str) -> None:
        if how is Cut.SILENT:
            self.bridge.run("bridge", "link", "set", "dev", name, "state", "forwarding")
        elif how is Cut.UNPLUGGED:
            self.bridge.run("ip", "link", "set", name, "up")
        else:
            self.bridge.run("bridge", "fdb", "del", self._card(name), "dev", name, "master")

    def _card(self, name: str) -> str:
        (card,) = orjson.loads(self.hosts[name].run("ip", "-json", "link", "show", "eth0"))
        return str(card["address"])


def _is_apart(pid: int) -> bool:
    """Whether a process has left our namespaces."""
    return all(_namespace(pid, kind) != _namespace(os.getpid(), kind) for kind in _NAMESPACES)


def _namespace(pid: int, kind: str) -> Path:
    return Path(f"/proc/{pid}/ns/{kind}").readlink()
