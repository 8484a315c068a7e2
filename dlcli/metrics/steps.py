"""How well every step is predicted, during training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlcli.metrics.accuracy import class_logits
from dlcli.metrics.labels import macro_f1

if TYPE_CHECKING:
    import tensorflow as tf


class StepAccuracy:
    """Share of labelled steps whose most probable class, or following token, is the right one."""

    name = "accuracy"
    size = 2

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Weight of the steps predicted right and of all. y: (B, T), output: (B, T, K or 1), weight: (B,)."""
        import tensorflow as tf

        right = tf.equal(tf.argmax(class_logits(output), axis=-1, output_type=y.dtype), y)
        return _totals(tf.cast(right, weight.dtype), y, weight)

    def result(self, totals: NDArray[np.float64]) -> float:
        """Right over all; NaN if no step had a label."""
        return _mean(totals)


class StepMacroF1:
    """Mean over the classes of F1, of all labelled steps; classes that neither occur nor are predicted stay out."""

    name = "macro_f1"

    def __init__(self, classes: int) -> None:
        self.size = 3 * classes

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Of each class the weight of hits, of what is predicted and of what is there, as of StepAccuracy."""
        import tensorflow as tf

        counts = weight[:, None] * tf.cast(y >= 0, weight.dtype)
        predicted = tf.argmax(class_logits(output), axis=-1, output_type=y.dtype)
        each = (counts * tf.cast(tf.equal(predicted, y), weight.dtype), y), (counts, predicted), (counts, y)
        return tf.concat([tf.einsum("bt,btk->k", some, tf.one_hot(of, self.size // 3)) for some, of in each], axis=0)

    def result(self, totals: NDArray[np.float64]) -> float:
        """The mean; 0 if no step had a label."""
        return macro_f1(totals)


class NatsPerToken:
    """Cross-entropy of the following token in nats, mean over all that follow something."""

    name = "nats_per_token"
    size = 2

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Sum of the nats and count of the tokens. y: (B, T), output: (B, T, V), weight: (B,)."""
        return _totals(step_losses(y, output), y, weight)

    def result(self, totals: NDArray[np.float64]) -> float:
        """The mean; NaN if there was no token."""
        return _mean(totals)


def step_losses(y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of each step in nats, (B, T); 0 where y (B, T) has no label. output: (B, T, K or 1) logits."""
    import tensorflow as tf

    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(y, 0), class_logits(output))
    return tf.where(y >= 0, losses, tf.zeros_like(losses))


def _totals(values: tf.Tensor, y: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    counts = weight[:, None] * tf.cast(y >= 0, weight.dtype)
    return tf.stack([tf.reduce_sum(counts * values), tf.reduce_sum(counts)])


def _mean(totals: NDArray[np.float64]) -> float:
    total, count = totals
    return float(total / count) if count else float("nan")
