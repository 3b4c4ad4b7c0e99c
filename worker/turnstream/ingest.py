"""`ingest`: copy files into ``drop/`` as a careful dropper would, and wait for their outcomes."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from turnstream import root as data_root
from turnstream.alive import living
from turnstream.connect import client, find_url
from turnstream.errors import NoServer, TransientError
from turnstream.identify import arrival_id
from turnstream.models import printable
from turnstream.naming import free_name, rename_exclusively
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.settings import Settings, child_environment
from turnstream.watch.scan import ignore_pattern

#: Seconds between looks at the journal.
_LOOK_SECONDS = 0.05
#: Seconds that a `run` of our own gets to come up, and to stop.
_START_SECONDS, _STOP_SECONDS = 60.0, 20.0


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that lies in ``drop/`` now."""

    source: Path
    path: str
    arrival_id: str


def ingest(paths: Iterable[Path], settings: Settings, config: Path | None, *, as_json: bool) -> int:
    """Bring files in and print what became of each; return 1 if any was rejected.

    Raises:
        NoServer: nothing runs for this root and nothing could be started.
        BadConfiguration: the root cannot be used.

    """
    root = data_root.prepare(settings.root)
    wanted = list(_files(paths, settings))
    with _running(settings, config):
        journal = _Journal(root)
        copied = {item.arrival_id: item for item in (_copy(file, name, root) for file, name in wanted)}
        return _wait(copied, journal, as_json=as_json)


def _wait(copied: dict[str, Copied], journal: _Journal, *, as_json: bool) -> int:
    failed = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("ingesting", total=len(copied))
        while copied:
            for line in journal.new_lines():
                item = copied.get(line["arrival_id"])
                if item is None or (line["to"] is not None and not os.path.lexists(journal.root.path / line["to"])):
                    continue
                del copied[item.arrival_id]
                progress.advance(task)
                failed |= line["outcome"] == "rejected"
                click.echo(_line(item, line, as_json=as_json))
            time.sleep(_LOOK_SECONDS if copied else 0)
    return int(failed)


def _line(item: Copied, line: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        names = ("outcome", "arrival_id", "document_id", "entry_id", "to", "reason", "detail")
        return orjson.dumps({"file": printable(str(item.source)), **{name: line[name] for name in names}}).decode()
    what = line["document_id"] if line["outcome"] != "rejected" else f"{line['reason']}: {line['detail']}"
    return f"{line['outcome']:<10} {printable(str(item.source))}  {what}"


def _files(paths: Iterable[Path], settings: Settings) -> Iterator[tuple[Path, str]]:
    ignored = ignore_pattern(settings.watch.ignore)
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        for below, folders, names in os.walk(path):
            folders[:] = [folder for folder in folders if not ignored.fullmatch(folder)]
            for name in names:
                file = Path(below, name)
                if not ignored.fullmatch(name) and file.is_file() and not file.is_symlink():
                    yield file, os.path.relpath(file, path.absolute().parent if path.name else path)


def _copy(source: Path, path: str, root: Root) -> Copied:
    target = root.drop / path
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        arrival = arrival_id(root.state().root_id, part.stat())
        name = free_name(folder, target.name, arrival)
        rename_exclusively(folder, part.name, folder, name)
        os.fsync(folder)
    finally:
        part.unlink(missing_ok=True)
        os.close(folder)
    return Copied(source, os.path.relpath(target.parent / name, root.drop), arrival)


class _Journal:
    """Yields the lines that come to the journal after this moment."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.offsets = {path: path.stat().st_size for path in self._paths()}

    def _paths(self) -> list[Path]:
        return sorted((self.root.path / "journal").glob("*.jsonl"))

    def new_lines(self) -> Iterator[dict[str, Any]]:
        for path in self._paths():
            with path.open("rb") as file:
                file.seek(self.offsets.get(path, 0))
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self.offsets[path] = self.offsets.get(path, 0) + len(line)
                    if line.strip():
                        yield orjson.loads(line)


@contextmanager
def _running(settings: Settings, config: Path | None) -> Iterator[None]:
    """Have a watcher and a worker: those that run, else a `run` of our own for the time."""
    if _complete(settings):
        yield
        return
    arguments = ["--root", str(settings.root), *(["--config", str(config)] if config else [])]
    log = settings.root / "state" / "ingest.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "turnstream", "run", *arguments],
            env=child_environment(settings.server.url.get_secret_value()),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _await_complete(process, settings, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_complete(process: subprocess.Popen[bytes], settings: Settings, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _complete(settings):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoServer(f"`turnstream run` did not come up: see {log}")
        time.sleep(_LOOK_SECONDS)


def _complete(settings: Settings) -> bool:
    try:
        ledger = Ledger(client(find_url(settings), settings.server), settings.server.key_prefix)
        roles = {process.role for process in living(ledger)}
    except (NoServer, TransientError):
        return False
    return roles >= {"watcher", "worker"}
