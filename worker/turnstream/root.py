"""The data root: its folders, its identity, and whether a file system can keep the promise."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import orjson

from turnstream.durable import sync_folder, write_durably
from turnstream.errors import BadConfiguration

#: Folders that a file is renamed between: they must share a file system.
MOVING = ("drop", "archive", "duplicates", "quarantine")
FOLDERS = (*MOVING, "journal", "state")


@dataclass(frozen=True, slots=True)
class RootState:
    """Content of ``state/root.json``: who this root is and which ledger it knows."""

    root_id: str
    epoch: str | None


@dataclass(frozen=True, slots=True)
class Root:
    """A data root that exists; use ``prepare`` to make one."""

    path: Path

    @property
    def drop(self) -> Path:
        """Where droppers put files."""
        return self.path / "drop"

    @property
    def quarantine(self) -> Path:
        """Where rejected files go."""
        return self.path / "quarantine"

    @property
    def state_file(self) -> Path:
        """Identity of the root and epoch of its ledger."""
        return self.path / "state" / "root.json"

    def state(self) -> RootState:
        """Read the root's identity.

        Raises:
            BadConfiguration: the root was never prepared, or its identity is unreadable.

        """
        try:
            return RootState(**orjson.loads(self.state_file.read_bytes()))
        except FileNotFoundError as error:
            raise BadConfiguration(f"{self.path} is no data root yet: start `turnstream run` or `watch`") from error
        except (OSError, TypeError, orjson.JSONDecodeError) as error:
            raise BadConfiguration(f"{self.state_file} cannot be read: {error}") from error

    def remember_epoch(self, epoch: str) -> None:
        """Write down which ledger this root knows, durably."""
        state = self.state()
        write_durably(self.state_file, orjson.dumps({"root_id": state.root_id, "epoch": epoch}))


def prepare(path: Path) -> Root:
    """Make the folders of a root where they are missing and test them.

    Raises:
        BadConfiguration: a folder cannot be made or written, the folders lie on several
            file systems, or the file system cannot rename.

    """
    root = Root(path)
    try:
        for name in FOLDERS:
            (path / name).mkdir(parents=True, exist_ok=True)
        _test_renames(path)
        if not root.state_file.exists():
            _begin(root)
    except OSError as error:
        raise BadConfiguration(f"the data root {path} cannot be used: {error}") from error
    root.state()
    return root


def _begin(root: Root) -> None:
    identity = orjson.dumps({"root_id": secrets.token_hex(8), "epoch": None})
    temporary = root.state_file.with_name(f".root.{secrets.token_hex(4)}.tmp")
    write_durably(temporary, identity)
    # link(2) fails where rename(2) would replace: of two that begin at once, one wins.
    with contextlib.suppress(FileExistsError):
        os.link(temporary, root.state_file)
    temporary.unlink()
    sync_folder(root.state_file.parent)


def _test_renames(path: Path) -> None:
    devices = {name: (path / name).stat().st_dev for name in MOVING}
    if len(set(devices.values())) > 1:
        raise BadConfiguration(f"drop, archive, duplicates and quarantine of {path} must lie on one file system")
    probe = path / "state" / f".rename-{secrets.token_hex(4)}.tmp"
    for name in MOVING:
        inside = path / name / probe.name
        inside.touch()
        target = inside.with_name(inside.name + "2.tmp")
        try:
            inside.rename(target)
        finally:
            inside.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
