"""Looks into a table that is a series, a row for each step in time, to suggest how a spec should forecast it."""

from __future__ import annotations

from datetime import datetime

from dlcli.errors import UsageError
from dlcli.starter.table import Look, Opened, place_among, said_of


def suggest_series(opened: Opened, target: str | None) -> Look:
    """Suggests the fields by which a series can be read.

    target: the column that is forecast, by its name or place; the last that holds numbers if absent. Raises UsageError
    where there is no such column, or it does not hold numbers.
    """
    table, header = opened.table, opened.table.header is not None
    numbers = [place for place in range(len(table.names)) if _holds_numbers(opened, place)]
    known = ", ".join(opened.names[place] for place in numbers)
    if not numbers:
        raise UsageError(f"{opened.path}: no column holds nothing but numbers, so that there is none to forecast")
    place = numbers[-1] if target is None else place_among(opened, target)
    if place not in numbers:
        raise UsageError(f"--target {target}: does not hold nothing but numbers; the columns that do are {known}")
    last = ", the last column of numbers," if target is None else ""
    others = [opened.names[each] for each in numbers if each != place]
    notes, fields = said_of(opened)
    notes.append(f"forecasts `{opened.names[place]}`{last} from its own past")
    if others:
        notes.append(f"`columns` can name more to forecast it from: {', '.join(others)}")
    return Look(fields | {"target": table.names[place] if header else place}, tuple(notes), {})


def dated(opened: Opened) -> str | None:
    """The first column that holds dates, or times, in the order of the rows or the other way round; None if none."""
    for place in range(len(opened.table.names)):
        try:
            times = [datetime.fromisoformat(text.strip()) for text in opened.table.columns[place]]
            in_order = times in (sorted(times), sorted(times, reverse=True))
        except (ValueError, TypeError):  # no dates, or some with and some without a time zone
            continue
        if in_order and len(set(times)) == len(times) > 2:
            return opened.names[place]
    return None


def _holds_numbers(opened: Opened, place: int) -> bool:
    from dlcli.datasets.files.numerals import is_number

    return all(is_number(text.strip()) for text in opened.table.columns[place])
