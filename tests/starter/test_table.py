"""A look into a table suggests fields by which it can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcli.datasets.data import Column, Reals
from dlcli.datasets.table import Csv
from dlcli.errors import DataError, UsageError
from dlcli.starter.table import Look, open_table, suggest

ROWS = "".join(f"s{i};{i % 5};{i}.5;{200 + i};{('flat', 'house')[i % 2]}\n" for i in range(40))
TABLE = f"street;rooms;area;price;kind\na;3;;300;flat\n{ROWS}"


def look_into(path: Path, target: str | None = None, task: str | None = None) -> Look:
    return suggest(open_table(path), target, task)


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
    look = look_into(table)
    assert "without a header" in look.notes[0]
    found = dataset(table, look.fields)
    assert (found.header, found.target, found.task) == (False, 2, "classes")
    assert len(found.load(table.parent).train) == 43


def test_commas_before_decimals_are_seen_and_the_suggestion_reads_them(table: Path) -> None:
    rows = [f"{i};1.{i:03},{i % 10};{i % 5},5;{'yes' if i % 2 else 'no'}" for i in range(40)]
    table.write_text("\n".join(["number;price;size;sold", *rows]))
    look = look_into(table, "price")
    assert look.fields["decimal"] == ","
    assert look.notes[0] == "4 columns, with a header, separated by semicolons, with decimal commas; 40 rows"
    data = dataset(table, {**look.fields, "test": None, "validation": None}).load(table.parent)
    assert data.target == Reals(("price",))
    assert data.train.y[7, 0] == np.float32(1007.7)


def test_of_a_large_table_only_the_beginning_is_read(table: Path) -> None:
    rows = "".join(f"{i},{'ab'[i % 2]}\n" for i in range(200_000))
    table.write_text(f"x,y\n{rows}one,two,many\n")
    notes = look_into(table).notes
    assert notes[0].startswith("2 columns, with a header, separated by commas; the first 1")
    assert notes[1] == "predicts `y`, the last column, as classes: it holds text"
    table.write_text(f"x,y\n1,2,3\n{rows}")
    with pytest.raises(DataError, match=rf"^{table}, line 2: has 3 columns; expected 2"):
        look_into(table)


def test_what_is_suggested_reads_the_table(table: Path) -> None:
    table.write_text(TABLE)
    look = look_into(table)
    assert look.notes == (
        "5 columns, with a header, separated by semicolons; 41 rows",
        "predicts `kind`, the last column, as classes: it holds text",
        "left out: `street`: hardly any text occurs twice, as with a name",
        "filled in where a value is missing: `area` (1 of 41 rows)",
    )
    assert dataset(table, look.fields).load(table.parent).columns == (Column("rooms"), Column("area"), Column("price"))


def test_an_identifier_is_left_out_and_both_the_notes_and_the_spec_say_why(table: Path) -> None:
    table.write_text("PassengerId,age,name,y\n" + "".join(f"{900 - 7 * i},{i % 9},p{i},{i % 2}\n" for i in range(20)))
    look = look_into(table)
    assert look.fields["drop"] == ["PassengerId", "name"]
    assert "left out: `PassengerId`: every row has another number, as with an identifier" in look.notes
    assert look.reasons["drop"] == "Left out: hardly a value occurs twice, as with identifiers"


@pytest.mark.parametrize(
    ("header", "dropped"),
    [("id,x,y", ["id"]), ("a,id,y", ["id"]), ("a,x,y", None), ("id,key,y", None)],
)
def test_something_is_left_to_predict_from(header: str, dropped: list[str] | None, table: Path) -> None:
    table.write_text(f"{header}\n" + "".join(f"{i},{50 - i},{i % 2}\n" for i in range(20)))
    assert look_into(table).fields.get("drop") == dropped


def test_rows_without_a_target_are_left_out_and_counted(table: Path) -> None:
    rows = [f"{i % 13 if i != 3 else ''},{i % 4},{'' if i % 10 == 0 else 'no' if i % 2 else 'yes'}" for i in range(40)]
    table.write_text("\n".join(["a,b,y", *rows]))
    look = look_into(table)
    assert look.fields["missing"] == "drop_row"
    assert look.notes[-1] == (
        "`y` has no value in 4 of 40 rows, so nothing can be learnt from these: they are left out, "
        "and with them 1 without a value in `a`"
    )
    assert look.reasons["missing"] == "Rows that lack a value, 4 of them the target, are left out: 5 of 40 rows"
    data = dataset(table, look.fields).load(table.parent)
    assert sum(map(len, data.splits.values())) == 35


def test_equal_rows_are_allowed_and_named(table: Path) -> None:
    rows = [f"{i}.5,{i % 2}" for i in range(30)]
    table.write_text("\n".join(["a,y", *rows, "3.5,1", "4.5,1", ""]))
    look = look_into(table)
    assert look.fields["duplicates"] == "allow"
    assert "lines 5 and 32 are equal, and taken for different cases; else set `duplicates: refuse`" in look.notes
    assert "lines 5 and 32" in look.reasons["duplicates"]
    table.write_text("\n".join(["a,y", *rows, "4.5,1", ""]))  # with another target it is another case
    assert "duplicates" not in look_into(table).fields


def test_where_only_targets_are_missing_the_reason_speaks_of_them_alone(table: Path) -> None:
    table.write_text("a,y\n" + "".join(f"{i % 7},{i % 2 if i else ''}\n" for i in range(30)))
    look = look_into(table)
    assert look.notes[-1].endswith("so nothing can be learnt from these: they are left out")
    assert look.reasons["missing"] == "Rows without a target are left out: 1 of 30 rows"


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
        look_into(table, target)


def test_a_table_that_holds_nothing_is_said(table: Path) -> None:
    table.write_text("a,b\n")
    with pytest.raises(DataError, match=rf"^{table}: holds a header and no rows; there is nothing to suggest"):
        look_into(table)


def test_a_table_that_cannot_be_read_is_said(table: Path) -> None:
    table.mkdir()
    with pytest.raises(DataError, match=rf"^{table}: cannot be read \(Is a directory\); expected a file of text$"):
        look_into(table)
