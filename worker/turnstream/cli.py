"""The commands: thin, and quick to say ``--help``; what they do is imported when they do it."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from pathlib import Path

import click

from turnstream import __version__
from turnstream.options import AWAIT_SERVER, PATH, Common, common
from turnstream.quarantine.commands import quarantine


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

    def rebuild() -> Iterable[object]:
        from turnstream.rebuild.run import rebuild

        return rebuild(data, ledger)

    watcher = Watcher(data, Contact(data, ledger, settings, rebuild), queue, settings)
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
@click.option("--explain", "explained", is_flag=True, help="Show what each layout makes of a file, with its score.")
@common
def parse(options: Common, files: tuple[Path, ...], explained: bool) -> int:
    """Parse files without ingesting them (dry run)."""
    from turnstream.dry_run import dry_run

    return dry_run(files, as_json=options.as_json, explained=explained)


@cli.command()
@click.option("--once", is_flag=True, help="Print once; on a terminal it refreshes until Ctrl-C.")
@common
def status(options: Common, once: bool) -> int:
    """Show what waits, what came out, who is alive, what is wrong."""
    from turnstream.status.command import status

    return status(options.settings(), as_json=options.as_json, once=once)


@cli.command()
@click.argument("what", nargs=-1, required=True, metavar="FILE|ID...")
@common
def explain(options: Common, what: tuple[str, ...]) -> int:
    """Say where a file is, or what became of it, and what to do.

    FILE is a path: in drop/, archive/, duplicates/ or quarantine/, one that is gone, or any
    other file (is its text published?).  ID is an arrival, document, event, entry or batch id,
    or a SHA-256, of which the first 8 digits are enough.  Names with a leading dash go after --.
    """
    from turnstream.explain.answer import exit_code, explain
    from turnstream.explain.words import show

    explanations = explain(what, options.settings())
    if options.as_json:
        for explanation in explanations:
            click.echo(explanation.to_json())
    else:
        show(explanations)
    return exit_code(explanations)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@common
def rebuild(options: Common, dry_run: bool) -> int:
    """Make the server's ledger whole again from journal and archive (the watcher does it by itself)."""
    from turnstream import log
    from turnstream.rebuild.command import command
    from turnstream.root import Root

    settings = options.settings()
    log.configure(settings.log, "rebuild", stream="stderr")
    return command(Root(settings.root), options.ledger(settings), dry_run=dry_run, as_json=options.as_json)


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


cli.add_command(quarantine)
