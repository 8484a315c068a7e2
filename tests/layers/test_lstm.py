from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.layers.lstm import LSTM


def outputs_and_gradients(layer, x, towards):
    @tf.function
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            h = layer(x)
            score = tf.reduce_sum(h * towards)
        return h, tape.gradient(score, [x, *layer.trainable_variables])

    return run(x)


@pytest.mark.parametrize("batch", [1, 5, 8])
@pytest.mark.parametrize(
    "options",
    [{}, {"return_sequences": True}, {"go_backwards": True}, {"go_backwards": True, "return_sequences": True}],
)
def test_it_computes_what_keras_lstm_computes(batch, options):
    x = tf.random.stateless_normal((batch, 17, 5), [1, 2])
    ours, theirs = LSTM(6, **options), keras.layers.LSTM(6, **options)
    h = theirs(x)
    ours.build(x.shape)
    weights = [tf.random.stateless_normal(w.shape, [3, i]) * 0.4 for i, w in enumerate(theirs.weights)]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    assert ours.kernel_used == "block"
    towards = tf.random.stateless_normal(h.shape, [4, 5])
    (h1, g1), (h2, g2) = (outputs_and_gradients(layer, x, towards) for layer in (ours, theirs))
    np.testing.assert_allclose(h1, h2, atol=2e-6)
    for one, other in zip(g1, g2, strict=True):
        np.testing.assert_allclose(one, other, atol=3e-5, rtol=1e-4)


def test_bidirectional_works_on_it():
    x = tf.random.stateless_normal((4, 9, 3), [1, 2])
    ours = keras.layers.Bidirectional(LSTM(5, return_sequences=True))
    theirs = keras.layers.Bidirectional(keras.layers.LSTM(5, return_sequences=True))
    ours(x), theirs(x)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours(x), theirs(x), atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (LSTM(65), "over 64 units"),
        (LSTM(8, activation="relu"), "not the standard cell"),
        (LSTM(8, recurrent_dropout=0.1), "not the standard cell"),
    ],
)
def test_it_says_why_it_takes_keras_way(layer, why):
    assert why in layer.kernel_used
    assert layer(tf.ones((2, 4, 3))).shape == (2, layer.units)


def test_a_mask_is_respected():
    x = tf.random.stateless_normal((3, 6, 2), [1, 2])
    layer = LSTM(4)
    mask = tf.sequence_mask([6, 4, 2], 6)
    for row, length in enumerate((6, 4, 2)):
        np.testing.assert_allclose(layer(x, mask=mask)[row], layer(x[row : row + 1, :length])[0], atol=1e-6)
