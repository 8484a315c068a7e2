"""Looks into a table, to suggest how a spec should read it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from dlcli.errors import DataError, UsageError

_BYTES = 1_000_000
"""How much of a file is looked into."""


@dataclass(frozen=True)
class Look:
    """What was found in a table: the fields of the dataset that follow from it, and why, in words."""

    fields: dict[str, object]
    notes: tuple[str, ...]


def look_into(path: Path, target: str | None, task: str | None) -> Look:
    """Suggests the fields by which the first rows of a table can be read.

    target: the column that is predicted, by its name or place; the last one if absent. task: classes or reals, if it
    is known. Raises UsageError where there is no such column, DataError where the file is no table.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); expected a file of text") from None
    if len(head) <= _BYTES:
        return _look(path, target, task)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / path.name
        part.write_bytes(head[: head.rindex(b"\n") + 1] if b"\n" in head else head)
        try:
            return _look(part, target, task)
        except DataError as error:
            raise DataError(str(error).replace(str(part), str(path))) from None


def _look(path: Path, target: str | None, task: str | None) -> Look:
    from dlcli.datasets.files.delimited import likely_delimiter, read_table
    from dlcli.datasets.files.numerals import numeric
    from dlcli.datasets.table import Csv
    from dlcli.datasets.tables.columns import cells, holds_classes

    usual = Csv(path="", target=-1)
    delimiter = likely_delimiter(path.read_text(encoding="utf-8-sig", errors="replace"))
    table = read_table(path, delimiter, header=False, comment=usual.comment)
    first = [column[0].strip() for column in table.columns]
    header = not numeric(first)
    if header:
        table = read_table(path, delimiter, comment=usual.comment)
    if not len(table):
        raise DataError(f"{path}: holds a header and no rows; there is nothing to suggest a spec by")
    place = _place(table.names, header, target)
    columns = [cells(table, index, usual.missing_values) for index in range(len(table.names))]
    fields: dict[str, object] = {} if delimiter == usual.delimiter else {"delimiter": delimiter}
    fields |= {} if header else {"header": False}
    fields["target"] = table.names[place] if header else place
    classes, why = holds_classes(columns[place])
    task = task or ("classes" if classes else "reals")
    notes = [f"the target `{table.names[place]}` holds {why}: {'classes' if task == 'classes' else 'numbers'}"]
    fields["task"] = task
    others = [column for column in columns if column.index != place]
    unique = [each for each in others if not numeric(each.present) and 2 * len(each.present) > len(table) > 9]
    if unique and len(unique) < len(others):
        fields["drop"] = [each.name if header else each.index for each in unique]
        notes.append(f"hardly one value twice, dropped: {', '.join(f'`{each.name}`' for each in unique)}")
    lacking = [each for each in columns if each.missing.any() and each not in unique]
    if lacking:
        fields["missing"] = "drop_row" if columns[place] in lacking else "mean"
        notes.append(f"missing values in {', '.join(f'`{each.name}`' for each in lacking)}: {fields['missing']}")
    notes.insert(0, f"{len(table.names)} columns, {'with' if header else 'without'} a header, parted by {delimiter!r}")
    return Look(fields, tuple(notes))


def _place(names: tuple[str, ...], header: bool, target: str | None) -> int:
    from dlcli.spec.suggest import nearest

    if target is None:
        return len(names) - 1
    if header and target in names:
        return names.index(target)
    if target.removeprefix("-").isdecimal() and -len(names) <= int(target) < len(names):
        return int(target) % len(names)
    near = nearest(target, names) if header else None
    known = ", ".join(names[:50]) if header else f"0 to {len(names) - 1}"
    hint = f" (did you mean `{near}`?)" if near else ""
    raise UsageError(f"--target {target}: there is no such column{hint}; the columns are {known}")
