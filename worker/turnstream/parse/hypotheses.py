"""Which layout explains a document best: each one's marks, weighed by how well they bear one another out.

No line is believed by its looks: labels come back, take turns, stand in one column and
are followed by speech; and most lines that look like marks of this layout are some.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter

from turnstream.models import Line
from turnstream.parse import words
from turnstream.parse.candidates import LONG_TEXT, is_wrapped, opens_paragraph
from turnstream.parse.evidence import speaker_marks
from turnstream.parse.layouts import READINGS, Reading
from turnstream.parse.lines import ends_sentence, is_divider
from turnstream.parse.marks import Mark, read_marks
from turnstream.parse.names import names_somebody
from turnstream.parse.shapes import Shape, fold, has_office, is_field, is_heading, outside_brackets, shapes_of
from turnstream.parse.times import BEFORE
from turnstream.parse.voices import VOICE_WINDOW, has_voice, is_fact

#: Fewer marks, or labels, than this show no layout.
FEWEST, FEWEST_LABELS = 3, 2
#: Least shares of a layout's marks: whose labels come back (of strong shapes, fewer need to), that change the speaker,
#: that somebody speaks to somebody after, that a sentence follows.
RECURRENT, RECURRENT_STRONG, ALTERNATE, VOICED, SPOKEN = 0.5, 0.2, 0.4, 0.25, 0.5
#: Least share of marks among the lines that read like some.
FIT, FIT_STRONG = 0.5, 0.25
#: Largest share that facts follow.
FACTUAL = 0.5
#: Styles in which nothing but a label is written, whatever it looks like; of so many words at most.
SIGNS, MAX_SIGNED = frozenset(("timed", "counted", "<", *"○◯●■◆▲△□◇☆★")), 6
#: What counts as most.
MOSTLY = 0.8
#: Marks whose turns are read to see whether somebody speaks in them.
LOOKED_AT = 60
#: Share of marks that look like most, below which looks say nothing.
ALIKE = 0.7
#: Words of what is said rather than a label: `Thank you, Jo.`
MAX_SAID = 4
#: Facts are not called out.
_CALLS = frozenset("!¡！")
#: Shapes that are hardly anything but a speaker's.
_STRONG: frozenset[Shape] = frozenset(("question", "answer", "numbered", "role", "office", "caps"))
#: … and those that a sentence may begin like.
_WEAK: frozenset[Shape] = frozenset(("name", "word", "initials", "uncased"))


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A layout, the marks that it finds, and how well they explain the document; ``reasons`` are bounded words."""

    layout: str
    marks: Mapping[int, Mark]
    score: float
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    def breaks(self, lines: Sequence[Line]) -> frozenset[int]:
        """Return the numbers of lines that a program wrote between turns: with a time, as all marks, and no label."""
        stamped = sum(BEFORE.match(lines[number].text) is not None for number in self.marks)
        if stamped < FEWEST or stamped < MOSTLY * len(self.marks):
            return frozenset()
        numbers = range(min(self.marks), len(lines))
        return frozenset(n for n in numbers if n not in self.marks and BEFORE.match(lines[n].text))


def hypotheses(
    lines: Sequence[Line], first: int, nobodys: Container[int] = (), readings: Iterable[Reading] = READINGS
) -> Iterator[Hypothesis]:
    """Yield what each layout makes of the lines from ``first`` on, believed (``score`` above 0) or not."""
    for reading in readings:
        read = (reading.read(number, lines[number]) for number in range(first, len(lines)) if number not in nobodys)
        yield from _by_style(reading.name, lines, (mark for mark in read if mark))


def best_layout(lines: Sequence[Line], first: int, nobodys: Container[int] = ()) -> Hypothesis:
    """Return what explains the lines from ``first`` on best; without any marks if nothing does.

    Args:
        lines: the document.
        first: number of its first line after front matter.
        nobodys: numbers of lines that are page marks and the like.

    """
    found = (*_labelled(lines, first, nobodys), *hypotheses(lines, first, nobodys))
    return max(found, key=attrgetter("score"))


def _labelled(lines: Sequence[Line], first: int, nobodys: Container[int]) -> Iterator[Hypothesis]:
    marks = [mark for mark in read_marks(lines, first) if mark.line not in nobodys]
    believed, reasons = speaker_marks(lines, first, [mark for mark in marks if mark.style in ("", "timed")])
    yield Hypothesis("label_line", believed, float(len(believed)), reasons)
    yield from _by_style("label_line", lines, (mark for mark in marks if mark.style))


