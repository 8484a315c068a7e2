"""Signals with noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import PositiveFloat

from dlcli.augment.draws import normal, numbers_for_normal
from dlcli.augment.transform import SignalDistortion, Transform

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Jitter(SignalDistortion):
    """Signals with independent Gaussian noise on every sample.

    (B, T, C) -> the same shape; raises UsageError for examples of other shapes.
    Source: Um et al. 2017, https://arxiv.org/abs/1706.00527.
    """

    type: Literal["jitter"] = "jitter"
    deviations: PositiveFloat = 0.05
    """Standard deviation of the noise, in units of each channel's own over the training split."""

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        T, C = shape
        size = tf.constant(self.deviations * deviation, tf.float32)

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            return x + size * tf.reshape(normal(u)[:, : T * C], (-1, T, C))

        return Transform(numbers_for_normal(T * C), apply)
