"""Toy results that courses print: ours are no worse."""

from __future__ import annotations

import numpy as np
import pytest

from tests.training.tables import WHOLE, trained

# The 17 points of Aymeric Damien's linear regression,
# https://github.com/aymericdamien/TensorFlow-Examples/blob/master/examples/2_BasicModels/linear_regression.py.
X = [3.3, 4.4, 5.5, 6.71, 6.93, 4.168, 9.779, 6.182, 7.59, 2.167, 7.042, 10.791, 5.313, 7.997, 5.654, 9.27, 3.1]
Y = [1.7, 2.76, 2.09, 3.19, 1.694, 1.573, 3.366, 2.596, 2.53, 1.221, 2.827, 3.465, 1.65, 2.904, 2.42, 2.94, 1.3]
PRINTED = np.array([0.24834, 0.82216])
"""Slope and offset that the course prints after its training by gradient descent."""


@pytest.mark.slow
def test_the_line_through_17_points_is_nearer_to_the_least_squares_than_the_courses(tmp_path):
    best = np.polyfit(X, Y, 1)
    assert best == pytest.approx([0.2516350, 0.7988012], abs=1e-6)
    done = trained(
        tmp_path,
        {"x": X, "y": Y},
        f"target: y, task: reals, {WHOLE}",
        "normalize: none\nmodel: linear\noptimizer: {type: sgd, learning_rate: 0.01}\n"
        "train: {epochs: 5000, batch_size: 17, validate_every: 5000}",
    )
    kernel, bias = done.head
    ours = np.array([kernel[0, 0], bias[0]])
    assert np.abs(ours - best).max() < 1e-4 < np.abs(PRINTED - best).min()
    (evaluation,) = done.evaluations
    assert (evaluation.split, evaluation.examples) == ("train", 17)
    of_best = np.sqrt(np.mean((np.polyval(best, X) - Y) ** 2))
    assert evaluation.report.scores["rmse"] == pytest.approx(of_best, rel=1e-4)


def test_five_points_of_a_line_are_continued(tmp_path):
    # Sung Kim, "Deep Learning Zero to All", lab 2: x = 1 to 5, y = x + 1.1.
    x = np.arange(1, 6)
    done = trained(
        tmp_path,
        {"x": x, "y": np.round(x + 1.1, 1)},
        f"target: y, task: reals, {WHOLE}",
        "normalize: none\nmodel: linear\noptimizer: {type: sgd, learning_rate: 0.05}\n"
        "train: {epochs: 1500, batch_size: 5, validate_every: 1500}",
    )
    assert done.model(np.array([[5.0], [2.5]], np.float32)).numpy()[:, 0] == pytest.approx([6.1, 3.6], abs=1e-3)


def test_logistic_regression_tells_six_points_apart(tmp_path):
    # Sung Kim, "Deep Learning Zero to All", lab 5.
    done = trained(
        tmp_path,
        {"a": [1, 2, 3, 4, 5, 6], "b": [2, 3, 1, 3, 3, 2], "y": [0, 0, 0, 1, 1, 1]},
        f"target: y, task: classes, {WHOLE}",
        "normalize: none\nmodel: linear\noptimizer: {type: sgd, learning_rate: 0.1}\n"
        "train: {epochs: 2000, batch_size: 6, validate_every: 1000}",
    )
    (evaluation,) = done.evaluations
    assert evaluation.report.scores["accuracy"] == 1.0
    assert evaluation.loss < 0.2
    probability = 1 / (1 + np.exp(-done.model(np.array([[1, 2], [6, 2]], np.float32)).numpy()[:, 0]))
    assert probability[0] < 0.1
    assert probability[1] > 0.9
