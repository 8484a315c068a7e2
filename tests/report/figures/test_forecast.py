"""Forecasts over time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlcli.report.figures.forecast import forecast
from dlcli.report.figures.page import png
from dlcli.report.figures.subject import Subject
from tests.report.figures.subjects import classified, predicted, texts


def subject(N: int = 6, H: int = 1, times: bool = True, first: int = 3) -> Subject:
    """Of a series whose values are the numbers of its rows; each forecast is one too high."""
    moments = np.arange(first, first + N)
    true = (moments[:, None] + np.arange(H)).astype(np.float32)
    plain = predicted(true, true + 1, names=tuple(f"sold +{step}" for step in range(1, H + 1)))
    split = replace(plain.split, moments=moments, naive={"naive: the last value again": true - 2})
    named = tuple(f"d{row}" for row in range(first + N + H)) if times else None
    return replace(plain, split=split, data=replace(plain.data, times=named))


def lines(figure: Any, panel: int = 0) -> dict[str, tuple[list[float], list[float]]]:
    drawn = figure.axes[panel].lines
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in drawn}


def test_true_values_forecasts_and_naive_ones_stand_at_their_rows_with_their_errors() -> None:
    figure = forecast(subject())
    rows = list(range(3, 9))
    assert lines(figure) == {
        "true": (rows, rows),
        "forecast, RMSE 1": (rows, [row + 1 for row in rows]),
        "naive: the last value again, RMSE 2": (rows, [row - 2 for row in rows]),
    }
    assert "small · test · forecasts over time" in texts(figure)
    assert figure.axes[0].get_ylabel() == "sold"


def test_rows_are_called_as_in_time_where_something_says_so() -> None:
    labels = [label.get_text() for label in forecast(subject()).axes[0].get_xticklabels()]
    assert labels == [f"d{row}" for row in range(3, 9)]
    assert forecast(subject(times=False)).axes[0].get_xlabel() == "row of the series, in the order of time, from 0"


def test_of_forecasts_of_several_rows_those_are_shown_that_do_not_overlap_apart_from_each_other() -> None:
    rows, values = lines(forecast(subject(N=7, H=3)))["forecast, RMSE 1"]
    assert [row for row, value in zip(rows, values, strict=True) if np.isfinite(value)] == list(range(3, 12))
    assert np.flatnonzero(np.isnan(values)).tolist() == [3, 7, 11]
    few = subject(N=7, H=3, times=False)
    thinned = replace(few, split=replace(few.split, moments=few.split.moments + np.arange(7)))
    rows, values = lines(forecast(thinned))["true"]
    assert rows == [3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17]


def test_of_a_long_split_the_end_is_shown_closely_too() -> None:
    figure = forecast(subject(N=300))
    assert [axes.get_title() for axes in figure.axes] == ["", "the last 60 rows"]
    assert [axes.get_xlim() for axes in figure.axes] == [(2.5, 302.5), (242.5, 302.5)]
    assert figure.axes[1].get_ylim()[0] > 230


def test_a_forecast_that_is_not_finite_is_left_out() -> None:
    one = subject()
    report = replace(one.report, predicted=np.where(one.report.predicted == 5, np.inf, one.report.predicted))
    assert png(forecast(replace(one, report=report)))


@pytest.mark.parametrize(
    "other", [classified(np.eye(3), np.array([0, 1, 2])), predicted(np.ones((3, 1)), np.zeros((3, 1)))]
)
def test_what_is_no_series_has_none(other: Subject) -> None:
    assert forecast(other) is None
