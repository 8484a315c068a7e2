"""What holds for every model, whatever it is given; as they are by default: test_every_model.py."""

from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import UsageError
from dlcli.layers import positions
from dlcli.layers.positions import Position
from dlcli.models.alexnet import AlexNet
from dlcli.models.attention_rnn import AttentionRNN
from dlcli.models.bilstm import BiLSTM
from dlcli.models.cnn import CNN
from dlcli.models.cnn_lstm import CNNLSTM
from dlcli.models.deep_cnn import DeepCNN
from dlcli.models.gru import GRU
from dlcli.models.lenet5 import LeNet5
from dlcli.models.linear import Linear
from dlcli.models.lstm import LSTM
from dlcli.models.mlp import MLP
from dlcli.models.resnet import ResNet
from dlcli.models.rnn import RNN
from dlcli.models.sequential import Sequential
from dlcli.models.transformer import Transformer
from dlcli.models.wide_deep import WideDeep
from dlcli.spec import dump
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.training.build import portable
from tests.models.networks import OUTPUTS, examples, network

TABLE, SIGNAL, IMAGE = (9,), (11, 3), (7, 6, 2)
SPECS = {
    "linear": Linear(l1=0.01, l2=0.01),
    "mlp": MLP(units=(8, 6), batch_norm=True, dropout=0.2, l2=0.01),
    "maxout": MLP(units=(8, 6), activation="maxout", pieces=3, batch_norm=True, dropout=0.2, input_dropout=0.1),
    "selu": MLP(units=(8,), activation="selu", l1=0.01),
    "wide_deep": WideDeep(units=(8, 6), batch_norm=True, dropout=0.2, l2=0.01),
    "cnn": CNN(filters=(4, 6), convolutions_per_block=2, batch_norm=True, dropout=0.1, dense_dropout=0.1, l2=0.01),
    "cnn_mean": CNN(filters=(4,), kernel_size=5, pool=1, pooling="mean", dense_units=(), activation="gelu"),
    "cnn_max": CNN(filters=(4,), pool=3, pooling="max", activation="leaky_relu"),
    "deep_cnn": DeepCNN(filters=(4, 5, 6), dense_units=(10,)),
    "resnet": ResNet(depth=14, filters=4, dropout=0.1, l2=0.001),
    "lstm": LSTM(units=(8, 6), dropout=0.1, l2=0.001),
    "bilstm": BiLSTM(units=(6,), pooling="max"),
    "gru": GRU(units=(8,), bidirectional=True, pooling="mean", l2=0.001),
    "rnn": RNN(units=(8, 6)),
    "identity_relu": RNN(units=(8,), activation="identity_relu"),
    "cnn_lstm": CNNLSTM(filters=(4, 6), batch_norm=True, block_dropout=0.1, units=(8,), dropout=0.1, l2=0.001),
    "attention_rnn": AttentionRNN(units=(8,), dropout=0.1, l2=0.001),
    "lenet5": LeNet5(dropout=0.1, batch_norm=True),
    "alexnet": AlexNet(filters=(4, 5, 6, 6, 5), dense_units=(7,), l2=0.001, batch_norm=True),
    "sequential": Sequential(
        layers=(
            "Flatten",
            {"Dense": {"units": 7, "activation": "relu"}},
            "BatchNormalization",
            {"Dropout": {"rate": 0.2}},
        )
    ),
    "transformer": Transformer(width=8, heads=2, feed_forward=12, dropout=0.1, pooling="class_token"),
}
READS_IMAGES_ONLY = {"lenet5": IMAGE, "alexnet": (20, 19, 2)}
READS_PLACES_ONLY = {"cnn", "cnn_mean", "cnn_max", "deep_cnn", "resnet"}
READS_STEPS = {"lstm", "bilstm", "gru", "rnn", "identity_relu", "cnn_lstm", "attention_rnn", "transformer"}
NEEDS_DLCLI = {"attention_rnn"}
"""Models with a layer that Keras has none for."""
CASES = [
    pytest.param(spec, shape, id=f"{name}-{len(shape)}")
    for name, spec in SPECS.items()
    for shape in ((READS_IMAGES_ONLY[name],) if name in READS_IMAGES_ONLY else (TABLE, SIGNAL, IMAGE))
    if len(shape) > 1 or name not in READS_PLACES_ONLY | READS_STEPS
]
every = pytest.mark.parametrize(("spec", "shape"), CASES)


@every
def test_one_prediction_for_an_example_from_a_layer_called_head(spec, shape):
    model = network(spec, shape)
    assert model.output_shape == (None, OUTPUTS)
    assert model.layers[-1].name == "head"
    assert type(model.layers[-1]) is keras.layers.Dense


