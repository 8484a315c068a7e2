"""Rows of an array that stays on disk: chosen without being read, read when they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK_BYTES = 64 * 2**20


class Rows:
    """Some rows of a memory-mapped array, in an order of their own.

    array: (N, ...), any array whose rows can be taken by number.
    rows: (M,) which of them; all if None. Indexing reads: `chosen[numbers]` are the examples themselves, in memory;
    `take` does not.
    """

    def __init__(self, array: NDArray[Any], rows: NDArray[np.integer] | None = None) -> None:
        self._array = array
        self._rows = np.arange(len(array)) if rows is None else rows
        self.dtype = array.dtype
        self.shape = (len(self._rows), *array.shape[1:])
        self.ndim = array.ndim

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        return np.asarray(self._array[self._rows[rows]])

    def take(self, rows: NDArray[np.integer]) -> Rows:
        """These of the rows, still unread."""
        return Rows(self._array, self._rows[rows])


class RowNames:
    """What the rows of an array are called in messages, put together when it is asked for: there may be millions.

    array: what that is called; rows: (M,) which of its rows, from 0.
    """

    def __init__(self, array: str, rows: NDArray[np.integer]) -> None:
        self._array = array
        self._rows = rows

    def __getitem__(self, place: int) -> str:
        return f"{self._array}, row {self._rows[place]},"

    def take(self, rows: NDArray[np.integer]) -> RowNames:
        """The names of these of the rows."""
        return RowNames(self._array, self._rows[rows])


def blocks(array: NDArray[Any] | Rows) -> Iterator[NDArray[Any]]:
    """The array in pieces of consecutive rows, small enough to hold one after another in memory."""
    row_bytes = max(1, array.dtype.itemsize * int(np.prod(array.shape[1:], dtype=np.int64)))
    rows = max(1, _BLOCK_BYTES // row_bytes)
    for start in range(0, len(array), rows):
        yield array[start : start + rows]