def _by_style(name: str, lines: Sequence[Line], marks: Iterable[Mark]) -> Iterator[Hypothesis]:
    styles: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        styles[mark.style].append(mark)
    for style, alike in styles.items():
        if len(alike) >= FEWEST:
            yield _judge(f"{name} {style}".strip(), lines, alike)


def _judge(name: str, lines: Sequence[Line], marks: Sequence[Mark]) -> Hypothesis:
    wrapped = is_wrapped(lines)
    heads = {mark.line: head_of(mark.label) for mark in marks}
    shapes = shapes_of(heads.values())
    signed = marks[0].style in SIGNS
    if signed:
        shapes = {
            head: shape or ("word" if len(head.split()) <= MAX_SIGNED else None) for head, shape in shapes.items()
        }
    shaped = [
        mark
        for mark in marks
        if (shape := shapes[heads[mark.line]]) and (signed or _may_speak(heads[mark.line], shape))
    ]
    shaped = [mark for mark in shaped if mark.style or not wrapped or opens_paragraph(lines, mark.line)]
    shaped = _alike(_in_column(lines, _with_text(lines, _with_roles(lines, shaped, heads))), heads)
    counts = Counter(heads[mark.line].casefold() for mark in shaped)
    back = min((mark.line for mark in shaped if counts[heads[mark.line].casefold()] > 1), default=0)
    said = [mark for mark in shaped if signed or _is_believed(heads[mark.line], shapes[heads[mark.line]], counts)]
    said = [mark for mark in said if mark.line >= back or _begins_sentence(lines, mark)]
    if len(said) < FEWEST:
        return Hypothesis(name, {}, 0.0, ("few",), {"marks": len(said)})
    labels = [heads[mark.line].casefold() for mark in said]
    facts = {
        "marks": len(said),
        "labels": len(set(labels)),
        "recurrent": sum(counts[label] > 1 for label in labels) / len(labels),
        "strong": sum(shapes[heads[mark.line]] in _STRONG for mark in said) / len(said),
        "people": sum(names_somebody(mark.label) for mark in said) / len(said),
        "alternate": sum(a != b for a, b in pairwise(labels)) / (len(labels) - 1),
        "fit": len(said) / sum(mark.line >= said[0].line for mark in marks),
        "voiced": _voiced(lines, said),
        "factual": _factual(lines, said),
        "spoken": sum(_is_spoken(lines, mark) for mark in said) / len(said),
    }
    reasons = tuple(_against(facts))
    score = 0.0 if reasons else len(said) * (0.5 + facts["recurrent"] / 2) * (0.5 + facts["fit"] / 2)
    return Hypothesis(name, {mark.line: mark for mark in said}, score, reasons or ("labels_recur",), facts)


def _against(facts: Mapping[str, float]) -> Iterator[str]:
    strong = facts["strong"] >= MOSTLY
    if facts["labels"] < FEWEST_LABELS:
        yield "one_label"
    if facts["recurrent"] < (RECURRENT_STRONG if strong else RECURRENT) and facts["people"] < MOSTLY:
        yield "labels_do_not_recur"
    if facts["alternate"] < ALTERNATE:
        yield "labels_do_not_alternate"
    if facts["fit"] < (FIT_STRONG if strong else FIT):
        yield "others_look_alike"
    if facts["voiced"] < VOICED:
        yield "nobody_speaks"
    if facts["factual"] > FACTUAL or facts["spoken"] < SPOKEN:
        yield "facts_follow"


def head_of(label: str) -> str:
    """The part of a label that says who: outside its brackets, before a dash, or a comma that a role follows."""
    head = outside_brackets(label)
    name, comma, role = head.partition(", ")
    if comma and (_is_small(role) or (name.isupper() and not role.isupper())):
        head = name
    for sign in (" -- ", " – ", " — ", " - ", " | "):
        head = head.partition(sign)[0]
    return head.strip(" *_")


def _is_small(role: str) -> bool:
    return role[0].islower() or has_office([fold(role.split(maxsplit=1)[0])])


def _may_speak(head: str, shape: Shape) -> bool:
    folded = [fold(part) for part in head.split()]
    if is_field(head) or (shape in _WEAK and folded[0] in words.STARTERS):
        return False
    if shape != "office" and len(folded) <= MAX_SAID and not words.VOICE.isdisjoint(folded):
        return False
    # Somebody is spoken to: `Mr. Chairman.`
    is_address = len(folded) > 1 and folded[0] in words.HONORIFICS and words.OFFICES.issuperset(folded[1:])
    return not (is_address or is_heading(head, shape))