@every
def test_a_portable_copy_is_all_of_keras_and_gives_the_same(spec, shape):
    model, x = network(spec, shape), examples(shape)
    draw = np.random.default_rng(2)
    model.set_weights([weight + 0.1 * draw.uniform(size=weight.shape) for weight in model.get_weights()])
    copy = portable(model)
    ours = [layer for layer in copy._flatten_layers() if type(layer).__module__.startswith("dlcli")]
    assert bool(ours) == (spec.type in NEEDS_DLCLI)
    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
    np.testing.assert_allclose(model(x), copy(x), atol=2e-6)
    assert len(copy.losses) == len(model.losses)


@every
def test_no_example_leaves_anything_behind_for_the_next(spec, shape):
    model, x = network(spec, shape), examples(shape, 4)
    first = model(x, training=False).numpy()
    np.testing.assert_array_equal(model(x, training=False), first)
    np.testing.assert_allclose(model(x[::-1].copy(), training=False).numpy()[::-1], first, atol=1e-6)


@every
def test_the_same_seed_gives_the_same_names_and_first_weights(spec, shape):
    one, other, different = network(spec, shape, seed=1), network(spec, shape, seed=1), network(spec, shape, seed=2)
    assert [layer.name for layer in one.layers] == [layer.name for layer in other.layers]
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert any((a != b).any() for a, b in zip(one.get_weights(), different.get_weights(), strict=True))


@every
def test_a_step_of_training_changes_every_weight(spec, shape):
    model, x = network(spec, shape), tf.constant(examples(shape, 32))
    y = tf.constant(np.arange(32) % OUTPUTS)
    before, zero = model.get_weights(), tf.constant(0, tf.int64)
    with positions.at(Position(zero, zero, zero, tf.ones(32))), tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x, training=True)))
    keras.optimizers.Adam(0.01).apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    for variable, old, new in zip(model.weights, before, model.get_weights(), strict=True):
        assert (old != new).any(), variable.path


@pytest.mark.parametrize("name", sorted(READS_PLACES_ONLY))
@pytest.mark.parametrize(("shape", "told"), [((9,), "9"), ((5, 4, 3, 2), "5x4x3x2")])
def test_an_input_of_another_rank_is_refused_with_its_shape(name, shape, told):
    spec = SPECS[name]
    message = (
        rf"^model: {spec.type} reads signals \(T, C\) or images \(H, W, C\); each example here has the shape {told}$"
    )
    with pytest.raises(UsageError, match=message):
        network(spec, shape)


@pytest.mark.parametrize("name", sorted(READS_IMAGES_ONLY))
@pytest.mark.parametrize(("shape", "told"), [((9,), "9"), ((11, 3), "11x3")])
def test_what_is_no_image_is_refused_with_its_shape_by_those_that_read_images(name, shape, told):
    message = rf"^model: {name} reads images \(H, W, C\); each example here has the shape {told}$"
    with pytest.raises(UsageError, match=message):
        network(SPECS[name], shape)


@pytest.mark.parametrize("name", SPECS)
def test_every_field_has_a_line_of_help(name):
    fields = type(SPECS[name]).model_fields
    assert [key for key, field in fields.items() if not field.description] == ["type"]


@pytest.mark.parametrize("name", SPECS)
def test_what_is_dumped_loads_to_an_equal_model(name):
    dataset = "mnist" if name in READS_IMAGES_ONLY else "hapt"
    experiment = check(parse(f"{{dataset: {dataset}, model: mlp}}", "s.yaml"))
    experiment = experiment.model_copy(update={"model": SPECS[name]})
    assert check(parse(dump(experiment), "s.yaml")) == experiment


@pytest.mark.slow
def test_every_kind_of_file_opens_in_plain_keras(tmp_path):
    shapes = {name: READS_IMAGES_ONLY.get(name, IMAGE) for name in SPECS if name not in NEEDS_DLCLI}
    for name, shape in shapes.items():
        model = portable(network(SPECS[name], shape))
        model.save(tmp_path / f"{name}.keras")
        np.save(tmp_path / f"{name}_x.npy", examples(shape))
        np.save(tmp_path / f"{name}.npy", model(examples(shape)))
    program = (
        "import sys, numpy as np, keras\n"
        "for name in sys.argv[2:]:\n"
        "    at = sys.argv[1] + '/' + name\n"
        "    y = keras.models.load_model(at + '.keras')(np.load(at + '_x.npy'))\n"
        "    assert np.allclose(y, np.load(at + '.npy'), atol=1e-5), name\n"
        "assert 'dlcli' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path), *shapes], check=True, cwd=tmp_path)
