"""Images drawn on rubber."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from pydantic import PositiveFloat

from dlcli.augment.draws import symmetric
from dlcli.augment.transform import ImageDistortion, Transform

if TYPE_CHECKING:
    import numpy as np
    import tensorflow as tf
    from numpy.typing import NDArray


class Elastic(ImageDistortion):
    """Images whose pixels are moved by a smooth random field, as by the muscles of a writing hand.

    (B, H, W, C) -> the same shape; raises UsageError for examples of other shapes. Each pixel's two coordinates are
    moved by uniform numbers in [-1, 1) smoothed by a Gaussian of width `sigma_pixels`, times `alpha_pixels`: by about
    0.16 alpha / sigma pixels (one standard deviation), less at the border. What comes in from outside of the picture
    repeats the pixel at its edge.
    Source: Simard et al. 2003, section 2, https://doi.org/10.1109/ICDAR.2003.1227801; their best for MNIST is 34, 4.
    """

    type: Literal["elastic"] = "elastic"
    alpha_pixels: PositiveFloat = 34.0
    """Strength of the field."""
    sigma_pixels: PositiveFloat = 4.0
    """Width of the Gaussian; the greater, the more neighbours move together."""

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        H, W, _ = shape
        across_rows, across_columns = (tf.constant(matrix, tf.float32) for matrix in map(self._smoothing, (H, W)))

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            rough = tf.reshape(symmetric(u, self.alpha_pixels), (-1, 2, H, W))
            field = tf.matmul(tf.matmul(across_rows, rough), across_columns, transpose_b=True)
            rows = tf.range(H, dtype=tf.float32)[:, None] + field[:, 0]
            columns = tf.range(W, dtype=tf.float32) + field[:, 1]
            return _bilinear(x, rows, columns)

        return Transform(2 * H * W, apply)

    def _smoothing(self, size: int) -> NDArray[np.float64]:
        """(size, size): the matrix that smooths a column of so many numbers, taking those beyond its ends as zeros."""
        import numpy as np

        distance = np.subtract.outer(np.arange(size), np.arange(size))
        reach = np.arange(-math.ceil(5 * self.sigma_pixels), math.ceil(5 * self.sigma_pixels) + 1)
        total = np.exp(-0.5 * (reach / self.sigma_pixels) ** 2).sum()
        smoothing: NDArray[np.float64] = np.exp(-0.5 * (distance / self.sigma_pixels) ** 2) / total
        return smoothing


def _bilinear(x: tf.Tensor, rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
    """x: (B, H, W, C) at the places rows and columns, each (B, H, W) and brought inside -> (B, H, W, C)."""
    import tensorflow as tf

    H, W, C = x.shape[1:]
    rows, columns = tf.clip_by_value(rows, 0.0, H - 1.0), tf.clip_by_value(columns, 0.0, W - 1.0)
    top, left = tf.floor(rows), tf.floor(columns)
    below, beside = (rows - top)[..., None], (columns - left)[..., None]
    flat = tf.reshape(x, (-1, H * W, C))

    def at(row: tf.Tensor, column: tf.Tensor) -> tf.Tensor:
        place = tf.minimum(row, H - 1.0) * W + tf.minimum(column, W - 1.0)
        return tf.gather(flat, tf.cast(place, tf.int32), axis=1, batch_dims=1)

    upper = at(top, left) * (1 - beside) + at(top, left + 1) * beside
    lower = at(top + 1, left) * (1 - beside) + at(top + 1, left + 1) * beside
    return upper * (1 - below) + lower * below
