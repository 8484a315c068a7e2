from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.metrics.labels import LabelsReport, MacroF1, average_precision

draw = np.random.default_rng(3)
TRUE = (draw.uniform(size=(40, 4)) < [0.5, 0.2, 0.7, 0.0]).astype(np.float32)
LOGITS = (draw.normal(size=(40, 4)) + TRUE - [0, 0, 0, 9]).astype(np.float32)


@pytest.mark.parametrize(
    ("true", "scores", "expected"),
    [
        ([1, 1, 0, 0], [4, 3, 2, 1], 1.0),
        ([0, 0, 1, 1], [4, 3, 2, 1], (1 / 3 + 2 / 4) / 2),
        ([1, 0, 1, 0], [4, 3, 2, 1], (1 / 1 + 2 / 3) / 2),
        ([1, 0, 0, 1], [2, 2, 2, 2], 0.5),
        ([0, 0], [1, 2], 0.0),
    ],
)
def test_average_precision_is_the_mean_precision_at_each_hit_with_ties_taken_together(true, scores, expected):
    assert average_precision(np.array(true), np.array(scores, float)) == pytest.approx(expected)


def test_followed_f1_is_that_of_the_report_however_examples_are_divided():
    metric = MacroF1(4)
    parts = [
        metric.totals(tf.constant(TRUE[rows]), tf.constant(LOGITS[rows]), tf.ones(len(TRUE[rows]))).numpy()
        for rows in (slice(0, 7), slice(7, 40))
    ]
    assert metric.result(sum(parts)) == pytest.approx(
        LabelsReport(("a", "b", "c", "d"), TRUE, LOGITS).scores["macro_f1"]
    )
    assert metric.result(np.zeros(12)) == 0.0


def test_rows_that_only_fill_up_weigh_nothing():
    weight = tf.constant([1.0] * 20 + [0.0] * 20)
    some = MacroF1(4).totals(tf.constant(TRUE), tf.constant(LOGITS), weight)
    np.testing.assert_allclose(some, MacroF1(4).totals(tf.constant(TRUE[:20]), tf.constant(LOGITS[:20]), tf.ones(20)))


def test_the_report_leaves_out_classes_that_do_not_occur():
    report = LabelsReport(("a", "b", "c", "never"), TRUE, LOGITS)
    rows = report.of_each
    assert rows["never"]["support"] == 0
    assert report.scores["mean_ap"] == pytest.approx(np.mean([rows[name]["ap"] for name in "abc"]))
    assert report.scores["macro_f1"] == pytest.approx(np.mean([rows[name]["f1"] for name in "abc"]))
    assert report.as_json()["classes"] == rows
