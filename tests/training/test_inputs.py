"""A model sees raw data: what it needs to know of it, it knows from training alone."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.datasets.data import Column, Data, Reals, Split, StepClasses
from dlcli.datasets.rows import Rows
from dlcli.datasets.statistics import channel_statistics
from dlcli.tasks import task_for
from dlcli.training.build import build_model
from dlcli.training.inputs import prepare_inputs

NAN = float("nan")


def table(train, columns=("number", "colour", "number 2"), categories=("red", "green", "blue"), others=()):
    """A table with a column of numbers, one of categories and one of numbers."""
    named = tuple(Column(name, categories if name == "colour" else None) for name in columns)
    x = np.array(train, np.float32)
    split = Split(x, np.zeros((len(x), 1), np.float32))
    test = Split(np.array(others, np.float32), np.zeros((len(others), 1), np.float32)) if others else None
    return Data(split, None, test, Reals(("y",)), named)


def seen_by_model(data, x, normalize="standard"):
    inputs = keras.Input(data.train.x.shape[1:])
    return keras.Model(inputs, prepare_inputs(inputs, data, normalize))(np.array(x, np.float32)).numpy()


TRAIN = [[1, 0, 10], [2, 2, 20], [3, 0, NAN], [NAN, 2, 30]]


def test_categories_become_columns_in_the_order_of_their_names_and_numbers_are_scaled():
    out = seen_by_model(table(TRAIN), TRAIN)
    assert out.shape == (4, 2 + 2)  # green never occurs in training
    numbers = np.array(TRAIN)[:, [0, 2]]
    expected = (numbers - np.nanmean(numbers, axis=0)) / np.nanstd(numbers, axis=0)
    np.testing.assert_allclose(out[:, :2], np.nan_to_num(expected), atol=1e-6)
    np.testing.assert_array_equal(out[:, 2:], [[0, 1], [1, 0], [0, 1], [1, 0]])  # blue, red


@pytest.mark.parametrize(("normalize", "missing"), [("standard", [0, 0]), ("range", [0.5, 0.5]), ("none", [2, 20])])
def test_a_missing_number_is_the_training_mean(normalize, missing):
    out = seen_by_model(table(TRAIN), [[NAN, 0, NAN]], normalize)
    np.testing.assert_allclose(out[0, :2], missing, atol=1e-6)


def test_a_category_that_training_has_not_seen_is_all_zeros():
    assert not seen_by_model(table(TRAIN), [[1, 1, 10]])[0, 2:].any()


def test_a_category_that_only_the_test_split_has_moves_nothing():
    # With a new first category all codes of the file are others; what the model sees is not.
    moved = [[a, b + 1, c] for a, b, c in TRAIN]
    other = table(moved, categories=("amber", "red", "green", "blue"), others=[[1, 0, 1e9]])
    np.testing.assert_array_equal(seen_by_model(table(TRAIN), TRAIN), seen_by_model(other, moved))


def test_the_model_of_a_table_is_made_of_keras_own_layers_and_can_be_saved(tmp_path):
    data = table(TRAIN)
    inputs = keras.Input((3,))
    model = keras.Model(inputs, prepare_inputs(inputs, data, "standard"))
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again(np.array(TRAIN, np.float32)), model(np.array(TRAIN, np.float32)))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_statistics_are_those_of_each_channel_on_disk_or_not(dtype):
    x = np.random.default_rng(0).integers(0, 200, (40, 5, 3)).astype(dtype)
    for array in (x, Rows(x, np.arange(40))):
        mean, variance = channel_statistics(array)
        np.testing.assert_allclose(mean, x.astype(float).mean(axis=(0, 1)))
        np.testing.assert_allclose(variance, x.astype(float).var(axis=(0, 1)))
        low, squared = channel_statistics(array, "range")
        np.testing.assert_allclose(low, x.min(axis=(0, 1)))
        np.testing.assert_allclose(np.sqrt(squared), np.ptp(x.astype(float), axis=(0, 1)))


def test_a_constant_channel_is_not_divided_by_zero():
    assert channel_statistics(np.full((3, 2), 7.0)) == ([7.0, 7.0], [1.0, 1.0])


@pytest.mark.parametrize(
    "model",
    [
        "{type: lstm, units: [4]}",
        "{type: bilstm, units: [4]}",
        "{type: cnn_lstm, filters: [4, 5], units: [4], bidirectional: true}",
        "{type: attention_rnn, filters: [4], units: [4], bidirectional: true}",
        "{type: transformer, width: 8, heads: 2, layers: 1}",
    ],
)
def test_steps_that_fill_up_change_nothing_before_them(experiment, model):
    draw = np.random.default_rng(0)
    lengths, x = [3, 8, 5, 7], draw.normal(3, 2, size=(4, 8, 2)).astype(np.float32)
    for length, each in zip(lengths, x, strict=True):
        each[length:] = np.nan
    longer = np.concatenate([x, np.full((4, 8, 2), np.nan, np.float32)], axis=1)
    models = []
    for values in (x, longer):
        split = Split(values, np.zeros(values.shape[:2], np.int32))
        data = Data(split, None, None, StepClasses(("a", "b", "c")), padded=True)
        keras.utils.set_random_seed(1)
        models.append(build_model(experiment(model), data, task_for(data)))
    models[1].set_weights(models[0].get_weights())
    short, long = models[0](x, training=False), models[1](longer, training=False)
    assert np.isfinite(short).all()
    for i, length in enumerate(lengths):
        np.testing.assert_allclose(short[i, :length], long[i, :length], atol=1e-5)
