"""idx files: read as written, packed or not, and refused where they are not what they say."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.files import idx
from dlcli.datasets.files.idx import idx_bytes, read_idx
from dlcli.errors import DataError

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
WHOLE = idx_bytes(IMAGES)


def test_the_header_is_the_published_one() -> None:
    assert WHOLE[:16] == bytes.fromhex("00000803 00000002 00000003 00000004")
    assert idx_bytes(IMAGES[0, 0])[:8] == bytes.fromhex("00000801 00000004")


@pytest.mark.parametrize("name", ["a.gz", "a"])
@pytest.mark.parametrize("packed", [True, False])
def test_content_tells_whether_a_file_is_packed(tmp_path: Path, name: str, packed: bool) -> None:
    (tmp_path / name).write_bytes(gzip.compress(WHOLE) if packed else WHOLE)
    np.testing.assert_array_equal(read_idx(tmp_path / name, 3), IMAGES)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=3))
def test_arrays_come_back(tmp_path_factory: pytest.TempPathFactory, shape: list[int]) -> None:
    path = tmp_path_factory.getbasetemp() / "idx"
    array = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    path.write_bytes(idx_bytes(array))
    np.testing.assert_array_equal(read_idx(path, len(shape)), array)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"has 0 bytes, expected an idx header of 16"),
        (WHOLE[:9], r"has 9 bytes, expected an idx header of 16"),
        (WHOLE[:-1], r"has 23 bytes after its header, expected 24 \(2 x 3 x 4\)"),
        (WHOLE + b"x", r"has more bytes after its header, expected 24 \(2 x 3 x 4\)"),
        (idx_bytes(IMAGES.reshape(-1)), r"begins with 0x00000801, expected 0x00000803 \(.* 3 dimensions\)"),
        (b"\x00\x00\x0d\x03" + WHOLE[4:], r"begins with 0x00000d03, expected 0x00000803"),
        (b"<html>" * 9, r"begins with 0x3c68746d, expected 0x00000803"),
        (
            struct.pack(">4I", 0x803, 2**32 - 1, 28, 28),
            r"says it holds 4294967295 x 28 x 28 bytes, expected at most 1073741824",
        ),
    ],
)
def test_what_is_not_as_it_says_is_refused(tmp_path: Path, content: bytes, message: str, packed: bool) -> None:
    path = tmp_path / "some-idx3-ubyte"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match=rf"{path} {message}"):
        read_idx(path, 3)


def test_a_damaged_gzip_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "some.gz"
    whole = gzip.compress(WHOLE)
    for content in (whole[:-9], whole[:-8] + b"\0\0\0\0" + whole[-4:]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=rf"{path} is damaged or not readable \(.*\); delete it to have it down"):
            read_idx(path, 3)


def test_no_more_is_unpacked_than_the_header_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idx, "_MOST_BYTES", 100)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(struct.pack(">2I", 0x801, 101) + bytes(10**7)))
    with pytest.raises(DataError, match="says it holds 101 bytes, expected at most 100"):
        read_idx(path, 1)
