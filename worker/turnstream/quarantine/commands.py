"""The commands of `turnstream quarantine`: they work on the folder alone, no server needed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from turnstream.options import Common, common

if TYPE_CHECKING:
    from turnstream.quarantine.cases import Case

#: Names shown before many files are deleted.
_NAMES_SHOWN = 10

_WHICH = click.argument("which", nargs=-1, required=True)


@click.group()
def quarantine() -> None:
    """Look at rejected files, retry or discard them.

    WHICH is an arrival id, a file or folder of quarantine/ (as `list` shows it, or as a
    shell gives it), a reason, or `all`.
    """


@quarantine.command("list")
@common
def quarantine_list(options: Common) -> int:
    """List rejected files, newest last."""
    from turnstream.quarantine.words import json_line, table

    found, refused = _look(options)
    if options.as_json:
        for case in found:
            click.echo(json_line(case))
    elif found or not refused:
        click.echo("\n".join(table(found)))
    return 1 if refused else 0


@quarantine.command("show")
@_WHICH
@common
def quarantine_show(options: Common, which: tuple[str, ...]) -> int:
    """Show why files were rejected, and what to do."""
    from turnstream.quarantine.words import json_line, story

    found, refused = _look(options, which)
    root = options.settings().root
    texts = (json_line(case) if options.as_json else story(case, root) for case in found)
    click.echo(("\n" if options.as_json else "\n\n").join(texts))
    return 1 if refused else 0


@quarantine.command("retry")
@_WHICH
@common
def quarantine_retry(options: Common, which: tuple[str, ...]) -> int:
    """Put rejected files back into drop/, to be processed afresh."""
    from turnstream.models import printable
    from turnstream.quarantine.cases import retry

    root = options.settings().root
    return _each(options, _look(options, which), "to", lambda case: f"drop/{printable(retry(root, case))}")


@quarantine.command("discard")
@_WHICH
@click.option("--yes", is_flag=True, help="Do not ask before several are deleted.")
@common
def quarantine_discard(options: Common, which: tuple[str, ...], yes: bool) -> int:
    """Delete rejected files for good; asks if it is more than one."""
    from turnstream.quarantine.cases import discard

    def delete(case: Case) -> None:
        discard(root, case)

    root = options.settings().root
    meant = _look(options, which)
    if len(meant[0]) > 1 and not yes:
        _confirm(meant[0])
    return _each(options, meant, "discarded", delete)


def _look(options: Common, which: tuple[str, ...] = ()) -> tuple[list[Case], int]:
    """Return the cases, all or those that are meant, and how many folders could not be read."""
    from turnstream.quarantine.cases import cases, select, with_journal
    from turnstream.root import Root

    refused: list[OSError] = []
    root = options.settings().root
    Root(root).state()  # a wrong --root must not look like an empty quarantine
    found = list(cases(root, refused.append))
    for error in refused:
        click.echo(f"turnstream: {error.filename} cannot be read: {error.strerror}", err=True)
    found = with_journal(root, found)
    return select(root, found, which) if which else found, len(refused)


def _confirm(found: list[Case]) -> None:
    for case in found[:_NAMES_SHOWN]:
        click.echo(case.shown, err=True)
    if len(found) > _NAMES_SHOWN:
        click.echo(f"and {len(found) - _NAMES_SHOWN} more", err=True)
    if not sys.stdin.isatty():
        raise click.UsageError(f"{len(found)} files would be deleted for good: add --yes")
    click.confirm(f"Delete these {len(found)} files for good?", abort=True, err=True)


def _each(options: Common, meant: tuple[list[Case], int], done: str, action: Callable[[Case], str | None]) -> int:
    """Do something with every case that was meant; one that fails does not keep the others from it."""
    import orjson

    found, refused = meant
    failed = 0
    for case in found:
        facts = {"path": case.shown, "arrival_id": case.facts.get("arrival_id")}
        try:
            said = action(case)
        except OSError as error:
            failed += 1
            click.echo(f"turnstream: {case.shown} stays in quarantine: {error.strerror}", err=True)
            facts |= {done: None, "error": error.strerror}
        else:
            facts |= {done: said or True}
        if options.as_json:
            click.echo(orjson.dumps(facts).decode())
        elif facts[done]:
            click.echo(f"{case.shown} -> {said}" if said else f"{case.shown} deleted")
    return 1 if failed or refused else 0
