from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import MultiLabel
from dlcli.errors import UsageError
from dlcli.spec.experiment import Training
from dlcli.tasks import Labelling

Y = np.array([[1, 0, 1], [0, 0, 0]], np.float32)
OUTPUT = np.array([[2.0, -1.0, 0.5], [-3.0, 0.0, -0.5]], np.float32)
TASK = Labelling(MultiLabel(("red", "green", "blue")))


def test_the_loss_is_the_mean_over_the_classes_of_yes_or_no():
    p = 1 / (1 + np.exp(-OUTPUT.astype(np.float64)))
    expected = -(Y * np.log(p) + (1 - Y) * np.log(1 - p)).mean(-1)
    np.testing.assert_allclose(TASK.losses(tf.constant(Y), tf.constant(OUTPUT)), expected, rtol=1e-6)
    np.testing.assert_allclose(TASK.predictions(OUTPUT), p)
    smooth = 0.8 * Y + 0.1
    expected = -(smooth * np.log(p) + (1 - smooth) * np.log(1 - p)).mean(-1)
    trained = TASK.training_losses(Training(label_smoothing=0.2), Y)
    np.testing.assert_allclose(trained(tf.constant(Y), tf.constant(OUTPUT)), expected, rtol=1e-6)


def test_classes_are_not_weighed():
    with pytest.raises(UsageError, match=r"class_weights \(=balanced\) is for data with one class for each example"):
        TASK.training_losses(Training(class_weights="balanced"), Y)


def test_it_reports_on_each_class():
    assert TASK.outputs == 3
    assert TASK.describes == "any of 3 classes"
    assert TASK.report(Y, OUTPUT).of_each["red"] == {
        "ap": 1.0,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "support": 1,
    }
