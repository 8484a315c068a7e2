"""Columns of a table that are made of others: what they hold, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.data import Column, Data
from dlcli.datasets.table import Csv
from dlcli.errors import DataError

PEOPLE = """\
name,age,siblings,parents,y
"Ray, Mr. A",22,1,0,no
"Lee, Mrs. B",,0,2,yes
"Poe, Dr. C",12,3,1,no
"Fox, Mr. D",60.5,0,0,yes
"""


def load(folder: Path, text: str = PEOPLE, **fields: Any) -> Data:
    (folder / "t.csv").write_text(text)
    given = {"path": str(folder / "t.csv"), "target": "y", "test": None, "validation": None, **fields}
    return Csv.model_validate(given).load(folder)


def test_categories_out_of_text(tmp_path: Path) -> None:
    data = load(tmp_path, features=("title",), extract={"title": ("name", r", (Mr|Mrs)\.")})
    assert data.columns == (Column("title", ("(other)", "Mr", "Mrs")),)
    assert data.train.x[:, 0].tolist() == [1, 2, 0, 1]


def test_numbers_out_of_text_are_categories_too(tmp_path: Path) -> None:
    text = "code,y\n" + "".join(f"A{i % 3},{'ab'[i % 2]}\n" for i in range(20)) + "B,a\n"
    data = load(tmp_path, text, features=("digit",), extract={"digit": ("code", r"A(\d)")})
    assert data.columns == (Column("digit", ("(other)", "0", "1", "2")),)


def test_sums_lack_a_value_where_a_part_does(tmp_path: Path) -> None:
    sums = {"family": ("siblings", "parents"), "all": ("family", 1)}
    data = load(tmp_path, features=("family", "all"), sums=sums, missing="mean")
    assert data.columns == (Column("family"), Column("all"))
    np.testing.assert_array_equal(data.train.x, np.array([[1, 23], [2, np.nan], [4, 16], [0, 60.5]], np.float32))


def test_buckets_begin_at_their_edges_and_what_is_missing_is_one(tmp_path: Path) -> None:
    data = load(tmp_path, features=("age", "age_bucket"), buckets={"age": (12, 60.5)}, missing="median")
    assert data.columns == (Column("age"), Column("age_bucket", ("12 to below 60.5", "60.5 or more", "(missing)")))
    assert data.train.x[:, 1].tolist() == [0, 2, 0, 1]
    assert data.fill == "median"


def test_buckets_divide_numbers_as_they_are_written(tmp_path: Path) -> None:
    text = "v,y\n0.83,a\n0.8299999,b\n0.1,a\n"
    data = load(tmp_path, text, features=("v_bucket",), buckets={"v": (0.83,)})
    assert data.columns == (Column("v_bucket", ("0.83 or more", "below 0.83")),)
    assert data.train.x[:, 0].tolist() == [0, 1, 1]


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    plain = load(tmp_path, target=-1, drop=("name",), missing="mean")
    data = load(tmp_path, target=-1, drop=("name",), missing="mean", sums={"family": (2, -2)})
    assert data.target == plain.target
    assert [column.name for column in data.columns or ()] == ["age", "siblings", "parents", "family"]
    assert data.train.x[:, 3].tolist() == [1, 2, 4, 0]


def test_without_derived_columns_the_fingerprint_is_what_it_was(tmp_path: Path) -> None:
    data = load(tmp_path, features=("siblings",))
    assert repr(data.columns) == "(Column(name='siblings', categories=None),)"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"extract": {"t": ("nmae", "(x)")}}, ["no column 'nmae' (did you mean `name`?)", "dataset.extract"]),
        ({"sums": {"s": ("age", "name")}}, ["line 2, column `name`: got 'Ray, Mr. A'", "dataset.sums.s adds it up"]),
        ({"buckets": {"name": (1,)}}, ["got 'Ray, Mr. A', expected a number", "dataset.buckets divides it"]),
        ({"buckets": {"agee": (1,)}}, ["no column 'agee' (did you mean `age`?)", "dataset.buckets"]),
        ({"sums": {"y": ("siblings", "parents")}}, ["there is a column `y` already", "dataset.sums"]),
        ({"sums": {"s": ("age", -9)}}, ["no column -9, as dataset.sums", "0 to 4"]),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path: Path, fields: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(DataError) as error:
        load(tmp_path, missing="mean", **fields)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"extract": {"t": ("name", "(x")}}, r"`extract\.t` \(='\(x'\) must be a regular expression"),
        ({"extract": {"t": ("name", "x")}}, r"`extract\.t` \(='x'\) must have a group"),
        ({"buckets": {"age": (2, 1)}}, r"`buckets\.age` \(=\[2\.0, 1\.0\]\) must rise"),
        ({"sums": {"age_bucket": ("a", "b")}, "buckets": {"age": (1,)}}, r"\['age_bucket', 'age_bucket'\]\) must give"),
        ({"sums": {"s": ("a",)}}, r"at least 2 items"),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Csv.model_validate({"path": "t.csv", "target": "y", **fields})
