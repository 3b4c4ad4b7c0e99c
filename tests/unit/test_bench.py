"""What `make bench` measures is what it says."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests import promises
from tests.bench import corpus, figures, knee, load, parsing, processes, scenarios, waiting
from tests.bench.figures import Row


class TestFigures:
    def test_a_percentile_lies_among_its_values(self) -> None:
        values = [float(number) for number in range(1, 102)]
        assert figures.percentile(values, 50) == 51
        assert figures.percentile(values, 99) == 100
        assert figures.percentile([1.0, 2.0], 50) == 1.5

    def test_the_order_of_values_does_not_matter(self) -> None:
        assert figures.percentile([3.0, 1.0, 2.0], 50) == 2

    def test_ratios_are_of_pairs_not_of_medians(self) -> None:
        row = figures.ratio("backlog", [1.0, 8.0, 3.0], [2.0, 10.0, 3.0], "the bound")
        assert row.values == (0.5, 0.8, 1.0)
        assert row.median == 0.8

    def test_what_was_not_measured_in_pairs_gives_no_ratio(self) -> None:
        with pytest.raises(ValueError, match="longer"):
            figures.ratio("backlog", [1.0], [1.0, 2.0], "the bound")

    def test_a_latency_has_a_row_for_the_usual_and_one_for_the_rare(self) -> None:
        usual, rare = figures.latency_rows("latency", [[1.0, 2.0, 3.0], [4.0, 5.0, 60.0]])
        assert (usual.name, usual.values) == ("latency, p50", (2.0, 5.0))
        assert rare.name == "latency, p99"
        assert rare.values == pytest.approx((2.98, 58.9))

    def test_the_table_shows_ratios_first_each_with_median_and_range(self) -> None:
        shown = figures.table([Row("rate", "documents/s", (3000, 1000, 2500)), Row("a", "ratio", (0.8,), "the bound")])
        assert shown.splitlines() == [
            "a     0.8                  ratio of the bound",
            "rate  2,500 (1,000–3,000)  documents/s",
        ]

    def test_no_rows_no_table(self) -> None:
        assert figures.table([]) == ""

    @pytest.mark.parametrize(
        ("value", "shown"), [(0.0, "0"), (0.1234, "0.123"), (9.876, "9.88"), (12.34, "12.3"), (1234.5, "1,234")]
    )
    def test_numbers_have_the_digits_that_mean_something(self, value: float, shown: str) -> None:
        assert figures.number(value) == shown

    def test_a_row_in_json_says_what_its_values_come_to(self) -> None:
        row = Row("rate", "documents/s", (3.0, 1.0, 2.0)).as_json()
        assert (row["median"], row["min"], row["max"], row["values"]) == (2.0, 1.0, 3.0, (3.0, 1.0, 2.0))


def step(rate: float, p99_ms: float = 10, worked_off: float = 1, reached: float = 1) -> knee.Step:
    return knee.Step(rate, rate * reached, (p99_ms, p99_ms), worked_off)


class TestKnee:
    def test_it_is_the_last_rate_before_latency_bends(self) -> None:
        found = knee.rise([10, 20, 40, 80], lambda rate: step(rate, p99_ms=rate), idle_p99_ms=10)
        assert found == knee.Rise(step(40, p99_ms=40), step(80, p99_ms=80))

    def test_a_backlog_that_grows_is_beyond_it_whatever_the_latency(self) -> None:
        found = knee.rise([10, 20, 40], lambda rate: step(rate, worked_off=0.9 if rate > 10 else 1), idle_p99_ms=10)
        assert found.knee == step(10)

    def test_one_hiccup_does_not_end_the_rise(self) -> None:
        slow = iter([1, 99, 1, 1])
        found = knee.rise([10, 20, 40], lambda rate: step(rate, p99_ms=next(slow)), idle_p99_ms=10)
        assert found == knee.Rise(step(40, p99_ms=1), None)

    def test_a_rate_that_could_not_be_kept_is_no_knee(self) -> None:
        found = knee.rise([10, 20], lambda rate: step(rate, reached=0.8 if rate == 20 else 1), idle_p99_ms=10)
        assert found == knee.Rise(step(10), step(20, reached=0.8))
        assert found.beyond
        assert not found.beyond.was_kept

    def test_there_is_none_where_the_lowest_rate_is_beyond_it(self) -> None:
        assert knee.rise([10, 20], lambda rate: step(rate, p99_ms=99), idle_p99_ms=10) == knee.Rise(
            None, step(10, p99_ms=99)
        )

    def test_a_step_is_made_of_the_times_of_its_files(self) -> None:
        dropped = [number / 10 for number in range(20)]
        made = knee.made_of(10, dropped, [at + 0.05 for at in dropped])
        assert made.reached == pytest.approx(10)
        assert made.latencies_ms == pytest.approx([50] * 20)
        assert made.worked_off == 1

    def test_what_arrives_after_the_end_was_not_worked_off(self) -> None:
        dropped = [number / 10 for number in range(20)]
        made = knee.made_of(10, dropped, [at if at < 1.5 else 5 for at in dropped])
        assert made.worked_off == 0.5

    def test_files_that_were_dropped_too_slowly_are_told_from_the_rate(self) -> None:
        made = knee.made_of(10, [0.0, 0.2, 0.4, 0.6], [0.1, 0.3, 0.5, 0.7])
        assert made.reached == pytest.approx(5)
        assert not made.was_kept

    def test_a_knee_below_the_lowest_rate_counts_as_0_and_has_no_half(self) -> None:
        rises = [knee.Rise(None, step(25)), knee.Rise(step(50), step(75))]
        rows = {row.name: row for row in load.rows([10.0, 20.0], rises, [step(25, p99_ms=30)])}
        assert rows["the knee: last rate before latency bends"].values == (0, 50)
        assert rows["latency at half the knee, p99"].values == (30,)

    def test_a_rise_that_the_generator_ended_is_told(self) -> None:
        rises = [knee.Rise(step(50), step(75, reached=0.8))]
        rows = {row.name: row for row in load.rows([10.0], rises, [])}
        assert rows["rate that stopped the rise because it could not be kept"].values == pytest.approx((0.8,))


class TestWaiting:
    def test_tiny_documents_are_some_300_bytes_and_all_differ(self) -> None:
        made = [waiting.tiny(number) for number in (0, 1, 9, 999_999, 1_000_000)]
        assert all(250 < len(raw) < 350 for raw in made)
        assert len({promises.read(raw)[0].canonical for raw in made}) == len(made)

    @pytest.mark.parametrize(("spread", "folders"), [(10, 3), (None, 1)])
    def test_they_lie_spread_or_together(self, tmp_path: Path, spread: int | None, folders: int) -> None:
        waiting.make(tmp_path, 25, spread)
        assert len(list(tmp_path.iterdir())) == folders
        assert len({path.read_bytes() for path in tmp_path.rglob("*.txt")}) == 25


class TestScenarios:
    def test_all_but_the_giants_unless_they_are_asked_for(self) -> None:
        assert scenarios.chosen([], giants=False) == scenarios.SCENARIOS
        assert scenarios.chosen([], giants=True) == scenarios.SCENARIOS | scenarios.GIANTS

    def test_those_named_with_commas_or_spaces_in_that_order(self) -> None:
        assert [*scenarios.chosen(["latency,backlog", "idle"], giants=False)] == ["latency", "backlog", "idle"]

    def test_an_unknown_name_is_told(self) -> None:
        with pytest.raises(KeyError, match="backlock"):
            scenarios.chosen(["backlock"], giants=False)


def test_fresh_documents_differ_within_and_across_seeds() -> None:
    made = [*corpus.fresh(200, 1), *corpus.fresh(200, 2)]
    texts = {promises.read(raw)[0].canonical for raw in made}
    assert len(texts) == 400


class TestProcesses:
    def test_this_process_costs_time_and_memory(self) -> None:
        me, before = processes.Process(os.getpid(), "run"), time.process_time()
        while time.process_time() < before + 0.05:
            pass
        assert me.cpu_s() == pytest.approx(time.process_time(), abs=0.05)
        assert 0 < me.share_mb() <= me.resident_mb() <= me.peak_mb()
        assert me.data_mb() > 0


class TestReading:
    @pytest.mark.parametrize("layout", parsing.LAYOUTS)
    def test_the_texts_that_grow_have_their_size_and_are_read_as_transcripts(self, layout: str) -> None:
        raw = parsing.transcript(layout, 10_000)
        assert 10_000 <= len(raw) < 12_000
        _, record = promises.read(raw)
        assert len(record.turns) > 15
        assert sum(len(rest.text) for rest in record.unattributed) < 200

    def test_a_row_for_each_layout_and_size_with_a_value_for_each_run(self, tmp_path: Path) -> None:
        rows = list(parsing.growth(tmp_path, (2_000,)))
        assert [row.name for row in rows] == [f"reading, {layout}, 2,000 bytes" for layout in parsing.LAYOUTS]
        assert all(len(row.values) >= 5 and min(row.values) > 0 for row in rows)
        assert list(tmp_path.iterdir()) == []

    def test_memory_is_told_for_texts_that_it_can_be_measured_on(self, tmp_path: Path) -> None:
        file = tmp_path / "large.txt"
        file.write_bytes(parsing.transcript("label line", 1_000_000))
        ratio = parsing.measured(file).memory_to_file
        assert isinstance(ratio, float)
        assert ratio >= 0

    def test_the_seed_is_measured_in_parts(self) -> None:
        record, extract, parse = (row.median for row in parsing.seed(20))
        assert 0 < extract + parse < 2 * record
