from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.steps import NatsPerToken, StepAccuracy, StepMacroF1

Y = np.array([[0, 2, -1], [1, -1, -1], [-1, -1, -1]], np.int32)
LOGITS = np.random.default_rng(0).normal(size=(3, 3, 4)).astype(np.float32)


def totals(metric, rows):
    return metric.totals(tf.constant(Y[rows]), tf.constant(LOGITS[rows]), tf.ones(len(Y[rows]))).numpy()


@pytest.mark.parametrize("metric", [StepAccuracy(), NatsPerToken()], ids=lambda metric: metric.name)
def test_totals_of_parts_add_up_and_steps_without_label_do_not_count(metric):
    whole = totals(metric, slice(None))
    np.testing.assert_allclose(whole, totals(metric, slice(0, 1)) + totals(metric, slice(1, 3)), rtol=1e-6)
    assert whole.shape == (metric.size,)
    assert whole[1] == 3
    assert np.isnan(metric.result(totals(metric, slice(2, 3))))


def test_they_are_what_is_written():
    labelled = [(0, 0, 0), (0, 1, 2), (1, 0, 1)]
    right = np.mean([LOGITS[i, t].argmax() == k for i, t, k in labelled])
    nats = np.mean([np.log(np.exp(LOGITS[i, t]).sum()) - LOGITS[i, t, k] for i, t, k in labelled])
    assert StepAccuracy().result(totals(StepAccuracy(), slice(None))) == pytest.approx(right)
    assert NatsPerToken().result(totals(NatsPerToken(), slice(None))) == pytest.approx(nats, rel=1e-6)


def test_macro_f1_is_that_of_the_report_however_examples_are_divided():
    metric = StepMacroF1(4)
    there = Y >= 0
    report = ClassificationReport.of(tuple("abcd"), Y[there], LOGITS.argmax(axis=-1)[there])
    parts = totals(metric, slice(0, 1)) + totals(metric, slice(1, 3))
    assert metric.result(parts) == pytest.approx(report.macro_f1)
    np.testing.assert_allclose(parts, totals(metric, slice(None)))
    assert metric.result(totals(metric, slice(2, 3))) == 0.0


def test_macro_f1_of_two_classes_goes_by_the_one_logit():
    y, logits = np.array([[0, 1, 1, -1]], np.int32), np.array([[[-1.0], [2.0], [-3.0], [9.0]]], np.float32)
    metric = StepMacroF1(2)
    # Hits, predicted and there: 1 of 2 and 1 of the first class, 1 of 1 and 2 of the second.
    values = metric.totals(tf.constant(y), tf.constant(logits), tf.ones(1)).numpy()
    assert values.tolist() == [1, 1, 2, 1, 1, 2]
    assert metric.result(values) == pytest.approx(2 / 3)


def test_rows_that_only_fill_up_weigh_nothing():
    weight = tf.constant([1.0, 0.0, 1.0])
    assert StepAccuracy().totals(tf.constant(Y), tf.constant(LOGITS), weight).numpy()[1] == 2
    assert StepMacroF1(4).totals(tf.constant(Y), tf.constant(LOGITS), weight).numpy()[8:].sum() == 2
