"""A table in one file or two, read as its spec says, and its columns as the spec names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlcli.datasets.files.delimited import Advice, TextTable, read_table
from dlcli.datasets.files.numerals import with_decimal_points
from dlcli.datasets.hints import did_you_mean
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.table_file import ColumnName, TableFile

_ADVICE = Advice(
    not_text=", or give its encoding in dataset.encoding (such as latin-1 or cp949)",
    uneven="; dataset.delimiter says by what",
    same_names=" or, if this line holds data, set dataset.header=false",
)


def read(spec: TableFile, paths: Sequence[Path]) -> TextTable:
    """The rows of all files, whose columns are those of the first. Raises DataError where a file has none."""
    tables = []
    for path in paths:
        table = read_table(path, spec.delimiter, spec.header, spec.comment, spec.encoding, _ADVICE)
        if not len(table):
            raise DataError(f"{path}: holds a header and no rows; if its line holds data, set dataset.header=false")
        if spec.decimal == ",":
            table = replace(table, columns=[with_decimal_points(column) for column in table.columns])
        tables.append(table)
    whole = tables[0]
    for table in tables[1:]:
        whole = _joined(whole, table)
    return whole


def place_of(table: TextTable, column: ColumnName, field: str, *inside: str | int, is_key: bool = False) -> int:
    """The place of a column given by its name, or by its place (negative: from the end).

    Raises DataError where there is none, naming the field of the spec that asked for it; `inside` leads to the name in
    there, which may be a key.
    """
    count = len(table.names) - table.derived  # those in the file have a place
    if column in table.names:
        return table.names.index(str(column))
    if isinstance(column, str) and table.header is None and column.removeprefix("-").isdecimal():
        column = int(column)  # keys of a mapping are text
    hint = ""
    if isinstance(column, int) and -count <= column < count:
        return column % count
    if isinstance(column, int):
        known = f"the columns are 0 to {count - 1}, or {-count} to -1 from the end"
        known += "" if table.header is None else "; a name that is a number stands in quotes"
    elif table.header is not None:
        hint = did_you_mean(column, table.names)
        known = "the columns are " + ", ".join(f"`{name}`" for name in table.names[:50])
    else:
        known = "with dataset.header=false columns are given by their place, from 0"
    said = f"{table.paths[0]}: there is no column {column!r}{hint}, as dataset.{field} has it; {known}"
    raise DataError(said, at=("dataset", field, *inside), at_key=is_key)


def _joined(table: TextTable, other: TextTable) -> TextTable:
    """The table's rows, then the other's, whose columns are found by name; raises DataError where one lacks."""
    if table.header is None and len(table.names) != len(other.names):
        raise DataError(
            f"{other.paths[0]}: has {len(other.names)} columns; expected {len(table.names)}, as in {table.paths[0]}"
        )
    order = [place_of(other, name, "test_path") for name in table.names]
    return replace(
        table,
        paths=table.paths + other.paths,
        columns=[(*mine, *other.columns[theirs]) for mine, theirs in zip(table.columns, order, strict=True)],
        files=np.concatenate([table.files, other.files + np.int8(len(table.paths))]),
        lines=np.concatenate([table.lines, other.lines]),
        comments=table.comments + other.comments,
    )
