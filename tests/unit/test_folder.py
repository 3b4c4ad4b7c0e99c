"""The worker's hands: what is taken, how it is read, and that a move never loses or replaces a file."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from turnstream.errors import (
    ChangedWhileRead,
    DisposeBlocked,
    DocumentError,
    FileGone,
    FileTooLarge,
    StillOpen,
    UnreadableFile,
)
from turnstream.folder import AlreadyMoved, Destination, Hands
from turnstream.taken import Taken

ARRIVAL = "0123456789abcdef"
ARCHIVE = "archive/2026-01-02"
SIDECAR = ".error.json"
OLDER, OURS = (f'{{"arrival_id": "{ARRIVAL}", "v": {version}}}'.encode() for version in (1, 2))
LIMIT = 1 << 20
#: Long ago, so that any write shows in the time of change whatever the clock's grain.
LONG_AGO = 1_000_000_000 * 10**9
#: The user without privileges on every Linux.
NOBODY = 65534


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for name in ("drop", "archive", "duplicates", "quarantine"):
        (root / name).mkdir(parents=True)
    return root


@pytest.fixture
def hands(root: Path) -> Iterator[Hands]:
    with Hands(root) as hands:
        yield hands


@pytest.fixture
def bare_hands(root: Path) -> Iterator[Hands]:
    """Hands where leases do not work."""
    with Hands(root, use_leases=False) as hands:
        yield hands


def lay(root: Path, name: str = "a.txt", data: bytes = b"text") -> Path:
    path = root / "drop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    return path


def files_below(folder: Path) -> list[bytes]:
    return sorted(os.fsencode(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def writer_waits(path: Path) -> bool:
    """Try to open for writing; where a lease is in the way this begins to break it (fcntl(2))."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except BlockingIOError:
        return True
    return False


def move_to(hands: Hands, taken: Taken, folder: str = ARCHIVE) -> Destination:
    destination = hands.place(folder, taken, ARRIVAL)
    assert hands.move(taken, destination)
    return destination


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may do everything; be somebody else for a while, if we are root."""
    am_root = os.geteuid() == 0
    if am_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if am_root:
            os.seteuid(0)


class TestTheWholeWay:
    @pytest.mark.parametrize("use_leases", [True, False])
    def test_a_file_is_taken_read_and_moved(self, use_leases: bool, root: Path) -> None:
        path = lay(root, "sub/deep/a.txt", b"some text")
        inode = path.stat().st_ino
        with Hands(root, use_leases) as hands:
            taken = hands.take("sub/deep/a.txt")
            assert (taken.path, taken.name, taken.leased, taken.readable) == (
                *("sub/deep/a.txt", "a.txt"),
                *(use_leases, True),
            )
            assert (taken.stat.st_ino, taken.stat.st_size, taken.stat.st_mtime_ns) == (inode, 9, LONG_AGO)
            assert taken.read(LIMIT) == b"some text"
            destination = hands.place(ARCHIVE, taken, ARRIVAL)
            assert destination.path == f"{ARCHIVE}/sub/deep/a.txt"
            assert hands.move(taken, destination)
            hands.sync()
        assert files_below(root) == [f"{ARCHIVE}/sub/deep/a.txt".encode()]
        assert (root / destination.path).stat().st_ino == inode
        assert (root / destination.path).read_bytes() == b"some text"

    def test_a_name_that_is_no_utf_8_stays_as_it_is(self, root: Path, hands: Hands) -> None:
        name = os.fsdecode(b"t\xfcr/caf\xe9\n.txt")
        lay(root, name)
        taken = hands.take(name)
        assert taken.read(LIMIT) == b"text"
        move_to(hands, taken)
        assert files_below(root) == [ARCHIVE.encode() + b"/t\xfcr/caf\xe9\n.txt"]

    def test_a_batch_shares_its_folders(self, root: Path) -> None:
        for number in range(20):
            lay(root, f"sub/{number}.txt", b"%d" % number)
        before = open_descriptors()
        with Hands(root) as hands:
            for number in range(20):
                taken = hands.take(f"sub/{number}.txt")
                assert taken.read(LIMIT) == b"%d" % number
                move_to(hands, taken)
            folders = len(("", "drop", "drop/sub", "archive", ARCHIVE, f"{ARCHIVE}/sub"))
            assert open_descriptors() - before == 20 + folders
        assert len(files_below(root / ARCHIVE / "sub")) == 20

    def test_the_root_may_be_reached_by_a_link(self, root: Path) -> None:
        lay(root)
        link = root.parent / "link"
        link.symlink_to(root)
        with Hands(link) as hands:
            move_to(hands, hands.take("a.txt"))
        assert (root / ARCHIVE / "a.txt").exists()

    @pytest.mark.parametrize("name", ["drop", "archive"])
    def test_so_may_its_own_folders(self, name: str, root: Path) -> None:
        """They are the operator's; what a dropper makes below them is not followed."""
        elsewhere = (root / name).rename(root.parent / "elsewhere")
        (root / name).symlink_to(elsewhere)
        lay(root, "sub/a.txt")
        with Hands(root) as hands:
            move_to(hands, hands.take("sub/a.txt"))
        assert (root / ARCHIVE / "sub/a.txt").read_bytes() == b"text"


