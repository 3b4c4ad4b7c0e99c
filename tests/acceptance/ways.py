"""Every way to drop: the rows of the table in the README, each played against the real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator

from tests.acceptance.station import Scene, Table

WAYS = way = Table()

_AT_ONCE = "taken some 10 ms after the rename"
_CLOSED = "taken once it is closed and quiet for `quiet_seconds`"
_WRITTEN_IN = "each whole file that came to rest is taken, nothing else"

#: The start of a program that writes to the file of its first argument.
_PROGRAM = "import sys, os, mmap, time; path = sys.argv[1]; wait = lambda: (print(flush=True), sys.stdin.readline());"


def name_of(scene: Scene, number: int = 1) -> tuple[str, bytes]:
    return f"file-{number}.txt", scene.text(number)


def dropped(scene: Scene, script: str, *, elsewhere: bool = False) -> None:
    """Run a script that brings the file ``$1`` into the working folder."""
    name, data = name_of(scene)
    scene.shell(script, scene.source(name, data, elsewhere=elsewhere))
    scene.expect(name, data)


# --- whole files


@way("`mv` from the same file system", "published", _AT_ONCE)
def mv(scene: Scene) -> None:
    dropped(scene, 'mv "$1" .')


@way("`mv` from another file system", "published", _CLOSED)
def mv_from_elsewhere(scene: Scene) -> None:
    dropped(scene, 'mv "$1" .', elsewhere=True)


@way("`cp`", "published", _CLOSED)
def cp(scene: Scene) -> None:
    dropped(scene, 'cp "$1" .')


@way("`cp -p`: an old time stays old", "published", _CLOSED)
def cp_p(scene: Scene) -> None:
    name, data = name_of(scene)
    source = scene.source(name, data)
    os.utime(source, (1_000_000_000, 1_000_000_000))
    scene.shell('cp -p "$1" .', source)
    scene.expect(name, data)


@way("`cp -a` of a folder", "published", _CLOSED)
def cp_a(scene: Scene) -> None:
    tree(scene, elsewhere=False)
    scene.shell('cp -a "$1" .', scene.outside / "tree")


@way("`cp --reflink`, `copy_file_range`, `sendfile`", "published", _CLOSED)
def kernel_copies(scene: Scene) -> None:
    dropped(scene, 'cp --reflink=auto "$1" .')
    data = scene.text(2)
    with scene.source("2.txt", data).open("rb") as source, (scene.folder / "2.txt").open("wb") as target:
        assert os.copy_file_range(source.fileno(), target.fileno(), len(data)) == len(data)
    scene.expect("2.txt", data)
    data = scene.text(3)
    with scene.source("3.txt", data).open("rb") as source, (scene.folder / "3.txt").open("wb") as target:
        assert os.sendfile(target.fileno(), source.fileno(), 0, len(data)) == len(data)
    scene.expect("3.txt", data)


@way("`ln`", "published", "taken some 10 ms after the link; the other name still leads to it")
def ln(scene: Scene) -> None:
    dropped(scene, 'ln "$1" .')


@way("`ln -s`", "ignored", "the link stays, what it leads to is never read")
def ln_s(scene: Scene) -> None:
    scene.shell('ln -s "$1" .', scene.source("file.txt", scene.text()))
    scene.expect_stay("file.txt")


@way("`rsync`", "published", _AT_ONCE, full=True)
def rsync(scene: Scene) -> None:
    tree(scene, elsewhere=True)
    scene.shell('rsync -rt "$1" .', scene.elsewhere / "tree")


@way("`rsync --inplace`", "published", _CLOSED, full=True)
def rsync_inplace(scene: Scene) -> None:
    tree(scene, elsewhere=True)
    scene.shell('rsync -rt --inplace "$1" .', scene.elsewhere / "tree")


@way("`O_TMPFILE` and `linkat`", "published", _CLOSED)
def o_tmpfile(scene: Scene) -> None:
    name, data = name_of(scene)
    descriptor = os.open(scene.folder, os.O_TMPFILE | os.O_WRONLY, 0o666)
    os.write(descriptor, data)
    # Through a folder's descriptor: only then does Python follow the link.
    mine = os.open("/proc/self/fd", os.O_PATH)
    os.link(str(descriptor), scene.folder / name, src_dir_fd=mine, follow_symlinks=True)
    os.close(mine)
    os.close(descriptor)
    scene.expect(name, data)


@way("upload as `x.part`, `x.tmp` or `.x`, renamed at the end", "published", _AT_ONCE)
def part_then_rename(scene: Scene) -> Iterator[None]:
    parts = {"a.txt.part": "a.txt", "b.tmp": "b.txt", ".c.txt": "c.txt", ".d.txt.Xy12": "d.txt"}
    for name in parts:
        with (scene.folder / name).open("wb") as file:
            file.write(scene.text())
    yield
    time.sleep(2 * scene.station.pause)
    for number, (part, name) in enumerate(parts.items()):
        scene.require_untouched(part)
        (scene.folder / part).write_bytes(scene.text(number))
        (scene.folder / part).rename(scene.folder / name)
        scene.expect(name, scene.text(number))


@way("`tar -x`", "published", _CLOSED)
def tar(scene: Scene) -> None:
    tree(scene, elsewhere=True)
    scene.shell('tar -C "$1" -cf "$1/a.tar" tree; tar -xf "$1/a.tar"', scene.elsewhere)


@way(
    "a folder tree, moved in",
    "published",
    "its files are taken at once if they have been quiet for `quiet_seconds`; empty folders stay",
)
def moved_tree(scene: Scene) -> None:
    tree(scene, elsewhere=False)
    scene.shell('mv "$1" .', scene.outside / "tree")


@way("a folder tree, moved in from another file system", "published", _CLOSED)
def moved_tree_from_elsewhere(scene: Scene) -> None:
    tree(scene, elsewhere=True)
    scene.shell('mv "$1" .', scene.elsewhere / "tree")


def tree(scene: Scene, *, elsewhere: bool) -> None:
    for number, folder in enumerate(("tree", "tree/a", "tree/a/b", "tree/c")):
        for name in ("one", "two"):
            data = scene.text(number) + name.encode()
            scene.source(f"{folder}/{name}.txt", data, elsewhere=elsewhere)
            scene.expect(f"{folder}/{name}.txt", data)


way.apart("SFTP (OpenSSH), as another user", "published", _CLOSED, "test_sftp.py::test_an_upload_by_sftp")
way.apart(
    "SFTP, slowly; and as `x.part`, renamed at the end",
    "published",
    f"{_CLOSED}, or some 10 ms after the rename",
    "test_sftp.py::test_a_slow_upload_by_sftp",
)


# --- writers that take their time


@way(
    "a writer that pauses, the file open",
    "published",
    f"{_CLOSED}; without leases its pauses must stay below `settle_seconds`",
)
def slow_writer(scene: Scene) -> None:
    name, data = name_of(scene)
    with (scene.folder / name).open("wb") as file:
        for start in range(0, len(data), 20):
            file.write(data[start : start + 20])
            file.flush()
            time.sleep(scene.station.pause)
    scene.expect(name, data)


@way(
    "a writer that holds the file open for long, with `fsync`",
    "published",
    f"{_CLOSED}; until then it stays, untouched",
)
def held_open(scene: Scene) -> Iterator[None]:
    name, data = name_of(scene)
    with (scene.folder / name).open("wb") as file:
        file.write(data[:30])
        file.flush()
        if scene.station.configuration.leases:
            yield
        written = 30
        for _ in range(8):
            file.write(data[written : written + 2])
            written += 2
            file.flush()
            os.fsync(file.fileno())
            time.sleep(scene.station.pause / 2)
            scene.require_untouched(name)
        file.write(data[written:])
    scene.expect(name, data)
    if not scene.station.configuration.leases:
        yield


@way(
    "a writer that comes back after a rest",
    "published",
    "each part that came to rest is a file of its own: keep it open, or use `x.part`",
)
def writer_that_comes_back(scene: Scene) -> None:
    for number in (1, 2, 3):
        with (scene.folder / "file.txt").open("ab") as file:
            file.write(scene.text(number))
        scene.expect("file.txt", scene.text(number))
        scene.await_outcome("file.txt")


@way("truncate and append thrice, without a rest", "published", "taken once, whole")
def append_thrice(scene: Scene) -> None:
    lines = scene.text().decode().splitlines()
    scene.shell(': > f.txt; echo "$1" >> f.txt; echo "$2" >> f.txt; echo "$1" >> f.txt', *lines)
    scene.expect("f.txt", f"{lines[0]}\n{lines[1]}\n{lines[0]}\n".encode())


@way("a writer killed midway", "published", "what it wrote is what rests: published as it is; `x.part` avoids it")
def killed_writer(scene: Scene) -> None:
    name, data = name_of(scene)
    code = "file = open(path, 'wb'); file.write(sys.argv[2].encode()); file.flush(); wait()"
    writer = scene.program(_PROGRAM + code, scene.folder / name, data[:70].decode())
    assert writer.stdout
    writer.stdout.readline()
    scene.require_untouched(name)
    writer.send_signal(signal.SIGKILL)
    end(writer)
    scene.expect(name, data[:70])


@way(
    "a writer through `mmap`",
    "published",
    "taken once it is unmapped; without leases, unchanged for `settle_seconds`",
)
def mmap_writer(scene: Scene) -> None:
    name, data = name_of(scene)
    code = """