def _with_roles(lines: Sequence[Line], marks: Sequence[Mark], heads: Mapping[int, str]) -> list[Mark]:
    """The marks, in which an office on the line below a name is a part of the name's: `Jo Li`, `Chief Executive`."""
    joined: list[Mark] = []
    for mark in marks:
        above = joined[-1] if joined else None
        if above and _is_role_of(lines, mark, above, heads):
            joined[-1] = replace(above, further=1)
        else:
            joined.append(mark)
    return joined


def _is_role_of(lines: Sequence[Line], mark: Mark, above: Mark, heads: Mapping[int, str]) -> bool:
    if above.line != mark.line - 1 or any(one.at < len(lines[one.line].text) for one in (above, mark)):
        return False
    return _is_role(heads[mark.line]) and not _is_role(heads[above.line])


def _begins_sentence(lines: Sequence[Line], mark: Mark) -> bool:
    """Above the first who comes back stand fields too, with no sentence behind them."""
    below = _below(lines, mark)
    text = lines[mark.line if mark.at < len(lines[mark.line].text) or below >= len(lines) else below].text
    return ends_sentence(text) or len(text) >= LONG_TEXT


def _is_role(head: str) -> bool:
    return has_office([fold(part) for part in head.split()]) and not names_somebody(head)


def _with_text(lines: Sequence[Line], marks: Sequence[Mark]) -> list[Mark]:
    """Those that text follows: a list of names has none."""
    marked = {mark.line for mark in marks}

    def follows(mark: Mark) -> bool:
        if mark.at < len(lines[mark.line].text):
            return True
        below = _below(lines, mark)
        return below < len(lines) and below not in marked and not is_divider(lines[below].text)

    return [mark for mark in marks if follows(mark)]


def _below(lines: Sequence[Line], mark: Mark) -> int:
    """Number of the line below a mark, or below the rule that may close it."""
    below = mark.last + 1
    return below + (below < len(lines) and is_divider(lines[below].text))


def _in_column(lines: Sequence[Line], marks: list[Mark]) -> list[Mark]:
    """Those that are indented as most are, where the text is wrapped and most are indented alike."""
    if not marks or not is_wrapped(lines):
        return marks
    column, count = Counter(lines[mark.line].indent for mark in marks).most_common(1)[0]
    if count < ALIKE * len(marks):
        return marks
    return [mark for mark in marks if lines[mark.line].indent == column]


def _alike(marks: list[Mark], heads: Mapping[int, str]) -> list[Mark]:
    """Those in capitals, where most are; those that are not, or come back, where hardly any is."""
    capitals = [mark for mark in marks if heads[mark.line].isupper()]
    return capitals if len(capitals) >= ALIKE * len(marks) else marks


def _is_spoken(lines: Sequence[Line], mark: Mark) -> bool:
    """Whether a sentence follows, and no title or value."""
    text = lines[mark.line].text
    if mark.at >= len(text):
        return True
    return ends_sentence(text) or len(text) - mark.at >= LONG_TEXT or has_voice(text[mark.at :])


def _is_believed(head: str, shape: Shape | None, counts: Mapping[str, int]) -> bool:
    return counts[head.casefold()] > 1 or shape in _STRONG or shape == "name" or names_somebody(head)


def _voiced(lines: Sequence[Line], said: Sequence[Mark]) -> float:
    some = _some(said)
    return sum(_is_voice(_said(lines, mark)) for mark in some) / len(some)


def _is_voice(text: str) -> bool:
    return has_voice(text) or not _CALLS.isdisjoint(text)


def _factual(lines: Sequence[Line], said: Sequence[Mark]) -> float:
    some = _some(said)
    return sum(is_fact(_said(lines, mark)) for mark in some) / len(some)


def _some(said: Sequence[Mark]) -> Sequence[Mark]:
    return said[:: max(1, len(said) // LOOKED_AT)]


def _said(lines: Sequence[Line], mark: Mark) -> str:
    own = lines[mark.line].text[mark.at : mark.at + VOICE_WINDOW]
    below = _below(lines, mark)
    if len(own) >= VOICE_WINDOW or below >= len(lines):
        return own
    return f"{own} {lines[below].text[:VOICE_WINDOW]}".strip()
