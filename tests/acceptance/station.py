"""One `turnstream run` that many rows of a table share, and what each row's files must become.

A row is a function that drops files in its scene and says what it expects of them.  A
scene's files lie in a folder of their own below ``drop/``, so that all that became of
them can be found: nothing may be there that was not expected.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.acceptance.harness import Turnstream, family, is_alive, until
from turnstream import errors
from turnstream.extract import extract
from turnstream.journal import parsed
from turnstream.models import from_wire, to_wire

#: Seconds that the next good file may take behind a row: the configured waits, one second, and a busy machine.
LIVENESS = 10.0
#: Another file system than the one that the tests' folders are on.
OTHER_FILE_SYSTEM = Path("/dev/shm")
#: User and group ids of nobody else: the services' and a dropper's.
SERVICE_ID, DROPPER_ID = 64001, 64002
#: Tries to find a file in a worker's hands.
_FLIGHTS = 20
_SIDECARS = (".error.json", ".duplicate.json")

full = pytest.mark.full


@dataclass(frozen=True)
class Configuration:
    """A situation that both tables hold in."""

    name: str
    settings: tuple[tuple[str, str], ...]
    leases: bool = True
    foreign: bool = False

    @property
    def slug(self) -> str:
        return self.name.replace(" ", "-")

    @contextlib.contextmanager
    def droppers(self) -> Iterator[None]:
        """Make files and folders as a row's droppers do, for as long as its scene is played."""
        # A worker of another account moves files out of the folders that they make: they must let it.
        before = os.umask(0 if self.foreign else 0o022)
        try:
            yield
        finally:
            os.umask(before)


_QUICK = (("TURNSTREAM_WATCH__SETTLE_SECONDS", "0.6"), ("TURNSTREAM_WORK__PROCESSES", "2"))
_NO_LEASES = (("TURNSTREAM_WATCH__LEASES", "false"),)
# The sweep alone finds files then; by default each would wait for up to a second.
_NO_EVENTS = (("TURNSTREAM_WATCH__NATIVE_EVENTS", "false"), ("TURNSTREAM_WATCH__SWEEP_SECONDS", "0.2"))

DEFAULT = Configuration("default", _QUICK)
NO_LEASES = Configuration("no leases", _QUICK + _NO_LEASES, leases=False)
NO_EVENTS = Configuration("no events", _QUICK + _NO_EVENTS)
NEITHER = Configuration("neither leases nor events", _QUICK + _NO_LEASES + _NO_EVENTS, leases=False)
#: Services without privileges, droppers with other user ids: the kernel grants no lease on their files.
UNPRIVILEGED = Configuration("unprivileged", _QUICK, leases=False, foreign=True)
CONFIGURATIONS = (DEFAULT, NO_LEASES, NO_EVENTS, NEITHER, UNPRIVILEGED)

#: Seconds that the next good file took behind each row, by configuration.
MEASURED: dict[str, list[float]] = {}


@dataclass(frozen=True)
class Row:
    """A row of a table: words, what must become of the files, and how they are made.

    ``reason`` is one of the error tree.  ``make`` gets a scene; if it is a generator, the next
    good file is dropped where it yields, else after it.  A ``dear`` one is played in few
    configurations; one with no ``make`` is played by the test that ``apart`` names.
    """

    words: str
    outcome: str
    reason: str
    seen: str
    make: Callable[[Scene], Iterable[None] | None] | None
    full: bool = False
    dear: bool = False
    apart: str = ""

    @property
    def slug(self) -> str:
        """Name of the folder that its files lie in."""
        return self.make.__name__ if self.make else self.apart.partition("::")[2]


