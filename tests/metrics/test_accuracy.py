"""Accuracy as totals that add up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dlcli.backend import load_tensorflow
from dlcli.metrics.accuracy import Accuracy

DRAW = np.random.default_rng(0)
LOGITS = DRAW.normal(size=(40, 5)).astype(np.float32)
LABELS = DRAW.integers(0, 5, 40).astype(np.int32)


def totals(y: np.ndarray, output: np.ndarray, weight: np.ndarray) -> np.ndarray:
    load_tensorflow()
    import tensorflow as tf

    found: np.ndarray = Accuracy().totals(tf.constant(y), tf.constant(output), tf.constant(weight)).numpy()
    assert found.shape == (Accuracy.size,)
    return found


def test_it_is_the_share_of_largest_logits_that_are_right() -> None:
    found = totals(LABELS, LOGITS, np.ones(40, np.float32))
    assert Accuracy().result(found) == pytest.approx(np.mean(LOGITS.argmax(axis=1) == LABELS))


def test_rows_of_no_weight_do_not_count() -> None:
    weight = (np.arange(40) < 30).astype(np.float32)
    assert totals(LABELS, LOGITS, weight) == pytest.approx(totals(LABELS[:30], LOGITS[:30], weight[:30]))


def test_totals_of_portions_add_up_to_those_of_the_whole() -> None:
    weight = DRAW.uniform(size=40).astype(np.float32)
    parts = [slice(0, 7), slice(7, 8), slice(8, 40)]
    summed = sum(totals(LABELS[p], LOGITS[p], weight[p]) for p in parts)
    assert summed == pytest.approx(totals(LABELS, LOGITS, weight), rel=1e-6)


def test_of_two_equal_logits_the_first_counts() -> None:
    tie = np.zeros((2, 3), np.float32)
    assert Accuracy().result(totals(np.array([0, 1], np.int32), tie, np.ones(2, np.float32))) == 0.5


def test_over_no_examples_it_is_not_a_number() -> None:
    assert math.isnan(Accuracy().result(np.zeros(2)))
