"""Names that nobody has: free ones in a folder, renames that never overwrite, sidecars that nobody sees half of."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import itertools
import os
import re
import secrets
from collections.abc import Iterator
from functools import partial

from turnstream.crashpoint import passed

#: Longest name in bytes (NAME_MAX of every common file system).
NAME_MAX = 255
#: Bytes after the last dot that still count as an extension.
_EXTENSION_MAX = 16
#: renameat2(2): fail instead of replacing.
_RENAME_NOREPLACE = 1

#: What ``numbered`` puts between stem and extension.
_NUMBERED = re.compile(r"\.[0-9a-f]{16}(-\d+)?")

_libc = ctypes.CDLL(None, use_errno=True)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def free_name(parent: int, name: str, arrival_id: str, sidecar: str = "") -> str:
    """Return ``name``, or the first of ``<stem>.<arrival_id>[-n]<ext>`` that an open folder has room for."""
    return next(
        candidate for candidate in _names(name, arrival_id, sidecar) if _free(parent, candidate, sidecar, arrival_id)
    )


def names_taken(parent: int, name: str, arrival_id: str, sidecar: str = "") -> Iterator[str]:
    """Yield those of an arrival's names that somebody has in an open folder: one of them may be the arrival itself."""
    return itertools.takewhile(partial(exists, parent), _names(name, arrival_id, sidecar))


def _names(name: str, arrival_id: str, sidecar: str) -> Iterator[str]:
    return (numbered(name, arrival_id, attempt, len(sidecar)) for attempt in itertools.count())


def _free(parent: int, name: str, sidecar: str, arrival_id: str) -> bool:
    if exists(parent, name):
        return False
    # A sidecar without its file is one that this arrival left at a crash, or somebody's file.
    return not sidecar or not exists(parent, name + sidecar) or is_sidecar(parent, name, sidecar, arrival_id)


def exists(parent: int, name: str) -> bool:
    """Whether something in an open folder has a name.

    Raises:
        OSError: the file system refuses.

    """
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENAMETOOLONG):
            raise
        return False
    return True


def is_sidecar(parent: int, name: str, suffix: str, arrival_id: str) -> bool:
    """Whether what stands at ``name + suffix`` is a sidecar that tells of an arrival, and nobody's file."""
    # A sidecar that somebody dropped tells of an arrival too, but as a file it has one of its own.
    return _speaks_of(parent, name + suffix, arrival_id) and not exists(parent, name + suffix + suffix)


def _speaks_of(parent: int, name: str, arrival_id: str) -> bool:
    try:
        descriptor = os.open(name, _READ, dir_fd=parent)
    except OSError:
        return False
    try:
        return arrival_id.encode() in os.read(descriptor, 1 << 16)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def numbered(name: str, arrival_id: str, attempt: int, reserve: int) -> str:
    """Return the name of an attempt: the plain one, ``<stem>.<id><ext>``, then ``<stem>.<id>-2<ext>`` and so on.

    Cut to ``NAME_MAX`` bytes less ``reserve``, which a sidecar's suffix needs.
    """
    raw = os.fsencode(name)
    if attempt == 0 and len(raw) + reserve <= NAME_MAX:
        return name
    mark = f".{arrival_id}" + (f"-{attempt}" if attempt > 1 else "")
    stem, dot, extension = raw.rpartition(b".")
    if not stem or len(extension) > _EXTENSION_MAX:
        stem, dot, extension = raw, b"", b""
    tail = mark.encode() + dot + extension
    return os.fsdecode(_cut(stem, NAME_MAX - reserve - len(tail)) + tail)


def is_numbered(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, or what ``numbered`` makes of it where there is room."""
    stem, dot, extension = wanted.rpartition(".")
    if not stem:
        stem, dot, extension = wanted, "", ""
    return name == wanted or bool(_NUMBERED.fullmatch(name.removeprefix(stem).removesuffix(dot + extension)))


def _cut(stem: bytes, room: int) -> bytes:
    try:
        stem.decode()
    except UnicodeDecodeError:
        return stem[:room]
    return stem[:room].decode("utf-8", "ignore").encode()  # no half character


def _renameat2(from_folder: int, from_name: str, to_folder: int, to_name: str) -> int:
    """Rename without replacing; return 0, or the error number."""
    source, target = os.fsencode(from_name), os.fsencode(to_name)
    done = _libc.renameat2(from_folder, source, to_folder, target, _RENAME_NOREPLACE)
    return 0 if done == 0 else ctypes.get_errno()


def rename_exclusively(from_folder: int, from_name: str, to_folder: int, to_name: str) -> None:
    """Rename between two open folders; fail with ``FileExistsError`` where rename(2) would replace."""
    code = _renameat2(from_folder, from_name, to_folder, to_name)
    if code == 0:
        return
    if code not in (errno.EINVAL, errno.ENOSYS):
        raise OSError(code, os.strerror(code))
    # A file system without the flag (some network ones): link fails where rename replaces.
    os.link(from_name, to_name, src_dir_fd=from_folder, dst_dir_fd=to_folder, follow_symlinks=False)
    passed("linked")
    unlink_name_of(os.stat(to_name, dir_fd=to_folder, follow_symlinks=False), from_folder, from_name)


def renames_exclusively(folder: int) -> bool:
    """Whether the file system of an open folder can rename without replacing; tried with a file of ours."""
    probe = f".{secrets.token_hex(8)}.tmp"
    os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder))
    try:
        renamed = f".{secrets.token_hex(8)}.tmp"
        if _renameat2(folder, probe, folder, renamed) == 0:
            probe = renamed
            return True
        return False
    finally:
        os.unlink(probe, dir_fd=folder)


def unlink_name_of(facts: os.stat_result, folder: int, name: str) -> None:
    """Take a name in an open folder away if it is that of a file, and leave it if another file has it by now."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(os.stat(name, dir_fd=folder, follow_symlinks=False), facts):
            os.unlink(name, dir_fd=folder)


def write_sidecar(parent: int, name: str, suffix: str, arrival_id: str, data: bytes, *, durable: bool) -> bool:
    """Write ``name + suffix`` whole, over a sidecar of the same arrival at most.

    Returns:
        False if the name is somebody else's.

    Raises:
        OSError: the disk refuses; nothing of it stays.

    """
    temporary = f".{secrets.token_hex(8)}.tmp"
    renamed = False
    try:
        _write(parent, temporary, data, durable=durable)
        try:
            rename_exclusively(parent, temporary, parent, name + suffix)
        except FileExistsError:
            if not is_sidecar(parent, name, suffix, arrival_id):
                return False
            os.rename(temporary, name + suffix, src_dir_fd=parent, dst_dir_fd=parent)
        renamed = True
    finally:
        if not renamed:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=parent)
    return True


def _write(parent: int, name: str, data: bytes, *, durable: bool) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=parent)
    try:
        if os.write(descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, "no room for the whole sidecar")
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
