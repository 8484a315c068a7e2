"""Steps that only fill a sequence up change nothing: not what is predicted, and not what is learned."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.layers import positions
from dlcli.layers.positions import Position
from dlcli.models.attention_rnn import AttentionRNN
from dlcli.models.bilstm import BiLSTM
from dlcli.models.cnn_lstm import CNNLSTM
from dlcli.models.gru import GRU
from dlcli.models.lstm import LSTM
from dlcli.models.masks import mask_of, max_pooled, pooled_over_time
from dlcli.models.rnn import RNN
from dlcli.training.build import portable, recurrent_kernels
from tests.models.networks import OUTPUTS, examples

T, C = 7, 3
LENGTHS = np.array([7, 5, 3, 1, 2, 6, 4, 3])
WITHIN = np.arange(T) < LENGTHS[:, None]
X = np.where(WITHIN[..., None], examples((T, C)), 0).astype(np.float32)
CASES = [
    LSTM(units=(4, 3)), LSTM(units=(4,), pooling="max"), BiLSTM(units=(4, 3), pooling="max"), BiLSTM(units=(4,)),
    GRU(units=(4, 3), pooling="mean"), GRU(units=(4,), bidirectional=True, pooling="max"), RNN(units=(4,)),
    RNN(units=(4,), activation="identity_relu", bidirectional=True, pooling="mean"),
    CNNLSTM(
        filters=(4, 5), kernel_size=5, pool=3, convolutions_per_block=2, batch_norm=True, units=(4,), pooling="max"
    ),
    CNNLSTM(filters=(4,), pool=2, activation="tanh", bidirectional=True, units=(4,)),
    AttentionRNN(units=(4, 3)), AttentionRNN(units=(3,), score="dot", cell="gru", bidirectional=True, pooling="max"),
    AttentionRNN(units=(4,), score="general", cell="rnn", pooling="mean"),
    AttentionRNN(units=(4,), score="cosine", filters=(4,), pooling="max"),
]  # fmt: skip
every = pytest.mark.parametrize("spec", CASES, ids=lambda spec: f"{spec.type}-{spec.pooling}")


def masked(spec, steps=T, build="build"):
    """A network that takes steps of zeros for no steps."""
    keras.utils.set_random_seed(0)
    x = keras.Input((steps, C), name="inputs")
    return keras.Model(x, getattr(spec, build)(keras.layers.Masking(name="masking")(x), OUTPUTS))


def filled_up(x, steps):
    return np.concatenate([x, np.zeros((len(x), steps, C), np.float32)], axis=1)


@every
def test_predictions_do_not_depend_on_how_far_a_sequence_is_filled_up(spec):
    model, longer = masked(spec), masked(spec, T + 4)
    longer.set_weights(model.get_weights())
    np.testing.assert_allclose(longer(filled_up(X, 4)), model(X), atol=1e-5)
    alone = masked(spec, int(LENGTHS[2]))
    alone.set_weights(model.get_weights())
    np.testing.assert_allclose(alone(X[2:3, : LENGTHS[2]]), model(X)[2:3], atol=1e-5)


@every
def test_gradients_and_averages_do_not_either(spec):
    def learned(steps):
        model = masked(spec, T + steps)
        zero = tf.constant(0, tf.int64)
        with positions.at(Position(zero, zero, zero, tf.ones(len(X)))), tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(filled_up(X, steps), training=True)[:, 0] ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        return [tf.convert_to_tensor(each) for each in (*gradients, *model.non_trainable_variables)]

    for one, other in zip(learned(0), learned(4), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("spec", [CASES[n] for n in (2, 8, 11)], ids=lambda spec: spec.type)
def test_a_file_of_it_respects_masks_too(spec, tmp_path):
    model = masked(spec)
    portable(model).save(tmp_path / "m.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "m.keras")(X), model(X), atol=1e-6)


@pytest.mark.parametrize("spec", [GRU(units=(4,), bidirectional=True), AttentionRNN(units=(4,), bidirectional=True)])
def test_predictions_of_steps_do_not_depend_on_it_where_there_are_such(spec):
    model, longer = masked(spec, build="build_steps"), masked(spec, T + 4, build="build_steps")
    longer.set_weights(model.get_weights())
    one, other = model(X).numpy(), longer(filled_up(X, 4)).numpy()[:, :T]
    np.testing.assert_allclose(other[WITHIN], one[WITHIN], atol=1e-5)


def test_tokens_of_zero_are_no_steps():
    x = keras.Input((T,))
    h = keras.layers.Embedding(5, C, mask_zero=True)(x)
    model = keras.Model(x, BiLSTM(units=(4,), pooling="max").build(h, OUTPUTS))
    tokens = np.array([[1, 4, 2, 3, 0, 0, 0]], np.float32)
    short = keras.Input((4,))
    layers = keras.layers
    other = keras.Model(short, BiLSTM(units=(4,), pooling="max").build(layers.Embedding(5, C)(short), OUTPUTS))
    other.set_weights(model.get_weights())
    np.testing.assert_allclose(model(tokens), other(tokens[:, :4]), atol=1e-6)


def test_a_maximum_is_over_the_steps_that_count():
    x = keras.Input((T, C))
    h = keras.layers.Masking()(x)
    maximum = keras.Model(x, pooled_over_time(h, mask_of(h), "max"))(X - 9.0 * WITHIN[..., None])
    for row, length, found in zip(X, LENGTHS, maximum, strict=True):
        np.testing.assert_allclose(found, row[:length].max(axis=0) - 9, atol=1e-5)
    assert mask_of(x) is None


@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_a_sequence_without_a_single_step_that_counts_is_zeros_and_spoils_no_gradient(pooling):
    x, mask = keras.Input((T, C)), keras.Input((T,), dtype="bool")
    model = keras.Model([x, mask], pooled_over_time(x, mask, pooling))
    given = tf.constant(X)
    counts = tf.constant(WITHIN & (np.arange(len(X)) != 2)[:, None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        pooled = model([given, counts])
    np.testing.assert_array_equal(pooled[2], np.zeros(C))
    assert np.abs(pooled).max() < 10
    gradient = tape.gradient(pooled, given)
    assert np.isfinite(gradient).all()
    assert not np.any(gradient[2])


def test_windows_of_a_pooling_begin_at_the_first_step_and_count_if_one_of_their_steps_does():
    x = keras.Input((T, C))
    h = keras.layers.Masking()(x)
    outputs, counts = keras.Model(x, max_pooled(h, mask_of(h), 3, "pool"))(X - 9.0 * WITHIN[..., None])
    assert outputs.shape == (len(X), 3, C)
    np.testing.assert_array_equal(counts, WITHIN[:, ::3])
    for row, length, found in zip(X, LENGTHS, outputs.numpy(), strict=True):
        for window in range(3):
            inside = row[:length][3 * window : 3 * window + 3] - 9
            np.testing.assert_allclose(found[window], inside.max(axis=0) if len(inside) else 0, atol=1e-5)


def test_the_kernel_that_masks_leave_no_choice_of_is_told():
    for spec, name in ((LSTM(units=(4,)), "lstm_1"), (BiLSTM(units=(4,)), "forward_lstm_1")):
        assert recurrent_kernels(masked(spec)) == {name: "keras (masked steps)"}