class TestTake:
    @pytest.mark.parametrize(
        "kind", ["nothing", "symlink", "dangling link", "fifo", "folder", "socket", "folder's file"]
    )
    def test_what_is_no_regular_file_is_gone_and_nothing_hangs(self, kind: str, root: Path, hands: Hands) -> None:
        path = root / "drop" / "a.txt"
        make: dict[str, Callable[[], object]] = {
            "nothing": lambda: None,
            "symlink": lambda: path.symlink_to(lay(root, "other.txt")),
            "dangling link": lambda: path.symlink_to("nowhere"),
            "fifo": lambda: os.mkfifo(path),
            "folder": path.mkdir,
            "socket": lambda: os.mknod(path, stat.S_IFSOCK | 0o600),
            "folder's file": lambda: None,
        }
        make[kind]()
        with pytest.raises(FileGone):
            hands.take("missing/a.txt" if kind == "folder's file" else "a.txt")

    def test_a_link_to_a_folder_is_not_followed(self, root: Path, hands: Hands) -> None:
        outside = root.parent / "outside"
        outside.mkdir()
        (outside / "a.txt").write_text("not ours")
        (root / "drop" / "sub").symlink_to(outside)
        with pytest.raises(FileGone):
            hands.take("sub/a.txt")

    @pytest.mark.parametrize(
        "path", ["../outside.txt", "../../outside.txt", "sub/../../../outside.txt", "/outside.txt"]
    )
    def test_nothing_outside_drop_can_be_reached(self, path: str, root: Path, hands: Hands) -> None:
        """A path comes from a message, and who can write to the queue must not read our files."""
        (root / "drop" / "sub").mkdir()
        for folder in (root, root.parent):
            (folder / "outside.txt").write_text("not ours")
        with pytest.raises(FileGone):
            hands.take(path)

    def test_a_file_that_a_program_writes_to_is_still_open(self, root: Path, hands: Hands) -> None:
        path = lay(root)
        with path.open("ab"), pytest.raises(StillOpen):
            hands.take("a.txt")
        assert hands.take("a.txt").leased

    def test_a_file_that_others_read_is_taken(self, root: Path, hands: Hands) -> None:
        with lay(root).open("rb"):
            assert hands.take("a.txt").leased

    def test_two_workers_may_hold_one_file(self, root: Path, hands: Hands) -> None:
        lay(root)
        with Hands(root) as others:
            assert others.take("a.txt").leased
            assert hands.take("a.txt").leased

    def test_without_leases_an_open_file_is_taken(self, root: Path, bare_hands: Hands) -> None:
        with lay(root).open("ab"):
            assert not bare_hands.take("a.txt").leased


