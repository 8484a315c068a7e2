"""Feeds a strategy with batches, in any order of the examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.data import Split
from dlcli.datasets.rows import Rows
from dlcli.training.augmentation import Augment, nothing
from dlcli.training.orders import Order

EVALUATION_BATCH = 256
EVALUATION_STREAMS = 16
"""Parts of a text that are read side by side, each in its order, where a model that carries its states is judged."""


class Batch(NamedTuple):
    """One replica's share of a global batch. B below is the share's size, always the same: short ones are filled up.

    x: (B, ...) float32; y: (B,) class numbers, (B, K) shares of the classes, (B, D) values, (B, T) of
    each step, or (B, ...) float32 the examples themselves.
    weight: (B,) float32, 1 for an example and 0 for a row that only fills up.
    total_weight: () float32, weight of the whole global batch.
    step: () int64, the optimizer step.
    first_row: () int64, where this share's first row stands in the global batch.
    """

    x: tf.Tensor
    y: tf.Tensor
    weight: tf.Tensor
    total_weight: tf.Tensor
    step: tf.Tensor
    first_row: tf.Tensor


class _Rows(NamedTuple):
    """Which examples a share holds. epoch: () int64; places: (B,) int64, the rows' places in the epoch's order."""

    epoch: tf.Tensor
    places: tf.Tensor


def training_batches(
    split: Split,
    order: Order,
    *,
    first_step: int,
    strategy: tf.distribute.Strategy,
    parts: int = 1,
    augment: Augment = nothing,
) -> tf.distribute.DistributedDataset:
    """Endless batches from optimizer step `first_step` on.

    A resumed run goes on in the middle of an epoch at no cost, and each worker takes its share of the same batch.
    parts: what the size of each replica's share is to be a multiple of.
    """
    example = _reader(split)

    def drawn(epoch: tf.Tensor, places: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return example(order.drawn(epoch, places))

    def read(rows: _Rows) -> tuple[tf.Tensor, tf.Tensor]:
        return augment(drawn, rows.epoch, rows.places, len(split))

    return _distributed(order, strategy, read, first_step, parts, ahead=8)


def evaluation_batches(
    split: Split, order: Order, *, strategy: tf.distribute.Strategy
) -> tf.distribute.DistributedDataset:
    """Every example in its order, and then again, endlessly.

    So one iterator is enough for all validations of a training; to make one takes as long as a small validation.
    """
    example = _reader(split)
    return _distributed(order, strategy, lambda rows: example(order.drawn(rows.epoch, rows.places)), 0, 1, ahead=2)


def _reader(split: Split) -> Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
    """Gives the examples of some rows: x (B, ...) float32 and y. Arrays on disk are read when they are asked for.

    Examples that are to be given back are there once: y is x.
    """
    itself = split.y is split.x
    y = tf.constant(0 if itself else split.y)
    if isinstance(split.x, Rows):
        on_disk = split.x

        def read(rows: NDArray[np.int64]) -> NDArray[Any]:
            return on_disk[rows]

        def x_of(rows: tf.Tensor) -> tf.Tensor:
            x = tf.numpy_function(read, [rows], tf.as_dtype(on_disk.dtype))
            return tf.ensure_shape(x, [rows.shape[0], *on_disk.shape[1:]])
    else:
        # Captured by the pipeline's functions as it is, not copied into every worker's graph.
        in_memory = tf.constant(split.x)

        def x_of(rows: tf.Tensor) -> tf.Tensor:
            return tf.gather(in_memory, rows)

    def examples(rows: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        x = tf.cast(x_of(rows), tf.float32)
        return x, x if itself else tf.gather(y, rows)

    return examples


def _distributed(
    order: Order,
    strategy: tf.distribute.Strategy,
    read: Callable[[_Rows], tuple[tf.Tensor, tf.Tensor]],
    first_step: int,
    parts: int,
    *,
    ahead: int,
) -> tf.distribute.DistributedDataset:
    replicas = strategy.num_replicas_in_sync
    share = math.ceil(order.rows / (replicas * parts)) * parts

    def dataset(context: tf.distribute.InputContext) -> tf.data.Dataset:
        # A pipeline feeds the replicas of one worker; they take its elements in turn.
        local = replicas // context.num_input_pipelines
        first_replica = context.input_pipeline_id * local

        def batch(i: tf.Tensor) -> Batch:
            step = first_step + i // local
            first_row = (first_replica + i % local) * share
            start, size = order.batch(step)
            row = first_row + tf.range(share, dtype=tf.int64)
            inside = row < size
            # Filled up with a row of its own: one of another batch could hold what is not finite, and 0 * NaN is NaN.
            x, y = read(_Rows(step // order.steps, tf.where(inside, start + row, start)))
            if (width := order.width(step)) is not None:
                x = x[:, :width]
            return Batch(x, y, tf.cast(inside, tf.float32), tf.cast(size, tf.float32), step, first_row)

        batches = tf.data.Dataset.range(2**62).map(batch, num_parallel_calls=2, deterministic=True).prefetch(ahead)
        options = tf.data.Options()
        # Nothing here is left to be tuned, and the tuner's thread can hold up the end of an iterator for a minute.
        options.autotune.enabled = False
        return batches.with_options(options)

    return strategy.distribute_datasets_from_function(dataset)
