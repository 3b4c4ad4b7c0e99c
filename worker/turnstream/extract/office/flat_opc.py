"""A Word document whose parts stand in one XML file (flat OPC), as Office writes it for programs."""

from __future__ import annotations

from turnstream.extract.office.docx import Body, reading
from turnstream.extract.office.docx_styles import PREFIXES, Styles
from turnstream.extract.office.markup import walk
from turnstream.extract.pieces import Reading


def read(text: str) -> Reading | None:
    """Read the document of a package; ``None`` if there is none of Word in it.

    Raises:
        Damaged: nothing of it can be read.

    """
    styles = Styles()
    walk((text,), PREFIXES, styles)
    body = Body(styles)
    whole = walk((text,), PREFIXES, body)
    return reading(body.blocks(), whole=whole) if body.is_met else None
