"""Columns of a table that tell its rows apart: of a new row they say nothing, so nothing can be learnt from them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlcli.datasets.tables.columns import Cells

_FEWEST = 10
"""Rows from which on values that are all different are no accident."""
_FIRST = {"id", "idx", "index", "uuid", "guid", "unnamed"}
_LAST = _FIRST | {"ids", "key", "no", "nr", "number", "serial", "row"}
"""Words with which the names of identifiers begin, and with which they end."""
_MEASURED = {"year", "years", "month", "week", "day", "days", "date", "hour", "minute", "second", "time", "t", "age"}
"""What may be counted up from row to row and tells something all the same."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def is_label(column: Cells) -> bool:
    """Whether a column holds text of which hardly any occurs twice."""
    from dlcli.datasets.files.numerals import numeric

    rows = len(column.values)
    return rows >= _FEWEST and 2 * len(column.present) > rows and not numeric(column.present)


def is_identifier(column: Cells) -> bool:
    """Whether a column holds whole numbers that are all different, and is called or counts as identifiers do.

    It counts if they follow each other without a gap, in any order, or rise from row to row in the first column. Other
    whole numbers that are all different may be measured, such as people in towns.
    """
    present = column.present
    given = [value for value in column.values if value in present]
    if not _FEWEST <= len(given) == len(present) or not all(map(_WHOLE.fullmatch, given)):
        return False
    numbers = [int(value) for value in given]
    if is_called_so(column):
        return True
    if not _MEASURED.isdisjoint(_words(column)):
        return False
    rises = all(before < after for before, after in pairwise(numbers))
    return max(numbers) - min(numbers) == len(numbers) - 1 or (column.index == 0 and rises)


def is_called_so(column: Cells) -> bool:
    """Whether a column's name is that of identifiers, such as `PassengerId`, or it has none though others have."""
    words = _words(column)
    return not words or words[0] in _FIRST or words[-1] in _LAST


def _words(column: Cells) -> list[str]:
    header = column.table.header
    return [word.lower() for word in _WORD.findall(column.name if header is None else header[column.index])]
