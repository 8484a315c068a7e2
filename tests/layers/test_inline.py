"""Models of Keras taken apart."""

from __future__ import annotations

import keras
import numpy as np

from dlcli.layers.dropout import Dropout
from dlcli.layers.inline import inlined

X = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)


def nameless() -> keras.Model:
    """A network in which Keras has called all but one layer after how many it had built."""
    x = keras.Input((4,))
    h = keras.layers.Dense(3, activation="relu")(x)
    h = keras.layers.Dropout(0.5)(keras.layers.Dense(3, name="dense_of_mine")(h))
    return keras.Model(x, keras.layers.Add()([keras.layers.Dense(3)(h), h]))


def test_names_are_counted_from_the_models_first_layer_and_given_ones_stay() -> None:
    x = keras.Input((4,))
    for _ in range(2):
        y, pairs = inlined(nameless(), x)
        assert [new.name for _, new in pairs] == ["dense", "dense_of_mine", "dropout", "dense_1", "add"]
    assert isinstance(pairs[2][1], Dropout)
    model = keras.Model(x, y)
    for old, new in pairs:
        new.set_weights(old.get_weights())
    assert model(X).shape == (3, 3)


def test_with_the_same_weights_it_gives_the_same_and_a_part_of_it_the_layers_input() -> None:
    theirs, x = nameless(), keras.Input((4,))
    y, pairs = inlined(theirs, x)
    for old, new in pairs:
        new.set_weights(old.get_weights())
    np.testing.assert_array_equal(keras.Model(x, y)(X), theirs(X))
    last_dense = pairs[3][0].name
    part, pairs = inlined(theirs, x, until=last_dense)
    assert len(pairs) == 3
    for old, new in pairs:
        new.set_weights(old.get_weights())
    expected = keras.Model(theirs.input, theirs.get_layer(last_dense).input)(X)
    np.testing.assert_array_equal(keras.Model(x, part)(X), expected)
