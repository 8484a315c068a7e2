"""RMSE, MAE and R2 of a whole split."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.metrics.regression import RegressionReport

DRAW = np.random.default_rng(0)
TRUE = DRAW.normal(size=(50, 2)) * [1.0, 100.0]
PREDICTED = TRUE + DRAW.normal(size=(50, 2)) * [0.5, 3.0]
REPORT = RegressionReport(("a", "b"), TRUE, PREDICTED)


def test_the_scores_of_each_number_are_numpys() -> None:
    for d, name in enumerate(REPORT.names):
        row, true, predicted = REPORT.of_each[name], TRUE[:, d], PREDICTED[:, d]
        assert row["rmse"] == pytest.approx(np.linalg.norm(predicted - true) / np.sqrt(50))
        assert row["mae"] == pytest.approx(np.abs(predicted - true).mean())
        residual, total = ((predicted - true) ** 2).sum(), ((true - true.mean()) ** 2).sum()
        assert row["r2"] == pytest.approx(1 - residual / total)


def test_errors_are_over_all_numbers_and_r2_is_the_mean_of_each() -> None:
    errors = PREDICTED - TRUE
    assert REPORT.scores["rmse"] == pytest.approx(np.sqrt((errors**2).mean()))
    assert REPORT.scores["mae"] == pytest.approx(np.abs(errors).mean())
    assert REPORT.scores["r2"] == pytest.approx(np.mean([row["r2"] for row in REPORT.of_each.values()]))


def test_the_mean_explains_nothing_and_the_truth_everything() -> None:
    mean = RegressionReport(("a", "b"), TRUE, np.tile(TRUE.mean(axis=0), (50, 1)))
    assert mean.scores["r2"] == pytest.approx(0)
    perfect = RegressionReport(("a", "b"), TRUE, TRUE).scores
    assert perfect == {"rmse": 0.0, "mae": 0.0, "r2": 1.0}


def test_r2_of_a_constant_is_zero() -> None:
    constant = np.full((5, 1), 3.0)
    assert RegressionReport(("a",), constant, constant + 1).of_each["a"] == {"rmse": 1.0, "mae": 1.0, "r2": 0.0}
    assert RegressionReport(("a",), constant[:1], constant[:1]).scores["r2"] == 0.0


def test_all_of_it_is_json() -> None:
    assert json.loads(json.dumps(REPORT.as_json())) == {"numbers": REPORT.of_each}


@given(st.integers(1, 5), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_rmse_is_never_below_mae_nor_r2_above_one(D: int, N: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    names = tuple(f"n{d}" for d in range(D))
    scores = RegressionReport(names, draw.normal(size=(N, D)), draw.normal(size=(N, D))).scores
    assert scores["rmse"] >= scores["mae"] - 1e-12 >= -1e-12
    assert scores["r2"] <= 1