class Table:
    """Rows in the order of their definition; call it to add one."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def __call__(
        self, words: str, outcome: str, seen: str, *, reason: str = "", **options: Any
    ) -> Callable[[Callable[[Scene], Any]], Callable[[Scene], Any]]:
        def add(make: Callable[[Scene], Any]) -> Callable[[Scene], Any]:
            self.rows.append(Row(words, outcome, reason, seen, make, **options))
            return make

        return add

    def apart(self, words: str, outcome: str, seen: str, test: str, *, reason: str = "") -> None:
        """Add a row that a test in another module plays, given as ``module.py::test``."""
        self.rows.append(Row(words, outcome, reason, seen, None, apart=test))

    def cases(self, *, dear: bool = False) -> list[Any]:
        """Return the rows that a test is to play, as its parameters."""
        played = [row for row in self.rows if row.make and row.dear == dear]
        return [pytest.param(row, id=row.slug, marks=[full] if row.full else []) for row in played]


def configurations(*chosen: Configuration) -> pytest.MarkDecorator:
    """Parametrise a test with a station in each of these configurations, all by default."""
    cases = [pytest.param(one, id=one.slug, marks=[full] if one.foreign else []) for one in chosen or CONFIGURATIONS]
    return pytest.mark.parametrize("station", cases, indirect=True, scope="session")


@dataclass(frozen=True)
class Version:
    """What a file was when it rested, or may have rested, and in how many places its bytes are kept.

    ``elsewhere``: its folder had another name for a moment, and either may be told.
    """

    path: str
    digest: str
    content: str
    outcome: str
    reason: str | None
    copies: int
    elsewhere: bool = False


@dataclass
class Station:
    """A running service, and the scenes that were played on it."""

    run: Turnstream
    configuration: Configuration
    base: Path
    elsewhere: Path
    scenes: list[Scene] = field(default_factory=list)
    _client: Any = None
    _key: str = ""
    _deferred: str = ""
    _last_id: str = "0"
    _documents: list[dict[str, Any]] = field(default_factory=list)
    _digests: dict[tuple[int, int, int], str] = field(default_factory=dict)

    @property
    def reads_all(self) -> bool:
        """Whether permissions do not hold for the services."""
        return os.geteuid() == 0 and not self.configuration.foreign

    @property
    def pause(self) -> float:
        """Seconds that a writer may rest in the middle: more than the quiet time, if an open file is seen as such."""
        return 0.4 if self.configuration.leases else 0.1

    def scene(self, row: Row) -> Scene:
        """Return a new scene for a row."""
        scene = Scene(self, row)
        self.scenes.append(scene)
        return scene

    def documents(self) -> list[dict[str, Any]]:
        """Path and digests of each record on the stream so far."""
        if self._client is None:
            ledger = self.run.ledger()
            self._client = ledger.client
            self._key, self._deferred = ledger.key("documents"), ledger.key("deferred")
        for entry, fields in self._client.xrange(self._key, f"({self._last_id}" if self._last_id != "0" else "-"):
            record = orjson.loads(fields[b"data"])["data"]
            self._last_id = entry.decode()
            names = ("content_sha256", "source_sha256")
            self._documents.append({"path": wire_path(record["provenance"])} | {name: record[name] for name in names})
        return self._documents

    def deferral(self, path: str) -> dict[str, Any]:
        """What is said of a file that stays in ``drop/``, by wire path."""
        self.documents()
        found: dict[str, Any] = orjson.loads(self._client.hget(self._deferred, path) or b"{}")
        return found

    def digest(self, path: Path) -> str:
        """SHA-256 of a file, read once for each version of it."""
        facts = path.stat()
        key = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if key not in self._digests:
            with path.open("rb") as file:
                self._digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self._digests[key]

    def require_prompt_next(self, slug: str) -> None:
        """Drop a good file and require that it is published soon."""
        name = f"next-after-{slug}.txt"
        self.run.move_in(f"Anna: the next after {slug}\nBen: is prompt\n".encode(), name)
        began = time.monotonic()

        def published() -> bool:
            return any(document["path"] == name for document in self.documents())

        until(published, f"{name} is published", LIVENESS)
        MEASURED.setdefault(self.configuration.name, []).append(time.monotonic() - began)

    def close(self) -> None:
        """Stop the service, look at every scene a last time, and take everything away."""
        try:
            assert self.run.process
            members = list(family(self.run.process.pid))
            faults = [fault for scene in self.scenes if (fault := scene.fault())]
            assert not faults, faults
            if self._client is not None:
                self._client.close()
            assert self.run.stop() == 0
            assert not [pid for pid in members if is_alive(pid)]
            self.run.events()  # every line of the log is a JSON object
            assert self.run.errors.read_bytes() == b""
        finally:
            end(self.run)
            shutil.rmtree(self.elsewhere, ignore_errors=True)
            shutil.rmtree(self.base, ignore_errors=True)


class Scene:
    """Where a row's files are dropped, and what is expected of them."""

    def __init__(self, station: Station, row: Row) -> None:
        self.station = station
        self.run = station.run
        self.row = row
        self.slug = row.slug
        self.folder = station.run.drop / self.slug
        #: Folders for what is prepared first, on the same file system and on another one.
        self.outside = station.base / "outside" / self.slug
        self.elsewhere = station.elsewhere / self.slug
        self.versions: list[Version] = []
        self.maybe: list[tuple[tuple[str, ...], bytes]] = []
        self.stays: set[str] = set()
        for folder in (self.folder, self.outside, self.elsewhere):
            folder.mkdir(parents=True)
            if station.configuration.foreign:
                folder.chmod(0o777)

    # --- what a row drops

    def text(self, number: int = 1) -> bytes:
        """A transcript that no other row has."""
        return f"Anna: this is {self.slug}, number {number}.\nBen: Thank you for number {number}.\n".encode()

    def long_text(self, number: int = 1) -> bytes:
        """One that takes a worker a while: some 1.5 MB."""
        said = (f"Anna: {self.slug} {number}, sentence {line} of a long day.\n" for line in range(30_000))
        return "".join(said).encode()

    def source(self, name: str, data: bytes, *, elsewhere: bool = False) -> Path:
        """Write a file outside of ``drop/`` and return its path."""
        path = (self.elsewhere if elsewhere else self.outside) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def whole(self, name: str, data: bytes) -> Path:
        """Drop a file by rename."""
        self.source("whole", data).rename(self.folder / name)
        return self.folder / name

    def shell(self, script: str, *arguments: str | Path) -> None:
        """Run a script with ``$1`` … as a dropper; the working folder is the scene's in ``drop/``."""
        foreign = DROPPER_ID if self.station.configuration.foreign else None
        subprocess.run(
            ["/bin/sh", "-ec", script, "sh", *arguments],
            cwd=self.folder,
            check=True,
            timeout=60,
            user=foreign,
            group=foreign,
            extra_groups=None if foreign is None else [],
        )

    def program(self, code: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a Python program of a dropper's; it says that it is ready with a line on its stdout."""
        command = [sys.executable, "-ISc", code, *map(str, arguments)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.folder)

    @contextlib.contextmanager
    def in_flight(self, data: bytes, below: str = "") -> Iterator[Path]:
        """Drop a long text, stop the worker process that has read it, and let it go on afterwards.

        What was read but was not stopped in time is expected as published.
        """
        for number in range(_FLIGHTS):
            path = self.whole(f"{below}flight-{number}.txt", _numbered(data, number))
            child = catch(self.run, path)
            if child is None:
                self.expect(f"{below}{path.name}", _numbered(data, number), outcome="published")
                continue
            try:
                yield path
            finally:
                os.kill(child, signal.SIGCONT)
            return
        raise AssertionError(f"never found in a worker's hands in {_FLIGHTS} flights")

    def flown(self, data: bytes, path: Path) -> bytes:
        """Return what ``in_flight`` dropped under a path for ``data``."""
        return _numbered(data, int(path.stem.rpartition("-")[2]))

    def change(self, path: Path, act: Callable[[], object]) -> threading.Thread:
        """Let somebody change a file that a worker holds: it is done, or waits for the lease, on return."""
        inode = path.stat().st_ino
        thread = threading.Thread(target=act, daemon=True)
        thread.start()
        until(lambda: not thread.is_alive() or _is_wanted(inode), "the change is done or waits")
        return thread

    # --- what is expected

    def expect(
        self,
        name: str,
        data: bytes,
        *,
        outcome: str | None = None,
        reason: str | None = None,
        copies: int = 1,
        elsewhere: bool = False,
    ) -> None:
        """Expect that a file, by its name when it rested, has one outcome: the row's if none is given.

        ``copies`` is 0 where its user took the bytes away, ``elsewhere`` as in ``Version``.
        """
        wanted = self.row.outcome if outcome is None else outcome
        why = (self.row.reason if outcome is None else reason) or None
        version = self._version(f"{self.slug}/{name}", data, wanted, why if wanted == "rejected" else None, copies)
        self.versions.append(replace(version, elsewhere=elsewhere))

    def may_expect(self, data: bytes, *names: str) -> None:
        """Expect that a version was published if it rested under one of these names, and that nothing tells of it else.

        Its bytes are kept unless its user took them away.
        """
        self.maybe.append((names, data))

    def _version(self, path: str, data: bytes, outcome: str, reason: str | None, copies: int) -> Version:
        content = _content(data) if outcome == "published" else ""
        return Version(path, hashlib.sha256(data).hexdigest(), content, outcome, reason, copies)

    def expect_stay(self, *names: str) -> None:
        """Expect that names stay in ``drop/``, with no outcome."""
        self.stays.update(names)

    def await_outcome(self, name: str) -> dict[str, Any]:
        """Wait until a file has its outcome and is no longer in ``drop/``; return its last line."""

        def found() -> dict[str, Any] | None:
            lines = [line for line in self.last_lines() if line["path"] == to_wire(f"{self.slug}/{name}")]
            return lines[-1] if lines and not os.path.lexists(self.folder / name) else None

        line: dict[str, Any] = until(found, f"{name} has an outcome; {self.fault()}")
        return line

    def await_deferral(self, name: str, reason: str) -> None:
        """Wait until a file that stays in ``drop/`` is said to do so for a reason."""
        path = to_wire(f"{self.slug}/{name}")
        until(lambda: self.station.deferral(path).get("reason") == reason, f"{path} stays: {reason}")

    def require_untouched(self, name: str) -> None:
        """Require that a file is where it was dropped and that nothing was published of it."""
        assert os.path.lexists(self.folder / name)
        assert not [line for line in self.last_lines() if line["path"] == to_wire(f"{self.slug}/{name}")]
        assert not [one for one in self.station.documents() if one["path"] == to_wire(f"{self.slug}/{name}")]

    def verify(self) -> None:
        """Wait until everything is as expected; fail with what is not."""
        deadline = time.monotonic() + 60
        while (fault := self.fault()) is not None:
            assert time.monotonic() < deadline, f"{fault}\nlog: {self.run.lines()[-5:]!r}"
            time.sleep(0.02)

    def fault(self) -> str | None:
        """Return what is not as expected, ``None`` if all is."""
        return self._fault([*self.versions, *self._rested()])

    def _rested(self) -> Iterator[Version]:
        """Yield those of the possible versions that had the time to rest: the journal tells which."""
        lines = {line["source_sha256"]: line for line in self.last_lines() if line["outcome"] == "published"}
        for names, data in self.maybe:
            line = lines.get(hashlib.sha256(data).hexdigest())
            if line is not None and line["path"] in {to_wire(f"{self.slug}/{name}") for name in names}:
                yield self._version(line["path"], data, "published", None, int(line["to"] is not None))

    def _fault(self, versions: list[Version]) -> str | None:
        names = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not _is_folder(path)}
        if names != self.stays:
            return f"in drop/: {names}, not {self.stays}"
        lines = [line for line in self.last_lines() if line["outcome"]]
        told = Counter(_told(line, versions) for line in lines)
        wanted = Counter((v.outcome, v.reason, to_wire(v.path), v.copies > 0) for v in versions)
        if told != wanted:
            return f"journal: {told}, not {wanted}"
        return self._fault_of_bytes(versions, lines) or self._fault_of_stream(versions)

    def _fault_of_bytes(self, versions: list[Version], lines: list[dict[str, Any]]) -> str | None:
        try:
            found = Counter((end, self.station.digest(path)) for end, path in self.ended())
        except FileNotFoundError as error:
            return f"not where its line says: {error.filename}"
        homes = {"published": "archive", "duplicate": "duplicates", "rejected": "quarantine"}
        wanted: Counter[tuple[str, str]] = Counter()
        for version in versions:
            wanted[homes[version.outcome], version.digest] += version.copies
        wanted = +wanted
        if found != wanted:
            return f"files: {found}, not {wanted}"
        for line in lines:
            if line["to"] is None:
                continue
            to = self.run.root / from_wire(line["to"])
            if not to.is_file() or to.stat().st_size != line["size"]:
                return f"not where its line says: {line}"
            if line["outcome"] != "published" and not _has_sidecar(to, line):
                return f"no sidecar that says so: {line}"
        return None

    def _fault_of_stream(self, versions: list[Version]) -> str | None:
        mine = [one for one in self.station.documents() if one["path"].startswith(self._prefixes())]
        found = Counter((one["source_sha256"], one["content_sha256"]) for one in mine)
        wanted = Counter({(v.digest, v.content): 1 for v in versions if v.outcome == "published"})
        return None if found == wanted else f"stream: {found}, not {wanted}"

    def _prefixes(self) -> tuple[str, ...]:
        return f"{self.slug}/", f"//{self.slug}/"

    def last_lines(self) -> list[dict[str, Any]]:
        """The last line in the journal of each arrival of this scene."""
        last: dict[str, dict[str, Any]] = {}
        for path in sorted((self.run.root / "journal").glob("*.jsonl")):
            for raw in path.read_bytes().splitlines():
                if self.slug.encode() in raw and (line := parsed(raw)) is not None:
                    last[line["arrival_id"]] = line
        return [line for line in last.values() if line["path"].startswith(self._prefixes())]

    def ended(self) -> set[tuple[str, Path]]:
        """Folder of the root and path of each file that came out of ``drop/``, sidecars not among them."""
        root = self.run.root
        folders = [
            *root.glob(f"archive/*/{self.slug}"),
            root / "duplicates" / self.slug,
            root / "quarantine" / self.slug,
        ]
        found = {path for folder in folders for path in folder.rglob("*") if not _is_folder(path)}
        # One whose folder could not be made there stands in another.
        told = {root / from_wire(line["to"]) for line in self.last_lines() if line["to"]}
        return {(path.relative_to(root).parts[0], path) for path in found | told if not path.name.endswith(_SIDECARS)}