file = open(path, 'w+b'); file.truncate(int(sys.argv[3])); memory = mmap.mmap(file.fileno(), 0); file.close()
data = sys.argv[2].encode()
for at in range(0, len(data), 20):
    memory[at:at + 20] = data[at:at + 20]
    time.sleep(float(sys.argv[4]) / 4)
memory.close()
"""
    writer = scene.program(
        _PROGRAM + code, scene.folder / name, data.decode(), str(len(data)), str(scene.station.pause)
    )
    assert end(writer) == 0
    scene.expect(name, data)


def end(writer: subprocess.Popen[bytes]) -> int:
    with writer:
        return writer.wait(60)


# --- over a name that is there


@way("`sed -i` on a file just dropped", "published", "the edited file is taken, whole")
def sed_i(scene: Scene) -> None:
    name, data = name_of(scene)
    with (scene.folder / name).open("wb") as file:
        file.write(data)
        file.flush()
        # Somebody still writes: the first version has no rest.
        scene.shell('sed -i "s/number 1/number one/g" "$1"', name)
    scene.expect(name, data.replace(b"number 1", b"number one"))


@way("an editor's save: the old file renamed to `x~`, a new one written", "published", _WRITTEN_IN)
def editor_with_backup(scene: Scene) -> None:
    name, data = name_of(scene)
    path, backup = scene.folder / name, scene.folder / f"{name}~"
    path.write_bytes(data)
    path.rename(backup)
    with path.open("wb") as file:
        file.write(scene.text(2))
        os.fsync(file.fileno())
    backup.unlink(missing_ok=True)
    scene.expect(name, scene.text(2))
    scene.may_expect(data, name, f"{name}~")  # workers are quick


@way("an editor's save: a temporary file renamed over the old one", "published", _WRITTEN_IN)
def editor_by_rename(scene: Scene) -> None:
    name, data = name_of(scene)
    with (scene.folder / name).open("wb") as file:
        file.write(data)
        file.flush()
        (scene.folder / ".file.swp").write_bytes(scene.text(2))
        (scene.folder / ".file.swp").rename(scene.folder / name)
    scene.expect(name, scene.text(2))


@way(
    "the same name again, before the first was taken",
    "published",
    "what came to rest and was read is published, the last one always",
)
def same_name_before(scene: Scene) -> None:
    name, _ = name_of(scene)
    for number in range(5):
        scene.whole(name, scene.text(number))
        if number < 4:
            scene.may_expect(scene.text(number), name)
    scene.expect(name, scene.text(4))


@way(
    "the same name again, after the first was taken",
    "published",
    "both are published; the second is archived as `<stem>.<arrival id><ext>`",
)
def same_name_after(scene: Scene) -> None:
    name, _ = name_of(scene)
    for number in range(3):
        scene.whole(name, scene.text(number))
        scene.expect(name, scene.text(number))
        scene.await_outcome(name)


@way("a file over and over, as fast as one can", "published", _WRITTEN_IN)
def hammered(scene: Scene) -> None:
    for number in range(60):
        scene.whole("file.txt", scene.text(number))
        scene.may_expect(scene.text(number), "file.txt")
        time.sleep(0.005 * (number % 5))
    scene.whole("file.txt", scene.text(60))
    scene.expect("file.txt", scene.text(60))


# --- between our read and the move


@way(
    "opened for writing between our read and the move, written in place",
    "published",
    "what was read is on the stream; what was written is taken when it rests",
)
def written_between(scene: Scene) -> None:
    data = scene.long_text()

    def write() -> None:
        with path.open("r+b") as file:
            file.write(b"Otto:")

    with scene.in_flight(data) as path:
        waits = scene.change(path, write)
    waits.join(60)
    read = scene.flown(data, path)
    scene.expect(path.name, read, copies=0)
    scene.expect(path.name, b"Otto:" + read[5:])


@way(
    "opened for writing between our read and the move, closed unchanged",
    "published",
    "one record, one file in `archive/`",
)
def opened_between(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        waits = scene.change(path, lambda: path.open("r+b").close())
    waits.join(60)
    scene.expect(path.name, scene.flown(data, path))


@way(
    "a new file under the name between our read and the move, written slowly",
    "published",
    "both are published; of the first no copy is kept",
)
def replaced_slowly(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        path.unlink()
        file = path.open("wb")
        file.write(scene.text(2)[:40])
        file.flush()
    time.sleep(2 * scene.station.pause)
    file.write(scene.text(2)[40:])
    file.close()
    scene.expect(path.name, scene.flown(data, path), copies=0)
    scene.expect(path.name, scene.text(2))


@way(
    "a file that is here, rewritten with the same bytes in flight",
    "published",
    "one record; the file is in `duplicates/`",
)
def rewritten_with_the_same(scene: Scene) -> None:
    data = scene.long_text()

    def rewrite() -> None:
        with path.open("r+b") as file:
            file.write(data[:100])

    with scene.in_flight(data) as path:
        waits = scene.change(path, rewrite)
    waits.join(60)
    read = scene.flown(data, path)
    scene.expect(path.name, read, copies=0)
    scene.expect(path.name, read, outcome="duplicate")
