"""`rebuild`: by hand what the watcher does by itself, or a look at what it would do."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import asdict

import click
import orjson

from turnstream.publish import Ledger
from turnstream.rebuild.run import Report, rebuild
from turnstream.root import Root


def command(root: Root, ledger: Ledger, *, dry_run: bool, as_json: bool) -> int:
    """Rebuild, print what was done, and return the exit code: 1 if a content could not be recovered."""
    (report,) = deque(rebuild(root, ledger, dry_run=dry_run), maxlen=1)
    if as_json:
        click.echo(orjson.dumps({"dry_run": dry_run, **asdict(report)}).decode())
    else:
        _show(report, dry_run=dry_run)
    return 1 if report.unrecoverable else 0


def _show(report: Report, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    click.echo(f"what was wrong: {report.why or 'nothing'}")
    for count, words in (
        (report.known, "publications in the journal that the server knows"),
        (report.restored, f"claims {would}restored: the entry is on the stream, or was trimmed from it"),
        (report.republished, f"entries {would}published again from archive/, under their old event ids"),
        (report.waiting, "entries whose file is still in drop/: they are published from there"),
        (report.unrecoverable, "entries that are lost with their files: drop those again"),
    ):
        click.echo(f"{count:>9,}  {words}")
    for path in report.lost:
        sys.stdout.write(f"           {path}\n")
