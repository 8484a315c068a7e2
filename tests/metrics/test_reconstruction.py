from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.metrics.reconstruction import Difference, ReconstructionReport

NAN = float("nan")


@pytest.mark.parametrize(("name", "power"), [("mse", 2), ("mae", 1)])
def test_means_in_units_of_the_scale_add_up_over_batches(name, power):
    draw = np.random.default_rng(0)
    y, output = draw.normal(size=(2, 7, 4, 3))
    scale = np.array([1.0, 2.0, 10.0])
    metric = Difference(name, tuple(scale))
    ones = np.ones(7)
    totals = sum(
        metric.totals(*(tf.constant(each[rows], tf.float32) for each in (y, output, ones))).numpy()
        for rows in (slice(0, 2), slice(2, 7))
    )
    assert metric.result(totals) == pytest.approx(np.mean(np.abs((y - output) / scale) ** power), rel=1e-5)


def test_rows_that_fill_up_and_numbers_that_are_missing_do_not_count():
    y = tf.constant([[1.0, NAN], [0.0, 0.0], [NAN, NAN]])
    output = tf.constant([[3.0, 9.0], [5.0, 5.0], [1.0, 1.0]])
    metric = Difference("mse", (1.0,))
    assert metric.of_each(y, output).numpy().tolist() == [4.0, 25.0, 0.0]
    assert metric.result(metric.totals(y, output, tf.constant([1.0, 0.0, 0.0])).numpy()) == 4.0
    assert np.isnan(metric.result(np.zeros(2)))


def test_what_is_missing_has_no_gradient():
    output = tf.Variable([[3.0, 9.0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(Difference("mse", (1.0,)).of_each(tf.constant([[1.0, NAN]]), output))
    assert tape.gradient(loss, output).numpy().tolist() == [[4.0, 0.0]]


def test_bytes_are_compared_as_they_are():
    pixels = tf.constant([[255, 0]], tf.uint8)
    assert Difference("mae", (255.0,)).of_each(pixels, tf.constant([[0.0, 0.0]])).numpy().tolist() == [0.5]


def test_a_report_names_the_worst():
    report = ReconstructionReport(np.array([[0.1, 0.2], [0.4, 0.3], [0.1, 0.1]]))
    assert report.scores == pytest.approx({"mse": 0.2, "mae": 0.2})
    assert report.worst.tolist() == [1, 0, 2]
    assert report.as_json()["worst"][0] == {"example": 1, "mse": 0.4, "mae": 0.3}
