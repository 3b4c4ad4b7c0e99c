"""Dates as people write them: with the month's name, in numbers, in the scripts of East Asia.

Only what is sure: no year of two digits, no `03/04/2020`, no span of days, no day that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from turnstream.parse.facts.months import BY_LANGUAGE, MONTHS

#: Code points of a line that are looked at: a date stands near an end of a short one.
MAX_LINE = 300

#: Code points before a date in which another day may begin a span, and between two dates that make one.
WIDEST_SPAN = 24
WIDEST_GAP = 6

_LAST_MONTH = 12

_FOUR = r"1[5-9]\d\d|20\d\d|21\d\d"
_YEAR = rf"(?P<year>{_FOUR})(?!\d)"
_DAY = r"(?<![\d.,/:])(?<!\d[–—-])(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|°|-го|:?e|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,14})\.?"
_OF = r"(?: |, |(?<=\.)| de | del | of | d'| d’)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # 19 July 2011, 19. Juli 2011, 19 de julio de 2011, 19th of July, 2011
        rf"{_DAY}{_OF}{_MONTH}(?: |, | de | del |, de ){_YEAR}",
        # July 19, 2011, Jan. 20th 2021
        rf"(?<!\w){_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:, ?| ){_YEAR}",
        # 2020. május 5., 2020 m. gegužės 5 d., 2020. gada 5. maijs, 2020ko maiatzaren 5a
        rf"(?<!\d){_YEAR}(?:\. gada|\. g| m\.|ko|\.|,)? {_MONTH} (?P<day>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR}(?:\. gada|, )? (?P<day>\d{{1,2}})\. {_MONTH}",
        # 2021-02-09, 2021/02/09, 2021.02.09
        rf"(?<![\w./-]){_YEAR}(?P<sign>[-/.])(?P<number>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}})(?![\d/-])",
        # 2019年6月19日, 2021년 3월 4일
        rf"(?<!\d){_YEAR} ?[年년] ?(?P<number>\d{{1,2}}) ?[月월] ?(?P<day>\d{{1,2}}) ?[日號号일]",
        # ngày 5 tháng 3 năm 2020
        rf"(?<!\d)(?P<day>\d{{1,2}}) tháng (?P<number>\d{{1,2}})(?: năm|,) {_YEAR}",
        # 09.02.2021
        rf"(?<![\w./-])(?P<day>\d{{1,2}})\. ?(?P<number>\d{{1,2}})\. ?{_YEAR}",
    )
)
_EITHER = re.compile(rf"(?<![\w./-])(?P<one>\d{{1,2}})(?P<sign>[/-])(?P<other>\d{{1,2}})(?P=sign){_YEAR}")
_COUNT = r"[\d〇零一二三四五六七八九十百]{1,4}"
_ERA = re.compile(
    rf"(?P<era>令和|平成|昭和|民國|民国|) ?(?P<year>元|{_COUNT}) ?年 ?(?P<number>{_COUNT}) ?月 ?(?P<day>{_COUNT}) ?日"
)
_DIGITS = {sign: value for value, signs in enumerate(("〇零", *"一二三四五六七八九")) for sign in signs}
_TENS = {"十": 10, "百": 100}
#: Year before an era's first, and its first and last day.
_ERAS = {
    "令和": (2018, date(2019, 5, 1), date.max),
    "平成": (1988, date(1989, 1, 8), date(2019, 4, 30)),
    "昭和": (1925, date(1926, 12, 25), date(1989, 1, 7)),
    "民國": (1911, date(1912, 1, 1), date.max),
    "民国": (1911, date(1912, 1, 1), date.max),
    "": (0, date(1500, 1, 1), date(2199, 12, 31)),
}
#: No date is without a year and, before or after it, the digits of a day or a month; or without the sign of an era's.
_DATED = re.compile(rf"\d\D++(?:{_FOUR})(?!\d)|(?:{_FOUR})\D++\d|年")
#: Another day before it: `4 – 5 June 2019`, `30 March to 2 April 2020`.
_SPAN_BEFORE = re.compile(r"\d[\w. ]{0,16}(?:-|–|—|/|&| to| and| bis| und| al?| y| et?| au| e| и| по)\s*$")


class Found(NamedTuple):
    """A date and where it stands in its text."""

    day: date
    start: int
    end: int


def dates_in(text: str, language: str = "") -> list[Found]:
    """The sure dates in the first part of a text, in order; ``language`` settles names of two months."""
    text = text[:MAX_LINE]
    if not _DATED.search(text):
        return []
    found: list[Found] = []
    spanned = -1
    for one in sorted(_candidates(text, language), key=lambda one: (one.start, -one.end)):
        if one.start < max(spanned, found[-1].end if found else 0):
            continue
        if not _SPAN_BEFORE.search(text, max(0, one.start - WIDEST_SPAN), one.start):
            found.append(one)
            continue
        spanned = one.end
        if found and one.start - found[-1].end < WIDEST_GAP:
            found.pop()
    return found


def _candidates(text: str, language: str) -> Iterator[Found]:
    for form in _FORMS:
        for match in form.finditer(text):
            parts = match.groupdict()
            month = _month(parts["month"], language) if "month" in parts else int(parts["number"])
            if day := _existing(int(parts["year"]), month, int(parts["day"])):
                yield Found(day, match.start(), match.end())
    for match in _EITHER.finditer(text):
        one, other, year = int(match["one"]), int(match["other"]), int(match["year"])
        # Either order is in use: only a number that is no month, or two equal ones, settle it.
        if one > _LAST_MONTH or other > _LAST_MONTH or one == other:
            day = _existing(year, min(one, other), max(one, other))
            if day:
                yield Found(day, match.start(), match.end())
    for match in _ERA.finditer(text) if "日" in text else ():
        before, first, last = _ERAS[match["era"]]
        year = 1 if match["year"] == "元" else _counted(match["year"])
        day = _existing(before + year, _counted(match["number"]), _counted(match["day"]))
        if day and first <= day <= last:
            yield Found(day, match.start(), match.end())


def _counted(text: str) -> int:
    """`31`, `三十一`, `二〇一九`; a number that is written otherwise is 0, which is no day."""
    if text.isascii():
        return int(text)
    if _TENS.keys().isdisjoint(text):
        return int("".join(str(_DIGITS.get(sign, sign)) for sign in text))
    total = unit = 0
    for sign in text:
        if sign in _TENS:
            total += (unit or 1) * _TENS[sign]
            unit = 0
        elif sign in _DIGITS and not unit:
            unit = _DIGITS[sign]
        else:
            return 0
    return total + unit


def _month(name: str, language: str) -> int:
    name = name.lower()
    return MONTHS.get(name) or BY_LANGUAGE.get(name, {}).get(language, 0)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
