from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import NextToken, StepClasses
from dlcli.errors import UsageError
from dlcli.spec.experiment import Training
from dlcli.tasks import NextTokens, StepClassification

NAMES = ("still", "moving", "other")
Y = np.array([[0, 2, 1, -1], [1, -1, -1, -1], [-1, -1, -1, -1], [0, 0, 0, 0]], np.int32)
OUTPUT = np.random.default_rng(0).normal(size=(4, 4, 3)).astype(np.float32)
LABELLED = Y >= 0
TASKS = [StepClassification.of(StepClasses(NAMES), Y), NextTokens.of(NextToken(NAMES), Y)]
each = pytest.mark.parametrize("task", TASKS, ids=lambda task: type(task).__name__)


def step_nats() -> np.ndarray:
    """Of the labelled steps, in their order."""
    logits = OUTPUT.astype(np.float64)
    nats = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, np.maximum(Y, 0)[..., None], -1)[..., 0]
    return nats[LABELLED]


@each
def test_every_labelled_step_counts_the_same_and_no_other(task):
    assert task.per_step
    assert task.outputs == 3
    losses = task.losses(tf.constant(Y), tf.constant(OUTPUT)).numpy()
    assert losses.shape == (4,)
    assert losses[2] == 0
    assert losses.mean() == pytest.approx(step_nats().mean(), rel=1e-6)
    for train in (Training(), Training(label_smoothing=0.1)):
        trained = task.training_losses(train, Y)
        changed = np.where(LABELLED[..., None], OUTPUT, 100 * OUTPUT)
        of_both = [trained(tf.constant(Y), tf.constant(output.astype(np.float32))) for output in (OUTPUT, changed)]
        np.testing.assert_array_equal(*of_both)


@each
def test_smoothing_mixes_in_the_mean_over_all_classes(task):
    smoothed = task.training_losses(Training(label_smoothing=0.3), Y)(tf.constant(Y), tf.constant(OUTPUT))
    even = -np.log(np.exp(OUTPUT) / np.exp(OUTPUT).sum(-1, keepdims=True)).mean(-1)[LABELLED]
    assert smoothed.numpy().mean() == pytest.approx(0.7 * step_nats().mean() + 0.3 * even.mean(), rel=1e-5)


def test_classes_of_steps_are_weighed_by_their_names():
    task = TASKS[0]
    weights = np.array([1.0, 5.0, 1.0])[Y[LABELLED]]
    losses = task.training_losses(Training(class_weights={"moving": 5.0}), Y)(tf.constant(Y), tf.constant(OUTPUT))
    assert losses.numpy().mean() == pytest.approx((weights * step_nats()).mean(), rel=1e-6)
    balanced = 8 / (3 * np.array([5, 2, 1]))[Y[LABELLED]]
    losses = task.training_losses(Training(class_weights="balanced"), Y)(tf.constant(Y), tf.constant(OUTPUT))
    assert losses.numpy().mean() == pytest.approx((balanced * step_nats()).mean(), rel=1e-6)
    with pytest.raises(UsageError, match="there is no class `moved`"):
        task.training_losses(Training(class_weights={"moved": 5.0}), Y)


def test_tokens_are_not_weighed():
    with pytest.raises(UsageError, match=r"train.class_weights \(=balanced\) is for classes; this data has tokens"):
        TASKS[1].training_losses(Training(class_weights="balanced"), Y)


def test_two_classes_are_told_apart_by_one_logit():
    task = StepClassification.of(StepClasses(("no", "yes")), np.array([[0, 1]], np.int32))
    assert task.outputs == 1
    y, output = tf.constant([[0, 1]]), tf.constant([[[-1.0], [2.0]]])
    assert float(task.losses(y, output)[0]) == pytest.approx((np.log1p(np.exp(-1)) + np.log1p(np.exp(-2))) / 2)
    assert task.report(y.numpy(), output.numpy()).accuracy == 1.0


def test_a_report_on_classes_is_over_the_labelled_steps():
    task = TASKS[0]
    report = task.report(Y, OUTPUT)
    assert report.confusion.sum() == LABELLED.sum()
    assert report.accuracy == np.mean(OUTPUT.argmax(-1)[LABELLED] == Y[LABELLED])
    y, predictions = task.judged(Y, OUTPUT)
    assert predictions.shape == (8, 3)
    np.testing.assert_array_equal(y, Y[LABELLED])
    np.testing.assert_allclose(predictions.sum(-1), 1)


def test_a_report_on_tokens_is_made_of_two_numbers_for_each():
    task = TASKS[1]
    kept = task.kept(Y, OUTPUT)
    assert kept.shape == (4, 4, 2)
    report = task.report(Y, kept)
    assert report.counts.tolist() == [3, 2, 2, 1]
    assert report.scores["nats_per_token"] == pytest.approx(step_nats().mean(), rel=1e-6)
    assert report.scores["accuracy"] == np.mean(OUTPUT.argmax(-1)[LABELLED] == Y[LABELLED])
    np.testing.assert_allclose(task.predictions(OUTPUT).sum(-1), 1)
    assert task.judged(Y, kept)[1].shape == (8, 2)
