"""Numbers in text files, one row a line, columns apart by spaces."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from dlcli.datasets.files.numerals import numbers_in, usable
from dlcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_matrix(content: bytes, columns: int, source: str) -> NDArray[np.float32]:
    """The numbers (N, columns), all finite; empty lines are passed over.

    source: what the file is called in messages.
    Raises DataError with row and column of the first number that is none or not finite, or the first row that is
    longer or shorter than the others.
    """
    import numpy as np

    if not content.strip():
        raise DataError(f"{source} is empty, expected rows of {columns} numbers")
    try:
        values = np.loadtxt(io.BytesIO(content), np.float32, comments=None, ndmin=2)
    except ValueError:
        values = None
    if values is None or values.shape[1] != columns or not np.isfinite(values).all():
        raise DataError(f"{source}: {_first_fault(content, columns)}; fetch it again")
    return values


def read_whole_numbers(content: bytes, low: int, high: int, source: str) -> NDArray[np.int32]:
    """The numbers (N,) from low to high, one a line. Raises DataError with row and value of the first other one."""
    import numpy as np

    values = read_matrix(content, 1, source)[:, 0]
    wrong = (values != values.round()) | (values < low) | (values > high)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{source}: row {row + 1} is {values[row]:g}, expected a whole number from {low} to {high}")
    return values.astype(np.int32)


def _first_fault(content: bytes, columns: int) -> str:
    """What is wrong with the first row that is not as it should be; rows are lines, both count from 1."""
    for row, line in enumerate(content.splitlines(), start=1):
        cells = [cell.decode("latin1") for cell in line.split()]
        wrong = ~usable(numbers_in(cells))
        if wrong.any():
            column = int(wrong.argmax())
            return f"row {row}, column {column + 1} is {cells[column]!r}, expected a finite number"
        if cells and len(cells) != columns:
            return f"row {row} has {len(cells)} columns, expected {columns}"
    return "it is not a table of numbers"