def _told(line: dict[str, Any], versions: list[Version]) -> tuple[str, str | None, str, bool]:
    """What a line of the journal says: outcome, reason, path, whether the bytes are kept."""
    # Why a published file could not be filed away is not why it was refused.
    reason = line["reason"] if line["outcome"] == "rejected" else None
    name = line["path"].rpartition("/")[2]
    path = next((v.path for v in versions if v.elsewhere and v.path.endswith(f"/{name}")), line["path"])
    return line["outcome"], reason, path, line["to"] is not None


def _numbered(data: bytes, number: int) -> bytes:
    return data + b"Ben: %d\n" % number if number else data


def wire_path(provenance: dict[str, Any]) -> str:
    """Path of a record's file as the journal writes it."""
    if provenance["path_bytes"] is None:
        return str(provenance["path"])
    return to_wire(os.fsdecode(base64.b64decode(provenance["path_bytes"])))


def play(station: Station, row: Row) -> None:
    """Play a row: drop, require that the next good file is prompt, and verify what became of everything."""
    with station.configuration.droppers():
        _play(station, row)


def _play(station: Station, row: Row) -> None:
    assert row.make
    scene = station.scene(row)
    steps = row.make(scene)
    if steps is not None:
        iterator = iter(steps)
        next(iterator)
        station.require_prompt_next(scene.slug)
        assert next(iterator, "end") == "end"
    else:
        station.require_prompt_next(scene.slug)
    scene.verify()


