"""What a label looks like: a question mark, an office, a name, initials; or like nothing a speaker is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

from turnstream.parse import words
from turnstream.parse.marks import GROUP

Shape = Literal["question", "answer", "numbered", "role", "office", "name", "caps", "initials", "word", "uncased"]

#: Words of a label outside its brackets.
MAX_WORDS = 24

#: People have at most this many names: `Luiz Inácio Lula da Silva` is five.
MAX_NAMES = 6

#: Words of a function that we do not know, `THE VIDEOGRAPHER`.
MAX_FUNCTION = 3

#: Letters of initials: `MBS`, `VYG`, rarely more.
MAX_INITIALS = 4

#: Signs of a name, and perhaps an office, without capitals: in ideographs or kana, in other scripts.
MAX_IDEOGRAPHS = 8
MAX_UNCASED = 40

#: Labels whose reading is remembered: within a document they come again and again.
MEMO = 1024

_BRACKETS = re.compile(rf" ?(?:{GROUP})")
_ABBREVIATION = re.compile(r"\w{1,5}\.(?:\w\.)*")
_FORBIDDEN = frozenset('?!;"“”„«»=<>{}|\\@`…¿¡/')
#: `FloatLiteral`; a name has at most a short prefix, `McDonald`.
_IDENTIFIER = re.compile(r"[^\W\d_]{3}[a-zà-ÿ][A-Z]")
#: A quotation mark inside a word marks a Hebrew abbreviation.
_INSIDE_WORD = re.compile(r'(?<=\w)"(?=\w)')
_NUMBERED = re.compile(r"(.+?)(?:[ #_-]?\d{1,3}|[ _-][a-z])")
_FUNCTIONS = words.ROLES | words.JOINS
#: What may stand around a word.
_AROUND = ".,()"


@lru_cache(MEMO)
def outside_brackets(label: str) -> str:
    """The label without what stands in brackets."""
    if "(" in label or "[" in label or "（" in label:
        label = _BRACKETS.sub("", label)
    return label.strip(" ,")


def fold(word: str) -> str:
    """A word as the vocabularies hold it."""
    return word.strip(_AROUND).casefold()


@lru_cache(MEMO)
def shape_of(label: str) -> Shape | None:
    """What kind of speaker's mark a label (outside its brackets) can be, ``None`` for no kind."""
    parts = label.split()
    signs = _INSIDE_WORD.sub("", label) if '"' in label else label
    if not parts or len(parts) > MAX_WORDS or not _FORBIDDEN.isdisjoint(signs):
        return None
    small = label.casefold()
    folded = [part.strip(_AROUND) for part in small.split()]
    function = _function(small.rstrip("."), folded)
    if function:
        return function
    if (folded[-1] in words.FIELDS and not _is_titled(folded)) or ("." in label and _ends_a_sentence(parts)):
        return None
    if not any(map(_is_cased, label)):
        return _uncased(label, parts)
    return _cased(parts, folded)


def shapes_of(labels: Iterable[str]) -> dict[str, Shape | None]:
    """What each label can be beside the others: where nobody asks, `A` is like `B`; `Question 1` needs answers."""
    shapes = {label: shape_of(label) for label in labels}
    present = set(shapes.values())
    if "question" not in present and "A" in shapes:
        shapes["A"] = "initials"
    if "initials" in present:
        # `CC` and `NO` head data, but not beside `CDR` and `LMP`.
        shapes.update((label, "initials") for label, shape in shapes.items() if shape is None and _is_code(label))
    if "question" in present and "answer" not in present:
        shapes.update((label, None) for label, shape in shapes.items() if shape == "question" and label[-1].isdigit())
    return shapes


def _is_code(label: str) -> bool:
    return 1 < len(label) <= MAX_INITIALS and label.isalpha() and label.isupper()


def is_field(label: str) -> bool:
    """Whether a label heads data, not speech."""
    parts = label.split()
    return bool(parts) and not words.FIELDS.isdisjoint((fold(parts[0]), fold(parts[-1])))


def is_heading(label: str, shape: Shape) -> bool:
    """Whether a label reads as a common noun, `Work Experience`, and as nobody's office."""
    if shape not in {"name", "caps", "initials", "word", "role"}:
        return False
    parts = [part for part in map(fold, label.split()) if part not in words.JOINS] or [""]
    return not words.HEADINGS.isdisjoint(parts) or (len(parts) > 1 and parts[-1].endswith(words.NOUN_ENDINGS))


