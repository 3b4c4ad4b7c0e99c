"""Settings: ``config/default.toml``, then ``--config``, secret files, environment, command line.

The only module that reads the environment.  Defaults, units and reasons stand in
``default.toml`` alone; here are the types and the bounds.  All tables are merged
key by key; an unknown key is an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from turnstream.errors import BadConfiguration

ENV_PREFIX = "TURNSTREAM_"
#: Environment names of ours that are no setting: where settings and secrets are found, and where tests have us die.
ENV_PLACES = ("TURNSTREAM_CONFIG", "TURNSTREAM_SECRETS_DIR", "TURNSTREAM_CRASH_AT")
#: What Kubernetes sets in every container beside a service that is called "turnstream".
_SERVICE_LINK = re.compile(r"TURNSTREAM_(SERVICE_(HOST|PORT\w*)|PORT(_\d+_(TCP|UDP|SCTP)\w*)?)")
SERVER_SCHEMES = ("redis", "rediss", "redis+socket", "valkey")

#: Times that a hold is refreshed within its time to live.
HOLD_REFRESHES = 3

Seconds = Annotated[float, Field(ge=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]
Days = Annotated[float, Field(ge=0, le=36500)]
Count = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """One table of the TOML files: frozen, no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(Section):
    """The server: an outside one by URL, or the embedded one."""

    url: SecretStr
    key_prefix: Annotated[str, Field(min_length=1, max_length=64)]
    allow_weak_durability: bool
    connect_timeout_seconds: PositiveSeconds
    response_timeout_seconds: Annotated[float, Field(gt=1)]
    data_dir: str
    port: Annotated[int, Field(ge=0, le=65535)]
    binary: str
    start_seconds: PositiveSeconds
    stop_seconds: PositiveSeconds

    @field_validator("url")
    @classmethod
    def scheme_is_known(cls, url: SecretStr) -> SecretStr:
        """Refuse a scheme that no client of ours speaks, without echoing the URL."""
        scheme, separator, _ = url.get_secret_value().partition("://")
        if url.get_secret_value() and (not separator or scheme not in SERVER_SCHEMES):
            raise ValueError(f"must begin with one of {', '.join(s + '://' for s in SERVER_SCHEMES)}")
        return url


class WatchSettings(Section):
    """When a file in ``drop/`` is complete, and how often the folder is looked at."""

    native_events: bool
    leases: bool
    sweep_seconds: PositiveSeconds
    sweep_max_seconds: PositiveSeconds
    gather_seconds: Seconds
    rename_settle_seconds: Seconds
    quiet_seconds: Seconds
    settle_seconds: Seconds
    done_marker: str
    ignore: tuple[str, ...]
    resend_seconds: PositiveSeconds
    retry_seconds: PositiveSeconds
    retry_max_seconds: PositiveSeconds
    newest_share: Annotated[float, Field(ge=0, le=1)]
    window_files: Count


class BatchSettings(Section):
    """How much one task message carries."""

    max_files: Annotated[int, Field(ge=1, le=1000)]
    max_bytes: Count
    queued_per_process: Count


class WorkSettings(Section):
    """The Celery worker and its limits."""

    processes: Annotated[int, Field(ge=0, le=1024)]
    max_file_bytes: Count
    document_time_limit_seconds: PositiveSeconds
    soft_time_limit_seconds: Count
    time_limit_seconds: Count
    visibility_timeout_seconds: Count
    hold_seconds: Annotated[int, Field(ge=2)]
    max_attempts: Count
    max_tasks_per_child: Count
    max_memory_per_child_kib: Count
    memory_limit_kib: Annotated[int, Field(ge=1 << 18)]
    soft_shutdown_seconds: Seconds

    @model_validator(mode="after")
    def limits_are_in_order(self) -> Self:
        """Refuse limits of which the wider one is reached first, or a message comes again while it is worked on."""
        if not self.soft_time_limit_seconds < self.time_limit_seconds <= self.visibility_timeout_seconds / 2:
            raise ValueError("soft_time_limit_seconds < time_limit_seconds <= visibility_timeout_seconds / 2 must hold")
        if self.document_time_limit_seconds > self.soft_time_limit_seconds:
            raise ValueError("document_time_limit_seconds <= soft_time_limit_seconds must hold")
        return self

    @property
    def process_count(self) -> int:
        """Worker processes: the setting, or one per core this process may use."""
        return self.processes or len(os.sched_getaffinity(0))


class StreamSettings(Section):
    """How much of the documents stream is kept, and how far its consumers may be behind."""

    retain_entries: Count
    trim_seconds: PositiveSeconds
    max_backlog: Annotated[int, Field(ge=0)]
    max_memory_share: Annotated[float, Field(gt=0, le=1)]


