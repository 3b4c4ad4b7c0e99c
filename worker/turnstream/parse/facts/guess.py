"""What language a piece of text is in: by its script where that says it, else by its commonest words.

No library fits a parser that has half a millisecond: those with wheels for every Python here load for a second and
take a millisecond or more a call, and all guess where they do not know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from turnstream.parse.facts import tongues

#: Of the words of a text, those that its language must know, …
MIN_KNOWN = 0.25
#: … fewer where a word is written with its endings and its postpositions, …
MIN_KNOWN_INFLECTED = 0.12
#: … how many at least, …
MIN_HITS = 2.5
#: … and how much more than the next language.
MARGIN = 1.12

#: Letters of a word that is judged by its ending, at least one more than these.
LONG = 4

#: What a word's ending and a letter count beside a word.
ENDING, LETTER = 0.4, 0.25

#: Signs of a script that puts no blank between words, for one word of the others.
SIGNS = 2

#: What may stand around a word.
_MARKS = ".,;:!?…\"“”„«»()[]{}<>*_#'‘‚’–—-।॥،؛؟¿¡/|，。、！？：；「」『』（）《》〈〉【】・"
#: The same of ASCII, which bytes.translate does in a tenth of the time.
_ASCII_BLANKS = bytes(code if chr(code).isalpha() or chr(code) == "'" else 0x20 for code in range(256))
#: What keeps a text of ASCII letters from being ASCII.
_SIGNS = "“”–—…"
_IDEOGRAPHS, _KANA = "Hani", "Kana"
#: Script of each block of 128 code points.
_SCRIPTS: dict[int, str] = {
    **dict.fromkeys((0, 1, 2, 3, 4, 60, 61), "Latn"),
    **dict.fromkeys((6, 7, 62, 63), "el"),
    **dict.fromkeys((8, 9), "Cyrl"),
    10: "hy",
    11: "he",
    **dict.fromkeys((12, 13, 14, 501, 502, 503, 504, 505, 506, 507, 508, 509), "Arab"),
    18: "Deva",
    **dict(enumerate(("bn", "pa", "gu", "or", "ta", "te", "kn", "ml", "si", "th", "lo", "bo", "bo", "my", "ka"), 19)),
    47: "km",
    **dict.fromkeys((34, 35, *range(344, 432)), "ko"),
    **dict.fromkeys((36, 37, 38), "am"),
    **dict.fromkeys((96, 97), _KANA),
    **dict.fromkeys(range(104, 320), _IDEOGRAPHS),
}
_NO_BLANKS = frozenset((_IDEOGRAPHS, _KANA, "th", "lo", "km", "my", "bo", "am"))
#: Letters of Persian, Urdu, Pashto and Sorani that Arabic has not, and of Arabic that they have not.
_ARABIC = {"fa": "پچژگکی", "ur": "ٹڈڑںےہھ", "ps": "ښټډړځڅې", "ckb": "ێۆڕڵە", "ar": "ةيكىإأ"}
#: Signs that are written in one of the two ways only.
_SIMPLIFIED = frozenset("们这国说时会对发经学为还没过问个来开关见样东车长门义务书应实现总统产业话让认识记请谢谁")
_TRADITIONAL = frozenset("們這國說時會對發經學為還沒過問個來開關見樣東車長門義務書應實現總統產業話讓認識記請謝誰")


def guess(text: str) -> str | None:
    """The language of one piece of text, ``None`` where that is not clear."""
    folded = text.replace("’", "'").casefold()
    for sign in _SIGNS:
        folded = folded.replace(sign, " ")
    if folded.isascii():
        words, features = Counter(folded.encode().translate(_ASCII_BLANKS).decode().split()), _features("Latn")
        return _best(_scores(words, features), words, features)
    words = Counter[str]()
    for written, count in Counter(folded.split()).items():
        word = written.strip(_MARKS)
        if word and word[0].isalpha():
            words[word] += count
    script = _script_of(words)
    match script:
        case "Latn" | "Cyrl" | "Deva":
            features = _features(script)
            scores = _scores(words, features)
            _add_letters(scores, words, features)
            return _best(scores, words, features)
        case "Hani" | "Kana":
            return _chinese_or_japanese(text)
        case "Arab":
            return _of_arabic_script(text)
        case _:
            return script


def _script_of(words: Mapping[str, int]) -> str | None:
    """The script of two words in three, or its language where it has but one."""
    scripts: Counter[str] = Counter()
    for word, count in words.items():
        script = _SCRIPTS.get(ord(word[0]) >> 7, "")
        scripts[script] += count * max(1, len(word) // SIGNS) if script in _NO_BLANKS else count
    if _KANA in scripts:
        scripts[_IDEOGRAPHS] += scripts.pop(_KANA)
    if not scripts:
        return None
    script, count = scripts.most_common(1)[0]
    return script or None if count >= MIN_HITS and count * 3 >= scripts.total() * 2 else None


class _Features(NamedTuple):
    """Numbers of the languages that have a word, an ending, a letter; ``known`` is the share of words to be known."""

    codes: tuple[str, ...]
    known: float
    words: Mapping[str, tuple[int, ...]]
    endings: Mapping[str, tuple[int, ...]]
    letters: Mapping[str, tuple[int, ...]]


@lru_cache
def _features(script: str) -> _Features:
    languages = {"Latn": tongues.LATIN, "Cyrl": tongues.CYRILLIC, "Deva": tongues.DEVANAGARI}[script]
    words = [words.split() for words in languages.values()]
    endings = [tongues.ENDINGS.get(code, "").split() for code in languages]
    letters = [tongues.LETTERS.get(code, "") for code in languages]
    known = MIN_KNOWN_INFLECTED if script == "Deva" else MIN_KNOWN
    return _Features(tuple(languages), known, _inverted(words), _inverted(endings), _inverted(letters))


def _inverted(features: Iterable[Iterable[str]]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for number, those in enumerate(features):
        for one in those:
            found[one][number] = None
    return {one: tuple(numbers) for one, numbers in found.items()}


def _best(scores: list[float], words: Mapping[str, int], features: _Features) -> str | None:
    *_, second, best = sorted(range(len(scores)), key=scores.__getitem__)
    if scores[best] < max(MIN_HITS, sum(words.values()) * features.known):
        return None
    if scores[best] < scores[second] * MARGIN and not _is_apart(words, features, best, second):
        return None
    return features.codes[best]


def _scores(words: Mapping[str, int], features: _Features) -> list[float]:
    scores = [0.0] * len(features.codes)
    by_word, by_ending = features.words, features.endings
    for word, count in words.items():
        if word in by_word:
            for number in by_word[word]:
                scores[number] += count
        elif len(word) > LONG and (ending := word[-3:]) in by_ending:
            for number in by_ending[ending]:
                scores[number] += ENDING * count
    return scores


def _add_letters(scores: list[float], words: Mapping[str, int], features: _Features) -> None:
    for word, count in words.items():
        if not word.isascii():
            for letter in word:
                for number in features.letters.get(letter, ()):
                    scores[number] += LETTER * count


def _is_apart(words: Mapping[str, int], features: _Features, best: int, second: int) -> bool:
    """Whether the words that only one of two close languages has speak for the first: `av` for `af`."""
    own = other = 0
    for word, count in words.items():
        known = features.words.get(word, ())
        if (best in known) != (second in known):
            own, other = (own + count, other) if best in known else (own, other + count)
    return own >= MIN_HITS and own >= other * 2


def _chinese_or_japanese(text: str) -> str:
    kana = sum("\u3041" <= sign <= "\u30ff" for sign in text)
    if kana * 20 > len(text):
        return "ja"
    simplified, traditional = (sum(sign in those for sign in text) for those in (_SIMPLIFIED, _TRADITIONAL))
    if simplified > traditional * 3:
        return "zh-Hans"
    return "zh-Hant" if traditional > simplified * 3 else "zh"


def _of_arabic_script(text: str) -> str | None:
    counts = {code: sum(map(text.count, letters)) for code, letters in _ARABIC.items()}
    special = max(("ur", "ps", "ckb"), key=counts.__getitem__)
    if counts[special] * 30 > len(text):
        return special
    return "fa" if counts["fa"] > counts["ar"] else "ar"


@lru_cache
def words_of(code: str) -> frozenset[str]:
    """The words of a language that is known by its words."""
    return frozenset(
        (tongues.LATIN.get(code) or tongues.CYRILLIC.get(code) or tongues.DEVANAGARI.get(code, "")).split()
    )
