"""Shares of mixup against SciPy's Beta distribution."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from dlcli.augment.mixup import Mixup


def shares(alpha: float, u: np.ndarray) -> np.ndarray:
    found: np.ndarray = Mixup(alpha=alpha).shares(tf.constant(u, tf.float32)).numpy()
    return found


ALPHAS = [0.1, 0.2, 0.4, 1.0, 2.0, 30.0]


@pytest.mark.parametrize("alpha", ALPHAS)
def test_shares_are_quantiles(alpha: float) -> None:
    u = np.linspace(0.002, 0.998, 3001)
    beta = stats.beta(alpha, alpha)
    found = shares(alpha, u)
    assert np.allclose(found, beta.ppf(u), atol=1e-3)
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("alpha", ALPHAS)
def test_shares_of_random_numbers_are_distributed_as_scipy_says(alpha: float) -> None:
    found = shares(alpha, np.random.default_rng(0).random(20000))
    beta = stats.beta(alpha, alpha)
    at = np.linspace(0.01, 0.99, 99)
    assert np.abs((found[:, None] <= at).mean(axis=0) - beta.cdf(at)).max() < 1.63 / 20000**0.5
    assert found.mean() == pytest.approx(0.5, abs=0.015)
    assert found.var() == pytest.approx(beta.var(), rel=0.05)


def test_the_ends_are_pure_and_one_half_is_the_middle() -> None:
    last = np.nextafter(np.float32(1), np.float32(0))
    assert shares(0.2, np.array([0.0, 0.5, last])) == pytest.approx([0.0, 0.5, 1.0], abs=1e-6)


def test_shares_are_made_in_an_input_pipeline() -> None:
    u = np.random.default_rng(0).random((1, 8)).astype(np.float32)
    made = tf.data.Dataset.from_tensor_slices(u).map(Mixup().shares)
    assert made.element_spec == tf.TensorSpec((8,), tf.float32)
    assert np.allclose(next(iter(made)).numpy(), shares(0.2, u[0]), atol=1e-6)
