from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import UsageError
from dlcli.models.embedding import with_vocabulary
from dlcli.models.text_cnn import TextCNN
from dlcli.training.build import portable
from tests.models.networks import parameters

V, E, F = 11, 6, 4
SPEC = TextCNN(
    embedding=E, kernel_sizes=(2, 3, 5), filters=F, dropout=0.3, embedding_dropout=0.1, l2=0.01, max_norm=0.5
)
TOKENS = np.array([[3, 1, 2, 9, 0, 0], [4, 4, 10, 2, 3, 8]], np.float32)


def network(T=6, spec=SPEC):
    keras.utils.set_random_seed(0)
    x = with_vocabulary(keras.Input((T,), name="inputs"), V)
    return keras.Model(x, spec.build(x, 3))


def test_parameters():
    convolutions = sum(size * E * F + F for size in (2, 3, 5))
    assert parameters(network()) == V * E + convolutions + 3 * F * 3 + 3
    assert network().layers[-1].name == "head"


@pytest.mark.parametrize("more", [1, 7])
def test_padding_changes_nothing(more):
    short, long = network(), network(6 + more)
    for model in (short, long):
        draw = np.random.default_rng(2)
        model.set_weights([draw.normal(size=weight.shape) for weight in short.get_weights()])
    padded = np.concatenate([TOKENS, np.zeros((2, more), np.float32)], axis=1)
    np.testing.assert_allclose(short(TOKENS), long(padded), atol=1e-5)
    assert np.abs(short(TOKENS) - short(np.where(TOKENS == 0, 1, TOKENS))).max() > 1e-3


def test_a_feature_is_the_largest_of_the_sums_over_neighbouring_words():
    model = network()
    vectors, (kernel, bias) = model.get_layer("embedding").get_weights()[0], model.get_layer("conv_3").get_weights()
    features = keras.Model(model.input, model.get_layer("max_3").output)(TOKENS).numpy()
    words = np.concatenate([np.zeros((1, E)), vectors[TOKENS[1].astype(int)], np.zeros((1, E))])
    sums = [np.einsum("se,sef->f", words[t : t + 3], kernel) + bias for t in range(6)]
    np.testing.assert_allclose(features[1], np.maximum(np.max(sums, axis=0), 0), atol=1e-6)


def test_the_saved_model_is_all_of_keras_and_gives_the_same(tmp_path):
    model = network()
    portable(model).save(tmp_path / "model.keras")
    opened = keras.models.load_model(tmp_path / "model.keras")
    assert not [layer for layer in opened._flatten_layers() if type(layer).__module__.startswith("dlcli")]
    np.testing.assert_allclose(model(TOKENS), opened(TOKENS), atol=1e-6)


def test_the_weights_of_a_class_are_cut_to_a_length():
    model = network()
    head = model.get_layer("head")
    optimizer = keras.optimizers.SGD(10.0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(TOKENS)[:, 0])
    optimizer.apply(tape.gradient(loss, [head.kernel]), [head.kernel])
    lengths = np.linalg.norm(head.kernel.numpy(), axis=0)
    assert lengths.max() <= 0.5 + 1e-5
    assert lengths[0] == pytest.approx(0.5, abs=1e-4)


def test_numbers_are_refused():
    with pytest.raises(UsageError, match=r"model: text_cnn reads texts; each example here is numbers of the shape 9x2"):
        TextCNN().build(keras.Input((9, 2)), 3)
