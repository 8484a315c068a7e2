from __future__ import annotations

import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.errors import MissingData, UsageError
from dlcli.layers import positions
from dlcli.layers.batch_norm import BatchNorm
from dlcli.layers.dropout import Dropout
from dlcli.layers.positions import Position
from dlcli.models.application import Application
from dlcli.training.build import portable
from tests.models.networks import network

SHAPE = (32, 32, 3)
PIXELS = np.random.default_rng(0).integers(0, 256, (4, *SHAPE)).astype(np.float32)


@pytest.fixture(scope="module")
def published() -> keras.Model:
    """Keras' own MobileNet, with weights that are drawn once."""
    keras.utils.set_random_seed(7)
    return keras.applications.MobileNet(include_top=False, weights=None, input_shape=SHAPE)


@pytest.fixture(scope="module")
def file(published: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    draw = np.random.default_rng(1)
    published.set_weights([np.abs(weight + 0.1 * draw.normal(size=weight.shape)) for weight in published.get_weights()])
    published.save_weights(path)
    return str(path)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("MobileNet", 4_253_864),
        pytest.param("MobileNetV2", 3_538_984, marks=pytest.mark.slow),
        pytest.param("MobileNetV3Small", 2_554_968, marks=pytest.mark.slow),
        pytest.param("EfficientNetB0", 5_330_571, marks=pytest.mark.slow),
        pytest.param("DenseNet121", 8_062_504, marks=pytest.mark.slow),
        pytest.param("ResNet50", 25_636_712, marks=pytest.mark.slow),
        pytest.param("ResNet101", 44_707_176, marks=pytest.mark.slow),
        pytest.param("ResNet152", 60_419_944, marks=pytest.mark.slow),
        pytest.param("InceptionV3", 23_851_784, marks=pytest.mark.slow),
        pytest.param("VGG16", 138_357_544, marks=pytest.mark.slow),
        pytest.param("VGG19", 143_667_240, marks=pytest.mark.slow),
    ],
)
def test_a_whole_network_has_as_many_parameters_as_keras_publishes(name: str, parameters: int) -> None:
    side = {"InceptionV3": 75, "VGG16": 224, "VGG19": 224}.get(name, 32)  # the dense layers of VGG depend on it
    model = network(Application(network=name, whole=True), (side, side, 3), outputs=1000)  # type: ignore[arg-type]
    assert model.count_params() == parameters
    assert model.layers[-1].name == "head"


def test_weights_of_a_file_give_what_keras_gives_for_pixels_as_it_prepares_them(
    published: keras.Model, file: str
) -> None:
    model = network(Application(network="MobileNet", weights=file), SHAPE)
    features = keras.Model(model.input, model.get_layer("mean").output)(PIXELS)
    expected = published(keras.applications.mobilenet.preprocess_input(PIXELS.copy())).numpy().mean(axis=(1, 2))
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-4)
    of_ones = network(Application(network="MobileNet", weights=file, white=1.0), SHAPE)
    shares = keras.Model(of_ones.input, of_ones.get_layer("mean").output)(PIXELS / 255)
    np.testing.assert_allclose(shares, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "module"),
    [("VGG16", "vgg16"), ("ResNet50", "resnet"), ("ResNet50V2", "resnet_v2"), ("DenseNet121", "densenet"),
     ("MobileNetV2", "mobilenet_v2"), ("InceptionV3", "inception_v3"), ("EfficientNetB0", "efficientnet"),
     ("MobileNetV3Small", "mobilenet_v3"), ("Xception", "xception")],
)  # fmt: skip
def test_pixels_are_prepared_as_keras_prepares_them(name: str, module: str) -> None:
    x = keras.Input(SHAPE)
    prepared = keras.Model(x, Application(network=name)._expected(x) + 0.0)  # type: ignore[arg-type]
    expected = getattr(keras.applications, module).preprocess_input(PIXELS.copy())
    np.testing.assert_allclose(prepared(PIXELS), expected, atol=1e-4)


def test_a_grey_image_is_read_as_a_coloured_one_of_equal_channels(file: str) -> None:
    spec = Application(network="MobileNet", weights=file)
    grey, coloured = network(spec, (32, 32, 1)), network(spec, SHAPE)
    coloured.set_weights(grey.get_weights())
    one = PIXELS[..., :1]
    np.testing.assert_allclose(grey(one), coloured(np.repeat(one, 3, axis=-1)), atol=1e-5)


