"""The log: one JSON object a line, whoever speaks and whatever is said."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from turnstream import log
from turnstream.events import EVENTS
from turnstream.line import LINE_BYTES, render_json, write_line
from turnstream.log import QUIETED, configure, say
from turnstream.settings import LogSettings

Level = Literal["debug", "info", "warning", "error"]
Lines = Callable[[], list[dict[str, Any]]]

LIBRARIES = ("", "celery", "celery.task", "celery.redirected", "kombu", "watchdog", "py.warnings", "multiprocessing")
HUGE = "x" * 100_000


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging is one per process: put back what ``configure`` takes over."""
    loggers = [logging.getLogger(name) for name in (*LIBRARIES, *QUIETED)]
    states = [(logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    hooks, ours = (sys.excepthook, threading.excepthook), (log._threshold, log._logger)
    yield
    for logger, (handlers, level, propagate) in zip(loggers, states, strict=True):
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)
    logging.captureWarnings(capture=False)
    sys.excepthook, threading.excepthook = hooks
    log._threshold, log._logger = ours
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Lines:
    """Log as a service does; returns the lines of stdout, each of them checked."""

    def read() -> list[dict[str, Any]]:
        out, err = capfd.readouterr()
        assert err == ""
        return [checked(line) for line in out.encode().splitlines(keepends=True)]

    start()
    return read


def start(level: Level = "info", form: Literal["json", "console", "auto"] = "json") -> None:
    configure(LogSettings(format=form, level=level), "worker")


def checked(line: bytes) -> dict[str, Any]:
    assert line.endswith(b"\n")
    assert len(line) <= LINE_BYTES
    parsed = json.loads(line)
    assert isinstance(parsed, dict)
    assert parsed["event"] in EVENTS
    return parsed


def raised(error: BaseException) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    """An exception as it is when it was caught."""
    try:
        raise error
    except type(error) as caught:
        return type(caught), caught, caught.__traceback__


class TestEvents:
    def test_a_line_says_what_when_where_and_who(self, lines: Lines) -> None:
        say("document.published", path="caf\u00e9.txt", size=3, duration_s=0.25, entry_id=None)
        (line,) = lines()
        assert list(line)[:3] == ["timestamp", "level", "event"]
        assert (line["event"], line["level"]) == ("document.published", "info")
        assert (line["path"], line["size"], line["duration_s"], line["entry_id"]) == ("caf\u00e9.txt", 3, 0.25, None)
        assert (line["service"], line["role"], line["host"]) == ("turnstream", "worker", socket.gethostname())
        assert line["pid"] == os.getpid()
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() == datetime.now(UTC).utcoffset()

    def test_keys_are_flat(self, lines: Lines) -> None:
        say("document.rejected", reason="empty", detail="3 bytes")
        assert not [key for key, value in lines()[0].items() if isinstance(value, dict | list)]

    def test_what_is_bound_to_a_batch_stands_in_each_of_its_lines(self, lines: Lines) -> None:
        with structlog.contextvars.bound_contextvars(batch_id="b1"):
            say("document.published")
            logging.getLogger("kombu").warning("hello")
        say("document.published")
        assert [line.get("batch_id") for line in lines()] == ["b1", "b1", None]

    def test_an_event_that_is_not_in_the_list_is_a_bug(self, lines: Lines) -> None:
        with pytest.raises(KeyError):
            say("document.vanished")
        assert lines() == []

    @pytest.mark.parametrize("event", sorted(EVENTS))
    def test_every_event_is_a_noun_and_a_past_tense_that_is_explained(self, event: str) -> None:
        noun, _, verb = event.partition(".")
        assert noun.isalpha()
        assert verb.isalpha()
        spec = EVENTS[event]
        assert spec.level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
        assert spec.meaning
        assert spec.action

    def test_the_event_gives_the_level_and_the_setting_what_is_written(
        self, lines: Lines, capfd: pytest.CaptureFixture[str]
    ) -> None:
        expected = {"debug": 4, "info": 3, "warning": 2, "error": 1}
        for level, count in expected.items():
            start(level)  # type: ignore[arg-type]
            for event in ("document.gone", "document.published", "document.rejected", "ledger.held"):
                say(event)
            found = lines()
            assert len(found) == count
            assert found[-1]["level"] == "error"

    def test_one_shot_commands_speak_on_stderr(self, capfd: pytest.CaptureFixture[str]) -> None:
        configure(LogSettings(format="auto", level="info"), "ingest", stream="stderr")
        say("document.published")
        out, err = capfd.readouterr()
        assert out == ""
        assert json.loads(err)["role"] == "ingest"

    def test_for_people_the_same_is_said_in_words(self, capfd: pytest.CaptureFixture[str]) -> None:
        start(form="console")
        say("document.published", path="a.txt")
        out, _ = capfd.readouterr()
        assert "document.published" in out
        assert "path=a.txt" in out
        assert out.count("\n") == 1

    def test_for_people_a_traceback_is_one_without_the_values_of_variables(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        start(form="console")
        text = "Anna Abel: " + "nothing of this is for the log".replace(" ", "_")
        try:
            _ = dict[int, str]()[len(text)]
        except KeyError as error:
            say("process.crashed", exc_info=error)
            logging.getLogger("celery").exception("a library's")
        out, _ = capfd.readouterr()
        assert out.count("KeyError: ") == 2
        assert out.count("Traceback (most recent call last)") == 2
        assert text not in out

    def test_a_reader_that_went_away_ends_nothing(self) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        try:
            write_line(writer, "nobody listens")
        finally:
            os.close(writer)


class TestLongAndStrangeValues:
    @pytest.mark.parametrize(
        "fields",
        [
            {"detail": HUGE},
            {"detail": "\u00e9" * 5000},
            {"detail": "\x00" * 5000},
            {"detail": '"\\' * 5000},
            {f"field_{number}": "x" * 100 for number in range(100)},
            {f"field_{number}": HUGE for number in range(100)},
            {f"field_{number}": "x" for number in range(500)},
            {"detail": ["x" * 50] * 500},
            {"detail": {f"key_{number}": {"deep": "x" * 50} for number in range(500)}},
            {"detail": dict.fromkeys(range(2000), "x")},
            {"detail": b"\xff" * 5000},
            {"detail": Path("x" * 5000)},
            {"detail": os.fsdecode(b"caf\xe9.txt" * 500)},
        ],
        ids=[
            *("long", "not ASCII", "controls", "escapes", "many", "many long", "many short", "list", "nested"),
            *("numbered", "bytes", "object", "undecodable"),
        ],
    )
    def test_a_line_never_exceeds_what_a_pipe_takes_in_one_piece(self, fields: dict[str, Any], lines: Lines) -> None:
        say("document.rejected", **fields)
        (line,) = lines()
        assert line["truncated"] is True
        assert (line["event"], line["level"]) == ("document.rejected", "warning")
        assert line["timestamp"]

    def test_not_even_by_its_line_feed(self, lines: Lines) -> None:
        say("document.rejected", detail="")
        room = LINE_BYTES - len(json.dumps(lines()[0], separators=(",", ":"), ensure_ascii=False).encode())
        for length in range(room - 3, room + 3):
            say("document.rejected", detail="x" * length)
        assert {"truncated" in line for line in lines()} == {True, False}

    def test_a_line_that_fits_is_whole(self, lines: Lines) -> None:
        say("document.rejected", detail="x" * 3500)
        (line,) = lines()
        assert line["detail"] == "x" * 3500
        assert "truncated" not in line

    @pytest.mark.parametrize(
        "value",
        [
            os.fsdecode(b"caf\xe9.txt"),
            1 << 70,
            float("nan"),
            {1: 2},
            {(1, 2): 3},
            {"a", "b"},
            b"\xff",
            object(),
            Path(),
        ],
        ids=["undecodable", "large", "nan", "numbered", "tuples", "set", "bytes", "object", "path"],
    )
    def test_no_value_loses_a_line(self, value: object, lines: Lines) -> None:
        say("document.rejected", detail=value, reason="empty")
        assert lines()[0]["reason"] == "empty"

    values = st.recursive(
        st.one_of(
            st.text(st.characters()),  # with lone surrogates, as names of files have them
            *(st.integers(), st.floats(), st.booleans(), st.none(), st.binary(), st.datetimes()),
            st.integers(0, 9999).map(lambda count: "\x01" * count),
        ),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()) | st.integers(), inner, max_size=3)
        ),
        max_leaves=6,
    )

    @given(st.dictionaries(st.text("abc_", min_size=1), values, max_size=6))
    @example({"detail": "\udce9"})
    @example({"detail": {1: HUGE}})
    def test_any_event_is_one_line_of_json(self, fields: dict[str, Any]) -> None:
        event = {**fields, "event": "document.rejected", "level": "warning", "timestamp": "now"}
        line = render_json(None, "warning", event)
        assert checked(line.encode() + b"\n")["level"] == "warning"
        assert "\n" not in line


