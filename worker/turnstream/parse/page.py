"""What paper leaves in a text: line numbers, page numbers, running heads.  None of it is anybody's words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from turnstream.models import Line
from turnstream.parse.shapes import outside_brackets, shape_of
from turnstream.parse.times import find_time

#: A line number and what divides it from its line.
_NUMBERED = re.compile(r"(\d{1,2})(?: |$)")
#: Fewer numbered lines than this are a list.
FEWEST_NUMBERED = 20
#: Least share of lines that are numbered, and of numbers that follow the one before or begin again.
NUMBERED, IN_ORDER = 0.5, 0.8

#: Running heads are short.
MAX_HEAD = 100
_NUMBER = re.compile(r"\d+")
#: A page mark comes so often; one that says what it is, as often as this.
FEWEST_PAGES, FEWEST_NAMED = 3, 2
_PAGE = re.compile(r"(?i)\b(?:page|pages|p|pp|col|column|columns|seite|página|pág|pagina|pag|стр|страница|strona)\b")
#: Pages that may be missing between two marks.
PAGES_APART = 3
#: Share of named marks between which no more are missing.
NEAR = 0.8
#: What leads from an entry of a table of contents to its page, and its dots.
LEADING = 6
_LEADER = re.compile(rf"(?:\. ?){{{LEADING}}}")
#: A time that stands alone, `[00:00:12:44]`, `(00:45:11):`.
_TIME = re.compile(r"[\[(<]?[+-]?\d{1,3}(?::\d{2}){1,3}(?:[.,]\d{1,3})?[\])>]?:?")
_TIME_ENDS = "])>:"
#: Share of pages that have a running head.
HEADED = 0.25
#: Lines beside a page mark in which a running head is looked for.
BESIDE = 2


def unnumbered(lines: Sequence[Line]) -> tuple[Sequence[Line], frozenset[int]]:
    """Take line numbers away, where nearly all lines have one; return the lines, and those that are on the page's edge.

    The number stays in the canonical text, as its line's ``lead``.
    """
    found = {
        number: match
        for number, line in enumerate(lines)
        if line.text[0].isdigit() and (match := _NUMBERED.match(line.text))
    }
    if len(found) < FEWEST_NUMBERED or len(found) < NUMBERED * len(lines) or not _in_order(found.values()):
        return lines, frozenset()
    edge = {number for number in range(min(found), len(lines)) if number not in found or not _rest(lines[number])}
    return [_without(line, found.get(number)) for number, line in enumerate(lines)], frozenset(edge)


def _in_order(found: Iterable[re.Match[str]]) -> bool:
    numbers = [int(match[1]) for match in found]
    steps = [after == before + 1 or after == 1 for before, after in pairwise(numbers)]
    return sum(steps) >= IN_ORDER * len(steps)


def _rest(line: Line) -> str:
    return _NUMBERED.sub("", line.text, count=1)


def _without(line: Line, number: re.Match[str] | None) -> Line:
    if number is None or number.end() == len(line.text):
        return line
    lead = number.end()
    gaps = tuple(gap - lead for gap in line.gaps if gap > lead)
    return line._replace(text=line.text[lead:], start=line.start + lead, lead=lead, gaps=gaps)


def page_marks(lines: Sequence[Line]) -> frozenset[int]:
    """Return the numbers of lines that are page marks, `[[Page 5]]`, running heads, contents, times."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        if len(line.text) <= MAX_HEAD and _NUMBER.search(line.text):
            groups[_NUMBER.sub("\0", line.text)].append(number)
    others = {number for number, line in enumerate(lines) if _is_entry(line.text) or _is_time(line.text)}
    pages = {number for pattern, numbers in groups.items() if _counts(lines, pattern, numbers) for number in numbers}
    return frozenset(others | pages | set(_running_heads(lines, pages)))


def _is_entry(text: str) -> bool:
    """An entry of a table of contents; prose has dots, but hardly so many, nor two side by side."""
    return text.count(".") >= LEADING and (".." in text or ". ." in text) and _LEADER.search(text) is not None


def _is_time(text: str) -> bool:
    """A time and nothing else."""
    return ":" in text and (text[-1].isdigit() or text[-1] in _TIME_ENDS) and _TIME.fullmatch(text) is not None


def _counts(lines: Sequence[Line], pattern: str, numbers: Sequence[int]) -> bool:
    """Whether one of the numbers in lines of a pattern goes up as pages do."""
    if len(numbers) < FEWEST_NAMED:
        return False
    named = _PAGE.search(pattern) is not None
    if len(numbers) < (FEWEST_NAMED if named else FEWEST_PAGES):
        return False
    one = lines[numbers[0]].text
    if (one[0].isalpha() and shape_of(outside_brackets(one.rstrip(":.")))) or find_time(one):
        return False
    columns = zip(*(map(int, _NUMBER.findall(lines[number].text)) for number in numbers), strict=True)
    return any(_go_up([after - before for before, after in pairwise(column)], named=named) for column in columns)


def _go_up(steps: Sequence[int], *, named: bool) -> bool:
    """A mark that says what it is may stand twice, or after pages that are not in the text."""
    near = sum((0 if named else 1) <= step <= PAGES_APART for step in steps)
    return near == len(steps) or (named and min(steps) >= 0 and near >= NEAR * len(steps))


def _running_heads(lines: Sequence[Line], pages: set[int]) -> Iterator[int]:
    beside: dict[str, set[int]] = defaultdict(set)
    for page in pages:
        for number in range(max(page - BESIDE, 0), min(page + BESIDE + 1, len(lines))):
            if number not in pages and len(lines[number].text) <= MAX_HEAD:
                beside[lines[number].text].add(number)
    for numbers in beside.values():
        if len(numbers) >= max(FEWEST_PAGES, len(pages) * HEADED):
            yield from numbers
