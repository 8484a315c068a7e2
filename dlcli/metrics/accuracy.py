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
        """Weight of the right predictions and of all. y: (B,) or shares (B, K); output: (B, K or 1); weight: (B,)."""
        import tensorflow as tf

        true = tf.argmax(y, axis=-1, output_type=tf.int32) if y.shape.rank == 2 else y
        right = tf.cast(tf.equal(tf.argmax(class_logits(output), axis=-1, output_type=true.dtype), true), weight.dtype)
        return tf.stack([tf.reduce_sum(weight * right), tf.reduce_sum(weight)])

    def result(self, totals: NDArray[np.float64]) -> float:
        """Right over all; NaN if there were none."""
        right, weight = totals
        return float(right / weight) if weight else float("nan")


def class_logits(output: tf.Tensor) -> tf.Tensor:
    """(B, K) logits, also of a model that tells two classes apart by one logit, (B, 1): the first class has 0."""
    import tensorflow as tf

    return tf.concat([tf.zeros_like(output), output], axis=-1) if output.shape[-1] == 1 else output
