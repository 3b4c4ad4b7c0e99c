"""Plain text into a transcript: title, publisher, summary, speakers, turns.

page        line numbers, page marks, running heads: what paper leaves in a text
layouts     how a line that opens a turn may be written, a module for each; marks, `Label: text`; times
given       who speaks where the format says it
hypotheses  what each layout makes of the document, and the best of them
weights     how well the marks of a layout bear one another out; heads, which part of a label says who;
            below, what stands behind a mark and under it
evidence    the same for `Label: text`, which needs less; candidates, its labels, weighed;
            plain, when only the form of a short document does
shapes      what a label looks like; voices, what follows it: speech, or facts
head        what stands before the first turn; attendance, roster, who is listed as present;
            facts, what the document says of itself besides: when, where, in what language
narration   headings between turns
segments    whose every line is; lines, which are nobody's; turns, the records made of them;
            paragraphs, wrapped lines put together
speakers    labels gathered into people: readings, what each says beside the others; match, who is who;
            people, names as they are compared; posts, `The Chair`; crowds, `DE, SYG`
names       a label as name and role: labels, its pieces; office_first, where the name begins after an office
words       the general vocabularies that all of them lean on; offices, those around a name; unnamed, those without one;
            folding, how words compare

Pure: no file, no clock, no log.  What no rule is sure of ends in ``unattributed``.
"""

from __future__ import annotations

from collections.abc import Container

from turnstream.models import Extracted, Layout, Parsed
from turnstream.parse.attendance import attendance_of
from turnstream.parse.facts.front_matter import front_matter_end
from turnstream.parse.facts.gather import facts_of
from turnstream.parse.given import first_cue
from turnstream.parse.hypotheses import Hypothesis, Sheet, best_layout, hypotheses
from turnstream.parse.narration import headings, styled
from turnstream.parse.page import page_marks, unnumbered
from turnstream.parse.segments import body_of, closing_at, is_partial, joined, runs_of
from turnstream.parse.speakers import speakers_of
from turnstream.parse.turns import turns_of, unattributed_of

__all__ = ["PARSER_VERSION", "Hypothesis", "layouts", "parse"]

PARSER_VERSION: str = "4"


def parse(document: Extracted, without: Container[str] = ()) -> Parsed:
    """The transcript that a document's lines show; a text without speakers has no turns.

    Args:
        document: lines and canonical text.
        without: names of layouts that are not tried.

    """
    sheet = _read(document)
    lines, nobodys, first, cue = sheet
    best = best_layout(sheet, without)
    marks = best.marks
    opening, closing = min(marks, default=len(lines)), closing_at(lines)
    present = attendance_of(lines)
    facts = facts_of(document, first, min(opening, cue), present)
    if sheet.has_cues:
        runs = tuple(joined(runs_of(lines, marks, opening, closing, nobodys, best.breaks(lines))))
    else:
        ending, within = styled(lines, marks)
        between = best.breaks(lines) | headings(lines, marks) | ending
        runs = tuple(runs_of(lines, marks, opening, closing, nobodys | within, between))
    labels = (marks[number].label for number in sorted(marks) if marks[number].label)
    speakers, ids = speakers_of(labels, present)
    return Parsed(
        title=facts.title,
        publisher=facts.publisher,
        summary=facts.summary,
        occurred_on=facts.occurred_on,
        place=facts.place,
        language=facts.language,
        status="partial" if is_partial(lines, first, opening, closing) else "complete",
        participants=facts.participants,
        speakers=speakers,
        turns=turns_of(lines, runs, ids),
        unattributed=tuple(unattributed_of(document.canonical, lines, [*sorted(facts.owned), opening], runs)),
        body=body_of(lines, opening if marks else facts.text_at, closing),
        spans=facts.spans,
        layout=Layout(name=best.layout, reasons=best.reasons) if marks else None,
        warnings=(*(() if marks else ("no_turns",)), *facts.warnings),
    )


def layouts(document: Extracted) -> list[Hypothesis]:
    """What every layout that found a mark makes of a document, the best first."""
    found = [one for one in hypotheses(_read(document)) if one.marks or one.facts]
    return sorted(found, key=lambda one: (-one.score, -one.facts.get("marks", 0)))


def _read(document: Extracted) -> Sheet:
    """The lines without their numbers, those of them that are nobody's, and the first after front matter."""
    cue = first_cue(document.lines)
    if cue < len(document.lines):
        return Sheet(document.lines, cue=cue)
    lines, edges = unnumbered(document.lines)
    return Sheet(lines, edges | page_marks(lines), front_matter_end(lines), cue)
