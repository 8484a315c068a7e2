"""What each column of a user's table is for, and the numbers that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Classes, Column, MultiLabel, Reals, Target
from dlcli.datasets.files.delimited import TextTable
from dlcli.datasets.files.numerals import numeric
from dlcli.datasets.tables.columns import (
    Cells,
    cells,
    coded,
    grouped,
    holds_classes,
    is_categorical,
    labelled,
    measured,
    ranked,
    refuse_missing,
)
from dlcli.datasets.tables.reading import place_of
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.table import Csv

_MANY_CATEGORIES = 50
"""More than these are hardly meant as categories: a date, a place, a name."""
_FIELDS = {"as target": "target", "as feature": "features", "as group": "group"} | {
    f"as {kind}": kind for kind in ("categorical", "ordinal")
}


@dataclass(frozen=True)
class Roles:
    """What each column of a table is for, by its place."""

    target: list[int]
    group: int | None
    features: list[int]
    categorical: set[int]
    ordinal: dict[int, tuple[str, ...]]

    def named_twice(self) -> tuple[int, str, str] | None:
        """A column that cannot be all that the spec says of it, what that is, and the field that says it last."""
        for index in range(max([*self.target, *self.features, self.group or 0, *self.categorical, *self.ordinal]) + 1):
            roles = ["as target"] * self.target.count(index) + ["as feature"] * self.features.count(index)
            roles += ["as group"] * (index == self.group)
            kinds = ["as categorical"] * (index in self.categorical) + ["as ordinal"] * (index in self.ordinal)
            if len(roles) > 1 or len(kinds) > 1:
                said = roles if len(roles) > 1 else kinds
                return index, " and ".join(said), _FIELDS[said[-1]]
            if kinds and index not in self.features:
                return index, f"{kinds[0]} but is no feature", _FIELDS[kinds[0]]
        return None


def roles_of(spec: Csv, table: TextTable) -> Roles:
    """The columns that the spec speaks of. Raises DataError where one is not there, or cannot be all that is said."""
    target = [place_of(table, name, "target", i) for i, name in enumerate(spec.targets)]
    group = None if spec.group is None else place_of(table, spec.group, "group")
    drop = {place_of(table, name, "drop", i) for i, name in enumerate(spec.drop)}
    if spec.features is None:
        features = [i for i in range(len(table.names)) if i not in {*target, group, *drop}]
    else:
        features = [place_of(table, name, "features", i) for i, name in enumerate(spec.features)]
    categorical = {place_of(table, name, "categorical", i) for i, name in enumerate(spec.categorical)}
    categorical |= {table.names.index(name) for name in spec.derived_categories} & set(features)
    ordinal = {place_of(table, name, "ordinal", name, is_key=True): order for name, order in spec.ordinal.items()}
    roles = Roles(target, group, features, categorical, ordinal)
    if twice := roles.named_twice():
        index, said, field = twice
        at = ("dataset", field)
        raise DataError(f"{table.paths[0]}: column `{table.names[index]}` is given {said} in the spec", at=at)
    if not features:
        raise DataError(f"{table.paths[0]}: no column is left to predict from; the columns are {list(table.names)}")
    return roles


def without_incomplete_rows(spec: Csv, table: TextTable, roles: Roles, remarks: list[str]) -> TextTable:
    """The rows of which every column that is used has a value; says in the remarks how many have not."""
    used = [*roles.target, *roles.features, *([] if roles.group is None else [roles.group])]
    missing = np.any([cells(table, index, spec.missing_values).missing for index in used], axis=0)
    if not missing.any():
        return table
    remarks.append(f"{int(missing.sum())} of {len(table)} rows lack a value and are left out")
    kept = table.take(~missing)
    for file, path in enumerate(table.paths):
        if not (kept.files == file).any():
            raise DataError(f"{path}: every row lacks a value; expected some that do not (dataset.missing=drop_row)")
    return kept


def _labels(columns: Sequence[Cells]) -> NDArray[np.float32]:
    """Which columns hold in each row, (N, K) of 0 and 1."""
    y = np.stack(
        [measured(column, "dataset.task=labels predicts zeros and ones: mend it") for column in columns], axis=1
    )
    wrong = (y != 0) & (y != 1)
    if wrong.any():
        row, column = np.argwhere(wrong)[0].tolist()
        raise columns[column].problem(row, "0 or 1, as dataset.task=labels has it")
    return y.astype(np.float32)


def target_of(spec: Csv, table: TextTable, roles: Roles, remarks: list[str]) -> tuple[NDArray[np.generic], Target]:
    """What is predicted, (N,) class numbers or (N, D) numbers; the remarks say which, if the spec does not."""
    columns = [cells(table, index, spec.missing_values) for index in roles.target]
    for column in columns:
        refuse_missing(column, "mend it, or set dataset.missing=drop_row")
    if spec.task == "labels":
        return _labels(columns), MultiLabel(tuple(column.name for column in columns))
    classes = spec.task == "classes" or spec.classes is not None
    if spec.task is None and spec.classes is None and len(columns) == 1:
        classes, why = holds_classes(columns[0])
        remarks.append(
            f"the target `{columns[0].name}` is taken for {'classes' if classes else 'numbers'} ({why}); "
            f"otherwise set dataset.task={'reals' if classes else 'classes'}"
        )
    if not classes:
        advice = "several targets are always numbers"
        if len(columns) == 1:
            advice = "dataset.task=reals predicts numbers: mend it, or set dataset.task=classes"
        y = np.stack([measured(column, advice) for column in columns], axis=1)
        return y, Reals(tuple(column.name for column in columns))
    labels, names = labelled(columns[0], spec.classes)
    absent = np.setdiff1d(labels[table.files == 1], labels[table.files == 0])
    if len(absent):
        row = int(np.flatnonzero((table.files == 1) & (labels == absent[0]))[0])
        raise columns[0].problem(row, f"a class that is in {table.paths[0]}, too, to be learnt")
    return labels, Classes(names)


def features_of(
    spec: Csv, table: TextTable, roles: Roles, remarks: list[str]
) -> tuple[NDArray[np.float32], tuple[Column, ...]]:
    """What is predicted from, (N, F), and its columns; the remarks say which are categories and what is missing."""
    x = np.empty((len(table), len(roles.features)), np.float32)
    columns = []
    for i, index in enumerate(roles.features):
        column = cells(table, index, spec.missing_values)
        if spec.missing == "refuse":
            refuse_missing(column, "set dataset.missing to mean or drop_row, or list the column in dataset.drop")
        elif column.missing.any():
            remarks.append(f"{int(column.missing.sum())} of {len(table)} values of `{column.name}` are missing")
        categories = None
        if index in roles.ordinal:
            x[:, i] = ranked(column, roles.ordinal[index])
        elif index in roles.categorical or is_categorical(column):
            x[:, i], categories = coded(column)
        else:
            x[:, i] = measured(column, "mend it")
        columns.append(Column(column.name, categories))
    if found := [_category_remark(column, len(table)) for column in columns if column.categories is not None]:
        remarks.append("columns of categories: " + ", ".join(found))
    return x, tuple(columns)


def groups_of(spec: Csv, table: TextTable, index: int) -> NDArray[np.generic]:
    """The group of each row, (N,)."""
    column = cells(table, index, spec.missing_values)
    refuse_missing(column, "as dataset.group names the column; mend it, or set dataset.missing=drop_row")
    return grouped(column)


def about(table: TextTable) -> list[str]:
    """What users should know of how the file was read."""
    remarks = []
    if table.comments:
        remarks.append(f"{table.comments} lines of comment are skipped")
    if table.header is not None and numeric(table.names):
        remarks.append("the names in the first line are all numbers; if it holds data, set dataset.header=false")
    return remarks


def _category_remark(column: Column, rows: int) -> str:
    count = len(column.categories or ())
    many = ", a column for each: drop it?" if count > _MANY_CATEGORIES else ""
    return f"`{column.name}` ({count}{', hardly one twice: drop it?' if 2 * count > rows else many})"
