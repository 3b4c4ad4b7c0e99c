r"""Characters of RTF: code pages by number and by a font's character set, control words that stand for a sign.

Source: Rich Text Format Specification 1.9.1 (`\ansicpg`, `\fcharset`, special characters).
"""

from __future__ import annotations

import codecs

#: What `\fcharset` says a font's bytes are; 0 is windows-1252, 1 the document's own, 2 a font of symbols.
_CHARSETS = {
    0: "cp1252",
    77: "mac-roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
#: Code pages that Python has under another name than `cp<number>`.
_PAGES = {
    708: "iso8859-6",
    819: "iso8859-1",
    936: "gbk",
    1361: "johab",
    10000: "mac-roman",
    10006: "mac-greek",
    10007: "mac-cyrillic",
    10029: "mac-latin2",
    10081: "mac-turkish",
    65001: "utf-8",
}
DEFAULT = "cp1252"
#: Control words of the document's character set.
SETS = {"ansi": DEFAULT, "mac": "mac-roman", "pc": "cp437", "pca": "cp850"}

SIGNS = {
    "tab": "\t",
    "line": "\n",
    "lbr": "\n",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
SYMBOLS = {"~": " ", "_": "-", "\t": "\t"}


def page(number: int) -> str | None:
    """Return the codec of a code page, `None` for one that is not known."""
    name = _PAGES.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return None
    return name


def charset(number: int) -> str | None:
    """Return the codec of a font's character set; `None` where the document's own counts."""
    return _CHARSETS.get(number)
