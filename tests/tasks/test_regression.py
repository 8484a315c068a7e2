"""Numbers to predict: the scale of the loss, and what only classes have is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.backend import load_tensorflow
from dlcli.datasets.data import Reals
from dlcli.errors import UsageError
from dlcli.spec.experiment import Training
from dlcli.tasks import Regression, task_for

DRAW = np.random.default_rng(0)
Y = (DRAW.normal(size=(40, 3)) * [2.0, 0.01, 0.0] + [100.0, 5.0, 7.0]).astype(np.float32)
OUTPUT = (Y + DRAW.normal(size=Y.shape)).astype(np.float32)
TARGET = Reals(("height", "width", "always seven"))
TASK = Regression.of(TARGET, Y, "standard")


def losses(task: Regression, train: Training | None = None) -> np.ndarray:
    load_tensorflow()
    import tensorflow as tf

    of = task.losses if train is None else task.training_losses(train, Y)
    found: np.ndarray = of(tf.constant(Y), tf.constant(OUTPUT)).numpy()
    return found


@pytest.mark.parametrize("normalize", ["standard", "range"])
def test_targets_are_scaled_by_mean_and_deviation_and_a_constant_by_one(normalize: Any) -> None:
    task = Regression.of(TARGET, Y, normalize)
    assert task.offset == pytest.approx(Y.mean(axis=0, dtype=np.float64))
    assert task.scale == pytest.approx([*Y.std(axis=0, dtype=np.float64)[:2], 1.0])
    assert (task.outputs, task.headline, task.describes) == (3, "rmse", "predicts height, width, always seven")


def test_without_normalisation_the_loss_is_in_squared_units() -> None:
    plain = Regression.of(TARGET, Y, "none")
    assert (plain.offset, plain.scale) == ((0.0,) * 3, (1.0,) * 3)
    np.testing.assert_allclose(losses(plain), ((Y - OUTPUT) ** 2).mean(axis=1), rtol=1e-5)


def test_the_loss_is_in_units_of_the_scale_so_that_the_mean_has_one() -> None:
    scaled = ((Y - OUTPUT) / np.array(TASK.scale, np.float32)) ** 2
    np.testing.assert_allclose(losses(TASK), scaled.mean(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(losses(TASK, Training()), losses(TASK))
    always_the_mean = ((Y - Y.mean(axis=0)) / np.array(TASK.scale)) ** 2
    assert always_the_mean.mean(axis=0)[:2] == pytest.approx([1.0, 1.0], rel=1e-3)


@pytest.mark.parametrize(
    ("train", "message"),
    [
        (Training(label_smoothing=0.25), r"^train\.label_smoothing \(=0\.25\) is for classes"),
        (Training(class_weights="balanced"), r"^train\.class_weights \(=balanced\) is for classes"),
        (Training(class_weights={"tall": 2.5}), r"^train\.class_weights \(=\{'tall': 2\.5\}\) is for classes"),
    ],
)
def test_what_only_classes_have_is_refused_with_its_value(train: Training, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        TASK.training_losses(train, Y)


def test_data_with_numbers_poses_a_regression() -> None:
    data: Any = SimpleNamespace(target=TARGET, train=SimpleNamespace(y=Y), series=None)
    assert task_for(data) == TASK
    assert task_for(data, "none") == Regression.of(TARGET, Y, "none")


def test_the_report_has_the_scores_that_the_task_promises() -> None:
    assert tuple(TASK.report(Y, OUTPUT).scores) == tuple(TASK.scores)


def test_metrics_of_training_are_those_of_the_report() -> None:
    load_tensorflow()
    import tensorflow as tf

    report = TASK.report(Y, OUTPUT).scores
    for metric in TASK.metrics:
        totals = metric.totals(tf.constant(Y), tf.constant(OUTPUT), tf.ones(40)).numpy().astype(np.float64)
        assert metric.result(totals) == pytest.approx(report[metric.name], rel=1e-5)
