"""How much a packed or nested file may ask of us: what nobody writes by hand or by a tool that transcribes."""

from __future__ import annotations

from turnstream.errors import FileTooLarge

#: Packings in one another: a compressed mail with a compressed transcript.
MAX_PACKINGS = 3
#: Bytes that a packed file, or all members that are read of an archive, may expand to: as much as a file may have.
MAX_EXPANDED = 1 << 28
#: How many times its size it may expand to, from so many bytes on: text shrinks to a tenth, a bomb to a thousandth.
MAX_RATIO, RATIO_FROM = 200, 1 << 22
#: Levels of a nested format, JSON or XML.
MAX_DEPTH = 200


def check_expanded(expanded: int, packed: int) -> None:
    """Call it while a packed file is unpacked, with the bytes so far and those that were packed.

    Raises:
        FileTooLarge: it is a bomb, or too large for a transcript.

    """
    if expanded > MAX_EXPANDED or (expanded > RATIO_FROM and expanded > packed * MAX_RATIO):
        raise FileTooLarge(f"its {packed} bytes expand to {expanded} and more")
