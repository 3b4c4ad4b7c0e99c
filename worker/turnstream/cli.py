"""The commands: thin, and quick to say ``--help``; what they do is imported when they do it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from turnstream import __version__

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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="turnstream")
def cli() -> None:
    """Drop a transcript file in a folder; get one structured record on a stream."""


@cli.command()
@common
def run(options: Common) -> int:
    """Start server, watcher and worker, and keep them running."""
    from turnstream import root
    from turnstream.child import children_of, claim

    settings = options.settings()
    root.prepare(settings.root)
    claim(settings.root)
    children = children_of(settings, options.config)
    # They take most of the time of a start: let them begin while this process imports its own.
    for child in children:
        child.start()
    from turnstream import log
    from turnstream.supervise import Supervisor

    log.configure(settings.log, "run")
    return Supervisor(settings, children).run()


@cli.command()
@AWAIT_SERVER
@common
def watch(options: Common, await_server: bool) -> int:
    """Watch drop/ and queue what is due."""
    from turnstream import log, root
    from turnstream.app import Sender, create
    from turnstream.connect import client
    from turnstream.publish import Ledger
    from turnstream.watch.backlog import Backlog
    from turnstream.watch.contact import Contact
    from turnstream.watch.queue import Queue
    from turnstream.watch.watcher import Watcher

    settings = options.settings()
    log.configure(settings.log, "watch")
    data = root.prepare(settings.root)
    url = options.durable_server(settings, await_server=await_server)
    ledger = Ledger(client(url, settings.server), settings.server.key_prefix)
    enqueue = Sender(create(settings, url))
    enqueue.connect()
    queue = Queue(data.drop, Backlog(), enqueue, settings, data.state().root_id)
    watcher = Watcher(data, Contact(data, ledger, settings), queue, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watcher.end())
    watcher.run()
    return 0


@cli.command()
@AWAIT_SERVER
@common
def work(options: Common, await_server: bool) -> int:
    """Work off the queue (a Celery worker)."""
    from turnstream import settings as settings_module

    settings_module.make_sigterm_soft()
    from turnstream import log, root
    from turnstream.work import work as work_off

    settings = options.settings()
    log.configure(settings.log, "work")
    root.prepare(settings.root)
    return work_off(settings, options.durable_server(settings, await_server=await_server))


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, readable=False))
@common
def ingest(options: Common, paths: tuple[Path, ...]) -> int:
    """Copy files into drop/ and wait for their outcomes."""
    from turnstream.ingest import ingest as bring_in

    return bring_in(paths, options.settings(), options.config, as_json=options.as_json)


@cli.command()
@click.option("--new", is_flag=True, help="Only records that come from now on.")
@click.option("--count", type=click.IntRange(min=1), help="End after this many.")
@click.option("--event", is_flag=True, help="The whole CloudEvent instead of its record.")
@common
def tail(options: Common, new: bool, count: int | None, event: bool) -> None:
    """Print the records on the stream, from the oldest, and go on as they come."""
    from turnstream.read import follow, line_of

    settings = options.settings()
    for entry in follow(options.ledger(settings), new=new, count=count):
        click.echo(line_of(entry, as_json=options.as_json or event, whole_event=event))


@cli.command()
@click.argument("document_id")
@common
def show(options: Common, document_id: str) -> int:
    """Show the record of a document by its id (or the beginning of its content hash)."""
    from turnstream.read import find, pretty

    entry = find(options.ledger(options.settings()), document_id)
    if entry is None:
        click.echo(f"no document {document_id} is on the stream", err=True)
        return 1
    click.echo(pretty(entry, as_json=options.as_json))
    return 0


@cli.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@common
def parse(options: Common, files: tuple[Path, ...]) -> int:
    """Parse files without ingesting them (dry run)."""
    from turnstream.dry_run import dry_run

    return dry_run(files, as_json=options.as_json)


@cli.command()
@common
def status(options: Common) -> None:
    """Show what waits, what is worked on, what came out, and who is alive."""
    from turnstream.status import gather, table

    settings = options.settings()
    facts = gather(settings, options.ledger(settings))
    click.echo(facts.to_json() if options.as_json else table(facts))


@cli.command()
@common
def url(options: Common) -> None:
    """Print the server's URL, password included, for your own Redis client."""
    from turnstream.connect import find_url

    click.echo(find_url(options.settings()))


@cli.group()
def config() -> None:
    """Show or check the settings."""


@config.command("show")
@common
def config_show(options: Common) -> None:
    """Print every setting in force; secrets are masked."""
    import orjson

    from turnstream.line import plain

    settings = options.settings()
    if options.as_json:
        click.echo(orjson.dumps(plain(settings.model_dump())).decode())
        return
    for section, values in settings.model_dump(mode="json").items():
        for name, value in values.items() if isinstance(values, dict) else [("", values)]:
            click.echo(f"{section}{'.' if name else ''}{name} = {value!r}")


@config.command("check")
@common
def config_check(options: Common) -> None:
    """Read all sources and say whether they hold; exit 78 if not."""
    settings = options.settings()
    click.echo('{"ok":true}' if options.as_json else f"ok: root {settings.root}")


@cli.group()
def quarantine() -> None:
    """Look at rejected files, retry or discard them."""


@quarantine.command("list")
@common
def quarantine_list(options: Common) -> None:
    """List rejected files, newest last."""
    from turnstream.quarantine import listing

    for line in listing(options.settings().root, as_json=options.as_json):
        click.echo(line)


@quarantine.command("show")
@click.argument("which")
@common
def quarantine_show(options: Common, which: str) -> None:
    """Show why a file was rejected (by arrival id or path)."""
    from turnstream.quarantine import select

    for case in select(options.settings().root, which):
        click.echo(case.sidecar.read_text("utf-8").rstrip())


@quarantine.command("retry")
@click.argument("which")
@common
def quarantine_retry(options: Common, which: str) -> None:
    """Put rejected files back into drop/: an arrival id, a path, a reason, or `all`."""
    from turnstream.quarantine import retry, select

    root = options.settings().root
    for case in select(root, which):
        click.echo(f"{case.shown} -> drop/{retry(root, case)}")


@quarantine.command("discard")
@click.argument("which")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def quarantine_discard(options: Common, which: str, yes: bool) -> None:
    """Delete rejected files for good."""
    from turnstream.quarantine import discard, select

    cases = select(options.settings().root, which)
    if not yes:
        click.confirm(f"Delete {len(cases)} file(s) for good?", abort=True)
    for case in cases:
        discard(case)
        click.echo(f"{case.shown} deleted")
