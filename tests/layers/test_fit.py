"""In which words it is said that a layer does not fit."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from dlcli.layers.fit import why_unfit

LAYERS = keras.layers
CASES: dict[str, tuple[Any, tuple[int | None, ...], str]] = {
    "kernel": (LAYERS.Conv2D(8, 3), (2, 5, 4), "its kernel of 3x3 does not fit into 2x5"),
    "dilated": (LAYERS.Conv1D(8, 3, dilation_rate=4), (8, 4), "its kernel of 9 does not fit into 8"),
    "separable": (LAYERS.SeparableConv2D(8, 3), (2, 2, 4), "its kernel of 3x3 does not fit into 2x2"),
    "pool": (LAYERS.MaxPooling1D(2), (1, 64), "its pool of 2 does not fit into 1"),
    "image wanted": (LAYERS.Conv2D(8, 3), (128, 9), "it reads examples of the shape (H, W, C)"),
    "signal wanted": (LAYERS.LSTM(8), (28, 28, 1), "it reads examples of the shape (T, C)"),
    "volume wanted": (LAYERS.Conv3D(8, 3), (28, 28, 1), "it reads examples of 4 axes"),
    "Keras' own words": (LAYERS.Reshape((10,)), (64,), "The total size of the tensor must be unchanged. Received: "),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_does_not_fit_is_named(kind: str) -> None:
    layer, shape, said = CASES[kind]
    with pytest.raises(ValueError, match=r".") as caught:
        layer(keras.Input(shape))
    assert why_unfit(layer, shape, caught.value).startswith(said)
