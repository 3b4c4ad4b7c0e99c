"""WebVTT's grammar against the tests of vtt.js, and against what the W3C's text says besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.extract.subtitles.vtt_file import Rest, VttCue, blocks, cues
from turnstream.extract.subtitles.vtt_settings import read_settings, read_timestamp, read_timings
from turnstream.extract.subtitles.vtt_text import Node, read_text, voices

FILE = Path(__file__).parents[1] / "samples" / "vttjs" / "cases.jsonl"
CASES = [orjson.loads(line) for line in FILE.read_bytes().splitlines()]

#: Files that vtt.js reads otherwise than the W3C says, and what that says.
DISAGREEMENTS = {
    "cue-times/min-top-digits.vtt": "`000:00.000`: three digits are hours, and hours without a third part an error "
    "(collect a WebVTT timestamp, 5 and 8)",
    "cue-times/minimum-spots-over-sixty.vtt": "`120:00.000`: the same; vtt.js counts 120 hours",
    "file-layout/header-no-new-line.vtt": "a line of times right below the signature ends the header and is a cue's "
    "(collect a WebVTT block, 4.1, 'otherwise')",
    "integration/id.vtt": "a second line with an arrow is the next block's, so the cue below a lone `-->` is one "
    "(collect a WebVTT block, 4.1)",
}
#: What the drafts that vtt.js follows called otherwise, and settings that a file doesn't have.
DEFAULTS: dict[str, Any] = {
    "id": "",
    "align": "middle",
    "line": "auto",
    "lineAlign": "start",
    "position": "auto",
    "positionAlign": "middle",
    "size": 100,
    "snapToLines": True,
    "vertical": "",
    "region": False,
}
DRAFT_POSITIONS = {"left": "start", "start": "start", "right": "end", "end": "end", "center": "middle"}


def as_vttjs(cue: VttCue) -> dict[str, Any]:
    """A cue with the names of vtt.js; the alignment of its position computed from that of its text, as it does."""
    settings = cue.settings
    return {
        "id": cue.identifier,
        "startTime": cue.start_s,
        "endTime": cue.end_s,
        "text": cue.text,
        "align": "middle" if settings.align == "center" else settings.align,
        "line": "auto" if settings.line is None else settings.line,
        "lineAlign": settings.line_align,
        "position": "auto" if settings.position is None else settings.position,
        "positionAlign": DRAFT_POSITIONS[settings.align],
        "size": settings.size,
        "snapToLines": settings.snap_to_lines,
        "vertical": settings.vertical,
        "region": settings.region is not None,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_file_of_vttjs_is_read_as_there(case: dict[str, Any]) -> None:
    found = [as_vttjs(cue) for cue in cues(case["vtt"])]
    expected = [DEFAULTS | cue for cue in case["cues"]]
    assert (found != expected) == (case["file"] in DISAGREEMENTS)


def test_a_time_of_two_parts_has_minutes_and_one_of_three_has_hours() -> None:
    assert read_timestamp("01:02.500") == 62.5
    assert read_timestamp("100:00:01.000") == 360_001.0
    for wrong in ("60:00.000", "1:00.000", "00:00.00", "00:00.0000", "00:00,000", "00:00:60.000", "00:60:00.000", ""):
        assert read_timestamp(wrong) is None, wrong


def test_blanks_around_the_arrow_may_lack() -> None:
    timings = read_timings(" 00:01.000-->00:02.000align:start")
    assert timings is not None and (timings.start_s, timings.end_s, timings.settings) == (1.0, 2.0, "align:start")


def test_a_setting_with_a_wrong_value_is_passed_over() -> None:
    settings = read_settings("line:5. align:middle size:101% position:10%,left vertical:up region:x a:b :c d: line:-1")
    assert settings == read_settings("line:-1")


def test_the_last_of_a_setting_counts_and_a_line_leaves_the_region() -> None:
    settings = read_settings("region:a line:10%,end line:20% size:50.5% position:5%,line-left", {"a"})
    assert (settings.line, settings.line_align, settings.snap_to_lines) == (20.0, "end", False)
    assert (settings.size, settings.position, settings.position_align, settings.region) == (
        50.5,
        5.0,
        "line-left",
        None,
    )


def test_any_line_end_and_a_zero_character() -> None:
    found = cues("\ufeffWEBVTT\r\n\r00:00.000 --> 00:01.000\ra\0b\r\nc\n\r\nd")
    assert [cue.text for cue in found] == ["a\ufffdb\nc"]


def test_a_line_with_an_arrow_ends_the_text() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\none\n00:01.000 --> 00:02.000\ntwo\nfoo --> bar\nthree"
    assert [cue.text for cue in cues(text)] == ["one", "two"]


def test_a_line_of_times_below_another_arrow_begins_a_cue() -> None:
    text = "\n".join(f"{arrow}\n00:00.000 --> 00:01.000\n{arrow[0]}" for arrow in ("-->", "foo-->", "--->", "a -->-->"))
    assert [cue.text for cue in cues(f"WEBVTT\n\n{text}")] == ["-", "f", "-", "a"]


def test_regions_and_styles_are_no_cues_and_comments_are_left_over() -> None:
    text = (
        "WEBVTT kind\nLanguage: en\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a width:40%\n\nNOTE\nhello\n\n"
        "x\n00:00.000 --> 00:01.000 region:a\nyes\n"
    )
    found = list(blocks(text))
    assert found[0] == Rest("NOTE\nhello")
    assert isinstance(found[1], VttCue) and (found[1].identifier, found[1].settings.region) == ("x", "a")
    assert len(found) == 2


def test_without_the_signature_nothing_is_read() -> None:
    for text in ("", "WEBVT", "WEBVTTX\n\n00:00.000 --> 00:01.000\na", "\nWEBVTT\n\n00:00.000 --> 00:01.000\na"):
        assert cues(text) == []


def shown(node: Node | str | float) -> Any:
    """A tree as nested tuples."""
    if not isinstance(node, Node):
        return node
    return (node.name, *filter(None, (node.classes, node.annotation)), *map(shown, node.children))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a &amp; b &lt;c&gt; &nbsp;&lrm;&eacute; &x &", ("", "a & b <c> \xa0\u200eé &x &")),
        ("<b>a<i>b</b>c</i>d", ("", ("b", "a", ("i", "bc"), "d"))),
        ("<c.one..two>a</c>", ("", ("c", ("one", "two"), "a"))),
        ("<v.loud  Jo\n Li &amp; Co >a", ("", ("v", ("loud",), "Jo Li & Co", "a"))),
        ("<ruby>a<rt>b</ruby>c", ("", ("ruby", "a", ("rt", "b")), "c")),
        ("<ruby>a<rt><b>b</rt></b></ruby>c", ("", ("ruby", "a", ("rt", ("b", "b"))), "c")),
        ("<rt>a</rt>", ("", "a")),
        ("a<00:01.000>b<00:x>c", ("", "a", 1.0, "bc")),
        ("<lang en>a</lang><x y>b</x></i>", ("", ("lang", "en", "a"), "b")),
        ("<>a<b", ("", "a", ("b",))),
        ("<v It's a tree", ("", ("v", "It's a tree"))),
    ],
)
def test_the_tree_of_a_text(text: str, tree: Any) -> None:
    assert _joined(shown(read_text(text))) == tree


def _joined(tree: Any) -> Any:
    """Texts that follow each other as one: what is no tag divides them, and says nothing."""
    if not isinstance(tree, tuple):
        return tree
    joined: list[Any] = []
    name, *rest = tree
    for child in map(_joined, rest):
        if isinstance(child, str) and joined and isinstance(joined[-1], str) and name not in {"v", "lang"}:
            joined[-1] += child
        else:
            joined.append(child)
    return (name, *joined)


def test_ten_thousand_tags_in_one_another_are_one_voice() -> None:
    assert list(voices(read_text("<v Jo>" + "<i>" * 10_000 + "a" + "</i>" * 10_000 + "b"))) == [("Jo", "ab")]


def test_a_voice_in_a_voice_and_what_stands_above_a_word() -> None:
    found = list(voices(read_text("<v Jo>a <v Ann>b</v> c</v> d <ruby>e<rt>f</rt></ruby>")))
    assert found == [("Jo", "a "), ("Ann", "b"), ("Jo", " c"), (None, " d e(f)")]


@given(st.text(alphabet="<>/.&; \n\tvcirtubylang0:1Jo"))
def test_no_text_of_a_cue_is_lost_but_its_tags(text: str) -> None:
    assert "".join(said for _, said in voices(read_text(text))).count("J") <= text.count("J")
    assert list(voices(read_text(text.replace("<", "").replace("&", "")))) in (
        [],
        [(None, text.replace("<", "").replace("&", ""))],
    )


@given(st.text(alphabet="WEBVTT\n\r\0-> :0123.aNOTE\ufeff"))
def test_any_text_has_blocks(text: str) -> None:
    assert all(isinstance(block, VttCue | Rest) for block in blocks("WEBVTT\n" + text))


@pytest.mark.parametrize(
    "text",
    ["if a < b then c > d", "I <3 you & me", "<", "a <", "<<<", "5 <6> 7", "<but no tag", "x <- y -> z", "<1 of 2>"],
)
def test_no_words_are_lost_that_only_look_like_a_tag(text: str) -> None:
    assert list(voices(read_text(text))) == [(None, text)]


@pytest.mark.parametrize(
    "tag", ['<font color="red">', "<br/>", "<br />", "<FONT>", "<>", "<00:01.000>", "<c.loud>", "</x>"]
)
def test_tags_are_no_words(tag: str) -> None:
    assert list(voices(read_text(f"one{tag}two"))) == [(None, "onetwo")]


def test_many_signs_that_open_nothing_take_time_in_proportion() -> None:
    for text in ("<a" * 200_000, "<v" * 200_000 + ">", "< " * 200_000, "<a =" * 100_000, "<a " + "b " * 200_000):
        read_text(text)
