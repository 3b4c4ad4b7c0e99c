"""HTML: what a reader sees of a page's text, whatever stands around it, and however it is broken."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_layouts import TALK
from tests.unit.test_parse import assert_covered
from turnstream.errors import TurnstreamError
from turnstream.extract import extract
from turnstream.extract.formats import reading_of
from turnstream.extract.html.markup import End, Markup, Raw, Start, attributes, unescaped
from turnstream.models import Line
from turnstream.parse import parse

SPEECH = "I thank the house for the time that it has given me today, and I shall not be long. "


def page(body: str, head: str = "<title>A talk</title>") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def lines(body: str, head: str = "") -> list[Line]:
    return list(extract(page(body, head)).lines)


def texts(body: str, head: str = "") -> list[str]:
    return [line.text for line in lines(body, head)]


def talk(form: str, head: str = "") -> str:
    return head + "".join(form.format(label=label, text=text, n=n) for n, (label, text) in enumerate(TALK))


#: How a turn may be written in HTML, and what must be around all of them.
FORMS = {
    "bold and colon": ("<p><b>{label}:</b> {text}</p>", ""),
    "bold, colon outside": ("<p><strong>{label}</strong>: {text}</p>", ""),
    "bold without colon": ("<p><strong>{label}</strong> {text}</p>", ""),
    "bold in pieces": ("<p><b>{label}</b><b>:</b><span>&nbsp;</span>{text}</p>", ""),
    "bold by style": ('<p><span style="font-weight:700">{label}</span> {text}</p>', ""),
    "bold by class": ('<p class="c1"><span class="c2">{label} </span><span class="c3">{text}</span></p>', ""),
    "bold with a time": ("<p>[00:0{n}:10] <b>{label}</b> {text}</p>", ""),
    "bold and line break": ("<p><b>{label}</b><br>{text}</p>", ""),
    "line breaks": ("<b>{label}:</b> {text}<br>\n<br>\n", ""),
    "unclosed paragraphs": ("<p><b>{label}:</b> {text}\n", ""),
    "heading": ("<h3>{label}</h3><p>{text}</p>", ""),
    "class of a span": ('<p><span class="speaker-name">{label}</span><span>{text}</span></p>', ""),
    "class of a block": ('<div class="transcript__speaker">{label}</div><div>{text}</div>', ""),
    "item property": ('<div><span itemprop="name">{label}</span> {text}</div>', ""),
    "time and class": ('<div><time>0:1{n}</time><span class="speaker">{label}</span><p>{text}</p></div>', ""),
    "definition list": ("<dt>{label}<dd>{text}", "dl"),
    "definition list with colons": ("<dt>{label}:</dt><dd><p>{text}</p></dd>", "dl"),
    "table": ("<tr><td>{label}</td><td>{text}</td></tr>", "table"),
    "table with bold": ("<tr><td><p><b>{label}</b></p><td><p>{text}</p>", "table"),
    "table with times": ("<tr><td>00:0{n}:10</td><td>{label}</td><td>{text}</td></tr>", "table"),
    "list": ("<li><b>{label}</b>: {text}", "ul"),
    "preformatted": ("{label}: {text}\n\n", "pre"),
    "headers of articles": ("<article><header><b>{label}</b></header><p>{text}</p></article>", ""),
    "articles": ("<article><b>{label}</b><p>{text}</p></article>", ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_turns_are_found_however_a_page_writes_them(form: str) -> None:
    pattern, around = FORMS[form]
    body = talk(pattern)
    head = "<style>.c3{font-weight:400}.c2{color:#000;font-weight:700}</style><title>A talk</title>"
    document = extract(page(f"<{around}>{body}</{around}>" if around else body, head))
    parsed = parse(document)
    spoken = [turn for turn in parsed.turns if turn.kind != "direction"]
    assert [(turn.label, " ".join(turn.paragraphs)) for turn in spoken] == list(TALK)
    assert parsed.title == "A talk"
    assert document.format == "html"
    assert_covered(document, parsed)


def test_a_row_above_a_table_of_turns_is_nobodys() -> None:
    rows = talk("<tr><td>{label}</td><td>{text}</td></tr>", head="<tr><th>Speaker</th><th>Text</th></tr>")
    parsed = parse(extract(page(f"<table>{rows}</table>")))
    assert [turn.label for turn in parsed.turns] == [label for label, _ in TALK]


def test_a_table_that_only_lays_a_page_out_is_read_cell_by_cell() -> None:
    body = talk("<p><b>{label}:</b> {text}</p>")
    layout = f"<table><tr><td><p>One</p><p>Two</p></td><td>{body}</td></tr></table>"
    assert texts(layout)[:3] == ["One", "Two", "Ann Lee: Good morning, everybody. Shall we begin?"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<p>one <i>two</i>\n three<p>four", ["one two three", "four"], id="unclosed paragraphs"),
        pytest.param("one<br>two<br/>three", ["one", "two", "three"], id="line breaks"),
        pytest.param("<ul><li>one<li>two<ul><li>three</ul><li>four</ul>", ["one", "two", "three", "four"], id="lists"),
        pytest.param("<table><tr><td>a<td>b<tr><td>c<td>d</table>", ["a b", "c d"], id="rows"),
        pytest.param("<pre>\n  one\n    two</pre>", ["one", "two"], id="preformatted"),
        pytest.param("a &lt; b &amp; c&nbsp;d &eacute;&#233;&#xe9; &rarr;", ["a < b & c d ééé →"], id="entities"),
        pytest.param("1 < 2 and 3 > 2 <3", ["1 < 2 and 3 > 2 <3"], id="signs"),
        pytest.param("<p title='a > b' data-x=\"</p>\">one</p>", ["one"], id="signs in quotes"),
        pytest.param("<p>one<!-- <p>two</p> --><!---->three", ["onethree"], id="comments"),
        pytest.param("<script>if (a < b) '</p>'</script><p>one<style>p {}</style>", ["one"], id="scripts"),
        pytest.param("<p>one</div></section></b>two", ["onetwo"], id="end tags of nothing"),
        pytest.param("<div><b><p>one</b></p><p>two</p></div>three", ["one", "two", "three"], id="crossed"),
        pytest.param("<table><tr><td><div>one</table></div>two", ["one", "two"], id="a table closes what is in it"),
        pytest.param("<table><td>one</div>two</td></table>three", ["onetwo", "three"], id="a cell keeps its words"),
        pytest.param("<h2>one<p>two</h2><p>three", ["one", "two", "three"], id="a paragraph in a heading"),
        pytest.param("<ruby>漢<rp>(</rp><rt>かん</rt></ruby>字", ["漢字"], id="how characters are read"),
        pytest.param("<svg><text>x</text></svg><select><option>a</select><p>one", ["one"], id="wordless"),
        pytest.param("<![CDATA[one & two]]>", ["one & two"], id="character data"),
        pytest.param("<p>one</p><textarea>two\nthree</textarea>", ["one", "two", "three"], id="text areas"),
        pytest.param("<p>one one<p hidden>two<p style='display:none'>three<p>four", ["one one", "four"], id="hidden"),
        pytest.param("<p>Ann<span class='sr-only'> says</span> Lee", ["Ann Lee"], id="hidden in a line"),
        pytest.param("<p><button>Copy</button></p><p><button>00:12</button> one", ["00:12 one"], id="buttons"),
    ],
)
def test_a_page_is_read_as_a_browser_shows_it(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_blocks_stand_apart_and_lines_of_one_do_not() -> None:
    assert [line.blank_before for line in lines("<p>one<br>two</p><p>three<br><br>four")] == [False, False, True, True]


def test_indents_of_preformatted_text_and_columns_are_kept() -> None:
    first, second = lines("<pre>    Mr. LEE. Yes.\nQ    Why?</pre>")
    assert (first.indent, second.gaps) == (4, (1,))


@pytest.mark.parametrize("form", ["<html><body>\n{}</body></html>", "<!doctype html>\n{}"])
def test_a_plain_text_with_tags_around_it_keeps_its_lines(form: str) -> None:
    body = talk("{label}: {text}\n\n")
    assert [line.text for line in extract(form.format(body).encode()).lines] == body.split("\n\n")[:-1]


def test_what_is_in_bold_at_the_beginning_is_the_opening() -> None:
    found = lines("<p><b>Ann</b> <b>Lee</b> one</p><p>one <b>two</b></p><p><b>all</b></p><b><p>both</p></b><p>none")
    assert [(line.bold, line.style) for line in found] == [(7, None), (0, None), (0, "bold"), (0, "bold"), (0, None)]


def test_bold_that_is_not_closed_ends_with_its_block() -> None:
    assert [line.style for line in lines("<p><b>one</p><p>two</p>")] == ["bold", None]


def test_bold_that_a_style_takes_away_is_none() -> None:
    assert [line.style for line in lines('<b style="font-weight:normal"><p>one</p></b>')] == [None]


def test_a_heading_that_is_not_closed_ends_with_its_first_block() -> None:
    assert [line.style for line in lines("<h2>one<p>two<p>three</h2>")] == ["heading 2", None, None]


def test_headings_have_their_rank() -> None:
    assert [line.style for line in lines("<h1>one</h1><h4>two</h4><p>three")] == ["heading 1", "heading 4", None]


AROUND = (
    '<nav><a href="/">Home</a></nav><div class="site-header"><div class="menu"><p>Menu: one</p></div></div>'
    '<div id="cookie-consent"><p>We: use cookies, as everybody does.</p></div>{}'
    '<div class="share-buttons"><p>Tell a friend</p></div><aside><p>Read on</p></aside>'
    '<div id="comments"><article><p>Troll: I do not like it at all, and I shall say so as long as I can.</p></article>'
    "</div><footer><p>All rights reserved</p></footer>"
)


@pytest.mark.parametrize("element", ["main", "article", 'div role="main"', 'div class="entry-content"', "div"])
def test_the_text_is_told_from_what_stands_around_it(element: str) -> None:
    body = talk("<p><b>{label}:</b> {text}</p>")
    found = texts(AROUND.format(f"<{element}>{body}</{element.partition(' ')[0]}>"))
    assert found == [f"{label}: {text}" for label, text in TALK]


@pytest.mark.parametrize("element", ["aside", "header", "div hidden", 'div class="modal"', 'div style="display: none"'])
def test_a_part_with_most_of_the_words_is_the_text_whatever_it_is_called(element: str) -> None:
    body = talk("<p><b>{label}:</b> {text}</p>")
    found = texts(f"<p>Watch the video.</p><{element}>{body}</{element.partition(' ')[0]}>")
    assert found[-len(TALK) :] == [f"{label}: {text}" for label, text in TALK]


def test_a_class_of_all_that_is_said_does_not_mean_something_else() -> None:
    body = talk('<div class="contribution share-enabled"><p><b>{label}:</b> {text}</p></div>')
    found = texts(body.replace("</div>", '<div class="share-bar"><p>Tell</p></div></div>'))
    assert found == [f"{label}: {text}" for label, text in TALK]


def test_nothing_of_a_text_in_several_articles_is_lost() -> None:
    body = talk("<article><p><b>{label}:</b> {text}</p></article>")
    assert texts(body) == [f"{label}: {text}" for label, text in TALK]


def test_a_part_of_a_text_that_broken_tags_cut_off_is_not_lost() -> None:
    turn = [f"<p><b>{label}:</b> {text}</p>" for label, text in TALK]
    body = f'<article><div class="entry-content">{"".join(turn[:5])}</div></div></div><p>And</p>{turn[5]}</article>'
    assert texts(f"{body}<p>{SPEECH}")[-2:] == ["And", f"{TALK[5][0]}: {TALK[5][1]}"]
    assert texts(f"<main>{''.join(turn[:5])}</main>{turn[5]}<p>Sign up</p>")[-1] == f"{TALK[5][0]}: {TALK[5][1]}"


def test_a_list_of_links_is_no_text_and_a_single_one_may_be() -> None:
    links = "".join(f'<li><a href="/{n}">Page {n}</a></li>' for n in range(5))
    assert texts(f'<ul>{links}</ul><p><a href="/ann">Ann Lee</a></p><p>{SPEECH}') == ["Ann Lee", SPEECH.strip()]


def test_sentences_that_lead_to_a_time_of_a_recording_are_text() -> None:
    body = "".join(f'<p><a href="#t={n}">{text}</a></p>' for n, (_, text) in enumerate(TALK))
    assert texts(body) == [text for _, text in TALK]


def test_the_heading_above_a_text_is_kept_and_is_its_title() -> None:
    body = f'<div><h1>A day</h1></div><p>By us</p><div class="article-body"><p>{SPEECH * 3}</p></div><p>Sign up</p>'
    parsed = parse(extract(page(body, "<title>A day | The site</title>")))
    assert parsed.title == "A day"
    assert "Sign up" not in texts(body)


def test_the_title_of_a_page_stands_for_a_heading_unless_the_text_says_it() -> None:
    assert texts("<p>one", "<title>A &amp; B</title>") == ["A & B", "one"]
    assert texts("<pre>THE\n  DAY</pre>", "<title> - The Day</title>") == ["THE", "DAY"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param('<meta charset="iso-8859-2"><p>Łódź źle'.encode("iso-8859-2"), "Łódź źle", id="meta"),
        pytest.param(
            b'<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>' + "Ещё".encode("cp1251"),
            "Ещё",
            id="http-equiv",
        ),
        pytest.param('<?xml version="1.0" encoding="GBK"?><html><p>你好'.encode("gbk"), "你好", id="XML"),
        pytest.param('<meta charset="windows-1251"><p>Łódź'.encode(), "Łódź", id="wrong, and UTF-8"),
        pytest.param('<meta charset="latin1"><p>“é”'.encode("cp1252"), "“é”", id="the larger one is meant"),
        pytest.param(
            '<meta charset="utf-8"><p>Né à Besançon, à midi'.encode("cp1252"), "Né à Besançon, à midi", id="not"
        ),
        pytest.param('<meta charset="latin1"><p>Łódź'.encode("utf-16"), "Łódź", id="mark"),
        pytest.param('<meta charset="unicode_escape"><p>Je suis né à \\u0041'.encode("cp1252"), None, id="no encoding"),
    ],
)
def test_a_page_may_say_its_encoding_and_be_wrong(raw: bytes, expected: str | None) -> None:
    assert extract(raw).canonical == (expected or "Je suis né à \\u0041")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<p align='center'><img src='x'></p>\n\n# Talk\n\nJo: hi, and this goes on.\n", id="Markdown"),
        pytest.param("<div>\nOne tag in it\n</div>\n\nJo: hi, and then there is much more.\n\nBob: yes.\n", id="a tag"),
        pytest.param("<b> hello\n<i> hi there\n<b> what is it?\n", id="nicknames"),
        pytest.param("<jo> hello\n<p> hi there\n", id="more nicknames"),
        pytest.param("<Jo Li> hello\n", id="names"),
        pytest.param("a <p> in the text</p>", id="a tag behind words"),
    ],
)
def test_text_with_some_tags_is_plain_text(text: str) -> None:
    assert reading_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "<p><b>Jo:</b> hi",
        "<!-- saved --><HTML><body>hi",
        '\n <?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C">hi',
        "<div>Jo: hi</div><div>Bob: yes</div>",
        "<h1>One</h1>\n<p>two</p>\n",
    ],
)
def test_a_page_or_a_part_of_one_is_html(text: str) -> None:
    assert reading_of(text)


@pytest.mark.parametrize(
    "end",
    ["<p class='x", "<!-- never closed", "<script>var x = '", "<", "<p", "</", "&#", "<style>", "<!", '<a x="1>'],
)
def test_a_page_that_is_cut_off_has_all_that_stands_before(end: str) -> None:
    assert texts(f"<p>one</p><p>two</p>{end}")[:2] == ["one", "two"]
    assert extract(b"<html><p>one</p><p>two</p><!-- and").warnings == ("truncated",)


def test_what_an_element_swallows_is_lost_only_where_it_is_never_text() -> None:
    assert texts("<title>one<p>two")[-1] == "two"
    assert texts("<!-- one <p>two") == ["two"]


HOSTILE: dict[str, Callable[[int], str]] = {
    "tags": lambda n: "<a " * n,
    "quotes": lambda n: "<a x='" * n,
    "comments": lambda n: "<!--" * n,
    "nested": lambda n: "<div>x" * n,
    "nested and closed": lambda n: "<div>" * n + "x" + "</div>" * n,
    "bold": lambda n: "<b>x" * n + "</i>" * n,
    "bold around blocks": lambda n: "<i><div>" + "<b>" * n + "</i>" * n,
    "paragraphs in bold": lambda n: "<b><p>" * n + "x" + "</b>" * n,
    "tables": lambda n: "<table><tr><td>x<td>y" * n,
    "lists": lambda n: "<ul><li>x" * n,
    "articles": lambda n: "<article>x" * n,
    "an attribute": lambda n: '<p title="' + "x" * n * 20 + '">x',
    "attributes": lambda n: "<p" + " x" * n + ">x",
    "classes": lambda n: '<p class="' + "ab-" * n + '">x',
    "styles": lambda n: "<style>" + ".a{" * n + "</style>x",
    "one line": lambda n: "<b>x</b>y" * n,
    "times": lambda n: "<time>1:00</time>" * n,
    "line breaks": lambda n: "<br>" * n + "x",
    "entities": lambda n: "&#" + "9" * n + ";&" * n + "x",
    "titles": lambda n: "<title>x" * n,
    "cells": lambda n: "<table><tr>" + "<td>x" * n,
    "blanks that are kept": lambda n: "<pre>" + " <b></b>" * n + "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_nobody_writes_takes_no_longer_than_its_size(name: str) -> None:
    text = f"<html>{HOSTILE[name](20_000)}"
    begin = time.process_time()
    with suppress(TurnstreamError):
        extract(text.encode())
    assert time.process_time() - begin < 3


PARTS = [
    *("<p>", "</p>", "<b>", "</b>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<ul>", "<li>", "</ul>"),
    *("<dl>", "<dt>", "<dd>", "<h1>", "</h1>", "<pre>", "</pre>", "<br>", "<nav>", "</nav>", "<article>", "</article>"),
    *("<!--", "-->", "<script>", "</script>", "<span class=speaker>", "</span>", "<title>", "</title>", "<a href=/x>"),
    *("</a>", "<main>", "<p hidden>", "<", ">", "&", "&amp;", "&#x;", "'", '"', "=", " ", "one ", "two"),
]


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_any_tags_make_lines_or_a_typed_error(body: str) -> None:
    try:
        document = extract(page(body, ""))
    except TurnstreamError:
        return
    assert_covered(document, parse(document))


@given(st.text())
def test_words_without_signs_of_markup_are_as_they_stand(text: str) -> None:
    assert "".join(map(str, Markup(text.replace("<", "").replace("&", "")))) == text.replace("<", "").replace("&", "")


def test_tokens_of_a_text() -> None:
    tokens = list(Markup("a<P class=x>b</P ><style>c</STYLE>&lt;"))
    assert tokens[:4] == ["a", Start("p", " class=x"), "b", End("p")]
    assert tokens[4:] == [Start("style", ""), Raw("style", "c"), End("style"), "<"]
    assert attributes(" a=1 B='2 &amp; 3' c a=4 d = \"5\"/") == {"a": "1", "b": "2 & 3", "c": "", "d": "5"}
    assert unescaped(f"&#{'9' * 5000};&#65;&nosuch;") == "\ufffdA&nosuch;"


def test_a_page_and_a_plain_text_that_say_the_same_are_the_same_document() -> None:
    plain = "A talk\n\n" + "".join(f"{label}: {text}\n\n" for label, text in TALK)
    body = talk("<p><b>{label}:</b>\n{text}</p>", head="<h1>A talk</h1>")
    assert (
        extract(page(f"<nav><a href='/'>Home</a></nav><main>{body}</main>")).canonical
        == extract(plain.encode()).canonical
    )
