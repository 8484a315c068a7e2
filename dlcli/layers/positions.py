"""Where in the training a layer is being run: what its random numbers are drawn from, and which rows count."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Position:
    """The seed of the run, the optimizer step, and which row of the global batch this replica's first row is.

    All are int64 scalars. The numbers drawn for a row depend on these alone: not on how the batch is divided over
    replicas, nor on what was drawn before, so that a resumed run draws what the undisturbed run would have drawn.
    weight: (B,) float32, 1 for each row that is an example and 0 for one that only fills up; without it, nothing is
    known of the rows, and layers that look at several of them go their own way.
    """

    seed: tf.Tensor
    step: tf.Tensor
    first_row: tf.Tensor
    weight: tf.Tensor | None = None


# Under a mirrored strategy each replica's step is traced by a thread of its own.
_current = threading.local()


@contextmanager
def at(position: Position) -> Iterator[None]:
    """While it is entered, layers called by this thread work for this position."""
    before = position_or_none()
    _current.position = position
    try:
        yield
    finally:
        _current.position = before


def position_or_none() -> Position | None:
    """The position that is entered, or None outside of dlcli's training loop."""
    return getattr(_current, "position", None)


def uniform(position: Position, salt: int, rows: tf.Tensor, row_size: int | tf.Tensor) -> tf.Tensor:
    """Uniform numbers in [0, 1) for each row of a replica's share of the batch.

    Returns (rows, row_size) float32: the rows from `first_row` of one (global batch, row_size) table per step. `salt`
    tells apart the layers that draw at one position.
    Source: the counter-based generator Philox, Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405: each
    tick of its counter yields four numbers, so a table's rows can be entered anywhere.
    """
    ticks = -(-row_size // 4)
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(
        seed=tf.stack([position.seed ^ tf.constant(salt, tf.int64), position.step])
    )
    start = tf.cast(position.first_row * tf.cast(ticks, tf.int64), tf.uint64)
    counter = tf.stack([counter[0] + start, counter[1]])
    shape = tf.stack([tf.cast(rows, tf.int64), tf.cast(ticks * 4, tf.int64)])
    table = tf.raw_ops.StatelessRandomUniformV2(shape=shape, key=key, counter=counter, alg=1, dtype=tf.float32)
    return table[:, :row_size]
