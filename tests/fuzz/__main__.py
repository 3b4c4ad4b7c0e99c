"""``python -m tests.fuzz [--minutes N] [--seed N] [--texts FOLDER] [--format NAME] [--keep FOLDER]``.

Exit code 1 if anything breaks.
Two processes side by side: the campaign, and the guided fuzzer where atheris is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from random import Random

from tests.fuzz.campaign import Campaign, campaign, campaign_of
from tests.fuzz.check import Check
from tests.fuzz.documents import document
from tests.fuzz.mutate import MOST
from tests.in_formats import WRITERS
from tests.invented import transcript

#: Texts that the guided fuzzer begins with.
_FIRST = 300
#: Share of the time in which what it kept is checked again.
_AGAIN = 0.2
#: Seconds that one input may take before the guided fuzzer says so, and after which all must have ended.
_HANGS, _PATIENCE = 30, 120
#: libFuzzer's exit code when an input broke something, which is told with the other findings.
_FOUND = 77
#: Of its own words when it ends in another way.
_TOLD = 3000


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz for so long; print what was tried and found."""
    options = _options(arguments)
    texts = [path.read_text("utf-8", "replace")[:MOST] for path in _files(options.texts)]
    options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="turnstream-fuzz-") as name:
        chance = Random(options.seed)
        first = (
            [document(chance, options.format) for _ in range(_FIRST)]
            if options.format
            else [text.encode("utf-8", "replace") for text in (*texts, *(transcript(chance) for _ in range(_FIRST)))]
        )
        guided = _Guided(options, first, Path(name)) if importlib.util.find_spec("atheris") else None
        try:
            if options.format:
                done = campaign_of(partial(document, name=options.format), options.minutes * 60, options.seed)
            else:
                done = campaign(options.minutes * 60, options.seed, texts)
            failed = guided.ended() if guided else 0
        finally:
            if guided:
                guided.process.kill()
        if not guided:
            _say("no atheris here: without the guided fuzzer")
        _add(
            done,
            guided.reached(Random(options.seed)) if guided else (),
            options.minutes * 60 * _AGAIN,
            timed=not options.format,
        )
    _say(str(done))
    for number, finding in enumerate(done.findings):
        (options.keep / f"{options.seed}-{number}").write_bytes(finding.raw)
    if done.findings:
        _say(f"inputs are in {options.keep}")
    return bool(done.findings) or bool(failed)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--texts", type=Path, help="folder of texts to begin with, beside the invented ones")
    parser.add_argument("--format", choices=[*WRITERS], help="documents of this format instead of plain texts")
    parser.add_argument("--keep", type=Path, default=Path(".fuzz"), help="where findings go")
    return parser.parse_args(arguments)


def _files(folder: Path | None) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []


class _Guided:
    """The guided fuzzer as a process of its own, beside the campaign."""

    def __init__(self, options: argparse.Namespace, first: Sequence[bytes], folder: Path) -> None:
        self.corpus, self.log = folder / "corpus", folder / "log"
        self.found = f"{options.seed}-guided-"
        self.keep: Path = options.keep
        self.corpus.mkdir()
        for number, raw in enumerate(first):
            (self.corpus / str(number)).write_bytes(raw)
        command = [sys.executable, "-m", "tests.fuzz.guided", f"-max_total_time={max(1, int(options.minutes * 60))}"]
        command += [f"-seed={options.seed or 1}", f"-max_len={MOST}", f"-timeout={_HANGS}", "-print_final_stats=1"]
        command += [f"-artifact_prefix={self.keep}/{self.found}", str(self.corpus)]
        command += [f"--format={options.format}"] if options.format else []
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)

    def ended(self) -> int:
        """Wait for its end, say what it did; return its exit code."""
        self.process.wait(_PATIENCE)
        said = self.log.read_text("utf-8", "replace")
        tried = re.search(r"number_of_executed_units: (\d+)", said)
        _say(f"guided: {tried[1] if tried else '?'} inputs")
        if self.process.returncode not in (0, _FOUND):
            _say(f"it ended with {self.process.returncode}:\n{said[-_TOLD:]}")
        return self.process.returncode

    def reached(self, chance: Random) -> list[bytes]:
        """What broke something; then, in any order, what reached a branch that nothing before it had."""
        kept = list(self.corpus.iterdir())
        chance.shuffle(kept)
        return [path.read_bytes() for path in (*self.keep.glob(f"{self.found}*"), *kept)]


def _add(done: Campaign, reached: Iterable[bytes], seconds: float, *, timed: bool) -> None:
    """Check once more what the guided fuzzer kept, now timed, for so long."""
    until = time.monotonic() + seconds
    for raw in reached:
        done.add(raw, Check(), timed=timed)
        if time.monotonic() > until:
            break


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
