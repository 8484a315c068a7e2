"""Averages of outputs are those of what the outputs stand for."""

from __future__ import annotations

import numpy as np
import pytest

from dlcli.backend import load_tensorflow
from dlcli.datasets.data import Classes, Reals
from dlcli.tasks import Classification, Regression
from dlcli.tasks.averages import of_chances

OUTPUTS = np.random.default_rng(0).normal(scale=3, size=(4, 20, 3)).astype(np.float32)


@pytest.fixture(autouse=True)
def _tensorflow() -> None:
    load_tensorflow()


def test_of_classes_probabilities_are_averaged() -> None:
    task = Classification(Classes(("up", "down", "still")))
    found = np.array(task.average(list(OUTPUTS)))
    expected = np.mean([task.predictions(each) for each in OUTPUTS], axis=0)
    np.testing.assert_allclose(task.predictions(found), expected, atol=1e-6)
    np.testing.assert_allclose(np.exp(found), expected, atol=1e-6)


def test_of_two_classes_too() -> None:
    task = Classification(Classes(("no", "yes")))
    found = np.array(task.average(list(OUTPUTS[..., :1])))
    assert found.shape == (20, 1)
    expected = np.mean([task.predictions(each[:, :1]) for each in OUTPUTS], axis=0)
    np.testing.assert_allclose(task.predictions(found), expected, atol=1e-6)


def test_of_numbers_their_mean_is_taken() -> None:
    task = Regression(Reals(("a", "b", "c")), (0.0,) * 3, (1.0,) * 3)
    np.testing.assert_allclose(np.array(task.average(list(OUTPUTS))), OUTPUTS.mean(axis=0), atol=1e-6)


def test_certainty_does_not_make_averages_infinite() -> None:
    far = np.array([[[200.0, -200.0]], [[-200.0, 200.0]]], np.float32)
    task = Classification(Classes(("a", "b", "c")))
    np.testing.assert_allclose(np.array(task.average(list(far))), np.log([[0.5, 0.5]]), atol=1e-6)
    np.testing.assert_allclose(np.array(of_chances(list(far))), [[0.0, 0.0]], atol=1e-6)
