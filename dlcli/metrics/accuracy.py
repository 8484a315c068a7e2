"""Share of examples whose class is predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf


class Accuracy:
    """Share of examples whose most probable class is the right one; of two equal logits the first counts."""

    name = "accuracy"
    size = 2

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Weight of the right predictions and of all. y: (B,), output: (B, K), weight: (B,)."""
        import tensorflow as tf

        right = tf.cast(tf.equal(tf.argmax(output, axis=-1, output_type=y.dtype), y), weight.dtype)
        return tf.stack([tf.reduce_sum(weight * right), tf.reduce_sum(weight)])

    def result(self, totals: NDArray[np.float64]) -> float:
        """Right over all; NaN if there were none."""
        right, weight = totals
        return float(right / weight) if weight else float("nan")
