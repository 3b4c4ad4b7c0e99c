"""Every kind of file: the rows of the table in the README, each played against the real processes."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from tests import hostile, office
from tests.acceptance.harness import until
from tests.acceptance.station import DROPPER_ID, Scene, Table
from tests.hostile import Maker
from tests.in_formats import WRITERS, talk
from turnstream import settings

KINDS = kind = Table()

_FILED = "gone from `drop/`; in `archive/`, under its own name"
_REFUSED = "gone from `drop/`; in `quarantine/` with an `.error.json`"
_TTML = b'<tt xmlns="http://www.w3.org/ns/ttml">%s</tt>'
_LEFT = "stays in `drop/`; never opened"
_OVERTAKEN = "what rested and was read is on the stream, without a copy; "


def drop_whole(scene: Scene, data: bytes, name: str = "file.txt") -> None:
    scene.whole(name, data)
    scene.expect(name, data)


# --- what is in it


@kind("a text", "published", _FILED)
def a_text(scene: Scene) -> None:
    drop_whole(scene, scene.text())


@kind(
    "a text that came before, under any name", "duplicate", "gone from `drop/`; in `duplicates/` with what it repeats"
)
def a_text_again(scene: Scene) -> None:
    data = scene.text()
    scene.whole("first.txt", data)
    scene.expect("first.txt", data, outcome="published")
    scene.await_outcome("first.txt")
    for name, again in {"second.txt": data, "other.txt": data.replace(b"\n", b"\r\n")}.items():
        drop_whole(scene, again, name)
    # The same name as well: it is free again.
    scene.await_outcome("second.txt")
    drop_whole(scene, data + b"\n", "first.txt")


@kind("empty", "rejected", f"rests for `settle_seconds`; {_REFUSED}", reason="empty")
def empty(scene: Scene) -> None:
    drop_whole(scene, b"")


@kind("only white space", "rejected", _REFUSED, reason="empty")
def white_space(scene: Scene) -> None:
    drop_whole(scene, b" \t\r\n\xc2\xa0\n" * 50)


@kind("one byte of text", "published", f"{_FILED}; no turns")
def one_byte(scene: Scene) -> None:
    drop_whole(scene, b"x")


@kind("binary data", "rejected", _REFUSED, reason="unsupported_format")
def binary(scene: Scene) -> None:
    drop_whole(scene, bytes(range(256)) * 16)


@kind("PNG under the name of a text", "rejected", _REFUSED, reason="unsupported_format")
def png(scene: Scene) -> None:
    drop_whole(scene, b"\x89PNG\r\n\x1a\n" + bytes(100))


@kind("ZIP (Office files are ZIPs)", "rejected", _REFUSED, reason="unsupported_format")
def zip_archive(scene: Scene) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", scene.text())
    drop_whole(scene, data.getvalue(), "file.docx")


@kind("larger than `work.max_file_bytes`", "rejected", f"{_REFUSED}; not read", reason="file_too_large")
def over_the_cap(scene: Scene) -> None:
    path = scene.source("large.txt", scene.text())
    size = settings.load(root=scene.run.root).work.max_file_bytes + 1
    os.truncate(path, size)
    path.rename(scene.folder / path.name)
    scene.expect(path.name, scene.text().ljust(size, b"\0"))


@kind("sparse: a hole is zero bytes", "rejected", _REFUSED, reason="unsupported_format")
def sparse(scene: Scene) -> None:
    path = scene.source("sparse.txt", scene.text())
    with path.open("r+b") as file:
        file.seek(1 << 20)
        file.write(scene.text(2))
    data = path.read_bytes()
    assert path.stat().st_blocks * 512 < len(data)
    path.rename(scene.folder / path.name)
    scene.expect(path.name, data)


@kind("UTF-16 with a byte missing", "rejected", _REFUSED, reason="undecodable")
def odd_utf16(scene: Scene) -> None:
    drop_whole(scene, scene.text().decode().encode("utf-16")[:-1])


@kind("UTF-16, UTF-8 with a mark, cp1251", "published", _FILED)
def encodings(scene: Scene) -> None:
    said = "Анна: Добрый день, коллеги, рада вас видеть в нашем городе ({}).\nБорис: Спасибо, и я рад.\n"
    for encoding in ("utf-16", "utf-8-sig", "cp1251"):
        drop_whole(scene, said.format(encoding).encode(encoding), f"{encoding}.txt")


@kind("a million lines", "published", _FILED, dear=True)
def a_million_lines(scene: Scene) -> None:
    drop_whole(scene, b"".join(b"Anna: line %d\n" % number for number in range(1_000_000)))


@kind("a line of 50 MB", "published", _FILED, dear=True)
def a_long_line(scene: Scene) -> None:
    drop_whole(scene, (b"Anna: " + b"and so on, " * 5_000_000)[:50_000_000])


# --- in which format it is


def _as(name: str, scene: Scene, number: int = 0) -> bytes:
    """A talk that no other row has, in a format."""
    return WRITERS[name](talk([("Anna", f"This is {scene.slug} as {name}, {number}."), *_ANSWERS]))


_ANSWERS = (("Ben", "Thank you, Anna."), ("Anna", "And what of the lake?"), ("Ben", "It is deep, as it was."))


def _formats(scene: Scene, *names: str) -> None:
    for name in names:
        drop_whole(scene, _as(name, scene), f"{name}.bin")


@kind("subtitles: WebVTT, SubRip, SBV, LRC, TTML", "published", _FILED)
def subtitles(scene: Scene) -> None:
    cue = "<v Anna>Guten Tag zusammen ({}).</v>"
    drop_whole(scene, f"WEBVTT\n\n00:01.000 --> 00:02.000\n{cue.format('vtt')}\n".encode(), "file.vtt")
    drop_whole(scene, b"1\n00:00:01,000 --> 00:00:02,000\nAnna: Guten Tag (srt).\n", "file.srt")
    drop_whole(scene, b"0:00:01.000,0:00:02.000\nAnna: Guten Tag (sbv).\n", "file.sbv")
    drop_whole(scene, b"[00:01.00]Anna: Guten Tag (lrc).\n", "file.lrc")
    drop_whole(scene, _TTML % b'<body><div><p begin="1s">Anna: Guten Tag (ttml).</p></div></body>', "file.ttml")


@kind("subtitles without a cue", "rejected", _REFUSED, reason="empty")
def no_cue(scene: Scene) -> None:
    drop_whole(scene, b"WEBVTT\n\nNOTE nothing yet\n", "file.vtt")


@kind("TTML cut off in the middle", "published", f"{_FILED}; warning `truncated`")
def half_of_ttml(scene: Scene) -> None:
    drop_whole(scene, _TTML[:-5] % b'<body><div><p begin="1s">Anna: Guten Tag.</p><p', "file.ttml")


@kind("JSON of speech-to-text tools, JSON Lines", "published", _FILED)
def speech_json(scene: Scene) -> None:
    said = '{{"speaker": "Anna", "start": 0.5, "end": 2.5, "text": "Guten Tag ({})."}}'
    drop_whole(scene, f'{{"segments": [{said.format("json")}]}}'.encode(), "file.json")
    drop_whole(scene, f"{said.format('one')}\n{said.format('two')}\n".encode(), "file.jsonl")


@kind("JSON that is no transcript", "published", f"{_FILED}; as plain text, no turns")
def other_json(scene: Scene) -> None:
    drop_whole(scene, b'{"name": "thing", "version": "1.0.0", "files": ["a", "b"]}', "package.json")


@kind("JSON cut off in the middle", "published", f"{_FILED}; warning `truncated`")
def half_of_json(scene: Scene) -> None:
    drop_whole(scene, b'[{"speaker": "Anna", "text": "Guten Abend."}, {"speaker": "Anna", "te', "file.json")


@kind("Word, OpenDocument and RTF files, whatever their names", "published", _FILED)
def office_files(scene: Scene) -> None:
    for number, (name, make) in enumerate(office.MADE.items()):
        drop_whole(scene, make(), f"{number}.txt" if number % 2 else name)


@kind("Office file of before 2007, or one that carries macros", "rejected", _REFUSED, reason="unsupported_format")
def old_office_file(scene: Scene) -> None:
    drop_whole(scene, office.compound("WordDocument"), "file.doc")
    macros = {"word/vbaProject.bin": "x"}
    drop_whole(scene, office.zipped(office.parts(office.p("Anna: Yes.")) | macros), "file.docm")


@kind("a web page; a mail", "published", _FILED)
def pages(scene: Scene) -> None:
    _formats(scene, "html", "text+eml")


@kind("PDF with a text layer", "published", _FILED)
def paged(scene: Scene) -> None:
    _formats(scene, "pdf")


@kind("XML of plays and parliaments: TEI, Akoma Ntoso, Public Whip, Bundestag", "published", _FILED)
def protocols(scene: Scene) -> None:
    _formats(scene, "tei", "akoma_ntoso", "public_whip", "bundestag")


@kind("any of them, compressed: gzip, bzip2, xz, Zstandard", "published", _FILED)
def compressed(scene: Scene) -> None:
    _formats(scene, "text+gzip", "text+bzip2", "text+xz", "text+zstd")


@kind("one transcript in two formats", "duplicate", "the later one is in `duplicates/` with what it repeats")
def in_two_formats(scene: Scene) -> None:
    data = _as("text", scene)
    scene.whole("first.txt", data)
    scene.expect("first.txt", data, outcome="published")
    scene.await_outcome("first.txt")
    said = talk([("Anna", f"This is {scene.slug} as text, 0."), *_ANSWERS])
    for name in ("vtt", "docx", "json", "text+gzip"):
        drop_whole(scene, WRITERS[name](said), f"{name}.bin")


# --- broken, or made to harm who reads it


def _dropped(scene: Scene, makers: Mapping[str, Maker]) -> None:
    for name, make in makers.items():
        drop_whole(scene, make(scene.slug), name)


@kind(
    "WebVTT, SubRip, SBV, LRC, a page or a mail that is cut off in a cue, a line of times, a tag, in base64",
    "published",
    f"{_FILED}; what stood before is read",
)
def cut_texts(scene: Scene) -> None:
    _dropped(scene, hostile.CUT)


@kind(
    "TEI, Akoma Ntoso, Public Whip, Bundestag XML, RTF or flat ODT that is cut off; RTF that declares a gigabyte of"
    " binary data; JSON Lines with a broken line",
    "published",
    f"{_FILED}; what is whole is read, warning `damaged`",
)
def cut_documents(scene: Scene) -> None:
    _dropped(scene, hostile.CUT_AND_TOLD)


@kind(
    "DOCX, ODT, PDF, gzip, bzip2, xz or Zstandard that is cut off; PDF whose pages go in a circle; ODT that declares"
    " entities",
    "rejected",
    _REFUSED,
    reason="damaged",
)
def cut_packed(scene: Scene) -> None:
    _dropped(scene, hostile.CUT_AND_LOST | hostile.CIRCLES)


@kind(
    "10,000 levels deep (read to 200): XML of any kind, JSON, JSON Lines, DOCX, ODT, RTF, a mail in a mail",
    "rejected",
    _REFUSED,
    reason="damaged",
)
def deep_documents(scene: Scene) -> None:
    _dropped(scene, hostile.DEEP)


@kind("XML whose entities multiply; TTML that declares any", "rejected", _REFUSED, reason="unsupported_format")
def entities(scene: Scene) -> None:
    _dropped(scene, hostile.ENTITIES)


@kind(
    "a bomb: a small gzip, bzip2, xz, Zstandard, DOCX, ODT, PDF, or what is attached to a mail, that grows to a"
    " hundred megabytes; PDF or Zstandard that declares a gigabyte",
    "rejected",
    f"{_REFUSED}; not expanded",
    reason="file_too_large",
)
def bombs(scene: Scene) -> None:
    _dropped(scene, hostile.BOMBS)


@kind("Office file or PDF that a password opens", "rejected", _REFUSED, reason="encrypted")
def locked(scene: Scene) -> None:
    _dropped(scene, hostile.LOCKED)


@kind(
    "10,000 nested tags in a cue or a page, times of a thousand years, a billion blanks, DOCX whose members declare a"
    " gigabyte each",
    "published",
    _FILED,
)
def odd_documents(scene: Scene) -> None:
    _dropped(scene, hostile.ODD)


@kind("a cue of 10 MB; a page with a million attributes or entities", "published", _FILED, dear=True)
def huge_documents(scene: Scene) -> None:
    for name, make in hostile.HUGE.items():
        drop_whole(scene, make(scene.slug), name)
        scene.await_outcome(name)


# --- what is no file


@kind("named pipe", "ignored", _LEFT)
def fifo(scene: Scene) -> None:
    os.mkfifo(scene.folder / "pipe.txt")
    scene.expect_stay("pipe.txt")


@kind("socket", "ignored", _LEFT)
def unix_socket(scene: Scene) -> None:
    folder = os.open(scene.folder, os.O_PATH)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"/proc/self/fd/{folder}/s.txt")  # a socket's path has at most 107 bytes
    os.close(folder)
    scene.expect_stay("s.txt")


@kind("device", "ignored", _LEFT, full=True)
def device(scene: Scene) -> None:
    os.mknod(scene.folder / "zero.txt", 0o666 | 0o020000, os.makedev(1, 5))
    scene.expect_stay("zero.txt")


@kind("symlink to a file in `drop/`", "ignored", "the link stays, the file is published")
def link_inside(scene: Scene) -> None:
    (scene.folder / "link.txt").symlink_to("file.txt")
    scene.whole("file.txt", scene.text())
    scene.expect("file.txt", scene.text(), outcome="published")
    scene.expect_stay("link.txt")


@kind("symlink to a file or folder outside", "ignored", "stays in `drop/`; what it points to is never read")
def link_outside(scene: Scene) -> None:
    (scene.folder / "link.txt").symlink_to(scene.source("secret.txt", scene.text()))
    (scene.folder / "folder").symlink_to(scene.outside)
    scene.expect_stay("link.txt", "folder")


@kind("dangling symlink", "ignored", _LEFT)
def dangling_link(scene: Scene) -> None:
    (scene.folder / "dangling.txt").symlink_to("nothing")
    scene.expect_stay("dangling.txt")


@kind("names of other programs' temporary files (`watch.ignore`)", "ignored", _LEFT)
def ignored_names(scene: Scene) -> None:
    names = (".hidden", "a.part", "b.tmp", "~$c.docx", "._d.txt", "Thumbs.db", ".git/e.txt")
    for name in names:
        (scene.folder / name).parent.mkdir(exist_ok=True)
        (scene.folder / name).write_bytes(scene.text())
    scene.expect_stay(*names)


@kind("folder named `x.txt`", "published", "the folder stays, the file in it is published")
def folder_like_a_file(scene: Scene) -> None:
    (scene.folder / "x.txt").mkdir()
    drop_whole(scene, scene.text(), "x.txt/file.txt")


# --- its place, its links


@kind("two names of one file (hard links) in `drop/`", "published", "one in `archive/`, the other in `duplicates/`")
def hard_link(scene: Scene) -> None:
    path = scene.source("file.txt", scene.text())
    (scene.folder / "a.txt").hardlink_to(path)
    path.rename(scene.folder / "b.txt")
    until(lambda: not list(scene.folder.iterdir()), "both are taken")
    first = next(line for line in scene.last_lines() if line["outcome"] == "published")
    for name in ("a.txt", "b.txt"):
        scene.expect(name, scene.text(), outcome="published" if first["path"].endswith(name) else "duplicate")


@kind("hard link to a file outside", "published", f"{_FILED}; the other name still leads to it")
def hard_link_outside(scene: Scene) -> None:
    path = scene.source("mine.txt", scene.text())
    (scene.folder / "file.txt").hardlink_to(path)
    scene.expect("file.txt", scene.text())
    scene.await_outcome("file.txt")
    assert path.read_bytes() == scene.text()


@kind("50 levels of folders", "published", "gone from `drop/`; in `archive/`, as deep; empty folders stay")
def deep(scene: Scene) -> None:
    below = "/".join(f"level{number}" for number in range(50))
    (scene.folder / below).mkdir(parents=True)
    drop_whole(scene, scene.text(), f"{below}/file.txt")


@kind("name of a file and of a folder, one after the other", "published", "both in `archive/`, nothing overwritten")
def file_then_folder(scene: Scene) -> None:
    drop_whole(scene, scene.text(), "x.txt")
    scene.await_outcome("x.txt")
    (scene.folder / "x.txt").mkdir()
    drop_whole(scene, scene.text(2), "x.txt/file.txt")


# --- its name


@kind("name in cp1251, not UTF-8", "published", f"{_FILED}, byte for byte")
def name_in_cp1251(scene: Scene) -> None:
    drop_whole(scene, scene.text(), os.fsdecode("протокол.txt".encode("cp1251")))


@kind("name with a newline, quotes, backslash, percent, spaces", "published", _FILED)
def name_with_newline(scene: Scene) -> None:
    for number, name in enumerate(
        ("two\nlines.txt", '"it\'s".txt', "a\\b%41 $(c) `d`.txt", " . ", "a\x1b[31m\x07.txt")
    ):
        drop_whole(scene, scene.text(number), name)


@kind("name of 255 bytes", "published", f"{_FILED}; cut for a sidecar's sake in `quarantine/` and `duplicates/`")
def name_of_255_bytes(scene: Scene) -> None:
    drop_whole(scene, scene.text(), "n" * 251 + ".txt")
    drop_whole(scene, scene.text(2), "я" * 127 + "n")
    name = "r" * 251 + ".txt"
    scene.whole(name, b"\x89PNG\r\n\x1a\n" + scene.text())
    scene.expect(name, b"\x89PNG\r\n\x1a\n" + scene.text(), outcome="rejected", reason="unsupported_format")


@kind("name with RTL letters, emoji", "published", _FILED)
def name_rtl(scene: Scene) -> None:
    drop_whole(scene, scene.text(), "\u202eפרוטוקול 👩‍👩‍👧 محضر.txt")


@kind("name in NFD beside the same in NFC", "published", f"{_FILED}; two files are two")
def name_nfd(scene: Scene) -> None:
    for number, form in enumerate(("NFC", "NFD")):
        drop_whole(scene, scene.text(number), unicodedata.normalize(form, "Protokoll für Zoë.txt"))  # type: ignore[arg-type]


@kind("name with a leading dash", "published", _FILED)
def name_with_dash(scene: Scene) -> None:
    drop_whole(scene, scene.text(), "-rf")
    drop_whole(scene, scene.text(2), "--help.txt")


@kind("name like one of our sidecars", "published", _FILED)
def name_of_a_sidecar(scene: Scene) -> None:
    # Beside a file that gets a sidecar of this very name.
    scene.whole("a.txt", b"\x89PNG\r\n\x1a\n" + scene.text())
    scene.expect("a.txt", b"\x89PNG\r\n\x1a\n" + scene.text(), outcome="rejected", reason="unsupported_format")
    scene.whole("a.txt.error.json.md", scene.text(2))
    scene.expect("a.txt.error.json.md", scene.text(2))


# --- its times and permissions


@kind("from the future (2100), from 1970", "published", _FILED)
def odd_times(scene: Scene) -> None:
    for number, moment in enumerate((datetime(2100, 1, 1, tzinfo=UTC).timestamp(), 0)):
        path = scene.source(f"{number}.txt", scene.text(number))
        os.utime(path, (moment, moment))
        path.rename(scene.folder / path.name)
        scene.expect(path.name, scene.text(number))
        # Written in place, with a time that no program of today gives.
        path = scene.folder / f"in-place-{number}.txt"
        with path.open("wb") as file:
            file.write(scene.text(10 + number))
            file.flush()
            os.utime(file.fileno(), (moment, moment))
        scene.expect(path.name, scene.text(10 + number))


@kind("read-only (0444)", "published", _FILED)
def read_only(scene: Scene) -> None:
    path = scene.source("file.txt", scene.text())
    path.chmod(0o444)
    path.rename(scene.folder / path.name)
    scene.expect(path.name, scene.text())


@kind(
    "without read permission",
    "rejected",
    f"{_REFUSED}, unread; published where the worker is root",
    reason="unreadable",
)
def no_permission(scene: Scene) -> None:
    path = scene.source("file.txt", scene.text())
    path.chmod(0)
    path.rename(scene.folder / path.name)
    scene.expect(path.name, scene.text(), outcome="published" if scene.station.reads_all else None, reason="unreadable")


@kind(
    "in a folder that the worker may not change",
    "published",
    "on the stream at once; stays in `drop/` as `dispose_blocked` until the folder allows it",
)
def locked_folder(scene: Scene) -> Iterator[None]:
    folder = scene.folder / "locked"
    folder.mkdir()
    drop_whole(scene, scene.text(), "locked/file.txt")
    folder.chmod(0o555)
    yield
    if not scene.station.reads_all:
        scene.await_deferral("locked/file.txt", "dispose_blocked")
    folder.chmod(0o777)


@kind(
    "in a sticky folder (1777), of another owner",
    "published",
    "on the stream at once; stays in `drop/` as `dispose_blocked` until its owner lets it go",
)
def sticky_folder(scene: Scene) -> Iterator[None]:
    folder = scene.folder / "sticky"
    folder.mkdir()
    folder.chmod(0o1777)
    drop_whole(scene, scene.text(), "sticky/file.txt")
    yield
    if scene.station.configuration.foreign:
        scene.await_deferral("sticky/file.txt", "dispose_blocked")
    folder.chmod(0o777)


@kind(
    "immutable (`chattr +i`), or in an immutable folder",
    "published",
    "on the stream at once; stays in `drop/` as `dispose_blocked` until `chattr -i`",
    full=True,
)
def immutable(scene: Scene) -> Iterator[None]:
    file, folder = scene.folder / "file.txt", scene.folder / "folder"
    folder.mkdir()
    for number, name in enumerate(("file.txt", "folder/file.txt")):
        (scene.folder / name).write_bytes(scene.text(number))
        scene.expect(name, scene.text(number))
    subprocess.run(["chattr", "+i", file, folder], check=True)
    try:
        yield
        for name in ("file.txt", "folder/file.txt"):
            scene.await_deferral(name, "dispose_blocked")
    finally:
        subprocess.run(["chattr", "-i", file, folder], check=True)


@kind("of another user and group", "published", f"{_FILED}; keeps its owner", full=True)
def foreign_owner(scene: Scene) -> None:
    path = scene.source("file.txt", scene.text())
    os.chown(path, DROPPER_ID, DROPPER_ID)
    path.rename(scene.folder / path.name)
    scene.expect(path.name, scene.text())
    line = scene.await_outcome(path.name)
    assert (scene.run.root / line["to"]).stat().st_uid == DROPPER_ID


# --- what happens to it while a worker holds it


@kind("deleted before it rested", "gone", "nothing: it was its user's")
def deleted_at_once(scene: Scene) -> None:
    with (scene.folder / "file.txt").open("wb") as file:
        file.write(scene.text())
        file.flush()
        (scene.folder / "file.txt").unlink()


@kind("deleted in flight", "published", "on the stream; no copy is kept: it was its user's")
def deleted_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        path.unlink()
    scene.expect(path.name, scene.flown(data, path), copies=0)


@kind("replaced in flight (rename over it)", "published", f"{_OVERTAKEN}the new file is published and archived")
def replaced_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        scene.whole(path.name, scene.text(2))
    scene.expect(path.name, scene.flown(data, path), copies=0)
    scene.expect(path.name, scene.text(2))


@kind("truncated in flight", "published", f"{_OVERTAKEN}the shorter one is published and archived")
def truncated_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        waits = scene.change(path, lambda: os.truncate(path, 500))
    waits.join(60)
    scene.expect(path.name, scene.flown(data, path), copies=0)
    scene.expect(path.name, data[:500])


@kind("appended to in flight", "published", f"{_OVERTAKEN}the longer one is published and archived")
def appended_in_flight(scene: Scene) -> None:
    data = scene.long_text()

    def append() -> None:
        with path.open("ab") as file:
            file.write(scene.text(2))

    with scene.in_flight(data) as path:
        waits = scene.change(path, append)
    waits.join(60)
    scene.expect(path.name, scene.flown(data, path), copies=0)
    scene.expect(path.name, scene.flown(data, path) + scene.text(2))


@kind("emptied in flight", "published", f"{_OVERTAKEN}the empty file goes to `quarantine/`")
def emptied_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        waits = scene.change(path, lambda: path.open("wb").close())
    waits.join(60)
    scene.expect(path.name, scene.flown(data, path), copies=0)
    scene.expect(path.name, b"", outcome="rejected", reason="empty")


@kind("chmod-ed in flight", "published", _FILED)
def chmodded_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        path.chmod(0o400 if scene.station.reads_all else 0o444)
    scene.expect(path.name, scene.flown(data, path))


@kind(
    "renamed in flight, within `drop/`",
    "published",
    "gone from `drop/`; in `archive/` under its new name, one record",
)
def renamed_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    with scene.in_flight(data) as path:
        path.rename(path.with_name("renamed.txt"))
    scene.expect("renamed.txt", scene.flown(data, path))


@kind(
    "its folder renamed in flight",
    "published",
    "gone from `drop/`; in `archive/` below the old or the new folder, one record",
)
def folder_renamed_in_flight(scene: Scene) -> None:
    data = scene.long_text()
    (scene.folder / "old").mkdir()
    with scene.in_flight(data, "old/") as path:
        path.parent.rename(scene.folder / "new")
    scene.expect(f"old/{path.name}", scene.flown(data, path), elsewhere=True)


# --- many


kind.apart(
    "100,000 files in one folder",
    "published",
    _FILED,
    "test_watch_faults.py::test_a_hundred_thousand_files_beyond_what_the_kernel_keeps_events_for_are_all_published",
)


@kind("a folder of files that are all refused", "rejected", _REFUSED, reason="unsupported_format")
def many_refused(scene: Scene) -> None:
    for number in range(50):
        drop_whole(scene, b"\x89PNG\r\n\x1a\n" + scene.text(number), f"{number}.png")
