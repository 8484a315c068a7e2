"""What goes into a code and comes out of it again."""

from __future__ import annotations

from itertools import pairwise

import keras
import numpy as np
import pytest

from dlcli.errors import UsageError
from dlcli.models.autoencoder import Autoencoder
from dlcli.training.build import portable
from tests.models.networks import examples, parameters

DENSE = Autoencoder(units=(8, 6), code=4, dropout=0.1, l2=0.01)
CONVOLUTIONAL = Autoencoder(filters=(4, 6), units=(9,), code=5, kernel_size=3, batch_norm=True, noise=0.1, dropout=0.1)


def network(spec, shape, seed=0):
    keras.utils.set_random_seed(seed)
    x = keras.Input(shape, name="inputs")
    return keras.Model(x, spec.build_reconstruction(x, shape[-1]))


@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("shape", [(9,), (11, 3), (7, 6, 2), (28, 28, 1), (1, 1, 1)])
@pytest.mark.parametrize("spec", [DENSE, CONVOLUTIONAL], ids=["dense", "convolutional"])
def test_what_comes_out_has_the_shape_of_what_goes_in(spec, shape, strides):
    if len(shape) > 1 or not spec.filters:
        model = network(spec.model_copy(update={"strides": strides}), shape)
        assert model.output_shape == (None, *shape)
        assert model.get_layer("code").output.shape == (None, spec.code)


def test_the_decoder_mirrors_the_encoder():
    spec = Autoencoder(filters=(4, 6), units=(9, 7), code=5)
    sizes = [layer.output.shape[1:] for layer in network(spec, (13, 10, 2)).layers]
    ups = [sizes[i] for i in range(len(sizes)) if i == 0 or sizes[i] != sizes[i - 1]]
    steps = [(13, 10, 2), (7, 5, 4), (4, 3, 6), (72,), (9,), (7,), (5,)]
    # On the way back, a place too many each time is cut off.
    assert ups == [*steps, (7,), (9,), (72,), (4, 3, 6), (8, 6, 4), (7, 5, 4), (14, 10, 2), (13, 10, 2)]


def test_a_dense_one_has_the_weights_of_its_layers():
    sizes = [18, 8, 6, 4, 6, 8, 18]
    expected = sum((one + 1) * other for one, other in pairwise(sizes))
    assert parameters(network(DENSE, (6, 3))) == expected


def test_a_convolutional_one_has_the_weights_of_its_layers():
    spec = Autoencoder(filters=(4, 6), units=(9,), code=5, kernel_size=3)
    down = (9 * 2 + 1) * 4 + (9 * 4 + 1) * 6
    places = 2 * 2 * 6  # of 7 x 6 pixels, halved twice
    dense = (places + 1) * 9 + (9 + 1) * 5 + (5 + 1) * 9 + (9 + 1) * places
    up = (9 * 6 + 1) * 4 + (9 * 4 + 1) * 2
    assert parameters(network(spec, (7, 6, 2))) == down + dense + up


@pytest.mark.slow
def test_without_layers_between_it_finds_the_principal_components():
    draw = np.random.default_rng(0)
    x = (draw.normal(size=(200, 6)) @ np.diag([3, 2, 1, 0.5, 0.3, 0.1])).astype(np.float32)
    x -= x.mean(axis=0)
    model = network(Autoencoder(units=(), code=2), (6,))
    model.compile(keras.optimizers.Adam(0.05), "mse")
    model.fit(x, x, batch_size=200, epochs=300, verbose=0)
    left = np.linalg.svd(x, compute_uv=False)[2:]
    assert model.evaluate(x, x, verbose=0) == pytest.approx(float(np.square(left).sum() / x.size), rel=0.01)


def test_the_code_is_all_that_the_decoder_sees():
    model = network(DENSE, (9,))
    code, out = model.get_layer("code").output, model.output
    decoder, encoder = keras.Model(code, out), keras.Model(model.input, code)
    x = examples((9,))
    np.testing.assert_allclose(decoder(encoder(x)), model(x), atol=1e-6)


@pytest.mark.parametrize("shape", [(11, 3), (7, 6, 2)])
def test_a_portable_copy_is_all_of_keras_and_gives_the_same(shape, tmp_path):
    model, x = network(CONVOLUTIONAL, shape), examples(shape)
    copy = portable(model)
    assert not [layer for layer in copy.layers if type(layer).__module__.startswith("dlcli")]
    assert type(copy.get_layer("noise")) is keras.layers.GaussianNoise
    np.testing.assert_allclose(model(x), copy(x), atol=2e-6)


def test_noise_is_there_in_training_alone():
    spec, x = Autoencoder(units=(4,), noise=0.5), examples((9,))
    model = network(spec, (9,))
    np.testing.assert_array_equal(model(x), model(x))
    assert np.abs(model(x, training=True) - model(x)).max() > 0.01
    assert not [layer for layer in network(DENSE, (9,)).layers if layer.name == "noise"]


def test_rows_of_a_table_are_not_convolved():
    message = (
        r"^model: autoencoder with `filters` reads signals \(T, C\) or images .* each example here has the shape 9$"
    )
    with pytest.raises(UsageError, match=message):
        network(CONVOLUTIONAL, (9,))


def test_every_field_has_a_line_of_help():
    fields = Autoencoder.model_fields
    assert [key for key, field in fields.items() if not field.description] == ["type"]
