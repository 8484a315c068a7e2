"""Signals with silent channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from dlcli.augment.transform import SignalDistortion, Transform

if TYPE_CHECKING:
    import tensorflow as tf
    from numpy.typing import NDArray


class ChannelDropout(SignalDistortion):
    """Signals in which each channel of each example may fall silent: all its samples become its training mean.

    (B, T, C) -> the same shape; raises UsageError for examples of other shapes. Other channels are not scaled up: the
    model is to cope with a broken sensor, not to average over many.
    Source: after Tompson et al. 2015, section 3.2, https://arxiv.org/abs/1411.4280, who drop maps within a network.
    """

    type: Literal["channel_dropout"] = "channel_dropout"
    rate: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Probability with which a channel falls silent."""

    def build(self, shape: tuple[int, ...], mean: NDArray[Any], deviation: NDArray[Any]) -> Transform:
        """The distortion of examples of this shape."""
        import tensorflow as tf

        self.refuse_unfit(shape)
        _, C = shape
        silence = tf.constant(mean, tf.float32)

        def apply(x: tf.Tensor, u: tf.Tensor) -> tf.Tensor:
            # NaN marks steps that only fill up, and stays.
            return tf.where((u[:, None, :] < 1 - self.rate) | tf.math.is_nan(x), x, silence)

        return Transform(C, apply)
