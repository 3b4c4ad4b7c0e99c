"""Settings: where each value comes from, that nothing misspelt is accepted, and that no secret leaks."""

from __future__ import annotations

import os
import re
import tomllib
import traceback
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from turnstream.errors import BadConfiguration
from turnstream.settings import SERVER_SCHEMES, Section, Settings, child_environment, default_toml, load

PRODUCTION = default_toml().with_name("production.toml")
SECRET = "s3cret"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith("TURNSTREAM_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file for --config; not there until it is written."""
    return tmp_path / "config.toml"


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("TURNSTREAM_SECRETS_DIR", str(folder))
    return folder


def refusal(**arguments: Any) -> BadConfiguration:
    with pytest.raises(BadConfiguration) as caught:
        load(**arguments)
    assert caught.value.exit_code == 78
    return caught.value


def keys_of(model: type[BaseModel]) -> set[str]:
    """Dotted names of all values that can be set."""
    found = set()
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            found |= {f"{name}.{key}" for key in field.annotation.model_fields}
        else:
            found.add(name)
    return found


class TestDefaults:
    def test_they_load_and_say_what_the_file_says(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        settings = load()
        table = tomllib.loads(default_toml().read_text())
        loaded = settings.model_dump(mode="json", exclude={"root": True, "server": {"url"}})
        del table["root"], table["server"]["url"]
        assert loaded == table
        assert settings.root == tmp_path / "data"
        assert settings.server.url.get_secret_value() == ""

    def test_every_key_of_the_file_is_a_field_and_every_field_a_key(self) -> None:
        written = set()
        for name, value in tomllib.loads(default_toml().read_text()).items():
            written |= {f"{name}.{key}" for key in value} if isinstance(value, dict) else {name}
        assert written == keys_of(Settings)

    def test_every_value_has_a_comment_that_says_why(self) -> None:
        values = [line for line in default_toml().read_text().splitlines() if re.match(r"\w+ = ", line)]
        assert len(values) == len(keys_of(Settings))
        assert [line for line in values if not re.search(r" # \S{2}", line)] == []

    def test_no_value_has_a_default_in_the_code(self) -> None:
        """They stand in default.toml alone."""
        sections = [field.annotation for field in Settings.model_fields.values()]
        fields = dict(Settings.model_fields)
        for section in sections:
            if isinstance(section, type) and issubclass(section, Section):
                fields |= section.model_fields
        assert [name for name, field in fields.items() if not field.is_required()] == []

    def test_the_production_file_loads_over_them(self) -> None:
        settings = load(PRODUCTION)
        assert settings.log.format == "json"
        assert settings.root.is_absolute()
        assert settings.log.level == load().log.level


class TestOrder:
    def test_a_file_changes_single_keys_and_leaves_the_others(self, config: Path) -> None:
        config.write_text("[watch]\nsettle_seconds = 9\n[batch]\nmax_files = 7\n")
        settings = load(config)
        assert (settings.watch.settle_seconds, settings.batch.max_files) == (9, 7)
        unchanged = {"settle_seconds", "max_files"}
        before, after = load().model_dump(), settings.model_dump()
        for section in ("watch", "batch", "work", "stream", "log", "server"):
            assert {k: v for k, v in after[section].items() if k not in unchanged} == {
                k: v for k, v in before[section].items() if k not in unchanged
            }

    def test_the_file_may_be_named_by_the_environment(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config.write_text("[watch]\nsettle_seconds = 9\n")
        monkeypatch.setenv("TURNSTREAM_CONFIG", str(config))
        assert load().watch.settle_seconds == 9

    def test_the_environment_goes_over_files(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config.write_text('root = "/from/file"\n[watch]\nsettle_seconds = 9\nquiet_seconds = 8\n')
        monkeypatch.setenv("TURNSTREAM_WATCH__SETTLE_SECONDS", "3")
        monkeypatch.setenv("TURNSTREAM_WATCH__IGNORE", '["*.bak"]')
        monkeypatch.setenv("TURNSTREAM_ROOT", "/from/environment")
        settings = load(config)
        assert (settings.watch.settle_seconds, settings.watch.quiet_seconds) == (3, 8)
        assert settings.watch.ignore == ("*.bak",)
        assert settings.root == Path("/from/environment")

    def test_an_empty_variable_sets_nothing(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config.write_text("[watch]\nsettle_seconds = 9\n")
        monkeypatch.setenv("TURNSTREAM_WATCH__SETTLE_SECONDS", "")
        assert load(config).watch.settle_seconds == 9

    def test_the_command_line_goes_over_all(
        self, config: Path, secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config.write_text('root = "/from/file"\n[server]\nurl = "redis://file"\nport = 7\n')
        (secrets / "server__url").write_text("redis://secret")
        monkeypatch.setenv("TURNSTREAM_SERVER__URL", "redis://environment")
        monkeypatch.setenv("TURNSTREAM_ROOT", "/from/environment")
        settings = load(config, root=tmp_path, server_url="redis://command")
        assert settings.server.url.get_secret_value() == "redis://command"
        assert settings.server.port == 7
        assert settings.root == tmp_path

    def test_a_relative_root_is_fixed_to_the_folder_of_this_moment(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert load(root=Path("mine")).root == tmp_path / "mine"
        monkeypatch.setenv("HOME", "/home/ann")
        assert load(root=Path("~/mine")).root == Path("/home/ann/mine")

    def test_one_load_does_not_remember_the_file_of_another(self, config: Path) -> None:
        config.write_text("[watch]\nsettle_seconds = 9\n")
        load(config)
        assert load().watch.settle_seconds != 9


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[watch]\nsetle_seconds = 1\n", "watch.setle_seconds"),
            ("[wacth]\nsettle_seconds = 1\n", "wacth"),
            ("rooot = 'x'\n", "rooot"),
            ("[watch.more]\nx = 1\n", "watch.more"),
            ("watch = 1\n", "watch"),
            ("[watch]\nsettle_seconds = -1\n", "watch.settle_seconds: .*greater than or equal to 0"),
            ("[watch]\nsettle_seconds = nan\n", "watch.settle_seconds"),
            ("[watch]\nsettle_seconds = 'soon'\n", "watch.settle_seconds: .*number"),
            ("[watch]\nnewest_share = 1.5\n", "watch.newest_share"),
            ("[batch]\nmax_files = 0\n", "batch.max_files"),
            ("[work]\nprocesses = -1\n", "work.processes"),
            ("[work]\nvisibility_timeout_seconds = 239\n", "time_limit_seconds <= visibility_timeout_seconds / 2"),
            ("[work]\nsoft_time_limit_seconds = 120\n", "soft_time_limit_seconds < time_limit_seconds"),
            ("[watch]\nresend_seconds = 3\n", "work.hold_seconds / 3 < watch.resend_seconds"),
            ("[log]\nlevel = 'loud'\n", "log.level"),
            ("[log\n", r"config.toml: Expected '\]'"),
            ("\xff = 1\n", "config.toml: "),
        ],
        ids=ascii,
    )
    def test_a_wrong_file_is_refused_with_the_place(self, text: str, said: str, config: Path) -> None:
        config.write_bytes(text.encode("latin-1"))
        assert re.search(said, str(refusal(config=config)))

    def test_several_faults_are_said_at_once(self, config: Path) -> None:
        config.write_text("[watch]\nsetle_seconds = 1\n[batch]\nmax_files = 0\n")
        words = str(refusal(config=config))
        assert "watch.setle_seconds" in words
        assert "batch.max_files" in words

    def test_a_missing_file_is_refused(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "does not exist" in str(refusal(config=config))
        monkeypatch.setenv("TURNSTREAM_CONFIG", str(config))
        assert str(config) in str(refusal())

    @pytest.mark.parametrize(
        "name",
        [
            "TURNSTREAM_WACTH__SETTLE_SECONDS",
            "TURNSTREAM_WATCH__SETLE_SECONDS",
            "TURNSTREAM_WATCH__SETTLE_SECONDS__MAX",
            "TURNSTREAM_SETTLE_SECONDS",
            "TURNSTREAM_ROOT__DIR",
            "TURNSTREAM_URL",
            "TURNSTREAM_",
        ],
    )
    def test_an_unknown_variable_is_refused(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, "1")
        words = str(refusal())
        assert name in words or "watch.set" in words

    def test_other_programs_variables_do_not_matter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TURNSTREAMER", "1")
        monkeypatch.setenv("MY_TURNSTREAM_ROOT", "1")
        assert load()

    def test_a_table_that_is_no_json_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TURNSTREAM_SERVER", f'{{"url": "redis://:{SECRET}@h"')
        words = str(refusal())
        assert "server" in words
        assert SECRET not in words


class TestSecrets:
    URL = f"redis://user:{SECRET}@host:6379/0"

    def test_the_url_may_come_from_a_file(self, secrets: Path, config: Path) -> None:
        (secrets / "server__url").write_text(f"{self.URL}\n")
        config.write_text('[server]\nurl = "redis://file"\n')
        assert load(config).server.url.get_secret_value() == self.URL

    def test_the_environment_goes_over_a_secret_file(self, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (secrets / "server__url").write_text(self.URL)
        monkeypatch.setenv("TURNSTREAM_SERVER__URL", "redis://environment")
        assert load().server.url.get_secret_value() == "redis://environment"

    def test_systemds_credentials_are_secret_files(self, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("TURNSTREAM_SECRETS_DIR")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secrets))
        (secrets / "server__url").write_text(self.URL)
        assert load().server.url.get_secret_value() == self.URL

    def test_other_files_beside_it_do_not_matter(self, secrets: Path) -> None:
        """Kubernetes keeps links of its own there."""
        (secrets / "..data").mkdir()
        (secrets / "tls.crt").write_text("not ours")
        (secrets / "server__url").write_text(self.URL)
        assert load().server.url.get_secret_value() == self.URL

    def test_an_unknown_key_of_ours_is_refused(self, secrets: Path) -> None:
        (secrets / "server__ulr").write_text(self.URL)
        words = str(refusal())
        assert "server.ulr" in words
        assert SECRET not in words

    def test_a_named_folder_that_cannot_be_read_is_refused(self, secrets: Path) -> None:
        secrets.rmdir()
        assert str(secrets) in str(refusal())

    def test_it_is_shown_nowhere(self) -> None:
        settings = load(server_url=self.URL)
        shown = (
            *(repr(settings), str(settings), repr(settings.server), str(settings.server), str(settings.server.url)),
            *(settings.model_dump_json(), repr(settings.model_dump()), repr(settings.server.model_dump(mode="json"))),
        )
        assert [text for text in shown if SECRET in text] == []
        assert self.URL in settings.server.url.get_secret_value()

    @pytest.mark.parametrize("scheme", SERVER_SCHEMES)
    def test_every_scheme_of_ours_is_taken(self, scheme: str) -> None:
        assert load(server_url=f"{scheme}://h").server.url.get_secret_value() == f"{scheme}://h"

    @pytest.mark.parametrize("start", ["http://", "redis:", "redis:/", "", "unix://", "sentinel://", " redis://"])
    def test_another_scheme_is_refused_without_the_password(self, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TURNSTREAM_SERVER__URL", f"{start}user:{SECRET}@host")
        words = str(refusal())
        assert "redis://" in words
        assert "server.url" in words
        assert SECRET not in words

    def test_a_scheme_alone_is_no_url(self) -> None:
        assert "server.url" in str(refusal(server_url="redis"))

    @pytest.mark.parametrize("value", [f"http://user:{SECRET}@host", f'{{"a": "{SECRET}"}}'])
    def test_no_traceback_of_a_refusal_shows_the_password(self, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TURNSTREAM_SERVER__URL", value)
        assert SECRET not in "".join(traceback.format_exception(refusal()))


class TestOurProcesses:
    def test_children_get_the_url_by_their_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TURNSTREAM_LOG__LEVEL", "debug")
        environment = child_environment("redis://:pw@h")
        assert environment["TURNSTREAM_SERVER__URL"] == "redis://:pw@h"
        assert environment["TURNSTREAM_LOG__LEVEL"] == "debug"
        assert "TURNSTREAM_SERVER__URL" not in child_environment(None)

    def test_zero_processes_are_one_per_usable_core(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert load().work.process_count == len(os.sched_getaffinity(0))
        monkeypatch.setenv("TURNSTREAM_WORK__PROCESSES", "3")
        assert load().work.process_count == 3
