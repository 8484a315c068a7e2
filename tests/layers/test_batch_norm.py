from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.layers import positions
from dlcli.layers.batch_norm import BatchNorm
from dlcli.layers.positions import Position
from dlcli.strategies.mirrored import Mirrored

SHAPES = [(7,), (5, 3), (4, 3, 2)]


def at(weight):
    zero = tf.constant(0, tf.int64)
    return positions.at(Position(zero, zero, zero, tf.convert_to_tensor(weight, tf.float32)))


def draw(*shape):
    return (3 + 2 * np.random.default_rng(1).normal(size=shape)).astype(np.float32)


def trained(layer, x, towards, mask=None):
    """Outputs, gradients towards x and the weights, and the moving averages of one training call."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        out = layer(x, training=True, mask=mask)
        score = tf.reduce_sum(out * towards)
    gradients = tape.gradient(score, [x, *layer.trainable_variables])
    return [array.numpy() for array in (out, *gradients, layer.moving_mean, layer.moving_variance)]


@pytest.mark.parametrize("options", [{}, {"momentum": 0.5, "epsilon": 0.1, "center": False}, {"scale": False}])
@pytest.mark.parametrize("shape", SHAPES)
def test_in_training_it_is_keras_batch_normalization(shape, options):
    x, towards = draw(6, *shape), np.random.default_rng(2).normal(size=(6, *shape))
    with at([1] * 6):
        ours = trained(BatchNorm(**options), x, towards)
    theirs = trained(keras.layers.BatchNormalization(**options), x, towards)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_far_from_zero_it_agrees_with_double_precision(shape):
    # Far from zero, where a variance from the mean of squares has lost its digits.
    x, layer = 1000 + draw(9, *shape), BatchNorm()
    with at([1] * 9):
        out = layer(x, training=True).numpy()
    axes = tuple(range(len(shape)))
    exact = x.astype(np.float64)
    exact = (exact - exact.mean(axes)) / np.sqrt(exact.var(axes) + 1e-3)
    np.testing.assert_allclose(out, exact, atol=3e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_that_fill_up_do_not_count(shape):
    x, towards = draw(7, *shape), np.random.default_rng(2).normal(size=(7, *shape))
    towards[[1, 5]] = 0
    inside = [0, 2, 3, 4, 6]
    with at([1, 0, 1, 1, 1, 0, 1]):
        out, of_x, *rest = trained(BatchNorm(), x, towards)
    with at([1] * 5):
        alone, of_x_alone, *rest_alone = trained(BatchNorm(), x[inside], towards[inside])
    assert not of_x[[1, 5]].any()
    pairs = zip([out[inside], of_x[inside], *rest], [alone, of_x_alone, *rest_alone], strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, atol=1e-4, rtol=1e-5)


def test_another_axis_can_hold_the_channels():
    x = draw(5, 3, 4)
    with at([1] * 5):
        first = BatchNorm(axis=1)(x, training=True)
        last = BatchNorm()(x.transpose(0, 2, 1), training=True)
    np.testing.assert_allclose(first, tf.transpose(last, [0, 2, 1]), atol=1e-5)


def test_masked_time_steps_do_not_count():
    x, mask = draw(4, 5, 2), np.arange(5) < np.array([[5], [2], [3], [1]])
    layer = BatchNorm(momentum=0.0)
    with at([1, 1, 0, 1]):
        layer(x, training=True, mask=tf.constant(mask))
    counted = x[[0, 1, 3]][mask[[0, 1, 3]]]
    np.testing.assert_allclose(layer.moving_mean, counted.mean(0), rtol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, counted.var(0), rtol=1e-4)


def test_a_batch_without_anything_that_counts_gives_no_nan():
    layer = BatchNorm()
    with at([0, 0]):
        assert np.isfinite(layer(draw(2, 3), training=True)).all()


@pytest.mark.parametrize("how", ["outside", "not training", "not trainable", "rows unknown"])
def test_anywhere_else_it_is_keras_own(how):
    x = draw(6, 3)
    ours, theirs = BatchNorm(momentum=0.5), keras.layers.BatchNormalization(momentum=0.5)
    ours.trainable = theirs.trainable = how != "not trainable"
    training = how != "not training"
    zero = tf.constant(0, tf.int64)
    if how == "outside":
        out = ours(x, training=training)
    else:
        weight = None if how == "rows unknown" else tf.constant([1.0, 0, 0, 0, 0, 0])
        with positions.at(Position(zero, zero, zero, weight)):
            out = ours(x, training=training)
    np.testing.assert_array_equal(out, theirs(x, training=training))
    np.testing.assert_array_equal(ours.moving_mean, theirs.moving_mean)


@pytest.mark.parametrize(
    "rows",
    [[3, 5], [8, 0], [0, 8], [2, 1, 5, 0], [0, 0, 7, 1]],
)
def test_replicas_share_the_moments_and_an_empty_one_has_them_too(rows):
    x, towards, size = draw(8, 4, 3), np.random.default_rng(2).normal(size=(8, 4, 3)).astype(np.float32), max(rows)
    with at([1] * 8):
        alone = trained(BatchNorm(momentum=0.5), x, towards)
    strategy = Mirrored(devices=tuple(f"CPU:{i}" for i in range(len(rows)))).build()
    starts = np.cumsum([0, *rows[:-1]])

    def share(array, i):
        return np.concatenate([array[starts[i] : starts[i] + rows[i]], np.ones((size - rows[i], 4, 3), np.float32)])

    def per_replica(make):
        return strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(make(context.replica_id_in_sync_group), tf.float32)
        )

    with strategy.scope():
        layer = BatchNorm(momentum=0.5)
        layer.build(x.shape)

    @tf.function
    def step(x, towards, weight):
        with at(weight), tf.GradientTape() as tape:
            tape.watch(x)
            out = layer(x, training=True)
            score = tf.reduce_sum(out * towards * weight[:, None, None])
        return out, tape.gradient(score, [x, *layer.trainable_variables])

    weights = per_replica(lambda i: [1] * rows[i] + [0] * (size - rows[i]))
    shares = [per_replica(lambda i, array=array: share(array, i)) for array in (x, towards)]
    outs, (of_x, *of_weights) = tf.nest.map_structure(
        strategy.experimental_local_results, strategy.run(step, args=(*shares, weights))
    )

    def together(parts):
        return np.concatenate([part[: rows[i]] for i, part in enumerate(parts)])

    got = [together(outs), together(of_x), *(np.sum(parts, axis=0) for parts in of_weights)]
    for one, other in zip(got, alone, strict=False):
        np.testing.assert_allclose(one, other, atol=1e-5, rtol=1e-4)
    for variable, expected in ((layer.moving_mean, alone[-2]), (layer.moving_variance, alone[-1])):
        copies = [copy.numpy() for copy in strategy.experimental_local_results(variable.value)]
        assert len(copies) == len(rows)
        for copy in copies:
            np.testing.assert_array_equal(copy, copies[0])
        np.testing.assert_allclose(copies[0], expected, rtol=1e-4)


def test_renorm_is_refused():
    with pytest.raises(ValueError, match=r"`renorm` \(=True\)"):
        BatchNorm(renorm=True)