class TestRead:
    def test_an_empty_file_has_no_bytes(self, root: Path, hands: Hands) -> None:
        lay(root, data=b"")
        assert hands.take("a.txt").read(LIMIT) == b""

    def test_a_large_file_comes_whole(self, root: Path, hands: Hands) -> None:
        data = os.urandom(3 << 20)
        lay(root, data=data)
        assert hands.take("a.txt").read(len(data)) == data

    def test_a_file_above_the_limit_is_too_large(self, root: Path, hands: Hands) -> None:
        lay(root, data=b"12345")
        taken = hands.take("a.txt")
        with pytest.raises(FileTooLarge, match="5 bytes, the limit is 4"):
            taken.read(4)

    @pytest.mark.parametrize(
        "change",
        [
            lambda path: path.write_bytes(b"text and more"),
            lambda path: path.write_bytes(b"TEXT"),
            lambda path: os.truncate(path, 2),
            os.utime,
        ],
        ids=["longer", "other bytes", "shorter", "touched"],
    )
    def test_a_file_that_changes_after_it_was_opened_is_left(
        self, change: Callable[[Path], object], root: Path, bare_hands: Hands
    ) -> None:
        path = lay(root)
        taken = bare_hands.take("a.txt")
        change(path)
        with pytest.raises(ChangedWhileRead):
            taken.read(LIMIT)

    def test_a_file_without_permission_is_unreadable_and_can_still_be_moved(self, root: Path) -> None:
        lay(root, "readable.txt")
        lay(root).chmod(0)
        for folder in ("drop", "quarantine"):
            (root / folder).chmod(0o777)
        with Hands(root) as hands:
            hands.take("readable.txt")  # the way there is open
            hands.place("quarantine", hands.take("readable.txt"), ARRIVAL)
            with without_privileges():
                taken = hands.take("a.txt")
                assert (taken.readable, taken.leased) == (False, False)
                with pytest.raises(UnreadableFile, match="mode ----------, owner"):
                    taken.read(LIMIT)
                move_to(hands, taken, "quarantine")
        assert files_below(root / "quarantine") == [b"a.txt"]


class TestPlace:
    def test_a_taken_name_gets_the_arrival(self, root: Path, hands: Hands) -> None:
        lay(root)
        (root / ARCHIVE).mkdir()
        for expected in ("a.txt", f"a.{ARRIVAL}.txt", f"a.{ARRIVAL}-2.txt"):
            destination = hands.place(ARCHIVE, hands.take("a.txt"), ARRIVAL)
            assert destination == Destination(ARCHIVE, expected)
            (root / destination.path).write_text("earlier")

    def test_a_long_name_leaves_room_for_its_sidecar(self, root: Path, hands: Hands) -> None:
        names = ["n" * 251 + ".txt", "n" * 250 + "m.txt", "\u0448" * 125 + ".txt", "\U0001f600" * 62 + ".txt"]
        for number, name in enumerate(names):
            lay(root, name)
            taken = hands.take(name)
            destination = hands.place("quarantine", taken, f"{number:016x}", SIDECAR)
            assert len(os.fsencode(destination.name + SIDECAR)) <= 255
            destination.name.encode()
            assert hands.write_beside(destination, SIDECAR, f"{number:016x}", b"{}", durable=False)
            assert hands.move(taken, destination)
        assert len(files_below(root / "quarantine")) == 2 * len(names)

    def test_a_folder_whose_name_a_file_has_is_replaced_by_one_of_the_arrival(self, root: Path, hands: Hands) -> None:
        lay(root, "sub/a.txt")
        (root / ARCHIVE).mkdir()
        (root / ARCHIVE / "sub").write_text("a file that came earlier")
        destination = move_to(hands, hands.take("sub/a.txt"))
        assert destination.path == f"{ARCHIVE}/{ARRIVAL}/a.txt"
        assert (root / ARCHIVE / "sub").read_text() == "a file that came earlier"

    def test_a_link_in_the_archive_is_not_followed(self, root: Path, hands: Hands) -> None:
        outside = root.parent / "outside"
        outside.mkdir()
        lay(root, "sub/a.txt")
        (root / ARCHIVE).mkdir()
        (root / ARCHIVE / "sub").symlink_to(outside)
        assert move_to(hands, hands.take("sub/a.txt")).folder == f"{ARCHIVE}/{ARRIVAL}"
        assert not list(outside.iterdir())

    def test_a_folder_that_cannot_be_made_blocks_the_move(self, root: Path, hands: Hands) -> None:
        lay(root)
        (root / ARCHIVE).write_text("in the way")
        taken = hands.take("a.txt")
        with pytest.raises(DisposeBlocked, match=r"archive/2026-01-02: Not a directory \(ENOTDIR\)"):
            hands.place(ARCHIVE, taken, ARRIVAL)


