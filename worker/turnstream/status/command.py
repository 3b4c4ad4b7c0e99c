"""`status` once, or on a screen that refreshes until Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from types import FrameType

import click
from rich.console import Console
from rich.live import Live

from turnstream.errors import NoServer
from turnstream.settings import Settings
from turnstream.status.facts import Status
from turnstream.status.gather import Gatherer
from turnstream.status.screen import screen

#: Seconds between two looks, and after a look that took longer.
_REFRESH_SECONDS, _LEAST_PAUSE = 1.0, 0.2
#: Columns of what is no terminal.
_PLAIN_WIDTH = 100


def status(settings: Settings, *, as_json: bool, once: bool) -> int:
    """Print the status; return 69 if the server could not be asked.

    Raises:
        BadConfiguration: this is no data root.

    """
    gatherer = Gatherer(settings)
    console = Console(highlight=False, markup=False, emoji=False)
    if not as_json and not once and console.is_terminal and not console.is_dumb_terminal:
        _refresh(gatherer, console)
    found = gatherer.gather()
    if as_json:
        click.echo(found.to_json())
    else:
        _print(found, console)
    return 0 if found.server.state == "ok" else NoServer.exit_code


def _print(found: Status, console: Console) -> None:
    if not sys.stdout.isatty():
        console = Console(width=_PLAIN_WIDTH, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(screen(found, console.width))
    # What fills the columns is nothing to copy.
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()), color=True)


def _refresh(gatherer: Gatherer, console: Console) -> None:
    """Show one screen until it is interrupted; what was last seen stays on the terminal."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    found = gatherer.gather()
    try:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while True:
                began = time.monotonic()
                live.update(screen(found, console.width, console.height), refresh=True)
                found = gatherer.gather()
                time.sleep(max(_REFRESH_SECONDS - (time.monotonic() - began), _LEAST_PAUSE))
    finally:
        with contextlib.suppress(OSError):
            _print(found, console)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
