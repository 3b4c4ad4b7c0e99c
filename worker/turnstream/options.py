"""The options that every command has, and what they lead to; imports happen when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from turnstream.publish import Ledger
    from turnstream.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)
AWAIT_SERVER = click.option("--await-server", is_flag=True, help="Wait for the root's server to be started.")


@dataclass(frozen=True)
class Common:
    """The options that every command has."""

    root: Path | None
    server: str | None
    config: Path | None
    as_json: bool

    def settings(self) -> Settings:
        """Read the settings with these options over them."""
        from turnstream.settings import load

        return load(self.config, self.root, self.server)

    def ledger(self, settings: Settings) -> Ledger:
        """Connect to the server that runs for these settings; exit 69 if none answers."""
        from turnstream.connect import await_url, client
        from turnstream.publish import Ledger

        return Ledger(client(await_url(settings, 0.0), settings.server), settings.server.key_prefix)

    def durable_server(self, settings: Settings, *, await_server: bool) -> str:
        """Return the URL of the server once it answers and is safe; exit 69 or 78 if not."""
        from turnstream.connect import await_url, client
        from turnstream.durability import require_durable

        patient = await_server or settings.server.url.get_secret_value()
        url = await_url(settings, settings.server.start_seconds if patient else 0.0)
        with client(url, settings.server) as server:
            require_durable(server, settings.server)
        return url


def common(command: Command) -> Command:
    """Give a command the common options, as its first argument."""

    def wrapper(
        *args: Any, root: Path | None, server: str | None, config: Path | None, as_json: bool, **kw: Any
    ) -> Any:
        return command(Common(root, server, config, as_json), *args, **kw)

    wrapper.__name__, wrapper.__doc__ = command.__name__, command.__doc__
    wrapper.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON object per line."),
        click.option("--config", type=PATH, help="TOML file over the defaults [TURNSTREAM_CONFIG]."),
        click.option("--server", metavar="URL", help="Server to use [TURNSTREAM_SERVER__URL]."),
        click.option("--root", type=PATH, help="Data root, default ./data [TURNSTREAM_ROOT]."),
    ):
        option(wrapper)
    return wrapper  # type: ignore[return-value]