class TestSidecar:
    def test_it_stands_beside_the_file_and_can_be_taken_away(self, root: Path, hands: Hands) -> None:
        lay(root)
        taken = hands.take("a.txt")
        destination = hands.place("quarantine", taken, ARRIVAL, SIDECAR)
        assert hands.write_beside(destination, SIDECAR, ARRIVAL, OLDER, durable=True)
        assert hands.write_beside(destination, SIDECAR, ARRIVAL, OURS, durable=False)
        assert (root / "quarantine/a.txt.error.json").read_bytes() == OURS
        assert hands.stands_beside(destination, SIDECAR)
        hands.remove_beside(taken, destination, SIDECAR, ARRIVAL)
        hands.remove_beside(taken, destination, SIDECAR, ARRIVAL)
        assert files_below(root / "quarantine") == []

    def test_it_is_not_taken_from_the_file_that_came(self, root: Path, hands: Hands) -> None:
        lay(root)
        taken = hands.take("a.txt")
        destination = hands.place("quarantine", taken, ARRIVAL, SIDECAR)
        assert hands.write_beside(destination, SIDECAR, ARRIVAL, OURS, durable=False)
        (root / "drop/a.txt").rename(root / destination.path)
        hands.remove_beside(taken, destination, SIDECAR, ARRIVAL)
        assert files_below(root / "quarantine") == [b"a.txt", b"a.txt.error.json"]

    def test_somebody_elses_file_under_its_name_is_neither_replaced_nor_removed(self, root: Path, hands: Hands) -> None:
        lay(root)
        taken = hands.take("a.txt")
        destination = hands.place("quarantine", taken, ARRIVAL, SIDECAR)
        (root / "quarantine/a.txt.error.json").write_text("precious")
        assert not hands.write_beside(destination, SIDECAR, ARRIVAL, OURS, durable=False)
        hands.remove_beside(taken, destination, SIDECAR, ARRIVAL)
        assert (root / "quarantine/a.txt.error.json").read_text() == "precious"
        assert files_below(root / "quarantine") == [b"a.txt.error.json"], "and nothing temporary stays"

    def test_a_link_under_its_name_is_not_followed(self, root: Path, hands: Hands) -> None:
        lay(root)
        precious = root.parent / "precious"
        precious.write_bytes(OURS)
        destination = hands.place("quarantine", hands.take("a.txt"), ARRIVAL, SIDECAR)
        (root / "quarantine/a.txt.error.json").symlink_to(precious)
        assert not hands.write_beside(destination, SIDECAR, ARRIVAL, OLDER, durable=False)
        assert precious.read_bytes() == OURS

    def test_one_without_room_blocks_the_move(self, root: Path, hands: Hands) -> None:
        lay(root)
        destination = hands.place("quarantine", hands.take("a.txt"), ARRIVAL, SIDECAR)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3, hard))
        try:
            with pytest.raises(DisposeBlocked, match="no room"):
                hands.write_beside(destination, SIDECAR, ARRIVAL, b"{        }", durable=False)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert files_below(root / "quarantine") == []

    def test_what_is_said_of_a_name_that_is_no_utf_8_can_be_logged(self, root: Path, hands: Hands) -> None:
        """The detail goes to journal, log and server, all of them JSON."""
        name = os.fsdecode(b"caf\xe9.txt")
        lay(root, name)
        destination = hands.place("quarantine", hands.take(name), ARRIVAL, SIDECAR)
        (root / "quarantine").rename(root / "elsewhere")
        (root / "elsewhere").rmdir()
        with pytest.raises(DisposeBlocked) as caught:
            hands.write_beside(destination, SIDECAR, ARRIVAL, b"{}", durable=False)
        assert caught.value.detail.encode()
        assert r"caf\xe9.txt" in caught.value.detail


