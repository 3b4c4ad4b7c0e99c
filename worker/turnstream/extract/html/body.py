"""Which blocks of a page are the text, and which stand around it: menus, comments, what others wrote.

Nothing of a text may be lost: what is not known to be something else is kept, and a part that holds most of the
words is the text, whatever it is called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from turnstream.extract.html.blocks import MAX_NAME, Block, Page

#: Blocks one after the other that are nothing but links: a menu.
MENU = 3
#: Share of the words that makes a part the text; of a text's words, that its inner part has if only that is meant.
MOST, NEARLY_ALL = 0.5, 0.8
#: … that all parts of a class may have together, and not be the text.
MUCH = 0.25
#: Blocks between a page's heading and its text.
BETWEEN = 15

_TEXTS = ("main", "article", "text")
_ASIDES = ("around", "comments", "hidden")


@dataclass(slots=True)
class _Region:
    """A part of the page: its blocks, from ``first`` to ``last``, and the words of those that are not aside."""

    first: int
    last: int = -1
    words: int = 0
    all_words: int = 0


def body_of(page: Page) -> list[Block]:
    """Return the blocks of the text, in order."""
    sizes = [_size(block) for block in page.blocks]
    for number in _menus(page):
        sizes[number] = 0
    if not any(sizes):
        sizes = [_size(block) for block in page.blocks]
    aside = [part in _ASIDES for part in page.parts]
    regions = _regions(page, sizes, aside)
    aside = _trusted(page, regions, aside)
    regions = _regions(page, sizes, aside)
    chosen = _text(page, regions, aside)
    at = chosen
    while at >= 0:
        aside[at] = False
        at = page.around[at]
    left_out = _left_out(page, aside)
    kept = [number for number, block in enumerate(page.blocks) if sizes[number] and not left_out[block.region]]
    first, last = _widened(page, kept, *_bounds(page, regions, left_out, chosen))
    return [page.blocks[number] for number in kept if first <= number <= last] or page.blocks


def _size(block: Block) -> int:
    return sum(len(words.text) for line in block.lines for words in line)


def _menus(page: Page) -> Iterator[int]:
    """Numbers of blocks in rows of links, in one part of the page or in parts side by side."""
    begin, last = 0, None
    for number, block in enumerate([*page.blocks, None]):
        if block and _is_linked(block) and (last is None or _is_beside(page, last.region, block.region)):
            last = block
            continue
        if number - begin >= MENU and last:
            yield from range(begin, number)
        last = block if block and _is_linked(block) else None
        begin = number if last else number + 1


def _is_linked(block: Block) -> bool:
    return all(words.link or words.text.isspace() for line in block.lines for words in line)


def _is_beside(page: Page, one: int, other: int) -> bool:
    return one == other or page.around[one] == page.around[other]


def _regions(page: Page, sizes: Sequence[int], aside: Sequence[bool]) -> list[_Region]:
    """What each part holds, the parts in it included; words of those aside do not count outside of them."""
    regions = [_Region(len(page.blocks)) for _ in page.parts]
    for number, block in enumerate(page.blocks):
        region = regions[block.region]
        region.first, region.last = min(region.first, number), number
        region.words += sizes[number]
        region.all_words += sizes[number]
    for number in range(len(regions) - 1, 0, -1):  # parts stand behind those around them
        region, around = regions[number], regions[page.around[number]]
        around.first, around.last = min(around.first, region.first), max(around.last, region.last)
        around.all_words += region.all_words
        if not aside[number]:
            around.words += region.words
    return regions


def _trusted(page: Page, regions: Sequence[_Region], aside: Sequence[bool]) -> list[bool]:
    """What stands aside but for what holds too much of the page for that: a part, or all parts of one sign."""
    whole = regions[0].all_words
    trusted = [
        is_aside and (page.parts[number] == "comments" or regions[number].all_words <= whole * MOST)
        for number, is_aside in enumerate(aside)
    ]
    held: Counter[str] = Counter()
    nested = _left_out(page, trusted)
    for number, around in enumerate(page.around[1:], 1):
        if trusted[number] and not nested[around] and page.parts[number] != "comments":
            held[page.signs[number]] += regions[number].all_words
    wrong = {sign for sign, words in held.items() if words > whole * (MUCH if sign[0] == "." else MOST)}
    return [is_aside and page.signs[number] not in wrong for number, is_aside in enumerate(trusted)]


def _text(page: Page, regions: Sequence[_Region], aside: Sequence[bool]) -> int:
    """The number of the part that is the text: called so, with most of the words; else the whole page, 0."""
    in_comments = _left_out(page, [part == "comments" for part in page.parts])
    called = [number for number, part in enumerate(page.parts) if part in _TEXTS and not in_comments[number]]
    best = max(called, key=lambda number: regions[number].words, default=0)
    around, is_inside = page.around[best], True
    while best and around >= 0:
        is_inside &= not aside[around]
        around = page.around[around]
    others = regions[0].words - (regions[best].words if is_inside else 0)
    return best if regions[best].words > others else 0


def _left_out(page: Page, aside: Sequence[bool]) -> list[bool]:
    """For each part, whether it or one around it stands aside."""
    found: list[bool] = []
    for number, around in enumerate(page.around):
        found.append(aside[number] or (around >= 0 and found[around]))
    return found


def _bounds(page: Page, regions: Sequence[_Region], left_out: Sequence[bool], chosen: int) -> tuple[int, int]:
    """The first and the last block: below an inner part that has nearly all words nothing belongs to the text."""
    outer = regions[chosen]
    inner = [
        region.last
        for number, region in enumerate(regions)
        if page.parts[number] in _TEXTS
        and outer.first <= region.first
        and region.last <= outer.last
        and region.words >= outer.words * NEARLY_ALL
    ]
    first = outer.first if chosen else 0
    above = [number for number in range(max(0, first - BETWEEN), first) if not left_out[page.blocks[number].region]]
    heading = next((number for number in above if page.blocks[number].style == "heading 1"), first)
    return heading, min([outer.last, *inner])


def _widened(page: Page, kept: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """The bounds of a text with what begins like a block in it: tags that are not closed, or too often, cut it off."""
    openings = {number: _opening(page.blocks[number]) for number in kept}
    inside = {opening for number, opening in openings.items() if first <= number <= last and opening}
    alike = [number for number, opening in openings.items() if opening in inside]
    return min([first, *alike]), max([last, *alike])


def _opening(block: Block) -> str:
    """What may say who speaks: words in bold, or before a colon."""
    line = block.lines[0]
    bold = "".join(words.text for words in takewhile(lambda words: words.bold, line)).strip()
    if bold or not line:
        return bold.rstrip(":")
    label, colon, _ = "".join(words.text for words in line)[:MAX_NAME].partition(":")
    return label.strip() if colon else ""
