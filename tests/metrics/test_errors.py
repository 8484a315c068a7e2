"""RMSE and MAE as totals that add up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcli.backend import load_tensorflow
from dlcli.metrics.errors import AbsoluteError, SquaredError

DRAW = np.random.default_rng(0)
TRUE = DRAW.normal(size=(40, 3)).astype(np.float32)
PREDICTED = (TRUE + DRAW.normal(size=(40, 3))).astype(np.float32)
ERRORS = PREDICTED.astype(np.float64) - TRUE
WANTED = [(SquaredError(), math.sqrt((ERRORS**2).mean())), (AbsoluteError(), np.abs(ERRORS).mean())]

Metric = SquaredError | AbsoluteError


def totals(metric: Metric, rows: slice, weight: np.ndarray) -> np.ndarray:
    load_tensorflow()
    import tensorflow as tf

    found = metric.totals(tf.constant(TRUE[rows]), tf.constant(PREDICTED[rows]), tf.constant(weight[rows], tf.float32))
    assert found.shape == (metric.size,)
    array: np.ndarray = found.numpy().astype(np.float64)
    return array


@pytest.mark.parametrize(("metric", "wanted"), WANTED)
def test_it_is_numpys_over_all_numbers(metric: Metric, wanted: float) -> None:
    assert metric.result(totals(metric, slice(None), np.ones(40))) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("metric", [metric for metric, _ in WANTED])
def test_rows_of_no_weight_do_not_count_and_portions_add_up(metric: Metric) -> None:
    weight = (np.arange(40) < 30).astype(np.float32)
    first = totals(metric, slice(0, 30), np.ones(40))
    assert totals(metric, slice(None), weight) == pytest.approx(first)
    parts = [slice(0, 7), slice(7, 8), slice(8, 30)]
    assert sum(totals(metric, part, weight) for part in parts) == pytest.approx(first, rel=1e-6)


@pytest.mark.parametrize("metric", [metric for metric, _ in WANTED])
def test_over_no_examples_it_is_not_a_number(metric: Metric) -> None:
    assert math.isnan(metric.result(np.zeros(2)))
