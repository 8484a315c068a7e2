from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import TokenSequence
from dlcli.errors import UsageError
from dlcli.spec.experiment import Training
from dlcli.tasks import SequenceToSequence

NAMES = ("<padding>", "<unknown>", "<begin>", "<end>", "a", "b")
Y = np.array([[4, 5, 3, -1], [3, -1, -1, -1], [5, 5, 5, 3]], np.int32)
OUTPUT = np.random.default_rng(0).normal(size=(3, 4, 6)).astype(np.float32)
TASK = SequenceToSequence.of(TokenSequence(NAMES, 7), Y)


def test_every_token_counts_the_same_and_what_follows_the_end_not_at_all():
    assert TASK.per_step
    assert TASK.outputs == 6
    assert TASK.tokens == 8 / 3
    logits = OUTPUT.astype(np.float64)
    nats = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, np.maximum(Y, 0)[..., None], -1)[..., 0]
    losses = TASK.losses(tf.constant(Y), tf.constant(OUTPUT)).numpy()
    assert losses.mean() == pytest.approx(nats[Y >= 0].mean(), rel=1e-6)
    changed = np.where((Y >= 0)[..., None], OUTPUT, 9.0).astype(np.float32)
    for train in (Training(), Training(label_smoothing=0.1)):
        both = [TASK.training_losses(train, Y)(tf.constant(Y), tf.constant(each)) for each in (OUTPUT, changed)]
        np.testing.assert_array_equal(*both)


def test_a_report_is_on_what_was_written_without_the_end():
    kept = TASK.kept(Y, OUTPUT)
    right = (OUTPUT.argmax(-1) == Y)[Y >= 0].mean()
    written = np.array([[4, 5, -1, -1], [-1, -1, -1, -1], [5, 5, -1, -1]], np.int32)
    report = TASK.written(Y, kept, {1: written})
    assert report.scores == {
        "exact_match": pytest.approx(2 / 3),
        "token_error_rate": pytest.approx(1 / 5),
        "accuracy": pytest.approx(right),
    }
    assert tuple(report.scores) == TASK.scores
    assert TASK.report(Y, kept).scores == {"accuracy": pytest.approx(right)}


def test_tokens_are_not_weighed():
    with pytest.raises(UsageError, match=r"train.class_weights \(=balanced\) is for classes; this data has sequences"):
        TASK.training_losses(Training(class_weights="balanced"), Y)


def test_further_metrics_are_given_what_was_predicted_right():
    y, right = TASK.judged(Y, TASK.kept(Y, OUTPUT))
    assert y.shape == right.shape == (8,)
