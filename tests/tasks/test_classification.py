"""What is predicted decides the head, the loss and the metrics."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcli.backend import load_tensorflow
from dlcli.datasets.data import Classes
from dlcli.errors import UsageError
from dlcli.spec.experiment import Training
from dlcli.tasks import Classification, task_for

TASK = Classification(Classes(("up", "down", "still")))
LOGITS = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
Y = (np.arange(20) % 3).astype(np.int32)


def losses(label_smoothing: float = 0.0, y: np.ndarray = Y) -> np.ndarray:
    load_tensorflow()
    import tensorflow as tf

    of = TASK.training_losses(Training(label_smoothing=label_smoothing), Y)
    found: np.ndarray = of(tf.constant(y), tf.constant(LOGITS)).numpy()
    return found


def test_the_head_has_an_output_for_each_class() -> None:
    assert TASK.outputs == 3
    assert [metric.name for metric in TASK.metrics] == ["accuracy"]


def test_data_with_classes_poses_a_classification() -> None:
    data: Any = SimpleNamespace(target=TASK.target)
    assert task_for(data) == TASK


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
def test_the_loss_is_the_cross_entropy_of_each_example_in_nats(smoothing: float) -> None:
    log_p = LOGITS - np.log(np.exp(LOGITS).sum(axis=1, keepdims=True))
    labels = (1 - smoothing) * np.eye(3)[Y] + smoothing / 3
    np.testing.assert_allclose(losses(smoothing), -(labels * log_p).sum(axis=1), rtol=1e-5)


def test_the_least_smoothing_is_continuous_with_none() -> None:
    np.testing.assert_allclose(losses(1e-7), losses(), atol=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_shares_of_one_class_count_as_that_class(smoothing: float) -> None:
    shares = np.eye(3, dtype=np.float32)[Y]
    np.testing.assert_allclose(losses(smoothing, shares), losses(smoothing), rtol=1e-5)


def test_two_classes_are_told_apart_by_one_logit_as_by_two() -> None:
    load_tensorflow()
    import tensorflow as tf

    task = Classification(Classes(("no", "yes")))
    y, logit = (np.arange(20) % 2).astype(np.int32), LOGITS[:, :1]
    assert task.outputs == 1
    p = 1 / (1 + np.exp(-logit[:, 0]))
    expected = -np.log(np.where(y == 1, p, 1 - p))
    np.testing.assert_allclose(task.losses(tf.constant(y), tf.constant(logit)), expected, rtol=1e-5)
    report = task.report(y, logit)
    assert report.accuracy == np.mean((p > 0.5) == y)
    (metric,) = task.metrics
    totals = metric.totals(tf.constant(y), tf.constant(logit), tf.ones(20)).numpy()
    assert metric.result(totals) == pytest.approx(report.accuracy)


def test_without_class_weights_all_count_the_same() -> None:
    assert TASK.class_weights(None, Y) == [1.0, 1.0, 1.0]


def test_named_classes_get_their_weight_and_the_others_one() -> None:
    assert TASK.class_weights({"still": 2.5}, Y) == [1.0, 1.0, 2.5]


def test_balanced_classes_have_equal_weight_in_all_and_one_on_average() -> None:
    y = np.array([0] * 6 + [1] * 3 + [2], np.int32)
    weights = TASK.class_weights("balanced", y)
    assert weights == pytest.approx([10 / (3 * 6), 10 / (3 * 3), 10 / 3])
    assert np.array(weights)[y].mean() == pytest.approx(1)


def test_a_class_without_examples_does_not_divide_by_zero() -> None:
    assert TASK.class_weights("balanced", np.array([0, 0, 1], np.int32)) == pytest.approx([0.5, 1.0, 1.0])


def test_a_name_that_is_no_class_is_refused_together_with_the_classes() -> None:
    with pytest.raises(
        UsageError, match=r"there is no class `stil` \(did you mean `still`\?\); the classes are up, down, still"
    ):
        TASK.class_weights({"up": 1.0, "stil": 2.5}, Y)


@pytest.mark.parametrize(
    ("logits", "probabilities"),
    [([[0.0, 0.0, 0.0]], [[1 / 3] * 3]), ([[1000.0, 0.0, -1000.0]], [[1.0, 0.0, 0.0]]), ([[0.0]], [[0.5, 0.5]])],
)
def test_metrics_judge_probabilities_whatever_the_size_of_the_logits(logits, probabilities):
    task = Classification(Classes(("a", "b", "c")[: max(2, len(logits[0]))]))
    np.testing.assert_allclose(task.predictions(np.array(logits, np.float32)), probabilities)
