"""Feeds a strategy with batches; what a batch holds is a function of (seed, step) alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from dlcli.datasets.data import Split

EVALUATION_BATCH = 256


class Batch(NamedTuple):
    """One replica's share of a global batch. B below is the share's size, always the same: short ones are filled up.

    x: (B, ...); y: (B,).
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


def steps_per_epoch(split: Split, batch_size: int) -> int:
    """Steps in which every example is seen once."""
    return math.ceil(len(split) / batch_size)


def training_batches(
    split: Split, batch_size: int, *, seed: int, first_step: int, strategy: tf.distribute.Strategy
) -> tf.distribute.DistributedDataset:
    """Endless batches from optimizer step `first_step` on.

    Each epoch has an order of its own, a permutation drawn from (seed, epoch) that can be entered at any row: a
    resumed run goes on in the middle of an epoch at no cost, and each worker takes its share of the same batch.
    """
    steps = steps_per_epoch(split, batch_size)

    def rows(step: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
        epoch = step // steps
        order_seed = tf.stack([tf.constant(seed, tf.int64), epoch])
        return tf.random.experimental.index_shuffle(wanted, order_seed, tf.constant(len(split) - 1, tf.int64))

    return _distributed(split, batch_size, strategy, rows, first_step, None)


def evaluation_batches(
    split: Split, batch_size: int, *, strategy: tf.distribute.Strategy
) -> tf.distribute.DistributedDataset:
    """Every example once, in the split's order."""
    last = steps_per_epoch(split, batch_size)
    return _distributed(split, batch_size, strategy, lambda _, wanted: wanted, 0, last)


def _distributed(
    split: Split,
    batch_size: int,
    strategy: tf.distribute.Strategy,
    rows: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    first_step: int,
    last_step: int | None,
) -> tf.distribute.DistributedDataset:
    examples, steps = len(split), steps_per_epoch(split, batch_size)
    batch_size = min(batch_size, examples)  # rows beyond would only be filled up
    replicas = strategy.num_replicas_in_sync
    share = math.ceil(batch_size / replicas)
    # Captured by the pipeline's functions as they are, not copied into every worker's graph.
    x, y = tf.constant(split.x), tf.constant(split.y)

    def dataset(context: tf.distribute.InputContext) -> tf.data.Dataset:
        # A pipeline feeds the replicas of one worker; they take its elements in turn.
        local = replicas // context.num_input_pipelines
        first_replica = context.input_pipeline_id * local

        def batch(i: tf.Tensor) -> Batch:
            step = first_step + i // local
            first_row = (first_replica + i % local) * share
            start = (step % steps) * batch_size
            row = first_row + tf.range(share, dtype=tf.int64)
            inside = (row < batch_size) & (start + row < examples)
            taken = rows(step, tf.where(inside, start + row, 0))
            total = tf.minimum(tf.constant(batch_size, tf.int64), examples - start)
            return Batch(
                tf.gather(x, taken), tf.gather(y, taken), tf.cast(inside, tf.float32), tf.cast(total, tf.float32),
                step, first_row,
            )  # fmt: skip

        count = (last_step - first_step) * local if last_step is not None else 2**62
        batches = tf.data.Dataset.range(count).map(batch, num_parallel_calls=2, deterministic=True).prefetch(8)
        options = tf.data.Options()
        # Nothing here is left to be tuned, and the tuner's thread can hold up the end of an iterator for a minute.
        options.autotune.enabled = False
        return batches.with_options(options)

    return strategy.distribute_datasets_from_function(dataset)
