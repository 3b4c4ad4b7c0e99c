"""What a field of an object says: who speaks, and when."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from turnstream.extract.speech.values import Fields, Json, folded

#: What labels end in that were written to be printed.
_COLONS = ":： "
#: A longer text is nobody's label.
MAX_LABEL = 200
#: Later than a month into a recording is a date: seconds since 1970 are.
_LATEST_S = 31 * 86400.0
#: `00:01:02,500`, `1:02.5`; `62.5`, `62.5s`; ISO 8601's `PT1M2.5S`.
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,9})?)", re.ASCII)
_NUMBER = re.compile(r"(\d{1,9}(?:\.\d{1,20})?) ?s?", re.ASCII)
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.ASCII)

#: Where an object is a speaker: keys of the name, then of a number.
_NAMES = ("displayname", "fullname", "speakername", "name", "label", "username", "title")
_BOTH = "first and last"
_IDS = ("id", "speakerid", "identifier", "speakerlabel", "speakertag")


def label(value: Json, names: Mapping[str, str]) -> str | None:
    """Return the label that a field gives a speaker, `Speaker 1` for a bare number; ``names`` are known by id."""
    match value:
        case bool() | None:
            return None
        case dict():
            by_key = {folded(key): one for key, one in value.items()}
            first, last = by_key.get("firstname"), by_key.get("lastname")
            by_key[_BOTH] = f"{first} {last}" if isinstance(first, str) and isinstance(last, str) else None
            return next(
                (found for key in (*_NAMES, _BOTH, *_IDS) if (found := label(_flat(by_key.get(key)), names))), None
            )
        case list():
            several = [found for one in value if (found := label(_flat(one), names))]
            return ", ".join(several) if several and sum(map(len, several)) <= MAX_LABEL else None
        case str():
            text = " ".join(value.split()).rstrip(_COLONS)
        case _:
            if not math.isfinite(value) or value < 0 or value != int(value):
                return None
            text = str(int(value))
    named = names.get(text, text)
    if named.isascii() and named.isdigit():
        named = f"Speaker {named}"
    return named if 0 < len(named) <= MAX_LABEL else None


def _flat(value: Json) -> Json:
    """A name is no object in its turn."""
    return None if isinstance(value, dict | list) else value


def names_of(rows: Iterable[Fields]) -> dict[str, str]:
    """Return the names in a table of speakers, by their ids there."""
    names: dict[str, str] = {}
    for row in rows:
        by_key = {folded(key): _flat(one) for key, one in row.items()}
        name = next((one for key in _NAMES if isinstance(one := by_key.get(key), str) and one.strip()), None)
        if name and len(name) <= MAX_LABEL:
            ids = (by_key.get(key) for key in _IDS)
            names.update((str(one), " ".join(name.split())) for one in ids if isinstance(one, str | int))
    return names


def seconds(value: Json, unit: float = 1.0) -> float | None:
    """Return a time in seconds from the beginning; ``unit`` is what a bare number counts, in seconds.

    Not a time of day: that is no time of the recording.
    """
    found: float | None
    # Asked of every word, so the commonest come first, and no patterns are matched.
    if isinstance(value, float):
        found = value * unit
    elif isinstance(value, str):
        found = _written(value.strip(), unit)
    elif isinstance(value, dict):
        found = _parts(value, unit)
    elif value is None or isinstance(value, bool | list):
        found = None
    else:
        found = value * unit
    if found is None or not 0 <= found <= _LATEST_S:
        return None
    return round(found, 3)


def _written(text: str, unit: float) -> float | None:
    if match := _NUMBER.fullmatch(text):
        return float(match[1]) * (1.0 if text.endswith("s") else unit)
    if match := _CLOCK.fullmatch(text):
        return int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3].replace(",", "."))
    if (match := _DURATION.fullmatch(text)) and text != "PT":
        return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + float(match[3] or 0)
    return None


def _parts(value: Fields, unit: float) -> float | None:
    """`{"seconds": "12", "nanos": 900000000}` of Google, where each may be absent; `{"relative": 1.5}`."""
    if not value or value.keys() & {"seconds", "nanos"}:
        return (seconds(value.get("seconds")) or 0.0) + (seconds(value.get("nanos"), 1e-9) or 0.0)
    relative = value.get("relative")
    return None if isinstance(relative, dict) else seconds(relative, unit)
