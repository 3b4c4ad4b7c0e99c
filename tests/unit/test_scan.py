"""What lies in drop/: every regular file, and nothing that a link leads to."""

from __future__ import annotations

import errno
import os
import stat
import tomllib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.settings import default_toml
from turnstream.watch.scan import Sight, ignore_pattern, scan

IGNORED = ignore_pattern(tomllib.loads(default_toml().read_text())["watch"]["ignore"])
NOTHING = ignore_pattern([])


def lay(drop: Path, *names: str | bytes) -> None:
    for name in names:
        path = drop / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_files_of_all_folders_are_found(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", "sub/b.txt", "sub/deep/er/c.txt", "other/a.txt")
    (tmp_path / "empty" / "folder").mkdir(parents=True)
    expected = {"a.txt", "sub/b.txt", "sub/deep/er/c.txt", "other/a.txt"}
    assert scan(tmp_path, NOTHING) == Sight(files=expected, others=set())


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert scan(tmp_path, NOTHING) == Sight()


def test_a_drop_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    assert scan(tmp_path / "missing", NOTHING) == Sight(refused={"": "No such file or directory"})


def test_names_that_are_no_utf_8_are_found(tmp_path: Path) -> None:
    names = {b"caf\xe9.txt", b"t\xfcr/\xff", b"new\nline", "caf\u00e9.txt".encode()}
    lay(tmp_path, *names)
    assert {os.fsencode(path) for path in scan(tmp_path, IGNORED).files} == names


def test_links_are_no_files_and_not_followed(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    lay(tmp_path, "outside/b.txt")
    lay(drop, "a.txt")
    (drop / "file").symlink_to("a.txt")
    (drop / "folder").symlink_to(tmp_path / "outside")
    (drop / "loop").symlink_to(".")
    (drop / "dangling").symlink_to("nowhere")
    assert scan(drop, NOTHING) == Sight(files={"a.txt"}, others={"file", "folder", "loop", "dangling"})


def test_pipes_and_sockets_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe")
    os.mknod(tmp_path / "sub" / "socket", stat.S_IFSOCK | 0o600)
    assert scan(tmp_path, NOTHING) == Sight(files=set(), others={"pipe", "sub/socket"})


def test_ignored_folders_are_not_entered(tmp_path: Path) -> None:
    lay(tmp_path, "a.txt", ".git/config", "sub/.cache/b.txt", "upload.part/c.txt", "sub/d.txt", ".stfolder/e")
    assert scan(tmp_path, IGNORED).files == {"a.txt", "sub/d.txt"}


def test_ignored_files_are_seen_all_the_same(tmp_path: Path) -> None:
    """Whether a name is eligible is the watcher's to say, once, aloud."""
    lay(tmp_path, ".hidden", "a.part")
    assert scan(tmp_path, IGNORED).files == {".hidden", "a.part"}


def test_a_drop_folder_with_an_ignored_name_is_entered(tmp_path: Path) -> None:
    lay(tmp_path, ".drop/a.txt")
    assert scan(tmp_path / ".drop", IGNORED).files == {"a.txt"}


@pytest.mark.parametrize("at", ["opening", "reading"])
def test_a_folder_that_refuses_is_passed_over(at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stale handle on a network file system shows when a folder is opened, or while it is read."""
    lay(tmp_path, "a.txt", "bad/b.txt", "good/c.txt")
    real = os.scandir

    def refusing() -> Iterator[object]:
        yield from ()
        raise OSError(errno.ESTALE, "Stale file handle")

    def scandir(path: Path) -> object:
        if path.name != "bad":
            return real(path)
        if at == "opening":
            raise OSError(errno.ESTALE, "Stale file handle")
        return nullcontext(refusing())

    monkeypatch.setattr(os, "scandir", scandir)
    expected = {"a.txt", "good/c.txt"}
    assert scan(tmp_path, NOTHING) == Sight(files=expected, refused={"bad": "Stale file handle"})


def test_a_folder_that_shows_its_names_but_may_not_be_entered_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "a.txt", "bad/b.txt")
    real = os.stat

    def stat_as_a_stranger(path: str, *arguments: Any, **named: Any) -> os.stat_result:
        if str(path).startswith(f"{tmp_path}/bad/"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat_as_a_stranger)
        sight = scan(tmp_path, NOTHING)
    assert sight == Sight(files={"a.txt"}, refused={"bad": "Permission denied"})


@pytest.mark.parametrize(("number", "told"), [(errno.EACCES, True), (errno.ENOENT, False), (errno.ENOTDIR, False)])
def test_only_a_folder_that_is_there_can_refuse(
    number: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "a/b.txt")
    real = os.scandir

    def scandir(path: Path) -> Any:
        if path == tmp_path / "a/":
            raise OSError(number, "no")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        sight = scan(tmp_path, NOTHING)
    assert sight == Sight(refused={"a": "no"} if told else {})


def test_a_folder_that_refuses_may_hide_what_is_below_it_and_nothing_else() -> None:
    sight = Sight(refused={"a": "no"})
    assert [sight.hides(path) for path in ("a/b.txt", "a/b/c.txt", "ab.txt", "b/a/c.txt")] == [True, True, False, False]
    assert not Sight().hides("a.txt")
    assert Sight(refused={"": "gone"}).hides("a.txt")


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    lay(tmp_path, *(f"{n}/a.txt" for n in range(20)))
    before = len(list(Path("/proc/self/fd").iterdir()))
    scan(tmp_path, NOTHING)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize(
    "name",
    [
        *(".hidden", "a.part", "a.tmp", "a.crdownload", "a.filepart", ".a.swp", "a.swp", "~$a.docx", "._a.txt"),
        *(".DS_Store", "Thumbs.db", ".stfolder", "new\nline.part", os.fsdecode(b"\xff.part")),
    ],
    ids=ascii,
)
def test_other_programs_temporary_files_are_ignored(name: str) -> None:
    assert IGNORED.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["a.txt", "a", "part", "a.part.txt", "tmp", "~a", "a.", "thumbs.txt", "a.tmp\n"], ids=ascii
)
def test_other_names_are_not(name: str) -> None:
    assert not IGNORED.fullmatch(name)


@given(st.text())
def test_without_patterns_nothing_is_ignored(name: str) -> None:
    assert not NOTHING.fullmatch(name)
