"""Signals of a device that sits at another angle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from dlcli.augment.transform import SignalDistortion, Transform
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class RotateAxes(SignalDistortion):
    """Signals in space, as they would have been measured by a device worn at another angle.

    (B, T, C) with the channels x, y, z of one sensor after the other -> the same shape; raises UsageError for
    examples of other shapes, and where C is no multiple of 3. One rotation for each example turns all its sensors,
    since they sit in one device: about an axis that points anywhere, by an angle from 0 to `degrees`.
    Source: Um et al. 2017, https://arxiv.org/abs/1706.00527; by an axis and an angle: Rodrigues' formula.
    """

    type: Literal["rotate_axes"] = "rotate_axes"
    degrees: Annotated[float, Field(gt=0, le=180)] = 15.0
    """Farthest rotation."""

    def refuse_sizes(self, T: int | None, C: int | None) -> None:
        """Raises UsageError where channels do not come in threes."""
        if C is not None and C % 3:
            raise UsageError(
                f"augment: rotate_axes turns channels in threes (x, y, z of each sensor); examples here have {C} "
                "channels, no multiple of 3"
            )

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        T, C = shape

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            vectors = tf.reshape(x, (-1, T * C // 3, 3))
            return tf.reshape(tf.matmul(vectors, self._rotations(u), transpose_b=True), (-1, T, C))

        return Transform(3, apply)

    def _rotations(self, u: tf.Tensor) -> tf.Tensor:
        """u: (B, 3) -> (B, 3, 3), each the matrix of a rotation; the identity where the first number is 0."""
        import tensorflow as tf

        angle, height, around = math.radians(self.degrees) * u[:, 0], 2 * u[:, 1] - 1, 2 * math.pi * u[:, 2]
        radius = tf.sqrt(1 - height**2)
        axis = tf.stack([radius * tf.cos(around), radius * tf.sin(around), height], axis=1)
        x, y, z = tf.unstack(axis, axis=1)
        zero = tf.zeros_like(x)
        cross = tf.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1)
        cos, sin = tf.cos(angle)[:, None, None], tf.sin(angle)[:, None, None]
        along = axis[:, :, None] * axis[:, None, :]
        return cos * tf.eye(3) + sin * tf.reshape(cross, (-1, 3, 3)) + (1 - cos) * along
