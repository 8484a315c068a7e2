from __future__ import annotations

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.models.mlp import MLP
from tests.models.networks import examples, kinds, network, parameters


def test_shapes_and_parameters():
    model = network(MLP(units=(8, 6), dropout=0.2, input_dropout=0.1), (5, 3))
    assert [layer.name for layer in model.layers] == [
        "inputs", "flatten", "input_dropout_1", "dense_1", "activation_1", "dropout_1", "dense_2", "activation_2",
        "dropout_2", "head",
    ]  # fmt: skip
    assert parameters(model) == (15 * 8 + 8) + (8 * 6 + 6) + (6 * 3 + 3)
    assert [model.get_layer(name).rate for name in ("input_dropout_1", "dropout_1")] == [0.1, 0.2]


def test_a_batch_norm_takes_the_place_of_the_bias():
    model = network(MLP(units=(8,), batch_norm=True), (5,))
    assert kinds(model) == ["Dense", "BatchNorm", "Activation", "Dense"]
    assert parameters(model) == 5 * 8 + 2 * 8 + (8 * 3 + 3)


def test_a_unit_of_maxout_is_the_largest_of_its_pieces():
    model = network(MLP(units=(4,), activation="maxout", pieces=3), (5,))
    assert parameters(model) == (5 * 12 + 12) + (4 * 3 + 3)
    x = examples((5,))
    hidden = keras.Model(model.input, model.get_layer("head").input)(x)
    dense = model.get_layer("dense_1")
    sums = x @ dense.kernel.numpy() + dense.bias.numpy()
    np.testing.assert_allclose(hidden, sums.reshape(-1, 3, 4).max(axis=1), atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "function"),
    [("relu", keras.activations.relu), ("leaky_relu", keras.activations.leaky_relu), ("elu", keras.activations.elu),
     ("selu", keras.activations.selu), ("gelu", keras.activations.gelu), ("tanh", keras.activations.tanh),
     ("sigmoid", keras.activations.sigmoid)],
)  # fmt: skip
def test_the_activation_is_the_one_named(activation, function):
    model = network(MLP(units=(4,), activation=activation), (5,))
    assert model.get_layer("activation_1").activation is function


# The deviation of the first weights of a layer of 400 inputs and 300 units.
GLOROT, HE, LECUN = np.sqrt(2 / 700), np.sqrt(2 / 400), np.sqrt(1 / 400)


@pytest.mark.parametrize(
    ("options", "deviation"),
    [({"activation": name}, HE) for name in ("relu", "leaky_relu", "elu", "gelu")]
    + [({"activation": name}, GLOROT) for name in ("tanh", "sigmoid")]
    + [({"activation": name}, LECUN) for name in ("selu",)]
    + [({"initializer": f"{name}_{kind}"}, deviation)
       for name, deviation in (("glorot", GLOROT), ("he", HE), ("lecun", LECUN)) for kind in ("uniform", "normal")]
    + [({"initializer": "normal"}, 1.0)],
)  # fmt: skip
def test_first_weights_fit_the_activation_unless_the_spec_names_others(options, deviation):
    model = network(MLP(units=(300,), **options), (400,))
    assert model.get_layer("dense_1").kernel.numpy().std() == pytest.approx(deviation, rel=0.03)
    head = model.get_layer("head").kernel.numpy()
    fans = {"glorot": 2 / 303, "he": 2 / 300, "lecun": 1 / 300, "normal": 1.0}
    kind = options.get("initializer", "glorot").split("_")[0]
    assert head.std() == pytest.approx(np.sqrt(fans[kind]), rel=0.1)


def test_maxout_keeps_the_size_of_a_signal():
    model = network(MLP(units=(400,) * 5, activation="maxout"), (400,))
    hidden = keras.Model(model.input, model.get_layer("head").input)(examples((400,), 64)).numpy()
    assert np.mean(hidden**2) == pytest.approx(1.0, rel=0.5)


def test_penalties_are_over_all_kernels():
    model = network(MLP(units=(4, 4), l1=0.5, l2=0.25), (5,))
    kernels = [layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")]
    expected = sum(0.5 * abs(kernel).sum() + 0.25 * (kernel**2).sum() for kernel in kernels)
    assert len(kernels) == 3
    assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("units", ()), ("units", (0,)), ("activation", "swoosh"), ("pieces", 1), ("dropout", 1.0), ("input_dropout", -0.1),
     ("batch_norm", 1), ("l1", -1.0), ("initializer", "zeros")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(field, wrong):
    with pytest.raises(ValidationError, match=rf"(?s){field}.*input_value="):
        MLP.model_validate({field: wrong})
