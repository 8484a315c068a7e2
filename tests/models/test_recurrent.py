from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.errors import UsageError
from dlcli.tasks import task_for
from dlcli.training.build import build_model, portable

LSTM, GRU = 4, 3


def recurrent_parameters(gates, inputs, units):
    """Kernel, recurrent kernel, bias; Keras' GRU has a second bias on the recurrent product."""
    return gates * (inputs * units + units * units + units * (2 if gates == GRU else 1))


@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        ("type: lstm, units: [8, 4]", recurrent_parameters(LSTM, 3, 8) + recurrent_parameters(LSTM, 8, 4) + 4 * 3 + 3),
        ("type: gru, units: [8]", recurrent_parameters(GRU, 3, 8) + 8 * 3 + 3),
        ("type: bilstm, units: [6, 4]",
         2 * (recurrent_parameters(LSTM, 3, 6) + recurrent_parameters(LSTM, 12, 4)) + 8 * 3 + 3),
    ],
)  # fmt: skip
def test_shapes_parameters_and_a_portable_copy(experiment, data, model, parameters, pooling):
    spec = experiment(model=f"{{{model}, dropout: 0.5, l2: 0.01, pooling: {pooling}}}")
    built = build_model(spec, data, task_for(data))
    assert built.output_shape == (None, 3)
    assert sum(int(np.prod(w.shape)) for w in built.trainable_weights) == parameters
    copy = portable(built)
    assert not [layer for layer in copy._flatten_layers() if type(layer).__module__.startswith("dlcli")]
    np.testing.assert_allclose(built(data.test.x), copy(data.test.x), atol=2e-6)
    assert len(built.losses) == len(copy.losses) > 0


def test_first_weights_are_glorot_orthogonal_and_forget_gates_open(experiment, data):
    spec = experiment(model="{type: lstm, units: [32]}")
    cell = build_model(spec, data, task_for(data)).get_layer("lstm_1").cell
    kernel, recurrent, bias = (w.numpy() for w in (cell.kernel, cell.recurrent_kernel, cell.bias))
    assert np.abs(kernel).max() <= np.sqrt(6 / (3 + 128))
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(32), atol=1e-5)
    np.testing.assert_array_equal(bias, np.repeat([0, 1, 0, 0], 32))


@pytest.mark.parametrize("kind", ["lstm", "gru", "bilstm"])
def test_pooling_does_what_it_says(experiment, data, kind):
    def pooled(pooling):
        keras.utils.set_random_seed(0)
        model = build_model(experiment(model=f"{{type: {kind}, units: [4], pooling: {pooling}}}"), data, task_for(data))
        return keras.Model(model.input, model.get_layer("head").input)(data.test.x).numpy()

    last, mean, maximum = (pooled(p) for p in ("last", "mean", "max"))
    assert (maximum >= mean).all()
    assert not np.allclose(last, mean)
    if kind != "bilstm":  # whose last states are those of the two ends
        assert (maximum >= last - 1e-6).all()


@pytest.mark.parametrize("shape", [(9,), (28, 28, 1)])
@pytest.mark.parametrize("kind", ["lstm", "gru", "bilstm"])
def test_what_is_no_signal_is_refused(experiment, kind, shape):
    said = "x".join(map(str, shape))
    with pytest.raises(UsageError, match=rf"model: {kind} reads signals \(T, C\); .* shape {said}"):
        experiment(model=kind).model.build(keras.Input(shape), 3)
