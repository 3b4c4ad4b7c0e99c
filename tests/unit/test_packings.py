"""Compressed files: what is inside is read as what it is; broken, cut off and monstrous ones have a reason."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.errors import Damaged, DocumentError, EmptyFile, FileTooLarge, UnsupportedFormat
from turnstream.extract import extract

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compress = Callable[[bytes], bytes]

TEXT = b"Ann: Good morning.\nBob: Good morning, Ann. How are you?\n"
PACKINGS: dict[str, Compress] = {
    "bzip2": bz2.compress,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstd": lambda raw: zstd.compress(raw, options={zstd.CompressionParameter.checksum_flag: 1}),
}
every_packing = pytest.mark.parametrize(("name", "compress"), PACKINGS.items(), ids=PACKINGS)


@every_packing
def test_what_is_inside_is_read_as_what_it_is(name: str, compress: Compress) -> None:
    extracted = extract(compress("Zoë: Café?\n".encode("utf-16")))
    assert (extracted.canonical, extracted.format) == ("Zoë: Café?", f"text+{name}")
    assert extracted.encoding == "utf-16-le"


@every_packing
def test_several_members_are_one_file(name: str, compress: Compress) -> None:
    one = extract(TEXT * 2).canonical
    assert extract(compress(TEXT) + compress(TEXT)).canonical == one
    assert extract(compress(TEXT) + b"\0" * 8 + compress(TEXT)).canonical == one


@every_packing
def test_what_follows_the_last_member_and_is_none_is_left_out(name: str, compress: Compress) -> None:
    assert extract(compress(TEXT) + b"\0\0junk").canonical == extract(TEXT).canonical


@every_packing
def test_a_file_cut_off_is_damaged(name: str, compress: Compress) -> None:
    raw = compress(TEXT)
    for whole in (b"", raw):
        with pytest.raises(Damaged, match=f"{name} data is cut off"):
            extract(whole + raw[:-5])


@every_packing
def test_a_broken_file_is_damaged(name: str, compress: Compress) -> None:
    raw = bytearray(compress(TEXT * 9))
    raw[-10] ^= 0xFF
    with pytest.raises(Damaged):
        extract(bytes(raw))


@every_packing
def test_nothing_inside_is_an_empty_file(name: str, compress: Compress) -> None:
    with pytest.raises(EmptyFile):
        extract(compress(b""))


@every_packing
def test_a_bomb_is_too_large_before_it_has_grown(name: str, compress: Compress) -> None:
    with pytest.raises(FileTooLarge, match="expand"):
        extract(compress(b"\0" * (1 << 28)))


@every_packing
def test_packings_in_packings_end(name: str, compress: Compress) -> None:
    raw = TEXT
    for _ in range(3):
        raw = compress(raw)
    assert extract(raw).format == f"text+{name}+{name}+{name}"
    with pytest.raises(UnsupportedFormat, match="packed more than"):
        extract(compress(raw))


def test_a_dictionary_larger_than_any_tool_makes_by_itself_is_refused() -> None:
    raw = lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28}])
    with pytest.raises(FileTooLarge, match="memory"):
        extract(raw)


def test_a_window_larger_than_that_is_refused() -> None:
    # RFC 8878, 3.1.1.1.2: exponent 21 over 2 ** 10, that is 2 GiB.
    with pytest.raises(FileTooLarge, match="memory"):
        extract(b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + b"\x01\0\0")


def test_a_frame_to_be_skipped_is() -> None:
    skipped = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"note"
    assert extract(skipped + zstd.compress(TEXT)).canonical == extract(TEXT).canonical


@every_packing
@given(noise=st.binary(max_size=200), kept=st.integers(2, 80))
def test_anything_behind_a_beginning_has_an_outcome(name: str, compress: Compress, noise: bytes, kept: int) -> None:
    with contextlib.suppress(DocumentError):
        extract(compress(TEXT)[:kept] + noise)
