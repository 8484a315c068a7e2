"""Windows of a series: what they hold, to which split they belong, naive forecasts, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dlcli.datasets.checks import check
from dlcli.datasets.data import Data, Reals
from dlcli.datasets.series import Series
from dlcli.datasets.tables.windowing import LAST_VALUE, boundaries
from dlcli.datasets.windows import Windows
from dlcli.errors import DataError

ROWS = 40
SERIES = "day,price,sold\n" + "".join(f"d{row},{row + 100},{row}\n" for row in range(ROWS))
NEWEST_FIRST = "day,price,sold\n" + "".join(f"d{row},{row + 100},{row}\n" for row in reversed(range(ROWS)))


def load(folder: Path, text: str = SERIES, **fields: Any) -> Data:
    """The windows of a table whose column `sold` counts its rows in time's order."""
    (folder / "t.csv").write_text(text)
    given = {"path": str(folder / "t.csv"), "target": "sold", "steps": 3, **fields}
    data = Windows.model_validate(given).load(folder)
    check(data, "windows")
    return data


def test_a_window_holds_the_rows_before_those_it_forecasts(tmp_path: Path) -> None:
    data = load(tmp_path, columns=("price", "sold"), horizon=2)
    assert data.target == Reals(("sold +1", "sold +2"))
    for split in data.splits.values():
        first = split.y[:, 0].astype(int)
        for x, y, row in zip(split.x, split.y, first, strict=True):
            assert x.tolist() == [[100 + n, n] for n in range(row - 3, row)]
            assert y.tolist() == [row, row + 1]
    assert (data.train.x.dtype, data.train.y.dtype) == (np.float32, np.float32)
    assert data.train.name_of(0) == "t.csv, the window before line 5,"


def test_no_value_of_a_later_split_is_seen_in_an_earlier_one(tmp_path: Path) -> None:
    data = load(tmp_path, horizon=4, test={"rows": 10}, validation={"rows": 8})
    assert data.validation is not None
    assert data.test is not None
    assert (data.train.x.max(), data.train.y.max()) == (ROWS - 18 - 5, ROWS - 19)
    assert (data.validation.y.min(), data.validation.y.max()) == (ROWS - 18, ROWS - 11)
    assert (data.test.y.min(), data.test.y.max()) == (ROWS - 10, ROWS - 1)


@given(
    rows=st.integers(1, 300), steps=st.integers(1, 20), horizon=st.integers(1, 9),
    season=st.none() | st.integers(1, 30),
    test=st.none() | st.integers(1, 40), validation=st.none() | st.integers(1, 40),
)  # fmt: skip
def test_every_row_is_forecast_in_one_split_or_none(
    rows: int, steps: int, horizon: int, season: int | None, test: int | None, validation: int | None
) -> None:
    spec = Windows.model_validate(
        {"path": "t.csv", "target": 0, "steps": steps, "horizon": horizon, "season": season}
        | {"test": test and {"rows": test}, "validation": validation and {"rows": validation}}
    )
    try:
        found = boundaries(spec, rows)
    except DataError:
        return
    forecast = {name: {row + h for row in first for h in range(horizon)} for name, first in found.items()}
    assert sum(map(len, forecast.values())) == len(set().union(*forecast.values()))
    assert min(min(each) for each in forecast.values()) == spec.look_back
    assert max(max(each) for each in forecast.values()) == rows - 1
    assert list(found) == [name for name in ("train", "validation", "test") if name in found]
    ends = [max(forecast[name]) for name in found]
    assert ends == sorted(ends)


def test_newest_first_is_the_same_series(tmp_path: Path) -> None:
    forward = load(tmp_path, horizon=2)
    backward = load(tmp_path, NEWEST_FIRST, horizon=2, newest_first=True)
    assert backward.fingerprint() == forward.fingerprint()
    assert backward.test is not None
    assert backward.test.name_of(-1) == "t.csv, the window before line 3,"


def test_rows_are_called_in_time_as_the_first_column_without_numbers_has_it_or_the_one_that_is_named(
    tmp_path: Path,
) -> None:
    for text, fields in ((SERIES, {}), (NEWEST_FIRST, {"newest_first": True})):
        data = load(tmp_path, text, horizon=2, **fields)
        assert data.times == tuple(f"d{row}" for row in range(ROWS))
        for split in data.splits.values():
            assert split.moments is not None
            assert split.moments.tolist() == split.y[:, 0].tolist()
            assert split.take(np.array([1, 0])).moments.tolist() == split.moments[[1, 0]].tolist()
    assert load(tmp_path, time="price").times == tuple(str(row + 100) for row in range(ROWS))
    assert load(tmp_path, SERIES.replace("\nd", "\n")).times is None
    with pytest.raises(DataError, match=r"there is no column 'date', as dataset\.time has it"):
        load(tmp_path, time="date")


