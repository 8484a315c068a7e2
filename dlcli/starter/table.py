"""Looks into a table, to suggest how a spec should read it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dlcli.errors import DataError, UsageError
from dlcli.starter.identifiers import is_called_so, is_identifier, is_label

if TYPE_CHECKING:
    from dlcli.datasets.files.delimited import TextTable
    from dlcli.datasets.tables.columns import Cells

_BYTES = 1_000_000
"""How much of a file is looked into."""


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Look:
    """What is suggested for a table: fields of the dataset, what to print, and comments that fields need."""

    fields: dict[str, object]
    notes: tuple[str, ...]
    reasons: dict[str, str]


@dataclass(frozen=True)
class Opened:
    """The first rows of a table. decimal: what stands before decimals. whole: whether these are all rows."""

    path: Path
    table: TextTable
    delimiter: str
    decimal: str
    whole: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The columns: their names, or their places where they have none."""
        names = self.table.names
        return tuple(map(str, range(len(names)))) if self.table.header is None else names

    @property
    def extent(self) -> str:
        """How many rows were looked at, in words."""
        return f"{'' if self.whole else 'the first '}{len(self.table)} rows"


def open_table(path: Path) -> Opened:
    """Reads the first rows of a table. Raises DataError where the file is none."""
    try:
        with path.open("rb") as file:
            head = file.read(_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected a file of text") from None
    if len(head) <= _BYTES:
        return _opened(path, path, whole=True)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / path.name
        part.write_bytes(head[: head.rindex(b"\n") + 1] if b"\n" in head else head)
        try:
            return _opened(part, path, whole=False)
        except DataError as error:
            raise DataError(str(error).replace(str(part), str(path))) from None


def _opened(part: Path, path: Path, *, whole: bool) -> Opened:
    from dlcli.datasets.files.delimited import likely_delimiter, read_table
    from dlcli.datasets.files.numerals import numeric, with_decimal_points

    delimiter = likely_delimiter(part.read_text(encoding="utf-8-sig", errors="replace"))
    table = read_table(part, delimiter, header=False, comment="#")
    if not numeric(with_decimal_points(column[0].strip() for column in table.columns)):
        table = read_table(part, delimiter, comment="#")
    if not len(table):
        raise DataError(f"{path}: holds a header and no rows; there is nothing to suggest a spec by")
    if any(_has_decimal_commas(column) for column in table.columns):
        columns = [with_decimal_points(column) for column in table.columns]
        return Opened(path, replace(table, columns=columns), delimiter, ",", whole)
    return Opened(path, table, delimiter, ".", whole)


def _has_decimal_commas(column: Sequence[str]) -> bool:
    """Whether a column is of numbers of which some have a comma before their decimals."""
    from dlcli.datasets.files.numerals import has_decimal_comma, is_number, with_decimal_points

    values = [value for value in column if value.strip()]
    commas = sum(map(has_decimal_comma, values))
    return commas > 0 and commas >= len(values) / 2 and all(map(is_number, with_decimal_points(values)))


def suggest(opened: Opened, target: str | None, task: str | None) -> Look:
    """Suggests the fields by which a table can be read.

    target: the column that is predicted, by its name or place; the last one if absent. task: classes or reals, if it
    is known. Raises UsageError where there is no such column, or nothing of the kind can be predicted from it.
    """
    from dlcli.datasets.table import Csv
    from dlcli.datasets.tables.columns import cells
    from dlcli.starter.series import dated
    from dlcli.starter.target import how_predicted

    usual = Csv(path="", target=-1)
    table, header = opened.table, opened.table.header is not None
    place = len(table.names) - 1 if target is None else place_among(opened, target)
    columns = [cells(table, index, usual.missing_values) for index in range(len(table.names))]
    last = "" if target is not None else ", the last column,"
    kind, why = how_predicted(opened, columns[place], task, last)
    words = "classes" if kind == "classes" else "numbers"
    notes, fields = said_of(opened)
    notes.append(f"predicts `{columns[place].name}`{last} as {words}: {why}")
    if times := dated(opened):
        notes.append(f"`{times}` holds times in order: `--data windows` forecasts such a series instead")
    fields |= {"target": columns[place].name if header else place, "task": kind}
    reasons: dict[str, str] = {}
    dropped = _dropped([column for column in columns if column.index != place])
    if dropped:
        fields["drop"] = [each.name if header else each.index for each in dropped]
        reasons["drop"] = "Left out: hardly a value occurs twice, as with identifiers"
        notes += _about_dropped(dropped)
    used = [column for column in columns if column not in dropped]
    if alike := _alike(opened, columns[place], used):
        fields["duplicates"] = "allow"
        reasons["duplicates"] = f"Equal rows, such as {alike}, are taken for different cases"
        notes.append(f"{alike} are equal, and taken for different cases; else set `duplicates: refuse`")
    if any(column.missing.any() for column in used):
        fields["missing"], reasons["missing"], note = _about_missing(opened, columns[place], used)
        notes.append(note)
    return Look(fields, tuple(notes), reasons)


def said_of(opened: Opened) -> tuple[list[str], dict[str, object]]:
    """What to print of any table, and the fields that say how it is to be read where that is not as usual."""
    header = opened.table.header is not None
    fields: dict[str, object] = {} if opened.delimiter == "," else {"delimiter": opened.delimiter}
    fields |= {} if opened.decimal == "." else {"decimal": opened.decimal}
    fields |= {} if header else {"header": False}
    note = (
        f"{len(opened.names)} columns, {'with' if header else 'without'} a header, separated by "
        f"{_SEPARATORS[opened.delimiter]}{'' if opened.decimal == '.' else ', with decimal commas'}; {opened.extent}"
    )
    return [note], fields


def place_among(opened: Opened, target: str) -> int:
    """The place of a column by its name or its place. Raises UsageError where there is none."""
    from dlcli.spec.suggest import nearest

    names, header = opened.table.names, opened.table.header is not None
    if header and target in names:
        return names.index(target)
    if target.removeprefix("-").isdecimal() and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    near = nearest(target, names) if header else None
    known = ", ".join(names[:50]) if header else f"0 to {len(names) - 1}"
    hint = f" (did you mean `{near}`?)" if near else ""
    raise UsageError(f"--target {target}: there is no such column{hint}; the columns are {known}")


def _dropped(features: list[Cells]) -> list[Cells]:
    """The columns to leave out: those that tell rows apart, unless none would be left."""
    found = [column for column in features if is_label(column) or is_identifier(column)]
    if len(found) == len(features):
        found = [column for column in found if is_called_so(column)]
    return found if len(found) < len(features) else []


def _about_dropped(dropped: list[Cells]) -> list[str]:
    labels = [column for column in dropped if is_label(column)]
    numbers = [column for column in dropped if column not in labels]
    said = []
    if numbers:
        said.append(f"left out: {_listed(numbers)}: every row has another number, as with an identifier")
    if labels:
        said.append(f"left out: {_listed(labels)}: hardly any text occurs twice, as with a name")
    return said


def _about_missing(opened: Opened, target: Cells, used: list[Cells]) -> tuple[str, str, str]:
    """What is to become of missing values, why in the spec's comment, and what is printed of it."""
    import numpy as np

    features = [column for column in used if column is not target and column.missing.any()]
    if not target.missing.any():
        counts = ", ".join(f"`{column.name}` ({int(column.missing.sum())} of {opened.extent})" for column in features)
        why = "Missing values are filled in: by the mean, or a category of their own"
        return "mean", why, f"filled in where a value is missing: {counts}"
    rows = int(np.any([column.missing for column in used], axis=0).sum())
    without = int(target.missing.sum())
    note = f"`{target.name}` has no value in {without} of {opened.extent}, so nothing can be learnt from these"
    others = f", and with them {rows - without} without a value in {_listed(features)}" if rows > without else ""
    which = "without a target" if rows == without else f"that lack a value, {without} of them the target,"
    why = f"Rows {which} are left out: {rows} of {opened.extent}"
    return "drop_row", why, f"{note}: they are left out{others}"


def _alike(opened: Opened, target: Cells, used: list[Cells]) -> str:
    """Two rows that are equal in all that is used, the target included; empty where there are none."""
    seen: dict[tuple[str, ...], int] = {}
    for row, values in enumerate(zip(*(column.values for column in used), strict=True)):
        if target.missing[row]:
            continue
        first = seen.setdefault(values, row)
        if first != row:
            return f"lines {opened.table.lines[first]} and {opened.table.lines[row]}"
    return ""


def _listed(columns: list[Cells]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)
