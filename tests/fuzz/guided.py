"""``python -m tests.fuzz.guided [libFuzzer's options] FOLDER``: the check under atheris, which sees the branches taken.

Inputs that reach a new branch are kept in FOLDER.  Nothing is timed here, as what is watched is
slow: ``tests.fuzz`` times what was kept.
"""

from __future__ import annotations

import importlib
import sys
from random import Random
from typing import Any

from tests.fuzz.documents import document
from tests.fuzz.mutate import mutated

#: What is watched.
_WATCHED = ["turnstream.extract", "turnstream.parse", "turnstream.normalise"]
#: libFuzzer changes bytes, we change texts: one time in so many it is libFuzzer's turn.
_BYTES_IN = 3


def main() -> None:
    """Fuzz until the time is up or something breaks; ends the process."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=_WATCHED):
        check = importlib.import_module("tests.fuzz.check").Check()

    name = next((word.partition("=")[2] for word in sys.argv if word.startswith("--format=")), "")

    def one(raw: bytes) -> None:
        check.require(raw, timed=False)

    def change(raw: bytes, most: int, seed: int) -> bytes:
        chance = Random(seed)
        if chance.randint(1, _BYTES_IN) == 1:
            changed: bytes = atheris.Mutate(raw, most)
            return changed
        if name:
            return document(chance, name)[:most]
        return mutated(chance, raw.decode("utf-8", "replace")).encode("utf-8", "replace")[:most]

    atheris.Setup(sys.argv, one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
