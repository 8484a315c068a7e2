from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.models.cnn import CNN
from dlcli.models.deep_cnn import DeepCNN
from tests.models.networks import examples, kinds, network, parameters


def test_a_cnn_on_images_has_these_shapes_and_parameters():
    model = network(CNN(filters=(4, 6), dense_units=(10,)), (7, 5, 2))
    assert [layer.name for layer in model.layers] == [
        "inputs", "conv_1", "activation_1", "pool_1", "conv_2", "activation_2", "pool_2", "flatten", "dense_1",
        "activation_3", "head",
    ]  # fmt: skip
    assert [model.get_layer(f"pool_{n}").output.shape[1:] for n in (1, 2)] == [(4, 3, 4), (2, 2, 6)]
    assert parameters(model) == (9 * 2 * 4 + 4) + (9 * 4 * 6 + 6) + (24 * 10 + 10) + (10 * 3 + 3)


def test_a_cnn_on_signals_has_these_shapes_and_parameters():
    model = network(CNN(filters=(4, 6), kernel_size=5, pool=3, dense_units=()), (20, 2))
    assert [model.get_layer(f"pool_{n}").output.shape[1:] for n in (1, 2)] == [(7, 4), (3, 6)]
    assert parameters(model) == (5 * 2 * 4 + 4) + (5 * 4 * 6 + 6) + (18 * 3 + 3)


def test_blocks_of_several_convolutions_with_batch_norm_have_no_biases_before_it():
    spec = CNN(
        filters=(4, 6), convolutions_per_block=2, batch_norm=True, dropout=0.3, dense_units=(5,), dense_dropout=0.4
    )
    model = network(spec, (8, 3))
    convolution = ["Conv1D", "BatchNorm", "Activation"]
    block = [*convolution, *convolution, "MaxPooling1D", "Dropout"]
    assert kinds(model) == [*block, *block, "Flatten", "Dense", "BatchNorm", "Activation", "Dropout", "Dense"]
    assert [model.get_layer(f"dropout_{n}").rate for n in (1, 2, 3)] == [0.3, 0.3, 0.4]
    kernels = 3 * (3 * 4 + 4 * 4 + 4 * 6 + 6 * 6) + 12 * 5
    assert parameters(model) == kernels + 2 * (4 + 4 + 6 + 6 + 5) + (5 * 3 + 3)


def test_any_input_fits_any_number_of_blocks():
    assert network(CNN(filters=(2,) * 6), (1, 3)).output_shape == (None, 3)
    assert network(CNN(filters=(2,) * 6), (3, 2, 1)).output_shape == (None, 3)


@pytest.mark.parametrize("shape", [(6, 2), (5, 4, 2)])
def test_pooling_does_what_it_says(shape):
    def last_and_pooled(pooling):
        model = network(CNN(filters=(4,), pool=1, pooling=pooling, dense_units=()), shape)
        before = model.get_layer("activation_1").output
        assert len(model.layers) == 5
        return (
            out.numpy() for out in keras.Model(model.input, [before, model.get_layer("head").input])(examples(shape))
        )

    places = tuple(range(1, len(shape)))
    for pooling, reduce in (("mean", np.mean), ("max", np.max)):
        last, pooled = last_and_pooled(pooling)
        np.testing.assert_allclose(pooled, reduce(last, axis=places), atol=1e-6)
    last, flat = last_and_pooled("flatten")
    np.testing.assert_array_equal(flat, last.reshape(8, -1))


def test_penalties_are_over_all_kernels():
    model = network(CNN(filters=(4, 4), dense_units=(5,), l2=0.25), (6, 3))
    kernels = [layer.kernel.numpy() for layer in model.layers if hasattr(layer, "kernel")]
    assert len(kernels) == 4
    assert float(sum(model.losses)) == pytest.approx(0.25 * sum((kernel**2).sum() for kernel in kernels), rel=1e-5)


def test_the_deep_cnn_on_mnist_images_is_that_of_the_course():
    model = network(DeepCNN(), (28, 28, 1))
    block = ["Conv2D", "Activation", "MaxPooling2D", "Dropout"]
    assert kinds(model) == [*block, *block, *block, "Flatten", "Dense", "Activation", "Dropout", "Dense"]
    assert [model.get_layer(f"dropout_{n}").rate for n in (1, 2, 3, 4)] == [0.3, 0.3, 0.3, 0.5]
    assert model.get_layer("pool_3").output.shape[1:] == (4, 4, 128)
    convolutions = (9 * 1 * 32 + 32) + (9 * 32 * 64 + 64) + (9 * 64 * 128 + 128)
    assert parameters(model) == convolutions + (4 * 4 * 128 * 625 + 625) + (625 * 3 + 3)
