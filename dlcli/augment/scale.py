"""Signals made stronger or weaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import PositiveFloat

from dlcli.augment.draws import normal, numbers_for_normal
from dlcli.augment.transform import SignalDistortion, Transform

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class Scale(SignalDistortion):
    """Signals with each channel of each example multiplied by a factor of its own, normally distributed around 1.

    (B, T, C) -> the same shape; raises UsageError for examples of other shapes.
    Source: Um et al. 2017, https://arxiv.org/abs/1706.00527.
    """

    type: Literal["scale"] = "scale"
    fraction: PositiveFloat = 0.1
    """Standard deviation of the factor."""

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        self.refuse_unfit(shape)
        _, C = shape

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            return x * (1 + self.fraction * normal(u)[:, None, :C])

        return Transform(numbers_for_normal(C), apply)
