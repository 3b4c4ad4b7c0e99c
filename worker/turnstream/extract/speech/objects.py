"""An object that may be an utterance or a word: which of its fields say who, what and when.

Keys are compared without the ways that they are spelt in (``values.folded``).  The lists in ``keys`` are those of the
tools and corpora that the package names, and their likes; of several in one object the first counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnstream.extract.speech.fields import label, seconds
from turnstream.extract.speech.keys import Keys, keys_of
from turnstream.extract.speech.values import Fields, Json, first_of, rows
from turnstream.extract.speech.words import Word, cues
from turnstream.unspaced import together

#: Parts in parts: a paragraph's sentences' words.
_MAX_PARTS = 3


@dataclass(slots=True)
class Said:
    """An object read: a label for who, ``certain`` where only a speaker has such a field; what; when, as it is written.

    ``unit`` is what its bare numbers count in seconds, ``None`` if no key says it.  ``is_mixed`` where
    its parts are several speakers', ``is_interim`` where the recogniser was to think better of it,
    ``is_made`` where its text is put together of parts that have times.
    """

    who: str | None = None
    certain: bool = False
    text: str | None = None
    is_word: bool = False
    start: Json = None
    end: Json = None
    length: Json = None
    unit: float | None = None
    who_key: str = ""
    text_key: str = ""
    start_key: str = ""
    is_mixed: bool = False
    is_interim: bool = False
    is_made: bool = False

    def times(self, unit: float) -> tuple[float | None, float | None]:
        """Return its beginning and end in seconds; ``unit`` where the file does not say it."""
        unit = self.unit or unit
        start, end = seconds(self.start, unit), seconds(self.end, unit)
        if end is None and start is not None and (length := seconds(self.length, unit)) is not None:
            end = round(start + length, 3)
        return start, end if end is not None and (start is None or end >= start) else None


def read(row: Fields, names: Mapping[str, str], *, inside: int = 0) -> Said:
    """Read an object as an utterance, a word, or a time in which one speaks; ``inside`` how many others."""
    keys = keys_of(row)
    if not keys.say_anything:
        return Said()
    if keys.guesses and keys.is_of_speech:
        best = first_of(row[keys.guesses])
        row = {**row, **{key: value for key, value in best.items() if key not in row}}
        keys = keys_of(row)
    said = Said()
    _tell_who(said, row, keys, names)
    _tell_when(said, row, keys)
    _tell_what(said, row, keys, names, inside)
    said.is_interim = any(row[key] is False for key in keys.final) or any(row[key] is True for key in keys.partial)
    return said


def _tell_who(said: Said, row: Fields, keys: Keys, names: Mapping[str, str]) -> None:
    for key, fold in keys.speakers:
        if who := label(row[key], names):
            said.who, said.who_key, said.certain = who, fold, True
            return
    for key, fold in keys.names:
        value = row[key]
        if isinstance(value, str | dict) and (who := label(value, names)):
            said.who, said.who_key = who, fold
            return


def _tell_when(said: Said, row: Fields, keys: Keys) -> None:
    for field, key in (("start", keys.start), ("end", keys.end), ("length", keys.length)):
        if key and not isinstance(row[key], list):
            setattr(said, field, row[key])
            said.unit = said.unit or keys.unit
            said.start_key = keys.start_fold
    if not keys.ranges or isinstance(said.start, int | float) or seconds(said.start) is not None:
        return
    for key in keys.ranges:
        value = row[key]
        if isinstance(value, list) and len(value) == len(("start", "end")) and not rows(value):
            said.start, said.end = value
            return
        if within := first_of(value) or (value if isinstance(value, dict) else {}):
            flat = {other: one for other, one in within.items() if not isinstance(one, list | dict)}
            _tell_when(said, flat, keys_of(flat))
            return


def _tell_what(said: Said, row: Fields, keys: Keys, names: Mapping[str, str], inside: int) -> None:
    for key, fold, is_word in keys.texts if inside or said.start is not None else keys.own_texts:
        value = row[key]
        if isinstance(value, str):
            said.text, said.text_key, said.is_word = value, fold, is_word
            break
    told = (said.text is not None) + (said.start is not None) + (said.who is not None)
    if inside == _MAX_PARTS or told == len(("who", "what", "when")) or not (told or inside):
        return
    for key, fold, are_words in keys.parts:
        value = row[key]
        if isinstance(value, list) and _tell_parts(said, value, names, inside, are_words=are_words):
            said.text_key = said.text_key or fold
            return


def _tell_parts(said: Said, value: list[Json], names: Mapping[str, str], inside: int, *, are_words: bool) -> bool:
    strings = [one for one in value if isinstance(one, str)]
    parts = [part for row in rows(value) if (part := read(row, names, inside=inside + 1)).text is not None]
    if not parts and not strings:
        return False
    if not said.certain and (speaking := {part.who: None for part in parts if part.certain}):
        said.who, said.certain, said.is_mixed = next(iter(speaking)), True, len(speaking) > 1
    if said.text is None:
        texts = strings or [part.text or "" for part in parts]
        are_words = are_words or (bool(parts) and all(part.is_word for part in parts))
        said.text = _sentence(texts) if are_words else together(texts)
        said.is_made = bool(parts) and parts[0].start is not None
    if said.start is None and parts:
        said.start = next((part.start for part in parts if part.start is not None), None)
        last = next((part for part in reversed(parts) if part.end is not None), None)
        said.end, said.unit, said.start_key = (last.end if last else None), parts[0].unit, parts[0].start_key
    return True


def _sentence(words: list[str]) -> str:
    return " ".join(piece.text for piece in cues(Word(word, "1") for word in words))
