from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.layers import positions
from dlcli.layers.dropout import Dropout
from dlcli.layers.positions import Position


def mask(layer, rows, *, seed=1, step=2, first_row=0, shape=(5, 3)):
    at = Position(tf.constant(seed, tf.int64), tf.constant(step, tf.int64), tf.constant(first_row, tf.int64))
    with positions.at(at):
        return layer(tf.ones((rows, *shape)), training=True).numpy()


def test_kept_values_are_scaled_and_the_rest_is_zero():
    out = mask(Dropout(0.25, name="d"), 4000)
    assert set(np.unique(out)) == {np.float32(0), np.float32(1 / 0.75)}
    assert out.mean() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("shape", [(7,), (8,), (5, 3), (2, 2, 2)])
def test_rows_do_not_depend_on_how_the_batch_is_divided(shape):
    layer = Dropout(0.5, name="d")
    whole = mask(layer, 12, shape=shape)
    parts = [mask(layer, n, first_row=start, shape=shape) for start, n in ((0, 5), (5, 4), (9, 3))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_masks_differ_between_rows_steps_seeds_and_layers():
    layer = Dropout(0.5, name="d")
    first = mask(layer, 2, shape=(64,))
    others = [
        mask(layer, 2, step=3, shape=(64,)),
        mask(layer, 2, seed=2, shape=(64,)),
        mask(Dropout(0.5, name="e"), 2, shape=(64,)),
    ]
    assert not np.array_equal(first[0], first[1])
    for other in others:
        assert not np.array_equal(first, other)
    np.testing.assert_array_equal(first, mask(Dropout(0.5, name="d"), 2, shape=(64,)))


def test_outside_of_training_it_passes_everything():
    x = tf.random.stateless_normal((4, 6), [1, 2])
    np.testing.assert_array_equal(Dropout(0.9)(x, training=False), x)
    np.testing.assert_array_equal(Dropout(0.0)(x, training=True), x)


def test_outside_of_the_loop_it_is_keras_dropout():
    keras.utils.set_random_seed(5)
    theirs = keras.layers.Dropout(0.5, seed=9)(tf.ones((3, 40)), training=True).numpy()
    ours = Dropout(0.5, seed=9)(tf.ones((3, 40)), training=True).numpy()
    np.testing.assert_array_equal(ours, theirs)


def test_neighbouring_rows_and_steps_are_uncorrelated():
    draws = np.stack([mask(Dropout(0.5, name="d"), 64, step=step, shape=(64,)) for step in range(8)]) - 1
    assert abs(np.mean(draws[:, 1:] * draws[:, :-1])) < 0.02
    assert abs(np.mean(draws[1:] * draws[:-1])) < 0.02
