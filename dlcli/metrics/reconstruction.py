"""How well inputs are given back: during training, and over a whole split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import tensorflow as tf

_WORST = 20
"""Examples that a report names."""


class Difference:
    """Mean squared or absolute difference of inputs and what is given back, in units of a scale, over all numbers.

    scale: (C,) or (1,), by which the numbers of the last axis are divided. Every example counts the same; numbers that
    are missing from a table do not count.
    """

    size = 2

    def __init__(self, name: Literal["mse", "mae"], scale: tuple[float, ...]) -> None:
        self.name: str = name
        self._scale = scale

    def of_each(self, y: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        """The mean of each example, (B,); 0 where all is missing. y: (B, ..., C) the inputs, output: the same shape."""
        import tensorflow as tf

        y = tf.cast(y, tf.float32)
        known = tf.logical_not(tf.math.is_nan(y))
        # Not put right afterwards: the gradient would be NaN all the same.
        apart = (output - tf.where(known, y, output)) / tf.constant(self._scale, tf.float32)
        axes = list(range(1, len(y.shape)))
        total = tf.reduce_sum(tf.square(apart) if self.name == "mse" else tf.abs(apart), axis=axes)
        return total / tf.maximum(1.0, tf.reduce_sum(tf.cast(known, tf.float32), axis=axes))

    def totals(self, y: tf.Tensor, output: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """Sum of the means of the examples, and their weight. y, output: (B, ..., C), weight: (B,)."""
        import tensorflow as tf

        return tf.stack([tf.reduce_sum(weight * self.of_each(y, output)), tf.reduce_sum(weight)])

    def result(self, totals: NDArray[np.float64]) -> float:
        """The mean; NaN if there were no examples."""
        total, weight = totals
        return float(total / weight) if weight else float("nan")


@dataclass(frozen=True)
class ReconstructionReport:
    """Mean squared and absolute errors over a split, and the examples that were given back worst.

    errors: (N, 2), both of each example.
    """

    errors: NDArray[np.float64]

    @property
    def scores(self) -> dict[str, float]:
        """Both, over all examples."""
        mse, mae = self.errors.mean(axis=0).tolist()
        return {"mse": mse, "mae": mae}

    @property
    def worst(self) -> NDArray[np.int64]:
        """All examples, by their numbers in the split, those of the largest squared error first."""
        return np.argsort(-self.errors[:, 0], kind="stable")

    def as_json(self) -> dict[str, Any]:
        """The worst examples with their errors."""
        rows = [(int(row), *self.errors[row].tolist()) for row in self.worst[:_WORST]]
        return {"worst": [{"example": row, "mse": mse, "mae": mae} for row, mse, mae in rows]}
