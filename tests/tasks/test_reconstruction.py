from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from dlcli.datasets.data import Column, Data, Inputs, Split
from dlcli.datasets.rows import Rows
from dlcli.errors import UsageError
from dlcli.spec.experiment import Training
from dlcli.tasks import Reconstruction, task_for


def given_back(x, loss="mse", columns=None):
    split = Split(x, x)
    return Data(split, None, split, Inputs(loss), columns=columns)


def task(x, loss="mse", normalize="standard"):
    found = task_for(given_back(x, loss), normalize)
    assert isinstance(found, Reconstruction)
    return found


BYTES = np.random.default_rng(0).integers(0, 256, (6, 4, 3, 2)).astype(np.uint8)
SIGNALS = np.random.default_rng(0).normal(5, [1, 2, 3], (50, 7, 3)).astype(np.float32)


@pytest.mark.parametrize("x", [BYTES, Rows(BYTES), BYTES.reshape(6, 24)], ids=["images", "on disk", "rows"])
def test_bytes_are_pixels_from_0_to_1(x):
    found = task(x)
    assert (found.offset, found.scale, found.chances) == ((0.0,), (255.0,), True)
    assert found.outputs == x.shape[-1]
    assert found.describes == "gives back its inputs (errors in pixels from 0 to 1)"


def test_decimals_from_0_to_1_are_pixels_too_but_not_those_of_a_signal():
    pixels = (BYTES / 255).astype(np.float32)
    assert (task(pixels).scale, task(pixels).chances) == ((1.0,), True)
    assert not task(pixels + 0.1).chances
    assert not task(pixels[..., 0]).chances
    table = given_back(pixels[:, 0, 0], columns=(Column("a"), Column("b")))
    assert not task_for(table).chances


def test_other_numbers_are_scaled_as_the_models_inputs_are():
    found = task(SIGNALS)
    np.testing.assert_allclose(found.offset, SIGNALS.mean(axis=(0, 1), dtype=float), rtol=1e-6)
    np.testing.assert_allclose(found.scale, SIGNALS.std(axis=(0, 1), dtype=float), rtol=1e-6)
    assert task(SIGNALS, normalize="none").scale == (1.0,)
    np.testing.assert_allclose(task(SIGNALS, normalize="range").scale, np.ptp(SIGNALS, axis=(0, 1)), rtol=1e-5)
    assert found.describes == "gives back its inputs (errors in normalised numbers)"


def test_the_mean_has_a_loss_of_one():
    found = task(SIGNALS)
    mean = np.broadcast_to(np.float32(found.offset), SIGNALS.shape)
    assert found.losses(tf.constant(SIGNALS), tf.constant(mean)).numpy().mean() == pytest.approx(1, rel=1e-4)


def test_cross_entropy_is_that_of_pixels_as_chances_and_finite_at_the_ends():
    found = task(BYTES, "cross_entropy")
    output = np.random.default_rng(1).uniform(1, 254, BYTES.shape).astype(np.float32)
    true, chance = BYTES / 255, output / 255
    expected = -(true * np.log(chance) + (1 - true) * np.log(1 - chance)).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(found.losses(tf.constant(BYTES), tf.constant(output)), expected, rtol=1e-4)
    wrong = tf.constant(255 * (true < 0.5), tf.float32)
    assert np.isfinite(found.losses(tf.constant(BYTES), wrong)).all()


def test_cross_entropy_of_what_is_no_pixels_is_refused():
    with pytest.raises(UsageError, match=r"^model.loss \(=cross_entropy\) is for pixels: .* type float32") as caught:
        task(SIGNALS, "cross_entropy")
    assert caught.value.at == ("model", "loss")


@pytest.mark.parametrize("train", [{"label_smoothing": 0.1}, {"class_weights": "balanced"}])
def test_what_is_for_classes_is_refused(train):
    with pytest.raises(UsageError, match=r"^train\.\w+ \(=.*\) is for classes; this model gives back its inputs$"):
        task(SIGNALS).training_losses(Training(**train), SIGNALS)


def test_of_outputs_the_errors_are_kept():
    found = task(BYTES)
    output = np.zeros(BYTES.shape, np.float32)
    kept = found.kept(BYTES, output)
    shares = (BYTES / 255).reshape(6, -1)
    np.testing.assert_allclose(kept, np.stack([np.square(shares).mean(axis=1), shares.mean(axis=1)], -1), rtol=1e-5)
    assert found.report(BYTES, kept).scores["mse"] == pytest.approx(np.square(shares).mean(), rel=1e-5)
