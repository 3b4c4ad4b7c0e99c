"""Lines that nobody speaks: rules, omissions, closing marks, headings, remarks in brackets."""

from __future__ import annotations

import re

#: Rules and closing marks are short; nothing longer is looked at.
MAX_MARK = 60

#: … but a rule may be as wide as a page.
MAX_RULE = 200

#: A remark in brackets may list many heckles; a longer one is text.
MAX_DIRECTION = 600

_RULE = re.compile(r"(?:[*_=~⁂•·#—–─━◇◆-] ?){3,}|⁂")
_OMISSION = re.compile(r"[<\[(]? ?(?:…|\.{3}) ?[>\])]?")
_END = re.compile(r"[*\[(]?(?:ENDS?|-30-)(?: OF [A-Z ]{1,30})?(?: \d.*)?[.\])*]?")
_HEADING = re.compile(r"#{1,6} \S")
#: Said below a text that goes on.
_CONTINUED = (
    r"to be continued|продолжение следует|окончание следует|продовження буде|далі буде|ciąg dalszy nastąpi"
    r"|fortsetzung folgt|wird fortgesetzt|à suivre|continuará|未完待续|未完待續|待续|待續|つづく"
)
#: … and too common a word to count without brackets.
_CONTINUED_BRACKETED = (
    r"continued|continues|more to follow|c\.?d\.?n|suite|continua|segue|продолжение|fortsetzung|続く|未完"
)
#: Said above or below one of which only a part is there.
_PART = (
    r"(?:this is )?(?:a |an )?(?:partial|incomplete|unfinished) transcript"
    r"|(?:this |the )?transcript is (?:partial|incomplete|not (?:yet )?complete)"
    r"|(?:this |the )?(?:full |complete )?transcript (?:is being|will be) (?:updated|prepared|continued|completed)"
    r"|(?:the )?(?:full |complete |rest of the )?transcript (?:to follow|will follow)"
    r"|(?:the )?(?:full |complete )transcript will be (?:posted|published|available)"
    r"|(?:полная )?стенограмма (?:обновляется|дополняется|готовится|будет (?:опубликована|дополнена))"
    r"|(?:das |die )?(?:vollständige )?(?:wortprotokoll|abschrift|transkript) (?:folgt|wird (?:noch )?ergänzt)"
    r"|transcription (?:partielle|en cours)|transcripción (?:parcial|en proceso)"
)
_SOON = r"(?: (?:shortly|soon|later|below|as it becomes available|позже|позднее|in kürze|später))?"
_OPEN, _CLOSE = r"[(\[<（【*_]{0,3} ?", r" ?[.…!]*[)\]>）】*_]{0,3}"
_IS_CONTINUED = re.compile(rf"{_OPEN}(?:{_CONTINUED}){_CLOSE}|[(\[（【](?:{_CONTINUED_BRACKETED}){_CLOSE}")
_IS_PART = re.compile(rf"{_OPEN}(?:{_PART}){_SOON}{_CLOSE}")
_ENDS, _CLOSES = frozenset(".?!…。？！—–-"), frozenset("\"'”’»)]")
_SENTENCE_END = re.compile(r"[.?!…。？！—–-][\"'”’»)\]]+$")
_PAIRS = {"(": ")", "[": "]", "（": "）", "【": "】"}


def is_rule(text: str) -> bool:
    """Whether a line only divides: `* * *`, `---`, `⁂`."""
    return len(text) <= MAX_MARK and is_divider(text)


def is_divider(text: str) -> bool:
    """Whether a line is a rule, perhaps one as wide as the page."""
    return len(text) <= MAX_RULE and not text[0].isalnum() and _RULE.fullmatch(text) is not None


def is_omission(text: str) -> bool:
    """Whether a line only says that something was left out: `<…>`."""
    return len(text) <= MAX_MARK and not text[0].isalnum() and _OMISSION.fullmatch(text) is not None


def is_continued(text: str) -> bool:
    """Whether a line at the end of a text says that it isn't whole yet."""
    return len(text) <= MAX_MARK and (is_part(text) or _IS_CONTINUED.fullmatch(text.casefold()) is not None)


def is_part(text: str) -> bool:
    """Whether a line, above or below a text, says that it isn't the whole of it."""
    return len(text) <= MAX_MARK and _IS_PART.fullmatch(text.casefold()) is not None


def is_break(text: str) -> bool:
    """Whether the speaker before a line no longer speaks after it."""
    if text[0] == "#" and _HEADING.match(text):
        return True
    return is_rule(text) or (len(text) <= MAX_MARK and text[0] in "E*[(-" and _END.fullmatch(text) is not None)


def is_direction(text: str) -> bool:
    """Whether a whole line stands in brackets: `(Laughter.)`, `[applause]`."""
    closing = _PAIRS.get(text[0])
    if closing is None or text[-1] != closing or len(text) > MAX_DIRECTION:
        return False
    return _closes_last(text, text[0], closing)


def _closes_last(text: str, opening: str, closing: str) -> bool:
    """False for `(one) and (another)`."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == opening) - (sign == closing)
        if depth == 0:
            return place == len(text) - 1
    return False


def ends_sentence(text: str) -> bool:
    """Whether a line ends as sentences do."""
    last = text[-1:]
    return last in _ENDS or (last in _CLOSES and _SENTENCE_END.search(text, max(0, len(text) - 6)) is not None)
