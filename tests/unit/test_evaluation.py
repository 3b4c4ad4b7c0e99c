"""`make evaluate` on a small invented corpus: what it reads, how it compares, when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tests import promises
from tests.evaluation import __main__ as evaluation
from tests.evaluation import run, without
from tests.evaluation.corpora import Corpora, is_text
from tests.evaluation.last import Table, load, save
from tests.evaluation.predict import Said, said
from tests.evaluation.run import FileResult, Results, read_all
from tests.evaluation.table import Change, mean_of, rows_of
from turnstream.models import Extracted, Parsed, Record

Able = Callable[[Callable[[str], str]], None]

TALK = """\
Ann Lee: Shall we begin?
We are late.
(Laughter.)
And it rains.
Bob Ray: Yes, let us begin.
* * *
Ann Lee: Good.
"""
PROSE = "The lake lies in the hills. It has no island.\n"

#: Of the corpora's own: a turn is right when speaker and text are the gold's.
SCORER = """\
import json, pathlib, sys
gold, pred, *options = sys.argv[1:]
said = {json.loads(line)["file"]: json.loads(line)["turns"] for line in open(pred, encoding="utf-8")}
sources = {}
for path in sorted(pathlib.Path(gold).glob("*.jsonl")):
    row = dict.fromkeys(["files", "gold", "pred", "hit", "neg", "false"], 0)
    for line in path.read_text("utf-8").splitlines():
        known = json.loads(line)
        turns = said[known["file"]]
        if not known["turns"]:
            row["neg"] += 1
            row["false"] += len(turns)
            continue
        row["files"] += 1
        row["gold"] += len(known["turns"])
        row["pred"] += len(turns)
        row["hit"] += sum(turn in known["turns"] for turn in turns)
    share = row["hit"] / row["gold"] if row["gold"] else 0.0
    row["P"] = row["hit"] / row["pred"] if row["pred"] else 0.0
    sources[path.stem] = {**row, **dict.fromkeys(["F1", "F1m", "label", "labelr", "cover"], share), "extra": 1 - share}
print(json.dumps({"sources": sources}) if "--json" in options else f"scored with {options}")
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    folder = tmp_path / "corpora"
    gold = [
        {"speaker": "Ann Lee", "text": "Shall we begin?\nWe are late.\n(Laughter.)\nAnd it rains."},
        {"speaker": "Bob Ray", "text": "Yes, let us begin."},
        {"speaker": "Ann Lee", "text": "Good."},
    ]
    _put(folder, "hills", "talk.txt", TALK, gold)
    _put(folder, "hills", "talk.html", f"<!doctype html>\n{PROSE}", gold)
    _put(folder, "prose", "lake.md", PROSE, [])
    (folder / "score.py").write_text(SCORER, "utf-8")
    return folder