class TestExceptions:
    def test_a_traceback_says_where_and_what(self, lines: Lines) -> None:
        say("process.crashed", exc_info=raised(ValueError("told")))
        (line,) = lines()
        text = json.dumps(line)
        assert "ValueError" in text
        assert "told" in text
        assert Path(__file__).name in text

    def test_it_holds_no_local_variable(self, lines: Lines) -> None:
        def fail() -> None:
            text_of_a_document = "nobody's business"
            raise ValueError(len(text_of_a_document))

        try:
            fail()
        except ValueError as error:
            say("process.crashed", exc_info=error)
        (line,) = lines()
        assert "nobody's business" not in json.dumps(line)
        assert "fail" in json.dumps(line)

    def test_a_huge_message_and_a_long_chain_fit_a_line(self, lines: Lines) -> None:
        error: BaseException = ValueError(HUGE)
        for number in range(50):
            wrapped = RuntimeError(f"{number} {HUGE}")
            wrapped.__cause__ = error
            error = raised(wrapped)[1]
        say("process.crashed", exc_info=error)
        assert lines()[0]["event"] == "process.crashed"

    def test_an_endless_recursion_fits_a_line(self, lines: Lines) -> None:
        def again() -> None:
            again()

        try:
            again()
        except RecursionError as error:
            say("process.crashed", exc_info=error)
        assert "RecursionError" in json.dumps(lines())

    def test_what_nobody_caught_is_said(self, lines: Lines) -> None:
        sys.excepthook(*raised(ValueError("in the main thread")))
        thread = threading.Thread(target=lambda: 1 / 0, name="busy")
        thread.start()
        thread.join()
        main, other = lines()
        assert (main["event"], other["event"]) == ("process.crashed", "process.crashed")
        assert "in the main thread" in json.dumps(main)
        assert other["thread"] == "busy"
        assert "ZeroDivisionError" in json.dumps(other)