def open_station(configuration: Configuration) -> Station:
    """Start a service for a configuration."""
    base = Path(tempfile.mkdtemp(prefix="turnstream-"))
    elsewhere = Path(tempfile.mkdtemp(prefix="turnstream-", dir=OTHER_FILE_SYSTEM))
    run = Turnstream(base / "root", environment=dict(configuration.settings))
    if configuration.foreign:
        for folder in (base, elsewhere):
            folder.chmod(0o777)
        run.user = SERVICE_ID
        run.python, environment = _python_for_all(base / "python")
        run.environment |= environment
    station = Station(run, configuration, base, elsewhere)
    try:
        with configuration.droppers():
            run.start()
        if configuration.foreign:
            run.drop.chmod(0o777)
    except BaseException:
        end(run)
        raise
    assert elsewhere.stat().st_dev != base.stat().st_dev
    return station


def end(run: Turnstream) -> None:
    """Leave nothing running, whatever happened."""
    if run.process is None or run.process.poll() is not None:
        return
    members = list(family(run.process.pid))
    try:
        run.stop()
    except subprocess.TimeoutExpired:
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        run.process.wait()


def _python_for_all(folder: Path) -> tuple[str, dict[str, str]]:
    """Return an interpreter with Turnstream that any user may run, and what its environment needs.

    Ours may stand below a home folder that nobody else may enter.
    """
    package = Path(errors.__file__).parents[2]
    places = [Path(path) for path in sys.path if path.endswith("-packages")]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    program = Path(sys.executable).resolve()
    if all(map(_is_open_to_all, (program, Path(os.__file__), package, *places))):
        return sys.executable, {}

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    passed_over = shutil.ignore_patterns("test", "site-packages", "__pycache__", "idlelib", "config-3*")
    home = folder / "home"
    shutil.copytree(Path(os.__file__).parent, home / "lib" / version, copy_function=link, ignore=passed_over)
    (home / "bin").mkdir()
    shutil.copy2(program, home / "bin" / version)
    for library in program.parent.parent.glob("lib/libpython*.so*"):
        shutil.copy2(library, home / "lib")
    for number, place in enumerate(places):
        shutil.copytree(place, folder / f"packages-{number}", copy_function=link)
    shutil.copytree(package / "worker", folder / "worker")
    shutil.copytree(package / "config", folder / "config")
    paths = [folder / "worker", *(folder / f"packages-{number}" for number in range(len(places)))]
    return str(home / "bin" / version), {
        "PYTHONHOME": str(home),
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LD_LIBRARY_PATH": str(home / "lib"),
    }


