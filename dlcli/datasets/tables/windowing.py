"""Cuts a series into windows with the values that follow them, and divides these in time's order.

R is the number of rows, N of examples, T of steps in a window, C of columns, H of rows that are forecast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Data, Reals, Split
from dlcli.datasets.files.delimited import TextTable
from dlcli.datasets.files.numerals import is_number
from dlcli.datasets.series import Series
from dlcli.datasets.tables.columns import cells, measured, refuse_missing
from dlcli.datasets.tables.reading import place_of
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.windows import LastRows, Windows

_NO_VALUE = ("", "NA", "NaN", "nan", "?")
LAST_VALUE = "naive: the last value again"


def windows_of(spec: Windows, table: TextTable) -> Data:
    """The examples of a table of R rows. Raises DataError where its values or their number do not suffice."""
    target = place_of(table, spec.target, "target")
    inputs = [place_of(table, name, "columns", i) for i, name in enumerate(spec.columns or ())] or [target]
    y = _values(spec, table, target, "target")
    columns = [y if place == target else _values(spec, table, place, "columns", i) for i, place in enumerate(inputs)]
    values = np.stack(columns, axis=1)
    lines, times = table.lines, _times(spec, table)
    if spec.newest_first:
        y, values, lines = y[::-1], values[::-1], lines[::-1]
        times = None if times is None else times[::-1]
    name, H = table.names[target], spec.horizon
    if spec.difference and target not in inputs:
        said = (
            f"dataset.difference: the target `{name}` must be among dataset.columns (={list(spec.inputs)}): forecasts "
            "are added to its last value"
        )
        raise DataError(said, at=("dataset", "difference"))
    series = Series(spec.log, spec.difference, inputs.index(target) if target in inputs else None)
    names = (name,) if H == 1 else tuple(f"{name} +{step}" for step in range(1, H + 1))
    splits = {
        split: _examples(spec, y, values, [f"{table.paths[0].name}, the window before line {n}," for n in lines], rows)
        for split, rows in boundaries(spec, len(y)).items()
    }
    return Data(
        splits["train"],
        splits.get("validation"),
        splits.get("test"),
        Reals(names),
        series=series if spec.log or spec.difference else None,
        times=times,
    )


def boundaries(spec: Windows, rows: int) -> dict[str, range]:
    """The rows of each split that examples may begin to forecast, in time's order.

    Raises DataError where a split has none.
    """
    _refuse_more_than_there_is(spec, rows)
    ends = {"test": rows}
    ends["validation"] = rows - (spec.test.of(rows) if spec.test else 0)
    ends["train"] = ends["validation"] - (spec.validation.of(ends["validation"]) if spec.validation else 0)
    there = [name for name in ("train", "validation", "test") if name == "train" or getattr(spec, name) is not None]
    found: dict[str, range] = {}
    begin = 0
    for name in there:
        found[name] = range(max(begin, spec.look_back), ends[name] - spec.horizon + 1)
        if not found[name]:
            lengths = {"steps": spec.steps, "season": spec.season or 0, "horizon": spec.horizon}
            largest = max(lengths, key=lengths.__getitem__)
            season = f" and a `season` of {spec.season}" if spec.season else ""
            has = f"has the rows {max(begin, 0) + 1} to {ends[name]} of {rows}" if ends[name] > begin else "has no rows"
            raise DataError(
                f"the {name} split {has}, in time's order; with {spec.steps} `steps`{season} before a forecast of "
                f"{spec.horizon} rows (`horizon`) there is no example in it. Hold out other shares (`validation`, "
                f"`test`), or make `{largest}` smaller",
                at=("dataset", largest if name == "train" else name),
            )
        begin = ends[name]
    return found


def _refuse_more_than_there_is(spec: Windows, rows: int) -> None:
    left = rows
    for name in ("test", "validation"):
        held: LastRows | None = getattr(spec, name)
        if held is None:
            continue
        if held.rows is not None and held.rows >= left:
            before = "" if left == rows else f", {rows - left} of them held out for the test"
            raise DataError(
                f"dataset.{name}.rows (={held.rows}) leaves nothing to train on: the file has {rows} rows{before}; "
                "hold out fewer",
                at=("dataset", name, "rows"),
            )
        left -= held.of(left)


def _examples(
    spec: Windows, y: NDArray[np.float32], values: NDArray[np.float32], names: list[str], rows: range
) -> Split:
    """The examples that forecast from these rows on; their windows share memory with the values (R, C)."""
    T, H = spec.steps, spec.horizon
    every = np.lib.stride_tricks.sliding_window_view(values, T, axis=0).transpose(0, 2, 1)
    first = np.arange(rows.start, rows.stop)
    following = first[:, None] + np.arange(H)
    naive = {LAST_VALUE: np.repeat(y[first - 1][:, None], H, axis=1)}
    if spec.season is not None:
        # As many whole seasons back as it takes to come to a row that is known.
        back = -(-np.arange(1, H + 1) // spec.season) * spec.season
        naive[f"naive: the value {spec.season} rows before"] = y[following - back]
    whole = every[rows.start - T : rows.stop - T]
    return Split(whole, y[following], names=np.array(names)[first], naive=naive, moments=first)


def _times(spec: Windows, table: TextTable) -> tuple[str, ...] | None:
    """What each row is called in time, (R,): by the column that is named, or the first whose cells are no numbers."""
    columns = range(len(table.names)) if spec.time is None else [place_of(table, spec.time, "time")]
    for place in columns:
        values = cells(table, place, _NO_VALUE).values
        if spec.time is not None or not any(map(is_number, values)):
            return tuple(values)
    return None


def _values(spec: Windows, table: TextTable, place: int, *field: str | int) -> NDArray[np.float32]:
    """The numbers of a column that a field of the spec names, (R,).

    Raises DataError at what is no number, is missing, or has no logarithm.
    """
    column = cells(table, place, _NO_VALUE)
    otherwise = "name another dataset.target" if field == ("target",) else "leave its column out of dataset.columns"
    if not any(map(is_number, column.values)):
        raise column.problem(0, f"a number; a series is made of numbers: {otherwise}", *field)
    refuse_missing(column, "a series has one for every step in time; mend it, or leave out its row")
    numbers = measured(column, f"a series is made of numbers; mend it, or {otherwise}")
    if spec.log and (numbers <= 0).any():
        raise column.problem(
            int((numbers <= 0).argmax()), "a number above 0, as dataset.log takes its logarithm", "log"
        )
    return numbers