class TestLibraries:
    @pytest.mark.parametrize("name", ["celery.worker", "kombu.connection", "watchdog.observers", "somebody.else"])
    def test_their_records_come_out_in_our_form(self, name: str, lines: Lines) -> None:
        logging.getLogger(name).warning("%d of %s", 3, "these")
        (line,) = lines()
        assert (line["event"], line["message"], line["logger"]) == ("library.logged", "3 of these", name)
        assert (line["level"], line["role"], line["pid"]) == ("warning", "worker", os.getpid())

    def test_so_do_those_of_worker_processes(self, lines: Lines) -> None:
        logging.getLogger("multiprocessing").error("gone")
        assert [line["message"] for line in lines()] == ["gone"]

    def test_so_do_warnings(self, lines: Lines) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=False)  # pytest took over what the fixture had set
            start()
            warnings.warn("old ways", DeprecationWarning, stacklevel=1)
        (line,) = lines()
        assert line["event"] == "library.logged"
        assert "DeprecationWarning: old ways" in line["message"]

    def test_their_exceptions_and_long_lines_fit_too(self, lines: Lines) -> None:
        logging.getLogger("kombu").error("failed: %s", HUGE, exc_info=raised(ValueError(HUGE)))
        (line,) = lines()
        assert (line["level"], line["truncated"]) == ("error", True)

    def test_a_message_of_several_lines_is_one_line(self, lines: Lines) -> None:
        logging.getLogger("celery").warning("one\ntwo\u2028three\r\n")
        assert lines()[0]["message"] == "one\ntwo\u2028three\r\n"

    def test_a_name_that_is_no_utf_8_is_no_reason_to_lose_a_line(self, lines: Lines) -> None:
        start()  # once more, so that pytest does not keep the record: pytest-xdist could not pass it on
        logging.getLogger("watchdog").warning("lost %s", os.fsdecode(b"caf\xe9.txt"))
        assert lines()[0]["message"].startswith("lost caf")

    def test_a_record_whose_arguments_do_not_fit_does_not_fail_its_library(
        self, lines: Lines, capfd: pytest.CaptureFixture[str]
    ) -> None:
        start()  # once more, as pytest's own handler would fail on purpose
        logging.getLogger("kombu").warning("%d things", "many")
        capfd.readouterr()  # what logging itself says of it
        logging.getLogger("kombu").warning("still here")
        assert [line["message"] for line in lines()] == ["still here"]

    @pytest.mark.parametrize("name", QUIETED)
    def test_what_only_repeats_our_events_is_left_out(self, name: str, lines: Lines) -> None:
        logging.getLogger(name).info("a task succeeded")
        logging.getLogger(name).warning("a real problem")
        assert [line["message"] for line in lines()] == ["a real problem"]

    def test_debugging_libraries_is_not_our_debugging(self, lines: Lines) -> None:
        start("debug")
        logging.getLogger("kombu").debug("details")
        assert lines() == []

    @pytest.mark.parametrize(("level", "said"), [("info", "warning"), ("warning", "warning"), ("error", "error")])
    def test_an_outage_is_complained_of_once_and_the_next_one_again(
        self, level: Level, said: str, lines: Lines
    ) -> None:
        start(level)
        consumer = logging.getLogger("celery.worker.consumer.consumer")
        connection = logging.getLogger("celery.worker.consumer.connection")
        for _ in range(2):
            consumer.warning("consumer: Connection to broker lost. Trying to re-establish the connection...")
            for _ in range(5):
                consumer.error("consumer: Cannot connect to %s: %s.", "redis://h", "refused")
            connection.info("Connected to %s", "redis://h")
        assert [line["level"] for line in lines()] == [said, said]

    def test_what_tells_nothing_is_left_out(self, lines: Lines) -> None:
        logging.getLogger("celery").warning("You're running the worker with superuser privileges: this is\nbad")
        assert lines() == []


def test_lines_of_several_threads_never_mix(lines: Lines) -> None:
    def speak(number: int) -> None:
        for _ in range(50):
            say("document.published", number=number, text="x" * 3000)

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [line["number"] for line in lines()]
    assert sorted(numbers) == sorted([*range(4)] * 50)
