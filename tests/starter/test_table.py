"""A look into a table suggests fields by which it can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dlcli.datasets.table import Csv
from dlcli.errors import DataError, UsageError
from dlcli.starter.table import look_into

ROWS = "".join(f"s{i};{i % 5};{i}.5;{200 + i};{('flat', 'house')[i % 2]}\n" for i in range(40))
TABLE = f"street;rooms;area;price;kind\na;3;;300;flat\n{ROWS}"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Where a table may be written."""
    return tmp_path / "t.csv"


def dataset(path: Path, fields: dict[str, Any]) -> Csv:
    """The dataset of a spec with these fields."""
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return Csv(path=str(path), **fields)


def test_a_table_without_a_header_is_read_by_places(table: Path) -> None:
    table.write_text("".join(f"{i},{i * 2},{i % 3}\n" for i in range(60)))
    look = look_into(table, None, None)
    assert "without a header" in look.notes[0]
    found = dataset(table, look.fields)
    assert (found.header, found.target, found.task) == (False, 2, "classes")
    assert len(found.load(table.parent).train) == 43


def test_of_a_large_table_only_the_beginning_is_read(table: Path) -> None:
    rows = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(200_000))
    table.write_text(f"x,y\n{rows}one,two,many\n")
    assert "the target `y` holds text: classes" in look_into(table, None, None).notes[1]
    table.write_text(f"x,y\n1,2,3\n{rows}")
    with pytest.raises(DataError, match=rf"^{table}, line 2: has 3 columns; expected 2"):
        look_into(table, None, None)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "prise",
            r"^--target prise: there is no such column \(did you mean `price`\?\); the columns are street, rooms",
        ),
        ("9", r"^--target 9: there is no such column; the columns are street, rooms"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(target: str, said: str, table: Path) -> None:
    table.write_text(TABLE)
    with pytest.raises(UsageError, match=said):
        look_into(table, target, None)


def test_a_table_that_holds_nothing_is_said(table: Path) -> None:
    table.write_text("a,b\n")
    with pytest.raises(DataError, match=rf"^{table}: holds a header and no rows; there is nothing to suggest"):
        look_into(table, None, None)


def test_a_table_that_cannot_be_read_is_said(table: Path) -> None:
    table.mkdir()
    with pytest.raises(DataError, match=rf"^{table}: cannot be read \(Is a directory\); expected a file of text$"):
        look_into(table, None, None)
