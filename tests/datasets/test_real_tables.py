"""The tables of teaching material as their publishers wrote them: sizes, class counts, gaps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes, Column, Data, Reals, pooled
from dlcli.datasets.table import Csv
from dlcli.errors import DataError

pytestmark = pytest.mark.real_data


def load(name: str, **fields: Any) -> Data:
    folder = Path(os.environ.get("DLCLI_DATA", ""))
    if "DLCLI_DATA" not in os.environ or not list(folder.glob(f"*/{name}")):
        pytest.skip(f"DLCLI_DATA names no folder with {name} in it")
    data = Csv.model_validate({"path": name, "target": -1, **fields}).load(folder)
    check(data, "csv")
    return data


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [("data-01-test-score.csv", 25, 4), ("data-02-stock_daily.csv", 732, 5)],
)
def test_numbers_to_predict(name: str, rows: int, columns: int) -> None:
    data = load(name, header=False)
    assert data.target == Reals((f"column_{columns - 1}",))
    assert pooled(data).x.shape == (rows, columns - 1)


def test_stock_begins_with_the_newest_day() -> None:
    data = load("data-02-stock_daily.csv", header=False, test={"by": "time", "fraction": 0.3}, validation=None)
    np.testing.assert_allclose(data.train.x[0], [828.659973, 833.450012, 828.349976, 1247700], rtol=1e-6)
    assert data.train.y[0, 0] == pytest.approx(831.659973)
    assert data.test is not None
    assert data.test.y[-1, 0] == pytest.approx(558.462551)
    assert "2 lines of comment are skipped" in data.remarks


@pytest.mark.parametrize(
    ("name", "features", "counts"),
    [("data-03-diabetes.csv", 8, [263, 496]), ("data-04-zoo.csv", 16, [41, 20, 5, 13, 4, 8, 10])],
)
def test_classes(name: str, features: int, counts: list[int]) -> None:
    data = load(name, header=False, duplicates="allow")
    whole = pooled(data)
    assert data.target == Classes(tuple(map(str, range(len(counts)))))
    assert (whole.x.shape, np.bincount(whole.y).tolist()) == ((sum(counts), features), counts)


def test_animals_that_look_the_same_are_found() -> None:
    with pytest.raises(
        DataError, match=r"equals data-04-zoo\.csv, line \d+, of the train split: \[.*dataset\.duplicates=allow"
    ):
        load("data-04-zoo.csv", header=False)


def test_airline_passengers() -> None:
    data = load("airline-passengers.csv", target="Passengers", test={"by": "time", "fraction": 0.2})
    whole = pooled(data)
    assert (len(whole), whole.y.min(), whole.y.max()) == (144, 104, 622)
    assert data.test is not None
    assert data.test.y[-1, 0] == 432
    assert data.columns is not None
    assert data.columns[0].categories is not None
    assert data.columns[0].categories[0] == "1949-01"


def test_titanic() -> None:
    unused = ("PassengerId", "Name", "Ticket", "Cabin")
    data = load("train.csv", target="Survived", drop=unused, missing="mean", duplicates="allow")
    whole = pooled(data)
    assert data.target == Classes(("0", "1"))
    assert np.bincount(whole.y).tolist() == [549, 342]
    assert data.columns == (
        Column("Pclass"),
        Column("Sex", ("female", "male")),
        Column("Age"),
        Column("SibSp"),
        Column("Parch"),
        Column("Fare"),
        Column("Embarked", ("C", "Q", "S", "(missing)")),
    )
    assert np.isnan(whole.x).sum(axis=0).tolist() == [0, 0, 177, 0, 0, 0, 0]
    assert np.bincount(whole.x[:, 6].astype(int)).tolist() == [168, 77, 644, 2]
    with pytest.raises(DataError, match=r"train\.csv, line 7, column `Age`: got '', expected a value"):
        load("train.csv", target="Survived", drop=unused)


def test_titanic_names_hold_commas() -> None:
    data = load("train.csv", target="Survived", features=("Name",))
    assert data.columns is not None
    assert "Braund, Mr. Owen Harris" in (data.columns[0].categories or ())
    assert any("`Name` (891, hardly one twice: drop it?)" in remark for remark in data.remarks)
