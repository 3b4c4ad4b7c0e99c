"""Plain text into a transcript: title, publisher, summary, speakers, turns.

marks       what each line could be: `Label: text`, `Label:`; shapes, what its label looks like
voices      what follows a label: speech, or facts
candidates  each label with its lines, weighed; evidence, which of them the whole document bears out;
            plain, when only the form of a short one does
head        what stands before the first turn
segments    whose every line is; lines, which are nobody's; turns, the records made of them
speakers    labels gathered into people: readings, what each says beside the others; match, who is who;
            people, names as they are compared; posts, `The Chair`; crowds, `DE, SYG`
names       a label as name and role: labels, its pieces; office_first, where the name begins after an office
words       the general vocabularies that all of them lean on; offices, those around a name; unnamed, those without one;
            folding, how words compare

Pure: no file, no clock, no log.  What no rule is sure of ends in ``unattributed``.
"""

from __future__ import annotations

from turnstream.models import Extracted, Layout, Parsed
from turnstream.parse.evidence import speaker_marks
from turnstream.parse.head import front_matter_end, read_head
from turnstream.parse.segments import body_of, is_partial, runs_of
from turnstream.parse.speakers import speakers_of
from turnstream.parse.turns import turns_of, unattributed_of

__all__ = ["PARSER_VERSION", "parse"]

PARSER_VERSION: str = "1"


def parse(document: Extracted) -> Parsed:
    """The transcript that a document's lines show; a text without speakers has no turns."""
    lines = document.lines
    first = front_matter_end(lines)
    marks, reasons = speaker_marks(lines, first)
    opening = min(marks, default=len(lines))
    head = read_head(lines, first, opening)
    facts = {fact.field: fact.value for fact in head}
    runs = tuple(runs_of(lines, marks, opening))
    speakers, ids = speakers_of(marks[number].label for number in sorted(marks))
    return Parsed(
        title=facts.get("title"),
        publisher=facts.get("publisher"),
        summary=facts.get("summary"),
        status="partial" if is_partial(lines, first, opening) else "complete",
        speakers=speakers,
        turns=turns_of(lines, runs, ids),
        unattributed=tuple(unattributed_of(document, [*(fact.line for fact in head), opening], runs)),
        body=body_of(lines, opening if marks else max((fact.line + 1 for fact in head), default=first)),
        spans={fact.field: (lines[fact.line].start, lines[fact.line].end) for fact in head},
        layout=Layout(name="label_line", reasons=reasons) if marks else None,
        warnings=() if marks else ("no_turns",),
    )
