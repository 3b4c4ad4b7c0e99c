"""Plain text into a transcript: title, publisher, summary, speakers, turns.

marks       what each line could be: `Label: text`, `Label:`; shapes, what its label looks like
voices      what follows a label: speech, or facts
candidates  each label with its lines, weighed; evidence, which of them the whole document bears out;
            plain, when only the form of a short one does
head        what stands before the first turn; attendance, roster, who is listed as present;
            facts, what the document says of itself besides: when, where, in what language
segments    whose every line is; lines, which are nobody's; turns, the records made of them
speakers    labels gathered into people; names, a label as name and role
words       the general vocabularies that all of them lean on

Pure: no file, no clock, no log.  What no rule is sure of ends in ``unattributed``.
"""

from __future__ import annotations

from turnstream.models import Extracted, Layout, Parsed
from turnstream.parse.attendance import attendance_of
from turnstream.parse.evidence import speaker_marks
from turnstream.parse.facts.front_matter import front_matter_end
from turnstream.parse.facts.gather import facts_of
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
    present = attendance_of(lines)
    facts = facts_of(document, first, opening, present)
    runs = tuple(runs_of(lines, marks, opening))
    speakers, ids = speakers_of(marks[number].label for number in sorted(marks))
    return Parsed(
        title=facts.title,
        publisher=facts.publisher,
        summary=facts.summary,
        occurred_on=facts.occurred_on,
        place=facts.place,
        language=facts.language,
        status="partial" if is_partial(lines, first, opening) else "complete",
        participants=facts.participants,
        speakers=speakers,
        turns=turns_of(lines, runs, ids),
        unattributed=tuple(unattributed_of(document, [*sorted(facts.owned), opening], runs)),
        body=body_of(lines, opening if marks else facts.text_at),
        spans=facts.spans,
        layout=Layout(name="label_line", reasons=reasons) if marks else None,
        warnings=(*(() if marks else ("no_turns",)), *facts.warnings),
    )
