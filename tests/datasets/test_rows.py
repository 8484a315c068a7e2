"""Rows that stay on disk are those that were chosen, and are read only when they are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.data import Classes, Column, Data, Split, pooled
from dlcli.datasets.rows import RowNames, Rows, blocks

X = np.arange(60, dtype=np.float32).reshape(20, 3)
_choices = st.lists(st.integers(0, 19), min_size=1, max_size=30)


@given(_choices, st.data())
def test_rows_of_rows_are_those_of_the_array(first: list[int], data: st.DataObject) -> None:
    second = data.draw(st.lists(st.integers(0, len(first) - 1), min_size=1))
    chosen = Rows(X).take(np.array(first)).take(np.array(second))
    expected = X[first][second]
    assert (len(chosen), chosen.shape, chosen.ndim, chosen.dtype) == (len(expected), expected.shape, 2, X.dtype)
    np.testing.assert_array_equal(chosen[np.arange(len(chosen))], expected)
    np.testing.assert_array_equal(chosen[1:4], expected[1:4])
    np.testing.assert_array_equal(chosen[-1], expected[-1])


@given(_choices, st.data())
def test_rows_keep_their_names(first: list[int], data: st.DataObject) -> None:
    second = data.draw(st.lists(st.integers(0, len(first) - 1), min_size=1))
    y = np.zeros(20, np.int32)
    whole = Split(Rows(X), y, names=RowNames("a{0}.npz, x", np.arange(20)))
    chosen = whole.take(np.array(first)).take(np.array(second))
    expected = [f"a{{0}}.npz, x, row {first[row]}," for row in second]
    assert [chosen.name_of(row) for row in range(len(chosen))] == expected
    together = pooled(Data(chosen, None, whole, Classes(("a", "b"))))
    assert [together.name_of(row) for row in range(len(chosen))] == expected
    assert together.name_of(len(chosen)) == "a{0}.npz, x, row 0,"


@given(st.integers(0, 40), st.integers(1, 500))
def test_blocks_are_the_array_in_order(rows: int, block_bytes: int) -> None:
    array = np.arange(rows * 6, dtype=np.float64).reshape(rows, 2, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dlcli.datasets.rows._BLOCK_BYTES", block_bytes)
        for whole in (array, Rows(array)):
            parts = list(blocks(whole))
            np.testing.assert_array_equal(np.concatenate([array[:0], *parts]), array)
            assert all(part.nbytes <= max(block_bytes, 48) for part in parts)


class Counted:
    """An array that counts the rows that are read of it."""

    def __init__(self) -> None:
        self.read = 0
        self.dtype, self.shape, self.ndim = X.dtype, X.shape, X.ndim

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        self.read += np.size(rows)
        return X[rows]


def test_choosing_reads_nothing() -> None:
    array = Counted()
    split = Split(Rows(array), np.zeros(20, np.int32)).take(np.arange(10)[::-1]).take(np.arange(5))  # type: ignore[arg-type]
    assert (len(split), array.read) == (5, 0)
    np.testing.assert_array_equal(split.x[:2], X[[9, 8]])
    assert array.read == 2


@pytest.fixture
def mapped(tmp_path: Path) -> np.ndarray:
    np.save(tmp_path / "x.npy", X)
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def split_of(x: np.ndarray | Rows, groups: bool = False) -> Split:
    return Split(x, np.arange(20, dtype=np.int32) % 2, np.array(["a", "bb"] * 10) if groups else None)


def test_data_on_disk_is_as_data_in_memory(mapped: np.ndarray) -> None:
    rows = np.array([3, 1, 19])
    both = [Data(split_of(x).take(rows), None, split_of(x), Classes(("a", "b"))) for x in (X, Rows(mapped))]
    assert both[0].fingerprint() == both[1].fingerprint()
    for data in both:
        np.testing.assert_array_equal(pooled(data).x, np.concatenate([X[rows], X]))
    assert type(both[1].train.x[:2]) is np.ndarray


def test_fingerprint_tells_every_part_apart() -> None:
    classes = Classes(("a", "b"))
    grouped = split_of(X, groups=True)
    other_groups = Split(X, grouped.y, np.array(["a", "cc"] * 10))
    variants = [
        Data(split_of(X), None, None, classes),
        Data(split_of(X + 1), None, None, classes),
        Data(split_of(X), split_of(X), None, classes),
        Data(split_of(X), None, split_of(X), classes),
        Data(split_of(X), None, None, Classes(("a", "c"))),
        Data(grouped, None, None, classes),
        Data(other_groups, None, None, classes),
        Data(split_of(X), None, None, classes, (Column("a"), Column("b"))),
        Data(split_of(X), None, None, classes, (Column("a"), Column("b", ("u", "v")))),
        Data(split_of(X.reshape(20, 3, 1)), None, None, classes),
        Data(split_of(X.astype(np.float64)), None, None, classes),
    ]
    assert len({data.fingerprint() for data in variants}) == len(variants)


def test_smaller_keeps_splits_in_their_place() -> None:
    data = Data(split_of(X), None, split_of(X, groups=True), Classes(("a", "b"))).smaller(5)
    assert (len(data.train), data.validation, len(data.test or ())) == (5, None, 5)
    np.testing.assert_array_equal(data.train.x, X[[0, 5, 10, 14, 19]])
    assert data.test is not None
    assert data.test.groups is not None


def test_pooled_has_groups_only_where_all_have() -> None:
    one = Data(split_of(X, groups=True), None, split_of(X), Classes(("a", "b")))
    assert pooled(one).groups is None
    both = Data(split_of(X, groups=True), None, split_of(X, groups=True), Classes(("a", "b")))
    groups = pooled(both).groups
    assert groups is not None
    assert groups.tolist() == ["a", "bb"] * 20
