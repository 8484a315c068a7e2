from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.errors import UsageError
from dlcli.models.attention_rnn import AttentionRNN
from dlcli.models.bilstm import BiLSTM
from dlcli.models.cnn_lstm import CNNLSTM
from dlcli.models.gru import GRU
from dlcli.models.lstm import LSTM
from dlcli.models.rnn import RNN
from tests.models.networks import OUTPUTS, examples, network, parameters

T, C = 7, 3
GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def cells(kind: str, inputs: int, units: int) -> int:
    """Kernel, recurrent kernel, bias; Keras' GRU has a second bias on the recurrent product."""
    return GATES[kind] * (inputs * units + units * units + units * (2 if kind == "gru" else 1))


def head(inputs: int) -> int:
    return inputs * OUTPUTS + OUTPUTS


SCORES = {"dnn": lambda C, U: U * U + C * U + U + U, "dot": lambda C, U: 0, "general": lambda C, U: U * C,
          "cosine": lambda C, U: 1}  # fmt: skip
PARAMETERS = [
    (LSTM(units=(8, 4)), cells("lstm", C, 8) + cells("lstm", 8, 4) + head(4)),
    (BiLSTM(units=(6, 4)), 2 * (cells("lstm", C, 6) + cells("lstm", 12, 4)) + head(8)),
    (GRU(units=(8,)), cells("gru", C, 8) + head(8)),
    (GRU(units=(5, 4), bidirectional=True), 2 * (cells("gru", C, 5) + cells("gru", 10, 4)) + head(8)),
    (RNN(units=(8, 4)), cells("rnn", C, 8) + cells("rnn", 8, 4) + head(4)),
    (RNN(activation="identity_relu", bidirectional=True), 2 * cells("rnn", C, 32) + head(64)),
    (CNNLSTM(filters=(4, 6), kernel_size=5, units=(8,)),
     (5 * C * 4 + 4) + (5 * 4 * 6 + 6) + cells("lstm", 6, 8) + head(8)),
    (CNNLSTM(filters=(4,), convolutions_per_block=2, batch_norm=True, bidirectional=True, units=(8,)),
     (3 * C * 4 + 2 * 4) + (3 * 4 * 4 + 2 * 4) + 2 * cells("lstm", 4, 8) + head(16)),
    *[(AttentionRNN(units=(C,), score=score, cell=cell), cells(cell, 2 * C, C) + SCORES[score](C, C) + head(C))
      for score in SCORES for cell in GATES],
    (AttentionRNN(units=(5, 4), bidirectional=True, filters=(6,)),
     (3 * C * 6 + 6) + 2 * (cells("lstm", 12, 5) + SCORES["dnn"](6, 5) + cells("lstm", 20, 4) + SCORES["dnn"](10, 4))
     + head(8)),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "count"), PARAMETERS, ids=lambda value: getattr(value, "type", str(value)))
def test_it_has_so_many_parameters(spec, count):
    model = network(spec, (T, C))
    assert model.output_shape == (None, OUTPUTS)
    assert parameters(model) == count


@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
def test_names_are_those_of_the_kind_and_the_number_from_the_input_on(pooling):
    model = network(GRU(units=(4, 3), bidirectional=True, dropout=0.5, pooling=pooling), (T, C))
    names = [layer.name for layer in model.layers]
    pool = [] if pooling == "last" else [pooling]
    assert names == ["inputs", "bigru_1", "dropout_1", "bigru_2", *pool, "dropout_2", "head"]


def test_first_weights_are_glorot_orthogonal_and_forget_gates_open():
    cell = network(LSTM(), (T, C)).get_layer("lstm_1").cell
    kernel, recurrent, bias = (w.numpy() for w in (cell.kernel, cell.recurrent_kernel, cell.bias))
    assert np.abs(kernel).max() <= np.sqrt(6 / (C + 128))
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(32), atol=1e-5)
    np.testing.assert_array_equal(bias, np.repeat([0, 1, 0, 0], 32))


def test_an_identity_relu_keeps_its_state_until_inputs_change_it():
    model = network(RNN(activation="identity_relu", units=(6,)), (T, C))
    cell = model.get_layer("rnn_1").cell
    np.testing.assert_array_equal(cell.recurrent_kernel, np.eye(6))
    states = keras.Model(model.input, model.get_layer("head").input)
    x = np.zeros((1, T, C), np.float32)
    x[0, 0] = [1.0, -2.0, 0.5]
    np.testing.assert_allclose(states(x)[0], np.maximum(x[0, 0] @ cell.kernel.numpy(), 0), atol=1e-6)


@pytest.mark.parametrize("spec", [LSTM(), GRU(), RNN(), BiLSTM(), AttentionRNN()], ids=lambda spec: spec.type)
def test_pooling_does_what_it_says(spec):
    def pooled(pooling):
        model = network(spec.model_copy(update={"units": (4,), "pooling": pooling}), (T, C))
        return keras.Model(model.input, model.get_layer("head").input)(examples((T, C))).numpy()

    last, mean, maximum = (pooled(p) for p in ("last", "mean", "max"))
    assert (maximum >= mean).all()
    assert not np.allclose(last, mean)
    if not spec.both_ways:  # else last states are those of the two ends
        assert (maximum >= last - 1e-6).all()


EVERY_KIND = [
    LSTM(units=(4, 5)), BiLSTM(units=(4,)), GRU(units=(4,)), GRU(units=(4,), bidirectional=True), RNN(units=(4,)),
    CNNLSTM(filters=(4,), pool=1, units=(5,)), AttentionRNN(units=(4,)), AttentionRNN(units=(4,), bidirectional=True),
]  # fmt: skip


@pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.type)
def test_with_the_same_weights_the_last_step_predicts_what_the_whole_does(spec):
    whole = network(spec, (T, C))
    x = keras.Input((T, C))
    steps = keras.Model(x, spec.build_steps(x, OUTPUTS))
    assert steps.output_shape == (None, T, OUTPUTS)
    steps.set_weights(whole.get_weights())
    if not spec.both_ways:
        np.testing.assert_allclose(steps(examples((T, C)))[:, -1], whole(examples((T, C))), atol=1e-6)


@pytest.mark.parametrize("spec", [BiLSTM(units=(4,)), AttentionRNN(units=(4,), bidirectional=True)])
def test_both_ways_the_first_steps_depend_on_the_last_inputs(spec):
    x = keras.Input((T, C))
    model = keras.Model(x, spec.build_steps(x, OUTPUTS))
    one = examples((T, C))
    other = one.copy()
    other[:, -1] += 1
    assert np.abs(model(one)[:, 0] - model(other)[:, 0]).min() > 0


@pytest.mark.parametrize("kind", [CNNLSTM, AttentionRNN])
@pytest.mark.parametrize(("pool", "blocks", "length"), [(2, 2, 12), (2, 2, 11), (3, 2, 10), (3, 1, 4), (1, 2, 5)])
def test_steps_that_pooling_has_made_one_have_one_prediction_and_all_are_predicted(kind, pool, blocks, length):
    spec = kind(filters=(4,) * blocks, pool=pool, units=(5,))
    x = keras.Input((length, C))
    model = keras.Model(x, spec.build_steps(x, OUTPUTS))
    assert model.output_shape == (None, length, OUTPUTS)
    predicted = np.array(model(examples((length, C))))
    for first in range(0, length, together := pool**blocks):
        np.testing.assert_array_equal(
            predicted[:, first : first + together], predicted[:, [first] * min(together, length - first)]
        )
        assert first == 0 or (predicted[:, first] != predicted[:, first - 1]).any()
    # As many numbers as without pooling.
    without = keras.Model(x, spec.model_copy(update={"pool": 1}).build_steps(x, OUTPUTS))
    assert model.count_params() == without.count_params()


@pytest.mark.parametrize(("pool", "length"), [(2, 7), (3, 7), (4, 9), (5, 11)])
def test_a_step_has_its_part_in_its_own_prediction_and_in_none_before_its_window(pool, length):
    spec = CNNLSTM(filters=(4,), kernel_size=1, pool=pool, units=(5,), activation="tanh")
    x = keras.Input((length, C))
    model = keras.Model(x, spec.build_steps(x, OUTPUTS))
    given = examples((length, C), count=1)
    for step in range(length):
        moved = given.copy()
        moved[:, step] += 100  # the maximum of its window, whatever else is in it
        changed = (np.array(model(moved)) != np.array(model(given))).any(axis=(0, 2))
        first = step - step % pool
        assert not changed[:first].any()
        assert changed[first:].all()


@pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.type)
def test_an_image_is_read_row_by_row(spec):
    if spec.type == "cnn_lstm":
        assert network(spec, (6, 4, 2)).get_layer("lstm_1").input.shape == (None, 6, 4 * 4)
        return
    rows = network(spec, (6, 8))
    images = network(spec, (6, 4, 2))
    images.set_weights(rows.get_weights())
    x = examples((6, 4, 2))
    np.testing.assert_allclose(images(x), rows(x.reshape(-1, 6, 8)), atol=1e-6)


@pytest.mark.parametrize("shape", [(9,), (4, 3, 2, 1)])
@pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.type)
def test_what_is_neither_signal_nor_image_is_refused(spec, shape):
    said = "x".join(map(str, shape))
    with pytest.raises(UsageError, match=rf"model: {spec.type} reads signals \(T, C\), or images .* shape {said}$"):
        network(spec, shape)


@pytest.mark.parametrize(
    ("spec", "shape", "layer", "reads"),
    [
        (AttentionRNN(score="dot", units=(4,)), (T, C), 1, C),
        (AttentionRNN(score="cosine", units=(8,)), (6, 4, 1), 1, 4),
        (AttentionRNN(score="dot", units=(3, 4)), (T, C), 2, 3),
        (AttentionRNN(score="dot", units=(3, 3), bidirectional=True), (T, C), 2, 6),
        (AttentionRNN(score="dot", units=(4,), filters=(4, 6)), (T, C), 1, 6),
        (AttentionRNN(score="cosine", units=(4,), filters=(4, 6)), (9, 9, 1), 1, 18),
    ],
)
def test_scores_that_cannot_be_computed_are_refused_by_shapes_alone(spec, shape, layer, reads):
    said = rf"`score: {spec.score}` .* layer {layer} has {spec.units[layer - 1]} and reads {reads};"
    with pytest.raises(UsageError, match=said) as caught:
        spec.refuse_unfit(shape)
    assert caught.value.at == ("model", "score")
    with pytest.raises(UsageError, match=said):
        network(spec, shape)
    spec.model_copy(update={"score": "general"}).refuse_unfit(shape)


def test_of_a_size_that_is_not_known_nothing_is_said():
    AttentionRNN(score="dot", units=(4,)).refuse_unfit((None, None))
    AttentionRNN(score="dot", units=(4,)).refuse_unfit((28, None, 1))
