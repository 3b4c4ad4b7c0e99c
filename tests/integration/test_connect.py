"""Clients, URLs, durability and errors, against real servers."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import kombu
import pytest
import redis
import structlog
from kombu.transport.redis import Channel
from pydantic import SecretStr
from redis import exceptions

from turnstream import address, connect, durability, replies
from turnstream.errors import BadConfiguration, NoServer, ServerRefused, ServerUnavailable
from turnstream.server import EmbeddedServer, start
from turnstream.settings import ServerSettings, Settings

ByHand = Callable[..., str]
SettingsFor = Callable[..., Settings]
Awaiting = Callable[[Settings], Future[str]]
SAFE = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
KEYS = 12_000


@pytest.fixture
def loading(by_hand: ByHand, server_settings: ServerSettings) -> str:
    """URL of a server that reads its data for a second or two before it answers."""
    with connect.client(by_hand(*SAFE), server_settings) as client:
        client.eval("for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'k' .. i, i) end", 0, KEYS)
        client.shutdown()
    return by_hand(*SAFE, "--key-load-delay", "50", wait=False)  # microseconds a key


@pytest.fixture
def awaiting() -> Iterator[Awaiting]:
    """``await_url`` in a thread that has looked in vain already."""
    with ThreadPoolExecutor() as pool:

        def begin(settings: Settings) -> Future[str]:
            future = pool.submit(connect.await_url, settings, 20)
            time.sleep(0.2)
            assert not future.done()
            return future

        yield begin


class TestUrl:
    @pytest.mark.parametrize(
        ("given", "for_redis", "for_kombu"),
        [
            ("redis://h", "redis://h/0", "redis://h/0"),
            ("redis://:pw@h:7000/3", "redis://:pw@h:7000/3", "redis://:pw@h:7000/3"),
            ("valkey://u:p%2Fw@[::1]:7000/3", "redis://u:p%2Fw@[::1]:7000/3", "redis://u:p%2Fw@[::1]:7000/3"),
            # kombu raises TypeError on ?db= over TCP, and ignores it over a socket
            ("redis://h?db=3", "redis://h/3", "redis://h/3"),
            ("redis+socket:///a/b.sock?db=3", "unix:///a/b.sock?db=3", "redis+socket:///a/b.sock?virtual_host=3"),
            ("redis+socket:///a.sock?virtual_host=3", "unix:///a.sock?db=3", "redis+socket:///a.sock?virtual_host=3"),
            ("redis+socket://:pw@/a%20b", "unix://:pw@/a%20b?db=0", "redis+socket://:pw@/a%20b?virtual_host=0"),
            ("rediss://h", "rediss://h/0?ssl_cert_reqs=required", "rediss://h/0?ssl_cert_reqs=required"),
            (
                "rediss://h?ssl_cert_reqs=CERT_NONE",
                "rediss://h/0?ssl_cert_reqs=none",
                "rediss://h/0?ssl_cert_reqs=none",
            ),
        ],
    )
    def test_both_libraries_get_the_form_they_read(self, given: str, for_redis: str, for_kombu: str) -> None:
        assert address.normalised(given) == for_redis
        assert address.broker_url(given) == for_kombu

    @pytest.mark.parametrize(
        "given",
        [
            "redis://u:p%2Fw@example.org:7000/3",
            "valkey://:pw@example.org:7000/3",
            "redis+socket://u:pw@/run/a%20b.sock?db=3",
            "rediss://:pw@example.org:7000/3?ssl_ca_certs=/ca.pem&ssl_check_hostname=false",
        ],
    )
    def test_both_libraries_connect_to_the_same_place(self, given: str, server_settings: ServerSettings) -> None:
        with connect.client(given, server_settings) as client, kombu.Connection(address.broker_url(given)) as broker:
            ours = client.connection_pool.connection_kwargs
            theirs = _kombu_arguments(broker)
            for name in ("host", "port", "path", "username", "password", "db", "ssl_ca_certs", "ssl_check_hostname"):
                assert ours.get(name) == theirs.get(name), name

    def test_kombu_verifies_certificates_unless_told_otherwise(self) -> None:
        broker = kombu.Connection(address.broker_url("rediss://example.org"))
        assert broker.ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}

    @pytest.mark.parametrize(
        "url",
        [
            "redis://:sec/ret@h:7000/0",
            "redis://:sec?ret@h:7000/0",
            "redis://:sec#ret@h:7000/0",
            "redis://:12#secret@h:7000/0",
            "redis://:secret@h:port/0",
            "redis://:secret@h/ledger",
            "redis://:secret@h/0?protocol=3",
            "redis://:secret@h/0?password=secret",
            "redis+socket://:secret@/a?db=1&virtual_host=2",
            "http://:secret@h",
        ],
    )
    def test_a_url_that_cannot_be_read_is_refused_without_being_shown(self, url: str) -> None:
        with pytest.raises(BadConfiguration) as caught:
            address.normalised(url)
        assert "sec" not in str(caught.value).replace("special characters", "")
        assert caught.value.__cause__ is None
        assert caught.value.exit_code == 78


class TestFindUrl:
    def test_the_configured_server_comes_first(self, tmp_path: Path, settings_for: SettingsFor) -> None:
        connect.server_file(tmp_path).parent.mkdir()
        connect.server_file(tmp_path).write_text('{"url": "redis://embedded"}')
        assert connect.find_url(settings_for(tmp_path)) == "redis://embedded"
        assert connect.find_url(settings_for(tmp_path, url=SecretStr("redis://outside"))) == "redis://outside"

    @pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", "7"])
    def test_without_any_the_sentence_says_what_to_do(
        self, tmp_path: Path, settings_for: SettingsFor, content: str | None
    ) -> None:
        root = tmp_path / "a root"
        connect.server_file(root).parent.mkdir(parents=True)
        if content is not None:
            connect.server_file(root).write_text(content)
        with pytest.raises(NoServer, match=r"turnstream run --root '.*/a root'.*--server URL") as caught:
            connect.find_url(settings_for(root))
        assert caught.value.exit_code == 69

    def test_a_file_that_may_not_be_read_is_said(self, tmp_path: Path, settings_for: SettingsFor) -> None:
        connect.server_file(tmp_path).mkdir(parents=True)  # unreadable for root too
        with pytest.raises(NoServer, match=r"server\.json cannot be read"):
            connect.find_url(settings_for(tmp_path))


class TestClient:
    def test_replies_are_bytes_in_the_older_protocol(self, redis_client: redis.Redis, prefix: str) -> None:
        entry = redis_client.xadd(prefix + "s", {"data": "é"})
        assert redis_client.xread({prefix + "s": "0"}) == [[(prefix + "s").encode(), [(entry, {b"data": b"\xc3\xa9"})]]]

    def test_it_outlives_a_restart_of_the_server(self, tmp_path: Path, settings_for: SettingsFor) -> None:
        settings = settings_for(tmp_path)
        first = start(settings)
        with connect.client(first.url, settings.server) as client:
            client.set("k", "v")
            first.stop()
            second = start(settings)
            try:
                assert client.get("k") == b"v"
            finally:
                second.stop()

    def test_a_server_that_hangs_is_given_up_after_the_timeout(self, server_settings: ServerSettings) -> None:
        short = server_settings.model_copy(update={"response_timeout_seconds": 0.3})
        began = time.monotonic()
        with socket.create_server(("127.0.0.1", 0)) as hung:
            client = connect.client(f"redis://127.0.0.1:{hung.getsockname()[1]}", short)
            with client, pytest.raises(ServerUnavailable, match="Timeout reading"), connect.translated():
                client.get("k")
        assert time.monotonic() - began < 2


class TestTranslated:
    #: Faults of the program, which show as they are.
    PROPAGATE = (
        *(exceptions.RedisError, exceptions.ResponseError, exceptions.NoScriptError, exceptions.ModuleError),
        *(exceptions.NoSuchFieldsetError, exceptions.DataError, exceptions.PubSubError, exceptions.WatchError),
        *(exceptions.LockError, exceptions.LockNotOwnedError),
    )

    def test_every_error_of_redis_py_has_one_meaning(self) -> None:
        for kind in _family(exceptions.RedisError):
            translated = issubclass(kind, (*replies.REFUSED, *replies.AWAY))
            assert translated != (kind in self.PROPAGATE), f"{kind.__name__} is new in redis-py: decide what it means"

    @pytest.mark.parametrize(
        ("raised", "expected"),
        [
            (exceptions.ConnectionError("x"), ServerUnavailable),
            (exceptions.BusyLoadingError("x"), ServerUnavailable),
            (exceptions.TimeoutError("x"), ServerUnavailable),
            (exceptions.ClusterDownError("x"), ServerUnavailable),
            (exceptions.ResponseError("BUSY a script"), ServerUnavailable),
            (exceptions.AuthenticationError("x"), ServerRefused),
            (exceptions.NoPermissionError("x"), ServerRefused),
            (exceptions.ReadOnlyError("x"), ServerRefused),
            (exceptions.ResponseError("MISCONF disk"), ServerRefused),
            (exceptions.ResponseError("Command # 1 (SET k MISCONF) of pipeline caused error: OK"), None),
        ],
    )
    def test_an_error_becomes_ours(self, raised: Exception, expected: type[Exception] | None) -> None:
        with pytest.raises(expected or type(raised)) as caught, connect.translated():
            raise raised
        assert (caught.value.__cause__ is raised) == (expected is not None)

    def test_a_full_memory_refuses_without_repeating_the_document(self, by_hand: ByHand, server_settings: Any) -> None:
        with connect.client(by_hand("--maxmemory", "1"), server_settings) as client:
            for write in (_set, _set_in_pipeline, _set_in_script):
                with pytest.raises(ServerRefused, match="OutOfMemoryError") as caught, connect.translated():
                    write(client, "the document")
                assert "document" not in caught.value.detail

    def test_too_few_replicas_refuse_in_a_script_as_well(self, by_hand: ByHand, server_settings: Any) -> None:
        with connect.client(by_hand("--min-replicas-to-write", "1"), server_settings) as client:
            for write in (_set, _set_in_pipeline, _set_in_script):
                with pytest.raises(ServerRefused, match="NOREPLICAS"), connect.translated():
                    write(client, "v")

    def test_a_replica_refuses(self, by_hand: ByHand, server_settings: Any) -> None:
        client = connect.client(by_hand("--replicaof", "127.0.0.1 1"), server_settings)
        with client, pytest.raises(ServerRefused, match="ReadOnlyError"), connect.translated():
            client.set("k", "v")

    def test_a_wrong_password_is_never_repeated(self, by_hand: ByHand, server_settings: Any) -> None:
        url = by_hand("--requirepass", "right", wait=False).replace("://", "://:wrong-secret@")
        with connect.client(url, server_settings) as client, pytest.raises(BadConfiguration) as caught:
            connect.wait_ready(client, 10, said=lambda _: None)
        assert "wrong-secret" not in str(caught.value)
        assert "AuthenticationError" in str(caught.value)

    def test_a_fault_of_the_program_shows(self, redis_client: redis.Redis, prefix: str) -> None:
        redis_client.set(prefix, "text")
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"), connect.translated():
            redis_client.lpush(prefix, "x")


class TestWaitReady:
    def test_a_server_that_is_not_there_is_said_once_and_given_up(self, server_settings: ServerSettings) -> None:
        said: list[str] = []
        with connect.client("redis+socket:///nowhere.sock", server_settings) as client:
            began = time.monotonic()
            with pytest.raises(NoServer, match=r"does not answer after 0\.3 s.*nowhere") as caught:
                connect.wait_ready(client, 0.3, said.append)
        assert time.monotonic() - began < 1
        assert said == ["server.unavailable"]
        assert caught.value.exit_code == 69

    def test_loading_is_waited_for(self, loading: str, server_settings: ServerSettings) -> None:
        said: list[str] = []
        with connect.client(loading, server_settings) as client:
            connect.wait_ready(client, 20, said.append)
            assert client.dbsize() == KEYS
        assert said[-1] == "server.loading"
        assert len(said) == len(set(said))

    def test_a_server_that_refuses_writes_is_ready_all_the_same(
        self, by_hand: ByHand, server_settings: ServerSettings, tmp_path: Path
    ) -> None:
        with connect.client(by_hand("--save", "900 1"), server_settings) as client:
            (tmp_path / "dump.rdb").mkdir()
            client.bgsave()
            while client.info("persistence")["rdb_last_bgsave_status"] == "ok":
                time.sleep(0.01)
            with pytest.raises(ServerRefused, match="MISCONF"), connect.translated():
                client.ping()
            connect.wait_ready(client, 1)


class TestAwaitUrl:
    def test_zero_seconds_is_one_look(self, tmp_path: Path, settings_for: SettingsFor, server: EmbeddedServer) -> None:
        settings = settings_for(tmp_path)
        with pytest.raises(NoServer, match="no server is known"):
            connect.await_url(settings, 0)
        _write_server_file(tmp_path, f"redis://:pw@127.0.0.1:{_unused_port()}/0")
        with pytest.raises(NoServer, match=r"does not answer: start `turnstream run"):
            connect.await_url(settings, 0)
        _write_server_file(tmp_path, server.url)
        assert connect.await_url(settings, 0) == server.url

    def test_a_start_is_waited_for(self, tmp_path: Path, settings_for: SettingsFor, awaiting: Awaiting) -> None:
        settings = settings_for(tmp_path)
        found = awaiting(settings)
        running = start(settings)
        try:
            assert found.result() == running.url
        finally:
            running.stop()

    @pytest.mark.parametrize(
        "former",
        [
            "rubbish",
            "redis://:pw@127.0.0.1:{silent}/0",
            "redis://:pw@127.0.0.1:{another}/0",  # the port is another root's by now, and locks us out
        ],
    )
    def test_the_file_of_a_former_run_is_no_obstacle(
        self, tmp_path: Path, settings_for: SettingsFor, awaiting: Awaiting, server: EmbeddedServer, former: str
    ) -> None:
        settings = settings_for(tmp_path)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            former = former.format(silent=taken.getsockname()[1], another=urlsplit(server.url).port)
            _write_server_file(tmp_path, former)
            found = awaiting(settings)
            running = start(settings)
        try:
            assert running.url != former
            assert found.result() == running.url
        finally:
            running.stop()

    def test_a_configured_server_that_locks_us_out_is_not_waited_for(
        self, tmp_path: Path, settings_for: SettingsFor, server: EmbeddedServer
    ) -> None:
        wrong = f"redis://:wrong-secret@127.0.0.1:{urlsplit(server.url).port}"
        with pytest.raises(BadConfiguration, match="does not let us in"):
            connect.await_url(settings_for(tmp_path, url=SecretStr(wrong)), 20)

    def test_the_reason_is_told_when_time_is_up(self, tmp_path: Path, settings_for: SettingsFor) -> None:
        with structlog.testing.capture_logs() as logs, pytest.raises(NoServer, match="no server is known"):
            connect.await_url(settings_for(tmp_path), 0.3)
        away = settings_for(tmp_path, url=SecretStr("redis+socket:///nowhere.sock"))
        with structlog.testing.capture_logs() as more, pytest.raises(NoServer, match=r"after 0\.3 s.*nowhere"):
            connect.await_url(away, 0.3)
        assert logs + more == []

    def test_a_long_wait_is_said_once(self, tmp_path: Path, settings_for: SettingsFor) -> None:
        with structlog.testing.capture_logs() as logs, pytest.raises(NoServer):
            connect.await_url(settings_for(tmp_path), connect.QUIET_SECONDS + 1)
        assert [entry["event"] for entry in logs] == ["server.unavailable"]

    def test_loading_is_waited_for_and_said_once(
        self, tmp_path: Path, settings_for: SettingsFor, loading: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connect, "QUIET_SECONDS", 0.2)
        settings = settings_for(tmp_path, url=SecretStr(loading))
        with structlog.testing.capture_logs() as logs:
            assert connect.await_url(settings, 20) == loading
        assert [entry["event"] for entry in logs] == ["server.loading"]


class TestDurability:
    def test_our_own_server_has_no_weakness(self, redis_client: redis.Redis, server_settings: ServerSettings) -> None:
        assert durability.weaknesses(redis_client) == []
        durability.require_durable(redis_client, server_settings)

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("appendonly", "no"),
            ("appendfsync", "everysec"),
            ("no-appendfsync-on-rewrite", "yes"),
            ("maxmemory-policy", "allkeys-lru"),
        ],
    )
    def test_a_weak_server_is_refused_with_the_reason(
        self, by_hand: ByHand, server_settings: ServerSettings, option: str, value: str
    ) -> None:
        with connect.client(by_hand(*SAFE, f"--{option}", value), server_settings) as client:
            with pytest.raises(BadConfiguration, match=f"not safe: {option} is {value}, not .*allow_weak") as caught:
                durability.require_durable(client, server_settings)
            assert caught.value.exit_code == 78

    def test_a_weak_server_that_is_allowed_is_logged(self, by_hand: ByHand, server_settings: ServerSettings) -> None:
        allowing = server_settings.model_copy(update={"allow_weak_durability": True})
        client = connect.client(by_hand("--appendonly", "no"), allowing)
        with client, structlog.testing.capture_logs() as logs:
            durability.require_durable(client, allowing)
            assert logs[0]["weaknesses"] == durability.weaknesses(client)
        assert [entry["event"] for entry in logs] == ["server.weak"]

    @pytest.mark.parametrize(
        "options",
        [
            ("--rename-command", "CONFIG", "", "--rename-command", "INFO", ""),
            ("--user", "default", "on", "nopass", "~*", "&*", "+@all", "-config", "-info"),
        ],
    )
    def test_what_cannot_be_read_counts_as_weak(
        self, by_hand: ByHand, server_settings: ServerSettings, options: tuple[str, ...]
    ) -> None:
        with connect.client(by_hand(*SAFE, *options), server_settings) as client:
            found = durability.weaknesses(client)
        assert found[0] == "its version cannot be read (INFO)"
        assert [sentence.split()[0] for sentence in found[1:]] == list(durability.DURABLE_SETTINGS)
        assert all("cannot be read" in sentence for sentence in found)

    def test_a_server_that_went_away_is_no_server(self, server_settings: ServerSettings) -> None:
        with connect.client("redis+socket:///nowhere.sock", server_settings) as client, pytest.raises(NoServer):
            durability.require_durable(client, server_settings)

    def test_an_old_version_is_a_weakness(self) -> None:
        class Old(redis.Redis):
            def info(self, *_: Any, **__: Any) -> Any:
                return {"redis_version": "6.2.14"}

            def config_get(self, pattern: Any = "*", *_: Any, **__: Any) -> Any:
                return {pattern: durability.DURABLE_SETTINGS[pattern][0]}

        with Old() as client:
            assert durability.weaknesses(client) == ["version 6.2.14 is older than 7.0"]


def _family(kind: type[Exception]) -> set[type[Exception]]:
    own = {kind} if kind.__module__ == exceptions.__name__ else set()
    return own.union(*(_family(child) for child in kind.__subclasses__()))


def _write_server_file(root: Path, url: str) -> None:
    path = connect.server_file(root)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'{{"url": "{url}"}}')


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _set(client: redis.Redis, value: str) -> None:
    client.set("k", value)


def _set_in_pipeline(client: redis.Redis, value: str) -> None:
    pipeline = client.pipeline()
    pipeline.set("k", value)
    pipeline.execute()


def _set_in_script(client: redis.Redis, value: str) -> None:
    client.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, "k", value)


def _kombu_arguments(broker: kombu.Connection) -> dict[str, Any]:
    """What kombu gives redis-py, worked out without connecting."""
    channel: Any = object.__new__(Channel)
    channel.connection = SimpleNamespace(client=broker, default_port=6379)
    return dict(channel._connparams())
