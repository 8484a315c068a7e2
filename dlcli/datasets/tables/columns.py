"""From a table's cells, which are text, to numbers: measured values, codes of categories, class numbers.

Everything is decided on all rows together, column by column. N is the number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.files.delimited import TextTable
from dlcli.datasets.files.numerals import has_decimal_comma, is_number, numbers_in, numeric, ordered, usable
from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.labels import may_be_classes
from dlcli.errors import DataError

MISSING = "(missing)"
"""The category of its own that cells without a value become."""
_MOSTLY_NUMBERS = 0.9
"""Share of a column's cells from which on its others are taken for mistakes, not for categories."""


@dataclass(frozen=True)
class Cells:
    """One column: its cells (N,), stripped of spaces around them, and which of them hold no value."""

    table: TextTable
    index: int
    values: Sequence[str]
    missing: NDArray[np.bool_]

    @property
    def name(self) -> str:
        """The column's name."""
        return self.table.names[self.index]

    @property
    def present(self) -> set[str]:
        """The different values there are."""
        return set(self.values) - self.absent

    @property
    def absent(self) -> set[str]:
        """The different ways in which cells say that they hold no value."""
        return {self.values[row] for row in np.flatnonzero(self.missing).tolist()}

    def problem(self, row: int, expected: str, *field: str | int) -> DataError:
        """An error about one cell, and about the dataset's field that it contradicts, if there is one."""
        at = ("dataset", *field) if field else ()
        return DataError(f"{self.table.at(row, self.index)}: got {self.values[row]!r}, expected {expected}", at=at)

    def first(self, wrong: Collection[str]) -> int:
        """The first row that holds one of these values."""
        return next(row for row, value in enumerate(self.values) if value in wrong)


def cells(table: TextTable, index: int, missing_values: Collection[str]) -> Cells:
    """A column of a table; cells that say one of `missing_values` hold no value."""
    values = table.columns[index]
    stripped = {value: value.strip() for value in set(values)}
    if any(value != text for value, text in stripped.items()):
        values = [stripped[value] for value in values]
    if set(missing_values).isdisjoint(stripped.values()):
        return Cells(table, index, values, np.zeros(len(values), bool))
    absent = set(missing_values)
    return Cells(table, index, values, np.fromiter((value in absent for value in values), bool, len(values)))


def refuse_missing(column: Cells, advice: str) -> None:
    """Raises DataError at the first cell without a value."""
    if column.missing.any():
        raise column.problem(int(column.missing.argmax()), f"a value; {advice}")


def measured(column: Cells, advice: str) -> NDArray[np.float32]:
    """The numbers of a column, (N,); NaN where there is no value. Raises DataError at what is not a finite number."""
    numbers = numbers_in(column.values)
    wrong = ~usable(numbers) & ~column.missing
    if wrong.any():
        row = int(wrong.argmax())
        if has_decimal_comma(column.values[row]):
            raise column.problem(row, 'a number; where commas stand before decimals, set dataset.decimal to ","')
        if not is_number(column.values[row]):
            raise column.problem(row, f"a number; {advice}")
        raise column.problem(
            row, "a finite number (of size 3.4e38 at most); mend it, or list it in dataset.missing_values"
        )
    if column.missing.all():
        raise DataError(
            f"{column.table.paths[0]}: column `{column.name}` holds no value at all; list it in dataset.drop"
        )
    numbers[column.missing] = np.nan
    return numbers.astype(np.float32)


def is_categorical(column: Cells) -> bool:
    """Whether a column of which nothing was said holds categories: it does if some of its cells are not numbers.

    Raises DataError where nearly all are numbers, and the rest must be mistakes.
    """
    wrong = {value for value in column.present if not is_number(value)}
    if not wrong:
        return False
    count = sum(value in wrong for value in column.values)
    present = len(column.values) - int(column.missing.sum())
    if count > (1 - _MOSTLY_NUMBERS) * present:
        return True
    raise column.problem(
        column.first(wrong),
        f"a number, as {present - count} of the column's {present} values are; mend it, list it in "
        "dataset.missing_values, or name the column in dataset.categorical"
        + ("" if column.table.header is not None else "; if this line holds names, set dataset.header=true"),
    )


def coded(column: Cells) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """The codes of a column of categories, (N,): places in these, which are sorted, with the missing last."""
    name = _named(column.present)
    categories = ordered(name.values())
    place = {category: i for i, category in enumerate(categories)}
    code = {value: place[name[value]] for value in name}
    if column.missing.any():
        code |= dict.fromkeys(column.absent, len(categories))
        categories = (*categories, MISSING)
    codes = np.fromiter(map(code.__getitem__, column.values), np.float32, len(column.values))
    return codes, categories


def ranked(column: Cells, order: Sequence[str]) -> NDArray[np.float32]:
    """The places of a column's values in their order, from 0, (N,); NaN where there is no value."""
    if unknown := column.present - set(order):
        row = column.first(unknown)
        raise column.problem(row, _one_of(column.values[row], order, "ordinal", column.name), "ordinal", column.name)
    place = {value: float(rank) for rank, value in enumerate(order)}
    return np.fromiter((place.get(value, np.nan) for value in column.values), np.float32, len(column.values))


def holds_classes(column: Cells) -> tuple[bool, str]:
    """Whether a target of which nothing was said holds classes, and why: text, or few whole numbers."""
    distinct = column.present
    if not numeric(distinct):
        return True, "text"
    numbers = set(map(float, distinct))
    if all(number.is_integer() for number in numbers):
        few = may_be_classes(numbers, len(column.values))
        return few, f"{len(numbers)} different whole numbers in {len(column.values)} examples"
    return False, "numbers with decimals"


def labelled(column: Cells, classes: Sequence[str] | None) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Class numbers (N,) and the classes' names, sorted unless given. `1.0` and `1` are one class.

    Raises DataError where a value is none of the classes given, or all are of one class.
    """
    label = _named(column.present)
    names = tuple(classes) if classes is not None else ordered(label.values())
    if unknown := {value for value, name in label.items() if name not in names}:
        row = column.first(unknown)
        raise column.problem(row, _one_of(column.values[row], names, "classes"), "classes")
    if len(set(label.values())) < 2:
        raise DataError(
            f"{column.table.paths[0]}: column `{column.name}` holds the one class {min(label.values())!r} alone; "
            "expected two classes or more"
        )
    number = {value: names.index(name) for value, name in label.items()}
    return np.fromiter(map(number.__getitem__, column.values), np.int32, len(column.values)), names


def grouped(column: Cells) -> NDArray[np.int64] | NDArray[np.str_]:
    """The group of each row, (N,): whole numbers if all are, else text."""
    if all(value.removeprefix("-").isdecimal() and len(value) < 18 for value in column.present):
        return np.fromiter(map(int, column.values), np.int64, len(column.values))
    return np.array(column.values)


def _one_of(value: str, known: Sequence[str], *field: str) -> str:
    shown = ", ".join(repr(name) for name in known[:20]) + (", ..." if len(known) > 20 else "")
    return f"one of {shown}{did_you_mean(value, known)}, as {'.'.join(('dataset', *field))} has it"


def _named(values: Collection[str]) -> dict[str, str]:
    """What each value is called: whole numbers alike, however many decimals they were written with."""
    if not numeric(values):
        return {value: value for value in values}
    return {value: str(int(float(value))) if float(value).is_integer() else value for value in values}
