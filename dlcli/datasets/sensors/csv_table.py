"""A CSV file with a header line, cell by cell, with the line each row stands in for messages."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlcli.errors import DataError


@dataclass(frozen=True)
class CsvTable:
    """Columns of text, by name; `lines` are the lines of the file that the rows stand in, counted from 1."""

    path: Path
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]

    def texts(self, name: str) -> tuple[str, ...]:
        """The cells of a column, without space around them. Raises DataError where there is no such column."""
        if name not in self.columns:
            raise DataError(
                f"{self.path} has no column `{name}`{did_you_mean(name, self.columns)}; "
                f"its columns: {', '.join(self.columns)}"
            )
        return self.columns[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """The cells of a column as finite numbers. Raises DataError that names the first cell that is none."""
        cells = self.texts(name)
        try:
            values = np.array([float(cell) for cell in cells])
        except ValueError:
            row = next(row for row, cell in enumerate(cells) if not is_number(cell))
        else:
            usable = is_usable(values)
            if usable.all():
                return values
            row = int(usable.argmin())
        found = f"is {cells[row]!r}" if cells[row] else "is empty"
        raise DataError(f"{self.path}, line {self.lines[row]}: `{name}` {found}, expected a finite number")


def read_csv(path: Path) -> CsvTable:
    """A table whose columns are parted by commas, semicolons or tabs, whichever the header has most of.

    Raises DataError where the file is not readable, is not text, has no header line or rows of unequal length.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header_line = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=header_line.count), skipinitialspace=True)
            rows = [(reader.line_num, row) for row in reader if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is not readable as a CSV file in UTF-8: {error}") from error
    if not rows:
        raise DataError(f"{path} is empty, expected a header line with the names of the columns")
    header = [name.strip() for name in rows.pop(0)[1]]
    if all(is_number(name) for name in header):
        raise DataError(f"{path}: the first line is {','.join(header)!r}, expected the names of the columns")
    if twice := next((name for name in header if name and header.count(name) > 1), None):
        raise DataError(f"{path}: two columns are called `{twice}`; rename one")
    for line, row in rows:
        if len(row) != len(header):
            raise DataError(f"{path}, line {line}: {len(row)} values, expected {len(header)} as in the header")
    cells = zip(*(row for _, row in rows), strict=True) if rows else [() for _ in header]
    columns = {name: tuple(map(str.strip, column)) for name, column in zip(header, cells, strict=True)}
    return CsvTable(path, columns, tuple(line for line, _ in rows))


def is_number(cell: str) -> bool:
    """Whether a cell holds a number (also one that is not finite)."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_usable(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which values are finite, also as float32, in which they go into training."""
    return np.abs(values) <= np.finfo(np.float32).max


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for a message, empty where nothing is near."""
    near = get_close_matches(name, list(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
