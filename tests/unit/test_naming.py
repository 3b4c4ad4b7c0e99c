"""Names that nobody has, short enough for every file system, and renames that replace nothing."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnstream import naming
from turnstream.naming import NAME_MAX, free_name, numbered, rename_exclusively, write_sidecar

ARRIVAL = "0123456789abcdef"
SIDECAR = ".error.json"

#: File names as the kernel gives them: 1 to 255 bytes, neither NUL nor slash.
names = (
    st.one_of(
        st.binary(min_size=1, max_size=255),
        st.text(min_size=1, max_size=255).map(lambda text: text.encode()[:255]),
        st.tuples(
            st.integers(1, 250), st.sampled_from([b".txt", b".vtt", b".", b"", b".tar.gz", b"." + b"e" * 20])
        ).map(lambda parts: (b"n" * parts[0] + parts[1])[:255]),
    )
    .map(lambda raw: raw.replace(b"\0", b"_").replace(b"/", b"_"))
    .filter(lambda raw: raw not in (b".", b".."))
    .map(os.fsdecode)
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize(
    ("name", "attempt", "expected"),
    [
        ("a.txt", 0, "a.txt"),
        ("a.txt", 1, f"a.{ARRIVAL}.txt"),
        ("a.txt", 2, f"a.{ARRIVAL}-2.txt"),
        ("a.txt", 12, f"a.{ARRIVAL}-12.txt"),
        ("a", 1, f"a.{ARRIVAL}"),
        ("a.tar.gz", 1, f"a.tar.{ARRIVAL}.gz"),
        (".hidden", 1, f".hidden.{ARRIVAL}"),
        ("a.", 1, f"a.{ARRIVAL}."),
        ("talk of Mr. Smith and others", 1, f"talk of Mr. Smith and others.{ARRIVAL}"),
        (os.fsdecode(b"caf\xe9.txt"), 1, os.fsdecode(b"caf\xe9.%s.txt" % ARRIVAL.encode())),
    ],
    ids=ascii,
)
def test_an_attempt_keeps_stem_and_extension_around_the_arrival(name: str, attempt: int, expected: str) -> None:
    assert numbered(name, ARRIVAL, attempt, 0) == expected


def test_a_name_that_fits_only_without_its_sidecar_is_cut() -> None:
    name = "n" * 251 + ".txt"
    assert numbered(name, ARRIVAL, 0, 0) == name
    cut = numbered(name, ARRIVAL, 0, len(SIDECAR))
    assert len(cut + SIDECAR) == NAME_MAX
    assert cut.endswith(f"n.{ARRIVAL}.txt")


@pytest.mark.parametrize("letter", ["\u00e9", "\u0448", "\u8b70", "\U0001f600"])
def test_a_cut_falls_between_characters(letter: str) -> None:
    for spare in range(4):
        stem = letter * ((NAME_MAX - 4 - spare) // len(letter.encode()))
        cut = numbered(f"{'n' * spare}{stem}.txt", ARRIVAL, 1, len(SIDECAR))
        assert NAME_MAX - 3 <= len(os.fsencode(cut + SIDECAR)) <= NAME_MAX
        assert cut.endswith(f"{letter}.{ARRIVAL}.txt")


def test_a_cut_name_that_is_no_utf_8_keeps_its_bytes() -> None:
    raw = b"caf\xe9" * 63
    cut = os.fsencode(numbered(os.fsdecode(raw), ARRIVAL, 1, 0))
    assert len(cut) == NAME_MAX
    assert raw.startswith(cut.removesuffix(f".{ARRIVAL}".encode()))


@given(names, st.integers(0, 3000), st.sampled_from(["", SIDECAR, ".duplicate.json"]))
@example(os.fsdecode(b"\xff" * 255), 1, SIDECAR)
@example("\U0001f600" * 63 + "n.x", 1, SIDECAR)
def test_every_attempt_is_a_name_with_room_for_its_sidecar(name: str, attempt: int, sidecar: str) -> None:
    raw = os.fsencode(numbered(name, ARRIVAL, attempt, len(sidecar)))
    assert 0 < len(raw) + len(sidecar) <= NAME_MAX
    assert b"/" not in raw
    assert attempt == 0 or ARRIVAL.encode() in raw
    if name.isprintable():
        raw.decode()


@given(names, st.sets(st.integers(1, 99), min_size=2))
def test_attempts_never_repeat_a_name(name: str, attempts: set[int]) -> None:
    assert len({numbered(name, ARRIVAL, attempt, len(SIDECAR)) for attempt in attempts}) == len(attempts)


@given(names)
def test_two_arrivals_of_one_name_never_share_a_numbered_one(name: str) -> None:
    assert numbered(name, ARRIVAL, 1, len(SIDECAR)) != numbered(name, ARRIVAL[::-1], 1, len(SIDECAR))


def test_a_free_name_is_kept(folder: int) -> None:
    assert free_name(folder, "a.txt", ARRIVAL, SIDECAR) == "a.txt"


def test_a_taken_name_gets_the_arrival_and_then_a_number(tmp_path: Path, folder: int) -> None:
    wanted = ["a.txt", f"a.{ARRIVAL}.txt", f"a.{ARRIVAL}-2.txt", f"a.{ARRIVAL}-3.txt"]
    for expected in wanted:
        name = free_name(folder, "a.txt", ARRIVAL)
        assert name == expected
        (tmp_path / name).touch()


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_anything_under_a_name_takes_it(kind: str, tmp_path: Path, folder: int) -> None:
    if kind == "folder":
        (tmp_path / "a.txt").mkdir()
    else:
        (tmp_path / "a.txt").symlink_to("nowhere")
    assert free_name(folder, "a.txt", ARRIVAL) == f"a.{ARRIVAL}.txt"


def test_somebody_elses_sidecar_takes_a_name_too(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a.txt.error.json").write_text('{"arrival_id": "another"}')
    assert free_name(folder, "a.txt", ARRIVAL, SIDECAR) == f"a.{ARRIVAL}.txt"
    assert free_name(folder, "a.txt", ARRIVAL) == "a.txt"


def test_a_sidecar_that_this_arrival_left_at_a_crash_does_not(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a.txt.error.json").write_text(f'{{"arrival_id": "{ARRIVAL}"}}')
    assert free_name(folder, "a.txt", ARRIVAL, SIDECAR) == "a.txt"


def test_a_pipe_under_the_name_of_a_sidecar_does_not_hang(tmp_path: Path, folder: int) -> None:
    os.mkfifo(tmp_path / "a.txt.error.json")
    assert free_name(folder, "a.txt", ARRIVAL, SIDECAR) == f"a.{ARRIVAL}.txt"


def test_a_sidecar_that_came_as_a_file_does(tmp_path: Path, folder: int) -> None:
    """Somebody dropped it beside its file; it was rejected, so that it has a sidecar of its own."""
    (tmp_path / "a.txt.error.json").write_text(f'{{"arrival_id": "{ARRIVAL}"}}')
    (tmp_path / "a.txt.error.json.error.json").write_text("{}")
    assert free_name(folder, "a.txt", ARRIVAL, SIDECAR) == f"a.{ARRIVAL}.txt"
    assert not write_sidecar(folder, "a.txt", SIDECAR, ARRIVAL, b"{}", durable=False)


def test_a_folder_under_the_name_of_a_sidecar_takes_it(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a.txt.error.json").mkdir()
    assert free_name(folder, "a.txt", ARRIVAL, SIDECAR) == f"a.{ARRIVAL}.txt"
    assert not write_sidecar(folder, "a.txt", SIDECAR, ARRIVAL, b"{}", durable=False)


def test_a_sidecar_is_there_whole_or_not_at_all(tmp_path: Path, folder: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def rename(from_folder: int, from_name: str, to_folder: int, to_name: str) -> None:
        seen.append(sorted(path.name for path in tmp_path.iterdir()))
        assert (tmp_path / from_name).read_bytes() == b"{}"
        rename_exclusively(from_folder, from_name, to_folder, to_name)

    monkeypatch.setattr(naming, "rename_exclusively", rename)
    assert write_sidecar(folder, "a.txt", SIDECAR, ARRIVAL, b"{}", durable=True)
    assert len(seen[0]) == 1 and seen[0][0].startswith(".") and seen[0][0].endswith(".tmp")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt.error.json"]


@pytest.fixture(params=["renameat2", "link and unlink"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of the rename: the kernel's, and that of file systems that answer EINVAL to the flag."""
    if request.param == "renameat2":
        return

    def renameat2(*_: object) -> int:
        ctypes.set_errno(errno.EINVAL)
        return -1

    monkeypatch.setattr(naming, "_libc", SimpleNamespace(renameat2=renameat2))


