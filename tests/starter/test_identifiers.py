"""Which columns tell rows apart, and which are measured though no value occurs twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dlcli.datasets.files.delimited import read_table
from dlcli.datasets.tables.columns import Cells, cells
from dlcli.starter.identifiers import is_identifier, is_label

RISING = [3, 4, 9, 11, 30, 31, 50, 77, 78, 90, 95, 96]
SHUFFLED = [31, 3, 90, 4, 9, 95, 30, 11, 50, 96, 77, 78]
FLOATS = [each + 0.5 for each in RISING]
PERMUTED = [5, 3, 12, 4, 9, 11, 6, 7, 8, 10, 14, 13]


def column(folder: Path, name: str | None, values: Sequence[object], place: int = 0) -> Cells:
    rows = [",".join(["0"] * place + [str(value)] + ["x"]) for value in values]
    header = [] if name is None else [",".join([*(f"before{i}" for i in range(place)), name, "y"])]
    (folder / "t.csv").write_text("\n".join([*header, *rows]))
    return cells(read_table(folder / "t.csv", ",", header=name is not None), place, ("",))


@pytest.mark.parametrize(
    "name", ["id", "ID", "user_id", "PassengerId", "No.", "Sr. No", "index", "Unnamed: 0", "", "KEY"]
)
def test_whole_numbers_under_the_name_of_an_identifier_are_one(name: str, tmp_path: Path) -> None:
    assert is_identifier(column(tmp_path, name, SHUFFLED, place=1))


@pytest.mark.parametrize("values", [PERMUTED, sorted(PERMUTED)], ids=["in any order", "rising"])
def test_numbers_without_a_gap_are_one_under_any_name(values: list[int], tmp_path: Path) -> None:
    assert is_identifier(column(tmp_path, "x", values, place=1))
    assert is_identifier(column(tmp_path, None, values, place=1))


def test_numbers_that_rise_are_one_in_the_first_column_alone(tmp_path: Path) -> None:
    assert is_identifier(column(tmp_path, "case", RISING))
    assert not is_identifier(column(tmp_path, "case", RISING, place=1))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("people", SHUFFLED),  # all different, and measured
        ("width", SHUFFLED),  # ends like an identifier, and is none
        ("id", FLOATS),
        ("id", [*SHUFFLED, 3]),  # a group: 3 occurs twice
        ("id", SHUFFLED[:9]),  # too few rows to tell
        ("year", sorted(PERMUTED)),  # a time counts, too
        ("id", [f"a{each}" for each in SHUFFLED]),
    ],
)
def test_what_may_be_measured_is_none(name: str, values: list[object], tmp_path: Path) -> None:
    assert not is_identifier(column(tmp_path, name, values))


def test_missing_values_do_not_hide_an_identifier(tmp_path: Path) -> None:
    assert is_identifier(column(tmp_path, "id", [*SHUFFLED, "", ""]))


def test_text_is_a_label_where_hardly_any_occurs_twice(tmp_path: Path) -> None:
    names = [f"p{i}" for i in range(12)]
    assert is_label(column(tmp_path, "name", names))
    assert is_label(column(tmp_path, "name", [*names, "p0", "p1"]))
    assert not is_label(column(tmp_path, "name", [name[:2] for name in names] * 2))
    assert not is_label(column(tmp_path, "name", SHUFFLED))
    assert not is_label(column(tmp_path, "name", names[:9]))
