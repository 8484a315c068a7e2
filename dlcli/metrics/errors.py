"""How far predicted numbers are from the true ones, during training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf


class SquaredError:
    """Root of the mean squared error, in units of the target; over all numbers where there are several."""

    name = "rmse"
    size = 2

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Sum of squared errors and count of numbers. y, output: (B, D), weight: (B,)."""
        import tensorflow as tf

        return _totals(tf.square(y - output), weight)

    def result(self, totals: NDArray[np.float64]) -> float:
        """The root of the mean; NaN if there were no examples."""
        total, count = totals
        return float(np.sqrt(total / count)) if count else float("nan")


class AbsoluteError:
    """Mean absolute error, in units of the target."""

    name = "mae"
    size = 2

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Sum of absolute errors and count of numbers. y, output: (B, D), weight: (B,)."""
        import tensorflow as tf

        return _totals(tf.abs(y - output), weight)

    def result(self, totals: NDArray[np.float64]) -> float:
        """The mean; NaN if there were no examples."""
        total, count = totals
        return float(total / count) if count else float("nan")


def _totals(errors: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    D = errors.shape[-1]
    return tf.stack([tf.reduce_sum(weight[:, None] * errors), D * tf.reduce_sum(weight)])
