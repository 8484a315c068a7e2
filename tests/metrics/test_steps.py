from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.metrics.steps import NatsPerToken, StepAccuracy

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


def test_rows_that_only_fill_up_weigh_nothing():
    weight = tf.constant([1.0, 0.0, 1.0])
    assert StepAccuracy().totals(tf.constant(Y), tf.constant(LOGITS), weight).numpy()[1] == 2
