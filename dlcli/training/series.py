"""The layers by which a model reads windows of a series, and turns what it predicts into values again."""

from __future__ import annotations

import keras
import numpy as np

from dlcli.datasets.data import Data
from dlcli.datasets.series import Series


def told(x: keras.KerasTensor, series: Series) -> keras.KerasTensor:
    """Windows (B, T, C) as `Series.windows` tells them, in layers of Keras' own: (B, T, C) -> (B, T, C)."""
    x = keras.ops.log(x) if series.log else x
    return x - _last(x) if series.difference else x


def forecast(x: keras.KerasTensor, windows: keras.KerasTensor, data: Data, *, scaled: bool) -> keras.KerasTensor:
    """The head's output as values of the target in their units, (B, H) -> (B, H).

    windows: (B, T, C) as the dataset has them. scaled: whether the head predicts numbers of mean 0 and deviation 1.
    """
    series = data.series
    assert series is not None
    if scaled:
        targets = series.targets(np.asarray(data.train.x[:]), data.train.y)
        deviation = targets.std(axis=0)
        scale = np.where(deviation > 0, deviation, 1.0).tolist()
        x = keras.layers.Rescaling(scale, targets.mean(axis=0).tolist(), name="in_units")(x)
    if series.difference:
        last = keras.ops.take(windows, [series.target], axis=-1)
        last = keras.ops.squeeze(_last(keras.ops.log(last) if series.log else last), axis=1)
        x = x + last
    return keras.ops.exp(x) if series.log else x


def _last(x: keras.KerasTensor) -> keras.KerasTensor:
    """x: (B, T, C) -> (B, 1, C)."""
    return keras.ops.take(x, [x.shape[1] - 1], axis=1)