class TestAnotherWorker:
    """It works on the same batch, and moved the file that we hold open."""

    @pytest.mark.parametrize("use_leases", [True, False])
    @pytest.mark.parametrize("end", [ARCHIVE, "duplicates/sub", "quarantine"])
    def test_the_open_file_tells_where_it_is(self, end: str, use_leases: bool, root: Path) -> None:
        name = os.fsdecode(b"caf\xe9.txt")
        path = lay(root, name)
        with Hands(root, use_leases) as hands:
            taken = hands.take(name)
            destination = hands.place("quarantine", taken, ARRIVAL)
            assert hands.whereabouts(taken) is None
            (root / end).mkdir(parents=True, exist_ok=True)
            path.rename(root / end / f"b-{name}")
            assert hands.whereabouts(taken) == f"{end}/b-{name}"
            with pytest.raises(AlreadyMoved) as caught:
                hands.move(taken, destination)
            assert caught.value.place == f"{end}/b-{name}"
            assert caught.value.detail.encode()
            with pytest.raises(AlreadyMoved):
                hands.place("quarantine", taken, ARRIVAL)

    def test_another_file_that_has_its_name_since_stays(self, root: Path, hands: Hands) -> None:
        path = lay(root)
        taken = hands.take("a.txt")
        destination = hands.place("quarantine", taken, ARRIVAL)
        path.rename(root / "archive/a.txt")
        lay(root, data=b"new")
        with pytest.raises(AlreadyMoved, match=r"archive/a\.txt"):
            hands.move(taken, destination)
        assert path.read_bytes() == b"new"
        assert files_below(root / "quarantine") == []

    def test_where_a_link_stands_for_a_rename_our_own_file_is_in_the_way(self, root: Path, hands: Hands) -> None:
        """Between link and unlink of the other worker, where renameat2 does not work."""
        path = lay(root)
        taken = hands.take("a.txt")
        destination = hands.place("quarantine", taken, ARRIVAL)
        os.link(path, root / destination.path)
        with pytest.raises(AlreadyMoved, match=r"quarantine/a\.txt"):
            hands.move(taken, destination)

    @pytest.mark.parametrize("where", ["drop/b.txt", "state.txt", None])
    def test_what_its_user_took_is_gone(self, where: str | None, root: Path, hands: Hands) -> None:
        path = lay(root)
        taken = hands.take("a.txt")
        destination = hands.place("quarantine", taken, ARRIVAL)
        if where:
            path.rename(root / where)
        else:
            path.unlink()
        assert hands.whereabouts(taken) is None
        with pytest.raises(FileGone) as caught:
            hands.move(taken, destination)
        assert not isinstance(caught.value, AlreadyMoved)