class RetentionSettings(Section):
    """How long what has its outcome is kept; 0 is for ever."""

    archive_days: Days
    duplicates_days: Days
    quarantine_days: Days
    journal_days: Days
    pass_seconds: PositiveSeconds

    @property
    def has_ages(self) -> bool:
        """Whether anything is deleted by age."""
        return any((self.archive_days, self.duplicates_days, self.quarantine_days, self.journal_days))

    @model_validator(mode="after")
    def journal_outlives_archive(self) -> Self:
        """Refuse to delete the journal of files that are kept longer than it."""
        if self.journal_days and not 0 < self.archive_days <= self.journal_days:
            raise ValueError(
                "journal_days must be 0 (for ever), or at least archive_days, which must not be 0 then: "
                "the ledger of what lies in archive/ is rebuilt from the journal"
            )
        return self


class LogSettings(Section):
    """How log lines look and which are written."""

    format: Literal["auto", "json", "console"]
    level: Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """Everything that can be set, read once and passed down."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    root: Path
    server: ServerSettings
    watch: WatchSettings
    batch: BatchSettings
    work: WorkSettings
    stream: StreamSettings
    retention: RetentionSettings
    log: LogSettings

    @model_validator(mode="after")
    def holds_are_seen(self) -> Self:
        """Refuse a hold that first shows after its batch was sent again."""
        if self.work.hold_seconds / HOLD_REFRESHES >= self.watch.resend_seconds:
            raise ValueError(f"work.hold_seconds / {HOLD_REFRESHES} < watch.resend_seconds must hold")
        return self

    @field_validator("root")
    @classmethod
    def root_is_absolute(cls, root: Path) -> Path:
        """Fix the root to the working folder of this moment."""
        return root.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line over environment over secret files over TOML."""
        del dotenv_settings
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_prefix="", secrets_nested_delimiter="__", secrets_dir_missing="ok"
        )
        toml = TomlConfigSettingsSource(settings_cls, toml_file=list(_toml_files), deep_merge=True)
        return init_settings, env_settings, secrets, toml


_toml_files: tuple[Path, ...] = ()


def default_toml() -> Path:
    """The default settings: in the installed package, else in the checkout."""
    packaged = Path(__file__).parent / "_config" / "default.toml"
    return packaged if packaged.exists() else Path(__file__).parents[2] / "config" / "default.toml"


def load(config: Path | None = None, root: Path | None = None, server_url: str | None = None) -> Settings:
    """Read all sources and return the settings.

    Args:
        config: a TOML file over the defaults; ``TURNSTREAM_CONFIG`` if not given.
        root: the data root, over every other source.
        server_url: the server's URL, over every other source.

    Raises:
        BadConfiguration: a missing file, broken TOML, an unknown key or a bad value.

    """
    global _toml_files  # noqa: PLW0603 - pydantic-settings has no other way in for a list of files
    config = config or _environment_path("TURNSTREAM_CONFIG")
    if config is not None and not config.is_file():
        raise BadConfiguration(f"the configuration file {config} does not exist")
    _refuse_unknown_environment()
    _toml_files = (default_toml(), *([config] if config else []))
    overrides: dict[str, Any] = {"root": root} if root else {}
    if server_url:
        overrides["server"] = {"url": server_url}
    try:
        return Settings(_secrets_dir=secrets_dir(), **overrides)
    except ValidationError as error:
        # Not chained: the validation error holds its input, which may be a password.
        raise BadConfiguration("; ".join(_sentences(error))) from None
    except OSError as error:
        raise BadConfiguration(f"{error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise BadConfiguration(f"{config or default_toml()}: {error}") from error


def secrets_dir() -> Path | None:
    """Folder of secret files: ``TURNSTREAM_SECRETS_DIR``, else systemd's credentials.

    Raises:
        BadConfiguration: a folder is named and cannot be read.

    """
    folder = _environment_path("TURNSTREAM_SECRETS_DIR") or _environment_path("CREDENTIALS_DIRECTORY")
    if folder is not None and not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        raise BadConfiguration(f"the folder of secrets {folder} cannot be read")
    return folder


def child_environment(server_url: str | None) -> dict[str, str]:
    """The environment for our child processes; a URL goes here, as a command line is public."""
    extra = {"TURNSTREAM_SERVER__URL": server_url} if server_url else {}
    return {**os.environ, **extra, "PYTHONUNBUFFERED": "1"}


def make_sigterm_soft() -> None:
    """Let SIGTERM give running tasks ``soft_shutdown_seconds`` (billiard reads this at import)."""
    os.environ["REMAP_SIGTERM"] = "SIGQUIT"


def crash_at() -> str | None:
    """Where worker processes are to be killed, as ``crashpoint.arm`` takes it; for tests alone."""
    return os.environ.get("TURNSTREAM_CRASH_AT")


def _environment_path(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def _refuse_unknown_environment() -> None:
    for name in os.environ:
        if not name.startswith(ENV_PREFIX) or name in ENV_PLACES or _SERVICE_LINK.fullmatch(name):
            continue
        section, nested, _ = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if section not in Settings.model_fields or (nested and section == "root"):
            raise BadConfiguration(f"the environment variable {name} is no setting of Turnstream")


def _sentences(error: ValidationError) -> Iterable[str]:
    for fault in error.errors(include_input=False, include_url=False):
        yield f"{'.'.join(str(part) for part in fault['loc']) or 'settings'}: {fault['msg']}"
