"""What a metric that is followed during training must be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf


class Metric(Protocol):
    """A metric as plain totals: a vector that adds up over batches, replicas and workers.

    Totals instead of variables, because a sum is the same however the examples were divided, and the sums of one
    process are all that a checkpoint has to hold.
    """

    name: str
    """As it appears in logs and plots."""
    size: int
    """Length of the vector of totals."""

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """The totals of a batch, (size,) float32. weight: (B,), zero for rows that only fill up the batch."""

    def result(self, totals: NDArray[np.float64]) -> float:
        """The metric's value, from totals over any number of batches."""
