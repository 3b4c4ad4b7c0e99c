"""What a few tools write otherwise than all others, put as those would have it.

Google        words in the guesses of its results; of those that say who speaks, the last result has all
IBM           words as `["word", 1.5, 1.7]`
Speechmatics  version 1: speakers and words both have a `name`, a `time` and a `duration`
corpora       speakers and texts in lists side by side
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import UnionType

from turnstream.extract.speech.keys import SPEAKERS, TEXTS
from turnstream.extract.speech.values import Fields, Json, first_of, folded, rows

#: A word of IBM's: itself, its beginning, its end.
_STAMPED = 3
#: What all of these tools have one of.
_MARKS = {"results", "words"}


def plain(node: Fields) -> Fields:
    """Return an object of one of these tools as others would write it; any other as it is."""
    for tool in _TOOLS if _MARKS & node.keys() else (_columns,):
        if changed := tool(node):
            return {**node, **changed}
    return node


def _google(node: Fields) -> Fields | None:
    guesses = [first_of(row.get("alternatives")) for row in rows(node.get("results"))]
    said = [words for guess in guesses if (words := rows(guess.get("words")))]
    if not said:
        return None
    if _tells_who(said[-1]) and len(said) > 1 and len(said[-1]) >= sum(map(len, said[:-1])):
        said = said[-1:]
    return {"results": [dict(word) for words in said for word in words]}


def _tells_who(words: list[Fields]) -> bool:
    return any(word.get(key) for word in words for key in ("speakerTag", "speaker_tag", "speakerLabel"))


def _watson(node: Fields) -> Fields | None:
    guesses = [first_of(row.get("alternatives")) for row in rows(node.get("results"))]
    words = [word for guess in guesses for word in _stamped(guess.get("timestamps"))]
    return {"results": words} if words else None


def _stamped(value: Json) -> Iterator[Json]:
    for one in value if isinstance(value, list) else []:
        if isinstance(one, list) and len(one) == _STAMPED and isinstance(one[0], str):
            yield {"word": one[0], "start": one[1], "end": one[2]}


def _speechmatics(node: Fields) -> Fields | None:
    speakers, words = rows(node.get("speakers")), rows(node.get("words"))
    if not all({"name", "time"} <= row.keys() for row in (*speakers[:1], *words[:1])) or not words:
        return None
    return {
        "speakers": [{**row, "speaker": row.get("name")} for row in speakers],
        "words": [{**row, "word": row.get("name"), "name": None} for row in words],
    }


def _columns(node: Fields) -> Fields | None:
    lists = [key for key, value in node.items() if isinstance(value, list)]
    if len(lists) < len(("who", "what")):
        return None
    listed = {folded(key): key for key in lists}
    who = next((listed[key] for key in SPEAKERS if key in listed), None)
    what = next((listed[key] for key in TEXTS if key in listed), None)
    if who is None or what is None or not _is_column(node[what], str) or not _is_column(node[who], str | int):
        return None
    speakers, texts = node[who], node[what]
    if not isinstance(speakers, list) or not isinstance(texts, list) or len(speakers) != len(texts):
        return None
    said: list[Json] = [{"speaker": one, "text": text} for one, text in zip(speakers, texts, strict=True)]
    return {who: None, what: said}


def _is_column(value: Json, kind: type | UnionType) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


_TOOLS: tuple[Callable[[Fields], Fields | None], ...] = (_google, _watson, _speechmatics, _columns)
