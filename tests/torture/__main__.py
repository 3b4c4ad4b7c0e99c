"""``python -m tests.torture --faults N --seed S``: torture the program, and say what is lost, doubled or stuck."""

from __future__ import annotations

import argparse
import secrets
import sys

from tests.torture import faults
from tests.torture.broken import BROKEN
from tests.torture.campaign import DOCUMENTS_PER_FAULT, Order, torture
from tests.torture.services import SETTINGS


def main() -> int:
    """Read the command line, and torture."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--faults", type=int, default=150)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--documents", type=int, help=f"{DOCUMENTS_PER_FAULT} for each fault by default")
    parser.add_argument("--only", nargs="*", choices=sorted(faults.FAULTS), metavar="KIND", help="kinds of faults")
    parser.add_argument("--broken", default="", choices=["", *BROKEN], help="break the program on purpose")
    parser.add_argument("--portable", action="store_true", help="nothing that needs root")
    parser.add_argument("--defaults", action="store_true", help="the program's own waits, not short ones")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="environment of the program")
    options = parser.parse_args()
    documents = options.documents or options.faults * DOCUMENTS_PER_FAULT
    mounts = faults.IS_ROOT and not options.portable
    kinds = options.only or faults.kinds_here(root=mounts)
    settings = {**({} if options.defaults else SETTINGS), **dict(pair.split("=", 1) for pair in options.set)}
    return torture(Order(options.seed, options.faults, documents, kinds, options.broken, mounts, settings))


if __name__ == "__main__":
    sys.exit(main())
