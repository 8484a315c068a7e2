"""The first layers of a model: from examples as the dataset has them to what the model proper reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import keras
import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Column, Data, TokenSequence
from dlcli.datasets.rows import blocks
from dlcli.datasets.statistics import Normalize, channel_statistics
from dlcli.models.columns import InputColumn, with_columns
from dlcli.models.embedding import with_source, with_vocabulary
from dlcli.training.series import told


def prepare_inputs(x: keras.KerasTensor, data: Data, normalize: Normalize) -> keras.KerasTensor:
    """Layers of Keras' own that scale channels and spell out categories, by the training split alone.

    x: (B, ..., C) float32 as the dataset has it -> (B, ..., C), or for a table (B, numbers + categories): missing
    numbers become the mean or median, each category a column of zeros and ones; one that training has not seen is all
    zeros. Windows of a series are first told as `data.series` has it. Tokens, (B, T), stay as they are: the model makes
    vectors of them. Steps that are NaN since they only fill up are masked.
    """
    if data.vocabulary is not None:
        x = with_vocabulary(x, len(data.vocabulary))
        return with_source(x, data.target.source_steps) if isinstance(data.target, TokenSequence) else x
    if data.series is not None:
        windows = data.series.windows(np.asarray(data.train.x[:]))
        x, data = told(x, data.series), replace(data, train=replace(data.train, x=windows))
    if data.columns is None:
        x = _scaled(x, np.arange(x.shape[-1]), data, normalize, "normalize")
        return _masked(x) if data.padded else x
    return _told_columns(x, data, data.columns, normalize)


def _masked(x: keras.KerasTensor) -> keras.KerasTensor:
    """x: (B, T, C) with NaN at steps that only fill up -> the same with zeros there, and a mask without them."""
    filled = keras.ops.where(keras.ops.isnan(x), _FILLED, x)
    return keras.layers.Masking(_FILLED, name="mask")(filled)


_FILLED = -1e9
"""A number that no scaled value has, and that float32 holds exactly."""


def _told_columns(
    x: keras.KerasTensor, data: Data, columns: Sequence[Column], normalize: Normalize
) -> keras.KerasTensor:
    """The numbers of a table, in their order, then its categories; (B, F) -> (B, numbers + categories)."""
    numbers = np.flatnonzero([column.categories is None for column in columns])
    places = [InputColumn(columns[c].name, i, i + 1, categorical=False) for i, c in enumerate(numbers.tolist())]
    if len(numbers) == len(columns):
        return with_columns(_scaled(x, numbers, data, normalize, "normalize"), places)
    parts = []
    if len(numbers):
        parts.append(_scaled(keras.ops.take(x, numbers, axis=-1), numbers, data, normalize, "normalize"))
    end = len(numbers)
    for c, codes in seen_categories(data).items():
        parts.append(_one_hot(x, c, codes))
        places.append(InputColumn(columns[c].name, end, end + len(codes), categorical=True))
        end += len(codes)
    return with_columns(keras.layers.Concatenate(name="columns")(parts) if len(parts) > 1 else parts[0], places)


def _scaled(
    x: keras.KerasTensor, channels: NDArray[np.intp], data: Data, normalize: Normalize, name: str
) -> keras.KerasTensor:
    if normalize != "none":
        offset, squared = (np.array(each)[channels].tolist() for each in channel_statistics(data.train.x, normalize))
        x = keras.layers.Normalization(axis=-1, mean=offset, variance=squared, name=name)(x)
    if data.columns is not None:
        middle = 0.0 if (normalize, data.fill) == ("standard", "mean") else _middle(data, channels, normalize)
        x = keras.ops.where(keras.ops.isnan(x), middle, x)
    return x


def _middle(data: Data, channels: NDArray[np.intp], normalize: Normalize) -> NDArray[np.float32]:
    """The training mean or median, as it looks after scaling."""
    x = data.train.x
    middle = np.array(channel_statistics(x)[0])
    if data.fill == "median":
        middle = np.nanmedian(np.concatenate(list(blocks(x))).astype(np.float64), axis=0)
    if normalize != "none":
        offset, squared = (np.array(each) for each in channel_statistics(x, normalize))
        middle = (middle - offset) / np.sqrt(squared)
    return middle[channels].astype(np.float32)


def seen_categories(data: Data) -> dict[int, list[int]]:
    """Of each column of a table that holds categories, by its place: the codes of those that training has.

    In the order of the categories' names: codes depend on all of the file, the model must on training alone.
    """
    found = {}
    for c, column in enumerate(data.columns or ()):
        if (names := column.categories) is not None:
            seen = np.unique(np.concatenate([block[:, c] for block in blocks(data.train.x)]).astype(np.int64))
            found[c] = sorted(seen.tolist(), key=names.__getitem__)
    return found


def _one_hot(x: keras.KerasTensor, c: int, codes: list[int]) -> keras.KerasTensor:
    is_code = keras.ops.equal(keras.ops.take(x, [c], axis=-1), np.array(codes, np.float32)[None, :])
    return keras.ops.cast(is_code, "float32")
