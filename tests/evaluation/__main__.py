"""``python -m tests.evaluation CORPORA [--update] [--source NAME] [--files] [--diff PART] [--without LAYOUT]``.

Exit codes: 0 as good as the last table or better, 1 a source got worse or a promise is broken,
2 wrong use.  With `--source`, `--files` or `--diff` it is the scorer's own output, and no comparison.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.evaluation.corpora import Corpora
from tests.evaluation.last import Table, differences, incomparable, load, save
from tests.evaluation.run import Results, read_all
from tests.evaluation.table import TOLERANCE, Change, mean_of, rows_of, shown
from tests.evaluation.without import read_without

LAST = Path(__file__).with_name("last.json")
#: Broken promises that are shown; the others are counted.
_SHOWN = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, score, show, compare; return the exit code."""
    options = _options(arguments)
    corpora = Corpora(options.corpora)
    if options.without:
        return _without(corpora, options.without)
    results = read_all(corpora)
    with tempfile.TemporaryDirectory(prefix="turnstream-evaluate-") as folder:
        predictions = Path(folder) / "predictions.jsonl"
        results.write(predictions)
        if options.source or options.files or options.diff:
            _say(corpora.run_scorer(corpora.gold, predictions, _passed_on(options)).rstrip())
            return _broken(results)
        table = _table(corpora, results, Path(folder), predictions)
    means = {"mean of sources": mean_of(table.all), "… text and Markdown": mean_of(table.text)}
    _say(f"{shown(table.rows(), means)}\n{results.summary()}")
    worse = _compared(load(options.last), table)
    if options.update:
        save(table, options.last)
        _say(f"\n{options.last} written")
    return _broken(results) or (worse and not options.update)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make evaluate")
    parser.add_argument("corpora", type=Path, help="folder with raw/, gold/ and score.py")
    parser.add_argument("--update", action="store_true", help="make these figures the last table")
    parser.add_argument("--last", type=Path, default=LAST, help="the last table")
    parser.add_argument("--source", action="append", default=[], help="the scorer's own table of this source")
    parser.add_argument("--files", action="store_true", help="… with a line per file")
    parser.add_argument("--diff", metavar="PART", help="… with missed and false turns of files whose path holds PART")
    parser.add_argument("--without", metavar="LAYOUT", action="append", default=[], help="compare with and without it")
    options = parser.parse_args(arguments)
    missing = [name for name in ("raw", "gold", "score.py") if not (options.corpora / name).exists()]
    if missing:
        parser.error(f"{options.corpora} is no folder of corpora: it has no {' and no '.join(missing)}")
    return options


def _without(corpora: Corpora, names: Sequence[str]) -> int:
    try:
        found = read_without(corpora, names)
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    faults = list(found.faults())
    _listed(f"without {', '.join(names)}", found.left)
    _listed(f"WRONG: {len(faults)}", faults)
    return bool(faults)


def _passed_on(options: argparse.Namespace) -> list[str]:
    arguments = [word for source in options.source for word in ("--source", source)]
    arguments += ["--files"] if options.files else []
    return arguments + (["--diff", options.diff] if options.diff else [])


def _table(corpora: Corpora, results: Results, folder: Path, predictions: Path) -> Table:
    scores = corpora.score(corpora.gold, predictions)
    gold = folder / "gold"
    gold.mkdir()
    text = corpora.write_text_gold(gold)
    return Table(
        rows_of(scores, results.lost(corpora.golden())),
        rows_of(corpora.score(gold, predictions), results.lost(text)) if text else {},
    )


def _compared(last: Table | None, table: Table) -> bool:
    """Say what changed; whether something got worse."""
    if last is None:
        _say("\nno last table to compare with; --update (make evaluate UPDATE=1) writes it")
        return False
    found = list(differences(last, table))
    worse = [change for change in found if change.is_worse]
    _listed("against the last table", _by_source(found))
    _listed("not compared", incomparable(last, table))
    _listed(f"WORSE than the last table (by more than {TOLERANCE}, or a false turn more)", _by_source(worse))
    return bool(worse)


def _by_source(found: Iterable[Change]) -> list[str]:
    grouped: dict[str, list[str]] = {}
    for change in found:
        grouped.setdefault(change.source, []).append(str(change))
    return [f"{source}: {', '.join(figures)}" for source, figures in grouped.items()]


def _broken(results: Results) -> bool:
    faults = list(results.broken())
    _listed(f"BROKEN promises: {len(faults)}", faults[:_SHOWN])
    return bool(faults)


def _listed(head: str, items: Iterable[object]) -> None:
    lines = [f"  {item}" for item in items]
    if lines:
        _say("\n".join(("", head, *lines)))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