def _is_open_to_all(path: Path) -> bool:
    folders = (path, *path.parents)
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders if folder.is_dir())


def _content(data: bytes) -> str:
    return hashlib.sha256(extract(data).canonical.encode()).hexdigest()


def _has_sidecar(path: Path, line: dict[str, Any]) -> bool:
    suffix = ".error.json" if line["outcome"] == "rejected" else ".duplicate.json"
    try:
        told = orjson.loads(path.with_name(path.name + suffix).read_bytes())
    except FileNotFoundError:
        return False
    return bool(told["arrival_id"] == line["arrival_id"] and told["hint"] and told.get("reason") == line["reason"])


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def catch(run: Turnstream, path: Path) -> int | None:
    """Stop the pool process that has read a file and not yet moved it; ``None`` if there is none."""
    try:
        size = path.stat().st_size
        while path.exists():
            for child in list(family(run.pid_of("work")))[1:]:
                if (descriptor := _open_at(child, path, size)) is None:
                    continue
                # Some time of its own later it has also looked whether the file changed while it was read.
                used = _ticks(child)
                until(partial(_has_used, child, used + 2, path), "the process works")
                os.kill(child, signal.SIGSTOP)
                until(partial(_is_stopped, child), "the process is stopped")
                if path.exists() and _open_at(child, path, size) == descriptor:
                    return child
                os.kill(child, signal.SIGCONT)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None


def _open_at(pid: int, path: Path, position: int) -> str | None:
    """Return the descriptor by which a process has read a file up to a position."""
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if descriptor.samefile(path):  # its name may be another one where the process lives
                    facts = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text()
                    if facts.split()[1] == str(position):
                        return descriptor.name
    return None


def _ticks(pid: int) -> int:
    """Processor time that a process has used (hundredths of a second)."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


def _has_used(pid: int, ticks: int, path: Path) -> bool:
    return _ticks(pid) >= ticks or not path.exists()


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _is_wanted(inode: int) -> bool:
    """Whether a writer waits for the lease on a file."""
    leases = (line.split() for line in Path("/proc/locks").read_text().splitlines())
    return any("BREAKING" in words and words[-3].rpartition(":")[2] == str(inode) for words in leases)
