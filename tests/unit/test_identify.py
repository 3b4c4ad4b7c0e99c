"""Who a file is: the arrival by its facts, the content by its text, and what its name says."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.identify import arrival_id, declared_by_name, identify, is_arrival

ROOT = "0123456789abcdef"
NOON = 1_700_000_000_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"text")
    os.utime(path, ns=(NOON, NOON))
    return path


def test_an_arrival_id_is_16_hex_digits(file: Path) -> None:
    arrival = arrival_id(ROOT, file.stat(), "a.txt")
    assert len(arrival) == 16
    assert int(arrival, 16) >= 0
    assert arrival == arrival.lower()


def test_the_rule_of_an_arrival_id_never_changes() -> None:
    """It stands in the ledger: another rule would call every redelivery a duplicate."""
    facts = os.stat_result((0o100644, 7, 1, 1, 0, 0, 4, 0, 0, 0), {"st_mtime_ns": NOON})
    assert arrival_id(ROOT, facts, "a.txt") == hashlib.sha256(f"{ROOT}:7:4:{NOON}".encode()).hexdigest()[:16]


def test_the_same_file_is_the_same_arrival_after_a_rename_or_a_chmod(file: Path) -> None:
    before = arrival_id(ROOT, file.stat(), "a.txt")
    moved = file.rename(file.with_name("b.txt"))
    moved.chmod(0o600)
    assert arrival_id(ROOT, moved.stat(), "a.txt") == before


def test_each_name_of_one_file_is_an_arrival_of_its_own_and_known_when_the_others_are_gone(file: Path) -> None:
    alone = arrival_id(ROOT, file.stat(), "a.txt")
    other = file.with_name("b.txt")
    other.hardlink_to(file)
    first, second = arrival_id(ROOT, file.stat(), "a.txt"), arrival_id(ROOT, other.stat(), "b.txt")
    assert len({alone, first, second}) == 3
    other.unlink()
    assert is_arrival(first, ROOT, file.stat(), "a.txt")
    assert is_arrival(alone, ROOT, file.stat(), "a.txt")
    assert not is_arrival(second, ROOT, file.stat(), "a.txt")


def test_each_fact_makes_another_arrival(file: Path) -> None:
    seen = {arrival_id(ROOT, file.stat(), "a.txt"), arrival_id("f" * 16, file.stat(), "a.txt")}
    os.utime(file, ns=(NOON, NOON + 1))
    seen.add(arrival_id(ROOT, file.stat(), "a.txt"))
    file.write_bytes(b"longer text")
    os.utime(file, ns=(NOON, NOON))
    seen.add(arrival_id(ROOT, file.stat(), "a.txt"))
    other = file.with_name("other.txt")
    other.write_bytes(b"text")
    os.utime(other, ns=(NOON, NOON))
    seen.add(arrival_id(ROOT, other.stat(), "a.txt"))
    assert len(seen) == 5


def test_digests_are_of_the_bytes_and_of_the_canonical_text() -> None:
    identity = identify("a" * 16, b"caf\xe9\r\n", "caf\u00e9")
    assert identity.arrival_id == "a" * 16
    assert identity.source_sha256 == hashlib.sha256(b"caf\xe9\r\n").hexdigest()
    assert identity.content_sha256 == hashlib.sha256("caf\u00e9".encode()).hexdigest()


@given(st.binary(), st.text(min_size=1))
def test_a_document_id_is_the_opening_of_the_content_hash_and_hangs_on_nothing_else(raw: bytes, text: str) -> None:
    identity = identify("a" * 16, raw, text)
    assert identity.document_id == identity.content_sha256[:16]
    assert identity.document_id == identify("b" * 16, raw + b" ", text).document_id
    assert identity.document_id != identify("a" * 16, raw, text + "x").document_id


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("000_4079e7fc051ca7b4.txt", (0, "4079e7fc051ca7b4")),
        ("17_4079e7fc051ca7b4.txt", (17, "4079e7fc051ca7b4")),
        ("1_4079E7FC051CA7B4.TXT", (1, "4079e7fc051ca7b4")),
        ("999999999999999999_4079e7fc051ca7b4.x", (999_999_999_999_999_999, "4079e7fc051ca7b4")),
        ("1_4079e7fc051ca7b4.\u0442\u0435\u043a\u0441\u0442", (1, "4079e7fc051ca7b4")),
    ],
)
def test_a_name_of_the_senders_form_gives_sequence_and_id(name: str, expected: tuple[int, str]) -> None:
    assert declared_by_name(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a.txt",
        "000_4079e7fc051ca7b.txt",
        "000_4079e7fc051ca7b44.txt",
        "000_4079e7fc051ca7bg.txt",
        "_4079e7fc051ca7b4.txt",
        "-1_4079e7fc051ca7b4.txt",
        "1000000000000000000_4079e7fc051ca7b4.txt",
        "000-4079e7fc051ca7b4.txt",
        "000_4079e7fc051ca7b4",
        "000_4079e7fc051ca7b4.",
        "000_4079e7fc051ca7b4.tar.gz",
        "000_4079e7fc051ca7b4 (1).txt",
        "x000_4079e7fc051ca7b4.txt",
        "\u0663_4079e7fc051ca7b4.txt",  # an Arabic three
        "\u00b2_4079e7fc051ca7b4.txt",  # a digit that is no decimal
        os.fsdecode(b"\xff_4079e7fc051ca7b4.txt"),
    ],
    ids=ascii,
)
def test_any_other_name_declares_nothing(name: str) -> None:
    assert declared_by_name(name) == (None, None)
