from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.layers import positions
from dlcli.layers.gaussian_noise import GaussianNoise
from dlcli.layers.positions import Position


def noisy(layer, rows, *, seed=1, step=2, first_row=0, shape=(5, 3)):
    at = Position(tf.constant(seed, tf.int64), tf.constant(step, tf.int64), tf.constant(first_row, tf.int64))
    with positions.at(at):
        return layer(tf.ones((rows, *shape)), training=True).numpy()


def test_it_has_the_deviation_that_is_asked_for_and_no_mean():
    drawn = noisy(GaussianNoise(0.3, name="n"), 4000) - 1
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(0.3, rel=0.02)


@pytest.mark.parametrize("shape", [(7,), (8,), (5, 3), (2, 2, 2)])
def test_rows_do_not_depend_on_how_the_batch_is_divided(shape):
    layer = GaussianNoise(0.5, name="n")
    whole = noisy(layer, 12, shape=shape)
    parts = [noisy(layer, n, first_row=start, shape=shape) for start, n in ((0, 5), (5, 4), (9, 3))]
    # To rounding: what the cosine of a number is depends on where it stands in memory.
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)


def test_rows_steps_and_seeds_have_noise_of_their_own():
    layer = GaussianNoise(0.5, name="n")
    first = noisy(layer, 2)
    assert not np.array_equal(first[0], first[1])
    for other in (noisy(layer, 2, step=3), noisy(layer, 2, seed=2)):
        assert not np.array_equal(first, other)
    np.testing.assert_array_equal(first, noisy(layer, 2))


def test_outside_of_the_loop_it_is_keras():
    x = tf.ones((3, 40))
    np.testing.assert_array_equal(GaussianNoise(0.5)(x, training=False), x)
    keras.utils.set_random_seed(5)
    theirs = keras.layers.GaussianNoise(0.5, seed=9)(x, training=True).numpy()
    np.testing.assert_array_equal(GaussianNoise(0.5, seed=9)(x, training=True).numpy(), theirs)
