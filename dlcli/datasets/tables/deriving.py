"""Columns made of others: categories out of text, sums, and numbers divided into buckets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.derived import bucket_column
from dlcli.datasets.files.delimited import TextTable
from dlcli.datasets.files.numerals import numbers_in
from dlcli.datasets.tables.columns import cells, measured
from dlcli.datasets.tables.reading import place_of
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.derived import DerivedColumns

OTHER = "(other)"
"""The category of text in which nothing was found."""


def with_derived(spec: DerivedColumns, table: TextTable, missing_values: Sequence[str]) -> TextTable:
    """The table with the columns that the spec derives, after its own; each may be made of those before it.

    Raises DataError where a column to derive from is not there or does not hold numbers, or where the table has a
    column of the new name.
    """
    for name, (source, pattern) in spec.extract.items():
        place = place_of(table, source, "extract", name, 0)
        table = _with(table, "extract", name, _extracted(table.columns[place], pattern))
    for name, sources in spec.sums.items():
        places = [place_of(table, source, "sums", name, i) for i, source in enumerate(sources)]
        table = _with(table, "sums", name, _summed(table, places, name, missing_values))
    for name, edges in spec.buckets.items():
        place = place_of(table, name, "buckets", name, is_key=True)
        table = _with(table, "buckets", bucket_column(name), _divided(table, place, edges, missing_values))
    return table


def _with(table: TextTable, field: str, name: str, values: Sequence[str]) -> TextTable:
    if name in table.names:
        said = f"{table.paths[0]}: there is a column `{name}` already; dataset.{field} must give its own another name"
        raise DataError(said, at=("dataset", field))
    return replace(table, names=(*table.names, name), columns=[*table.columns, values], derived=table.derived + 1)


def _extracted(values: Sequence[str], pattern: str) -> list[str]:
    expression = re.compile(pattern)
    found = {value: expression.search(value) for value in set(values)}
    category = {value: ((match[1] or "").strip() if match else "") or OTHER for value, match in found.items()}
    return [category[value] for value in values]


def _summed(table: TextTable, places: Sequence[int], name: str, missing_values: Sequence[str]) -> list[str]:
    parts = [_numbers(table, place, f"dataset.sums.{name} adds it up", missing_values) for place in places]
    return _as_cells(map(_text, np.sum(parts, axis=0).tolist()), missing_values)


def _divided(table: TextTable, place: int, edges: Sequence[float], missing_values: Sequence[str]) -> list[str]:
    numbers = _numbers(table, place, "dataset.buckets divides it", missing_values)
    shown = [f"{edge:g}" for edge in edges]
    middle = [f"{low} to below {high}" for low, high in pairwise(shown)]
    names = [f"below {shown[0]}", *middle, f"{shown[-1]} or more"]
    buckets = np.searchsorted(edges, numbers, side="right").tolist()
    known = np.isfinite(numbers).tolist()
    found = (names[bucket] if is_known else None for bucket, is_known in zip(buckets, known, strict=True))
    return _as_cells(found, missing_values)


def _numbers(table: TextTable, place: int, why: str, missing_values: Sequence[str]) -> NDArray[np.float64]:
    """The numbers of a column as they are written, (N,); NaN where there is no value."""
    column = cells(table, place, missing_values)
    measured(column, f"{why}; mend it")
    return np.where(column.missing, np.nan, numbers_in(column.values))


def _text(number: float) -> str | None:
    return None if np.isnan(number) else f"{number:.15g}"


def _as_cells(values: Iterable[str | None], missing_values: Sequence[str]) -> list[str]:
    """Values as a table's text; what is None is written as the file writes what is missing."""
    return [missing_values[0] if value is None else value for value in values]