class TestMove:
    def test_a_name_taken_since_it_was_placed_is_not_replaced(self, root: Path, hands: Hands) -> None:
        lay(root, data=b"mine")
        taken = hands.take("a.txt")
        destination = hands.place(ARCHIVE, taken, ARRIVAL)
        (root / destination.path).write_bytes(b"earlier")
        assert not hands.move(taken, destination)
        assert move_to(hands, taken).name == f"a.{ARRIVAL}.txt"
        assert (root / ARCHIVE / "a.txt").read_bytes() == b"earlier"
        assert (root / ARCHIVE / f"a.{ARRIVAL}.txt").read_bytes() == b"mine"

    def test_a_file_removed_meanwhile_is_its_users(self, root: Path, hands: Hands) -> None:
        path = lay(root)
        taken = hands.take("a.txt")
        destination = hands.place(ARCHIVE, taken, ARRIVAL)
        path.unlink()
        with pytest.raises(FileGone, match="removed"):
            hands.move(taken, destination)
        assert files_below(root) == []

    @pytest.mark.parametrize("use_leases", [True, False])
    def test_another_file_under_its_name_stays_in_drop(self, use_leases: bool, root: Path) -> None:
        path = lay(root, data=b"old")
        with Hands(root, use_leases) as hands:
            taken = hands.take("a.txt")
            taken.read(LIMIT)
            destination = hands.place(ARCHIVE, taken, ARRIVAL)
            other = lay(root, "new", b"new")
            inode = other.stat().st_ino
            other.replace(path)
            with pytest.raises(FileGone, match="another file"):
                hands.move(taken, destination)
        assert files_below(root) == [b"drop/a.txt"]
        assert (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) == (inode, LONG_AGO, b"new")

    def test_a_folder_under_its_name_stays_in_drop(self, root: Path, hands: Hands) -> None:
        path = lay(root)
        taken = hands.take("a.txt")
        destination = hands.place(ARCHIVE, taken, ARRIVAL)
        path.unlink()
        lay(root, "a.txt/inside.txt")
        with pytest.raises(FileGone):
            hands.move(taken, destination)
        assert files_below(root) == [b"drop/a.txt/inside.txt"]

    def test_a_file_written_to_meanwhile_goes_back_to_drop(self, root: Path, bare_hands: Hands) -> None:
        path = lay(root)
        taken = bare_hands.take("a.txt")
        taken.read(LIMIT)
        destination = bare_hands.place(ARCHIVE, taken, ARRIVAL)
        path.write_bytes(b"TEXT")
        with pytest.raises(ChangedWhileRead, match="before it could be moved"):
            bare_hands.move(taken, destination)
        assert files_below(root) == [b"drop/a.txt"]
        assert path.read_bytes() == b"TEXT"

    def test_a_file_that_a_writer_waits_for_goes_back_to_drop(self, root: Path, hands: Hands) -> None:
        path = lay(root)
        taken = hands.take("a.txt")
        assert taken.read(LIMIT) == b"text"
        destination = hands.place(ARCHIVE, taken, ARRIVAL)
        assert writer_waits(path)
        with pytest.raises(StillOpen, match="a writer waits"):
            hands.move(taken, destination)
        assert files_below(root) == [b"drop/a.txt"]

    def test_a_writer_waits_until_the_move_is_undone_and_loses_nothing(self, root: Path) -> None:
        path = lay(root)
        opening = threading.Event()

        def write() -> None:
            opening.set()
            with path.open("ab") as file:  # held up by the lease
                file.write(b" and more")

        writer = threading.Thread(target=write)
        with Hands(root) as hands:
            taken = hands.take("a.txt")
            taken.read(LIMIT)
            destination = hands.place(ARCHIVE, taken, ARRIVAL)
            assert writer_waits(path)
            writer.start()
            opening.wait()
            time.sleep(0.05)  # or it makes a new file while ours is away
            with pytest.raises(StillOpen):
                hands.move(taken, destination)
            assert path.read_bytes() == b"text"
        writer.join()
        assert files_below(root) == [b"drop/a.txt"]
        assert path.read_bytes() == b"text and more"

    def test_a_file_whose_name_was_taken_again_goes_back_under_another(self, root: Path, hands: Hands) -> None:
        """Both are due then; which of them keeps the name is its user's doing."""
        path = lay(root, data=b"old")
        taken = hands.take("a.txt")
        destination = move_to(hands, taken)
        path.write_bytes(b"new")
        hands._move_back(taken, hands._folder(ARCHIVE), destination.name)
        assert path.read_bytes() == b"new"
        assert files_below(root / ARCHIVE) == []
        assert sorted(file.read_bytes() for file in (root / "drop").iterdir()) == [b"new", b"old"]

    def test_a_move_that_is_not_allowed_is_blocked_and_the_file_stays(self, root: Path) -> None:
        name = os.fsdecode(b"caf\xe9.txt")
        lay(root, name)
        with Hands(root) as hands:
            taken = hands.take(name)
            destination = hands.place("quarantine", taken, ARRIVAL)
            (root / "quarantine").chmod(0o555)
            with without_privileges(), pytest.raises(DisposeBlocked, match=r"quarantine/.*EACCES") as caught:
                hands.move(taken, destination)
            (root / "quarantine").chmod(0o755)
        assert files_below(root) == [b"drop/caf\xe9.txt"]
        assert caught.value.detail.encode()

    def test_a_folder_that_was_removed_meanwhile_blocks_the_move(self, root: Path, hands: Hands) -> None:
        """Its file is not gone: it is still in drop/ and due."""
        lay(root)
        taken = hands.take("a.txt")
        destination = hands.place(ARCHIVE, taken, ARRIVAL)
        (root / ARCHIVE).rmdir()
        with pytest.raises(DisposeBlocked, match="folder it goes to"):
            hands.move(taken, destination)
        assert files_below(root) == [b"drop/a.txt"]

    def test_a_file_below_very_many_folders_is_moved_like_any(self, root: Path) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
        below = "/".join(["a"] * 1100)
        subprocess.run(["mkdir", "-p", root / "drop" / below], check=True)  # pathlib recurses
        try:
            (root / "drop" / below / "a.txt").write_text("text")
            with Hands(root) as hands:
                taken = hands.take(f"{below}/a.txt")
                assert move_to(hands, taken).path == f"{ARCHIVE}/{below}/a.txt"
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            subprocess.run(["rm", "-r", root / "drop", root / "archive"], check=True)


