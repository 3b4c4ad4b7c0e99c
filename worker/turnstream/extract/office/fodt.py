"""An OpenDocument text in one XML file (FODT)."""

from __future__ import annotations

from turnstream.extract.office import blocks
from turnstream.extract.office.markup import walk
from turnstream.extract.office.odt import PREFIXES, Body, Styles
from turnstream.extract.pieces import Reading


def read(text: str) -> Reading | None:
    """Read the document; ``None`` if there is no text in it.

    Raises:
        Damaged: nothing of it can be read.

    """
    body = Body(Styles())
    whole = walk((text,), PREFIXES, body)
    return blocks.reading("odt", body.blocks(), whole=whole) if body.is_met else None
