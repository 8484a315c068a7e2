"""Numbers in text: the same as Python reads them, and the first fault by row and column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.files.matrices import read_matrix, read_whole_numbers
from dlcli.errors import DataError


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3), min_size=1, max_size=20))
def test_numbers_are_read_as_python_reads_them(rows: list[list[float]]) -> None:
    text = "".join("".join(f" {value: .7e}" for value in row) + "\n" for row in rows)
    values = read_matrix(text.encode(), 3, "a.txt")
    assert values.dtype == np.float32
    assert values.tolist() == [[float(np.float32(cell)) for cell in line.split()] for line in text.splitlines()]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.txt is empty, expected rows of 2 numbers"),
        (b" \n\n", "a.txt is empty, expected rows of 2 numbers"),
        (b"1 2\n3\n5 6\n", "a.txt: row 2 has 1 columns, expected 2"),
        (b"1 2\n3 4 5\n", "a.txt: row 2 has 3 columns, expected 2"),
        (b"1 2 3\n4 5 6\n", "a.txt: row 1 has 3 columns, expected 2"),
        (b"1 2\n3 x\n", "a.txt: row 2, column 2 is 'x', expected a finite number"),
        (b"1 2\n\n3 1,5\n", "a.txt: row 3, column 2 is '1,5', expected a finite number"),
        (b"1 2\nNaN 4\n", "a.txt: row 2, column 1 is 'NaN', expected a finite number"),
        (b"1 2\r\n-inf 4\r\n", "a.txt: row 2, column 1 is '-inf', expected a finite number"),
        (b"1 1e39\n", "a.txt: row 1, column 2 is '1e39', expected a finite number"),
        (b"1 1_0\n", "a.txt: row 1, column 2 is '1_0', expected a finite number"),
        (b"1 \xff\n", "a.txt: row 1, column 2 is 'ÿ', expected a finite number"),
        (b"1 2\n3 # 4\n", "a.txt: row 2, column 2 is '#', expected a finite number"),
        (b"1 2\n3 1e\x00\n", r"a.txt: row 2, column 2 is '1e\\x00', expected a finite number"),
    ],
)
def test_the_first_fault_is_named(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_matrix(content, 2, "a.txt")


def test_whole_numbers_are_read() -> None:
    values = read_whole_numbers(b"1\n6\n3\n", 1, 6, "y.txt")
    assert values.dtype == np.int32
    assert values.tolist() == [1, 6, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1\n0\n", "y.txt: row 2 is 0, expected a whole number from 1 to 6"),
        (b"7\n1\n", "y.txt: row 1 is 7, expected a whole number from 1 to 6"),
        (b"1\n2\n2.5\n", "y.txt: row 3 is 2.5, expected a whole number from 1 to 6"),
        (b"1\nx\n", "y.txt: row 2, column 1 is 'x'"),
        (b"1 2\n", "y.txt: row 1 has 2 columns, expected 1"),
    ],
)
def test_other_whole_numbers_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_whole_numbers(content, 1, 6, "y.txt")