class TestLettingGo:
    @pytest.mark.parametrize("name", ["a.txt", "open.txt", "pipe", "missing.txt", "sub/missing.txt"])
    def test_no_descriptor_stays_open_whatever_happened(self, name: str, root: Path) -> None:
        lay(root)
        lay(root, "sub/a.txt")
        os.mkfifo(root / "drop" / "pipe")
        with lay(root, "open.txt").open("ab"):
            before = open_descriptors()
            with Hands(root) as hands:
                try:
                    taken = hands.take(name)
                    taken.read(LIMIT)
                    move_to(hands, taken)
                except DocumentError:
                    assert name != "a.txt"
                assert open_descriptors() > before
            assert open_descriptors() == before

    @pytest.mark.parametrize("moved", [True, False])
    def test_a_writer_gets_in_once_the_batch_is_over(self, moved: bool, root: Path) -> None:
        path = lay(root)
        with Hands(root) as hands:
            taken = hands.take("a.txt")
            if moved:
                path = root / move_to(hands, taken).path
            assert writer_waits(path)
        assert not writer_waits(path)

    def test_leases_go_even_if_the_batch_fails(self, root: Path) -> None:
        path = lay(root)

        def fail() -> None:
            with Hands(root) as hands:
                hands.take("a.txt")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert not writer_waits(path)

    def test_a_sync_that_the_disk_refuses_is_blocked(self, root: Path, hands: Hands) -> None:
        lay(root)
        taken = hands.take("a.txt")
        move_to(hands, taken)
        reader, writer = os.pipe()  # fsync(2): EINVAL on what cannot be synchronised
        hands._touched.add(reader)
        try:
            with pytest.raises(DisposeBlocked, match=errno.errorcode[errno.EINVAL]):
                hands.sync()
        finally:
            os.close(reader)
            os.close(writer)
