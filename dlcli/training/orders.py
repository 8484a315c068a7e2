"""In which order examples are read: which of them a step holds is a function of (seed, step) alone."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.data import PADDING, Data
from dlcli.datasets.rows import Rows
from dlcli.models.recurrent import carries
from dlcli.spec import Experiment


class Order:
    """As the examples stand, batch after batch; the last batch of an epoch may be short.

    A place is where an example comes in an epoch: the rows of a batch are at places that follow one another. All
    numbers are int64. An order can be entered at any step.
    """

    def __init__(self, examples: int, batch_size: int) -> None:
        self.examples = examples
        self.rows = min(batch_size, examples)
        """Rows of a batch; more would only be filled up."""

    @property
    def steps(self) -> int:
        """Steps in which every example is seen once."""
        return math.ceil(self.examples / self.rows)

    def batch(self, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The place of a step's first row in its epoch, and how many rows are examples; () each."""
        start = (step % self.steps) * self.rows
        return start, tf.minimum(tf.constant(self.rows, tf.int64), self.examples - start)

    def drawn(self, epoch: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        """The numbers of the examples at some places of an epoch, (B,)."""
        return places

    def width(self, step: tf.Tensor) -> tf.Tensor | None:
        """How many steps the examples of a batch have at most, (); None where all have the same number."""
        return None

    def examples_of(self, step: int, further: int = 0) -> list[int]:
        """The examples that the batch of an optimizer step holds, by their numbers in the training split.

        further: how many places further on to look in the epoch, which is a ring.
        """
        now = tf.constant(step, tf.int64)
        start, size = self.batch(now)
        places = (start + tf.range(size) + further) % self.examples
        numbers: list[int] = self.drawn(now // self.steps, places).numpy().tolist()
        return numbers


class Shuffled(Order):
    """Each epoch has an order of its own, a permutation drawn from (seed, epoch)."""

    def __init__(self, examples: int, batch_size: int, seed: int) -> None:
        super().__init__(examples, batch_size)
        self.seed = seed

    def drawn(self, epoch: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        """The numbers of the examples at some places of an epoch, which is a ring."""
        seed = tf.stack([tf.constant(self.seed, tf.int64), epoch])
        return tf.random.experimental.index_shuffle(places % self.examples, seed, self.examples - 1)


class Streams(Order):
    """Each row of a batch continues the same row of the one before it.

    Each row has a part of the examples, in their order; the first rows have one more where parts cannot be equal. So
    every example is there once, and only the last batch may be short, in its last rows.
    """

    def drawn(self, epoch: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        """The same in every epoch."""
        longest = math.ceil(self.examples / self.rows)
        with_one_more = self.examples - self.rows * (longest - 1)
        row, step = places % self.rows, places // self.rows
        return row * (longest - 1) + tf.minimum(row, with_one_more) + step


class Buckets(Order):
    """Each batch holds examples of about the same length, at most as long as its bucket's longest.

    lengths: (N,) of each example, in steps. count: how many buckets there are at most: the lengths are divided into
    equally many examples, as far as equal lengths allow. Within a bucket examples are drawn in a permutation of their
    own, and the batches of an epoch come in one, both from (seed, epoch). So every example is there once in an epoch;
    the last batch of each bucket may be short.
    """

    def __init__(self, lengths: NDArray[np.int64], batch_size: int, seed: int, count: int) -> None:
        super().__init__(len(lengths), batch_size)
        self.seed = seed
        shares = np.quantile(lengths, np.arange(1, count + 1) / count, method="inverted_cdf")
        self.widths = np.maximum(np.unique(shares), 1).astype(np.int64)
        """The longest length of each bucket, (K,), rising."""
        bucket = np.searchsorted(self.widths, lengths)
        self._sizes = np.bincount(bucket, minlength=len(self.widths)).astype(np.int64)
        self._firsts = np.concatenate([[0], np.cumsum(self._sizes)[:-1]]).astype(np.int64)
        self._by_length = np.argsort(bucket, kind="stable").astype(np.int64)

    @property
    def steps(self) -> int:
        """Steps in which every example is seen once."""
        return len(self._batches)

    @cached_property
    def _batches(self) -> NDArray[np.int64]:
        """Of each batch of an epoch, before they are shuffled: first place, rows, width; (S, 3)."""
        batches = []
        for first, size, width in zip(self._firsts, self._sizes, self.widths, strict=True):
            starts = np.arange(0, size, self.rows)
            batches += [(first + start, min(self.rows, size - start), width) for start in starts]
        return np.array(batches, np.int64)

    def batch(self, step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The place of a step's first row in its epoch, and how many rows are examples."""
        batch = self._batch(step)
        return batch[0], batch[1]

    def width(self, step: tf.Tensor) -> tf.Tensor:
        """The longest length of the step's bucket."""
        return self._batch(step)[2]

    def drawn(self, epoch: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        """The numbers of the examples at some places of an epoch, all of one batch."""
        bucket = tf.searchsorted(tf.constant(self._firsts), places[:1], side="right", out_type=tf.int64)[0] - 1
        first, size = tf.constant(self._firsts)[bucket], tf.constant(self._sizes)[bucket]
        within = tf.random.experimental.index_shuffle(places - first, self._seed(epoch, bucket), size - 1)
        return tf.gather(tf.constant(self._by_length), first + within)

    def _batch(self, step: tf.Tensor) -> tf.Tensor:
        seed = self._seed(step // self.steps, tf.constant(-1, tf.int64))
        number = tf.random.experimental.index_shuffle(step % self.steps, seed, self.steps - 1)
        return tf.constant(self._batches)[number]

    def _seed(self, epoch: tf.Tensor, bucket: tf.Tensor) -> tf.Tensor:
        """Of each permutation that an epoch draws: of the batches, bucket -1, and of what is in each bucket."""
        return tf.stack([tf.constant(self.seed, tf.int64), epoch * (len(self.widths) + 1) + bucket + 1])


def training_order(experiment: Experiment, data: Data) -> Order:
    """The order in which a training reads its examples."""
    train, examples = experiment.train, len(data.train)
    if carries(experiment.model):
        return Streams(examples, train.batch_size)
    if train.length_buckets is not None:
        return Buckets(lengths_of(data.train.x), train.batch_size, experiment.seed, train.length_buckets)
    return Shuffled(examples, train.batch_size, experiment.seed)


def lengths_of(tokens: NDArray[Any] | Rows) -> NDArray[np.int64]:
    """How many tokens there are in each text of (N, T), filled up with padding behind, (N,)."""
    there = np.asarray(tokens[:]) != PADDING
    last = there.shape[1] - np.argmax(there[:, ::-1], axis=1)
    return np.where(there.any(axis=1), last, 0).astype(np.int64)
