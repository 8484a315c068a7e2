"""Titanic: its columns, splits and classes; the file itself where it is here."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes
from dlcli.datasets.titanic import Titanic
from dlcli.errors import DataError

HEAD = "PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked"
ROWS = [
    '1,0,3,"Doe, Mr. John",male,22,1,0,A/5,7.25,,S',
    '2,1,1,"Roe, Mrs. Jane (Ann Bell)",female,,1,2,PC,71.28,C85,C',
    '3,1,2,"Poe, Dr. Ruth",female,64,0,0,113,26.0,T,',
]


def written(folder: Path, rows: list[str], name: str = "train.csv") -> Path:
    (folder / "titanic").mkdir()
    (folder / "titanic" / name).write_text("\n".join([HEAD, *rows]) + "\n")
    return folder


def test_columns_are_taken_out_of_names_and_cabins(tmp_path):
    features = ("Title", "Deck", "Family", "Age", "Age_bucket", "Family_bucket", "Embarked", "Pclass")
    data = Titanic(features=features, test=None, validation=None).load(written(tmp_path, ROWS))
    assert data.target == Classes(("died", "survived"))
    assert data.train.y.tolist() == [0, 1, 1]
    told = {
        column.name: [value if column.categories is None else column.categories[int(value)] for value in values]
        for column, values in zip(data.columns, data.train.x.T.tolist(), strict=True)
    }
    assert told["Title"] == ["Mr", "Mrs", "(other)"]
    assert told["Deck"] == ["(other)", "C", "(other)"]
    assert told["Family"] == [1, 3, 0]
    assert told["Pclass"] == ["3", "1", "2"]
    assert told["Embarked"] == ["S", "C", "(missing)"]
    assert np.isnan(told["Age"][1])
    assert len(set(told["Age_bucket"])) == 3
    assert len(set(told["Family_bucket"])) == 2
    assert data.remarks[0] == "only a part of it: 3 of 891 passengers"


def test_the_mirrors_name_of_the_file_will_do_and_rows_without_an_age_can_be_left_out(tmp_path):
    folder = written(tmp_path, ROWS, "titanic.csv")
    data = Titanic(test=None, validation=None, missing="drop_row", features=("Age", "Sex")).load(folder)
    assert data.train.x[:, 0].tolist() == [22, 64]


def test_made_up_rows_hold_categories_where_the_file_does(tmp_path):
    names = ("Pclass", "Sex", "Age", "Embarked", "Family_bucket")
    spec = Titanic(test=None, validation=None, features=names)
    spec.write_stand_in(tmp_path)
    made_up = [(column.name, column.categories is not None) for column in spec.load(tmp_path).columns]
    assert made_up == list(zip(names, (True, True, False, True, True), strict=True))


def test_what_is_wrong_in_the_file_is_named_with_its_line(tmp_path):
    folder = written(tmp_path, [*ROWS, ROWS[0].replace("1,0,", "4,perhaps,", 1)])
    with pytest.raises(DataError, match=r"train\.csv, line 5, column `Survived`: got 'perhaps', expected one of '0'"):
        Titanic(test=None, validation=None).load(folder)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(ValidationError, match="Ages"):
        Titanic(features=("Ages",))
    with pytest.raises(ValidationError, match=re.escape("`features` (=['Age', 'Age']) must name each once")):
        Titanic(features=("Age", "Age"))


@pytest.mark.real_data
def test_the_file_itself():
    folder = Path(os.environ.get("DLCLI_DATA", ""))
    if "DLCLI_DATA" not in os.environ or Titanic.place(folder) is None:
        pytest.skip("DLCLI_DATA names no folder with titanic/train.csv in it")
    data = Titanic().load(folder)
    check(data, "titanic")
    splits = data.splits.values()
    assert sum(np.bincount(split.y) for split in splits).tolist() == [549, 342]
    assert not any("only a part" in remark for remark in data.remarks)
    ages = [column.name for column in data.columns].index("Age")
    assert sum(int(np.isnan(split.x[:, ages]).sum()) for split in splits) == 177