@pytest.mark.usefixtures("either_way")
class TestRenameExclusively:
    def test_a_file_gets_its_new_name(self, tmp_path: Path, folder: int) -> None:
        name = os.fsdecode(b"caf\xe9.txt")
        (tmp_path / name).write_text("text")
        before = (tmp_path / name).stat()
        rename_exclusively(folder, name, folder, "b.txt")
        assert [path.name for path in tmp_path.iterdir()] == ["b.txt"]
        after = (tmp_path / "b.txt").stat()
        assert (after.st_ino, after.st_nlink, after.st_mtime_ns) == (before.st_ino, 1, before.st_mtime_ns)

    @pytest.mark.parametrize("kind", ["file", "folder", "dangling link", "itself"])
    def test_what_has_the_name_is_not_replaced(self, kind: str, tmp_path: Path, folder: int) -> None:
        source, target = tmp_path / "a.txt", tmp_path / "b.txt"
        source.write_text("mine")
        if kind == "file":
            target.write_text("yours")
        elif kind == "folder":
            target.mkdir()
        elif kind == "dangling link":
            target.symlink_to("nowhere")
        else:
            target.hardlink_to(source)
        before = target.lstat()
        with pytest.raises(FileExistsError):
            rename_exclusively(folder, "a.txt", folder, "b.txt")
        assert source.read_text() == "mine"
        assert (target.lstat().st_ino, target.lstat().st_size) == (before.st_ino, before.st_size)

    def test_a_missing_file_is_said(self, folder: int) -> None:
        with pytest.raises(FileNotFoundError):
            rename_exclusively(folder, "a.txt", folder, "b.txt")


def test_a_refusal_of_the_kernel_is_passed_on(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(OSError, match="too long") as caught:
        rename_exclusively(folder, "a.txt", folder, "n" * 256)
    assert caught.value.errno == errno.ENAMETOOLONG