def test_frozen_means_that_only_the_head_is_trained_and_moving_averages_stay(file: str) -> None:
    model = network(Application(network="MobileNet", weights=file, frozen=True), SHAPE)
    assert [weight.path for weight in model.trainable_weights] == ["head/kernel", "head/bias"]
    before = model.get_weights()
    zero = tf.constant(0, tf.int64)
    with positions.at(Position(zero, zero, zero, tf.ones(4))):
        trained = model(PIXELS, training=True)
    np.testing.assert_allclose(trained, model(PIXELS, training=False), atol=1e-5)
    assert all((one == other).all() for one, other in zip(before, model.get_weights(), strict=True))


def test_batch_normalisation_and_dropout_are_those_that_know_the_whole_batch() -> None:
    model = network(Application(network="MobileNet", whole=True), SHAPE)
    theirs = [layer for layer in model.layers if type(layer).__module__.startswith("keras")]
    assert not [layer for layer in theirs if isinstance(layer, keras.layers.BatchNormalization | keras.layers.Dropout)]
    assert {BatchNorm, Dropout} <= {type(layer) for layer in model.layers}
    copy = portable(model)
    assert not [layer for layer in copy.layers if type(layer).__module__.startswith("dlcli")]


def test_what_is_saved_opens_in_plain_keras(tmp_path) -> None:
    model = portable(network(Application(network="MobileNet"), (32, 32, 1)))
    model.save(tmp_path / "m.keras")
    np.save(tmp_path / "y.npy", model(PIXELS[..., :1]))
    np.save(tmp_path / "x.npy", PIXELS[..., :1])
    program = (
        "import sys, numpy as np, keras; at = sys.argv[1]\n"
        "y = keras.models.load_model(at + '/m.keras')(np.load(at + '/x.npy'))\n"
        "assert np.allclose(y, np.load(at + '/y.npy'), atol=1e-4) and 'dlcli' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, cwd=tmp_path)


@pytest.mark.parametrize(
    ("spec", "shape", "message"),
    [
        (Application(), (31, 40, 3), r"application \(MobileNetV2\) reads images of at least 32x32 .* 31x40x3"),
        (Application(network="InceptionV3"), (74, 99, 3), r"application \(InceptionV3\) .* at least 75x75 .* 74x99x3"),
        (Application(), (32, 32, 2), r"reads images of 1 or 3 channels; here they are 32x32x2"),
        (Application(), (32, 3), r"reads images \(H, W, C\); each example here has the shape 32x3"),
    ],
)
def test_what_it_cannot_read_is_refused_with_both_shapes(spec: Application, shape: tuple[int, ...], message) -> None:
    with pytest.raises(UsageError, match=message):
        network(spec, shape)


def test_a_file_that_is_not_there_or_of_something_else_is_named(tmp_path, file: str) -> None:
    gone = str(tmp_path / "gone.weights.h5")
    with pytest.raises(MissingData, match=r"^model.weights \(=.*gone.weights.h5\): there is no such file$") as raised:
        network(Application(network="MobileNet", weights=gone), SHAPE)
    assert raised.value.at == ("model", "weights")
    with pytest.raises(MissingData, match=r"mobilenet.weights.h5\): is no file of weights .* wrote for VGG16"):
        network(Application(network="VGG16", weights=file), SHAPE)


def test_where_there_is_no_network_published_weights_are_missing_and_it_is_said_what_to_do(monkeypatch) -> None:
    def no_network(**given: object) -> None:
        raise Exception("URL fetch failure on https://storage.googleapis.com/x.h5: None -- no route")

    monkeypatch.setattr(keras.applications, "MobileNet", no_network)
    message = r"^model.weights \(=imagenet\): could not be had \(URL fetch failure on .*\). Where .* give the path"
    with pytest.raises(MissingData, match=message):
        network(Application(network="MobileNet", weights="imagenet"), SHAPE)


def test_layers_that_keras_gave_no_name_are_called_the_same_whatever_was_built_before() -> None:
    spec = Application(network="MobileNetV3Small", whole=True, dropout=0.5)
    first, second = ([layer.name for layer in network(spec, SHAPE).layers[1:]] for _ in range(2))
    assert first == second
    assert {"dropout", "dropout_1", "re_lu", "activation_1"} <= set(first)
