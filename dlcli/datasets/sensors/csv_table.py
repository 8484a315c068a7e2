"""A CSV file with a header, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.files.delimited import read_table
from dlcli.datasets.files.numerals import numbers_in, numeric, usable
from dlcli.datasets.hints import did_you_mean
from dlcli.errors import DataError


@dataclass(frozen=True)
class CsvTable:
    """Columns of text, by name; `unnamed` are those whose name is not from the file.

    lines: (N,) lines of the file that the rows stand in, counted from 1.
    """

    path: Path
    columns: Mapping[str, Sequence[str]]
    unnamed: Set[str]
    lines: NDArray[np.int64]

    def texts(self, name: str, *field: str | int) -> Sequence[str]:
        """The cells of a column, without space around them.

        Raises DataError where there is no such column, as the dataset's field has it, if one does.
        """
        if name not in self.columns:
            raise DataError(
                f"{self.path} has no column `{name}`{did_you_mean(name, self.columns)}; "
                f"its columns: {', '.join(self.columns)}",
                at=("dataset", *field) if field else (),
            )
        return self.columns[name]

    def numbers(self, name: str, *field: str | int) -> NDArray[np.float64]:
        """The cells of a column as finite numbers.

        Raises DataError that names the first cell that is none, or as `texts` does.
        """
        cells = self.texts(name, *field)
        values = numbers_in(cells)
        wrong = ~usable(values)
        if wrong.any():
            row = int(wrong.argmax())
            found = f"is {cells[row]!r}" if cells[row] else "is empty"
            raise DataError(f"{self.path}, line {self.lines[row]}: `{name}` {found}, expected a finite number")
        return values


def read_csv(path: Path) -> CsvTable:
    """A table whose columns are parted by commas, semicolons or tabs, whichever the header has most of.

    Rows of empty cells, which spreadsheets write, are left out. Raises DataError where the file is not a table with
    a header.
    """
    table = read_table(path)
    header = table.header or ()
    if numeric(header):
        raise DataError(f"{path}: the first line is {','.join(header)!r}, expected the names of the columns")
    table = table.take(np.fromiter(map(any, zip(*table.columns, strict=True)), bool))
    columns = {name: tuple(map(str.strip, column)) for name, column in zip(table.names, table.columns, strict=True)}
    unnamed = {name for name, given in zip(table.names, header, strict=True) if not given}
    return CsvTable(path, columns, unnamed, table.lines)
