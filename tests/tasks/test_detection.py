from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import Data, Split, StepClasses, Timelines
from dlcli.spec.experiment import Training
from dlcli.tasks import Detection, StepClassification, task_for

NAMES = ("walk", "sit", "other")
Y = np.array([[0, 0, 1, -1], [-1, -1, 1, 2], [2, 2, 0, 0]], np.int32)
OUTPUT = np.random.default_rng(0).normal(size=(3, 4, 3)).astype(np.float32)
SPLIT = Split(np.zeros((3, 4, 2)), Y, places=np.array([[1, 0, 0, 4], [1, 2, 4, 6], [2, 0, 0, 4]], np.int32))
TASK = task_for(Data(SPLIT, None, None, Timelines(NAMES, 2, 2.0, 0.0, 0.0, 1.0)))


def test_it_is_trained_as_single_steps_are_and_followed_by_macro_f1():
    assert isinstance(TASK, Detection)
    steps = StepClassification.of(StepClasses(NAMES), Y)
    for train in (Training(), Training(label_smoothing=0.1, class_weights="balanced")):
        losses = [task.training_losses(train, Y)(tf.constant(Y), tf.constant(OUTPUT)) for task in (TASK, steps)]
        np.testing.assert_array_equal(*losses)
    assert TASK.headline == TASK.metrics[0].name == "macro_f1"
    assert [metric.name for metric in TASK.metrics] == ["macro_f1", "accuracy"]
    assert TASK.describes == "3 classes for each step, segments of 2 of them"


def test_the_report_is_on_whole_recordings_and_agrees_with_what_is_followed():
    report = TASK.detected(SPLIT, OUTPUT)
    assert [len(each.true) for each in report.recordings] == [6, 4]
    assert report.recordings[0].true.tolist() == [0, 0, 1, -1, 1, 2]
    assert set(report.scores) == set(TASK.scores)
    ones = tf.ones(3)
    judged = np.where(np.arange(4) >= (SPLIT.places[:, 2] - SPLIT.places[:, 1])[:, None], Y, -1)
    for metric in TASK.metrics:
        totals = metric.totals(tf.constant(judged), tf.constant(OUTPUT), ones).numpy().astype(np.float64)
        assert report.scores[metric.name] == pytest.approx(metric.result(totals))
