"""What becomes of documents, through the real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson

from tests.acceptance.conftest import Start
from tests.acceptance.harness import SEED, Turnstream, clean_environment, until

TEXT = SEED.read_bytes().decode("utf-8")


def test_the_seed_becomes_one_record_with_all_that_it_says(run: Turnstream) -> None:
    run.move_in(SEED.read_bytes(), SEED.name)
    tail = run.command_line("tail", "--json", "--count", "1")
    record = orjson.loads(tail.stdout)
    assert record["title"] == "Meeting with Prime Minister of Israel Benyamin Netanyahu"
    assert record["publisher"] == "President of Russia – The Kremlin – English"
    assert record["summary"] == "Further development of bilateral cooperation was the subject of discussion."
    assert [(s["name"], s["role"]) for s in record["speakers"]] == [("Vladimir Putin", "President of Russia")]
    (turn,) = record["turns"]
    assert len(turn["paragraphs"]) == 8
    assert TEXT.count("\u00a0") == 89
    assert not any("\u00a0" in paragraph for paragraph in turn["paragraphs"])
    assert turn["paragraphs"][0].startswith("Mr Prime Minister, colleagues, I would like")
    assert record["status"] == "partial"
    assert record["occurred_on"] is None
    assert record["provenance"]["sequence"] == 0
    assert record["provenance"]["declared_id"] == "4079e7fc051ca7b4"
    run.await_empty_drop()
    (archived,) = run.files("archive")
    assert archived.read_bytes() == SEED.read_bytes()
    (line,) = run.journal().values()
    assert (line["outcome"], run.root / line["to"]) == ("published", archived)
    (said,) = until(lambda: run.events("document.published"), "the canonical log line")
    names = ("arrival_id", "document_id", "batch_id", "task_id", "trace_id", "stage", "outcome", "duration_s")
    assert all(said[name] is not None for name in names)
    assert said["document_id"] == record["document_id"] == line["document_id"]


def test_the_same_text_in_other_bytes_is_a_duplicate_that_names_its_original(run: Turnstream) -> None:
    run.move_in(TEXT.encode(), "original.txt")
    run.await_empty_drop()
    variants = {
        "crlf.txt": TEXT.replace("\n", "\r\n").encode(),
        "bom.txt": b"\xef\xbb\xbf" + TEXT.encode(),
        "utf16.txt": TEXT.encode("utf-16"),
        "utf16be.txt": TEXT.encode("utf-16-be"),
        "spaces.txt": TEXT.replace("\u00a0", " ").encode(),
        "same.txt": TEXT.encode(),
    }
    for name, data in variants.items():
        run.move_in(data, name)
    run.await_empty_drop()
    assert {path.name: path.read_bytes() for path in run.files("duplicates")} == variants
    for name in variants:
        sidecar = orjson.loads((run.root / "duplicates" / f"{name}.duplicate.json").read_bytes())
        original = sidecar["duplicate_of"]
        assert original["path"] == "original.txt"
        assert (run.root / original["archived"]).read_bytes() == TEXT.encode()
    assert len(run.records()) == 1


def test_files_that_were_there_before_the_start_are_taken_too(run: Turnstream) -> None:
    run.stop()
    (run.drop / "old").mkdir()
    (run.drop / "old" / "a.txt").write_text("Anna: hello\nBen: good-bye\n")
    run.start()
    run.await_empty_drop()
    assert [record["provenance"]["path"] for record in run.records()] == ["old/a.txt"]


def test_what_is_no_transcript_is_in_quarantine_with_a_word_for_its_dropper(run: Turnstream) -> None:
    run.move_in(b"\x89PNG\r\n\x1a\n" + bytes(40), "photo.txt")
    run.await_empty_drop()
    sidecar = orjson.loads((run.root / "quarantine" / "photo.txt.error.json").read_bytes())
    assert sidecar["reason"] == "unsupported_format"
    assert sidecar["hint"]
    assert not run.records()
    listed = run.command_line("quarantine", "list", "--json")
    assert orjson.loads(listed.stdout)["reason"] == "unsupported_format"
    (run.root / "quarantine" / "photo.txt").write_text("Anna: not a photo\nBen: any more\n")
    assert run.command_line("quarantine", "retry", sidecar["arrival_id"]).returncode == 0
    until(lambda: len(run.records()) == 1, "the mended file is published")


def test_a_file_that_is_being_written_is_not_read_before_its_writer_closes_it(run: Turnstream) -> None:
    with (run.drop / "slow.txt").open("w") as file:
        for part in ("Anna: How are you?\n", "Ben: Fine, thank you.\n", "Anna: Good to hear.\n"):
            file.write(part)
            file.flush()
            run.move_in(f"Ben: {part}Anna: meanwhile\n".encode(), f"other-{part[:3].strip()}-{len(part)}.txt")
            until(lambda: len(run.files("drop")) == 1, "others pass while it is open")
    run.await_empty_drop()
    assert (run.files("archive")[-1]).name == "slow.txt"
    slow = [record for record in run.records() if record["provenance"]["name"] == "slow.txt"]
    assert [len(record["turns"]) for record in slow] == [3]


def test_show_status_and_url_tell_what_is_there(run: Turnstream) -> None:
    run.move_in(SEED.read_bytes(), SEED.name)
    (record,) = until(run.records, "the record")
    shown = run.command_line("show", record["document_id"], "--json")
    assert orjson.loads(shown.stdout) == record
    assert run.command_line("show", "0" * 16).returncode == 1
    run.await_empty_drop()
    status = orjson.loads(run.command_line("status", "--json").stdout)
    assert (status["in_drop"], status["stream_entries"], status["counters"]) == (0, 1, {"published": 1})
    assert {process["role"] for process in status["processes"]} == {"watcher", "worker"}
    assert run.command_line("url").stdout.startswith("redis://:")


def test_parse_shows_the_record_without_a_root_or_a_server(run: Turnstream) -> None:
    run.stop()
    broken = run.root.parent / "broken.txt"
    broken.write_bytes(b"")
    done = run.command_line("parse", str(SEED), str(broken), "--json")
    first, second = map(orjson.loads, done.stdout.splitlines())
    assert done.returncode == 1
    assert first["record"]["document_id"] == "ff4888c7fc92be21"
    assert second["error"]["reason"] == "empty"


def test_the_wheel_alone_does_the_same_outside_the_checkout(start: Start, tmp_path: Path) -> None:
    checkout, target = Path(__file__).parents[2], tmp_path / "installed"
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(checkout)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(target), str(wheel)], check=True, capture_output=True)
    where = subprocess.run(
        [sys.executable, "-c", "import turnstream; print(turnstream.__file__)"],
        env=clean_environment(PYTHONPATH=str(target)),
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert where.stdout.startswith(str(target))
    run = start(PYTHONPATH=str(target))
    run.move_in(SEED.read_bytes(), SEED.name)
    until(run.records, "a record")
