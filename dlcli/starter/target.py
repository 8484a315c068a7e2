"""Whether the column that is to be predicted holds classes or numbers, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcli.errors import UsageError

if TYPE_CHECKING:
    from dlcli.datasets.tables.columns import Cells
    from dlcli.starter.table import Opened

_ANOTHER = "name another column with --target"
_FEWEST = 10
"""Rows from which on values that hardly occur twice cannot be classes."""
_MOSTLY = 0.9
"""Share of rows with a number from which on the others are taken for slips."""


def how_predicted(opened: Opened, column: Cells, task: str | None, which: str = "") -> tuple[str, str]:
    """As what a column is predicted, classes or reals, and why, in words.

    task: the one that is asked for, if any; which: what else than its name tells the column. Raises UsageError, with a
    value and its line, where the column does not hold it.
    """
    from dlcli.datasets.tables.columns import holds_classes

    _refuse_constant(opened, column, which)
    classes, why = holds_classes(column)
    found = "classes" if classes else "reals"
    if why == "text" and task != "classes":
        _refuse_text(opened, column, task, which)
    if (task or found) == "classes":
        _refuse_labels(opened, column, task, which)
    return (found, f"it holds {why}") if task is None else (task, f"--task {task} says so")


def _refuse_constant(opened: Opened, column: Cells, which: str) -> None:
    if len(column.present) < 2:
        held = f"{min(column.present)!r} in every row" if column.present else "no value in any row"
        raise UsageError(
            f"{opened.path}: the target `{column.name}`{which} holds {held}{'' if opened.whole else ' looked at'}, so "
            f"there is nothing to predict; {_ANOTHER}"
        )


def _refuse_text(opened: Opened, column: Cells, task: str | None, which: str) -> None:
    """Refuses numbers with slips among them, and, where numbers are asked for, any text."""
    from dlcli.datasets.files.numerals import is_number
    from dlcli.datasets.labels import may_be_classes

    wrong = {value for value in column.present if not is_number(value)}
    row = column.first(wrong)
    slips = sum(value in wrong for value in column.values)
    numbers = set(map(float, column.present - wrong))
    shown = f"{column.values[row]!r} ({opened.path}, line {opened.table.lines[row]})"
    if slips < (1 - _MOSTLY) * len(column.values) and not may_be_classes(numbers, len(column.values)):
        raise UsageError(
            f"the target `{column.name}`{which} holds numbers, but in {slips} of {opened.extent} none, such as "
            f"{shown}; mend the file, or predict classes with --task classes"
        )
    if task == "reals":
        raise UsageError(
            f"--task reals: the target `{column.name}`{which} holds text, such as {shown}; predict classes with "
            f"--task classes, or {_ANOTHER}"
        )


def _refuse_labels(opened: Opened, column: Cells, task: str | None, which: str) -> None:
    from dlcli.datasets.files.numerals import numeric

    values, rows = column.present, len(column.values)
    if rows < _FEWEST or 2 * len(values) <= rows:
        return
    row = column.first(values)
    asked = "" if task is None else f"--task {task}: "
    instead = f"predict numbers with --task reals, or {_ANOTHER}" if numeric(values) else _ANOTHER
    raise UsageError(
        f"{asked}the target `{column.name}`{which} holds {len(values)} different values in {opened.extent}, such as "
        f"{column.values[row]!r} ({opened.path}, line {opened.table.lines[row]}), but each class needs several "
        f"examples; {instead}"
    )
