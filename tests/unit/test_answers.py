"""What the watcher answers, whatever a file is called."""

from __future__ import annotations

import orjson

from turnstream.models import Question, to_wire
from turnstream.watch.answers import answers, packed
from turnstream.watch.backlog import Backlog


def test_a_folder_that_refuses_and_whose_name_is_no_utf_8_is_told_of() -> None:
    folder = "caf\udce9"
    question = Question(id="0" * 16, paths=(to_wire(f"{folder}/a.txt"), to_wire("b.txt")))
    refused, known = orjson.loads(packed(answers(question, Backlog(), {folder: "Permission denied"}, 0)))
    assert refused["refused"] == "drop/caf\\xe9: Permission denied"
    assert "refused" not in known