def test_naive_forecasts_repeat_what_is_known(tmp_path: Path) -> None:
    data = load(tmp_path, horizon=5, season=2, validation=None)
    row = data.train.y[:, [0]]
    naive = data.train.naive
    np.testing.assert_array_equal(naive[LAST_VALUE], np.repeat(row - 1, 5, axis=1))
    np.testing.assert_array_equal(naive["naive: the value 2 rows before"], row - np.array([2, 1, 2, 1, 2]))
    few = data.train.take(np.array([2, 0]))
    np.testing.assert_array_equal(few.naive[LAST_VALUE][:, 0], [4, 2])


def test_the_first_season_is_not_forecast(tmp_path: Path) -> None:
    assert load(tmp_path, season=7).train.y.min() == 7
    assert load(tmp_path).train.y.min() == 3


def test_what_is_told_of_a_series() -> None:
    x = np.array([[[1.0, 10.0], [2.0, 20.0], [4.0, 10.0]]], np.float32)
    y = np.array([[8.0, 2.0]], np.float32)
    plain, log = Series(log=False, difference=True, target=0), Series(log=True, difference=True, target=0)
    assert plain.windows(x)[0].tolist() == [[-3, 0], [-2, 10], [0, 0]]
    assert plain.targets(x, y).tolist() == plain.changes(x, y).tolist() == [[4, -2]]
    np.testing.assert_allclose(log.windows(x)[0], np.log([[0.25, 1], [0.5, 2], [1, 1]]), atol=1e-12)
    np.testing.assert_allclose(log.targets(x, y), np.log([[2, 0.5]]))
    assert log.changes(x, y).tolist() == [[4, -2]]
    assert Series(log=True, difference=False, target=None).changes(x, y).tolist() == [[8, 2]]


def test_a_series_is_told_only_where_it_is_asked_for(tmp_path: Path) -> None:
    assert load(tmp_path).series is None
    assert load(tmp_path, columns=("price", "sold"), difference=True).series == Series(False, True, 1)
    assert load(tmp_path, columns=("price",), target="price", log=True).series == Series(True, False, 0)


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        (SERIES, {"target": "sould"}, ["no column 'sould' (did you mean `sold`?), as dataset.target"]),
        (SERIES, {"columns": ("sold", "prices")}, ["no column 'prices' (did you mean `price`?)"]),
        (SERIES, {"columns": ("day", "sold")}, ["column `day`: got 'd0', expected a number", "dataset.columns"]),
        ("sold\n1\n2\n\n?\n4\n", {}, ["line 5, column `sold`: got '?', expected a value; a series has one for every"]),
        ("sold\n1\n2\n0\n4\n5\n", {"log": True}, ["line 4, column `sold`: got '0', expected a number above"]),
        (SERIES, {"columns": (1,), "difference": True}, ["`sold` must be among dataset.columns (=[1])"]),
        (SERIES, {"steps": 40}, ["the train split has the rows 1 to 29 of 40", "with 40 `steps` before a forecast"]),
        (SERIES, {"season": 30}, ["the train split has the rows 1 to 29", "a `season` of 30"]),
        (SERIES, {"test": {"rows": 2}, "horizon": 3}, ["the test split has the rows 39 to 40 of 40", "of 3 rows"]),
        (SERIES, {"test": {"rows": 60}}, ["dataset.test.rows (=60) leaves nothing to train on: the file has 40 rows;"]),
        (
            SERIES,
            {"test": {"rows": 10}, "validation": {"rows": 30}},
            ["dataset.validation.rows (=30) leaves nothing", "has 40 rows, 10 of them held out for the test; hold"],
        ),
        (SERIES, {"test": {"fraction": 0.99}}, ["the train split has no rows"]),
    ],
)  # fmt: skip
def test_what_is_no_series_is_refused(tmp_path: Path, text: str, fields: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(DataError) as error:
        load(tmp_path, text, **fields)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"path": None}, r"`path` \(=None\) or `url` \(=None\) must be given"),
        (
            {"test": {"fraction": 0.1, "rows": 5}},
            r"either `fraction` \(=0\.1\) or `rows` \(=5\) must be given, not both",
        ),
        ({"validation": {}}, r"either `fraction` \(=None\) or `rows` \(=None\)"),
        (
            {"columns": ("price",), "difference": True},
            r"`difference` needs the target among `columns` \(=\['price'\]\): forecasts of `sold` are added to",
        ),
        ({"columns": ("a", "a")}, r"`columns` \(=\['a', 'a'\]\) must name each once"),
        ({"steps": 0}, r"greater than 0"),
    ],
)
def test_wrong_fields_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Windows.model_validate({"path": "t.csv", "target": "sold", "steps": 3, **fields})
