"""Front matter: scalars and lists of YAML and TOML, and never an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.extract.canonical import lines_of
from turnstream.parse.facts.front_matter import front_matter_end, read_front_matter


def entries(text: str) -> dict[str, list[str]]:
    lines = lines_of(text)[0]
    end = front_matter_end(lines)
    return {entry.key: [value for value, _ in entry.values] for entry in read_front_matter(lines, end)}


def test_scalars_and_lists_of_yaml() -> None:
    text = """---
title: 'It''s a "talk"'
date: 2020-05-06  # a Wednesday
speakers:
  - Mira Holt
  - "Jon \\"JB\\" Bell"
tags: [one, 'two, three', "four"]
aliases:
- /a
empty:
nothing: ~
none: []
---
Text.
"""

    assert entries(text) == {
        "title": ['It\'s a "talk"'],
        "date": ["2020-05-06"],
        "speakers": ["Mira Holt", 'Jon "JB" Bell'],
        "tags": ["one", "two, three", "four"],
        "aliases": ["/a"],
    }


def test_scalars_over_several_lines_are_folded() -> None:
    text = """---
title: A talk
  on time
summary: >-
  One.
  Two.
quoted: "Public Health\\_\\
  Officials: and\\u2060 others
  of note"
after: x
---
"""

    assert entries(text) == {
        "title": ["A talk on time"],
        "summary": ["One. Two."],
        "quoted": ["Public Health Officials: and others of note"],
        "after": ["x"],
    }


def test_toml_between_pluses() -> None:
    text = '+++\ntitle = "A talk"\ndate = 2020-05-06T10:00:00Z\nspeakers = ["Mira Holt", "Jon Bell"]\n+++\nText.\n'

    assert entries(text) == {
        "title": ["A talk"],
        "date": ["2020-05-06T10:00:00Z"],
        "speakers": ["Mira Holt", "Jon Bell"],
    }


def test_mappings_in_a_list_give_their_names() -> None:
    text = "---\nspeakers:\n  - name: Mira Holt\n    role: Editor\n  - name: Jon Bell\nplace: Northam\n---\n"

    assert entries(text) == {"speakers": ["Mira Holt", "Jon Bell"], "place": ["Northam"]}


def test_anchors_and_tags_are_text() -> None:
    assert entries("---\na: &x !!python/object:os.system echo\nb: *x\n---\n") == {
        "a": ["&x !!python/object:os.system echo"],
        "b": ["*x"],
    }


@pytest.mark.parametrize(
    "text",
    ["---\nHello there\n---\nText\n", "---\na: b\n", "a: b\n---\n", "---\n", "---\n---\n", "", "+++\na: b\n+++\n"],
)
def test_what_is_no_front_matter(text: str) -> None:
    assert entries(text) == {}


@given(st.text(alphabet="-+ab:=\"'[]{},\n \\u0x#|>&*", max_size=300))
def test_any_front_matter_is_read_without_raising(text: str) -> None:
    lines = lines_of(f"---\na: b\n{text}\n---\nend\n")[0]
    end = front_matter_end(lines)

    for entry in read_front_matter(lines, end):
        assert 0 < entry.first <= entry.last < end
        assert all(value for value, _ in entry.values)
        assert all(entry.first <= line <= entry.last for _, line in entry.values)


@pytest.mark.parametrize(
    "middle",
    ["a: " + "[" * 3_000_000, 'a: "' + "\\u" * 1_000_000, "a: b\n" + " c\n" * 500_000, "a:\n" + "- b\n" * 500_000],
)
def test_long_front_matter_takes_no_time(middle: str) -> None:
    lines = lines_of(f"---\na: b\n{middle}\n---\nend\n")[0]
    before = time.process_time()

    read_front_matter(lines, front_matter_end(lines))

    assert time.process_time() - before < 0.5
