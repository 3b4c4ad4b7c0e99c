"""A transcript that is published while people still speak, through the real processes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.acceptance.harness import SEED, Turnstream

EARLY = SEED.read_bytes()
MARK = "To\u00a0be continued.".encode()
#: The same transcript, once it was whole.
WHOLE = EARLY.removesuffix(MARK) + (
    b"Prime Minister of Israel Benyamin Netanyahu (retranslated): Thank you, Mr President.\n"
    b"I am glad to see you again.\n"
    b"Vladimir Putin: Thank you.\n"
)


def current(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a consumer holds that replaces what an event supersedes."""
    held: dict[str, dict[str, Any]] = {}
    for event in events:
        held.pop(event["data"]["revision"]["supersedes"], None)
        held[event["id"]] = event["data"]
    return list(held.values())


@pytest.mark.parametrize("order", [(EARLY, WHOLE), (WHOLE, EARLY)], ids=["in order", "the early one late"])
def test_a_consumer_ends_with_the_whole_text_whatever_came_first(run: Turnstream, order: tuple[bytes, bytes]) -> None:
    assert EARLY.endswith(MARK)
    outcomes = []
    for number, text in enumerate(order):
        file = run.root.parent / f"{number}_4079e7fc051ca7b4.txt"
        file.write_bytes(text)
        done = run.command_line("ingest", str(file), "--json")
        assert done.returncode == 0
        outcomes.append(orjson.loads(done.stdout))
    is_late = order[1] == EARLY
    assert [told["outcome"] for told in outcomes] == ["published", "superseded" if is_late else "published"]
    tail = run.command_line("tail", "--json", "--event", "--count", "1" if is_late else "2")
    events = [orjson.loads(line) for line in tail.stdout.splitlines()]
    (record,) = current(events)
    assert (record["status"], [turn["label"] for turn in record["turns"]][2:]) == ("complete", ["Vladimir Putin"])
    assert events[-1]["type"] == f"io.turnstream.transcript.{'published' if is_late else 'revised'}.v1"
    assert len(run.records()) == len(events)
    if is_late:
        assert outcomes[1]["superseded_by"] == record["document_id"]
        (late,) = run.files("duplicates")
        assert late.read_bytes() == EARLY
        note = orjson.loads(late.with_name(f"{late.name}.duplicate.json").read_bytes())
        assert (run.root / note["superseded_by"]["archived"]).read_bytes() == WHOLE
        explained = run.command_line("explain", str(late), "--json")
        assert orjson.loads(explained.stdout)["state"] == "superseded"
    else:
        revision = {"number": 2, "supersedes": events[0]["id"], "cause": "continued"}
        assert record["revision"] == revision
        assert {path.read_bytes() for path in run.files("archive")} == {EARLY, WHOLE}
