"""One real server for the session, and a key prefix of its own for every test."""

from __future__ import annotations

import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import redis

from turnstream import connect, settings
from turnstream import root as data_root
from turnstream.agreement import agree
from turnstream.identify import arrival_id
from turnstream.journal import Journal
from turnstream.models import FileRef, to_wire
from turnstream.pipeline import Tools
from turnstream.publish import Ledger
from turnstream.root import Root
from turnstream.server import EmbeddedServer, find_binary, start
from turnstream.settings import ServerSettings, Settings

SettingsFor = Callable[..., Settings]
ByHand = Callable[..., str]


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TURNSTREAM_CONFIG", "TURNSTREAM_ROOT", "TURNSTREAM_SERVER__URL"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def settings_for(no_settings_from_outside: None) -> SettingsFor:
    """Default settings for a root, with some of ``[server]`` replaced."""

    def make(root: Path, **server_settings: object) -> Settings:
        loaded = settings.load(root=root)
        return loaded.model_copy(update={"server": loaded.server.model_copy(update=server_settings)})

    return make


@pytest.fixture(scope="session")
def server_settings(settings_for: SettingsFor, tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    return settings_for(tmp_path_factory.mktemp("unused")).server


@pytest.fixture(scope="session")
def server(settings_for: SettingsFor, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    running = start(settings_for(tmp_path_factory.mktemp("root")))
    yield running
    running.stop()


@pytest.fixture
def redis_client(server: EmbeddedServer, server_settings: ServerSettings) -> Iterator[redis.Redis]:
    with connect.client(server.url, server_settings) as client:
        yield client


@pytest.fixture
def prefix() -> str:
    """Start of every key of one test: tests share the server and never empty it."""
    return f"test-{secrets.token_hex(4)}:"


@pytest.fixture
def by_hand(tmp_path: Path, server_settings: ServerSettings) -> Iterator[ByHand]:
    """Start a server of somebody else's, with options as on its command line; gives its URL."""
    started: list[subprocess.Popen[bytes]] = []
    sockets = tempfile.TemporaryDirectory()  # a socket's path has at most 107 bytes, tmp_path may have more

    def run(*options: str, wait: bool = True) -> str:
        socket = f"{sockets.name}/{len(started)}.sock"
        command = [find_binary(""), "--port", "0", "--unixsocket", socket, "--dir", str(tmp_path), *options]
        started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        url = f"redis+socket://{socket}"
        if wait:
            with connect.client(url, server_settings) as client:
                connect.wait_ready(client, 10, lambda _: None, lambda: _require_running(started[-1]))
        return url

    yield run
    for process in started:
        process.kill()
        process.wait()
    sockets.cleanup()


def _require_running(process: subprocess.Popen[bytes]) -> None:
    assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"


Drop = Callable[..., FileRef]


@pytest.fixture
def root_settings(tmp_path: Path, settings_for: SettingsFor, prefix: str) -> Settings:
    """Settings of a root of the test's own, with keys of its own."""
    return settings_for(tmp_path / "root", key_prefix=prefix)


@pytest.fixture
def ledger(redis_client: redis.Redis, prefix: str) -> Ledger:
    return Ledger(redis_client, prefix)


@pytest.fixture
def root(root_settings: Settings, ledger: Ledger) -> Root:
    """A data root whose ledger was begun."""
    root = data_root.prepare(root_settings.root)
    agree(root, ledger)
    return root


@pytest.fixture
def tools(root: Root, ledger: Ledger) -> Tools:
    """What a worker works with in this root."""
    return Tools(
        root=root,
        ledger=ledger,
        journal=Journal(root.path / "journal"),
        use_leases=True,
        max_file_bytes=1_000_000,
        max_crashes=3,
        reading=lambda *_: nullcontext(),
        rest=lambda: None,
    )


@pytest.fixture
def drop(root: Root) -> Drop:
    """Bring a file into ``drop/`` whole, by a rename; gives what a task message says of it."""

    def put(path: str, content: bytes | str, *, crashes: int = 0, tries: int = 0) -> FileRef:
        file = root.drop / path
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = root.path / "state" / "coming.tmp"
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)
        temporary.replace(file)
        arrival = arrival_id(root.state().root_id, file.stat(), path)
        return FileRef(path=to_wire(path), arrival_id=arrival, crashes=crashes, tries=tries)

    return put