def _put(folder: Path, source: str, name: str, text: str, gold: list[dict[str, str]]) -> None:
    path = folder / "raw" / source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    (folder / "gold").mkdir(exist_ok=True)
    with (folder / "gold" / f"{source}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"file": f"raw/{source}/{name}", "turns": gold}) + "\n")


def evaluate(corpora: Path, *options: str) -> int:
    return evaluation.main([str(corpora), "--last", str(corpora / "last.json"), *options])


def rewrite(corpora: Path, source: str, figure: str, value: float) -> None:
    """Change a figure of the last table."""
    table = load(corpora / "last.json")
    assert table
    table.all[source][figure] = value
    save(table, corpora / "last.json")


class TestFigures:
    def test_a_row_per_source_and_one_for_its_text_files_alone(
        self, corpora: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert evaluate(corpora) == 0
        shown = {line.split("  ")[0]: line.split()[-8:] for line in capsys.readouterr().out.splitlines()}
        assert shown["hills"] == ["3", "0.500", "0.500", "0.500", "0.500", "0.500", "0.500", "0.000"]
        assert shown["hills (text)"] == ["3", "1.000", "1.000", "1.000", "1.000", "1.000", "0.000", "0.000"]
        assert "no last table to compare with" in "".join(shown)

    def test_the_mean_counts_every_source_once_and_none_without_gold_turns(self) -> None:
        row = {"files": 1, "gold": 9, "pred": 9, "neg": 0, "false": 0, "F1m": 1.0, "label": 1.0, "labelr": 1.0}
        row |= {"cover": 1.0, "extra": 0.0}
        rows = rows_of(
            {"sources": {"a": {**row, "F1": 0.5}, "b": {**row, "F1": 1.0}, "n": {**row, "files": 0, "F1": 0, "neg": 3}}}
        )
        assert rows["n"]["F1"] is None
        assert mean_of(rows)["F1"] == 0.75
        assert mean_of(rows)["negatives"] == 3

    @pytest.mark.parametrize(
        ("name", "start", "text"),
        [
            ("a.txt", "Ann: Hi", True),
            ("a.MD", "# Head", True),
            ("a.rst", "Head\n====", True),
            ("a.txt", '\ufeff{\n "speaker": "Ann"', False),
            ("a.md", "[Note] Ann: Hi", True),
            ("a.txt", "<html><p>", False),
            ("a.html", "Ann: Hi", False),
            ("a.vtt", "WEBVTT", False),
        ],
    )
    def test_text_is_told_by_name_and_first_bytes(self, tmp_path: Path, name: str, start: str, text: bool) -> None:
        (tmp_path / name).write_text(start, "utf-8")
        assert is_text(tmp_path / name) is text


class TestComparison:
    def test_figures_that_were_kept_are_as_good(self, corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert evaluate(corpora, "--update") == 0
        kept = (corpora / "last.json").read_bytes()
        capsys.readouterr()
        assert evaluate(corpora) == 0
        assert "last table" not in capsys.readouterr().out
        assert evaluate(corpora, "--update") == 0
        assert (corpora / "last.json").read_bytes() == kept

    @pytest.mark.parametrize("figure", ["F1", "F1m", "label", "label+", "cover"])
    def test_a_source_that_got_worse_fails_and_is_named(
        self, corpora: Path, capsys: pytest.CaptureFixture[str], figure: str
    ) -> None:
        evaluate(corpora, "--update")
        rewrite(corpora, "hills", figure, 0.503)
        assert evaluate(corpora) == 1
        worse = capsys.readouterr().out.partition("WORSE")[2]
        assert f"hills: {figure} 0.503 → 0.500 (-0.003)" in worse

    def test_a_change_within_the_tolerance_is_shown_and_passes(
        self, corpora: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        evaluate(corpora, "--update")
        rewrite(corpora, "hills", "F1", 0.502)
        assert evaluate(corpora) == 0
        out = capsys.readouterr().out
        assert "hills: F1 0.502 → 0.500 (-0.002)" in out
        assert "WORSE" not in out

    def test_more_of_what_nobody_said_is_worse_but_not_after_no_turns_at_all(self, corpora: Path) -> None:
        evaluate(corpora, "--update")
        rewrite(corpora, "hills", "extra", 0.4)
        assert evaluate(corpora) == 1
        rewrite(corpora, "hills", "pred", 0)
        assert evaluate(corpora) == 0

    def test_any_false_turn_more_is_worse(self, corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
        evaluate(corpora, "--update")
        (corpora / "raw/prose/lake.md").write_text(TALK, "utf-8")
        assert evaluate(corpora) == 1
        assert "prose: false 0 → 3" in capsys.readouterr().out.partition("WORSE")[2]

    def test_an_update_takes_worse_figures_and_the_next_run_passes(self, corpora: Path) -> None:
        evaluate(corpora, "--update")
        rewrite(corpora, "hills", "F1", 0.9)
        assert evaluate(corpora, "--update") == 0
        assert evaluate(corpora) == 0

    def test_sources_with_other_files_are_not_compared_and_named(
        self, corpora: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        evaluate(corpora, "--update")
        rewrite(corpora, "hills", "F1", 0.9)
        rewrite(corpora, "hills", "gold", 100)
        _put(corpora, "sea", "talk.txt", TALK, [])
        (corpora / "gold/prose.jsonl").unlink()
        assert evaluate(corpora) == 0
        out = capsys.readouterr().out
        assert "hills has other files or other gold" in out
        assert "sea is not in the last table" in out
        assert "prose is in the last table and not in these corpora" in out

    def test_the_text_files_of_a_source_cannot_get_worse_behind_the_others(self, corpora: Path) -> None:
        evaluate(corpora, "--update")
        table = load(corpora / "last.json")
        assert table
        table.text["hills"]["cover"] = 0.9
        table.text["hills"]["extra"] = -0.1
        save(table, corpora / "last.json")
        assert evaluate(corpora) == 1

    def test_rounding_is_no_difference(self) -> None:
        assert not Change("hills", "F1", 0.9, 0.898).is_worse
        assert Change("hills", "F1", 0.9, 0.897).is_worse
        assert Change("hills", "extra", 0.01, 0.013).is_worse
        assert not Change("hills", "extra", 0.01, 0.001).is_worse
        assert Change("hills", "false", 0, 1).is_worse

    def test_the_table_has_a_line_per_row(self, tmp_path: Path) -> None:
        table = Table({"b": {"F1": 0.5}, "a": {"F1": None}}, {})
        save(table, tmp_path / "last.json")
        assert load(tmp_path / "last.json") == table
        assert [line.strip()[:4] for line in (tmp_path / "last.json").read_text("utf-8").splitlines()[2:4]] == [
            '"a":',
            '"b":',
        ]


class TestUse:
    def test_the_scorers_options_are_passed_on(self, corpora: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert evaluate(corpora, "--source", "hills", "--files", "--diff", "talk") == 0
        assert "scored with ['--source', 'hills', '--files', '--diff', 'talk']" in capsys.readouterr().out

    @pytest.mark.parametrize("gone", ["raw", "gold", "score.py"])
    def test_a_folder_that_holds_no_corpora_is_wrong_use(
        self, corpora: Path, capsys: pytest.CaptureFixture[str], gone: str
    ) -> None:
        (corpora / gone).rename(corpora / "elsewhere")
        with pytest.raises(SystemExit) as stopped:
            evaluate(corpora)
        assert stopped.value.code == 2
        assert f"it has no {gone}" in capsys.readouterr().err


class TestWithout:
    """A layout left out, by a parser that can do that."""

    @pytest.fixture
    def able(self, monkeypatch: pytest.MonkeyPatch) -> Able:
        """Without its layout the parser is as if a text were another one."""

        def parse_as(other: Callable[[str], str]) -> None:
            def reader(names: Collection[str]) -> promises.Reader:
                return lambda raw: promises.read(other(raw.decode()).encode() if names else raw)

            monkeypatch.setattr(without, "reader", reader)

        return parse_as

    def test_files_of_the_layout_decline_and_others_stay(
        self, corpora: Path, able: Able, capsys: pytest.CaptureFixture[str]
    ) -> None:
        able(lambda text: text.replace(":", ";"))
        assert evaluate(corpora, "--without", "label_line") == 0
        assert "raw/hills/talk.txt: 3 turns → 0, 0 of them false" in capsys.readouterr().out

    def test_turns_that_nobody_said_instead_are_wrong(
        self, corpora: Path, able: Able, capsys: pytest.CaptureFixture[str]
    ) -> None:
        able(lambda text: text.replace("Ann", "Eve"))
        assert evaluate(corpora, "--without", "label_line") == 1
        wrong = capsys.readouterr().out.partition("WRONG")[2]
        assert "raw/hills/talk.txt: 3 turns → 3, 2 of them false, read as label_line" in wrong

    def test_a_file_of_another_layout_that_changes_is_wrong(
        self, corpora: Path, able: Able, capsys: pytest.CaptureFixture[str]
    ) -> None:
        able(lambda text: TALK if text == PROSE else "x")
        assert evaluate(corpora, "--without", "label_line") == 1
        assert "raw/prose/lake.md: is not of this layout" in capsys.readouterr().out

    def test_a_layout_that_no_file_is_of_is_wrong_use(
        self, corpora: Path, able: Able, capsys: pytest.CaptureFixture[str]
    ) -> None:
        able(str)
        assert evaluate(corpora, "--without", "no_such_layout") == 2
        assert "there are label_line" in capsys.readouterr().err

    def test_the_parser_leaves_out_what_it_is_told_to(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[Collection[str]] = []

        def parse(document: Extracted, without: Collection[str] = ()) -> Parsed:
            told.append(without)
            return Parsed(unattributed=())

        monkeypatch.setattr(run, "parse", parse)
        run.reader(["period"])(b"Ann Lee: Yes.")
        assert told == [{"period"}]

    def test_a_parser_that_cannot_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run, "parse", lambda document: Parsed())
        with pytest.raises(LookupError):
            run.reader(["period"])


class TestPromises:
    def test_a_file_that_breaks_a_promise_is_named_and_fails(
        self, corpora: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forgetful(raw: bytes) -> tuple[Extracted, Record]:
            extracted, record = promises.read(raw)
            return extracted, record.model_copy(update={"unattributed": ()})

        monkeypatch.setattr(evaluation, "read_all", lambda corpora: read_all(corpora, forgetful))
        assert evaluate(corpora, "--update") == 1
        assert "raw/prose/lake.md: 0-45 stands in no span: 'The lake lies" in capsys.readouterr().out

    def test_an_exception_is_its_files_and_the_others_go_on(self, corpora: Path) -> None:
        def fragile(raw: bytes) -> tuple[Extracted, Record]:
            if b"lake" in raw:
                raise ValueError("a lake")
            return promises.read(raw)

        results = read_all(Corpora(corpora), fragile)
        assert list(results.broken()) == [
            "raw/hills/talk.html: ValueError: a lake",
            "raw/prose/lake.md: ValueError: a lake",
        ]
        assert of_file(results, "talk.txt").turns

    def test_a_refused_file_has_no_turns_and_breaks_nothing(self, corpora: Path) -> None:
        (corpora / "raw/prose/lake.md").write_bytes(b" \n")
        results = read_all(Corpora(corpora), promises.read)
        assert of_file(results, "lake.md").refused == "empty"
        assert list(results.broken()) == []
        assert "1 refused" in results.summary()


def of_file(results: Results, name: str) -> FileResult:
    return next(one for one in results.files if one.file.endswith(name))


class TestPrediction:
    def test_directions_belong_to_the_turn_before_and_unlabelled_turns_go_on_with_it(self) -> None:
        _, record = promises.read(TALK.encode())
        assert said(record) == [
            Said("Ann Lee", "Shall we begin?\nWe are late.\n(Laughter.)\nAnd it rains."),
            Said("Bob Ray", "Yes, let us begin."),
            Said("Ann Lee", "Good."),
        ]

    def test_an_unlabelled_turn_of_somebody_else_is_theirs(self) -> None:
        _, record = promises.read(TALK.encode())
        turns = list(record.turns)
        turns[-1] = turns[-1].model_copy(update={"label": None})
        assert said(record.model_copy(update={"turns": tuple(turns)}))[-1] == Said("Ann Lee", "Good.")

    def test_a_direction_before_anybody_spoke_is_nobodys(self) -> None:
        _, record = promises.read(TALK.encode())
        assert said(record.model_copy(update={"turns": record.turns[1:2]})) == []
