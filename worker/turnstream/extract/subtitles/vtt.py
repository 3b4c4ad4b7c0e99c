"""WebVTT: cues, and the voices in them.

Read to the W3C's letter (``vtt_file``), and beyond it where people's words would be lost: times as SubRip writes them
are times; text under times that nobody can read, or apart from any, is kept without a time.

Warnings: ``damaged``, there was such text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turnstream.extract.pieces import Reading
from turnstream.extract.subtitles.clock import read_range
from turnstream.extract.subtitles.cues import Cue, Spoken, named, spoken
from turnstream.extract.subtitles.cut import pieces_of
from turnstream.extract.subtitles.vtt_file import Rest, VttCue, blocks
from turnstream.extract.subtitles.vtt_settings import Timings, read_timings
from turnstream.extract.subtitles.vtt_text import read_text, voices

#: Comments, and what stands again where the segments of a stream were put together.
_NOBODYS = re.compile(r"(?:NOTE|WEBVTT|STYLE|REGION|X-TIMESTAMP-MAP=.*)(?:[ \t\n]|\Z)")
#: What Webex writes above a cue: `12 "Jo Li" (1234567)`.
_WHO = re.compile(r'\d+ "(?P<name>[^"]{1,200})" \(\d+\)')
_NUMBER = re.compile(r"\d+(?:\n|\Z)")
_LINE_END = re.compile(r"\r\n?|\n")
#: Its first line with nothing behind it.
_BARE = re.compile(r"WEBVTT[ \t]*(?:[\r\n]|\Z)")


def read(text: str) -> Reading | None:
    """Read a WebVTT file; ``None`` for a text that only begins with its name."""
    if "-->" not in text and not _BARE.match(text.lstrip()):
        return None
    cues = [_cue(block) for block in blocks(_with_arrows(text.lstrip()), _timings)]
    damaged = any(one.start_s is None and one.lines for one in cues)
    return Reading("vtt", pieces_of(cues), ("damaged",) if damaged else ())


def _with_arrows(text: str) -> str:
    """A text with the arrows that people write in cues as the standard wants them, `--&gt;`: none begins a cue."""
    lines = _LINE_END.split(text)
    is_cue = False
    for number, line in enumerate(lines):
        if "-->" in line:
            is_time = line.lstrip()[:1].isdigit()
            if is_cue and not is_time and any(map(str.isalnum, line)):
                lines[number] = line.replace("-->", "--&gt;")
            is_cue = is_cue or is_time
        elif not line:
            is_cue = False
    return "\n".join(lines)


def _cue(block: VttCue | Rest) -> Cue:
    if isinstance(block, Rest):
        return Cue(tuple(_kept(block)))
    return Cue(tuple(_spoken(block)), block.start_s, block.end_s)


def _spoken(block: VttCue) -> Iterator[Spoken]:
    who = _WHO.fullmatch(block.identifier)
    around = who["name"] if who else None
    yield from _said(block.text, around)


def _kept(rest: Rest) -> Iterator[Spoken]:
    """What people may have said in a block that is no cue."""
    if not _NOBODYS.match(rest.text):
        yield from _said(_NUMBER.sub("", rest.text, count=1))


def _said(text: str, around: str | None = None) -> Iterator[Spoken]:
    for voice, words in _voices(text):
        yield from spoken(words, named(voice or "") or around)


def _voices(text: str) -> Iterable[tuple[str | None, str]]:
    return voices(read_text(text)) if "<" in text or "&" in text else [(None, text)]


def _timings(line: str) -> Timings | None:
    if found := read_timings(line):
        return found
    between = read_range(line)
    return Timings(*between) if between else None
