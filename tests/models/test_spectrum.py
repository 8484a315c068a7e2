"""Frequencies of signals, read beside their samples: what is read, what is added to, and what is refused."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from dlcli.errors import UsageError
from dlcli.layers.batch_norm import BatchNorm
from dlcli.models.cnn import CNN
from dlcli.models.gru import GRU
from dlcli.models.lstm import LSTM
from dlcli.models.spectrum import Spectrum
from dlcli.training.build import portable
from tests.models.networks import OUTPUTS, examples, network, parameters
from tests.spec.problems import problem, problems

T, C = 64, 3
SPECTRUM = Spectrum(frame=16, hop=4, filters=(5,))
BINS, FRAMES = 16 // 2 + 1, (T - 16) // 4 + 1


def read_of(x: np.ndarray) -> np.ndarray:
    """What the frequencies of signals (N, T, C) are before they are scaled, (N, frames, C, bins)."""
    model = network(GRU(units=(2,), spectrum=SPECTRUM), x.shape[1:])
    seen = keras.Model(model.input, model.get_layer("spectrum").output)(x).numpy()
    return seen.reshape(len(x), -1, x.shape[-1], BINS)


def sine(cycles_per_frame: int, size: float = 1.0) -> np.ndarray:
    return size * np.sin(2 * math.pi * cycles_per_frame * np.arange(T) / 16)


@pytest.mark.parametrize("spec", [CNN(filters=(4,), dense_units=()), LSTM(units=(4,)), GRU(units=(4,), pooling="mean")])
def test_it_adds_the_parameters_of_a_small_network_to_any_model_of_signals(spec) -> None:
    alone = network(spec, (T, C))
    both = network(spec.model_copy(update={"spectrum": SPECTRUM}), (T, C))
    convolution = 3 * (BINS * C + C) * 5
    assert parameters(both) - parameters(alone) == convolution + 2 * 5 + (5 + 1) * OUTPUTS
    assert both.get_layer("spectrum").output.shape == (None, FRAMES, BINS * C)


def test_a_sine_is_strongest_at_its_own_frequency_in_its_own_channel() -> None:
    x = np.zeros((BINS - 2, T, C), np.float32)
    for i in range(len(x)):
        x[i, :, i % C] = sine(i + 1)
    power = read_of(x).mean(axis=1)
    for i, of_example in enumerate(power):
        assert np.unravel_index(of_example.argmax(), of_example.shape) == (i % C, i + 1)


def test_how_strong_a_movement_is_counts_as_a_logarithm() -> None:
    x = np.stack([sine(3, size) for size in (0.01, 0.1, 1.0)])[:, :, None].repeat(C, axis=-1).astype(np.float32)
    power = read_of(x).mean(axis=1)[:, 0, 3]
    np.testing.assert_allclose(np.diff(power), math.log(10), rtol=0.02)


def test_its_outputs_are_added_to_the_models() -> None:
    model = network(CNN(filters=(4,), dense_units=(), spectrum=SPECTRUM), (T, C))
    x = examples((T, C))
    of_samples, of_frequencies, both = keras.Model(
        model.input, [model.get_layer(name).output for name in ("head", "spectrum_head", "with_spectrum")]
    )(x)
    assert np.abs(of_frequencies.numpy()).max() > 0.01
    np.testing.assert_allclose(both.numpy(), of_samples.numpy() + of_frequencies.numpy(), atol=1e-6)


def test_the_transform_itself_is_not_trained_but_all_that_follows_it() -> None:
    model = network(GRU(units=(2,), spectrum=SPECTRUM), (T, C))
    assert model.get_layer("spectrum").trainable_weights == []
    trained = {weight.path.split("/")[0] for weight in model.trainable_weights}
    assert {"spectrum_conv_1", "spectrum_batch_norm_1", "spectrum_head"} <= trained
    assert isinstance(model.get_layer("spectrum_scaled"), BatchNorm)


def test_a_portable_copy_is_all_of_keras_and_gives_the_same(tmp_path) -> None:
    model, x = network(CNN(filters=(4,), batch_norm=True, spectrum=SPECTRUM), (T, C)), examples((T, C))
    portable(model).save(tmp_path / "m.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "m.keras")(x), model(x), atol=1e-5)


def test_images_have_none() -> None:
    with pytest.raises(UsageError, match=r"model: spectrum: signals \(T, C\) have.*8x8x1") as caught:
        network(CNN(spectrum=SPECTRUM), (8, 8, 1))
    assert caught.value.at == ("model", "spectrum")


def test_a_signal_has_a_frame_at_least() -> None:
    network(CNN(spectrum=Spectrum(frame=T)), (T, C))
    with pytest.raises(UsageError, match=r"model: spectrum\.frame \(=65\) is longer than .* 64 steps") as caught:
        network(CNN(spectrum=Spectrum(frame=T + 1)), (T, C))
    assert caught.value.at == ("model", "spectrum", "frame")


def test_filling_of_short_signals_has_no_frequencies() -> None:
    x = keras.Input((T, C))
    masked = keras.layers.Masking()(x)
    with pytest.raises(UsageError, match=r"model: spectrum: signals here have different lengths"):
        GRU(spectrum=SPECTRUM).build(masked, OUTPUTS)


def test_a_spec_alone_shows_what_cannot_be_read() -> None:
    found = problems("dataset: hapt\nmodel: {type: cnn, spectrum: {frame: 16, hop: 17}}")
    assert found == [
        "s.yaml:2:47: `model.spectrum.hop`: spectrum.hop (=17) leaves steps between frames of 16; at most that",
    ]
    assert "each example here has the shape 28x28x1" in problem("dataset: mnist\nmodel: {type: lstm, spectrum: {}}")
    steps = "dataset: {type: text, text: hello}\nmodel: {type: lstm, spectrum: {}}"
    assert any("spectrum: frequencies are read of the whole example" in each for each in problems(steps))
