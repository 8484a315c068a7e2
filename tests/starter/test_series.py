"""What is suggested for a table whose rows are steps in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.datasets.windows import Windows
from dlcli.errors import UsageError
from dlcli.starter.series import dated, suggest_series
from dlcli.starter.table import Opened, open_table, suggest

ROWS = [f"2024-01-{day:02},{100 + day % 7},{day / 2},{'Mon' if day % 7 else 'Sun'}" for day in range(1, 32)]
HEAD = "date,visitors,temp,weekday"


@pytest.fixture
def opened(tmp_path: Path):
    def table(*lines: str) -> Opened:
        path = tmp_path / "visitors.csv"
        path.write_text("\n".join(lines) + "\n")
        return open_table(path)

    return table


def test_the_last_column_of_numbers_is_forecast_and_the_others_are_named(opened) -> None:
    look = suggest_series(opened(HEAD, *ROWS), None)
    assert look.fields == {"target": "temp"}
    assert look.notes == (
        "4 columns, with a header, separated by commas; 31 rows",
        "forecasts `temp`, the last column of numbers, from its own past",
        "`columns` can name more to forecast it from: visitors",
    )


def test_what_is_suggested_reads_the_series(opened) -> None:
    for lines, fields in (
        ([HEAD, *ROWS], {"target": "visitors"}),
        ([f"{100 + day % 7};{day / 2}" for day in range(1, 32)], {"target": 0, "delimiter": ";", "header": False}),
    ):
        table = opened(*lines)
        look = suggest_series(table, "visitors" if lines[0] == HEAD else "0")
        assert look.fields == fields
        data = Windows.model_validate({"path": str(table.path), "steps": 3, **look.fields}).load(Path("/nowhere"))
        assert data.train.y[0, 0] == 104


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("weekday", "--target weekday: does not hold nothing but numbers; the columns that do are visitors, temp"),
        ("visitor", r"--target visitor: there is no such column \(did you mean `visitors`\?\)"),
    ],
)
def test_a_column_that_cannot_be_forecast_is_refused(opened, target: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        suggest_series(opened(HEAD, *ROWS), target)


def test_where_no_column_holds_numbers_there_is_nothing_to_forecast(opened) -> None:
    with pytest.raises(UsageError, match=r"visitors\.csv: no column holds nothing but numbers"):
        suggest_series(opened("date,weekday", "2024-01-01,Mon", "2024-01-02,Tue"), None)


@pytest.mark.parametrize(
    ("lines", "column"),
    [
        ([HEAD, *ROWS], "date"),
        ([HEAD, *reversed(ROWS)], "date"),
        ([HEAD, *ROWS[10:], *ROWS[:10]], None),
        ([HEAD, *[row.replace("2024-01-02", "someday") for row in ROWS]], None),
        ([HEAD, *[row.replace("2024-01-02", "2024-01-02T00:00+00:00") for row in ROWS]], None),
        (["a,b", "1,2", "2,3", "3,4"], None),
    ],
)
def test_times_in_order_are_told_of_a_table(opened, lines: list[str], column: str | None) -> None:
    table = opened(*lines)
    assert dated(table) == column
    told = "`date` holds times in order: `--data windows` forecasts such a series instead"
    assert (told in suggest(table, None, None).notes) == (column is not None)