def _function(label: str, folded: list[str]) -> Shape | None:
    numbered = _NUMBERED.fullmatch(label) if _may_be_numbered(label) else None
    stem = numbered[1] if numbered and len(numbered[1]) > 1 else label
    if stem in words.QUESTION:
        return "question"
    if stem in words.ANSWER:
        return "answer"
    parts = numbered[1].split() if numbered else folded
    if numbered and parts[-1] in words.NUMBERED and words.ROLES.issuperset(parts[:-1]):
        return "numbered"
    return "role" if _FUNCTIONS.issuperset(parts) and not words.JOINS.issuperset(parts) else None


def _may_be_numbered(label: str) -> bool:
    """Nearly no label is: the last sign is seen before the pattern goes through all of them."""
    return label[-1:].isdigit() or label[-2:-1] in " _-"


def _is_cased(sign: str) -> bool:
    return sign.isupper() or sign.islower()


def _ends_a_sentence(parts: list[str]) -> bool:
    """A period inside is fine after an abbreviation or an initial only."""
    return any(part.endswith(".") and not _ABBREVIATION.fullmatch(part) for part in parts)


def _uncased(label: str, parts: list[str]) -> Shape | None:
    ideographs = any("\u3040" <= sign <= "\u9fff" for sign in label)
    longest = MAX_IDEOGRAPHS if ideographs else MAX_UNCASED
    fits = 1 < len(label) <= longest and len(parts) <= MAX_NAMES and words.CLAUSE_SIGNS.isdisjoint(label)
    return "uncased" if fits and not any(map(str.isdigit, label)) else None


def _cased(parts: list[str], folded: list[str]) -> Shape | None:
    upper = all(not part.islower() and part.upper() == part for part in parts)
    begins = folded[0] in words.STARTERS and not _is_article(folded)
    if not upper and (begins or any(part in words.CLAUSE for part in parts)):
        return None
    if folded[0] in words.FIELDS or parts[0][0].isdigit():
        return None
    if has_office(folded):
        return "office" if _capitals_lead(parts) and not _is_address(parts, folded) else None
    if folded[0] == "the" and not (upper and len(parts) <= MAX_FUNCTION):
        return None
    return _all_caps(parts) if upper else _title_case(parts, folded)


def _is_titled(folded: Sequence[str]) -> bool:
    """`Mayor Jo Li, Kell City`: an office, and more than a name behind it."""
    return len(folded) > MAX_FUNCTION and has_office(folded[:1])


def _is_article(folded: Sequence[str]) -> bool:
    """`O SR. PRESIDENTE`, `El señor LI`: an article before who it is."""
    return len(folded) > 1 and folded[0] in words.ARTICLES and has_office(folded[1:2])


def has_office(folded: Sequence[str]) -> bool:
    """Whether an office or an honorific is among the words."""
    return not words.OFFICES.isdisjoint(folded) or not words.HONORIFICS.isdisjoint(folded)


def _capitals_lead(parts: list[str]) -> bool:
    """Mostly capitals but for offices and joining words: `Head of sales Jo Li`, not `Our president spoke today`."""
    neutral = words.JOINS | words.OFFICES
    small = sum(part[:1].islower() and fold(part) not in neutral for part in parts)
    large = sum(part[:1].isupper() for part in parts)
    return parts[0][:1].isupper() and large > small


def _is_address(parts: list[str], folded: list[str]) -> bool:
    """Somebody is spoken to: `Sir`, `Mr President, a short question`."""
    if len(parts) == 1:
        return folded[0] in words.HONORIFICS
    return folded[0] in words.HONORIFICS and folded[1] in words.OFFICES and parts[1].endswith(",")


def _all_caps(parts: list[str]) -> Shape | None:
    longest = max(len(part.strip(".,")) for part in parts)
    if longest <= MAX_INITIALS and (len(parts) == 1 or all(part.endswith(",") for part in parts[:-1])):
        return "initials"
    # `BENEFICIARY OF THE HOUSING PROGRAMME, JO LI`: what is longer than a name ends in one.
    commas = [at for at, part in enumerate(parts, 1) if part.endswith(",")]
    name = len(parts) - (commas[-1] if commas else 0)
    return "caps" if name <= MAX_NAMES else None


def _title_case(parts: list[str], folded: list[str]) -> Shape | None:
    if not is_name(parts) or any(map(_IDENTIFIER.search, parts)):
        return None
    return "word" if len(folded) == 1 else "name"


def is_name(parts: Sequence[str]) -> bool:
    """Capitalised words with nothing but a name's particles between them."""
    if not 1 <= len(parts) <= MAX_NAMES or not parts[-1][:1].isupper():
        return False
    return all(part[:1].isupper() or fold(part) in words.PARTICLES for part in parts)
