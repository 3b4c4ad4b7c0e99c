"""Parts of the README that are made from the code; ``python -m tests.docs`` writes them anew."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from logging import getLevelName
from pathlib import Path

import turnstream
from tests.acceptance.kinds import KINDS
from tests.acceptance.station import Row
from tests.acceptance.ways import WAYS
from turnstream import errors, publish
from turnstream.errors import DocumentError, PermanentError, TransientError
from turnstream.events import EVENTS
from turnstream.extract.formats import BINARIES, PACKINGS, TEXTUALS
from turnstream.parse import marks
from turnstream.parse.hypotheses import LABEL_LINE
from turnstream.parse.layouts import READINGS
from turnstream.settings import default_toml

README = Path(__file__).parents[1] / "README.md"


def parts() -> dict[str, str]:
    """Return each generated part by the name in its markers."""
    return {
        "modules": f"```text\n{_map()}\n```",
        "formats": "\n".join(_formats()),
        "layouts": "\n".join(_layouts()),
        "settings": "\n".join(_settings()),
        "events": "\n".join(_events()),
        "reasons": "\n".join(_reasons()),
        "keys": f"```text\n{_keys()}\n```",
        "kinds": "\n".join(_kinds(KINDS.rows)),
        "ways": "\n".join(_ways(WAYS.rows)),
    }


def rewritten(text: str) -> str:
    """Return a document with every generated part in its place.

    Raises:
        KeyError: a marker names no part.

    """
    made = parts()
    pattern = re.compile(r"(<!-- made from the code: (\w+) -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}{made[match[2]]}\n{match[3]}", text)


def leaves(branch: type[DocumentError]) -> Iterator[type[DocumentError]]:
    """Yield every class below a branch of the error tree, as ``errors.py`` draws it."""
    for child in branch.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from leaves(child)


def _map() -> str:
    assert turnstream.__doc__
    _, _, below = turnstream.__doc__.partition("The map, in the order of the data:\n\n")
    return "\n".join(line.removeprefix("    ") for line in below.partition("\n\nEverybody")[0].splitlines())


def _settings() -> Iterator[str]:
    yield "| setting | default | unit, and why |\n| --- | --- | --- |"
    section = ""
    for line in default_toml().read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]") + "."
        elif "=" in line and not line.startswith("#"):
            assignment, _, reason = line.partition("  #") if "  #" in line else line.partition(" #")
            name = assignment.partition("=")[0].strip()
            value = tomllib.loads(assignment)[name]
            shown = "see file" if isinstance(value, list) else f"`{value}`".lower() if value != "" else "empty"
            yield f"| `{section}{name}` | {shown} | {reason.strip()} |"


def _events() -> Iterator[str]:
    yield "| event | level | what it means | what to do |\n| --- | --- | --- | --- |"
    for name, spec in EVENTS.items():
        yield f"| `{name}` | {getLevelName(spec.level).lower()} | {spec.meaning} | {spec.action} |"


def _reasons() -> Iterator[str]:
    yield "| reason | what becomes of the file | hint |\n| --- | --- | --- |"
    for branch, fate in ((PermanentError, "quarantine"), (TransientError, "stays in `drop/`, tried again")):
        for leaf in leaves(branch):
            yield f"| `{leaf.reason}` | {fate} | {leaf.hint} |"


def _layouts() -> Iterator[str]:
    yield "| layout | how a turn begins |"
    yield "| --- | --- |"
    modules = {LABEL_LINE: marks, **{reading.name: sys.modules[reading.read.__module__] for reading in READINGS}}
    for name, module in modules.items():
        first, *_ = str(module.__doc__).splitlines()
        yield f"| `{name}` | {first.removesuffix('.')} |"


def _formats() -> Iterator[str]:
    yield "| read by | format |"
    yield "| --- | --- |"
    for module in [one.module for table in (TEXTUALS, BINARIES, PACKINGS) for one in table]:
        first, *_ = str(import_module(f"turnstream.extract.{module}").__doc__).splitlines()
        yield f"| `{module}` | {first.removesuffix('.')} |"


def _kinds(rows: Iterable[Row]) -> Iterator[str]:
    hints = {leaf.reason: leaf.hint for leaf in leaves(PermanentError)}
    yield "| kind of file | outcome | reason | what its dropper sees | hint |\n| --- | --- | --- | --- | --- |"
    for row in rows:
        reason = f"`{row.reason}`" if row.reason else ""
        yield f"| {row.words} | {row.outcome} | {reason} | {row.seen} | {hints[row.reason] if row.reason else ''} |"


def _ways(rows: Iterable[Row]) -> Iterator[str]:
    yield "| way | outcome | when, and what of it |\n| --- | --- | --- |"
    for row in rows:
        yield f"| {row.words} | {row.outcome} | {row.seen} |"


def _keys() -> str:
    assert publish.__doc__
    rows = publish.__doc__.split("\n\n")[1].splitlines()
    return "\n".join(line.replace("``", "") for line in rows if not line.startswith("=="))


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text("utf-8")), "utf-8")
    sys.stdout.write("README.md\n")
